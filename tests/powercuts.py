"""Power cuts at any moment. This file makes work on files, the rules for it
after each mark, and the disks that cuts leave."""
import os
import random
import re
import shutil
import struct

from minixfs import IFDIR, IFMT
from volumes import Reader, content, repair, small_floppy, volume

SECTOR = 512
TOOLS = "cat cp dd ln mkdir mknod mount mv rm rmdir seq sleep sync touch"
DIRS = ("a", "b", "c", "c/d")
FOLDERS_KB = 30  # maps, inodes and folders, at most
WORDS = random.Random(0).choices(
    range(60, 1400), k=30000
)  # contents that look like pointers to zones, or like directories
WORDS = struct.pack(f"<{len(WORDS)}H", *WORDS)


KINDS = (
    *("create", "create", "fsync", "append", "rename", "link"),
    *("replace", "replace", "remove", "directory"),
)
NAMES = ("create", "fsync", "rename", "link", "directory", "directory")


def exactly(data):
    """Returns the rule that a file has exactly these data."""
    return lambda name, at: at(name) == data


class Work:
    """Rounds of operations on files, each ended by a sync; some files are
    fsynced in between. After each of these a mark, a number, is written to the
    disk's first block. `checks` has, for each mark, the rules that hold until
    the next."""

    def __init__(
        self, seed, rounds, operations, size=30, room=None, kinds=KINDS
    ):
        """With room, in KB, files go when the rest could not take two more
        of `size`."""
        self.random, self.serial, self.size = random.Random(seed), 0, size
        self.room, self.kinds = room, kinds
        self.files, self.touched = {}, set()
        self.rules, self.checks, self.moved = {}, [], {}
        self.script = ["set -e", "mkdir -p a b c/d"]
        self.sync()
        for _ in range(rounds):
            for _ in range(operations):
                self.operate()
            self.sync()
        self.checks.append(self.rules)

    def operate(self):
        idle = [f for f in self.files if f not in self.touched]
        kind = self.random.choice(self.kinds) if idle else "create"
        if idle and (len(self.files) > 20 or self.is_full()):
            kind = "remove"
        getattr(self, kind)(self.random.choice(idle) if idle else None)

    def is_full(self):
        """A file has at most one block of pointers here, a folder one of
        names."""
        if self.room is None:
            return False
        used = sum(len(data) // 1024 + 2 for data in self.files.values())
        return used + 2 * self.size + FOLDERS_KB > self.room

    def mark(self, durable):
        """Makes `durable` the files' rules from here on."""
        number = len(self.checks)
        self.script.append(
            f"echo {number} | dd of=$2 conv=notrunc,fsync status=none"
        )
        self.checks.append(dict(self.rules))
        self.rules = durable

    def sync(self):
        self.script.append("sync")
        self.touched = set()
        self.mark({name: exactly(data) for name, data in self.files.items()})

    def fsync(self, name):
        name = self.random.choice([*self.touched & self.files.keys(), name])
        self.script.append(f"sync {name}")
        self.touched.discard(name)
        self.rules.pop(self.moved.get(name), None)
        self.mark({**self.rules, name: exactly(self.files[name])})

    def change(self, name, rule):
        self.touched.add(name)
        if name in self.rules:
            self.rules[name] = rule

    def fresh(self):
        self.serial += 1
        folder, letter = self.random.choice(DIRS), self.random.choice("xyz")
        return f"{folder}/{letter}{self.serial}"

    def write(self, name, how):
        first, count = self.random.randrange(20), self.random.choice(
            (1, 2, 9, self.size)
        )
        self.script.append(
            f"dd if=/root/words bs=1k skip={first} count={count} {how}{name} "
            "status=none"
        )
        return WORDS[first << 10 : first + count << 10]

    def create(self, _):
        new = self.fresh()
        self.files[new] = self.write(new, "of=")
        self.touched.add(new)

    def append(self, name):
        old = self.files[name]
        self.files[name] = old + self.write(name, ">>")
        self.change(name, lambda name, at: (at(name) or b"").startswith(old))

    def move(self, name, command):
        new, old = self.fresh(), self.files.pop(name)
        if self.random.random() < 0.5:
            new = os.path.dirname(name) + "/" + os.path.basename(new)
        self.script.append(command.format(name, new))
        self.files[new], self.moved[new] = old, name
        self.touched.add(new)
        self.change(name, lambda name, at: old in (at(name), at(new)))

    def rename(self, name):
        self.move(name, "mv {0} {1}")

    def link(self, name):
        self.move(name, "ln {0} {1}; rm {0}")

    def replace(self, name):
        new, old = self.fresh(), self.files[name]
        data = self.files[name] = self.write(new, "of=")
        if self.random.random() < 0.5:
            self.script.append(f"sync {new}")
        self.script.append(f"mv {new} {name}")
        self.change(name, lambda name, at: at(name) in (old, data))

    def remove(self, name):
        del self.files[name]
        self.script.append(f"rm {name}")
        self.rules.pop(name, None)
        self.touched.add(name)

    def directory(self, _):
        """Makes files of which some remain, and fsyncs the one in them."""
        new = self.fresh()
        self.script.append(f"mkdir {new}; echo x > {new}/f; rm -r {new}")
        if self.random.random() < 0.5:
            data = self.files[f"{new}/f"] = self.write_new_directory(new)
            self.script.append(f"sync {new}/f")
            self.mark({**self.rules, f"{new}/f": exactly(data)})

    def write_new_directory(self, new):
        self.script.append(f"mkdir {new}")
        return self.write(f"{new}/f", "of=")

    def lost(self, image, mark, top=""):
        """Returns the files that a disk has lost. mark is the last mark on it,
        or -1."""
        reader = Reader(image)

        def at(name):
            return content(reader, f"{top}/{name}")

        return [
            f"{name} after mark {mark} ({rule.__qualname__.split('.<')[0]})"
            for name, rule in self.checks[mark + 1].items()
            if not rule(name, at)
        ]


def last_mark(path):
    with open(path, "rb") as f:
        found = re.match(rb"(\d+)\n", f.read(8))
    return int(found[1]) if found else -1


def logged(path):
    """Returns the writes in a log of QEMU's blklogwrites, in order: sector and
    data, or None for a flush."""
    with open(path, "rb") as f:
        data = f.read()
    entries, size = struct.unpack_from("<QI", data, 16)
    at, writes = size, []
    for _ in range(entries):
        sector, sectors, flags, _ = struct.unpack_from("<QQQQ", data, at)
        assert not flags & 4  # no discard
        at += size
        if sectors:
            writes.append((sector, data[at : at + sectors * size]))
            at += sectors * size
        if flags & 1:
            writes.append(None)
    return writes


def recorded(image, log, device):
    open(log, "wb").close()
    return (
        "-blockdev",
        f"driver=file,node-name=f0,filename={image}",
        "-blockdev",
        "driver=raw,node-name=r0,file=f0",
        "-blockdev",
        f"driver=file,node-name=lg,filename={log}",
        "-blockdev",
        "driver=blklogwrites,node-name=lw,file=r0,log=lg,"
        "log-sector-size=512,log-super-update-interval=1",
        "-device",
        device,
    )


def put(disk, sector, data):
    disk[sector * SECTOR : sector * SECTOR + len(data)] = data


def store(disk, path):
    with open(path, "wb") as f:
        f.write(disk)


def replay(before, writes, path):
    """Yields the disk after each write, as a power cut leaves it: the number
    of writes."""
    disk = bytearray(before)
    for number, write in enumerate(writes):
        if write:
            put(disk, *write)
            store(disk, path)
            yield number


def some(dice, writes):
    """Returns some of the writes since the last flush, as a disk's cache may
    make them."""
    if dice.random() < 0.3:  # it writes sectors, not requests
        writes = [
            (sector + i, data[i * SECTOR : (i + 1) * SECTOR])
            for sector, data in writes
            for i in range(len(data) // SECTOR)
        ]
    writes = writes[: dice.randint(0, len(writes))]
    first, last = sorted(dice.choices(range(len(writes) + 1), k=2))
    return dice.choice(
        (
            writes[first:],
            writes[:first] + writes[last:],
            writes[first:last],
            [write for write in writes if dice.random() < 0.5],
        )
    )


def reorder(before, writes, path, seed, disks):
    """Yields disks as power cuts leave them if the cache writes in any order.
    Each has all up to a flush, and some writes before the next flush. `disks`
    is about how many there are."""
    groups, dice = [[]], random.Random(seed)
    for write in writes:
        groups[-1].append(write) if write else groups.append([])
    each = max(1, disks // len(groups))
    disk = bytearray(before)
    for number, group in enumerate(groups):
        for _ in range(min(each, 3 * len(group))):
            cut = bytearray(disk)
            for write in some(dice, group):
                put(cut, *write)
            store(cut, path)
            yield number
        for write in group:
            put(disk, *write)


def with_script(tmp_path, work, *programs):
    """Makes a floppy with the work. It has few programs, and so room for
    what the work writes there, whatever the others weigh. A program with a
    path comes to /root."""
    overlay = tmp_path / "overlay" / "root"
    overlay.mkdir(parents=True)
    script = "cd $1\n" + "\n".join(work.script) + "\n"
    (overlay / "work").write_text(script)
    (overlay / "words").write_bytes(WORDS)
    for path in (name for name in programs if "/" in name):
        shutil.copy(path, overlay)
    return small_floppy(
        tmp_path / "work.img",
        *TOOLS.split(),
        *(name for name in programs if "/" not in name),
        overlay=str(tmp_path / "overlay"),
    )


def power_cuts(
    name, work, guest, tmp_path, size=800, before="", programs=(), **options
):
    """Returns the disk's first state, the writes during the work, and a path
    for a disk. Runs a command `before` the work, with the disk in /mnt."""
    disk, log = volume(tmp_path / "disk.img", name, size), tmp_path / "writes"
    first = open(disk, "rb").read()
    machine = guest(
        f"mount /dev/hda /mnt; {before} sh /root/work /mnt /dev/hda",
        *recorded(disk, log, "ide-hd,drive=lw,bus=ide.0"),
        floppy=with_script(tmp_path, work, *programs),
        **options,
    )
    machine.end()
    assert "power off, status 0" in machine.text("log"), machine.text("err")
    return first, logged(log), str(tmp_path / "cut.img")


def dangers(path):
    """Returns what is wrong with a volume before a repair, but for what any
    repair puts right: bits of the maps, links without a name. The kernel
    gives no directory up for its links, so those may be too few."""
    reader = Reader(path)

    def harmless(problem):
        links = re.search(r"(\S+): (\d+) names, but (\d+) links", problem)
        if not links:
            return problem.startswith("bitmap of ")
        mode = reader.inode(reader.lookup(links[1]))[0]
        return int(links[3]) > int(links[2]) or mode & IFMT == IFDIR

    return [what for what in reader.check() if not harmless(what)]


def losses(name, work, cuts, path):
    """Returns what any of the disks has lost. Only version 1 is repaired
    first. On version 3 fsck.minix (util-linux 2.38) would write its tables to
    the wrong place. Nothing is dangerous before that."""
    missing, seen = [], set()
    for number in cuts:
        mark = last_mark(path)
        seen.add(mark)
        missing += [(number, what) for what in dangers(path)]
        if name == "minix1":
            repair(path)
        missing += [(number, what) for what in work.lost(path, mark)]
    assert len(seen) > 1
    return missing
