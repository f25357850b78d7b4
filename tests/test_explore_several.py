"""Every state of small worlds with several processes in the kernel at once:
pipes, fork, exit and wait, futexes (tools/explore). `make explore` searches
larger ones."""
import os
import shutil
import subprocess

import pytest

from conftest import TOP

PARTS = ("fs", "mm", "kernel", "include", "lib", "tools/explore")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what the explorers need."""
    folder = tmp_path_factory.mktemp("several")
    for part in PARTS:
        shutil.copytree(os.path.join(TOP, part), folder / part)
    return folder


def explore(tree, program, *arguments):
    """Builds an explorer and runs it. Returns what has ended."""
    program = f"build/explore/{program}"
    subprocess.run(
        ["make", "-s", "-f", "tools/explore/Makefile", program],
        cwd=tree,
        check=True,
        timeout=600,
    )
    return subprocess.run(
        [program, *arguments],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.parametrize(
    "program, world",
    [("pipes", "named"), ("waits", "murders"), ("futexes", "lock")],
)
def test_world(tree, program, world):
    """The world is complete, with as many states as are known, whatever the
    number of processes that search."""
    for jobs in "1", "3":
        done = explore(tree, program, "-j", jobs, world)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith(": complete\n"), done.stdout


def test_story(tree):
    """A bug that needs a signal between two steps of another process is told as
    the shortest way to it."""
    path = tree / "fs/pipe.c"
    text = path.read_text()
    release = "\tif (error)\n\t\tpipe_release(inode, file);\n"
    assert text.count(release) == 1
    forgotten = release.replace(
        "pipe_release(inode, file)", "count_sides(pipe, file->flags, -1)"
    )
    path.write_text(text.replace(release, forgotten))
    done = explore(tree, "pipes", "-j", "1", "named")
    path.write_text(text)
    assert done.returncode == 1, done.stdout
    story = done.stdout.splitlines()
    assert "nobody has the pipe, which holds data" in story[0]
    assert [line.split(". ")[1] for line in story[1:-1]] == [
        "process 2 opens the pipe;",
        "process 1 opens the pipe;",
        "process 1 writes 2 units, a page;",
        "process 1 closes the pipe;",
        "process 2 gets a signal;",
        "process 2 goes on.",
    ]
