"""The build: its output, its dependencies, its version."""
import json
import os
import shutil
import subprocess

import pytest

from conftest import BUILD, TOP, cowix, mkfs

FILE = "lib/list.o"


@pytest.fixture
def make(tmp_path):
    """Returns a function that builds one small file and returns the output."""

    def run(*options):
        result = subprocess.run(
            ["make", f"BUILD={tmp_path}", *options, f"{tmp_path}/{FILE}"],
            cwd=TOP,
            env={key: os.environ[key] for key in ("PATH", "HOME")},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_a_line_a_file(make):
    assert make() == f"CC      {FILE}\n"
    assert make() == ""


def test_silent(make):
    assert make("-s") == ""


def test_verbose(make):
    assert "gcc -m32" in make("V=1")


def test_other_flags_compile_again(make):
    make()
    assert FILE in make("OPT=-O0")
    assert make("OPT=-O0") == ""
    assert FILE in make()
    assert make("WERROR=1") == ""


def test_without_optimization(tmp_path):
    """Boots a kernel of -O0, which is the largest one."""
    kernel, image = f"{tmp_path}/kernel.bin", f"{tmp_path}/image"
    subprocess.run(
        ["make", "-s", "-j2", f"BUILD={tmp_path}", "OPT=-O0", kernel],
        cwd=TOP,
        env={key: os.environ[key] for key in ("PATH", "HOME")},
        check=True,
        timeout=900,
    )
    made = mkfs(image, "init", "sh", "mount", "audit", kernel=kernel)
    assert made.returncode == 0, made.stderr
    result = cowix("audit", image=image)
    assert result.out.startswith(b"mismatches 0\n"), result.err


def test_other_tools(make, tmp_path):
    """Checks that a prefix selects a cross compiler."""
    for tool in ("gcc", "ld"):
        path = tmp_path / f"i386-cowix-{tool}"
        path.write_text(f'#!/bin/sh\nexec {tool} "$@"\n')
        path.chmod(0o755)
    prefix = f"CROSS_COMPILE={tmp_path}/i386-cowix-"
    assert f"{tmp_path}/i386-cowix-gcc" in make(prefix, "V=1")


def test_version():
    """Checks that uname and the first line at boot tell version, date and
    commit."""
    with open(f"{BUILD}/version", encoding="ascii") as file:
        release, *commit = file.read().split()
    result = cowix("uname -r; uname -v", "-v")
    built = " ".join(["#1", *commit])
    assert result.out.decode() == f"5.10.0\nCowix {release} {built}\n"
    assert f"Cowix {release} {built}\n" in result.err.replace("\r", "")


@pytest.mark.skipif(not shutil.which("sparse"), reason="no sparse")
def test_sparse_is_silent():
    """Checks that no pointer of a program is followed, or passed on as one of
    the kernel's."""
    process = subprocess.run(
        ["make", "-s", "sparse"], cwd=TOP, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.mark.skipif(not shutil.which("clang"), reason="no clang")
def test_compile_commands():
    """Checks that clang, and so clangd, understands the kernel's files."""
    subprocess.run(
        ["tools/compile-db"], cwd=TOP, capture_output=True, check=True
    )
    with open(f"{TOP}/compile_commands.json", encoding="utf-8") as file:
        commands = {entry["file"]: entry for entry in json.load(file)}
    for name in ("mm/memory.c", "fs/namei.c", "kernel/uname.c"):
        words = commands[name]["command"].split()
        result = subprocess.run(
            ["clang", "-fsyntax-only", *words[1:]],
            cwd=commands[name]["directory"],
            capture_output=True,
            text=True,
        )
        assert (result.returncode, result.stderr) == (0, "")
