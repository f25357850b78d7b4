"""The kernel parameter fork=: which way fork() goes."""
import re

import pytest

from conftest import cowix, guest_floppy

# Programs that fork in most ways, with little time.
PROGRAMS = (
    "cow",
    "lazy",
    "policies_lives",
    "process",
    "memory",
    "threads",
    "swap",
    "sweep_memory",
    "vmtrace",
    "snapshots",
)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("value", ["lazy", "auto"])
def test_programs_with_other_forks(program, value):
    done = cowix(
        f"/tests/{program}; audit",
        "-k",
        f"fork={value}",
        image=guest_floppy(program),
        timeout=200,
    )
    assert b" 0 failed" in done.out, done.out.decode()
    assert b"mismatches 0" in done.out, done.out.decode()


def test_values():
    """Checks that a wrong value is told, and that no other value says
    anything."""
    for value in ("cow", "lazy", "auto", "fast"):
        done = cowix("true", "-v", "-k", f"fork={value}")
        assert done.status == 0
        assert ("fork=fast: not cow, lazy or auto" in done.err) == (
            value == "fast"
        )


def cost(mebibytes, memory):
    """Returns the instructions of fork, exit and wait with fork=auto."""
    done = cowix(
        f"bench -m {mebibytes} W3", "-i", "-m", memory, "-k", "fork=auto"
    )
    return int(re.search(rb"W3t .* (\d+)", done.out)[1])


def test_large_processes_fork_as_fast_as_small_ones():
    assert cost(512, "896") <= 1.15 * cost(1, "64")


def requests(value, **variables):
    """Returns what a request costs the server of tests/guest/snapshots.c:
    alone, and with snapshots."""
    words = " ".join(f"{name}={n}" for name, n in variables.items())
    done = cowix(
        f"TEST_SECONDS=300 {words} /tests/snapshots",
        "-i",
        "-m",
        "896",
        "-k",
        f"fork={value}",
        image=guest_floppy("snapshots"),
        timeout=300,
    )
    return [int(n) for n in re.findall(rb"request .*: (\d+)", done.out)]


def test_snapshots_of_a_large_server():
    """Checks that a server of 512 MiB loses at most 5 % if it forks every
    25,000 requests that change the same 4 MiB. Classic forks take more."""
    alone, with_snapshots = requests("auto", MIB=512, HOT=1024, EVERY=25000)
    assert with_snapshots <= 1.05 * alone
