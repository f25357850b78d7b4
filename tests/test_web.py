"""The page in web/: the tables that it reads memory by, and, where npm's
packages and Chromium are there (sh tools/setup test-web), a few of its tests
in a browser."""
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, TOP, cowix

TRACE_HEADER = "include/cowix/trace.h"
BROWSERS = ("chromium", "chromium-browser")
# of web/test/page.test.js: what takes longest is left to make test-web
QUICK = "own|stops at a copy|the tour runs"


def run(*command, **more):
    return subprocess.run(
        command,
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
        **more,
    ).stdout


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    path = tmp_path_factory.mktemp("web") / "kernel.json"
    image = os.path.join(BUILD, "cowix.img")
    run("tools/web", "--tables", str(path), "--image", image)
    return json.loads(path.read_text())


def test_addresses_are_those_of_nm(tables):
    symbols = run("nm", os.path.join(BUILD, "kernel.elf"))
    for name in ("mem_map", "nr_frames", "nr_free_pages", "all_tasks"):
        found = re.search(rf"^(\w+) \w {name}$", symbols, re.M)
        assert int(found[1], 16) == tables["symbols"][name]


def offsets(tmp_path, members):
    """Returns the offsets of members of struct task_struct, as gcc says."""
    source = tmp_path / "offsets.c"
    asked = "".join(
        f'__asm__("->{name} %0" : : '
        f'"i"(__builtin_offsetof(struct task_struct, {name})));'
        for name in members
    )
    source.write_text(
        "#include <cowix/kernel.h>\n#include <cowix/sched.h>\n"
        f"void ask(void); void ask(void) {{ {asked} }}"
    )
    flags = ["-m32", "-std=gnu11", "-ffreestanding", "-w", "-Iinclude", "-I."]
    text = run("gcc", *flags, "-S", "-o", "-", str(source))
    return {
        name: int(number)
        for name, number in re.findall(r"->(\w+) \$?(\d+)", text)
    }


def test_offsets_are_those_of_the_compiler(tables, tmp_path):
    members = ["pid", "comm", "state", "all_link", "mm", "stack_guard"]
    fields = tables["structures"]["task_struct"]["fields"]
    expected = offsets(tmp_path, members)
    assert len(expected) == len(members)
    assert {name: fields[name]["offset"] for name in members} == expected


def test_bits_are_those_of_the_header(tables):
    constants = tables["constants"]
    assert constants["PTE_MAPPED"] == constants["PTE_P"] | 0x400
    assert constants["PAGE_COW"] == 0x200
    assert constants["KERNEL_BASE"] == 0xC0000000


def chains(tables):
    """Yields the functions and lines at which the trace is called."""
    files, functions = tables["files"], tables["functions"]
    for places in tables["calls"].values():
        chain = [
            (functions[function], files[file], line)
            for function, file, line in zip(*[iter(places)] * 3)
        ]
        if any(file == TRACE_HEADER for _, file, _ in chain):
            yield [place for place in chain if place[1] != TRACE_HEADER]


def test_each_call_of_the_trace_leads_to_its_line(tables):
    """An optimising compiler inlines and moves much; the line is still one
    that says trace_ something, and the file's text is there to be shown."""
    found = list(chains(tables))
    assert len(found) > 20
    for (function, file, line), *_ in found:
        text = tables["sources"][file].split("\n")
        around = "\n".join(text[line - 1 : line + 1])
        assert "trace_" in around, f"{function} {file}:{line}"


def test_a_copy_is_reported_by_the_function_that_makes_it(tables):
    functions = [chain[0][0] for chain in chains(tables)]
    assert functions.count("copy_shared_page") == 1


def test_words_are_those_of_the_document(tables):
    with open(os.path.join(TOP, "docs/trace.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| (`.*?`) \|", file.read(), re.M)
    documented = {word for row in rows for word in re.findall(r"\w+", row)}
    assert set(tables["words"]) == documented


def test_steps_without_anybody_at_the_port():
    """In QEMU port 0xEC reads 0xFF, so the kernel does not wait."""
    command = "mount -t proc proc /proc; (x=1); cat /proc/vmtrace | wc -l"
    result = cowix(command, "-k", "trace=step")
    assert int(result.out) > 100


def test_in_a_browser(tmp_path):
    if not os.path.exists(os.path.join(TOP, "web/node_modules/v86")):
        pytest.skip("no web/node_modules: make web fetches them")
    if not shutil.which("node"):
        pytest.skip("no node")
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("no Chromium")
    folder = str(tmp_path / "web")
    run("tools/web", "-o", folder)
    result = subprocess.run(
        ["node", "--test", f"--test-name-pattern={QUICK}", "test/page.test.js"],
        cwd=os.path.join(TOP, "web"),
        env={**os.environ, "COWIX_WEB": folder},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert result.returncode == 0, result.stdout
    assert re.search(r"^# pass [1-9]", result.stdout, re.M), result.stdout
