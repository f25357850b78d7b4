"""strace on the host: the same lines as the host's strace prints for the same program, and what can be said without it."""
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD

BIN = os.path.join(BUILD, "bin")
STRACE = os.path.join(BIN, "strace")
ENV = {"PATH": BIN, "HOME": "/"}


def run(*command, **options):
    return subprocess.run([STRACE, *command], capture_output=True, text=True, env=ENV, timeout=20, **options)


def lines(tracer, command, cwd):
    """The traced lines, without what differs from run to run: addresses, times, process numbers."""
    subprocess.run([tracer, "-o", "trace", *command], cwd=cwd, env={**ENV, "TZ": "UTC"}, capture_output=True, timeout=20)
    text = (cwd / "trace").read_text()
    text = re.sub(r"\[ Process.*\]\n", "", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"tv_sec=\d+, tv_\wsec=\d+", "TIME", text)
    text = re.sub(r" \(20\d\d-\S+\)", " (DATE)", text)
    text = re.sub(r"(getp?pid\(\)|fork\(\)|time\(.*\)|waitpid\(.*\)) += \d+", r"\1 = NUMBER", text)
    return re.sub(r"si_pid=\d+|\"\d+\"\]|kill\(\d+|waitpid\(\d+", "NUMBER", text).split("\n")


LONG = "a-path-is-shown-whole-even-if-it-is-longer-than-other-strings"
COMMANDS = [["ls", "-l", "/bin/sh"], ["cat", "file", "missing"], ["stat", "/dev/null", "/etc", "/etc/passwd"], ["uname", "-a"],
            ["mkdir", "d"], ["rmdir", "d"], ["touch", "file"], ["touch", "-d", "2024-02-29 23:59:58", "file"], ["head", "-c", "3", "/bin/sh"], ["hexdump", "-C", "/etc/hostname"],
            ["env", "-i", f"{BIN}/true"], ["kill", "-0", "1"], ["ln", "-s", "file", "link"], ["sh", "-c", "umask 022; exec kill -2 $$"],
            ["cat", LONG], ["mkdir", "/".join([LONG] * 9)],
            ["sh", "-c", "exec kill -9 $$"], ["sh", "-c", "exec kill -11 $$"], ["sh", "-c", ": > new; exit 7"], ["pwd"], ["tail", "file"]]


@pytest.mark.skipif(not os.path.exists("/usr/bin/strace"), reason="the host has no strace")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_like_the_hosts(command, tmp_path):
    results = []
    for name, tracer in [("a", "/usr/bin/strace"), ("b", STRACE)]:
        folder = tmp_path / name / "same"
        folder.mkdir(parents=True)
        (folder / "file").write_text("one\ntwo\t\x01\x7f1\n")
        results.append([line.replace(str(tmp_path / name), "") for line in lines(tracer, [f"{BIN}/{command[0]}", *command[1:]], folder)])
    assert results[1] == results[0]


def test_form():
    text = run(f"{BIN}/cat", "/missing").stderr
    assert re.search(r'^execve\(".*/cat", \["[^"]*cat", "/missing"\], 0x\w+ /\* 2 vars \*/\) = 0$', text, re.M), text
    assert 'open("/missing", O_RDONLY)              = -1 ENOENT (No such file or directory)\n' in text
    assert "exit_group(1)                           = ?\n+++ exited with 1 +++\n" in text


def test_chosen_calls_and_status():
    result = run("-e", "trace=read,open", "cat", "/etc/passwd")
    assert result.returncode == 0 and set(re.findall(r"^(\w+)\(", result.stderr, re.M)) == {"read", "open"}
    assert "exit_group" not in run("-e", "!exit_group", "true").stderr
    assert run("sh", "-c", "exit 7").returncode == 7
    assert run("sh", "-c", "exec kill -15 $$").returncode == -15


def test_follow():
    """-f: each process with its number, cut lines continued."""
    text = run("-f", "sh", "-c", "true | cat; ls; exit 3").stderr
    assert len(re.findall(r"Process \d+ attached", text)) == 3
    assert len(re.findall(r"\+\+\+ exited with \d \+\+\+", text)) == 4
    assert text.count("<unfinished ...>\n") == len(re.findall(r"<\.\.\. \w+ resumed>", text))
    assert "si_code=CLD_EXITED" in text


def test_output_file(tmp_path):
    result = run("-f", "-o", str(tmp_path / "t"), "sh", "-c", "true; true")
    assert result.stderr == "" and all(re.match(r"\d+ +\S", line) for line in (tmp_path / "t").read_text().splitlines())


def test_summary():
    text = run("-c", "cat", "/etc/passwd", "/missing").stderr
    assert re.search(r"\d+ +2 +1 open$", text, re.M) and re.search(r"^100.00 .* total$", text, re.M), text


def test_long_strings():
    assert 'write(1, "%s"..., 100)' % ("x" * 32) in run("echo", "x" * 99).stderr
    assert 'write(1, "%s\\n", 100)' % ("x" * 99) in run("-s", "200", "echo", "x" * 99).stderr
    assert run("missing").returncode == 1
