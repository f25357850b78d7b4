"""Limits in instructions, counted by QEMU, which hold on any machine."""
import re

import pytest

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


@pytest.fixture(scope="module")
def clocks():
    """Returns what the test of clocks prints."""
    done = cowix("/tests/clocks", "-i", image=guest_floppy("clocks"))
    assert done.status == 0, done.out
    return done.out.decode()


def test_clock_has_small_steps(clocks):
    """Checks what a reading costs, and that the clock moves with each count of
    its chip."""
    cost = re.search(r"clock_gettime: (\d+) ns", clocks)[1]
    step = re.search(r"least step (\d+) ns, (\d+) over 5 us", clocks)
    assert int(cost) < 250
    assert int(step[1]) < 1000 and int(step[2]) < 20


def test_waits_end_in_time(clocks):
    """Checks that no wait on an idle machine is 50 microseconds late."""
    late = re.findall(r"late: (.*): (\d+) ns", clocks)
    assert len(late) > 30
    assert not [wait for wait in late if int(wait[1]) > 50000]


def test_clock_loses_nothing(clocks):
    """Compares the clock with the processor's, which counts nanoseconds. In
    QEMU each new count of the chip begins where it is given, so that a
    correction can only be right on the average. Short sleeps take many."""
    drift = dict(
        (what, int(clock) / int(processor))
        for what, clock, processor in re.findall(
            r"drift: (.*): (\d+) ns of (\d+) cycles", clocks
        )
    )
    assert abs(drift["idle"] - 1) < 20e-6, drift
    assert abs(drift["sleeps of 1 ms"] - 1) < 1e-3, drift
    assert abs(drift["sleeps of 1 us"] - 1) < 0.02, drift


def test_pending_timers_cost_nothing():
    """Checks that 1,000 other timers make none dearer."""
    done = cowix(
        "/tests/manytimers costs", "-i", image=guest_floppy("manytimers")
    )
    costs = [
        [int(n) for n in re.findall(r"[a-z] (\d+)", line)]
        for line in done.out.decode().splitlines()
        if "pending" in line
    ]
    assert len(costs) == 2 and len(costs[0]) == 4, done.out
    for alone, beside in zip(*costs):
        assert beside <= 1.1 * alone, costs
