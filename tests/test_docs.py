"""Documents name only what exists, and docs/reading.md names the whole
kernel."""
import os
import subprocess

import pytest

from conftest import TOP


def check(tree):
    return subprocess.run(
        [os.path.join(TOP, "tools/check-docs"), tree],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_documents():
    result = check(TOP)
    assert result.returncode == 0, result.stdout


def test_table_of_system_calls():
    """Checks that docs/syscalls.md is what make docs would write now."""
    result = subprocess.run(
        [os.path.join(TOP, "tools/syscalls"), "-c"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stdout + result.stderr


SOURCE = 'int do_fork(void) { return !param_get("fork"); }\n'
CHAPTER = """# 1 One

![one](pictures/one.svg)

```sh
$ true
```

## Exercises

`labs/01-one`

| 44 | 1.1 |
"""
TABLE = "| [1 One](01-one.md) | one |\n"


def guide(chapter=CHAPTER, table=TABLE, **more):
    """Returns the files of a guide with one chapter."""
    return {
        "docs/guide/01-one.md": chapter,
        "docs/guide/README.md": table,
        "docs/guide/pictures/one.svg": "",
        **more,
    }


def translated(text):
    return guide(**{"docs/guide/01-one.zh-CN.md": text})


@pytest.mark.parametrize(
    "text,complaint",
    [
        ("`a.c`", "lists mm/a.c 0 times"),
        ("* `mm/a.c`: a\n* `mm/a.c`: b", "lists mm/a.c 2 times"),
        ("* `mm/a.c`: a\n`b.c`", "no file b.c"),
        ("* `mm/a.c`: `map_page()`", "no function map_page()"),
        ("* `mm/a.c`: `mm/a.c:do_exit`", "no do_exit in mm/a.c"),
        ("* `mm/a.c`: [a](b.md)", "no b.md"),
        ("* `mm/a.c`: [a](#the-end)", "no heading #the-end"),
        ("* `mm/a.c`: `make tea`", "no target tea"),
        ("* `mm/a.c`: `tools/hammer -x`", "no tools/hammer"),
        ("* `mm/a.c`: `knife=1`", "no parameter knife="),
        ("* `mm/a.c`:\n```\n$ ls\n```", "nobody replays $ ls"),
        ("* `mm/a.c`:\n```bash\nls\n```", "a block is called bash"),
        ("* `mm/a.c`:\n```c\nint old;\n```", "no line int old;"),
        ("* `mm/a.c`: `do_fork`, `mm/a.c`, `mm/a.c:do_fork`", ""),
        ("* `mm/a.c`:\n`b.inc`", "no file b.inc"),
        ("* `mm/a.c`: `make all`, `make bochs-cow`", ""),
        ("* `mm/a.c`: `fork=`\n# The end!\n[a](#the-end)", ""),
    ],
)
def test_it_can_fail(text, complaint, tmp_path):
    can_fail({"docs/reading.md": text + "\n"}, complaint, tmp_path)


@pytest.mark.parametrize(
    "files,complaint",
    [
        (guide(), ""),
        (guide(table=""), "its table has docs/guide/01-one.md 0 times"),
        (guide(CHAPTER.replace("## Ex", "# Ex")), "has not exercises"),
        (guide(CHAPTER.replace("```sh", "```c")), "has not a session"),
        (
            guide(**{"labs/README.md": "| [02-two](x) | write | 9 | 1 | - |"}),
            "chapter 1 has not lab 02-two",
        ),
        (guide("# 1 One\n\nText.\n" + CHAPTER), "has not a picture"),
        (translated(CHAPTER.replace("One", "Eins")), ""),
        (translated(CHAPTER.replace("##", "#")), "levels of headings"),
        (translated(CHAPTER.replace("true", "false")), "fenced blocks"),
        (translated(CHAPTER.replace("`l", "l")), "names in back quotes"),
        (translated(CHAPTER.replace("1.1", "1.2")), "figures in tables"),
        (translated(CHAPTER.replace("one.svg", "two.svg")), "pictures"),
        ({"docs/a.zh-CN.md": ""}, "no docs/a.md"),
        ({"docs/pictures/a.dot": "digraph {}"}, "older than"),
        (guide(**{"labs/02-two/README.md": "two"}), "no labs/01-one"),
        (
            {"labs/01-a/lab.toml": "[[out]]\nfile='mm/a.c'\nstub=['no']"},
            "no no in mm/a.c",
        ),
        (
            {
                "labs/01-a/lab.toml": "[[out]]\nfile='boot/a.inc'\n"
                "stub=['open_gate']",
                "boot/a.inc": "open_gate:\n\tret\n",
            },
            "",
        ),
    ],
)
def test_guide_can_fail(files, complaint, tmp_path):
    files = {"docs/reading.md": "* `mm/a.c`: a\n", **files}
    can_fail(files, complaint, tmp_path)


def can_fail(files, complaint, tree):
    files = {"mm/a.c": SOURCE, "Makefile": "all:\nbochs-%:\n", **files}
    for name, text in files.items():
        os.makedirs(os.path.dirname(tree / name), exist_ok=True)
        (tree / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    result = check(str(tree))
    assert result.returncode == bool(complaint), result.stdout
    assert complaint in result.stdout
