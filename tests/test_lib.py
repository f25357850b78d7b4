"""The ground, lib/, compiled for the host: the programs of tests/host/."""
import os
import subprocess

from conftest import TOP


def compiled(folder, name):
    """Compiles tests/host/NAME.c with lib/NAME.c. Returns the program."""
    program = os.path.join(folder, name)
    sources = [f"{TOP}/tests/host/{name}.c", f"{TOP}/lib/{name}.c"]
    flags = ["-O1", "-g", "-Wall", "-Wextra", "-fno-builtin"]
    subprocess.run(
        ["gcc", *flags, f"-I{TOP}/include", "-o", program, *sources],
        check=True,
        timeout=60,
    )
    return program


def test_tree(tmp_path):
    """Random operations on a tree against a sorted array."""
    program = compiled(tmp_path, "tree")
    for seed in range(1, 4):
        done = subprocess.run(
            [program, str(seed * 77777), "2000"],
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert (done.returncode, done.stdout) == (0, "ok\n")
