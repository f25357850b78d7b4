"""Builds and runs the explorers (tools/explore) in a copy of what they need."""
import os
import shutil
import subprocess

from conftest import TOP


def copy_parts(folder, parts):
    """Copies folders of the tree, and those that all explorers need."""
    for part in (*parts, "mm", "include", "lib", "tools/explore"):
        shutil.copytree(os.path.join(TOP, part), folder / part)
    return folder


def explore(folder, program, *arguments):
    """Builds an explorer and runs it. Returns what has ended."""
    program = f"build/explore/{program}"
    subprocess.run(
        ["make", "-s", "-f", "tools/explore/Makefile", program],
        cwd=folder,
        check=True,
        timeout=600,
    )
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )
