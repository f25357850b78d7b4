"""Documents name only files and functions that exist."""
import subprocess

from conftest import TOP


def test_documents():
    result = subprocess.run(
        ["tools/check-docs"], cwd=TOP, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout
