"""Terminals whose screens are compared: lines of bytes, whose screen pyte
draws, and Cowix's console, whose screen is VGA memory."""
import os
import re
import select

import pytest

from test_console import cursor

ROWS, COLUMNS = 25, 80
COLOURS = "black blue green cyan red magenta brown white".split()  # VGA's
BOLD, WHITE, BACKGROUND = 0x08, 0x07, 0x70
UNDERLINE = 0x03  # cyan, as on Linux's console
NOWHERE = (ROWS, 0)  # where a hidden cursor is
KEY = re.compile(r"\x1b\[\d*[A-Z~]|.", re.DOTALL)
# What QEMU calls the keys that send more than a character.
NAMES = {
    "\x1b": "esc",
    "\r": "ret",
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1b[3~": "delete",
    "\x1b[5~": "pgup",
    "\x1b[6~": "pgdn",
}


def attribute(char):
    """Returns the VGA attribute of a character of pyte's."""
    fore, back = WHITE, 0
    if char.fg in COLOURS:
        fore = COLOURS.index(char.fg)
    if char.bg in COLOURS:
        back = COLOURS.index(char.bg)
    if char.underscore:
        fore = UNDERLINE
    if char.reverse:
        fore, back = back, fore
    return back << 4 | fore | (BOLD if char.bold else 0)


def cell(text, colour):
    """Returns a cell for comparison: of a blank the background is seen."""
    return (text, colour & BACKGROUND if text == " " else colour)


def screen_of(data):
    """Returns the rows of cells that a PC's text memory holds."""
    text = data[::2].decode("cp437").translate({0: " ", 0xA0: " "})
    row = list(map(cell, text, data[1::2]))
    return [row[at : at + COLUMNS] for at in range(0, len(row), COLUMNS)]


class Line:
    """A line of bytes, by its file descriptor."""

    def __init__(self, file):
        pyte = pytest.importorskip("pyte", reason="no python3-pyte here")
        self.file = file
        self.model = pyte.Screen(COLUMNS, ROWS)
        self.model.write_process_input = self.type
        self.stream = pyte.Stream(self.model)
        self.stream.use_utf8 = False  # which has no lines of boxes

    def type(self, keys):
        os.write(self.file, keys.encode("latin-1"))

    def read(self):
        while select.select([self.file], [], [], 0)[0]:
            try:
                data = os.read(self.file, 4096)
            except OSError:  # the program has ended
                data = b""
            if not data:
                return
            self.stream.feed(data.decode("latin-1"))

    def screen(self):
        """Returns rows of cells, and the cursor's row and column."""
        self.read()
        model = self.model
        rows = [
            [
                cell(char.data, attribute(char))
                for char in map(model.buffer[row].__getitem__, range(COLUMNS))
            ]
            for row in range(ROWS)
        ]
        at = (model.cursor.y, min(model.cursor.x, COLUMNS - 1))
        return rows, NOWHERE if model.cursor.hidden else at


class Console:
    """The console of a machine (conftest.Machine)."""

    def __init__(self, machine):
        self.machine = machine

    def type(self, keys):
        for key in KEY.findall(keys):
            if key in NAMES:
                self.machine.key(NAMES[key])
            elif key < " " and key != "\n":
                self.machine.key(f"ctrl-{chr(ord(key) + 0x60)}")
            else:
                self.machine.type(key)

    def screen(self):
        self.machine.screen()
        with open(self.machine.vga, "rb") as file:
            return screen_of(file.read()), cursor(self.machine)


def texts(screen):
    """Returns the rows of a screen as text."""
    return ["".join(text for text, _ in row) for row in screen[0]]


def differences(one, other):
    """Returns where two screens differ, for a person."""
    said = [] if one[1] == other[1] else [f"cursor {one[1]} {other[1]}"]
    for n, (a, b) in enumerate(zip(one[0], other[0])):
        at = [i for i in range(COLUMNS) if a[i] != b[i]]
        if at:
            said += [f"row {n}, from column {at[0]} to {at[-1]}:"]
            for row in (a, b):
                said += ["  " + "".join(text for text, _ in row)]
                said += [f"  {row[at[0]][1]:#04x}"]
    return "\n".join(said)
