"""Ordinary C programs, linked with the host's C library: statically, as a
static program that may lie anywhere, and dynamically. Cowix must print what
Linux prints, byte for byte.

All programs of a form run in one boot, from a hard disk, one after the other.
The program runner gives each the same surroundings on both systems, and marks
where its output begins.
"""
import glob
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import TOP, cowix
from linux import (
    FLAGS,
    build_runner,
    install_libraries,
    native,
    run_programs,
    split,
)

SOURCES = os.path.join(TOP, "tests/programs")
VARIANTS = {
    "floats-sse": ("floats", ["-msse2", "-mfpmath=sse"]),
    "floats-x87": ("floats", ["-mfpmath=387"]),
    "attributes-64": (
        "attributes",
        ["-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"],
    ),
    "timers-64": ("timers", ["-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"]),
    "interpreter-O0": ("interpreter", ["-O0"]),
}
FORMS = {"static": ["-static"], "static-pie": ["-static-pie"], "dynamic": []}
HELPERS = {"runner"}
NEEDS_ROOT = {"credentials"}
NEEDS_SHM = {"shm"}
NAMES = sorted(
    {os.path.basename(path)[:-2] for path in glob.glob(f"{SOURCES}/*.c")}
    - HELPERS
    - {"floats"}
    | set(VARIANTS)
    | {"by-hand"}
)
DISK_KB, MEMORY, LIMIT, SECONDS = 48 << 10, 64, 900, 200


def build(name, form, folder):
    source, flags = VARIANTS.get(name, (name, []))
    subprocess.run(
        [
            "gcc",
            *FLAGS,
            *FORMS[form],
            *flags,
            "-o",
            f"{folder}/{name}",
            f"{SOURCES}/{source}.c",
            "-lm",
        ],
        check=True,
    )


def build_script(form, folder):
    """Makes a script that starts the interpreter of a dynamic program itself,
    with the program as argument."""
    interpreter = "/lib/ld-linux.so.2" if form == "dynamic" else ""
    with open(f"{folder}/by-hand", "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec {interpreter} "${{0%/*}}/sorting"\n')
    os.chmod(f"{folder}/by-hand", 0o755)


def make_disk(path, programs):
    """Makes a disk of one file system: the programs below /t, their libraries,
    and an empty /w to work in."""
    folder = path + ".files"
    os.makedirs(f"{folder}/w", exist_ok=True)
    install_libraries(f"{folder}/lib")
    shutil.copytree(programs, f"{folder}/t", dirs_exist_ok=True)
    subprocess.run(
        [
            os.path.join(TOP, "tools/mkfs"),
            "--overlay",
            folder,
            "--size",
            str(DISK_KB),
            "-o",
            path,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module", params=FORMS)
def programs(request, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("programs"))
    form = request.param
    build_runner(folder)
    build_script(form, folder)
    names = [name for name in NAMES if name != "by-hand"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda name: build(name, form, folder), names))
    return folder


@pytest.fixture(scope="module")
def on_linux(programs, tmp_path_factory):
    """Runs the programs on Linux."""
    return run_programs(
        programs, NAMES, tmp_path_factory.mktemp("linux"), SECONDS, LIMIT
    )


@pytest.fixture(scope="module")
def on_cowix(programs, tmp_path_factory):
    """Runs the programs on Cowix, as many as it gets through."""
    disk = str(tmp_path_factory.mktemp("disk") / "programs.img")
    make_disk(disk, programs)
    result = cowix(
        "mount /dev/hda /mnt && ln -s /mnt/lib /lib && cd /mnt/w && "
        f"/mnt/t/runner {SECONDS} /mnt/t {' '.join(NAMES)}",
        "-d",
        disk,
        "-m",
        str(MEMORY),
        "-k",
        "root=ram0",
        timeout=LIMIT,
    )
    results, rest = split(result.out)
    results["the end"] = (result.status, rest, result.err)
    check = subprocess.run(["fsck.minix", "-f", disk], capture_output=True)
    results["fsck"] = (check.returncode, check.stdout.decode())
    return results


@pytest.mark.parametrize("name", NAMES)
def test_program(name, on_linux, on_cowix):
    if (
        name in NEEDS_ROOT
        and native()
        and (
            os.getuid() != 0
            or os.statvfs(tempfile.gettempdir()).f_flag & os.ST_NOSUID
        )
    ):
        pytest.skip(
            "the host must let it be root and run set-user-ID programs"
        )
    if name in NEEDS_SHM and native() and not os.access("/dev/shm", os.W_OK):
        pytest.skip("the host has no /dev/shm")
    assert name in on_cowix, f"Cowix did not get there: {on_cowix['the end']}"
    status, output = on_cowix[name]
    expected_status, expected = on_linux[name]
    assert (
        output.decode("latin-1").splitlines()
        == expected.decode("latin-1").splitlines()
    )
    assert (status, output) == (expected_status, expected)


def test_the_end(on_cowix):
    """Checks that nothing follows the last program, no memory audit
    complained, and the disk is sound."""
    assert on_cowix["the end"][:2] == (0, b""), on_cowix["the end"]
    assert "audit" not in on_cowix
    assert on_cowix["fsck"][0] == 0, on_cowix["fsck"][1]
