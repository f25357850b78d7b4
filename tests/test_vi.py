"""vi on the host: its screen, its files, and its refusals; and once on the
console."""
import os
import re
import signal
import time

import pexpect

from vi_screen import ESC, NUMBERS, VI, Screen, Vi


def test_screen(tmp_path):
    """Checks text, tabs, control characters, lines after the end, messages and
    the cursor."""
    path = tmp_path / "f"
    path.write_bytes(b"one\n\ttab\x01\xe9\nlast\n")
    vi = Vi(path, rows=10, columns=60)
    lines = vi.screen.lines()
    assert (
        lines[:4] == ["one", "        tab^A\\xe9", "last", "~"]
        and lines[8] == "~"
    )
    assert lines[9].startswith('"f" 3 lines, 16 bytes')
    assert (vi.screen.row, vi.screen.column) == (0, 0)
    vi.type("j")
    assert (vi.screen.row, vi.screen.column) == (1, 7)
    assert vi.type("i")[9].startswith("-- INSERT --") and vi.screen.column == 0
    assert vi.type("x" + ESC)[1] == "x       tab^A\\xe9"
    assert vi.type(":foo\r")[9].startswith("Not an editor command")
    assert vi.type("oab\rcd" + ESC)[1:5] == [
        "x       tab^A\\xe9",
        "ab",
        "cd",
        "last",
    ]
    assert vi.type("dd")[1:5] == ["x       tab^A\\xe9", "ab", "last", "~"]
    assert vi.type(":set nu\r")[0] == "     1  one"
    vi.quit()


def test_scrolling(tmp_path):
    """Checks after each of many movements that a fresh drawing gives the same
    screen."""
    path = tmp_path / "f"
    path.write_text(
        "".join(
            f"line {n} " + "x" * (n * 7 % 150) + "\n" for n in range(1, 400)
        )
    )
    vi, changed = Vi(path, rows=15, columns=50), False
    for keys in [
        "\x06",
        "\x06",
        "\x02",
        "G",
        "\x15",
        "\x15",
        "k" * 20,
        "gg",
        "j" * 30,
        "\x04",
        "200G",
        "zt",
        "z-",
        "z.",
        "\x05",
        "\x05",
        "\x19",
        "H",
        "L",
        "M",
        "dd",
        "5dd",
        "u",
        "O" + "new\r" * 3 + ESC,
        "u",
        "$",
        "J",
        "10x",
        "/line 77 \r",
        "N",
        "3\x05",
        "p",
        "P",
        "u",
    ]:
        seen = vi.type(keys)
        cursor = vi.screen.row, vi.screen.column
        assert vi.type("\x0c")[:14] == seen[:14], keys
        assert cursor == (vi.screen.row, vi.screen.column), keys
        position = re.search(r"(\d+),(\d+)$", seen[14])
        assert position, seen
        number = int(position[1])
        changed |= any(k in keys for k in "dOJpPx")
        if not changed:
            assert path.read_text().split("\n")[number - 1][:20] in "\n".join(
                seen
            )
    vi.quit()


def test_long_line(tmp_path):
    """Checks that a line longer than the screen shows the part around the
    cursor."""
    path = tmp_path / "f"
    path.write_text(
        "before\n" + "".join(f"{n:04d}." for n in range(1000)) + "\nafter\n"
    )
    vi = Vi(path, rows=10, columns=50)
    assert vi.type("j$")[8].endswith("0999.") and (
        vi.screen.row,
        vi.screen.column,
    ) == (8, 49)
    assert (
        "0500." in "".join(vi.type("2501|"))
        and vi.screen.cells[vi.screen.row][vi.screen.column] == "0"
    )
    assert vi.type("0")[0].startswith("0000.")
    assert vi.type("j")[vi.screen.row] == "after"
    vi.quit()


def test_resize(tmp_path):
    path = tmp_path / "f"
    path.write_text(NUMBERS)
    vi = Vi(path)
    vi.screen = Screen(10, 40)
    vi.child.setwinsize(10, 40)
    vi.settle()
    assert vi.screen.lines()[:9] == [str(n) for n in range(1, 10)]
    vi.quit()


def test_suspend(tmp_path):
    """Checks that ^Z gives the terminal to a shell with job control, and fg
    comes back. Without one it is refused."""
    shell = pexpect.spawn(
        "/bin/bash",
        ["--norc", "-i"],
        encoding="latin-1",
        timeout=10,
        dimensions=(24, 80),
        env={"PS1": "$ ", "TERM": "vt100"},
    )
    shell.sendline(f"cd {tmp_path}; {VI} f")
    shell.expect("new file")
    shell.send("itext\x1b\x1a")
    shell.expect("Stopped")
    shell.sendline("stty -a; fg")
    shell.expect("isig icanon")
    shell.expect("text")
    shell.send(":wq\r")
    shell.expect("written")
    shell.close()
    assert (tmp_path / "f").read_text() == "text\n"
    vi = Vi(tmp_path / "f")
    assert "No job control" in vi.type("\x1a")[-1]
    vi.quit()


def test_large_file(tmp_path):
    """Reads five megabytes, changes them everywhere, undoes that, changes the
    end and writes."""
    path = tmp_path / "f"
    text = "".join(
        f"{n} the quick brown fox jumps over the lazy dog\n"
        for n in range(100000)
    )
    path.write_text(text)
    start = time.monotonic()
    vi = Vi(path)
    assert vi.quit(":%s/quick/slow/\r:1,50000d\ruuGox\x1b:wq\r") == 0
    assert path.read_text() == text + "x\n"
    assert time.monotonic() - start < 10


def test_same_inode(tmp_path):
    """Checks that vi writes in place: inode, mode and links stay, also for a
    shorter text."""
    path = tmp_path / "f"
    path.write_text(NUMBERS)
    path.chmod(0o751)
    os.link(path, tmp_path / "g")
    before = path.stat()
    assert Vi(path).quit("dGix\x1bZZ") == 0
    after = path.stat()
    assert (before.st_ino, before.st_mode, 2) == (
        after.st_ino,
        after.st_mode,
        after.st_nlink,
    )
    assert (tmp_path / "g").read_text() == "x\n"


def test_refuses_to_lose(tmp_path):
    path, other = tmp_path / "f", tmp_path / "other"
    path.write_text("a\n")
    other.write_text("precious\n")
    vi = Vi(path)
    assert "not written" in vi.type("x:q\r")[-1]
    assert "not written" in vi.type(f":e {other}\r")[-1]
    assert (
        "exists" in vi.type(f":w {other}\r")[-1]
        and other.read_text() == "precious\n"
    )
    assert "part" in vi.type("yyp:1w\r")[-1]
    time.sleep(1.1)
    path.write_text("changed behind its back\n")
    assert (
        "Someone else" in vi.type(":w\r")[-1]
        and path.read_text() == "changed behind its back\n"
    )
    assert "written" in vi.type(":w!\r")[-1] and path.read_text() == "\n\n"
    assert 'other" 1 lines' in vi.type(f":e {other}\r")[-1]
    assert vi.quit(":q\r") == 0


def test_write_error_is_shown():
    vi = Vi("/tmp/nothing-here")
    assert "No space left" in vi.type("ihello\x1b:w! /dev/full\r")[-1]
    assert "No such file" in vi.type(":w /nowhere/x\r")[-1]
    assert "not written" in vi.type(":q\r")[-1]
    vi.quit()


def test_ex_files(tmp_path):
    (tmp_path / "a").write_text("A\n")
    (tmp_path / "b").write_text("B\n")
    vi = Vi("a", "b", cwd=str(tmp_path))
    vi.type(":r b\r")
    vi.type(":w\r:n\r")
    assert vi.screen.lines()[0] == "B"
    vi.type(":1w >> a\r")
    vi.type(":0r a\r:w c\r")
    assert "shell says" in "\n".join(vi.type(":!echo shell says $((6*7))\r"))
    assert vi.type("\r")[0] == "A"
    vi.quit()
    assert (tmp_path / "a").read_text() == "A\nB\nB\n" and (
        tmp_path / "c"
    ).read_text() == "A\nB\nB\nB\n"


def test_in_cowix(machine):
    """Types a file on the console, saves it, changes it by a command, and
    shows it by cat."""
    machine.wait_for("\n/root #")
    machine.type("vi /root/f\n")
    machine.wait_for("[new file]")
    machine.type("ihello\nworld")
    machine.key("esc")
    machine.wait_for("\nworld\n~")
    machine.key("up")
    machine.type("x5p")
    machine.key("shift-semicolon")
    machine.type("s/l/LL/\nyyp")
    machine.key("shift-semicolon")
    machine.type("wq\n")
    machine.wait_for("bytes written")
    machine.type("clear; cat /root/f; stty size; stty\n")
    machine.wait_for("world\n25 80\nspeed")
    assert "-echo" not in machine.screen()


def test_ex_refuses(tmp_path):
    """Checks that unsupported commands are reported. :w !, :set, % and #
    work."""
    (tmp_path / "f").write_text("a b\nc\n")
    vi = Vi(tmp_path / "f")
    for command, answer in (
        ("s/a/b/x", "More than"),
        ("s", "No previous"),
        ("set list", "Options:"),
        ("set sw=0", "Not a number"),
        ("set sw?", "shiftwidth=8"),
        ("set nonu ai ts=4", ""),
        ("set", "autoindent noignorecase nonumber shiftwidth=8 tabstop=4"),
        ("frobnicate", "Not an editor command"),
        ("9d", "No such lines"),
        ("%!exit 3", "status 3"),
        ("u", ""),
        ("e #", "No file name"),
        ("e! other", "new file"),
        ("e #", '"f" 2 lines'),
    ):
        assert vi.shows(answer, f":{command}\r"), command
    assert vi.shows("2 lines", ":w !wc -l | sed 's/$/ lines/'\r", 1)
    vi.type("\r")
    assert vi.quit(":w %.new|e #|x\r") == 0
    assert (tmp_path / "f.new").read_text() == "a b\nc\n"


def test_confirm_shows_the_place(tmp_path):
    (tmp_path / "f").write_text("one\ntwo one\n")
    vi = Vi(tmp_path / "f")
    assert "Replace it?" in vi.type(":%s/one/1/c\r")[-1]
    assert (vi.screen.row, vi.screen.column) == (0, 0)
    vi.type("n")
    assert (vi.screen.row, vi.screen.column) == (1, 4)
    assert vi.type("y")[1] == "two 1"
    vi.quit()


def test_hangup_saves(tmp_path):
    path = tmp_path / "f"
    path.write_text("a\n")
    vi = Vi(path)
    vi.type("inew ")
    vi.child.kill(signal.SIGTERM)
    vi.child.expect(pexpect.EOF)
    assert (
        tmp_path / "f.save"
    ).read_text() == "new a\n" and path.read_text() == "a\n"


def test_terminal_is_restored(tmp_path):
    shell = pexpect.spawn(
        "/bin/sh",
        encoding="latin-1",
        timeout=10,
        env={"PS1": "$ ", "TERM": "vt100"},
        dimensions=(24, 80),
    )
    shell.sendline(
        f"stty -a > {tmp_path}/before; cd {tmp_path}; {VI} f; "
        f"stty -a > {tmp_path}/after; echo done"
    )
    shell.expect("new file")
    shell.send(":q\r")
    shell.expect(r"done\r")
    assert (tmp_path / "before").read_text() == (
        tmp_path / "after"
    ).read_text()
    shell.close()
