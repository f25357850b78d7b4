"""Every state of small worlds with several processes in the kernel at once:
pipes, fork, exit and wait, futexes (tools/explore). `make explore` searches
larger ones."""
import pytest

from explorer import copy_parts, explore


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copy_parts(tmp_path_factory.mktemp("several"), ["fs", "kernel"])


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
    assert "nobody has the pipe, which is still there" in story[0]
    assert [line.split(". ")[1] for line in story[1:-1]] == [
        "process 1 opens the pipe;",
        "process 1 gets a signal;",
        "process 1 goes on.",
    ]
