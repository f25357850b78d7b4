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


def test_answers_come_soon():
    """Checks that a sleeper answers within 20 ms, whatever else computes."""
    done = cowix("/tests/latency", "-i", image=guest_floppy("latency"))
    late = re.findall(rb"beside (\d+ \w+): longest (-?\d+)", done.out)
    assert len(late) == 4, done.out
    assert all(int(longest) <= 20000 for _, longest in late), done.out


def test_many_processes_cost_nothing():
    """Checks that calls cost the same beside 125 and 1,000 processes, and that
    a listing grows no faster than what it lists."""
    done = cowix(
        "/tests/crowds costs", "-i", "-m", "256", image=guest_floppy("crowds")
    )
    costs = {
        (int(many), name.decode()): int(cost)
        for many, name, cost in re.findall(rb"(\d+) (\w+) (\d+)", done.out)
    }
    few, many = 125, 1000
    flat = "fork reap kill group setpgid priority queue stat"
    for name in flat.split():
        assert costs[many, name] <= 1.1 * costs[few, name], done.out
    for name in "readdir", "threads":
        assert costs[many, name] <= 1.1 * many / few * costs[few, name]
    assert costs[many, "reap"] <= 5400 and costs[many, "zombie"] <= 700
    assert costs[many, "stat"] <= 19000, done.out
