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


def test_ten_thousand_areas():
    """Checks that many areas are searched in logarithmic time, and that fork
    takes no longer for an area than when there was only a list."""
    done = cowix(
        "/tests/manyareas costs", "-i", image=guest_floppy("manyareas")
    )
    counts = {
        name.decode(): int(count)
        for name, count in re.findall(rb"(\w.*): (\d+) instructions", done.out)
    }
    limits = {
        "fault": 800,
        "mprotect": 4000,
        "munmap": 4000,
        "mmap": 2500,
        "fork, an area": 550,
        "fork and mmap in the child, an area": 800,
        "append": 10000,
    }
    for name, limit in limits.items():
        assert counts[name] <= limit, done.out
