"""Line editing, history and completion of the interactive shell, on a terminal
of this host."""
import os
import random
import re
import time
import unicodedata

import pexpect
import pytest

from conftest import BUILD

SH = os.path.join(BUILD, "bin", "sh")
UP, DOWN, RIGHT, LEFT, HOME, END, DELETE = (
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[H",
    "\x1b[F",
    "\x1b[3~",
)


class Screen:
    """A model of a terminal, with the parts that the shell uses."""

    def __init__(self, columns):
        self.columns, self.cells, self.row, self.column, self.wrap = (
            columns,
            {},
            0,
            0,
            False,
        )
        self.begun = ""  # of a sequence whose end has not come yet

    def feed(self, text):
        text = self.begun + text
        self.begun = re.search(r"(\x1b(\[\d*)?)?\Z", text)[0]
        for part in re.findall(
            r"\x1b\[\d*[A-Z]|.", text.removesuffix(self.begun), re.S
        ):
            if part[0] == "\x1b":
                self.control(int(part[2:-1] or 1), part[-1], part[2:-1])
            elif part == "\r":
                self.column, self.wrap = 0, False
            elif part == "\n":
                self.row, self.wrap = self.row + 1, False
            elif part == "\b":
                self.column, self.wrap = max(0, self.column - 1), False
            elif part >= " ":
                self.put(part)

    def put(self, c):
        if self.wrap:
            self.row, self.column, self.wrap = self.row + 1, 0, False
        if unicodedata.combining(c):
            return
        wide = unicodedata.east_asian_width(c) == "W"
        if wide and self.column == self.columns - 1:
            self.row, self.column = self.row + 1, 0
        self.cells[self.row, self.column] = c
        if wide:
            self.column += 1
            self.cells[self.row, self.column] = ""
        if self.column == self.columns - 1:
            self.wrap = True
        else:
            self.column += 1

    def control(self, n, letter, argument):
        self.wrap = False
        if letter == "A":
            self.row = max(0, self.row - n)
        elif letter == "C":
            self.column = min(self.columns - 1, self.column + n)
        elif letter == "H":
            self.row = self.column = 0
        elif letter == "J":
            assert argument == ""
            self.cells = {
                k: v
                for k, v in self.cells.items()
                if k < (self.row, self.column)
            }
        else:
            pytest.fail(f"unknown sequence {letter}")

    def lines(self):
        last = max((row for row, _ in self.cells), default=0)
        return [
            "".join(
                self.cells.get((row, c), " ") for c in range(self.columns)
            ).rstrip()
            for row in range(last + 1)
        ]


class Shell:
    def __init__(self, folder, columns=40, encoding="latin-1"):
        self.child = pexpect.spawn(
            SH,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(folder),
                "PS1": "@ ",
                "TERM": "vt100",
            },
            cwd=str(folder),
            encoding=encoding,
            timeout=5,
            dimensions=(24, columns),
        )
        self.child.delaybeforesend = None
        self.screen = Screen(columns)
        self.wait_for_prompt()

    def wait_for_prompt(self):
        for _ in range(60):
            self.settle()
            if self.screen.lines()[-1] == "@":
                return

    def settle(self):
        """Reads until nothing comes for a while."""
        patience = 0.1
        while True:
            try:
                self.screen.feed(
                    self.child.read_nonblocking(4096, timeout=patience)
                )
                patience = 0.03
            except (pexpect.TIMEOUT, pexpect.EOF):
                return

    def type(self, *keys):
        for key in keys:
            self.child.send(key)
        self.settle()
        return self.screen.lines()

    def enter(self, *keys):
        """Types keys and Enter. Returns the screen when the prompt is back."""
        self.type(*keys, "\n")
        self.wait_for_prompt()
        return self.screen.lines()

    def run(self, *keys):
        """Types keys and Enter on an empty screen. Returns the lines below the
        typed ones."""
        self.type("\x0c", *keys, "\n")
        self.wait_for_prompt()
        lines = self.screen.lines()
        self.type("\x0c")
        return [line for line in lines if not line.startswith("@")]


@pytest.fixture
def sh(tmp_path):
    shell = Shell(tmp_path)
    yield shell
    shell.child.close(force=True)


@pytest.mark.parametrize(
    "keys, expected",
    [
        (["echo abc"], "abc"),
        (["echo abd\x7fc"], "abc"),
        (["echo abd\bc"], "abc"),
        (["cho x", "\x01", "e"], "x"),
        (["cho x", HOME, "e", END, "y"], "xy"),
        (["cho x", "\x1b[1~", "e", "\x1b[4~", "y"], "xy"),
        (["cho x", "\x1bOH", "e", "\x05", "z"], "xz"),
        (["echo ac", LEFT, "b"], "abc"),
        (["echo ac", "\x02", "b"], "abc"),
        (["echo ad", LEFT, LEFT, RIGHT, "bc"], "abcd"),
        (["echo ad", "\x02\x02\x06", "bc"], "abcd"),
        (["echo abXc", LEFT, LEFT, DELETE], "abc"),
        (["echo abXc", LEFT, LEFT, "\x04"], "abc"),
        (["rubbish", "\x15", "echo clean"], "clean"),
        (["echo abrubbish", *[LEFT] * 7, "\x0b"], "ab"),
        (["echo one two", "\x17", "three"], "one three"),
        (["echo one two  ", "\x17", "three"], "one three"),
        (["echo one two", "\x17\x19\x19"], "one twotwo"),
        (["echo ba", "\x14"], "ab"),
        (["echo one two", "\x1bb\x1bb", "X", "\x1bf", "Y"], "XoneY two"),
        (["echo one two", "\x1b[1;5D", "X", "\x1b[1;5C", "Y"], "one XtwoY"),
        (["echo one two", "\x1bb\x1bb\x1bd"], "two"),
        (
            [LEFT, RIGHT, "\x7f", "\x17", "\x15", "\x0b", DELETE, "echo safe"],
            "safe",
        ),
        (["echo \x1b[99~ok"], "ok"),
    ],
)
def test_keys(sh, keys, expected):
    assert sh.run(*keys) == [expected]


def test_screen_while_editing(sh):
    assert sh.type("hello world") == ["@ hello world"]
    assert sh.type(HOME, "oh ") == ["@ oh hello world"]
    assert sh.type("\x0b") == ["@ oh"]
    assert sh.type("\x19") == ["@ oh hello world"]
    assert sh.type("\x15") == ["@"]
    assert sh.screen.column == 2


def test_interrupt_gives_a_new_prompt(sh):
    sh.type("some text")
    assert sh.type("\x03") == ["@ some text^C", "@"]
    assert sh.type("echo $?\n") == ["@ some text^C", "@ echo $?", "130", "@"]


def test_no_interrupt_is_lost(sh):
    """Sends ^C while the shell is between two keys. It throws away what was
    typed after them, and nothing else would wake it."""
    chance = random.Random(1)
    for _ in range(2000):
        os.write(sh.child.child_fd, b"ca")
        end = time.perf_counter() + chance.random() * 3e-4
        while time.perf_counter() < end:
            pass
        os.write(sh.child.child_fd, b"t\x03")
        sh.child.expect("\\^C\r\n.*@ ")


def test_end_of_file(sh):
    sh.type("\x04")
    assert not sh.child.isalive()


def test_clear_screen(sh):
    sh.type("echo a\n")
    assert sh.type("text", "\x0c") == ["@ text"]


def test_history(sh):
    sh.run("echo one")
    sh.run("echo two")
    assert sh.run(UP, UP) == ["one"]
    assert sh.type("new", UP, UP) == ["@ echo two"]
    assert sh.type(DOWN) == ["@ echo one"]
    assert sh.type(DOWN, DOWN, DOWN) == ["@ new"]
    assert sh.type("\x10\x10\x10\x10\x10\x10") == ["@ echo one"]
    sh.type("\x03")
    sh.type("\x0c")
    assert sh.type(UP, " more\n") == ["@ echo one more", "one more", "@"]
    assert sh.run("history")[-2:] == ["   4  echo one more", "   5  history"]


def test_history_search(sh):
    for line in ("echo apple", "echo banana", "echo apple pie"):
        sh.run(line)
    assert sh.type("\x12app") == ["(search)`app': echo apple pie"]
    assert sh.type("\x12") == ["(search)`app': echo apple"]
    assert sh.type("\n")[:2] == ["@ echo apple", "apple"]
    sh.type("\x0c")
    assert sh.type("\x12zzz") == ["(not found)`zzz':"]
    assert sh.type("\x7f\x7f\x7fban") == ["(search)`ban': echo banana"]
    assert sh.type(END, " split") == ["@ echo banana split"]
    assert sh.type("\x12app\x07") == ["@ echo banana split"]
    sh.type("\x12app")
    assert sh.type("\x03")[-1] == "@"


def test_long_line(sh):
    text = "".join(chr(ord("a") + i % 26) for i in range(90))
    rows = ["@ echo " + text[:33], text[33:73], text[73:]]
    assert sh.type("echo " + text) == rows
    assert sh.type(HOME, "") == rows and (sh.screen.row, sh.screen.column) == (
        0,
        2,
    )
    assert sh.type(END) == rows and (sh.screen.row, sh.screen.column) == (
        2,
        17,
    )
    assert sh.type(*[LEFT] * 20)[0] == rows[0] and (
        sh.screen.row,
        sh.screen.column,
    ) == (1, 37)
    assert sh.type("\x0b")[1] == rows[1][:37]
    assert sh.type("\x19") == rows
    assert sh.type("\x01", "\x0b") == ["@"]
    assert sh.type("\x19", "\n")[3:6] == [text[:40], text[40:80], text[80:]]


@pytest.mark.parametrize("length", [31, 32, 33, 34, 72, 73, 74])
def test_line_as_wide_as_the_screen(sh, length):
    text = "x" * length
    sh.type("echo " + text)
    sh.type(LEFT, LEFT, "y", END, "\x7f", "z")
    expected = "x" * (length - 2) + "y" + "xz"
    assert "".join(sh.screen.lines()) == "@ echo " + expected
    out = sh.type("\n")
    assert "".join(out) == "@ echo " + expected + expected + "@"


def test_backspace_over_the_edge(sh):
    sh.type("x" * 45)
    assert sh.type("\x7f" * 10) == ["@ " + "x" * 35]
    assert (sh.screen.row, sh.screen.column) == (0, 37)


def test_very_long_line(sh):
    sh.run("x=" + "y" * 2000)
    assert sh.run("echo ${#x}") == ["2000"]


def test_continued_lines(sh):
    assert sh.type("for i in 1 2\n") == ["@ for i in 1 2", ">"]
    assert sh.type("do echo $i\n", "done\n")[-3:] == ["1", "2", "@"]


def test_complete_file(sh, tmp_path):
    (tmp_path / "uniquely").write_text("found\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner file").write_text("inside\n")
    (tmp_path / ".hidden").write_text("h\n")
    assert sh.run("cat un\t") == ["found"]
    assert sh.type("cat fo\t") == ["@ cat folder/"]
    assert sh.type("\t") == ["@ cat folder/inner\\ file"]
    assert sh.enter()[1] == "inside"
    assert sh.run("cat 'folder/in\t") == ["inside"]
    assert sh.run("cat ~/fo\tin\t") == ["inside"]
    assert sh.run("cat .h\t") == ["h"]
    assert sh.run("cat<un\t") == ["found"]
    assert sh.type("\x0c", "cat nothing\t") == ["@ cat nothing"]


def test_complete_several(sh, tmp_path):
    for name in ("apple", "apricot", "banana"):
        (tmp_path / name).write_text("")
    assert sh.type("echo a\t") == ["@ echo ap"]
    assert sh.type("\t") == ["@ echo ap", "apple    apricot", "@ echo ap"]
    assert sh.type("r\t")[-1] == "@ echo apricot"
    assert (
        sh.type("x", LEFT, LEFT, "\x7f" * 7, "b\t")[-1] == "@ echo banana  x"
    )


def test_complete_command(sh, tmp_path):
    (tmp_path / "tool").write_text("#!/bin/sh\necho tool ran\n")
    (tmp_path / "tool").chmod(0o755)
    assert sh.run("unse\tx; echo ok") == ["ok"]
    assert sh.run("./to\t") == ["tool ran"]
    sh.run("my_function() { echo mine; }")
    assert sh.run("my_f\t") == ["mine"]
    assert sh.run("true && my_f\t") == ["mine"]
    sh.run("PATH=.:$PATH")
    assert sh.run("x=1 too\t") == ["tool ran"]


def test_complete_strange_names(sh, tmp_path):
    """Checks that a name goes into the line quoted, and none of its bytes to
    the terminal."""
    for name in (
        "x\npwd",
        "y\x1b[2J1",
        "y\x1b[2J2",
        "it's",
        'z$`"a',
        "t\x01\x7f",
    ):
        (tmp_path / name).write_text("found\n")

    for typed, shown in (
        ("x", "x$'\\n'pwd"),
        ("'x", "'x'$'\\n''pwd'"),
        ('"x', '"x"$\'\\n\'"pwd"'),
        ("$'x", "$'x\\npwd'"),
        ("i", "it\\'s"),
        ("'i", "'it'\\''s'"),
        ("z", 'z\\$\\`\\"a'),
        ('"z', '"z\\$\\`\\"a"'),
        ("t", "t$'\\001'$'\\177'"),
    ):
        assert sh.type("\x0c", f"cat {typed}\t") == ["@ cat " + shown]
        assert sh.enter()[-2] == "found", typed
    assert sh.type("\x0c", "cat y\t") == ["@ cat y$'\\e'\\[2J"]
    assert sh.type("\t")[1] == "y^[[2J1  y^[[2J2"
    assert sh.enter("1\t")[-2] == "found"
    for name in ("q$`1", "q$`2"):
        (tmp_path / name).write_text("found\n")
    assert sh.type("\x0c", 'cat "q\t') == ['@ cat "q\\$\\`']
    assert sh.enter("1\t")[-2] == "found"


@pytest.fixture
def utf8(tmp_path):
    """Returns a shell on a terminal of UTF-8, ten columns wide."""
    shell = Shell(tmp_path, columns=20, encoding="utf-8")
    shell.run("stty iutf8")
    yield shell
    shell.child.close(force=True)


@pytest.mark.parametrize(
    "keys, expected",
    [
        (["echo aéb", LEFT, LEFT, "x"], "axéb"),
        (["echo aéb", LEFT, "\x7f"], "ab"),
        (["echo aéb", "\x7f\x7f", "c"], "ac"),
        (["echo aéb", LEFT, LEFT, DELETE], "ab"),
        (["echo éñ", "\x14"], "ñé"),
        (["echo 日本", LEFT, "x"], "日x本"),
        (["echo 日本", "\x7f", "x"], "日x"),
        (["echo e\u0301x", LEFT, "\x7f", "y"], "yx"),
        (["echo ñandú x", "\x1bb\x1bb", "y"], "yñandú x"),
        (["echo ", "é" * 20, LEFT, "\x7f", HOME, END, "x"], "é" * 19 + "x"),
        (["echo ab", "日" * 8, LEFT, LEFT, "\x7f"], "ab" + "日" * 7),
    ],
)
def test_utf8(utf8, keys, expected):
    """Checks that the cursor passes whole characters, erases them whole, and
    that the screen is right."""
    utf8.type("\x0c", *keys)
    before, place = utf8.screen.lines(), (utf8.screen.row, utf8.screen.column)
    assert utf8.type("\x0c") == before
    assert (utf8.screen.row, utf8.screen.column) == place
    utf8.type("\n")
    utf8.wait_for_prompt()
    assert "".join(utf8.screen.lines()).replace("@", "").endswith(expected)


def test_bytes_without_utf8(sh):
    assert sh.run("echo a\xe9b", LEFT, "\x7f") == ["ab"]


def test_terminal_is_cooked_while_commands_run(sh):
    sh.run("stty -a > modes")
    assert sh.run("grep -cE -- '-(icanon|echo) ' modes") == ["0"]
    sh.type("\x0c", "cat\n")
    time.sleep(0.1)
    sh.type("typed\n")
    sh.type("\x04")
    sh.wait_for_prompt()
    assert sh.screen.lines() == ["@ cat", "typed", "typed", "@"]


def test_type_ahead(sh):
    """Checks that keys typed while a command runs appear at the next
    prompt."""
    sh.type("sleep 0.5\n")
    sh.type("echo ahead\n")
    sh.wait_for_prompt()
    assert sh.screen.lines()[-2:] == ["ahead", "@"]


def test_not_a_terminal(tmp_path):
    out = pexpect.run(
        f"sh -c 'printf \"echo a\\necho b\\n\" | {SH}'", encoding="latin-1"
    )
    assert out == "a\r\nb\r\n"


def test_background_report(sh):
    sh.type("sleep 0.5 &\n")
    sh.type("wait\n")
    sh.wait_for_prompt()
    assert sh.screen.lines()[-2:] == ["[1]+ Done       sleep 0.5", "@"]
