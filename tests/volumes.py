"""Volumes and floppies for tests that cut the power or break disks, and the
machine that works on them."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import pytest

from conftest import BUILD, FLOPPY, TOP, Machine, load_tool, mkfs
from conftest import disk_options as ide  # noqa: F401

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tools"))
from limit import Limit  # noqa: E402
from minixfs import FORMATS, Reader  # noqa: E402

# make faults tries all, and writes its figures to a file.
EACH = os.environ.get("COWIX_FAULTS") == "each"
FIGURES = os.path.join(BUILD, "faults.txt")


def figure(line):
    """Notes what was tried, for make faults."""
    print(line)
    if EACH:
        with open(FIGURES, "a", encoding="ascii") as file:
            file.write(line + "\n")


PROGRAMS = sorted(
    p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
)


class Guest(Machine):
    """A machine that runs one command, and whose power can be cut at any
    moment. The command writes to out and err; log is the log."""

    def __init__(
        self,
        folder,
        command,
        *options,
        memory=32,
        params="",
        floppy=FLOPPY,
        drive=None,
    ):
        self.folder, self.image = str(folder), os.path.join(
            str(folder), "boot.img"
        )
        with open(floppy, "rb") as f:
            data = bytearray(f.read())
        load_tool("mkfs").set_params(
            data, f"panic=off {params} run={command}" if command else params
        )
        with open(self.image, "wb") as f:
            f.write(data)
        ports = [
            ("isa-serial,chardev=out,index=0", "out"),
            ("isa-serial,chardev=err,index=1", "err"),
            ("isa-debugcon,iobase=0xe9,chardev=log", "log"),
        ]
        files = [
            word
            for device, name in ports
            for word in (
                "-chardev",
                f"file,id={name},path={folder}/{name}",
                "-device",
                device,
            )
        ]
        super().__init__(
            self.folder,
            drive(self.image) if drive else self.image,
            *files,
            *options,
            "-m",
            str(memory),
        )

    def text(self, name="out"):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read().decode("latin-1")

    def expect(self, text, name="out", seconds=50):
        """Waits for a line in out, err or log."""
        limit = Limit(self.process.pid, seconds)
        while text not in self.text(name):
            assert not limit.over() and self.process.poll() is None, (
                f"no {text!r}\n"
                + self.text("out")
                + self.text("err")
                + self.text("log")
            )
            time.sleep(0.01)

    def end(self, seconds=50):
        """Waits until the machine switches itself off."""
        limit = Limit(self.process.pid, seconds)
        while self.process.poll() is None:
            if limit.over():
                self.close()
                pytest.fail(
                    "still running\n"
                    + self.text("out")
                    + self.text("err")
                    + self.text("log")
                )
            time.sleep(0.01)


@pytest.fixture
def tmp_path():
    """Returns a folder in memory, if the host has one, instead of pytest's.
    fsck.minix waits for the disk each time otherwise."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="cowix-") as folder:
        yield pathlib.Path(folder)


@pytest.fixture
def guest(tmp_path):
    guests = []

    def start(command, *options, **more):
        guests.append(Guest(tmp_path, command, *options, **more))
        return guests[-1]

    yield start
    for machine in guests:
        machine.close()


def volume(path, name, kilobytes=1500):
    """Makes an empty volume with the host's mkfs.minix."""
    fmt = FORMATS[name]
    with open(path, "wb") as f:
        f.truncate(kilobytes << 10)
    subprocess.run(
        ["mkfs.minix", f"-{fmt.version}", "-n", str(fmt.name_size), str(path)],
        check=True,
        capture_output=True,
    )
    return str(path)


def small_floppy(path, *programs, **files):
    """Makes a boot floppy with a few programs, and so with much room."""
    made = mkfs(str(path), "init", "sh", *programs, **files)
    assert made.returncode == 0, made.stderr
    return str(path)


def repair(path):
    """Repairs a volume by fsck.minix -a as after a power cut. Checks that it
    is clean then."""
    first = subprocess.run(["fsck.minix", "-fa", path], capture_output=True)
    assert first.returncode in (0, 3), (
        first.stdout.decode("latin-1") + first.stderr.decode()
    )
    again = subprocess.run(["fsck.minix", "-fa", path], capture_output=True)
    assert again.returncode == 0, first.stdout.decode(
        "latin-1"
    ) + again.stdout.decode("latin-1")
    return first.stdout.decode("latin-1")


def numbers(first, last):
    """Returns what `seq first last` writes."""
    return "".join(f"{i}\n" for i in range(first, last + 1)).encode()


def content(reader, path):
    """Returns a file's bytes, or None."""
    try:
        return reader.read(reader.lookup(path))
    except (KeyError, ValueError):
        return None


def protected(image, index=0):
    return (
        "-drive",
        f"if=floppy,index={index},format=raw,file={image},readonly=on",
    )


def failing(image, device, *rules):
    """Returns options for a disk whose image fails by the rules (QEMU's
    blkdebug)."""
    rules = [dict({"event": "none", "errno": 5}, **rule) for rule in rules]
    return (
        "-blockdev",
        f"driver=file,node-name=file,filename={image}",
        "-blockdev",
        json.dumps(
            {
                "driver": "blkdebug",
                "node-name": "debug",
                "image": "file",
                "inject-error": rules,
            }
        ),
        "-blockdev",
        "driver=raw,node-name=raw,file=debug",
        "-device",
        f"{device},drive=raw",
    )


def failing_ide(image, *rules):
    return failing(
        image, "ide-hd,bus=ide.0,werror=report,rerror=report", *rules
    )
