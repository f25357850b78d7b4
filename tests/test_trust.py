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


def test_each_row_has_figures():
    """Checks that the document's table is read, and each target is known."""
    tool = load_tool("trust")
    rows = tool.rows()
    assert len(rows) >= 8
    assert {row.target for row in rows} == set(tool.FIGURES)
    assert {"test", "fuzz", "soak", "mutants"} <= tool.targets()
    assert os.path.dirname(tool.LOGS) == f"{TOP}/build"
