"""vi on the host: keys typed at a terminal, the file that it wrote, and the
screen, kept by a small model of a VT100."""
import os
import re
import signal
import time

import pexpect
import pytest

from conftest import BUILD

VI = os.path.join(BUILD, "bin", "vi")
ESC = "\x1b"


class Screen:
    """What a VT100 shows: cursor positions, erasing, scrolling regions,
    reverse line feed."""

    def __init__(self, rows, columns):
        self.rows, self.columns, self.rest = rows, columns, ""
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.top, self.bottom = 0, rows - 1

    def feed(self, text):
        text = self.rest + text
        at = 0
        while at < len(text):
            if text[at] == ESC:
                match = re.compile(
                    r"\x1b(?:\[(\??[0-9;]*)([A-Za-z])|([A-Z=>78]))"
                ).match(text, at)
                if not match:
                    break
                self.sequence(
                    match[1] or "", match[2] or match[3], match[2] is None
                )
                at = match.end()
                continue
            self.put(text[at])
            at += 1
        self.rest = text[at:]

    def sequence(self, args, final, short):
        numbers = [int(n or 0) for n in args.split(";")] if args else []
        if short:
            assert final == "M", final
            if self.row == self.top:
                self.cells[self.top : self.bottom + 1] = [
                    [" "] * self.columns
                ] + self.cells[self.top : self.bottom]
            else:
                self.row -= 1
        elif final == "H":
            self.row, self.column = (
                (numbers[0] - 1, numbers[1] - 1) if numbers else (0, 0)
            )
        elif final == "J":
            assert not numbers
            self.cells[self.row][self.column :] = [" "] * (
                self.columns - self.column
            )
            self.cells[self.row + 1 :] = [
                [" "] * self.columns for _ in self.cells[self.row + 1 :]
            ]
        elif final == "K":
            assert not numbers
            self.cells[self.row][self.column :] = [" "] * (
                self.columns - self.column
            )
        elif final == "r":
            self.top, self.bottom = (
                (numbers[0] - 1, numbers[1] - 1)
                if numbers
                else (0, self.rows - 1)
            )
            self.row = self.column = 0
        else:
            assert final == "m", final

    def put(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            if self.row == self.bottom:
                self.cells[self.top : self.bottom + 1] = self.cells[
                    self.top + 1 : self.bottom + 1
                ] + [[" "] * self.columns]
            else:
                self.row += 1
        elif c >= " ":
            assert self.column < self.columns, "text beyond the edge"
            self.cells[self.row][self.column] = c
            self.column += 1

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]


class Vi:
    def __init__(self, *args, rows=24, columns=80, cwd=None):
        self.screen = Screen(rows, columns)
        if args and os.path.isabs(args[0]):
            cwd, args = os.path.dirname(args[0]), (
                os.path.basename(args[0]),
                *args[1:],
            )
        self.child = pexpect.spawn(
            VI,
            [str(a) for a in args],
            dimensions=(rows, columns),
            encoding="latin-1",
            timeout=10,
            cwd=cwd,
        )
        self.child.delaybeforesend = None
        for _ in range(60):  # a slow machine: it has not begun yet
            self.settle()
            if any(self.screen.lines()):
                break

    def settle(self, quiet=0.15):
        while True:
            try:
                self.screen.feed(self.child.read_nonblocking(65536, quiet))
            except (pexpect.TIMEOUT, pexpect.EOF):
                return

    def type(self, keys):
        self.child.send(keys)
        self.settle()
        return self.screen.lines()

    def shows(self, text, keys, row=-1):
        """Whether the keys bring a text to a row, in some seconds."""
        self.child.send(keys)
        for _ in range(60):
            self.settle()
            if text in self.screen.lines()[row]:
                return True
        return False

    def quit(self, keys=":q!\r"):
        self.child.send(keys)
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


def edit(path, text, keys):
    """Type keys into vi on a file with this text; what the file is then."""
    path.write_text(text)
    vi = Vi(path)
    assert vi.quit(keys + ESC + ":wq\r") == 0
    return path.read_text()


NUMBERS = "".join(f"{n}\n" for n in range(1, 51))
CASES = [
    # insertion
    ("", "ihello", "hello\n"),
    ("a\n", "ifoo\rbar ", "foo\nbar a\n"),
    ("abc\n", "lix\x1bax", "axxbc\n"),
    ("abc\n", "Ax\x1bIy", "yabcx\n"),
    ("  abc\n", "Iy", "  yabc\n"),
    ("a\nb\n", "ox\x1bOy", "a\ny\nx\nb\n"),
    ("abc\n", "3ix\x1b", "xxxabc\n"),
    ("a\n", "2onew\x1b", "a\nnew\nnew\n"),
    ("ab\n", "aone two\x17three", "aone threeb\n"),
    ("ab\ncd\n", "ji\x7f", "abcd\n"),
    ("a\n", "i\x16\x1b\x16\t", "\x1b\ta\n"),
    ("\tx\n", ":set ai\roy", "\tx\n\ty\n"),
    ("hello\n", "lRxy", "hxylo\n"),
    ("hello\n", "Rxyz\x7f\x7f", "xello\n"),
    # deleting and changing
    ("abcdef\n", "2lx3x", "ab\n"),
    ("abcdef\n", "$X2X", "abf\n"),
    ("one two three\n", "dwx", "wo three\n"),
    ("one two three\n", "wd2w", "one \n"),
    ("one\n  two\n", "dw", "\n  two\n"),
    ("one two\n", "wD", "one \n"),
    ("one two\n", "wCthree", "one three\n"),
    ("one two\n", "cwthree\x1b", "three two\n"),
    ("a b\n", "cwxyz\x1b", "xyz b\n"),
    ("one two three\n", "2cwx\x1b", "x three\n"),
    ("one  two\n", "3lcwx\x1b", "onextwo\n"),
    ("a\nb\nc\nd\n", "jddp", "a\nc\nb\nd\n"),
    ("a\nb\nc\nd\n", "2dd", "c\nd\n"),
    ("a\nb\nc\nd\n", "d2j", "d\n"),
    ("a\nb\nc\n", "jdG", "a\n"),
    ("a\nb\nc\n", "ddddddip\x1b", "p\n"),
    ("  a\nb\n", "cchey", "hey\nb\n"),
    ("abc\n", "lsXY", "aXYc\n"),
    ("a\nb\n", "Sx", "x\nb\n"),
    ("abc\n", "rx2ry", "yyc\n"),
    ("abc def\n", "3lr\r", "abc\ndef\n"),
    ("aBc\n", "3~", "AbC\n"),
    ("a b\nc\n  d\n", "3J", "a b c d\n"),
    ("a(b[c]d)e\n", "ld%", "ae\n"),
    ("foo(bar)\n", "dt)", ")\n"),
    ("a,b,c,d\n", "2f,x;x", "a,bcd\n"),
    ("a,b,c,d\n", "$F,xTbx", "a,bcd\n"),
    ("one\ntwo\n\nthree\n", "d}", "\nthree\n"),
    ("a\nb\nc\n", ">>j2>>", "\ta\n\tb\n\tc\n"),
    ("\ta\n", "<<", "a\n"),
    ("one two\n", "$d0", "o\n"),
    ("one two\n", "$db", "one o\n"),
    ("a\nb\nc\n", "Gdk", "a\n"),
    ("one two\n", "de", " two\n"),
    ("if (a) {\n\tb;\n}\n", "$d%", "if (a) \n"),
    # yank and put
    ("a\nb\n", "yyp", "a\na\nb\n"),
    ("a\nb\nc\n", "2yyP", "a\nb\na\nb\nc\n"),
    ("abc def\n", "yw$p", "abc defabc \n"),
    ("abc\n", "x3p", "baaac\n"),
    ("abc\n", "xp", "bac\n"),
    ("a\nb\n", '"xyyj"yyyk"yp"xp', "a\nb\na\nb\n"),
    ("ab\ncd\nef\n", "lyjP", "ab\ncd\nab\ncd\nef\n"),
    ("ab\ncd\nef\n", "lmaGd'ap", "\nab\ncd\nef\n"),
    # motions
    (NUMBERS, "10Gdd", NUMBERS.replace("\n10\n", "\n")),
    (NUMBERS, "Gx", NUMBERS.replace("\n50\n", "\n0\n")),
    (NUMBERS, "20Gggx", NUMBERS.replace("1\n", "\n", 1)),
    ("abc  def.ghi\n", "wwix", "abc  defx.ghi\n"),
    ("abc  def.ghi\n", "Wix", "abc  xdef.ghi\n"),
    ("abc def.ghi\n", "eax", "abcx def.ghi\n"),
    ("abc def.ghi\n", "EEax", "abc def.ghix\n"),
    ("abc def\n", "$bix", "abc xdef\n"),
    ("a.b c\n", "$BBix", "xa.b c\n"),
    ("  abc\n", "$^ix\x1b0iy", "y  xabc\n"),
    ("abc\n", "$ix", "abxc\n"),
    ("abcdef\nab\nabcdef\n", "$jjix", "abcdef\nab\nabcdexf\n"),
    ("abc\nabc\n", "\x1b[B\x1b[Cix", "abc\naxbc\n"),
    ("abc\nabc\n", "\x1bOB\x1bOFix", "abc\nabxc\n"),
    ("one two\nthree\n", "/ee\rx", "one two\nthre\n"),
    ("a1\na2\na3\n", "/a\rnx", "a1\na2\n3\n"),
    ("a1\na2\na3\n", "?a\rNx", "1\na2\na3\n"),
    ("a1\na2\na3\n", "G?a\r?\rx", "1\na2\na3\n"),
    ("x\na.c\nabc\n", "/a\\.c\rx", "x\n.c\nabc\n"),
    ("x\na/c\n", "/a\\/c\rx", "x\n/c\n"),
    ("one two three\n", "d/th\r", "three\n"),
    # undo, redo, repeat
    ("abc\n", "xxxuu", "bc\n"),
    ("abc\n", "xxxuuu\x12\x12", "c\n"),
    ("a\nb\n", "ddpu", "b\n"),
    ("a\n", "ione\rtwo\rthree\x1bu", "a\n"),
    ("a\n", "ix\x1biy\x1buu", "a\n"),
    ("a a a\n", ":s/a/b/g\ru", "a a a\n"),
    (NUMBERS, ":%s/$/x/\rdGu", NUMBERS.replace("\n", "x\n")),
    (NUMBERS, ":%s/$/x/\rdGuu", NUMBERS),
    ("a b c d\n", "dw..", "d\n"),
    ("a b c\n", "cwx\x1bw.w.", "x x x\n"),
    ("a\n", "Ax\x1b..", "axxx\n"),
    ("1\n2\n3\n4\n", "dd2.", "4\n"),
    ("a\n", "oz\x1b.", "a\nz\nz\n"),
    ("abcabc\n", "rxfa.", "xbcxbc\n"),
    # ex
    ("aaa\n", ":s/a/b/\r", "baa\n"),
    ("aaa\naaa\n", ":%s/a/b/g\r", "bbb\nbbb\n"),
    ("abc\n", ":s/b/[&]/\r", "a[b]c\n"),
    ("a/b\n", ":s,/,-,\r", "a-b\n"),
    ("a,b,c\n", ":s/,/\\n/g\r", "a\nb\nc\n"),
    ("abc\n", ":s/x*/-/g\r", "-a-b-c-\n"),
    (NUMBERS, ":2,49d\r", "1\n50\n"),
    (NUMBERS, ":10\r:.,$d\r", "".join(f"{n}\n" for n in range(1, 10))),
    (
        NUMBERS,
        ":/5/,/7/d\r",
        "1\n2\n3\n4\n" + "".join(f"{n}\n" for n in range(8, 51)),
    ),
    (NUMBERS, ":g/[1-9]$/d\r", "10\n20\n30\n40\n50\n"),
    (NUMBERS, ":v/0/d\r", "10\n20\n30\n40\n50\n"),
    ("a\nb\nc\n", ":g/^/m0\r", "c\nb\na\n"),
    ("a\nb\n", ":g/b/s/b/xx/\r", "a\nxx\n"),
    ("a\nb\nc\n", ":1m$\r", "b\nc\na\n"),
    ("a\nb\nc\n", ":1t.\r", "a\na\nb\nc\n"),
    ("a\nb\nc\n", ":3m0\r", "c\na\nb\n"),
    ("a\nb\nc\n", "jma:'a,$j\r", "a\nb c\n"),
    ("a\nb\n", ":2k x\r:'xd\r", "a\n"),
    ("Abc\n", ":set ic\r/aBC\rx", "bc\n"),
    ("ab\n", "20ix\x1b", "x" * 20 + "ab\n"),
    ("ab\n", "99999ix\x1b", "b\n"),
    ("no newline", "x", "o newline\n"),
    ("a\0b\n", "x", "\0b\n"),
    # a count of . takes the place of the command's
    ("abcdefghijkl\n", "2x3.", "fghijkl\n"),
    ("abcdefghijkl\n", "2x3..", "ijkl\n"),
    ("a b c d e f g\n", "d2w3.", "f g\n"),
    ("a b c d e f g\n", "2d2w1.", "f g\n"),
    ("x\n", "2ia\x1b3.", "aaaaax\n"),
    # marks, and where the cursor came from
    ("abcdef\nxyz\n", "2lmajd`a", "abz\n"),
    ("abcdef\n", "3lma0d`a", "def\n"),
    ("abcdef\n", "3lma$d`a", "abcf\n"),
    ("abc\ndef\nghi\n", "lmaGP`ax", "ac\ndef\nghi\n"),
    ("abc\ndef\nghi\n", "lG``x", "ac\ndef\nghi\n"),
    ("abc\ndef\nghi\n", "l/h\r''x", "bc\ndef\nghi\n"),
    (NUMBERS, "jmajj:'ad\r", NUMBERS.replace("\n2\n", "\n", 1)),
    # U, &, @, registers
    ("abc\n", "xxU", "abc\n"),
    ("abc\n", "xxUU", "c\n"),
    ("abc\ndef\n", "xjxU", "bc\ndef\n"),
    ("abc\n", "xxUu", "c\n"),
    ("aa\naa\n", ":s/a/b/\rj&", "ba\nba\n"),
    ("aaa\n", ":s/a/b/\r&&", "bbb\n"),
    ("aaa\naaa\n", ":s/a/b/g\rj:s\r", "bbb\nbaa\n"),
    ("aaa\naaa\n", ":s/a/b/\rj:&g\r", "baa\nbbb\n"),
    ("a b\nc\n", '"aywj"Ayw0"aP', "a b\na cc\n"),
    ("a\nb\nc\n", '"ayyj"AyyG"ap', "a\nb\nc\na\nb\n"),
    ("1\n2\n3\n4\n", 'dddd"2p', "3\n1\n4\n"),
    ("1\n2\n3\n4\n", 'dddddd"1pu.u.', "4\n1\n"),
    ("1\n2\n", 'dd"_ji\x1b', "2\n"),
    ("rZx\nabc\n", '"ayyj@a', "rZx\nbc\n"),
    ("x\nabcdef\n", '"ayyj2@a@@', "x\ncdef\n"),
    # filters and commands
    ("c\na\nb\n", "!Gsort\r", "a\nb\nc\n"),
    ("c\na\nb\n", "!!tr c x\r", "x\na\nb\n"),
    ("c\nb\na\n", "2!!sort\r", "b\nc\na\n"),
    ("c\nb\na\n", ":%!sort\r", "a\nb\nc\n"),
    ("c\nb\na\n", ":1,2!sort\r", "b\nc\na\n"),
    ("c\nb\na\n", ":%!sort|sed 's/a\\|b/x/'\r", "x\nx\nc\n"),
    ("c\nb\na\n", ":2,3!cat >/dev/null\r", "c\n"),
    ("c\nb\na\n", ":%!sort\ru", "c\nb\na\n"),
    ("a\nb\n", "!!tr ab bc\rj.", "b\nc\n"),
    ("a\nb\n", ":1!tr a x\r:2!!|tr b y\r", "x\ny\n"),
    ("a\n", ":r !echo x; echo y\r", "a\nx\ny\n"),
    ("a\n", ":0r !echo x|tr x y\r", "y\na\n"),
    ("a\n", ":r !cat %\r", "a\na\n"),
    # :s
    ("aa\naa\n", ":%s/a/b/c\ryn", "ba\naa\n"),
    ("aa\naa\n", ":%s/a/b/gc\rnyyn", "ab\nba\n"),
    ("aa\naa\n", ":%s/a/b/gc\rna", "ab\nbb\n"),
    ("aa\naa\n", ":%s/a/b/gc\ryq", "ba\naa\n"),
    ("aa\naa\n", ":%s/a/b/gc\rnl", "ab\naa\n"),
    ("aa\naa\n", ":%s/a/b/gc\ryyyyu", "aa\naa\n"),
    ("aa\n", ":s/a/b/x\r", "aa\n"),
    ("aa\n", ":s/a/b/g/\r", "aa\n"),
    ("aa\naa\naa\n", ":s/a/b/ 2\r", "ba\nba\naa\n"),
    ("ab\nab\n", ":s/a/x/\r:2s/b/[~]/\r", "xb\na[x]\n"),
    ("ab\nab\n", ":s/a/x&/\r:2s/b/%/\r", "xab\naxb\n"),
    ("ab\n", ":s/a/\\~/\r", "~b\n"),
    ("one two\n", ":s/one/\\U&\\E-\\u&/\r", "ONE-One two\n"),
    ("baaac\n", ":s/a*/x/g\r", "xbxcx\n"),
    ("a|b\n", ":s/|/x/|s/b/c/\r", "axc\n"),
    ("ab\n", ":s/a/x\x16\ry/\r", "x\nyb\n"),
    # addresses, | and the rest of ex
    ("a\nb\nc\n", ":2|d\r", "a\nc\n"),
    ("a\nb\nc\n", ":1d|1d\r", "c\n"),
    ("a\nb\nb\n", ":g/b/s/b/x/|s/x/y/\r", "a\ny\ny\n"),
    ("a\nb\nb\n", ":g!/b/d\r", "b\nb\n"),
    (NUMBERS, ":10;+2d\r", NUMBERS.replace("\n10\n11\n12\n", "\n")),
    (
        NUMBERS,
        ":20;/5/d\r",
        NUMBERS.replace("\n20\n21\n22\n23\n24\n25\n", "\n"),
    ),
    (
        NUMBERS,
        ":20\r:?5?+1,.-1d\r",
        NUMBERS.replace("\n16\n17\n18\n19\n", "\n"),
    ),
    ("a\nb\nc\n", ":d 2\r", "c\n"),
    ("a\nb\nc\n", ":1d x|$pu x\r", "b\nc\na\n"),
    ("a\nb\nc\n", ":2y|0pu\r", "b\na\nb\nc\n"),
    ("a\n", ":>>\r", "\t\ta\n"),
    ("a\nb\n", ":set sw=4\r>>j>>>>", "    a\n\tb\n"),
    ("a\nb\nc\n", ":set nows\rG/a\rx", "a\nb\n\n"),
    ("a\n", ':" a comment\rx', "\n"),
    ("a\n", ":1,2d\r", "a\n"),
    # sentences, sections, a line behind a pattern
    ("One.  Two a. b.\nThree.\n", ")x", "One.  wo a. b.\nThree.\n"),
    ("One.  Two a. b.\nThree.\n", "))x", "One.  Two a. b.\nhree.\n"),
    ("One.  Two a. b.\nThree.\n", "G$(x", "One.  Two a. b.\nhree.\n"),
    ("a.)\nb\n\nc\n", ")x", "a.)\n\n\nc\n"),
    ("a\n{\nb\n{\n", "]]]]rx[[rx", "a\nx\nb\nx\n"),
    ("a\nb\nc\n", "/b/+1\rx", "a\nb\n\n"),
    ("a\nb\nc\n", "d/b/+1\r", ""),
    ("abcdef\n", "4|x", "abcef\n"),
    ("ab\nac\nab\n", ":g/a/s/b/X/\r", "aX\nac\naX\n"),
    ("ab\nac\n", ":g/a/foo\r:g/a/s/a/X/\r", "Xb\nXc\n"),
    ("ab\nab\n", ":s/a/X/\r/b\r:~\r", "XX\nab\n"),
    ("a\n b\n  c\n", ":1,3j!\r", "a b  c\n"),
    ("a\nb\n", "/b/ax\rx", "\nb\n"),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_keys(number, tmp_path):
    text, keys, expected = CASES[number]
    assert edit(tmp_path / "f", text, keys) == expected, keys


def test_screen(tmp_path):
    """Text, tabs, control characters, the lines after the end, the messages
    and the cursor."""
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
    """After each of many movements the screen is the one that a fresh drawing
    gives."""
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
    """A line longer than the screen: the part around the cursor is shown."""
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
    """^Z gives the terminal back to a shell with job control, fg comes back;
    without one it is refused."""
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
    """Five megabytes: read, changed everywhere, undone, changed at the end and
    written."""
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
    """Written in place: inode, mode and links stay, also when the text becomes
    shorter."""
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
    """On the console: a file typed, saved, changed by a command, and shown by
    cat."""
    machine.wait_for("\n#")
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
    """What is not kept is said; :w !, :set, % and # work."""
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
