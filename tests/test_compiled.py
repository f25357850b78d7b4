"""Static programs in Go and in Rust (compiled/hello.*), built for the i386 by
Debian's compilers: the same output and status on Cowix and on Linux."""
import os
import shutil
import subprocess

import pytest

from conftest import BUILD, TOP, cowix
from debian_disk import split
from linux import linux

SOURCES = os.path.join(TOP, "tests/compiled")
TARGET = "i686-unknown-linux-gnu"
RUST = os.path.join(BUILD, "debian/rust/root/usr/lib/rustlib", TARGET, "lib")
COMMAND = """export PATH=/bin:/usr/bin; unset RUST_BACKTRACE; top=$(pwd)
for name in %s; do
	mkdir $top/$name.d; cd $top/$name.d
	../$name < /dev/null > ../output 2>&1
	echo "==== $name $? $(wc -c < ../output)"; cat ../output
done"""


def build_go(output):
    """Returns whether the program in Go could be built."""
    compiler = shutil.which("go")
    if not compiler:
        return False
    words = [compiler, "build", "-ldflags=-s -w", "-o", output]
    subprocess.run(
        [*words, f"{SOURCES}/hello.go"],
        check=True,
        env={
            **os.environ,
            "CGO_ENABLED": "0",
            "GOARCH": "386",
            "GOCACHE": f"{BUILD}/debian/go",
        },
    )
    return True


def build_rust(output):
    """Returns whether the program in Rust could be built. Debian's compiler is
    not the one in PATH if there is another, too."""
    compiler = shutil.which("rustc", path="/usr/bin") or shutil.which("rustc")
    if not compiler:
        return False
    words = [compiler, "--target", TARGET, "-L", RUST, "-O", "-C"]
    words += ["target-feature=+crt-static", "-C", "strip=symbols"]
    done = subprocess.run(
        [*words, "-o", output, f"{SOURCES}/hello.rs"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 or "can't find crate" in done.stderr, done
    return done.returncode == 0


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Returns what the programs that could be built did on Cowix and on
    Linux, all in one machine."""
    work = str(tmp_path_factory.mktemp("compiled"))
    programs, empty = f"{work}/programs", f"{work}/empty"
    os.makedirs(programs)
    os.makedirs(empty)
    builders = {"go": build_go, "rust": build_rust}
    names = [name for name in builders if builders[name](f"{programs}/{name}")]
    if not names:
        return {}, {}
    disk = f"{work}/disk.img"
    subprocess.run(
        [f"{TOP}/tools/mkfs", "-q", "--overlay", programs]
        + ["--fs", "minix3", "--size", "20000", "-o", disk],
        check=True,
    )
    command = COMMAND % " ".join(names)
    drive = f"if=ide,format=raw,file={disk}"
    ours = cowix(
        f"mount /dev/hda /mnt; cd /mnt; {command}; audit",
        "-q=-drive",
        f"-q={drive}",
    )
    assert b"mismatches 0" in ours.out, ours.err
    return split(ours.out), split(linux(programs, command, empty))


@pytest.mark.parametrize("name", ["go", "rust"])
def test_compiled(outputs, name):
    ours, theirs = outputs
    if name not in theirs:
        pytest.skip(f"no compiler of {name} for the i386: docs/programs.md")
    assert theirs[name][0] == 42, theirs[name][1].decode()
    assert ours.get(name) == theirs[name]
