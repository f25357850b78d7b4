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


def test_descriptors():
    """Checks that thousands of open files cost nothing, and against Linux that
    looking at 100 does not: 10,900."""
    done = cowix(
        "/tests/descriptors costs",
        "-i",
        image=guest_floppy("descriptors"),
    )
    found = re.findall(r"cost (\w+) (\d+)", done.out.decode())
    costs = {name: int(count) for name, count in found}
    for name, most in {
        "select_100_ready": 9000,
        "poll_100_ready": 9000,
        "select_100_empty": 13000,
        "poll_100_empty": 13000,
        "poll_1_ready": 800,
        "dup_close_252": 500,
        "dupfd_252": 600,
        "dup_close_4095": 600,
        "close_range_few": 300,
    }.items():
        assert costs[name] <= most, done.out


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
