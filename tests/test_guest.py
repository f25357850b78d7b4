"""The test programs inside Cowix, in both emulators."""
import os

import pytest

from conftest import TOP, cowix, fsck, guest_floppy

# Programs of tests/guest that other tests run, with a disk or memory of their
# own.
OTHERS = {
    "bigbss",
    "bombs",
    "damaged",
    "large_dirs",
    "oom",
    "pressed",
    "readahead",
    "thrash",
    "victims",
}
# The sweeps of sleeps that run in Bochs, which is slow.
BOCHS = {
    "sleep_areas": "coming",
    "sleep_copies": "parting",
    "sleep_descriptors": "growing_below closed_meanwhile",
    "sleep_files": "ways",
    "sleep_forks": "limits",
    "sleep_waits": "timers",
    "sleep_memory": "private_file",
    "sleep_pipes": "fifos",
    "sleep_sockets": "binding",
    "sleep_tasks": "fpu",
    "sleep_terms": "masters",
    "sleep_system": "unmounting swapping",
    "sleep_windows": "parents",
}
# Seconds of the machine, for a test whose swap file is on a real floppy.
PATIENCE = {"qemu": 60, "bochs": 600}
PROGRAMS = sorted(
    {
        name[:-2]
        for name in os.listdir(os.path.join(TOP, "tests/guest"))
        if name.endswith(".c")
    }
    - OTHERS
)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_program(program, emulator, tmp_path):
    image = str(tmp_path / "after.img")
    only = BOCHS.get(program, "") if emulator == "bochs" else ""
    seconds = PATIENCE[emulator]
    result = cowix(
        f"TEST_SECONDS={seconds} /tests/{program} {only}",
        "-e",
        emulator,
        "-s",
        image,
        image=guest_floppy(program),
        timeout=200,
    )
    print(result.out.decode())
    assert result.status == 0, result.out.decode() + result.err
    assert b"FAILED" not in result.out and b" 0 failed" in result.out
    fsck(image)


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
@pytest.mark.parametrize(
    "command",
    [
        "cow generations",
        "files names directories large_files",
        "tree",
        "thread_faults killed_while_forking",
    ],
)
def test_programs_on_the_floppy_itself(command, emulator, tmp_path):
    """Runs with root=fd0: no ramdisk, so the floppy driver does the work."""
    image = str(tmp_path / "after.img")
    result = cowix(
        f"/tests/{command}",
        "-e",
        emulator,
        "-k",
        "root=fd0",
        "-s",
        image,
        image=guest_floppy(command.split()[0]),
        timeout=200,
    )
    assert result.status == 0, result.out.decode() + result.err
    fsck(image)


def test_sweep_on_the_floppy_itself():
    """Runs the sweep there, where the disk's blocks take memory themselves."""
    result = cowix(
        "/tests/sweep_files disk_files making_names changing_names "
        "finding_names",
        "-k",
        "root=fd0",
        image=guest_floppy("sweep_files"),
        timeout=200,
    )
    assert result.status == 0, result.out.decode() + result.err


def test_big_data_segment():
    """Forks 128 MB of zeroes: that works in 256 MB, and fails cleanly in 64
    MB."""
    result = cowix(
        "/tests/bigbss", "-m", "256", image=guest_floppy("bigbss"), timeout=120
    )
    assert result.status == 0 and b"child status 0, parent sum 0" in result.out
    result = cowix(
        "/tests/bigbss; echo status $?; audit -d >/dev/null && echo clean",
        "-m",
        "64",
        image=guest_floppy("bigbss"),
        timeout=120,
    )
    assert (
        result.status == 0
        and b"clean" in result.out
        and b"status 0\n" not in result.out
    )
