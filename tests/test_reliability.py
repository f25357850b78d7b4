"""What must not be lost: files that were synced when the power goes, what is on a disk that fails or is full, a machine whose floppy is taken out."""
import importlib.machinery
import importlib.util
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import time

import pytest

from conftest import BUILD, FLOPPY, TEST_FLOPPY, TOP, Machine, cowix, mkfs

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tools"))
from minixfs import FORMATS, Reader     # noqa: E402

SECTOR = 512
PROGRAMS = sorted(p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf"))


def load_mkfs():
    loader = importlib.machinery.SourceFileLoader("mkfs_tool", f"{TOP}/tools/mkfs")
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("mkfs_tool", loader))
    loader.exec_module(module)
    return module


class Guest(Machine):
    """A machine that runs one command, and whose power can be cut at any moment. What the command writes is in out and err, the log in log."""

    def __init__(self, folder, command, *options, memory=32, params="", floppy=FLOPPY, drive=None):
        self.folder, self.image = str(folder), os.path.join(str(folder), "boot.img")
        with open(floppy, "rb") as f:
            data = bytearray(f.read())
        load_mkfs().set_params(data, f"panic=off {params} run={command}" if command else params)
        with open(self.image, "wb") as f:
            f.write(data)
        ports = [("isa-serial,chardev=out,index=0", "out"), ("isa-serial,chardev=err,index=1", "err"), ("isa-debugcon,iobase=0xe9,chardev=log", "log")]
        files = [word for device, name in ports for word in ("-chardev", f"file,id={name},path={folder}/{name}", "-device", device)]
        super().__init__(self.folder, drive(self.image) if drive else self.image, *files, *options, "-m", str(memory))

    def text(self, name="out"):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read().decode("latin-1")

    def expect(self, text, name="out", seconds=50):
        """Wait for a line in out, err or log."""
        end = time.monotonic() + seconds
        while text not in self.text(name):
            assert time.monotonic() < end and self.process.poll() is None, f"no {text!r}\n" + self.text("out") + self.text("err") + self.text("log")
            time.sleep(0.01)

    def end(self, seconds=50):
        """Wait until the machine switches itself off."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.close()
            pytest.fail("still running\n" + self.text("out") + self.text("err") + self.text("log"))


@pytest.fixture
def guest(tmp_path):
    guests = []

    def start(command, *options, **more):
        guests.append(Guest(tmp_path, command, *options, **more))
        return guests[-1]
    yield start
    for machine in guests:
        machine.close()


def ide(image, index=0):
    return "-drive", f"if=ide,index={index},format=raw,file={image}"


def volume(path, name, kilobytes=1500):
    """An empty volume made by the host's mkfs.minix."""
    fmt = FORMATS[name]
    with open(path, "wb") as f:
        f.truncate(kilobytes << 10)
    subprocess.run(["mkfs.minix", f"-{fmt.version}", "-n", str(fmt.name_size), str(path)], check=True, capture_output=True)
    return str(path)


def repair(path):
    """fsck.minix -a as after a power cut: whatever it finds it repairs, and then the volume is clean."""
    first = subprocess.run(["fsck.minix", "-fa", path], capture_output=True)
    assert first.returncode in (0, 3, 7), first.stdout.decode("latin-1") + first.stderr.decode()
    again = subprocess.run(["fsck.minix", "-fa", path], capture_output=True)
    assert again.returncode == 0, first.stdout.decode("latin-1") + again.stdout.decode("latin-1")
    return first.stdout.decode("latin-1")


def numbers(first, last):
    """What `seq first last` writes."""
    return "".join(f"{i}\n" for i in range(first, last + 1)).encode()


def content(reader, path):
    """A file's bytes, or None."""
    try:
        return reader.read(reader.lookup(path))
    except (KeyError, ValueError):
        return None


# What is synced survives a power cut

WORK = "mkdir -p {0}/d/e; seq 1 30000 > {0}/d/e/ramp; seq 1 10 > {0}/old; mv {0}/old {0}/d/new; cp -r /etc {0}/copy; rm {0}/copy/rc; sync; echo synced; sleep 60"


def check_work(image, top):
    report = repair(image)
    reader = Reader(image)
    assert content(reader, f"{top}/d/e/ramp") == numbers(1, 30000) and content(reader, f"{top}/d/new") == numbers(1, 10), report
    assert content(reader, f"{top}/copy/ttys") == open(f"{TOP}/user/etc/ttys", "rb").read() and content(reader, f"{top}/old") is None
    assert content(reader, f"{top}/copy/rc") is None
    outside = subprocess.run(["grub-fstest", image, "cat", f"{top}/d/e/ramp"], capture_output=True)
    assert outside.stdout == numbers(1, 30000), outside.stderr
    return report


@pytest.mark.parametrize("name", ["minix1", "minix3"])
def test_sync_then_cut_disk(name, guest, tmp_path):
    """The moment sync is back, all of it is on the disk."""
    image = volume(tmp_path / "disk.img", name)
    machine = guest("mount /dev/hda /mnt; " + WORK.format("/mnt"), *ide(image))
    machine.expect("synced")
    machine.close()
    check_work(image, "")


@pytest.mark.parametrize("memory", [32, 4])
def test_sync_then_cut_floppy(memory, guest):
    """The same for the root: in the ramdisk, which sync writes back, or with 4 MB on the floppy itself."""
    machine = guest(WORK.format("/root"), memory=memory)
    machine.expect("synced")
    machine.close()
    assert f"root: /dev/{'ram0' if memory > 4 else 'fd0'}" in machine.text("log")
    check_work(machine.image, "/root")


# The power goes at any moment: every prefix of the log of writes is a disk that can be repaired, with all that was synced

DIRS = ("a", "b", "c", "c/d")
WORDS = random.Random(0).choices(range(60, 1400), k=30000)      # contents that look like pointers to zones, or like directories
WORDS = struct.pack(f"<{len(WORDS)}H", *WORDS)


class Work:
    """Rounds of operations on files, each ended by a sync; what is on the disk after each, and what may be there until the next."""

    def __init__(self, seed, rounds, operations, size=30):
        self.random, self.files, self.serial, self.size = random.Random(seed), {}, 0, size
        self.script, self.states, self.rounds = ["mkdir -p a b c/d; sync"], [{}, {}], [{}]
        for _ in range(rounds):
            self.touched = {}                   # name -> what holds for it, given a function from a name to its content
            for _ in range(operations):
                idle = [f for f in self.files if f not in self.touched]
                kinds = ("create", "create", "append", "rename", "rename", "replace", "remove", "directory")
                kind = "create" if not idle else "remove" if len(self.files) > 20 else self.random.choice(kinds)
                getattr(self, kind)(self.random.choice(idle) if idle else None)
            self.script.append("sync")
            self.states.append(dict(self.files))
            self.rounds.append(self.touched)
        self.rounds.append({})

    def fresh(self):
        self.serial += 1
        return f"{self.random.choice(DIRS)}/{self.random.choice('xyz')}{self.serial}"

    def write(self, name, how):
        first, count = self.random.randrange(20), self.random.choice((1, 2, 9, self.size))
        self.script.append(f"dd if=/root/words bs=1k skip={first} count={count} {how}{name} 2>/dev/null")
        return WORDS[first << 10:first + count << 10]

    def create(self, name):
        new = self.fresh()
        self.files[new] = self.write(new, "of=")
        self.touched[new] = lambda at: True

    def append(self, name):
        old = self.files[name]
        self.files[name] = old + self.write(name, ">>")
        self.touched[name] = lambda at: (at(name) or b"").startswith(old)

    def rename(self, name):
        new, old = self.fresh(), self.files.pop(name)
        if self.random.random() < 0.5:
            new = os.path.dirname(name) + "/" + os.path.basename(new)
        self.script.append(f"mv {name} {new}")
        self.files[new] = old
        self.touched[new] = lambda at: True
        self.touched[name] = lambda at: old in (at(name), at(new))

    def replace(self, name):
        new, old = self.fresh(), self.files[name]
        data = self.files[name] = self.write(new, "of=")
        self.script.append(f"mv {new} {name}")
        self.touched[name] = lambda at: at(name) in (old, data)

    def remove(self, name):
        del self.files[name]
        self.script.append(f"rm {name}")
        self.touched[name] = lambda at: True

    def directory(self, name):
        new = self.fresh()
        self.script.append(f"mkdir {new}; echo x > {new}/f; rm -r {new}")

    def lost(self, image, synced, top=""):
        """The files that a disk does not have as it must after the complete sync number `synced` (0: none)."""
        reader, touched, missing = Reader(image), self.rounds[synced], []
        for name, data in self.states[synced].items():
            holds = touched.get(name, lambda at: at(name) == data)
            if not holds(lambda path: content(reader, f"{top}/{path}")):
                missing.append(f"{name} ({holds.__qualname__.split('.')[1]})")
        return missing


def logged(path):
    """The writes in a log of QEMU's blklogwrites, in order: sector and data, or None for a flush."""
    with open(path, "rb") as f:
        data = f.read()
    entries, size = struct.unpack_from("<QI", data, 16)
    at, writes = size, []
    for _ in range(entries):
        sector, sectors, flags, _ = struct.unpack_from("<QQQQ", data, at)
        assert not flags & 4                # no discard
        at += size
        if sectors:
            writes.append((sector, data[at:at + sectors * size]))
            at += sectors * size
        if flags & 1:
            writes.append(None)
    return writes


def recorded(image, log, device):
    open(log, "wb").close()
    return ("-blockdev", f"driver=file,node-name=f0,filename={image}", "-blockdev", "driver=raw,node-name=r0,file=f0",
            "-blockdev", f"driver=file,node-name=lg,filename={log}",
            "-blockdev", "driver=blklogwrites,node-name=lw,file=r0,log=lg,log-sector-size=512,log-super-update-interval=1", "-device", device)


def replay(before, writes, path):
    """The disk as a power cut after each write leaves it: number of writes, of flushes."""
    disk, flushes = bytearray(before), 0
    for number, write in enumerate(writes):
        if write is None:
            flushes += 1
            continue
        disk[write[0] * SECTOR:write[0] * SECTOR + len(write[1])] = write[1]
        with open(path, "wb") as f:
            f.write(disk)
        yield number, flushes


def with_script(tmp_path, work):
    overlay = tmp_path / "overlay" / "root"
    overlay.mkdir(parents=True)
    (overlay / "work").write_text("cd $1\n" + "\n".join(work.script) + "\n")
    (overlay / "words").write_bytes(WORDS)
    image = str(tmp_path / "work.img")
    assert mkfs(image, *PROGRAMS, overlay=str(tmp_path / "overlay")).returncode == 0
    return image


@pytest.mark.parametrize("name,seed", [("minix1", 1), ("minix1", 2), ("minix3", 3)])
def test_power_cut_disk(name, seed, guest, tmp_path):
    """What fsck.minix repairs is the first version only: of the third (util-linux 2.38) it writes its tables to the wrong place."""
    disk, log, cut, work = volume(tmp_path / "disk.img", name, 800), tmp_path / "log", str(tmp_path / "cut.img"), Work(seed, 8, 9)
    before, missing = open(disk, "rb").read(), []
    machine = guest("mount /dev/hda /mnt; sh /root/work /mnt", *recorded(disk, log, "ide-hd,drive=lw,bus=ide.0"), floppy=with_script(tmp_path, work))
    machine.end()
    assert "power off, status 0" in machine.text("log")
    writes = logged(log)
    for number, flushes in replay(before, writes, cut):
        if name == "minix1":
            repair(cut)
        missing += [(number, what) for what in work.lost(cut, min(flushes, len(work.states) - 1))]
    assert not missing, f"of {len(writes)} writes"
