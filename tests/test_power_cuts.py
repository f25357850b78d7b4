"""Synced data survives a power cut, after sync and at any moment."""
import os
import random
import shutil
import subprocess
import time

import pytest

from conftest import TOP, mkfs
from powercuts import (
    WORDS,
    Work,
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
    PROGRAMS,
    Reader,
    content,
    guest,
    ide,
    numbers,
    repair,
    tmp_path,
    volume,
)

WORK = (
    "mkdir -p {0}/d/e; seq 1 20000 > {0}/d/e/ramp; seq 1 10 > {0}/old; "
    "mv {0}/old {0}/d/new; cp -r /etc {0}/copy; rm {0}/copy/rc; sync; "
    "echo synced; sleep 60"
)


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
def test_sync_then_cut_floppy(memory, guest):
    """Checks the root in the same way. It is in the ramdisk, which sync writes
    back, or with 4 MB on the floppy."""
    machine = guest(WORK.format("/root"), memory=memory)
    machine.expect("synced")
    machine.close()
    assert f"root: /dev/{'ram0' if memory > 4 else 'fd0'}" in machine.text(
        "log"
    )
    check_work(machine.image, "/root")


# The power goes at any moment. The disk can then be repaired, with all that
# was synced.


@pytest.mark.parametrize(
    "name,seed", [("minix1", 1), ("minix1", 2), ("minix3", 3)]
)
def test_power_cut_disk(name, seed, guest, tmp_path):
    """Tries each prefix of the log of writes, as a disk does that writes in
    order."""
    work = Work(seed, 8, 9)
    before, writes, path = power_cuts(name, work, guest, tmp_path)
    missing = losses(name, work, replay(before, writes, path), path)
    assert not missing, f"of {len(writes)} writes"


@pytest.mark.parametrize(
    "name,seed,kilobytes",
    [
        ("minix1", 11, 800),
        ("minix1", 12, 800),
        ("minix3", 13, 800),
        ("minix1", 14, 400),
    ],
)
def test_reordered_power_cut(name, seed, kilobytes, guest, tmp_path):
    """Tries a disk whose cache writes in any order since its last flush. The
    last disk is small: its zones soon have their next owner."""
    seed, disks = int(os.environ.get("COWIX_SEED", seed)), int(
        os.environ.get("COWIX_CUTS", 400)
    )
    work = Work(seed, 8 if kilobytes > 400 else 20, 9)
    before, writes, path = power_cuts(name, work, guest, tmp_path, kilobytes)
    missing = losses(
        name, work, reorder(before, writes, path, seed, disks), path
    )
    assert not missing, f"of {len(writes)} writes, seed {seed}"


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
