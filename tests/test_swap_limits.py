"""Full swap, swapoff, and failing disks: which process ends, and which ones
notice nothing."""
import re

import pytest

from conftest import cowix
from swap_disks import CLEAN, MB, ON, make_floppy, swap_disk
from test_disk import drive, faulty


@pytest.fixture(scope="module")
def floppy(tmp_path_factory):
    return make_floppy(tmp_path_factory.mktemp("floppy"))


def test_full(floppy, tmp_path):
    """Fills swap as well. The process that holds most ends, the log names it,
    and all its memory is free again."""
    alone = "while ps | grep -q thras[h]; do sleep 1; done"
    result = cowix(
        f"{ON}; /tests/thrash 14000 2; echo status $?; {alone}; {CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img", 4 * MB)),
        "-m",
        "8",
        "-v",
        image=floppy,
        timeout=100,
    )
    assert re.search(
        rb"(wrong\nstatus 1|status 137)\nmismatches 0\n", result.out
    ) and re.search(
        r"out of memory: pid \d+ \(thrash\) killed", result.err
    ), result.err
    assert result.status == 0


def test_init_is_not_the_victim(floppy):
    """Checks that without memory for process 1, the largest other process
    ends."""
    result = cowix(
        "true", "-k", "init=/tests/oom", "-m", "8", "-v", image=floppy
    )
    assert (
        result.out.split() == b"the child was killed right".split()
        and re.search(r"out of memory: pid \d+ \(.*\) killed", result.err)
    ), (result.err)
    assert "panic" not in result.err


def test_swapoff_without_room(floppy, tmp_path):
    """Checks that what does not fit into memory stays in swap, unnoticed by
    its owner."""
    result = cowix(
        f"{ON}; /tests/thrash 20000 3 & sleep 1; swapoff /dev/hda 2>&1; "
        f"swapon -s | tail -1; wait; {CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img", 64 * MB)),
        "-m",
        "8",
        image=floppy,
        timeout=150,
    )
    out = result.out.decode()
    assert (
        "swapoff: /dev/hda: " in out
        and "memory" in out
        and re.search(r"^/dev/hda +partition", out, re.M)
        and "\nright\n" in out
    ), (out + result.err)
    assert "mismatches 0" in out


def test_read_error(floppy, tmp_path):
    """Checks that an unreadable page is SIGBUS for its reader only."""
    image = swap_disk(tmp_path / "swap.img")
    result = cowix(
        f"{ON}; /tests/thrash 12000; echo status $?; audit -d | head -1; "
        "/tests/thrash 1000",
        *faulty(image, iotype="read", sector=8 * 700),
        "-m",
        "8",
        "-v",
        image=floppy,
        timeout=150,
    )
    assert re.search(rb"status (135|1)\nmismatches 0\nright\n", result.out), (
        result.out.decode() + result.err
    )
    assert (
        re.search(r"\(thrash\): signal 7 at", result.err)
        and "out of memory" not in result.err
    )


def test_write_error(floppy, tmp_path):
    """Checks that an unwritable page stays in memory, and its place is not
    used again."""
    image = swap_disk(tmp_path / "swap.img")
    result = cowix(
        f"{ON}; /tests/thrash 14000 && /tests/thrash 14000 && {CLEAN}",
        *faulty(image, iotype="write", sector=8 * 700),
        "-m",
        "8",
        "-v",
        image=floppy,
        timeout=150,
    )
    assert result.status == 0 and result.out.startswith(
        b"right\nright\nmismatches 0\n"
    ), (result.out.decode() + result.err)
