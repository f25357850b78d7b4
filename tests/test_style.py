"""The style of the tree: tools/check-style, and that each rule can fail."""
import os
import subprocess

import pytest

from conftest import TOP

# To do: width and sentence as well.
RULES = [
    "width",
    "space",
    "indent",
    "conditional",
    "function",
    "file",
    "name",
    "sentence",
]

FUNCTION = "int f(void)\n{\n%s\treturn 0;\n}\n"
LONG = "A page%s stays." % (4 * ",\n%s which somebody maps a second time")


def check(*arguments):
    return subprocess.run(
        [os.path.join(TOP, "tools/check-style"), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )


def plant(tree, files):
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)


@pytest.mark.parametrize("rule", RULES)
def test_the_tree(rule):
    result = check("-r", rule)
    assert result.returncode == 0, result.stdout


BAD = {
    "wide line": ("width", "mm/a.c", "/* " + "x" * 75 + " */\n"),
    "wide by tabs": ("width", "boot/a.asm", "\t" * 9 + "x" * 9 + "\n"),
    "wide document": ("width", "docs/a.md", "x" * 101 + "\n"),
    "blank at the end": ("space", "Makefile", "all: \n"),
    "spaces": ("indent", "fs/a.c", "int a =\n        1;\n"),
    "spaces in a script": ("indent", "tools/a", "#!/bin/sh\n  \techo\n"),
    "nested ?:": ("conditional", "lib/a.c", "int a = b ? 1 : c ? 2 : 3;\n"),
    "nested in brackets": (
        "conditional",
        "user/a.c",
        "int a = b ? f(c ? 1 : 2) : 3;\n",
    ),
    "nested in a macro": (
        "conditional",
        "include/abi/a.h",
        "#define A(b) ((b) ? 1 : \\\n\t(b) + 1 ? 2 : 3)\n",
    ),
    "long function": ("function", "tests/guest/a.c", FUNCTION % ("\n" * 40)),
    "long file": ("file", "mm/a.c", "\n" * 501),
    "long script": ("file", "tools/a", "#!/usr/bin/python3\n" + "\n" * 500),
    "long sentence": (
        "sentence",
        "mm/a.c",
        f"/* Pages.\n * {LONG % (4 * (' *',))}\n */\n",
    ),
    "long sentence in assembly": (
        "sentence",
        "mm/a.asm",
        f"; {LONG % (4 * (';',))}\n",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_it_can_fail(name, tmp_path):
    rule, path, text = BAD[name]
    plant(tmp_path, {path: text})
    result = check("-C", str(tmp_path))
    assert result.returncode == 1
    places = [line.split(" ")[:2] for line in result.stdout.splitlines()[:-1]]
    assert len(places) == 1 and places[0][1] == f"{rule}:", result.stdout


@pytest.mark.parametrize("other", ["fs/b.c", "mm/b.c"])
def test_namesakes(other, tmp_path):
    plant(tmp_path, {"mm/a.c": FUNCTION % "", other: FUNCTION % ""})
    result = check("-C", str(tmp_path))
    assert result.returncode == 1
    assert f"mm/a.c:1: name: f is also in {other}" in result.stdout


GOOD = {
    "mm/a.c": "/* What?" + 12 * " A page\n * is mapped." + "\n"
    " * - one\n * - two\n */\n" + FUNCTION % ("\n" * 39),
    "user/a.c": FUNCTION % '\tprintf("a ? b : c ? d : e", a ? f(b) : c);\n'
    "\tg(a ? 1 : 2, b ? 3 : 4);\n",
    "mm/b.h": "#define A(b) ((b) ? 1 : 2)\n#define B(b) ((b) ? 1 : 2)\n",
    "boot/a.asm": "\t" * 9 + "x" * 8 + "\n",
    "docs/a.md": "x" * 100 + "\n",
    "docs/a.svg": "x" * 1000 + "\n",
}


def test_what_is_allowed(tmp_path):
    plant(tmp_path, GOOD)
    result = check("-C", str(tmp_path))
    assert result.returncode == 0, result.stdout


def test_figures(tmp_path):
    plant(tmp_path, GOOD)
    result = check("-C", str(tmp_path), "--figures")
    total = result.stdout.splitlines()[-1].split()
    assert total[0] == "all" and total[3:6] == ["1", "40", "40"]
