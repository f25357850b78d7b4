"""Documents name only what exists, and docs/reading.md names the whole
kernel."""
import os
import subprocess

import pytest

from conftest import TOP


def check(tree):
    return subprocess.run(
        [os.path.join(TOP, "tools/check-docs"), tree],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_documents():
    result = check(TOP)
    assert result.returncode == 0, result.stdout


def test_table_of_system_calls():
    """Checks that docs/syscalls.md is what make docs would write now."""
    result = subprocess.run(
        [os.path.join(TOP, "tools/syscalls"), "-c"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "text,complaint",
    [
        ("`a.c`", "lists mm/a.c 0 times"),
        ("* `mm/a.c`: a\n* `mm/a.c`: b", "lists mm/a.c 2 times"),
        ("* `mm/a.c`: a\n`b.c`", "no file b.c"),
        ("* `mm/a.c`: `map_page()`", "no function map_page()"),
        ("* `mm/a.c`: [a](b.md)", "no b.md"),
        ("* `mm/a.c`: `do_fork`, `mm/a.c`", ""),
    ],
)
def test_it_can_fail(text, complaint, tmp_path):
    for folder in ("docs", "mm"):
        os.mkdir(tmp_path / folder)
    (tmp_path / "docs/reading.md").write_text(text + "\n")
    (tmp_path / "mm/a.c").write_text("int do_fork(void);\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    result = check(str(tmp_path))
    assert result.returncode == bool(complaint), result.stdout
    assert complaint in result.stdout
