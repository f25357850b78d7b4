"""The kernel fuzzer: short runs, each fixed by its seed, which must find
planted bugs. `make fuzz` is for long runs."""
import os
import subprocess

import pytest

from conftest import TOP, load_tool

ROUNDS = {
    "user32": 50,
    "root32": 50,
    "user8": 30,
    "root8": 30,
    "both16swap": 25,
    "user8swap": 25,
    "user32bochs": 10,
    "both8bochs": 10,
}


def fuzz(top, *words):
    return subprocess.run(
        [f"{top}/tools/fuzz", "-n", "1", *words],
        timeout=600,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def image():
    subprocess.run(["make", "-s", "build/tests/fuzz.img"], cwd=TOP, check=True)


@pytest.mark.parametrize("seed,name", enumerate(ROUNDS, 1))
def test_short_run(seed, name, image):
    result = fuzz(TOP, "-S", str(seed), "-r", str(ROUNDS[name]), name)
    assert ", 0 wrong" in result.stdout, result.stdout
    assert result.returncode == 0


def test_same_seed_same_calls(image):
    """Checks that a seed gives the same calls each time, without a disk."""
    words = ("-v", "-S", "99", "-r", "8", "user32")
    lines = [fuzz(TOP, *words).stdout.splitlines() for _ in range(2)]
    assert lines[0][1:] == lines[1][1:] and len(lines[0]) > 100


@pytest.mark.parametrize("name", ["child_is_writable", "old_page_not_dropped"])
def test_finds_planted_bugs(name, tmp_path):
    tools = load_tool("mutants")
    mutant = next(m for m in tools.MUTANTS if m.name == name)
    folder = os.path.join(tmp_path, "tree")
    tools.copy_tree(folder)
    tools.plant(folder, mutant)
    subprocess.run(
        ["make", "-s", "build/tests/fuzz.img"], cwd=folder, check=True
    )
    result = fuzz(folder, "-r", "20", "user32")
    assert result.returncode == 1 and "again: tools/fuzz" in result.stdout
