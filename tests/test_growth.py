"""The growth program (tests/bench) and tools/growth, with few things."""
import csv
import os
import re
import subprocess
import xml.etree.ElementTree

import pytest

from conftest import BUILD, TOP, default_signals
from linux import runs_here

PROGRAM = os.path.join(BUILD, "tests/growth")
TOOL = os.path.join(TOP, "tools/growth")
# All but "mounts", which would change the machine's own.
GROUPS = {
    "base": 12,
    "clock": 8,
    "areas": 7,
    "descriptors": 7,
    "tmpfs files": 10,
    "Minix files": 10,
    "folders deep": 2,
    "letters a name": 3,
    "MB on tmpfs": 6,
    "MB on Minix": 6,
    "record locks": 3,
    "sockets": 3,
    "futex waiters": 3,
    "timers": 6,
    "processes": 7,
    "yielders": 1,
    "hogs": 2,
    "MiB touched": 4,
}


def tool(folder, *words):
    """Runs tools/growth. Returns what it prints."""
    done = subprocess.run(
        [TOOL, "-o", folder, "-n", "10", *words],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(folder):
    with open(f"{folder}/growth.csv", newline="", encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["beside"] != "program"]


def test_every_row_here(tmp_path):
    """Runs all groups on the machine's own kernel: each row has a figure."""
    if not runs_here():
        pytest.skip("no 32-bit programs here")
    words = [PROGRAM, "-n", "10"]
    for option in ("-r", "-d"):
        folder = tmp_path / option[1]
        folder.mkdir()
        words += [option, str(folder)]
    done = subprocess.run(
        [*words, *GROUPS],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=default_signals,
    )
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.returncode == 0 and all(len(line) == 4 for line in lines), (
        done.stdout + done.stderr
    )
    found = {}
    for group, row, _, _ in lines:
        found.setdefault(group, set()).add(row)
    assert {group: len(rows) for group, rows in found.items()} == GROUPS


def test_every_row_on_cowix(tmp_path):
    """Runs all groups on Cowix: each row has a figure, and the pictures are
    well-formed."""
    text = tool(tmp_path, "-c")
    assert not re.search(r"^Cowix: ", text, re.M), text
    found = {}
    for row in rows_of(tmp_path):
        assert int(row["Cowix"]) >= 0, row
        found.setdefault(row["beside"], set()).add(row["operation"])
    counts = {group: len(rows) for group, rows in found.items()}
    counts.pop("MiB touched, fork=auto", None)
    assert counts == {**GROUPS, "mounts": 4}
    for path in tmp_path.glob("*.svg"):
        xml.etree.ElementTree.parse(path)


def test_figures_repeat(tmp_path):
    """Checks that counted instructions are the same each time, and that
    Linux's figures are taken from an earlier run of the same program only."""
    tool(tmp_path, "-c", "areas", "timers")
    first = rows_of(tmp_path)
    path = f"{tmp_path}/growth.csv"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"(?m)^(areas,mprotect,.*,).*$", r"\g<1>4711", text))
    output = tool(tmp_path, "-c", "areas", "timers")
    again = rows_of(tmp_path)
    assert "are those of" in output and "| 4,711 |" in output
    assert [r["Cowix"] for r in again] == [r["Cowix"] for r in first]
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"(?m)^program,\w+", "program,other", text))
    assert "4,711" not in tool(tmp_path, "-c", "areas")


def test_disk_race(tmp_path):
    """Runs a round of tools/diskrace on Cowix: each row has a time."""
    done = subprocess.run(
        [f"{TOP}/tools/diskrace", "-c", "-r", "1", "-o", tmp_path],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "disk.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7 and all(int(row["Cowix"]) > 0 for row in rows)


def test_beside_linux(tmp_path):
    """Runs the same on Debian's kernel, if tools/growth has fetched it."""
    if not os.path.exists(f"{BUILD}/linux686/vmlinuz"):
        pytest.skip("no kernel by tools/growth")
    tool(tmp_path, "areas", "Minix files", "mounts")
    rows = rows_of(tmp_path)
    assert len(rows) == 7 + 10 + 4
    for row in rows:
        assert int(row["Cowix"]) > 0 and int(row["Linux"]) > 0, row
