"""An ordinary user takes everything, and the superuser's commands must still
work (guest/bombs.c)."""
import os
import re

import pytest

from conftest import BUILD, cowix, mkfs
from swap_disks import MB, PROGRAMS, swap_disk
from test_disk import drive


@pytest.fixture(scope="module")
def floppy(tmp_path_factory):
    """Returns the ordinary floppy with the programs bombs and victims."""
    folder = tmp_path_factory.mktemp("floppy")
    overlay, image = folder / "overlay", str(folder / "floppy.img")
    (overlay / "tests").mkdir(parents=True)
    for name in ("bombs", "victims"):
        (overlay / "tests" / name).write_bytes(
            open(f"{BUILD}/tests/{name}", "rb").read()
        )
        (overlay / "tests" / name).chmod(0o755)
    result = mkfs(image, *PROGRAMS, overlay=str(overlay))
    assert result.returncode == 0, result.stderr
    return image


# Counted instructions tell how soon a command must end, whatever else this
# machine does. A disk's time is the host's; so is an idle guest's then.
COUNTED = {False: ("-i",), True: ("-q=-icount", "-q=shift=0,sleep=on")}
SHORT = "fork_and_hold fork_bomb memory memory_of_many terminals shared_memory"


@pytest.mark.parametrize(
    "megabytes,swap,bombs",
    [
        (16, False, ""),
        (32, True, ""),
        (32, True, "tables"),
        (16, True, SHORT),
        (32, False, SHORT),
        (16, False, "tables"),
    ],
)
def test_bombs(megabytes, swap, bombs, floppy, tmp_path):
    """Checks that root's old and new commands work while each bomb lies there.
    Root ends it, and nothing is lost."""
    disk = drive(swap_disk(tmp_path / "swap.img", 24 * MB)) if swap else []
    on = "swapon /dev/hda && " if swap else ""
    result = cowix(
        f"{on}/tests/bombs {bombs}; audit -d | head -1",
        *disk,
        *COUNTED[swap],
        "-m",
        str(megabytes),
        "-v",
        image=floppy,
        timeout=400,
    )
    out = result.out.decode()
    print(out + result.err)
    assert " 0 failed\nmismatches 0\n" in out and "FAILED" not in out, (
        out + result.err[-3000:]
    )


def test_who_ends(floppy):
    """Checks that the largest process of the user who holds most ends, not the
    one that needs a page. The log names all that matters."""
    result = cowix(
        "/tests/victims", "-m", "16", "-v", image=floppy, timeout=100
    )
    assert result.status == 0 and b" 0 failed" in result.out, (
        result.out.decode() + result.err
    )
    assert re.search(
        r"out of memory: pid \d+ \(victims\) killed, \d+ KB, uid 1001; "
        r"pid \d+ \(victims\) needs page \w+ at address \w+\n",
        result.err,
    ), result.err
