"""A few of the planted bugs; `make mutants` tries all of them."""
import os
import subprocess

from conftest import TOP


def mutants(*arguments):
    result = subprocess.run(
        [os.path.join(TOP, "tools/mutants"), *arguments],
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_table():
    """Checks that each text to be replaced is there once, and that each test
    exists."""
    mutants("-c")


def test_sample():
    mutants("-j", "1", "sample")
