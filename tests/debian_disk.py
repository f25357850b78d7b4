"""Debian's programs (tests/debian/*) on a disk of make debian: all of them in
one machine, on Cowix and on Linux. Cowix's shell runs them in both."""
import fcntl
import os
import re
import shutil
import subprocess
import tempfile

import pytest

from conftest import BUILD, TOP
import linux_vm
from linux_vm import KERNEL

FOLDER = os.path.join(TOP, "tests/debian")
IMAGE = os.path.join(BUILD, "debian.img")
ROOT = os.path.join(BUILD, "debian/root")
UNREACHABLE = 3
SECONDS = 60  # for each program

# Runs each program in an empty /tmp, with a limit, in a group of its own. A
# line before the output says how it ended and how long the output is.
RUN = """export PATH=/bin:/sbin HOME=/root LC_ALL=C.UTF-8 TERM=vt100
for name in %s; do
	mount -t tmpfs tmpfs /tmp && chmod 1777 /tmp && cd /tmp
	perl -e '$SIG{ALRM} = sub { kill KILL => -$pid; exit 124 };
		if (!($pid = fork)) { setpgrp; exec "sh", @ARGV }
		alarm %d; wait; exit($? & 127 ? 128 + ($? & 127) : $? >> 8)' \\
		/mnt/$name < /dev/null > /run/out 2>&1
	echo "==== $name $? $(wc -c < /run/out)"
	cat /run/out
	cd / && umount /tmp 2> /dev/null
done
"""
INIT = """#!/bin/sh
mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -o remount,rw /
mkdir -p /dev/pts /dev/shm; mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm; chmod 1777 /dev/shm
ln -s /proc/self/fd /dev/fd
stty -opost < /dev/ttyS1
sh /mnt/run < /dev/null > /dev/ttyS1 2>&1
sync; poweroff
"""
HEADER = re.compile(rb"==== (\S+) (\d+) (\d+)\n")


def make(*words):
    """Runs make, and returns its output. Skips the test if the registry cannot
    be reached."""
    made = subprocess.run(
        ["make", "-s", *words],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    if f"Error {UNREACHABLE}" in made.stderr:
        pytest.skip("the registry of Debian's packages cannot be reached")
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


def build():
    """Makes build/debian.img if it is not there or older than the kernel."""
    tool = os.path.join(TOP, "tools/debian")
    with open(f"{BUILD}/debian.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(IMAGE) and os.path.getmtime(IMAGE) > max(
            map(os.path.getmtime, (tool, f"{BUILD}/kernel.bin"))
        ):
            return
        make("debian", "PACKAGES=")


def scripts(names, folder):
    """Puts the programs and what runs them into a folder."""
    os.makedirs(folder)
    for name in names:
        shutil.copy(os.path.join(FOLDER, name), folder)
    with open(f"{folder}/run", "w", encoding="utf-8") as file:
        file.write(RUN % (" ".join(names), SECONDS))


def split(output):
    """Returns name -> (status, output)."""
    results, at = {}, 0
    while match := HEADER.search(output, at):
        end = match.end() + int(match[3])
        results[match[1].decode()] = (int(match[2]), output[match.end() : end])
        at = end
    return results


def on_cowix(names, work, memory=64, emulator="qemu", floppy=None):
    """Runs programs on Cowix. The image stays as it is. Returns what split()
    does, and the messages of the kernel."""
    os.makedirs(work, exist_ok=True)
    scripts(names, f"{work}/scripts")
    second = f"{work}/scripts.img"
    subprocess.run(
        [f"{TOP}/tools/mkfs", "-q", "--overlay", f"{work}/scripts"]
        + ["--fs", "minix3", "--size", "1000", "-o", second],
        check=True,
    )
    options = ["-d", IMAGE, "-e", emulator, "-m", str(memory), "-v"]
    options += ["-t", str(SECONDS * len(names))]
    options += ["-f", floppy] if floppy else []
    for word in ("-drive", f"if=ide,index=1,format=raw,file={second}"):
        options.append(f"-q={word}")
    options.append("-q=-snapshot")
    done = subprocess.run(
        [f"{TOP}/tools/run", *options, "--"]
        + ["mount /dev/hdb /mnt && sh /mnt/run; audit"],
        capture_output=True,
        check=False,
    )
    return split(done.stdout), done.stdout[-2000:], done.stderr.decode()


def on_linux(names, work, timeout=900):
    """Runs programs on Debian's kernel in QEMU, from the same tree."""
    if not os.path.exists(KERNEL):
        pytest.skip("there is no kernel by tools/linux")
    extra = f"{work}/extra"
    os.makedirs(work, exist_ok=True)
    scripts(names, f"{extra}/mnt")
    os.makedirs(f"{extra}/usr/bin")
    for name in ("sh", "mount", "umount", "poweroff"):
        shutil.copy(f"{BUILD}/bin/{name}", f"{extra}/usr/bin")
    with open(f"{extra}/init", "w", encoding="utf-8") as file:
        file.write(INIT)
    os.chmod(f"{extra}/init", 0o755)
    subprocess.run(
        ["cp", "-a", "--reflink=auto", ROOT, f"{work}/root"], check=True
    )
    subprocess.run(["cp", "-a", f"{extra}/.", f"{work}/root"], check=True)
    output = linux_vm.output_of(f"{work}/root", work, 800, timeout)
    shutil.rmtree(f"{work}/root")
    return split(output)


def first_line(name):
    """Returns what a script says that it tries."""
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.readline().strip("# \n")


def table(ours, theirs):
    """Returns the rows of docs/programs.md."""
    rows = [
        "| program | what is tried | lines it prints | |",
        "|---|---|--:|---|",
    ]
    for name in sorted(theirs):
        result = "as on Linux"
        if ours.get(name) != theirs[name]:
            result = "differs" if name in ours else "does not run"
        lines = theirs[name][1].count(b"\n")
        rows.append(f"| {name} | {first_line(name)} | {lines} | {result} |")
    return "\n".join(rows) + "\n"


def main():
    """Runs all of them and writes the table."""
    names = sorted(os.listdir(FOLDER))
    build()
    with tempfile.TemporaryDirectory() as work:
        ours = on_cowix(names, f"{work}/cowix")[0]
        theirs = on_linux(names, f"{work}/linux")
    page = f"{TOP}/docs/programs.md"
    with open(page, encoding="utf-8") as file:
        before, rest = file.read().split("<!-- table -->\n")
    after = rest[rest.index("<!-- end") :]
    with open(page, "w", encoding="utf-8") as file:
        file.write(f"{before}<!-- table -->\n{table(ours, theirs)}{after}")


if __name__ == "__main__":
    main()
