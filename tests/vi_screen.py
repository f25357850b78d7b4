"""vi on a terminal of the host, and a small model of a VT100 as its screen."""
import os
import re

import pexpect

from conftest import BUILD

VI = os.path.join(BUILD, "bin", "vi")
ESC = "\x1b"
NUMBERS = "".join(f"{n}\n" for n in range(1, 51))


class Screen:
    """A model of a VT100: cursor positions, erasing, scrolling regions,
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
        """Returns True if the keys bring a text to a row within seconds."""
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
