"""A few of the planted bugs; `make mutants` tries all of them."""
import os
import subprocess

from conftest import TOP


def test_sample():
    result = subprocess.run([os.path.join(TOP, "tools/mutants"), "-j", "1", "sample"], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
