"""The shell against dash, on Linux: each script in tests/shell must have the
same output and status with both."""
import os
import re
import shutil

import pytest

from conftest import BUILD, TOP
from linux import linux

SCRIPTS = os.path.join(TOP, "tests", "shell")
NAMES = sorted(os.listdir(SCRIPTS))

# Runs each script in an empty folder of its own, once with each shell. What
# it says on standard error is not compared.
COMMAND = """
top=$(pwd)
export PATH=/usr/bin:/bin HOME=/ LC_ALL=C
for script in scripts/*; do
	for shell in dash "$top/sh"; do
		mkdir w
		(cd w; exec $shell ../$script < ../$script > ../out 2>/dev/null)
		echo "==== $script ${shell##*/} $? $(($(wc -c < out)))"
		cat out; echo
		rm -rf w
	done
done
"""
HEADER = re.compile(rb"==== scripts/(\S+) (\w+) (\d+) (\d+)\n")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """(script, shell) -> (status, output)"""
    folder = tmp_path_factory.mktemp("shell")
    shutil.copytree(SCRIPTS, folder / "scripts")
    shutil.copy(os.path.join(BUILD, "bin", "sh"), folder)
    text = linux(folder, COMMAND, tmp_path_factory.mktemp("linux"),
                 timeout=600, programs=["dash"])
    found, at = {}, 0
    while match := HEADER.match(text, at):
        end = match.end() + int(match.group(4))
        found[match.group(1).decode(), match.group(2).decode()] = (
            int(match.group(3)), text[match.end():end].decode("latin-1"))
        at = end + 1
    return found


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_same_as_dash(name, results):
    assert results[name, "sh"] == results[name, "dash"]
