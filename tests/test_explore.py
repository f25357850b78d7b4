"""Every state of small worlds, with the files of mm/ (tools/explore). `make
explore` searches larger ones."""
import os
import re
import shutil

import pytest

from conftest import TOP
from explorer import copy_parts, explore


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copy_parts(tmp_path_factory.mktemp("explore"), ["kernel/debug"])


def test_worlds(tree):
    """Two worlds are complete, with as many states as are known, whatever the
    number of processes that search."""
    for jobs in "1", "3":
        done = explore(tree, "mm", "-j", jobs, "page", "threads")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count(": complete") == 2, done.stdout
        assert "1,176 states" in done.stdout


def test_depth(tree):
    """A limit is no failure, but nothing is complete then."""
    done = explore(tree, "mm", "-d", "2", "file")
    assert done.returncode == 0, done.stdout
    assert "2 steps deep" in done.stdout and "not complete" in done.stdout


def test_unknown_world(tree):
    done = explore(tree, "mm", "nowhere")
    assert done.returncode == 2 and "no world nowhere" in done.stderr


def change(tree, path, old, new):
    """Changes a text that is there once."""
    text = (tree / path).read_text()
    assert text.count(old) == 1
    (tree / path).write_text(text.replace(old, new))


def restore(tree, path):
    """The old text, with a new time: it is compiled again."""
    shutil.copyfile(os.path.join(TOP, path), tree / path)


def test_story(tree):
    """A missing INVLPG, which no emulator shows, is told as a story of one
    step: the shortest."""
    flush = "\tflush_page(addr);\n\treturn error;"
    change(tree, "mm/memory.c", flush, "\treturn error;")
    done = explore(tree, "mm", "-j", "1", "page")
    restore(tree, "mm/memory.c")
    assert done.returncode == 1, done.stdout
    lines = done.stdout.splitlines()
    assert lines[0] == (
        'VIOLATION in the world "page": '
        "the TLB may hold an old page-table entry"
    )
    assert re.match(r"  1\. .*process 1 writes page 0\.$", lines[1])


def test_other_number_of_states(tree):
    """A world that closes with another number of states has changed."""
    pinned = ".states = %d, MM_WORLD(one_page)"
    change(tree, "tools/explore/worlds.c", pinned % 1176, pinned % 1175)
    done = explore(tree, "mm", "page")
    restore(tree, "tools/explore/worlds.c")
    assert done.returncode == 2, done.stdout
    assert "there should be 1175 states" in done.stdout


def test_more_states(tree):
    """So has one that has more than there is room for."""
    change(tree, "tools/explore/worlds.c", ".states = 4541", ".states = 900")
    done = explore(tree, "mm", "threads")
    restore(tree, "tools/explore/worlds.c")
    assert done.returncode == 2, done.stdout
    assert "more states than 900" in done.stdout
