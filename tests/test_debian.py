"""Debian's programs for the i386: what tools/debian makes, and how the
programs run on Cowix. Linux is the oracle, with the same files."""
import os
import shutil
import subprocess

import pytest

import debian_disk
from conftest import TOP, cowix, load_tool
from debian_disk import IMAGE, ROOT, UNREACHABLE

PROGRAMS = sorted(os.listdir(debian_disk.FOLDER))


@pytest.fixture(scope="module")
def disk():
    debian_disk.build()
    return IMAGE


def test_sources(tmp_path):
    """Checks which of a host's sources are used, in both formats."""
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://host/x old main\ndeb-src http://host/d old main\n"
        "deb [arch=amd64 signed-by=/k] http://host/d old main contrib\n"
        "deb http://host/d old-updates main\ndeb http://other/ stable main\n"
    )
    (tmp_path / "sources.list.d" / "a.sources").write_text(
        "# a comment\nTypes: deb deb-src\nURIs: http://host/s\n"
        "Suites: old-security\nComponents: main\nArchitectures: amd64\n"
        "Signed-By: /k\n\nTypes: deb\nURIs: http://other/\nSuites: new\n"
        "Components: main\n"
    )
    old, new = load_tool("debian").sources(str(tmp_path), "old", "older")
    assert old == (
        "deb [ signed-by=/k] http://host/d older main contrib\n"
        "deb http://host/d older-updates main\n"
    )
    assert new == (
        "Types: deb\nURIs: http://host/s\nSuites: older-security\n"
        "Components: main\nSigned-By: /k\n"
    )


def test_unreachable(tmp_path):
    """Checks what is said when the registry cannot be reached, and that the
    host's own lists stay as they are."""
    before = os.stat("/var/lib/apt/lists").st_mtime
    result = subprocess.run(
        [f"{TOP}/tools/debian", "--folder", str(tmp_path / "d"), "dash"],
        env={
            **os.environ,
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
    )
    assert result.returncode == UNREACHABLE, result.stderr
    assert "cannot be reached" in result.stderr
    assert os.stat("/var/lib/apt/lists").st_mtime == before


def test_same_bytes(disk, tmp_path):
    """Checks that the same packages give the same disk."""
    for name in "ab":
        folder = str(tmp_path / name)
        shutil.copytree(f"{TOP}/build/debian/apt", f"{folder}/apt")
        subprocess.run(
            [f"{TOP}/tools/debian", "--folder", folder, "dash", "less"]
            + ["--", f"{TOP}/tools/mkfs", "-q", "-o", f"{folder}/image"],
            check=True,
            capture_output=True,
        )
    images = [str(tmp_path / name / "image") for name in "ab"]
    assert subprocess.run(["cmp", *images]).returncode == 0


def test_no_such_package(disk):
    result = subprocess.run(
        [f"{TOP}/tools/debian", "no-such-package-here"],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "no such packages" in result.stderr


def test_programs(disk, tmp_path):
    """Runs tests/debian/* on Cowix and on Linux: the same output and status.
    Nothing is lost."""
    ours, end, log = debian_disk.on_cowix(PROGRAMS, str(tmp_path))
    assert b"mismatches 0" in end, end.decode() + log[-2000:]
    theirs = debian_disk.on_linux(PROGRAMS, str(tmp_path / "linux"))
    assert sorted(theirs) == PROGRAMS
    for name in PROGRAMS:
        assert ours.get(name) == theirs[name], name


@pytest.mark.parametrize("memory", [32])
def test_little_memory(disk, tmp_path, memory):
    """Runs some of them in 32 MB."""
    names = ["bash", "dash", "perl", "python3", "sqlite3"]
    ours, end, log = debian_disk.on_cowix(names, str(tmp_path), memory)
    assert b"mismatches 0" in end, end.decode() + log[-2000:]
    assert {
        name: status for name, (status, _) in ours.items()
    } == dict.fromkeys(names, 0)


def test_bochs(disk, tmp_path):
    """Runs dash, coreutils and python3 in Bochs. Debian wants a CPU of the
    686 class."""
    copy = str(tmp_path / "disk.img")
    subprocess.run(["cp", "--sparse=always", disk, copy], check=True)
    result = cowix(
        "dash -c 'echo $((6 * 7))'; seq 3 | tac | paste -sd+; "
        "python3 -c 'print(sum(range(10)) / 2)'; audit | head -1",
        "-e",
        "bochs",
        "-b",
        "cpu: model=p3_katmai, ips=5000000",
        "-d",
        copy,
        timeout=240,
    )
    assert result.out == b"42\n3+2+1\n22.5\nmismatches 0\n", result.err


def test_root_is_complete(disk):
    """Checks links, users and the loader's cache of the unpacked tree."""
    assert os.readlink(f"{ROOT}/bin") == "usr/bin"
    assert not os.path.exists(f"{ROOT}/usr/bin/sh")  # Cowix's own
    for name in ("awk", "vi", "editor", "which", "cc"):
        assert os.path.exists(f"{ROOT}/usr/bin/{name}"), name
    for name in ("ld.so.cache", "nsswitch.conf", "localtime", "passwd"):
        assert os.path.lexists(f"{ROOT}/etc/{name}"), name
    assert not os.path.exists(f"{ROOT}/usr/share/doc/bash")


def test_page():
    """Checks that the table of docs/programs.md has a row for each script."""
    with open(f"{TOP}/docs/programs.md", encoding="utf-8") as file:
        text = file.read()
    for name in PROGRAMS:
        assert f"| {name} | {debian_disk.first_line(name)} | " in text, name
