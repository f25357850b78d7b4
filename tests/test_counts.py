"""Limits in instructions, counted by QEMU, which hold on any machine."""
import re

from conftest import cowix, fsck, guest_floppy
from test_disk import drive
from volumes import volume


def test_forking_beside_children_that_yield():
    """Checks against Linux: 2.3 million instructions for 8 yielders, 2.7
    million for 12."""
    done = cowix(
        "/tests/fairness yield_spinners", "-i", image=guest_floppy("fairness")
    )
    counts = dict(re.findall(rb"(\d+) yielders: (\d+) thousand", done.out))
    assert int(counts[b"8"]) < 2300 and int(counts[b"12"]) < 2700, done.out


def test_pages_cost_nothing_to_others():
    """Checks that 400 MB of cached pages add nothing to what is done to one,
    nor 500 sleeping threads to a futex."""
    done = cowix(
        "/tests/cached reading syncing waking",
        "-i",
        "-m",
        "512",
        image=guest_floppy("cached"),
    )
    assert done.status == 0, done.out
    cost = dict(re.findall(r"  (.*): (\d+)", done.out.decode()))
    cost = {what: int(n) for what, n in cost.items()}
    assert cost["pread beside many"] <= 450, cost
    assert cost["fault beside many"] <= cost["fault beside few"] + 50, cost
    assert cost["cut in memory"] <= 5000 >= cost["cut on disk"], cost
    assert cost["fsync beside many"] <= cost["fsync beside few"] + 1000, cost
    assert cost["audit of many"] <= 2 * cost["audit of few"], cost
    assert cost["wake"] <= 400 >= cost["wake in a file"], cost


def test_syncing_beside_much(tmp_path):
    """Checks on a disk that sync, fsync and rename leave alone what they need
    not touch: 5,000 inodes and 2,000 dirty files."""
    disk = volume(tmp_path / "disk.img", "minix3", 60000)
    done = cowix(
        "mount /dev/hda /mnt; cd /mnt; /tests/dirty; s=$?; "
        "cd /; umount /mnt; exit $s",
        "-i",
        "-m",
        "64",
        *drive(disk),
        image=guest_floppy("dirty"),
    )
    assert done.status == 0, done.out
    fsck(disk)
    cost = dict(re.findall(r"  (.*): (\d+)", done.out.decode()))
    cost = {what: int(n) for what, n in cost.items()}
    assert cost["sync of nothing"] <= 3000, cost
    assert cost["fsync"] <= 15000 >= cost["fsync beside many"], cost
    assert cost["rename"] <= 32000 >= cost["rename beside many"], cost


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
