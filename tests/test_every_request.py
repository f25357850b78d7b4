"""A disk fails at a request of a boot, a build, or swapping, one after another:
whoever asked is told, what was written stays, and the machine goes on. make
test tries some of the requests, make faults each of them."""
import os
import re
import shutil
import subprocess
import time

import pytest

from builds import Build
from conftest import BUILD, TOP, mkfs
from faulty_disk import DEAD, ONCE, READ, SECTORS, WRITE, FaultyDisk
from limit import Limit
from powercuts import dangers
from volumes import (
    EACH,
    Guest,
    Reader,
    content,
    figure,
    numbers,
    repair,
    small_floppy,
    tmp_path,
)

SOME = 2  # requests that make test tries, of each load and kind of fault
SECONDS = 60
REPORTED = "werror=report,rerror=report"
# What stops before the kernel runs says so, and why.
STOPPED = r"^sector \w{4} error|^setup: (?:cannot read|the kernel is damaged)"
COMPLAINT = STOPPED + r"|^hda: |^fd0: |^panic: cannot mount"


class Run:
    """What a machine with a faulty disk has said and left."""

    def __init__(self, load, folder, fails_at=None, how=ONCE):
        os.makedirs(folder)
        self.load, self.folder = load, str(folder)
        machine = load.start(self, fails_at, how)
        limit = Limit(machine.process.pid, SECONDS)
        while machine.process.poll() is None and not self.has_stopped():
            if limit.over():
                machine.close()
                pytest.fail(f"still running\n{self}")
            time.sleep(0.02)
        machine.close()
        self.out, self.err, self.log = map(machine.text, ("out", "err", "log"))

    def has_stopped(self):
        """Returns whether boot sector or setup have given up."""
        path = f"{self.folder}/log"
        if not os.path.exists(path):
            return False
        with open(path, encoding="latin-1") as f:
            return re.search(STOPPED, f.read(), re.M)

    def left(self):
        """Returns the path of what is on the disk now."""
        path = f"{self.folder}/left.img"
        with open(path, "wb") as f:
            f.write(self.disk.data)
        return path

    def __str__(self):
        lines = [f"failed: {self.disk.failed} {self.disk.how}"]
        for name in ("out", "err", "log"):
            if os.path.exists(f"{self.folder}/{name}"):
                with open(f"{self.folder}/{name}", encoding="latin-1") as f:
                    lines += [f"{name}:", f.read()[-1500:]]
        return "\n".join(lines)

    def check(self):
        """Checks what holds for every load. Returns whether all went well."""
        said = re.search(COMPLAINT, self.log, re.M) or "error" in self.err
        panic = re.search("^panic: (?!cannot mount).*", self.log, re.M)
        assert not panic or panic[0] == self.load.panic, str(self)
        assert not re.search("mismatches [1-9]", self.out), str(self)
        well = self.out == self.load.good
        assert well or said, f"nobody was told\n{self}"
        return well


class Boot:
    """The system's own disk, from the first sector on."""

    panic = None
    command = (
        "cat /etc/ttys; seq 1 5000 > /root/f; sync /root/f && echo kept; "
        "audit -d | head -1"
    )
    ttys = open(f"{TOP}/user/etc/ttys", encoding="ascii").read()
    good = ttys + "kept\nmismatches 0\n"
    programs = "audit", "cat", "head", "init", "seq", "sh", "sync"

    def __init__(self, folder, device, memory, *options):
        self.device, self.memory = device, memory
        self.image = str(folder / "system.img")
        made = mkfs(self.image, *options, *self.programs)
        assert made.returncode == 0, made.stderr
        self.params = "root=hda1" if options else ""
        # For QEMU's controller a floppy's unreadable sector is full of zeroes.
        self.counts = (READ, WRITE) if options else (WRITE,)
        self.order = "c" if options else "a"

    def start(self, run, fails_at, how):
        def drive(image):
            run.disk = FaultyDisk(
                run.folder, image, fails_at, how, self.counts
            )
            return run.disk.options(self.device)

        return Guest(
            run.folder,
            self.command,
            *("-boot", self.order),
            memory=self.memory,
            params=self.params,
            floppy=self.image,
            drive=drive,
        )

    def check(self, run):
        if run.check() or "kept\n" in run.out:
            got = content(Reader(run.left()), "/root/f")
            assert got == numbers(1, 5000), str(run)


class FaultyBuild(Build):
    """A build on a disk that fails."""

    panic = None
    good = "built\nunmounted\nmismatches 0\n"

    def start(self, run, fails_at, how):
        run.disk = FaultyDisk(run.folder, self.image, fails_at, how)
        return Guest(
            run.folder,
            self.command + "umount /mnt && echo unmounted; audit -d | head -1",
            *run.disk.options(f"ide-hd,bus=ide.0,{REPORTED}"),
            floppy=self.floppy,
        )

    def check(self, run):
        run.check()
        path = run.left()
        if run.disk.how == DEAD:  # as if the power had gone
            assert not dangers(path), str(run)
        if self.version == "minix1":
            repair(path)
        if "built\n" not in run.out:
            return
        self.result(path)


class Swap:
    """A program that needs more memory than there is, and checks each word. It
    may end when a page cannot be read, and so may init, whose stack is on the
    disk, too. No page is taken for another."""

    panic = "panic: init died: status 7"
    good = "right\nmismatches 0\n"

    def __init__(self, folder):
        self.image = str(folder / "swap.img")
        with open(self.image, "wb") as f:
            f.truncate(8 << 20)
        command = ["mkswap", self.image]
        subprocess.run(command, check=True, capture_output=True)
        root = folder / "overlay" / "root"
        root.mkdir(parents=True)
        shutil.copy(f"{BUILD}/tests/thrash", root)
        self.floppy = small_floppy(
            folder / "system.img",
            *"audit head swapon".split(),
            overlay=str(folder / "overlay"),
        )

    def start(self, run, fails_at, how):
        run.disk = FaultyDisk(run.folder, self.image, fails_at, how)
        return Guest(
            run.folder,
            "swapon /dev/hda && /root/thrash 6000; audit -d | head -1",
            *run.disk.options(f"ide-hd,bus=ide.0,{REPORTED}"),
            memory=6,
            floppy=self.floppy,
        )

    def check(self, run):
        run.check()
        clean = run.out.endswith("mismatches 0\n")
        assert clean or "audit: 0 mismatches" in run.log, str(run)
        assert "not" not in run.out and "wrong" not in run.out, str(run)


HARD_DISK = f"ide-hd,bus=ide.0,{REPORTED}"
LOADS = {
    "boot from a disk": lambda folder: Boot(
        folder, HARD_DISK, 32, "--disk", "3", "--fs", "minix3"
    ),
    "boot from a floppy": lambda folder: Boot(folder, "floppy,unit=0", 4),
    "ramdisk": lambda folder: Boot(folder, "floppy,unit=0", 32),
    "swap": Swap,
    "build, minix1": lambda folder: FaultyBuild(folder, "minix1"),
    "build, minix3": lambda folder: FaultyBuild(folder, "minix3"),
}


def chosen(log):
    """Returns the numbers of the requests that are to fail. Without its first
    sector a disk does not boot, and only the BIOS knows."""
    step = 1 if EACH else max(1, len(log) // SOME)
    return [n + 1 for n in range(0, len(log), step) if log[n][1] > 0]


@pytest.mark.parametrize("name", LOADS)
@pytest.mark.parametrize("how", [ONCE, SECTORS, DEAD])
def test_each_request_fails(name, how, tmp_path):
    """Fails the n-th request alone, or all that touches its sectors from there
    on, or all there is."""
    load = LOADS[name](tmp_path)
    whole = Run(load, tmp_path / "whole")
    assert whole.check(), str(whole)
    load.check(whole)
    numbers = chosen(whole.disk.log)
    for n in numbers:
        run = Run(load, tmp_path / str(n), n, how)
        assert how != ONCE or run.out == load.good, str(run)
        load.check(run)
        shutil.rmtree(run.folder)
    total = len(whole.disk.log)
    figure(f"{name}, fails {how}: {len(numbers)} of {total} requests")
