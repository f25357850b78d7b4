"""The table of docs/trust.md, and that tools/trust fills in nothing itself."""
import os

import pytest

from conftest import TOP, load_tool


@pytest.fixture()
def trust(tmp_path, monkeypatch):
    """Returns tools/trust for a small tree of its own."""
    tool = load_tool("trust")
    (tmp_path / "docs.md").write_text(
        "| Target | Promise | Figures |\n|---|---|---|\n| fuzz | a | 99 |\n"
        "| soak | b | 7 |\n| explore | c | 5 |\n"
    )
    (tmp_path / "Makefile").write_text(
        "fuzz:\n\t@echo 2 machines, 1234 calls, 40 % succeeded, 0 wrong\n"
        "soak:\n\t@echo nothing to say; exit 1\n"
    )
    monkeypatch.setattr(tool, "TOP", str(tmp_path))
    monkeypatch.setattr(tool, "DOCUMENT", str(tmp_path / "docs.md"))
    monkeypatch.setattr(tool, "LOGS", str(tmp_path / "logs"))
    return tool


def run(tool, row):
    tool.run(row, tool.targets(), [])
    return row.line()


def test_figures_of_this_run(trust):
    fuzz, soak, explore = trust.rows()
    line = run(trust, fuzz)
    assert " passed, " in line or " passed: " in line
    assert "2 machines, 1,234 calls, 0 wrong" in line and "99" not in line
    line = run(trust, soak)
    assert " FAILED" in line
    assert "machines: MISSING, steps: MISSING, wrong: MISSING" in line
    assert "NOT RUN, this tree has no such target" in run(trust, explore)


def test_sums(trust):
    text = "w1  12 states, 1,000 transitions\nw2  30 states, 5 transitions\n"
    assert trust.figures("explore", text) == (
        "2 worlds, 42 states, 1,005 transitions"
    )
    assert trust.figure("", "x", "sum") is None


# What the targets print at their ends, and the figures in it.
ENDS = {
    "test": ("9 passed, 2 skipped in 3.10s", "9 passed, 2 skipped"),
    "faults": (
        "12 passed in 9.00s\nboot, fails once: 30 of 30 requests\n"
        "boot, fails for good: 5 of 30 requests\n"
        "minix3, build: 7 cuts of 800 writes\n",
        "12 passed, 35 requests, 7 cuts",
    ),
    "sanitize": (
        "150 tests, 1 failed, 200 s\n"
        "3 machines, 4000 calls, 40 % succeeded, 0 wrong\n",
        "150 tests, 1 failed, 4,000 calls, 0 wrong",
    ),
    "fuzz-native": ("elf: 5 executions\nvt: 6 executions", "11 executions"),
    "mutants": ("3 caught, 1 survivors", "3 caught, 1 survivors"),
    "soak": (
        "qemu, seed 1: 2 machines, 80 steps in 1 h, 0 wrong (80 fuzz)",
        "2 machines, 80 steps, 0 wrong",
    ),
}


@pytest.mark.parametrize("target", ENDS)
def test_ends(trust, target):
    text, figures = ENDS[target]
    assert trust.figures(target, text) == figures


def test_nothing_skipped(trust):
    assert trust.figures("test", "9 passed in 3s") == "9 passed, 0 skipped"
    failed = "1 failed, 8 passed, 2 skipped in 3s\n1 passed in 1s\n"
    failed += "9 passed, 0 failed\n"
    assert trust.figures("test", failed) == "9 passed, 2 skipped"


def test_each_row_has_figures():
    """Checks that the document's table is read, and each target is known."""
    tool = load_tool("trust")
    rows = tool.rows()
    assert len(rows) >= 8
    assert {row.target for row in rows} == set(tool.FIGURES)
    assert set(tool.FIGURES) <= tool.targets()
    assert os.path.dirname(tool.LOGS) == f"{TOP}/build"
