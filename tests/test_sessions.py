"""The sessions in documents are typed again, and print what is said there."""
import os
import subprocess
import sys

import pytest

from conftest import TOP, load_tool

TOOL = os.path.join(TOP, "tools/sessions")
DOCUMENTS = load_tool("sessions").documents()


def replay(*arguments):
    return subprocess.run(
        [sys.executable, TOOL, *arguments],
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
        ("cowix\n# echo one >&2; pwd\none\n/", ""),
        ("cowix\n# echo one\ntwo", "prints\none\nnot\ntwo"),
        ("gdb\n(gdb) print 6 * 7\n$1 = 42", ""),
        ("gdb\n(gdb) print 6 * 7\n$1 = 43", "prints\n$1 = 42\nnot\n$1 = 43"),
        ("gdb echo\n(gdb) continue\n(gdb) x/i $eip", "No registers"),
        ("bochs\n<bochs> calc 6 * 7\n0x2a 42", ""),
        ("bochs\n<bochs> calc 6 * 7\n0x2b 43", "prints\n0x2a 42\nnot\n0x2b"),
    ],
)
def test_it_can_fail(block, wrong, tmp_path):
    document = tmp_path / "document.md"
    document.write_text(f"A session:\n```{block}\n```\n")
    result = replay(str(document))
    assert result.returncode == bool(wrong), result.stdout
    assert wrong in result.stdout


def test_written_anew(tmp_path):
    """Checks that -w mends what is wrong, and nothing else."""
    document = tmp_path / "document.md"
    document.write_text("```sh\n$ echo one\no...\n$ echo two\n1\n2\n```\n")
    replay("-w", str(document))
    text = "```sh\n$ echo one\no...\n$ echo two\ntwo\n```\n"
    assert document.read_text() == text
