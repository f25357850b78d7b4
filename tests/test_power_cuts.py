"""Synced data survives a power cut, after sync and at any moment."""
import os
import random
import shutil
import subprocess
import time

import pytest

from builds import Build
from conftest import BUILD, TOP, mkfs
from powercuts import (
    NAMES,
    WORDS,
    Work,
    dangers,
    last_mark,
    logged,
    losses,
    power_cuts,
    put,
    recorded,
    reorder,
    replay,
    some,
    store,
    with_script,
)
from volumes import (
    EACH,
    PROGRAMS,
    Reader,
    content,
    figure,
    guest,
    ide,
    numbers,
    repair,
    small_floppy,
    tmp_path,
    volume,
)

WORK = (
    "mkdir -p {0}/d/e; seq 1 20000 > {0}/d/e/ramp; seq 1 10 > {0}/old; "
    "mv {0}/old {0}/d/new; cp -r /etc {0}/copy; rm {0}/copy/rc; sync; "
    "echo synced; sleep 60"
)

WORKERS = "cp mkdir mv rm seq sleep sync".split()


def check_work(image, top):
    report = repair(image)
    reader = Reader(image)
    assert content(reader, f"{top}/d/e/ramp") == numbers(1, 20000) and content(
        reader, f"{top}/d/new"
    ) == numbers(1, 10), report
    assert (
        content(reader, f"{top}/copy/ttys")
        == open(f"{TOP}/user/etc/ttys", "rb").read()
        and content(reader, f"{top}/old") is None
    )
    assert content(reader, f"{top}/copy/rc") is None
    outside = subprocess.run(
        ["grub-fstest", image, "cat", f"{top}/d/e/ramp"], capture_output=True
    )
    assert outside.stdout == numbers(1, 20000), outside.stderr
    return report


@pytest.mark.parametrize("name", ["minix1", "minix3"])
def test_sync_then_cut_disk(name, guest, tmp_path):
    """Checks that all of it is on the disk when sync is back."""
    image = volume(tmp_path / "disk.img", name)
    machine = guest("mount /dev/hda /mnt; " + WORK.format("/mnt"), *ide(image))
    machine.expect("synced")
    machine.close()
    check_work(image, "")


@pytest.mark.parametrize("memory", [32, 4])
def test_sync_then_cut_floppy(memory, guest, tmp_path):
    """Checks the root in the same way. It is in the ramdisk, which sync writes
    back, or with 4 MB on the floppy. That has few programs: all of them leave
    little room."""
    floppy = small_floppy(tmp_path / "small.img", *WORKERS)
    machine = guest(WORK.format("/root"), memory=memory, floppy=floppy)
    machine.expect("synced")
    machine.close()
    assert f"root: /dev/{'ram0' if memory > 4 else 'fd0'}" in machine.text(
        "log"
    )
    check_work(machine.image, "/root")


# The power goes at any moment. The disk can then be repaired, with all that
# was synced.


@pytest.mark.parametrize(
    "name,seed", [("minix1", 1), ("minix2", 2), ("minix3", 3)]
)
def test_power_cut_disk(name, seed, guest, tmp_path):
    """Tries each prefix of the log of writes, as a disk does that writes in
    order."""
    work = Work(seed, 8, 9)
    before, writes, path = power_cuts(name, work, guest, tmp_path)
    missing = losses(name, work, replay(before, writes, path), path)
    assert not missing, f"of {len(writes)} writes"


# What is done to a disk of how many KB: of the small one the zones soon have
# their next owner. Nearly all of `names` are about names.
LOADS = {
    "files": (800, dict(rounds=8, operations=9)),
    "small": (400, dict(rounds=20, operations=9, room=400)),
    "names": (800, dict(rounds=12, operations=12, size=2, kinds=NAMES)),
}


@pytest.mark.parametrize(
    "name,load,seed",
    [
        ("minix1", "files", 11),
        ("minix3", "files", 13),
        ("minix1", "small", 14),
        ("minix2", "small", 23),
        ("minix1", "names", 15),
        ("minix2", "names", 16),
        ("minix3", "names", 17),
    ],
)
def test_reordered_power_cut(name, load, seed, guest, tmp_path):
    """Tries a disk whose cache writes in any order since its last flush."""
    first = int(os.environ.get("COWIX_SEED", seed))
    disks = int(os.environ.get("COWIX_CUTS", 200))
    kilobytes, how = LOADS[load]
    for seed in range(first, first + (20 if EACH else 1)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        work = Work(seed, **how)
        before, writes, path = power_cuts(name, work, guest, folder, kilobytes)
        cuts = Counted(reorder(before, writes, path, seed, disks))
        missing = losses(name, work, cuts, path)
        assert not missing, f"of {len(writes)} writes, seed {seed}"
        figure(f"{name}, {load}, seed {seed}: {cuts} of {len(writes)} writes")
        shutil.rmtree(folder)


SWAP = """cd /mnt && dd if=/dev/zero of=swap bs=64k count=100 status=none &&
mkswap swap && swapon swap || exit 1; /root/thrash 7000 2 & """


@pytest.mark.parametrize("name", ["minix1", "minix3"])
def test_power_cut_while_swapping(name, guest, tmp_path):
    """The disk has the file that is swapped to, too, by processes that need
    more memory than there is. No page comes to lie in another file."""
    work, size = Work(31, 4, 6, 9), 9000
    programs = "mkswap", "swapon", f"{BUILD}/tests/thrash"
    before, writes, path = power_cuts(
        name, work, guest, tmp_path, size, SWAP, programs, memory=8
    )
    swapped = sum(len(write[1]) > 3 * 1024 for write in writes if write)
    assert swapped > 100
    disks = int(os.environ.get("COWIX_CUTS", 100))
    cuts = Counted(reorder(before, writes, path, 31, disks))
    missing = losses(name, work, cuts, path)
    assert not missing, f"of {len(writes)} writes"
    figure(f"{name}, swapping: {cuts} of {len(writes)} writes")


@pytest.mark.parametrize("name", ["minix1", "minix3"])
def test_power_cut_of_a_build(name, guest, tmp_path):
    """Cuts the power while a build writes. Sources and tools stay, and what
    has its last name is whole. After a few of the cuts it is built again from
    what is there: the result is the same."""
    build, log = Build(tmp_path, name), tmp_path / "writes"
    path, whole = str(tmp_path / "cut.img"), str(tmp_path / "whole.img")
    before = open(build.image, "rb").read()
    shutil.copy(build.image, whole)
    machine = guest(
        build.command + "umount /mnt",
        *recorded(whole, log, "ide-hd,drive=lw,bus=ide.0"),
        floppy=build.floppy,
    )
    machine.end()
    result, writes = build.result(whole), logged(log)
    disks = int(os.environ.get("COWIX_CUTS", 200))
    cuts = Counted(reorder(before, writes, path, 41, disks))
    for number in cuts:
        lost = dangers(path)
        if name == "minix1":
            repair(path)
        lost += build.damage(path, result)
        assert not lost, f"at write {number}"
        if cuts.n % 70 == 7:
            again = build.command + "umount /mnt"
            guest(again, *ide(path), floppy=build.floppy).end()
            assert build.result(path) == result
    figure(f"{name}, build: {cuts} of {len(writes)} writes")


FSYNCED = {
    "file": ("sync $1/f", "f"),
    "in new directories": (
        "mkdir -p $1/d/e; mv $1/f $1/d/e/g; sync $1/d/e/g",
        "d/e/g",
    ),
    "linked": ("sync $1/f; ln $1/f $1/g; rm $1/f; sync $1", "g"),
    "replaced": (
        "echo old > $1/g; sync $1/g; sync $1/f; mv $1/f $1/g; sync $1",
        "g",
    ),
    "in zones of a file cut short": (
        "sync; dd if=/dev/zero of=$1/fill bs=1k 2>/dev/null; : > $1/f; "
        "cp /root/words $1/g; sync $1/g",
        "g",
    ),
    "moved": ("mkdir $1/d; sync $1/d $1/f; mv $1/f $1/d/g; sync $1/d", "d/g"),
}


@pytest.mark.parametrize("how", FSYNCED)
def test_fsync_then_cut(how, guest, tmp_path):
    """Checks that the file has content and name when fsync is back, whatever
    the disk's cache makes of later writes."""
    disk, log, path = (
        volume(tmp_path / "disk.img", "minix1", 800),
        tmp_path / "writes",
        str(tmp_path / "cut.img"),
    )
    script, name = FSYNCED[how]
    work = Work(1, 0, 0)
    work.script = [
        "cp /root/words /mnt/f",
        script,
        "echo synced; sleep 2",
        "touch /mnt/x; sync; echo done; sleep 60",
    ]
    before = open(disk, "rb").read()
    machine = guest(
        "mount /dev/hda /mnt; sh /root/work /mnt",
        *recorded(disk, log, "ide-hd,drive=lw,bus=ide.0"),
        floppy=with_script(tmp_path, work),
    )
    machine.expect("synced")
    told = len(logged(log))
    machine.expect("done")
    machine.close()
    writes, dice = logged(log), random.Random(7)
    flushes = [i for i, write in enumerate(writes) if write is None]
    last = max(
        i for i in flushes if i < told
    )  # the last before fsync was back
    following = min(i for i in flushes if i > last)
    synced = bytearray(before)
    for write in writes[:last]:
        put(synced, *(write or (0, b"")))
    for _ in range(20):
        cut = bytearray(synced)
        for write in some(dice, writes[last + 1 : following]):
            put(cut, *write)
        store(cut, path)
        repair(path)
        assert content(Reader(path), name) == WORDS


class Counted:
    """Counts the disks that cuts leave."""

    def __init__(self, cuts):
        self.cuts, self.n = cuts, 0

    def __iter__(self):
        for number in self.cuts:
            self.n += 1
            yield number

    def __str__(self):
        return f"{self.n} cuts"


@pytest.mark.parametrize("memory", [32, 4])
def test_power_cut_floppy(memory, guest, tmp_path):
    """Checks the root's floppy. The ramdisk writes changes back without an
    order that keeps renames whole. So only what stays in place counts."""
    log, cut, work = (
        tmp_path / "writes",
        str(tmp_path / "cut.img"),
        Work(5, 3, 8, 8),
    )
    before = []

    def drive(image):
        before.append(open(image, "rb").read())
        return recorded(image, log, "floppy,drive=lw,unit=0")

    machine = guest(
        "mkdir /root/w; sh /root/work /root/w /dev/fd0",
        memory=memory,
        floppy=with_script(tmp_path, work),
        drive=drive,
    )
    machine.end()
    assert "power off, status 0" in machine.text("log")
    writes, missing = logged(log), []
    for number in replay(before[0], writes, cut):
        mark = last_mark(cut)
        repair(cut)
        missing += [(number, what) for what in work.lost(cut, mark, "/root/w")]
    if memory > 4:
        missing = [
            what
            for what in missing
            if "(exactly)" in what[1] or "append)" in what[1]
        ]
    assert (
        mark == len(work.checks) - 2 and not missing
    ), f"of {len(writes)} writes"


def clear_free(path):
    """Clears the zones that the map has as free, as setup does when it reads
    the file system."""
    reader = Reader(path)
    data = b"".join(
        reader.zone(2 + reader.inode_map + i) for i in range(reader.zone_map)
    )
    bits = int.from_bytes(data, "little") >> 1
    with open(path, "r+b") as f:
        for zone in range(reader.first, reader.zones):
            if not bits >> zone - reader.first & 1:
                f.seek(zone * reader.fmt.block)
                f.write(bytes(reader.fmt.block))


def test_fresh_files_of_the_ramdisk(guest, tmp_path):
    """Cuts the power while new files are written back, and boots without a
    repair. A file is not there, or empty, or whole: it is never full of
    zeroes that setup read for it."""
    log, cut, before = tmp_path / "writes", str(tmp_path / "cut.img"), []
    work = Work(1, 0, 0)
    work.script = [
        f"dd if=/root/words of={n} bs=1k skip={n} count=25 status=none"
        for n in range(5)
    ]

    def drive(image):
        before.append(open(image, "rb").read())
        return recorded(image, log, "floppy,drive=lw,unit=0")

    machine = guest(
        "sh /root/work /root; sync",
        floppy=with_script(tmp_path, work),
        drive=drive,
    )
    machine.end()
    seen = set()
    for number in replay(before[0], logged(log), cut):
        clear_free(cut)
        reader = Reader(cut)
        for n in range(5):
            data = content(reader, f"/root/{n}")
            seen.add(bool(data))
            whole = WORDS[n << 10 : n + 25 << 10]
            assert data in (None, b"", whole), f"{n} at write {number}"
    assert seen == {False, True}


def test_update(guest, tmp_path):
    """Checks that without sync, init's update writes every 5 seconds. Data
    written 8 seconds ago are there."""
    disk, etc = volume(tmp_path / "disk.img", "minix1"), tmp_path / "etc"
    shutil.copytree(f"{TOP}/user/etc", etc)
    (etc / "rc").write_text(
        "mount /dev/hda /mnt; seq 1 30000 > /mnt/made; "
        "seq 1 3000 > /root/made; echo made > /dev/ttyS1\n"
    )
    floppy = str(tmp_path / "etc.img")
    assert mkfs(floppy, *PROGRAMS, etc=str(etc)).returncode == 0
    machine = guest(None, *ide(disk), floppy=floppy)
    machine.expect("made", "err")
    assert content(Reader(disk), "/made") != numbers(1, 30000)
    time.sleep(8)
    machine.close()
    for image, path, last in (
        (disk, "/made", 30000),
        (machine.image, "/root/made", 3000),
    ):
        repair(image)
        assert content(Reader(image), path) == numbers(1, last)
