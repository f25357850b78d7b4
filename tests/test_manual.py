"""The manual: what man and --help print inside, and that the pages tell of all
that programs take, and of nothing else."""
import glob
import os
import re
import subprocess

import pytest

from conftest import TOP, cowix, load_tool

manual = load_tool("manual")
ALL = {
    (n, page.section): page for page in manual.read_pages() for n in page.names
}
PAGES = {n: page for (n, _), page in reversed(ALL.items())}  # ps(1), not ps(2)
# POSIX gives these no options: --help is a word like others.
PLAIN = {"true", "false", "echo", "test", "["}
FOLDERS = "awk sed find diff sh vi strace".split()


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def programs():
    """Returns the names of all programs, and the source of each."""
    found = {}
    for path in glob.glob(os.path.join(TOP, "user/bin/*.c")):
        found[os.path.basename(path)[:-2]] = read(path)
    for name in FOLDERS:
        paths = sorted(glob.glob(os.path.join(TOP, f"user/{name}/*.c")))
        found[name] = "".join(map(read, paths))
    for name in ("login", "su", "passwd"):
        found[name] = read(f"user/login/{name}.c")
    for name in ("chown", "chgrp"):
        found[name] += read("user/common/owner.c")
    return found


SOURCES = programs()
NAMES = sorted({*SOURCES, *manual.LINKS})


def test_every_program_has_a_page():
    assert [n for n in NAMES if n not in PAGES] == []
    builtins = re.findall(
        r'^\t\{ "([^"]+)", \w+, [01] \}', read("user/sh/builtins.c"), re.M
    )
    assert len(builtins) >= 40
    assert [n for n in builtins if n not in PAGES] == []
    pages = {n for n, section in ALL if section == "1"}
    assert pages - {*NAMES, *builtins} == set()


def test_every_own_call_has_a_page():
    calls = re.findall(
        r"#define __NR_(\w+) (5[1-9]\d)\n", read("include/abi/unistd.h")
    )
    assert len(calls) == 5
    for name, number in calls:
        assert f"(call {number})" in ALL[name, "2"].summary


def test_pages_fit_the_screen():
    for page in ALL.values():
        assert max(map(len, page.text.split("\n"))) < 79, page.title
        assert page.text.isascii() and page.text.endswith("\n"), page.title
        for name, section in re.findall(r"([\w-]+)\((\d)\)", page.text):
            assert (name, section) in ALL, (page.title, name)


def taken(source):
    """Returns the letters that a program's source takes as options, each with
    a colon if it has an argument."""
    source = re.sub(r'#define OPTIONS "(.*)"', "", source).replace(
        "OPTIONS)", '"%s")' % "".join(re.findall(r'OPTIONS "(.*)"', source))
    )
    found = set()
    for text in re.findall(
        r'(?:getopt|count_options)\(\s*argc, argv,\s*"([^"]*)"', source
    ):
        found |= set(re.findall(r"\w:?", text))
    for text in re.findall(
        r'strspn\(\*?\w+(?:\[i\])? \+ 1, "([A-Za-z]+)"', source
    ):
        found |= set(text)
    return found


def described(page):
    """Returns the same from a page."""
    found = set()
    for line in re.findall(r"^  (-.*)", page.text, re.M):
        head = line.split("  ")[0]
        for letter, argument in re.findall(r"(?<!\S)-(\w)\b( \w+)?", head):
            found.add(letter + (":" if argument else ""))
    return found


def shown(page):
    """Returns the same from a page's synopses: [-ab] [-c word]."""
    found = set()
    for letters, more in re.findall(
        r"(?<![\w-])-(\w+)( [^\]|\s]+)?", page.synopses
    ):
        argument = more and len(letters) == 1
        found |= {x + ":" if argument else x for x in letters}
    return found


# Programs that read their options without getopt() are tested further down.
OTHERS = {"find", "kill", "stty", "expr", "dd", "sh", "test", "ps"}
WITH_LETTERS = sorted(
    n for n in SOURCES if taken(SOURCES[n]) and n not in OTHERS
)


def test_options_are_found():
    assert len(WITH_LETTERS) > 50
    assert {"c", "e:", "o:"} < taken(SOURCES["strace"])
    assert {"l", "R"} < taken(SOURCES["ls"])


@pytest.mark.parametrize("name", WITH_LETTERS)
def test_options(name):
    page = PAGES[name]
    assert described(page) == taken(SOURCES[name])
    letters = {x[0] for x in taken(SOURCES[name])}
    assert {x[0] for x in shown(page)} == letters


def test_programs_without_options():
    for name in NAMES:
        if name not in WITH_LETTERS and name not in OTHERS | {*manual.LINKS}:
            assert described(PAGES[name]) == set(), name


def words(text, pattern):
    return set(re.findall(pattern, text, re.M))


def test_primaries_of_find():
    page = PAGES["find"].text
    own = words(SOURCES["find"], r'"(-\w+)"')
    assert own - words(page, r"(-[a-z]\w+|-[ao])\b") == set()
    listed = words(page, r"(?:^  |, )(-[a-z]\w+)")
    assert listed - own == set() and len(listed) > 30
    assert described(PAGES["find"]) & set("HLP") == set("HLP")


def test_words_of_tables():
    """Checks that a page has each word of the program's tables."""
    for name, pattern, least in (
        ("stty", r'\{ "(\w+)", ', 55),
        ("dd", r'\{ "(\w+)=?", ', 15),
        ("mount", r'\{ "(\w+)", ', 20),
        ("awk", r'= \{ "(\w+)", \d', 20),
        ("vi", r'\{ "(\w+)", "\w+", &', 6),
    ):
        found = words(SOURCES[name], pattern)
        page = words(PAGES[name].text, r"\w+")
        assert len(found) >= least and found - page == set(), name
    assert words(SOURCES["stty"], r'strcmp\(\*?\w+(?:\[0\])?, "-(\w)"') == (
        described(PAGES["stty"]) - {"F:"} | {"F"}
    )


def test_options_of_the_shell():
    table = re.findall(r"\{ '(\w)', +\"(\w+)\" \}", SOURCES["sh"])
    page = PAGES["sh"]
    assert described(page) == {l for l, _ in table} | {"c", "l", "o:"}
    assert {x[0] for x in shown(page)} == {l for l, _ in table} | set("clo")
    for letter, name in table:
        if letter not in "is":
            assert re.search(rf"^  -{letter} .*\({name}\)$", page.text, re.M)


def test_limits_of_the_shell():
    letters = words(read("user/sh/ulimit.c"), r"\{ '(\w)', RLIMIT")
    page = PAGES["ulimit"].text
    assert words(page, r"(?:^  |  )-(\w)  ") == letters | set("aHS")
    assert f"-{'tfdscmlpnvw'}" in page and set("tfdscmlpnvw") == letters


def test_operators_of_test():
    source = read("user/common/test_expression.c")
    unary = re.search(r'strchr\("(\w+)", s\[1\]\)', source)[1]
    operators = {f"-{letter}" for letter in unary}
    operators |= words(source.split("binaries[]")[1], r'"(-\w\w)"')
    assert operators - words(PAGES["test"].text, r"-\w+") == set()


def test_document_is_fresh():
    """Checks that docs/manual.md is what make docs would write now."""
    result = subprocess.run(
        [os.path.join(TOP, "tools/manual"), "docs", "-c"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr


def test_broken_pages(tmp_path, monkeypatch):
    (tmp_path / "bad.1").write_text("bad: has no section\n\n    bad\n")
    monkeypatch.setattr(manual, "FOLDER", str(tmp_path))
    with pytest.raises(SystemExit, match="bad.1: not like a page"):
        manual.read_pages()
    (tmp_path / "bad.1").write_text("good(1): is good\n\n    good\n")
    with pytest.raises(SystemExit, match="bad: no page in user/man"):
        manual.help_source("bad", manual.read_pages())


def test_help_and_man():
    """Checks --help of all programs inside, and that man shows each page."""
    names = sorted({*NAMES} - PLAIN)
    paths = [("/sbin/" if n == "init" else "/bin/") + n for n in names]
    result = cowix(
        f"cd /; for p in {' '.join(paths)}; do $p --help 2>&1; "
        "echo status $?; done; echo all; /bin/echo --help; /bin/true --help; "
        "echo $?; ls --help > /dev/full; echo lost $?",
        timeout=120,
    )
    expected = "".join(f"{PAGES[n].help(n)}status 0\n" for n in names)
    out = result.out.decode().replace("\r", "")
    assert out == expected + "all\n--help\n0\nlost 1\n"


def test_wrong_call_shows_synopses():
    result = cowix("/bin/kill; echo $?; ls -j; echo $?")
    assert result.out == b"2\n2\n"
    assert result.err.replace("\r", "") == (
        PAGES["kill"].usage()
        + "ls: bad option or missing argument: -j\n"
        + PAGES["ls"].usage()
    )


def test_pages_inside():
    """Checks what man prints into a pipe, byte for byte, and its errors."""
    pages = manual.read_pages()
    result = cowix(
        "for p in "
        + " ".join(f"'{p.section} {p.names[0]}'" for p in pages)
        + "; do man $p | cat; done; echo end; man ps | grep -c '^ps('; "
        "man -k SYNTAX; echo $?; man nothing ls > /tmp/x; echo $?; "
        "head -n 1 /tmp/x; man -k fork | cat; man '[' | head -n 1; "
        "man 3 ps; echo $?",
        timeout=120,
    )
    out, text = result.out.decode().replace("\r", ""), "".join
    assert out.startswith(text(p.text for p in pages) + "end\n2\n")
    rest = out.split("\nend\n2\n")[1]
    rest = re.sub(r"^man: .*\n", "", rest, flags=re.M)
    assert rest == (
        "1\n1\nls(1): lists files and directories\n"
        "xfork(2): forks in a chosen way (call 512)\n"
        "test, [(1): evaluates a condition\n1\n"
    )


def test_pager(machine):
    machine.wait_for("\n/root #")
    machine.type("man sh\n")
    machine.wait_for("--More--")
    machine.type("/history\n")
    machine.wait_for("a line editor and a history")
    machine.type("qecho ba'c'k\n")
    machine.wait_for("\nback")
    machine.type("man clear; echo sta'tus' $?\n")
    machine.wait_for("clear(1): clears the screen\n\n    clear\n")
    machine.wait_for("status 0")
