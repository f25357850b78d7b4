"""Limits in instructions, counted by QEMU, which hold on any machine."""
import re

from conftest import cowix, guest_floppy


def test_forking_beside_children_that_yield():
    """Checks against Linux: 2.3 million instructions for 8 yielders, 2.7
    million for 12."""
    done = cowix(
        "/tests/fairness yield_spinners", "-i", image=guest_floppy("fairness")
    )
    counts = dict(re.findall(rb"(\d+) yielders: (\d+) thousand", done.out))
    assert int(counts[b"8"]) < 2300 and int(counts[b"12"]) < 2700, done.out


# Instructions for a name, or for an entry listed, with room for a third more.
NAMES = {
    "tmpfs create": 3000,
    "tmpfs hit": 1300,
    "tmpfs miss": 1000,
    "tmpfs list": 300,
    "tmpfs unlink": 2200,
    "tmpfs list again": 300,
    "Minix link": 80000,
    "Minix hit": 1300,
    "Minix first miss": 60000,
    "Minix miss": 1000,
    "Minix list": 419,
    "Minix unlink": 16000,
    "Minix list again": 419,
    "getcwd at 100": 16000,
    "getcwd at 1000": 160000,
    "proc list": 5160,
}


def test_large_directories():
    """Checks what names cost among 50,000 in memory, among 3,000 on a disk, and
    below 1,000 directories."""
    done = cowix(
        "/tests/large_dirs",
        "-i",
        "-m",
        "256",
        image=guest_floppy("large_dirs"),
    )
    assert done.status == 0, done.out.decode() + done.err
    costs = dict(re.findall(r"  ([\w ]+): (\d+)\n", done.out.decode()))
    assert costs.keys() == NAMES.keys()
    for what, limit in NAMES.items():
        assert int(costs[what]) <= limit, done.out.decode()


def test_sleepers_cost_nothing():
    """Checks that 400 sleeping processes add no instructions to a switch and a
    fork."""
    costs = []
    for sleepers in (0, 400):
        result = cowix(f"bench -s {sleepers} W6 W2", "-i", "-m", "64")
        assert result.status == 0, result.err
        costs.append(
            {
                line.split()[0]: int(line.split()[-1])
                for line in result.out.decode().splitlines()
            }
        )
    for workload in ("W2", "W6"):
        assert (
            abs(costs[1][workload] - costs[0][workload])
            <= 0.02 * costs[0][workload]
        ), costs
