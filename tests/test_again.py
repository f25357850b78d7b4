"""tools/test: what fails is run again, alone, and both are told."""
import os
import shutil
import subprocess

from conftest import BUILD, TOP

TESTS = """
import os, pytest
MARK = os.path.join(os.path.dirname(__file__), "mark")

def test_good():
    pass

@pytest.mark.parametrize("name", ["a@b"])
def test_once(name):
    if not os.path.exists(MARK):
        open(MARK, "w").close()
        assert False

def test_never():
    assert False
"""


def test_again():
    folder = os.path.join(BUILD, "again")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(f"{folder}/test_some.py", "w", encoding="utf-8") as file:
        file.write(TESTS)
    name = "build/again/test_some.py"
    done = subprocess.run(
        [f"{TOP}/tools/test", "-p", "no:cacheprovider", name],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.endswith(
        f"failed twice: {name}::test_never\n"
        f"failed once: {name}::test_once[a@b]\n2 passed, 1 failed\n"
    ), done.stdout
