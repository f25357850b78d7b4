"""The shell against dash, on Linux: each script in tests/shell must give the
same output and status."""
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, TOP
from linux import linux

SCRIPTS = os.path.join(TOP, "tests", "shell")
OURS = os.path.join(BUILD, "bin", "sh")
NAMES = sorted(os.listdir(SCRIPTS))

# Runs each script in an empty folder of its own, once with each shell. Its
# standard error is not compared.
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
    """Returns (script, shell) -> (status, output)."""
    folder = tmp_path_factory.mktemp("shell")
    shutil.copytree(SCRIPTS, folder / "scripts")
    shutil.copy(os.path.join(BUILD, "bin", "sh"), folder)
    text = linux(
        folder,
        COMMAND,
        tmp_path_factory.mktemp("linux"),
        timeout=600,
        programs=["dash"],
    )
    found, at = {}, 0
    while match := HEADER.match(text, at):
        end = match.end() + int(match.group(4))
        found[match.group(1).decode(), match.group(2).decode()] = (
            int(match.group(3)),
            text[match.end() : end].decode("latin-1"),
        )
        at = end + 1
    return found


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_same_as_dash(name, results):
    assert results[name, "sh"] == results[name, "dash"]


@pytest.mark.parametrize(
    "command, status, out, err",
    [
        ("./elf", 126, "", "Exec format error"),
        ("exec ./elf", 126, "", "Exec format error"),
        ("./nul", 126, "", "Exec format error"),
        ("sh ./elf", 126, "", "Exec format error"),
        (". ./elf", 126, "", "Exec format error"),
        ("env ./elf", 126, "", "Exec format error"),
        ("./text " + "x " * 100, 0, "100\n", ""),
        ("./late", 0, "ran\n", ""),
        ("./empty", 0, "", ""),
        ("./folder", 126, "", "Permission denied"),
        ("./plain", 126, "", "Permission denied"),
        ("./plain/x", 127, "", "Not a directory"),
        ("./none", 127, "", "No such file"),
        ("none", 127, "", "not found"),
    ],
)
def test_what_is_no_program(command, status, out, err, tmp_path):
    """Checks that texts are scripts, and that binary files are refused."""
    for name, content in (
        ("elf", "\x7fELF\1\1\1\0\nrubbish\n"),
        ("nul", "a\0b\necho ran\n"),
        ("text", "echo $#\n"),
        ("late", "echo ran; exit\n\0\0"),
        ("empty", ""),
    ):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "plain").write_text("")
    (tmp_path / "folder").mkdir()
    path = os.path.join(BUILD, "bin") + ":/usr/bin:/bin"
    process = subprocess.run(
        [OURS, "-c", command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": path},
    )
    assert (process.returncode, process.stdout) == (status, out)
    assert err in process.stderr and bool(err) == bool(process.stderr)


def test_dollar_quotes():
    """Checks $'...' of POSIX 2024, which dash lacks."""
    text = r"""printf '%s|' $'a\nb' "$'x'" x$'\t'y $'\x41\101\cA\'\\\"' '$'a"""
    process = subprocess.run([OURS, "-c", text], capture_output=True)
    assert process.stdout == b"a\nb|$'x'|x\ty|AA\1'\\\"|$a|"
