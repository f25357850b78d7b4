"""Linux, the tests' oracle: Debian's kernel in a virtual machine, which
tools/linux prepares, so that all machines give the same answers. Where that
cannot be had it is this machine's own kernel, if it runs 32-bit programs.

A command finds the files of a folder below its working directory, and a shell.
"""
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, TOP, default_signals
import linux_vm
from linux_vm import KERNEL

# The first program in the virtual machine. Output goes to the second serial
# line, which passes each byte unchanged.
INIT = """#!/bin/sh
mount -t devtmpfs dev /dev; mount -t proc proc /proc
mkdir -p /dev/pts /dev/shm; mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm; chmod 1777 /tmp /dev/shm
stty -opost < /dev/ttyS1
cd /work && sh /command < /dev/null > /dev/ttyS1 2>&1
sync; poweroff
"""


RUNNER = os.path.join(TOP, "tests/programs/runner.c")
FLAGS = [
    "-m32",
    "-O2",
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-pthread",
    "-s",
    "-w",
]
STATIC = [*FLAGS, "-static"]
# What a dynamic program needs in /lib: the interpreter, and libraries.
LIBRARIES = ["ld-linux.so.2", "libc.so.6", "libm.so.6", "libgcc_s.so.1"]
HEADER = re.compile(rb"==== (\S+) (\S+) (\d+)\n")


def build_runner(folder):
    """Builds tests/programs/runner.c in the folder. Skips the test if that
    cannot be done."""
    if subprocess.run(
        ["gcc", *STATIC, "-o", f"{folder}/runner", RUNNER],
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("no static 32-bit C library: libc6-dev-i386")


def split(output):
    """Splits the runner's output. Returns name -> (status, output), and the
    rest."""
    results, at = {}, 0
    while match := HEADER.match(output, at):
        name, status = (match.group(i).decode() for i in (1, 2))
        end = match.end() + int(match.group(3))
        results[name] = (status, output[match.end() : end])
        at = end + 1
    return results, output[at:]


def run_programs(programs, names, work, seconds, timeout):
    """Runs programs of a folder on Linux by the runner, one after the other.
    What they leave goes. Returns name -> (status, output)."""
    command = (
        f"top=$(pwd); mkdir w && cd w && $top/runner {seconds} $top "
        + " ".join(names)
        + "; rm -rf $top/w"
    )
    return split(linux(programs, command, work, timeout))[0]


def runs_here():
    """Returns True if the kernel itself runs 32-bit programs. Under QEMU they
    are told another machine's name."""
    try:
        name = subprocess.run(
            [f"{BUILD}/bin/uname", "-m"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return name.stdout.strip() == os.uname().machine


def native():
    """Returns True if this machine's own kernel is the oracle."""
    return not os.path.exists(KERNEL) and runs_here()


def install(program, root):
    """Copies a program of this machine, with its libraries, below root."""
    path = shutil.which(program)
    listing = subprocess.run(
        ["ldd", path], capture_output=True, text=True, check=True
    ).stdout
    for file in [path, *re.findall(r"(/\S+) \(", listing)]:
        os.makedirs(os.path.dirname(root + file), exist_ok=True)
        shutil.copy(file, root + file)


def install_libraries(folder):
    """Copies this machine's 32-bit libraries to a folder, as far as it has
    them."""
    os.makedirs(folder, exist_ok=True)
    for name in LIBRARIES:
        path = subprocess.run(
            ["gcc", "-m32", f"-print-file-name={name}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        if os.path.exists(path):
            shutil.copy(path, f"{folder}/{name}")


def prepare(root, folder, command, programs):
    """Fills root with our own shell and utilities, some programs of this
    machine, and the folder as /work."""
    for name in ("dev", "proc", "tmp", "usr"):
        os.makedirs(f"{root}/{name}")
    shutil.copytree(
        f"{BUILD}/bin", f"{root}/bin", ignore=shutil.ignore_patterns("*.elf")
    )
    os.symlink("../bin", f"{root}/usr/bin")
    shutil.copytree(folder, f"{root}/work", symlinks=True)
    for program in programs:
        install(program, root)
    install_libraries(f"{root}/lib")
    shutil.copytree(f"{TOP}/user/etc", f"{root}/etc")
    for path, text in (("init", INIT), ("command", command + "\n")):
        with open(f"{root}/{path}", "w", encoding="utf-8") as file:
            file.write(text)
    os.chmod(f"{root}/init", 0o755)


def in_machine(folder, command, work, timeout, programs):
    """Boots Debian's kernel with the folder. Returns the command's output."""
    if not os.path.exists(KERNEL):
        pytest.skip("tools/linux found no kernel")
    root = f"{work}/root"
    prepare(root, folder, command, programs)
    return linux_vm.output_of(root, work, 512, timeout)


def linux(folder, command, work, timeout=300, programs=()):
    """Runs a shell command in the folder on Linux. Returns its output and
    complaints. The folder work is empty, for scratch files. programs are those
    of this machine that the command calls."""
    if not native():
        return in_machine(str(folder), command, str(work), timeout, programs)
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
            preexec_fn=default_signals,
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""
    return done.stdout
