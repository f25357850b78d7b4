"""Debian's vim, nano, less and top on a terminal of Linux, on Cowix's serial
line and on its console: the same keys, the same cells, the same cursor."""
import os
import re
import shlex
import socket
import subprocess
import time

import pexpect
import pytest

import debian_disk
from conftest import TOP, Machine
from debian_disk import IMAGE, ROOT
from limit import Limit
from terminals import Console, Line, differences, texts

SECONDS = 25  # for what a key leads to
LIBRARIES = f"{ROOT}/lib/i386-linux-gnu:{ROOT}/usr/lib/i386-linux-gnu"
LOADER = [f"{ROOT}/lib/ld-linux.so.2", "--library-path", LIBRARIES]
# $1 is the program, $2 a folder, $3 where the programs are, the rest what
# starts them. Afterwards it shows the status and the file.
SCRIPT = r"""
program=$1 bin=$3; mkdir -p $2; cd $2; shift 3
export TERM=linux LC_ALL=C HOME=$PWD LESSHISTFILE=-
stty sane rows 25 cols 80
printf '%s\n' one two three '' > text
seq 1 300 | sed 's/^7.$/& '"$(seq 1 40 | tr '\n' ' ')/" >> text
printf '\033[m\033[H\033[J'
case $program in
vim) "$@" $bin/vim.tiny -N -u NONE -i NONE -n text ;;
nano) "$@" $bin/nano -I text ;;
less) "$@" $bin/less text ;;
top) "$@" $bin/top -d 99 ;;
esac
status=$?
printf '\033[m\033[H\033[J'; echo "$program: $status"; head -n 9 text
tail -n 9 text; read line; printf '\033[H\033[J'
"""


class Terminals:
    """Linux's terminal, and the two of a machine with Cowix."""

    def __init__(self, work):
        self.work, self.before = work, None
        os.makedirs(f"{work}/scripts")
        with open(f"{work}/scripts/try", "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        scripts = f"{work}/scripts.img"
        subprocess.run(
            [f"{TOP}/tools/mkfs", "-q", "--overlay", f"{work}/scripts"]
            + ["--fs", "minix3", "--size", "1000", "-o", scripts],
            check=True,
        )
        disk = "if=ide,format=raw,snapshot=on,file="
        options = ["-drive", f"{disk}{IMAGE}", "-drive", f"{disk}{scripts}"]
        options += ["-boot", "c", "-m", "64", "-chardev"]
        options += [f"socket,id=line,path={work}/line,server=on,wait=off"]
        self.machine = Machine(work, options, "-serial", "chardev:line")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"{work}/line")
        self.serial = Line(self.socket.fileno())
        self.console = Console(self.machine)

    def all(self):
        return {
            "Linux": self.host,
            "serial line": self.serial,
            "console": self.console,
        }

    def log_in(self):
        """Waits for the shells."""
        self.machine.wait_for("\n/root #")
        self.serial.type("mount /dev/hdb /mnt; echo mounted $?\n")
        self.until(lambda: "mounted 0" in "".join(texts(self.serial.screen())))

    def until(self, condition):
        """Returns whether a condition comes true in time."""
        limit = Limit(self.machine.process.pid, SECONDS)
        while not condition():
            if limit.over():
                return False
            time.sleep(0.05)
        return True

    def start(self, program):
        words = ["sh", f"{self.work}/scripts/try", program]
        words += [f"{self.work}/{program}", f"{ROOT}/usr/bin", *LOADER]
        self.child = pexpect.spawn(
            shlex.join(words),
            dimensions=(25, 80),
            env={**os.environ, "TERMINFO": f"{ROOT}/usr/lib/terminfo"},
        )
        self.host = Line(self.child.child_fd)
        self.console.type(f"sh /mnt/try {program} /tmp/c /bin\n")
        self.serial.type(f"sh /mnt/try {program} /tmp/s /bin\n")

    def compare(self, text, view):
        """Waits until all show something new, with a text, and look the
        same."""
        screens = {}

        def same():
            for name, terminal in self.all().items():
                screens[name] = terminal.screen()
            views = list(map(view, screens.values()))
            return views.count(views[0]) == len(views) and all(
                screen != self.before and text in "\n".join(texts(screen))
                for screen in screens.values()
            )

        if self.until(same):
            self.before = screens["Linux"]
            return
        linux = screens["Linux"]
        said = "\n".join([f"waiting for {text!r}, Linux has:", *texts(linux)])
        for name in ("serial line", "console"):
            said += f"\n{name}: {differences(linux, screens[name])}"
        pytest.fail(said)

    def drive(self, program, steps, view=lambda screen: screen):
        """Starts a program. Each step has keys, the text that they bring to
        the screen, and what of the screen is compared."""
        self.start(program)
        for keys, text, *other in steps:
            for terminal in self.all().values():
                terminal.type(keys)
            self.compare(text, other[0] if other else view)
        for terminal in self.all().values():
            terminal.type("\n")
        self.child.expect(pexpect.EOF)

    def close(self):
        self.machine.close()
        self.socket.close()


@pytest.fixture
def terminals(tmp_path):
    debian_disk.build()
    try:
        subprocess.run([*LOADER, f"{ROOT}/usr/bin/true"], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine runs no 32-bit programs: tools/linux")
    found = Terminals(str(tmp_path))
    found.log_in()
    yield found
    found.close()


def test_vim(terminals):
    """Types, deletes, scrolls both ways, marks, splits, asks the shell."""
    terminals.drive(
        "vim",
        [
            ("", '"text" 304L'),
            ("jddofour five\x1b", "four five"),
            ("Oabove\x1bp", "above"),
            (":%s/e/E/g\r", "5 substitutions on 4 lines"),
            ("\x06", "\n40 "),
            ("\x05\x05\x05\x19", "\n42 "),
            ("\x04\x02", "\n27 "),
            ("Gdd", "\n299 "),
            ("/7.*12\r", "search hit BOTTOM"),
            (":set hlsearch number\r", "     82 76 1"),
            ("V3k", "VISUAL LINE"),
            ("d:split\r1GI\t\x1b", "      1         onE"),
            ("\x17\x17:set list\r", "     70 64$"),
            (":!echo done\r", "Press ENTER"),
            ("\r:wq\r", '"text" 301L, 2116B written'),
            (":q\r", "vim: 0"),
        ],
    )


def test_nano(terminals):
    """Types, cuts, pastes, looks for a word, marks, saves."""
    terminals.drive(
        "nano",
        [
            ("", "Read 304 lines"),
            ("typed \x1b[B\x1b[B\x0b", "typed one"),
            ("\x1b[A\x15", "typed one" + " " * 71 + "\nthree"),
            ("\x1b[6~\x1b[6~", "\n44 "),
            ("\x1b[5~", "\n21 "),
            ("\x17", "Search: "),
            ("71\r", "\n71 1 2"),
            ("\x1b[C\x1b[3~\x08", "\n 1 2"),
            ("\x1ba\x1b[B", "Mark Set"),
            ("\x0b", "\n72 1 2"),
            ("\x07", "Main nano help text"),
            ("\x18", "Modified"),
            ("\x0f", "File Name to Write: text"),
            ("\r", "Wrote 303 lines"),
            ("\x18", "nano: 0"),
        ],
    )


def test_less(terminals):
    """Goes to the end and back by pages and lines, looks for a word."""
    terminals.drive(
        "less",
        [
            ("", "one"),
            (" ", "\n44 "),
            ("y", "\n43 "),
            ("kkk", "17 "),
            ("G", "(END)"),
            ("b", "270 "),
            ("?^71\r", "71 1"),
            ("n", "Pattern not found"),
            ("\r-S", "Chop long lines"),
            ("\r75g", "71 1 2"),
            ("\x1b[C\x1b[C", "40 "),
            ("=", "byte "),
            ("h", "SUMMARY OF LESS COMMANDS"),
            ("qq", "less: 0"),
        ],
    )


def test_top(terminals):
    """Compares the words of the heads, and all of the page of help."""

    def heads(screen):
        rows = texts(screen)
        words = [re.findall("[A-Za-z%]+", row) for row in rows[1:5]]
        return rows[0][:6], "load average:" in rows[0], words, rows[6].split()

    terminals.drive(
        "top",
        [
            ("", "COMMAND", heads),
            ("h", "Help for Interactive Commands"),
            ("q", "COMMAND", heads),
            ("q", "top: 0"),
        ],
    )
