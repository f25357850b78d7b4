"""What the tests share: running commands inside Cowix, building images,
reading the screen."""
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

# What takes longest begins first, so that no worker is left alone with it.
LONGEST = [
    "test_guest_linux",
    "test_programs",
    "test_mutants",
    "test_bombs",
    "test_fuzz",
    "test_power_cuts",
    "test_shell_oracle",
]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items):
    """With --dist loadgroup: tests of a file that share what is made for all of
    them (a fixture of the module) stay together, the others go anywhere."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(found[-1].scope == "module" for found in fixtures):
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))
    items.sort(
        key=lambda item: [item.module.__name__ != name for name in LONGEST]
    )


FLOPPY = os.path.join(BUILD, "cowix.img")


def guest_floppy(program):
    """The image with the base system and a program of tests/guest."""
    return os.path.join(BUILD, "tests", program + ".img")


class Result:
    def __init__(self, process):
        self.status, self.out, self.err = (
            process.returncode,
            process.stdout,
            process.stderr.decode("latin-1"),
        )


def cowix(command, *options, timeout=60, image=FLOPPY):
    """Run a command with tools/run, whose limit does not count the time that
    other tests take away from the emulator; ours is for a tool that hangs."""
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
    """For a shell that is tested: Python ignores some signals, whoever started
    the tests perhaps others, and children inherit that."""
    for number in (
        signal.SIGPIPE,
        signal.SIGXFSZ,
        signal.SIGINT,
        signal.SIGQUIT,
    ):
        signal.signal(number, signal.SIG_DFL)


def fsck(image):
    """What fsck.minix finds: nothing, or the test fails."""
    process = subprocess.run(["fsck.minix", "-f", image], capture_output=True)
    assert process.returncode == 0, process.stdout.decode()


def mkfs(output, *extra, **replaced):
    """Build an image as the Makefile does, with files replaced or added."""
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
    }

    def __init__(self, folder, image, *options):
        """image: the boot floppy, a file, or the options that make it."""
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
                    ("-drive", f"if=floppy,index=0,format=raw,file={image}")
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
        """Type what switches the machine off, which may be before it has said
        that it has the last key."""
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
    """A machine with a private copy of the floppy, switched off afterwards."""
    image = str(tmp_path / "floppy.img")
    shutil.copyfile(FLOPPY, image)
    m = Machine(str(tmp_path), image, "-serial", "null")
    m.image = image
    yield m
    m.close()
