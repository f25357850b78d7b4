"""The shell against dash, on this host: each script in tests/shell must have the same output and status with both."""
import os
import shutil
import subprocess

import pytest

from conftest import BUILD, TOP, default_signals

SCRIPTS = os.path.join(TOP, "tests", "shell")
OURS = os.path.join(BUILD, "bin", "sh")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"}


def run(shell, script, folder):
    """Output and status of a script in an empty folder of its own; what it says on standard error is not compared."""
    folder.mkdir()
    with open(script) as source:
        process = subprocess.run([shell, script], stdin=source, capture_output=True, cwd=folder, env=ENVIRONMENT, timeout=20,
                                 preexec_fn=default_signals)
    return process.stdout.decode("latin-1"), process.returncode


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed")
@pytest.mark.parametrize("name", sorted(os.listdir(SCRIPTS)))
def test_same_as_dash(name, tmp_path):
    script = os.path.join(SCRIPTS, name)
    folder = tmp_path / "w"
    expected = run("dash", script, folder)
    shutil.rmtree(folder)
    assert run(OURS, script, folder) == expected
