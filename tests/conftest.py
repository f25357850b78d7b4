"""Helpers of all tests: they run commands inside Cowix, build images and read
the screen."""
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tools"))
from limit import Limit  # noqa: E402

BUILD = os.path.join(TOP, "build")

# An ordinary user of Debian does not have fsck.minix there.
os.environ["PATH"] += ":/usr/sbin:/sbin"

# The longest tests begin first, so that no worker is left alone with one.
LONGEST = [
    "test_guest_linux",
    "test_programs",
    "test_debian",
    "test_mutants",
    "test_minix",
    "test_bombs",
    "test_fuzz",
    "test_power_cuts",
    "test_shell_oracle",
]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items):
    """Keeps tests of a file together if they share a module's fixture. With
    --dist loadgroup all other tests may go to any worker."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(found[-1].scope == "module" for found in fixtures):
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))
    items.sort(
        key=lambda item: [item.module.__name__ != name for name in LONGEST]
    )


FLOPPY = os.path.join(BUILD, "cowix.img")


def load_tool(name):
    """Returns a program of tools/ as a module, though its name has no .py."""
    loader = importlib.machinery.SourceFileLoader(
        f"{name}_tool", os.path.join(TOP, "tools", name)
    )
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader)
    )
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def guest_floppy(program):
    """Returns the path of the image with the base system and a program of
    tests/guest. tools/self has others, with another kernel."""
    folder = os.environ.get("COWIX_TESTS", os.path.join(BUILD, "tests"))
    return os.path.join(folder, program + ".img")


class Result:
    def __init__(self, process):
        self.status, self.out, self.err = (
            process.returncode,
            process.stdout,
            process.stderr.decode("latin-1"),
        )


def cowix(command, *options, timeout=60, image=FLOPPY):
    """Runs a command with tools/run. Its limit does not count the time that
    other tests take from the emulator. Our own limit is for a tool that
    hangs."""
    process = subprocess.run(
        [
            os.path.join(TOP, "tools/run"),
            "-t",
            str(timeout),
            "-f",
            image,
            *options,
            "--",
            command,
        ],
        capture_output=True,
        timeout=20 * timeout,
    )
    return Result(process)


def default_signals():
    """Resets the signals of a shell under test. Python ignores some signals,
    and children inherit that."""
    for number in (
        signal.SIGPIPE,
        signal.SIGXFSZ,
        signal.SIGINT,
        signal.SIGQUIT,
    ):
        signal.signal(number, signal.SIG_DFL)


def fsck(image):
    """Fails the test if fsck.minix finds anything."""
    process = subprocess.run(["fsck.minix", "-f", image], capture_output=True)
    assert process.returncode == 0, process.stdout.decode()


def mkfs(output, *extra, **replaced):
    """Builds an image as the Makefile does, with files replaced or added."""
    files = {
        "boot": f"{BUILD}/bootsect.bin",
        "setup": f"{BUILD}/setup.bin",
        "kernel": f"{BUILD}/kernel.bin",
        "bin": f"{BUILD}/bin",
        "etc": f"{TOP}/user/etc",
    }
    files.update(replaced)
    command = [os.path.join(TOP, "tools/mkfs"), "-o", output]
    for name, path in files.items():
        command += [f"--{name}", path]
    return subprocess.run(
        command + list(extra), capture_output=True, text=True
    )


def disk_options(image, index=0, kind="ide"):
    """Returns QEMU's options for a disk. The host need not flush it: only the
    guest's power is cut."""
    return (
        "-drive",
        f"if={kind},index={index},format=raw,cache=unsafe,file={image}",
    )


class Machine:
    """QEMU with a screen to read and a keyboard to type at, through its
    monitor protocol."""

    KEYS = {
        " ": "spc",
        "\n": "ret",
        "-": "minus",
        "=": "equal",
        ".": "dot",
        "/": "slash",
        ",": "comma",
        ";": "semicolon",
        "'": "apostrophe",
        "\\": "backslash",
        "$": "shift-4",
        "|": "shift-backslash",
        ">": "shift-dot",
        "<": "shift-comma",
        "&": "shift-7",
        '"': "shift-apostrophe",
        "*": "shift-8",
        "(": "shift-9",
        ")": "shift-0",
        "?": "shift-slash",
        "_": "shift-minus",
        "[": "bracket_left",
        "]": "bracket_right",
        "+": "shift-equal",
        ":": "shift-semicolon",
        "%": "shift-5",
        "!": "shift-1",
        "^": "shift-6",
    }

    def __init__(self, folder, image, *options):
        """Starts QEMU. image is a boot floppy's file, or the options that make
        it."""
        self.path = os.path.join(folder, "qmp")
        self.vga = os.path.join(folder, "vga")
        self.process = subprocess.Popen(
            [
                "qemu-system-i386",
                "-M",
                "pc",
                "-m",
                "32",
                "-display",
                "none",
                "-nodefaults",
                "-vga",
                "std",
                "-no-reboot",
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=0x04",
                "-boot",
                "a",
                *(
                    disk_options(image, 0, "floppy")
                    if isinstance(image, str)
                    else image
                ),
                "-qmp",
                f"unix:{self.path},server=on,wait=off",
                *options,
            ],
            stdin=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(self.path)
                break
            except OSError:
                time.sleep(0.05)
        self.file = self.socket.makefile("rw")
        self.answer()
        self.command("qmp_capabilities")

    def answer(self):
        while True:
            message = json.loads(self.file.readline())
            if "event" not in message:
                return message

    def command(self, name, **arguments):
        self.file.write(
            json.dumps({"execute": name, "arguments": arguments}) + "\n"
        )
        self.file.flush()
        return self.answer()

    def key(self, name):
        self.command(
            "human-monitor-command", **{"command-line": f"sendkey {name} 20"}
        )
        time.sleep(0.04)

    def type(self, text):
        for c in text:
            self.key(
                self.KEYS.get(c)
                or (f"shift-{c.lower()}" if c.isupper() else c)
            )

    def switch_off(self, text):
        """Types what switches the machine off. It may go off before it
        acknowledges the last key."""
        self.type(text[:-1])
        try:
            self.type(text[-1])
        except (OSError, ValueError):
            pass
        self.process.wait(timeout=20)

    def screen(self):
        self.command("pmemsave", val=0xB8000, size=4000, filename=self.vga)
        with open(self.vga, "rb") as f:
            data = f.read()
        return "\n".join(
            bytes(data[row * 160 : row * 160 + 160 : 2])
            .decode("cp437")
            .rstrip("\0 ")
            for row in range(25)
        )

    def wait_for(self, text, seconds=20):
        limit = Limit(self.process.pid, seconds)
        while not limit.over():
            if text in self.screen():
                return
            time.sleep(0.05)
        pytest.fail(f"no {text!r} on the screen:\n{self.screen()}")

    def close(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def machine(tmp_path):
    """Returns a machine with its own copy of the floppy. Switches it off
    afterwards."""
    image = str(tmp_path / "floppy.img")
    shutil.copyfile(FLOPPY, image)
    m = Machine(str(tmp_path), image, "-serial", "null")
    m.image = image
    yield m
    m.close()
