"""What may cost only so many instructions, whatever the machine: counted by QEMU."""
import re

from conftest import cowix, guest_floppy


def test_forking_beside_children_that_yield():
    """On Linux 2.3 million for 8, 2.7 million for 12."""
    done = cowix("/tests/fairness yield_spinners", "-i", image=guest_floppy("fairness"))
    counts = dict(re.findall(rb"(\d+) yielders: (\d+) thousand", done.out))
    assert int(counts[b"8"]) < 2300 and int(counts[b"12"]) < 2700, done.out
