"""The sessions in documents are typed again, and print what is said there."""
import os
import subprocess
import sys

import pytest

from conftest import TOP, load_tool

TOOL = os.path.join(TOP, "tools/sessions")
DOCUMENTS = load_tool("sessions").documents()


def replay(*arguments, **environment):
    return subprocess.run(
        [sys.executable, TOOL, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=3000,
    )


@pytest.mark.parametrize(
    "path", DOCUMENTS, ids=[os.path.relpath(path, TOP) for path in DOCUMENTS]
)
def test_document(path):
    result = replay(path)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "block,wrong",
    [
        ("sh\n$ echo one\none\n$ echo two\nt...o", ""),
        ("sh\n$ echo one; echo two\n...\none\n...\ntwo\n...", ""),
        ("sh\n$ echo onetwo\none\n...\ntwo", "prints\nonetwo\nnot"),
        ("sh\n$ echo one\ntwo", "prints\none\nnot\ntwo"),
        ("sh\n$ exit\n$ true", "true: is not reached"),
        ("sh\n$ true\nwords", "prints\n\nnot\nwords"),
        ("cowix\n# echo a >&2; pwd\na\n/\n# echo one\ntwo", "one\nnot\ntwo"),
        ("gdb\n(gdb) print 6 * 7\n$1 = 42\n(gdb) print 1\n$2 = 2", "$2 = 1"),
        ("gdb echo\n(gdb) continue\n...\n(gdb) x/i $eip", "No registers"),
        ("bochs\n<bochs> calc 6 * 7\n0x2a 42\n<bochs> calc 1\n0x2 2", "0x1"),
    ],
)
def test_it_can_fail(block, wrong, tmp_path):
    document = tmp_path / "document.md"
    document.write_text(f"A session:\n```{block}\n```\n")
    result = replay(str(document))
    assert result.returncode == bool(wrong), result.stdout
    assert wrong in result.stdout
    assert not wrong or " 1 wrong" in result.stdout


def test_written_anew(tmp_path):
    """Checks that -w mends what is wrong, and nothing else."""
    document = tmp_path / "document.md"
    document.write_text("```sh\n$ echo one\no...\n$ echo two\n1\n2\n```\n")
    replay("-w", str(document))
    text = "```sh\n$ echo one\no...\n$ echo two\ntwo\n```\n"
    assert document.read_text() == text


def test_no_machine(tmp_path):
    """Checks that gdb does not wait for a machine that cannot start."""
    document = tmp_path / "document.md"
    document.write_text("```gdb\n(gdb) print 1\n$1 = 1\n```\n")
    result = replay(str(document), QEMU="/nowhere")
    assert result.returncode == 1
    assert "does not start" in result.stdout


def test_only_documents_of_the_tree(tmp_path, monkeypatch):
    """Checks that nothing is typed which a package's README says."""
    for folder in ("docs", "build", "web/node_modules/v86"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "README.md").write_text("```sh\n$ true\n```\n")
    sessions = load_tool("sessions")
    monkeypatch.setattr(sessions, "TOP", str(tmp_path))
    assert sessions.documents() == [str(tmp_path / "docs/README.md")]
