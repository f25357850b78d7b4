"""What is written to a console, and what it shows then: random text and control
sequences, on Cowix and on Linux. The same cells, colours and cursor.
COWIX_SCREENS=2000 COWIX_SEED=7 for more and others."""
import os
import random
import shutil
import socket
import subprocess

import pytest

from conftest import FLOPPY, TOP, Machine
from linux import in_machine
from terminals import COLUMNS, ROWS, Console, differences, screen_of

COUNT = int(os.environ.get("COWIX_SCREENS", "80"))
SEED = int(os.environ.get("COWIX_SEED", "1"))
BYTES = 4 + 2 * ROWS * COLUMNS  # of /dev/vcsa1: a head, characters, colours
RESET = "\033c\033%@"  # no UTF-8
# Left out is what Linux does in its own way: a tab stop that ESC [ g sets, not
# clears; lines moved outside of the region, or all but one; 24-bit colours.
SIMPLE = """D E M 7 8 H (0 (B )0 )B [s [u [r [m [;7m [K [1K [2K [1J [4h [4l
    [?6h [?6l [?7h [?7l [3g [>c ]0;title\a ]R [3K [4J [38;5m [48;5m"""
RENDITIONS = [*range(8), *range(21, 26), 27, *range(30, 38), 39]
RENDITIONS += [*range(40, 48), 49, *range(90, 98), *range(100, 108)]


def text(r):
    return "".join(
        chr(r.randrange(33, 127)) for _ in range(r.choice((3, 9, 12, 90)))
    )


def simple(r):
    return "\033" + r.choice(SIMPLE.split())


def go_to(r):
    return f"\033[{r.randrange(28)};{r.randrange(84)}H"


def move(r):
    return f"\033[{r.randrange(30)}{r.choice('ABCDEFGdea`f')}"


def edit(r):
    return f"\033[{r.randrange(6)}{r.choice('@PX')}"


def move_lines(r):
    n = r.randrange(1, 4)
    return f"\033[r\033[{r.randrange(1, 20)};9H\033[{n}{r.choice('LM')}"


def region(r):
    first = r.randrange(25)
    return f"\033[{first};{first + r.randrange(15)}r"


def rendition(r):
    codes = r.choices(RENDITIONS, k=r.randrange(1, 4))
    return f"\033[{';'.join(map(str, codes))}m"


def indexed(r):
    return f"\033[{r.choice((38, 48))};5;{r.randrange(16)}m"


def control(r):
    return r.choice("\r\n\t\b") * r.randrange(1, 4)


def at_the_edge(r):
    """Comes to the last column, where the next character waits to wrap."""
    then = r.choice(("\t", "\033M", "\033[3K", "\033[4J", "\033[K"))
    return f"\033[{r.randrange(1, 26)};78Habc{then}d"


def shifted(r):
    return "\016" + text(r) + "\017"


KINDS = [text, text, simple, simple, simple, go_to, move, edit, move_lines]
KINDS += [region, rendition, rendition, indexed, control, control, shifted]
KINDS += [at_the_edge]


def sequences(seed):
    r = random.Random(seed)
    chosen = r.choices(KINDS, k=r.randrange(5, 70))
    return RESET + "".join(kind(r) for kind in chosen)


@pytest.fixture
def folder(tmp_path):
    """Returns a folder with a file for each screen."""
    path = tmp_path / "sequences"
    path.mkdir()
    for n in range(SEED, SEED + COUNT):
        (path / str(n)).write_bytes(sequences(n).encode("latin-1"))
    return path


def on_linux(folder, work):
    """Returns the screens. Linux has them in a file, as the cells are in VGA
    memory."""
    os.makedirs(work)
    command = f"""for n in $(seq {SEED} {SEED + COUNT - 1}); do
        cat $n > /dev/tty1; cat /dev/vcsa1
    done"""
    data = in_machine(str(folder), command, work, 300, ())
    assert len(data) == COUNT * BYTES, data[:300]
    screens = []
    for at in range(0, len(data), BYTES):
        _, _, column, row = data[at : at + 4]
        screens.append((screen_of(data[at + 4 : at + BYTES]), (row, column)))
    return screens


def on_cowix(folder, work):
    """Yields the screens. A shell on the serial line is told what to show."""
    os.makedirs(work)
    image, disk = f"{work}/floppy.img", f"{work}/disk.img"
    shutil.copy(FLOPPY, image)
    subprocess.run(
        [f"{TOP}/tools/mkfs", "-q", "--overlay", str(folder)]
        + ["--fs", "minix3", "--size", str(1000 + 4 * COUNT), "-o", disk],
        check=True,
    )
    m = Machine(
        work,
        image,
        "-drive",
        f"if=ide,format=raw,file={disk}",
        "-chardev",
        f"socket,id=line,path={work}/line,server=on,wait=off",
        "-serial",
        "chardev:line",
    )
    try:
        m.wait_for("\n/root #")
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(60)
        line.connect(f"{work}/line")
        line.sendall(
            b"mount /dev/hda /mnt; while read n; do "
            b"cat /mnt/$n > /dev/tty1; echo has $n.; done\n"
        )
        for n in range(SEED, SEED + COUNT):
            line.sendall(b"%d\n" % n)
            said = b""
            while b"has %d." % n not in said:
                said += line.recv(1000)
            yield Console(m).screen()
    finally:
        m.close()


def test_random_sequences(folder, tmp_path):
    theirs = on_linux(folder, str(tmp_path / "linux"))
    ours = on_cowix(folder, str(tmp_path / "cowix"))
    for n, linux, cowix in zip(range(SEED, SEED + COUNT), theirs, ours):
        if cowix != linux:
            pytest.fail(
                f"COWIX_SEED={n}: {sequences(n)!r}, on Linux and on Cowix:\n"
                + differences(linux, cowix)
            )
