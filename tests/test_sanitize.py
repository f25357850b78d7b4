"""The kernel of make SANITIZE=1: it finds faults that are planted in it, and
finds nothing else."""
import os
import re
import shutil
import subprocess
import sys

import pytest

from conftest import TOP, cowix, load_tool

# A fault of tests/planted/faults.c, and what the report must say.
FAULTS = {
    "heap_overrun": r"kasan: store of 1 bytes at .* beside an object",
    "heap_underrun": r"kasan: load of 1 bytes at .* beside an object",
    "heap_overrun_by_instruction": r"kasan: store .* beside an object",
    "use_after_free": r"kasan: load of 1 bytes at .* in an object that is free",
    "double_free": r"kasan: .* in an object that is free",
    "overrun_of_used": r"kasan: store of 1 bytes at .* beside an object",
    "frame_after_free": r"kasan: store of 4 .* in a frame that is free",
    "cleared_frame_after_free": r"kasan: store of 4 .* in a frame that is free",
    "stack_overrun": r"kasan: store of 1 .* beside a variable on the stack",
    "stack_underrun": r"kasan: store of 1 .* beside a variable on the stack",
    "global_overrun": r"kasan: store of 1 .* behind a global variable",
    "null_pointer": r"kasan: load of 1 .* a is a null pointer",
    "program_memory": r"kasan: load of 1 .* is a program's memory",
    "signed_overflow": r"ubsan: signed sum overflows at "
    r"tests/planted/faults.c:\d+:\d+",
    "bad_shift": r"ubsan: shift by too much",
    "division": r"ubsan: division by 0",
    "bad_index": r"ubsan: array index out of bounds at tests/planted",
    "bad_bool": r"ubsan: bool or enum with a value",
}
# A choice that takes half a minute; make sanitize runs all.
GUEST_TESTS = ["cow", "files", "lazy", "process", "sockets", "sweep_memory"]


def make(folder, *words):
    """Runs make without the flags of a make that may run us."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    }
    process = subprocess.run(
        ["make", "-s", f"-j{os.cpu_count()}", "SANITIZE=1", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.fixture(scope="module")
def built():
    """Builds the kernel and the floppies of the chosen tests."""
    make(TOP, *(f"build/sanitize/tests/{name}.img" for name in GUEST_TESTS))


@pytest.fixture(scope="module")
def planted(built, tmp_path_factory):
    """Returns a floppy whose kernel has the faults, built beside the other."""
    folder = str(tmp_path_factory.mktemp("planted") / "tree")
    not_copied = shutil.ignore_patterns(
        ".git", "__pycache__", "*.img", "node_modules", "build"
    )
    shutil.copytree(TOP, folder, symlinks=True, ignore=not_copied)
    shutil.copytree(
        f"{TOP}/build/sanitize",
        f"{folder}/build/sanitize",
        ignore=shutil.ignore_patterns("*.img"),
    )
    make(folder, "PLANTED=1", "build/sanitize/cowix.img")
    return f"{folder}/build/sanitize/cowix.img"


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_reported(planted, fault):
    """The report names what is wrong, and the backtrace who did it."""
    result = cowix(
        "true", "-v", "-m", "64", "-k", f"plant={fault}", image=planted
    )
    panics = re.findall(r"^panic: (.*)", result.err, re.M)
    assert panics, result.err
    assert re.search(FAULTS[fault], panics[0]), result.err
    assert re.search(rf"\] {fault}\+|\] __wrap_sysrq_init\+", result.err)


def test_no_fault_no_report(planted):
    result = cowix("echo up", "-m", "64", "-k", "plant=none", image=planted)
    assert (result.status, result.out) == (0, b"up\n"), result.err


@pytest.mark.parametrize("program", GUEST_TESTS)
def test_guest_test_passes(built, program):
    tool = load_tool("sanitize")
    name, wrong, _ = tool.run(program, 64)
    assert wrong is None, f"{name}: {wrong}"


def test_the_tool_can_fail(built):
    """Of two tests there is no floppy for one."""
    process = subprocess.run(
        [sys.executable, f"{TOP}/tools/sanitize", "lazy", "no-such-test"],
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1
    assert "no-such-test: status" in process.stdout
    assert re.search(r"^2 tests, 1 failed, \d+ s$", process.stdout, re.M)
