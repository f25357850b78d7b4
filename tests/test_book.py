"""The book (tools/book): the listing of the kernel's source and its index, the
links of the whole, and that it is the same each time."""
import os
import re
import shutil
import subprocess
import sys

import pytest

from conftest import BUILD, TOP

sys.path.insert(0, os.path.join(TOP, "tools"))
import listing  # noqa: E402

LINKED_IN = re.compile(r"__u?(div|mod|divmod)di[34]")  # libgcc's
NO_FUNCTION = ("__text_start",)  # the linker script's


class Source:
    """The kernel's listing, and what is made of it."""

    def __init__(self):
        self.listing = listing.Listing()
        self.functions = self.listing.functions
        self.html, self.index = self.listing.html(), self.listing.index()
        self.text = {}
        for path in listing.list_sources():
            with open(path, encoding="utf-8") as file:
                self.text[path] = file.read().splitlines()


@pytest.fixture(scope="module")
def source():
    before = os.getcwd()
    os.chdir(TOP)
    yield Source()
    os.chdir(before)


def symbols():
    """Returns the functions that the kernel consists of, as its linker has
    them. A dot belongs to a part that the compiler has made, or to a label
    inside another one."""
    with open(os.path.join(BUILD, "System.map"), encoding="ascii") as file:
        words = [line.split() for line in file]
    return {
        name
        for _, kind, name in words
        if kind in "tT" and "." not in name
        if name not in NO_FUNCTION and not LINKED_IN.fullmatch(name)
    }


def test_every_function_is_in_the_index_once(source):
    names = re.findall(r"<dt>(\w+) <a", source.index.split("Structures")[0])
    assert len(names) == len(set(names))
    assert symbols() - set(names) == set()


def test_index_leads_to_definitions(source):
    for name in source.functions.values():
        line = source.text[name.path][name.line - 1]
        assert re.search(rf"\b{name.name}\b", line), name.anchor


def test_every_file_is_listed_whole(source):
    begin = r'<section class="file" id="([^"]+)">.*?<pre>(.*?)</pre>'
    found = re.findall(begin, source.html, re.S)
    assert sorted(path for path, _ in found) == sorted(source.text)
    for path, text in found:
        lines = [re.sub(r"<[^>]+>", "", line) for line in text.split("\n")]
        assert len(lines) == len(source.text[path]), path
        for number, line in enumerate(lines, 1):
            assert line.split()[0] == str(number), (path, line)


def dead_links(text):
    """Returns what links lead to that is not there."""
    return set(re.findall(r'href="#([^"]+)"', text)) - set(
        re.findall(r' id="([^"]+)"', text)
    )


def test_links_of_the_listing(source):
    assert dead_links(source.html + source.index) == set()


def test_uses(source):
    """Checks that the lines that are to use a function name it."""
    for name in ("do_wp_page", "turn_hand", "work_pending", "sys_fork"):
        uses = source.functions[name].uses
        word = name.removeprefix("sys_")
        for path, lines in uses.items():
            for number in lines:
                line = source.text[path][number - 1]
                assert word in line, (name, path, number)
        assert uses, name


def test_static_functions_are_known_in_their_file_only(source):
    start = source.functions["start"]
    assert set(start.uses) == {start.path}


def rows_of_textbooks():
    """Yields the file and breakpoint cells of docs/textbooks.md, split."""
    path = os.path.join(TOP, "docs/textbooks.md")
    with open(path, encoding="utf-8") as file:
        for line in file:
            cells = line.strip().strip("|").split("|")
            if line.startswith("|") and len(cells) == 5:
                yield [re.findall(r"`([^`]+)`", cell) for cell in cells[2:4]]


def test_breakpoints_of_textbooks(source):
    """Checks that each breakpoint lies in a file that stands beside it."""
    count = 0
    for files, breakpoints in rows_of_textbooks():
        for name in breakpoints:
            path = source.functions[name].path
            assert any(
                path.endswith(f"/{file}") or path.startswith(file)
                for file in files
            ), (name, path, files)
            count += 1
    assert count > 80


def make_tree(tree, reading, files):
    for path, text in {"docs/reading.md": reading, **files}.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)


def test_small_tree(tmp_path, monkeypatch):
    files = {
        "mm/a.c": "int f(void);\n\nint f(void)\n{\n\treturn g();\n}\n",
        "mm/b.c": 'static int g(void)\n{\n\tf();\n\treturn "f()" != 0;\n}\n',
        "mm/own.h": "/* f() is here */\nint f(void);\n",
    }
    reading = "## Memory\n\n* `mm/b.c`, `a.c`: both\n  of them.\n"
    make_tree(tmp_path, reading, files)
    monkeypatch.chdir(tmp_path)
    small = listing.Listing()
    order = [file.path for file in small.files]
    assert order == ["mm/own.h", "mm/b.c", "mm/a.c"]
    assert small.files[1].what == "both of them."
    assert small.functions["f"].anchor == "mm/a.c:3"
    assert small.functions["f"].uses == {"mm/b.c": [3]}
    assert small.functions["g"].uses == {}  # static in another file


def test_a_file_without_place(tmp_path, monkeypatch):
    files = {"mm/a.c": "", "fs/b.c": ""}
    make_tree(tmp_path, "## Memory\n\n* `mm/a.c`: a\n", files)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="no place for fs/b.c"):
        listing.Listing()


@pytest.mark.skipif(not shutil.which("pandoc"), reason="no pandoc")
def test_whole_book(tmp_path):
    """Builds the HTML twice: every link leads somewhere, what the guide names
    is a link, and both are the same."""
    made = []
    for name in ("one", "two"):
        command = [os.path.join(TOP, "tools/book"), "--html", "-o"]
        subprocess.run(
            [*command, tmp_path / name],
            check=True,
            stdout=subprocess.PIPE,
            timeout=600,
        )
        made.append((tmp_path / name / "cowix.html").read_text())
    assert made[0] == made[1]
    assert dead_links(made[0]) == set()
    place = re.search(r'do_wp_page <a class="at" href="#([^"]+)"', made[0])[1]
    assert f'class="name" href="#{place}"><code>do_wp_page</code>' in made[0]


def test_without_pandoc(tmp_path):
    """Checks that the student is told what to type."""
    os.symlink(sys.executable, tmp_path / "python3")
    result = subprocess.run(
        [sys.executable, os.path.join(TOP, "tools/book"), "-o", tmp_path],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1
    assert "no pandoc, ctags, weasyprint: sh tools/setup book" in result.stderr
