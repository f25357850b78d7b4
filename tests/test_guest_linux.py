"""The test programs on Linux, the oracle for calls that exist there."""
import os
import shutil

import pytest

from conftest import BUILD
from linux import build_runner, run_programs
from test_guest import PROGRAMS


@pytest.fixture(scope="module")
def on_linux(tmp_path_factory):
    """Runs the same binaries on Linux. Returns name -> (status, output)."""
    folder = tmp_path_factory.mktemp("programs")
    build_runner(folder)
    for program in PROGRAMS:
        shutil.copy(os.path.join(BUILD, "tests", program), folder)
    return run_programs(
        folder, PROGRAMS, tmp_path_factory.mktemp("linux"), 100, 900
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_on_linux(program, on_linux):
    assert program in on_linux, "the machine stopped before it"
    status, output = on_linux[program]
    assert status == "exit-0", output.decode("latin-1")
