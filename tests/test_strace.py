"""strace on the host: its lines must equal those of the host's strace."""
import os
import re
import shlex
import shutil
import subprocess

import pytest

from conftest import BUILD, cowix, guest_floppy
from linux import linux

BIN = os.path.join(BUILD, "bin")
STRACE = os.path.join(BIN, "strace")
HOST = "/usr/bin/strace"
ENV = {"PATH": BIN, "HOME": "/"}


def plain(text, folder):
    """Returns the traced lines without what differs from run to run:
    addresses, times, process numbers, the folder."""
    text = text.replace(folder, "")
    text = re.sub(r"\[ Process.*\]\n", "", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"tv_sec=\d+, tv_\wsec=\d+", "TIME", text)
    text = re.sub(r" \(20\d\d-\S+\)", " (DATE)", text)
    text = re.sub(
        r"(getp?pid\(\)|fork\(\)|time\(.*\)|waitpid\(.*\)) += \d+",
        r"\1 = NUMBER",
        text,
    )
    return re.sub(
        r"si_pid=\d+|\"\d+\"\]|kill\(\d+|waitpid\(\d+", "NUMBER", text
    ).split("\n")


LONG = "a-path-is-shown-whole-even-if-it-is-longer-than-other-strings"
COMMANDS = [
    ["ls", "-l", "/bin/sh"],
    ["cat", "file", "missing"],
    ["stat", "/dev/null", "/etc", "/etc/passwd"],
    ["uname", "-a"],
    ["mkdir", "d"],
    ["rmdir", "d"],
    ["touch", "file"],
    ["touch", "-d", "2024-02-29 23:59:58", "file"],
    ["head", "-c", "3", "/bin/sh"],
    ["hexdump", "-C", "/etc/hostname"],
    ["env", "-i", f"{BIN}/true"],
    ["kill", "-0", "1"],
    ["ln", "-s", "file", "link"],
    ["sh", "-c", "umask 022; exec kill -2 $$"],
    ["cat", LONG],
    ["mkdir", "/".join([LONG] * 9)],
    ["sh", "-c", "exec kill -9 $$"],
    ["sh", "-c", "exec kill -11 $$"],
    ["sh", "-c", ": > new; exit 7"],
    ["pwd"],
    ["tail", "file"],
]


# One folder for each tracer and command, all with the same name at the end.
SCRIPT = r"""
trace() {
	mkdir -p $1/$2/same
	(cd $1/$2/same && printf 'one\ntwo\t\001\1771\n' > file &&
		export PATH=$bin HOME=/ TZ=UTC && shift 2 &&
		"$@" >/dev/null 2>&1)
}
here=$(pwd)
host=/usr/bin/strace
ours=$here/bin/strace
"""


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    """Traces each command on Linux by the host's strace and ours. Returns
    number -> the two texts."""
    folder = tmp_path_factory.mktemp("strace")
    shutil.copytree(
        BIN, folder / "bin", ignore=shutil.ignore_patterns("*.elf")
    )
    command = SCRIPT + "bin=$here/bin\n"
    for number, words in enumerate(COMMANDS):
        call = " ".join(map(shlex.quote, words)).replace(BIN, "$here/bin")
        for name in ("host", "ours"):
            command += (
                f"trace {name} {number} ${name} -o trace " f"$bin/{call}\n"
            )
    for number in range(len(COMMANDS)):
        for name in ("host", "ours"):
            command += f"echo; echo ==== {name} {number}\n"
            command += f"cat {name}/{number}/same/trace\n"
    text = linux(
        folder, command, tmp_path_factory.mktemp("linux"), programs=["strace"]
    ).decode()
    found = re.split(r"\n==== (\w+) (\d+)\n", text)
    return {
        (name, int(number)): lines
        for name, number, lines in zip(found[1::3], found[2::3], found[3::3])
    }


@pytest.mark.skipif(not os.path.exists(HOST), reason="no strace here")
@pytest.mark.parametrize(
    "number", range(len(COMMANDS)), ids=[" ".join(words) for words in COMMANDS]
)
def test_like_the_hosts(number, traces):
    """Checks our trace against the host's, line by line."""
    host, ours = (
        plain(traces[name, number], f"/{name}/{number}")
        for name in ("host", "ours")
    )
    assert len(host) > 2 and ours == host


RUNS = {
    "form": "cat /missing",
    "chosen": "-e trace=read,open cat /etc/passwd",
    "others": "-e !exit_group true",
    "status": "sh -c 'exit 7'",
    "signal": "sh -c 'exec kill -15 $$'",
    "follow": "-f sh -c 'true | cat; ls; exit 3'",
    "file": "-f -o t sh -c 'true; true'",
    "t": "cat t",
    "summary": "-c cat /etc/passwd /missing",
    "short": "echo " + "x" * 99,
    "long": "-s 200 echo " + "x" * 99,
    "missing": "missing",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Returns what our strace prints in each of RUNS, and its status."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(
        BIN, folder / "bin", ignore=shutil.ignore_patterns("*.elf")
    )
    command = "export PATH=$(pwd)/bin HOME=/\n"
    for name, words in RUNS.items():
        tracer = "cat t >&2; : " if name == "t" else "strace "
        command += (
            f"echo; echo ==== {name}\n{{ {tracer}{words}; }} 2>&1 "
            "> /dev/null\nprintf '\\nstatus %d\\n' $?\n"
        )
    text = linux(folder, command, tmp_path_factory.mktemp("linux")).decode()
    found = re.findall(r"\n==== (\w+)\n(.*?)\nstatus (\d+)(?=\n)", text, re.S)
    return {name: (said, int(status)) for name, said, status in found}


def test_form(runs):
    text, _ = runs["form"]
    assert re.search(
        r'^execve\(".*/cat", \["cat", "/missing"\], '
        r"0x\w+ /\* \d vars \*/\) = 0$",
        text,
        re.M,
    ), text
    assert (
        'open("/missing", O_RDONLY)              = '
        "-1 ENOENT (No such file or directory)\n"
    ) in text
    assert (
        "exit_group(1)                           = ?\n"
        "+++ exited with 1 +++\n"
    ) in text


def test_chosen_calls_and_status(runs):
    assert set(re.findall(r"^(\w+)\(", runs["chosen"][0], re.M)) == {
        "read",
        "open",
    }
    assert "exit_group" not in runs["others"][0]
    assert [runs[name][1] for name in ("chosen", "status", "signal")] == [
        0,
        7,
        128 + 15,
    ]


def test_follow(runs):
    """Checks -f: each process has its number, and cut lines are continued."""
    text, _ = runs["follow"]
    assert len(re.findall(r"Process \d+ attached", text)) == 3
    assert len(re.findall(r"\+\+\+ exited with \d \+\+\+", text)) == 4
    assert text.count("<unfinished ...>\n") == len(
        re.findall(r"<\.\.\. \w+ resumed>", text)
    )
    assert "si_code=CLD_EXITED" in text


def test_output_file(runs):
    assert runs["file"] == ("", 0)
    lines = runs["t"][0].splitlines()
    assert lines and all(re.match(r"\d+ +\S", line) for line in lines)


def test_summary(runs):
    text, _ = runs["summary"]
    assert re.search(r"\d+ +2 +1 open$", text, re.M), text
    assert re.search(r"^100.00 .* total$", text, re.M), text


def test_long_strings(runs):
    assert 'write(1, "%s"..., 100)' % ("x" * 32) in runs["short"][0]
    assert 'write(1, "%s\\n", 100)' % ("x" * 99) in runs["long"][0]
    assert runs["missing"][1] == 1


# Programs of several processes: the image, and what is traced. What the
# processes do at the same time is not compared.
FAMILIES = {
    "pipe": ("threads", "sh -c 'ls /missing | wc; (echo a; echo b) & wait'"),
    "stop": (
        "threads",
        'sh -c \'sh -c "sleep 1; kill -STOP \\$\\$; exit 3" & sleep 2; '
        "kill -CONT $!; sleep 1'",
    ),
    "threads": ("threads", "threads exec_ends_the_others"),
    "vfork": ("vfork", "vfork many"),
}
TRACED = "clone,execve,exit,exit_group,fork,kill,tkill,vfork,write"


def by_process(text):
    """Returns the lines of each process, sorted, without numbers of processes,
    addresses, times, and where lines were cut. The ends of two children may be
    one signal, so they are left out."""
    processes = {}
    for line in text.splitlines():
        pid, line = re.fullmatch(r"(\d+) +(.*)", line).groups()
        processes.setdefault(int(pid), []).append(line)
    for pid, lines in processes.items():
        whole = "\n".join(
            line
            for line in lines
            if not re.search("CLD_(EXITED|KILLED)", line)
        )
        whole = re.sub(
            r" <unfinished \.\.\.>\n<\.\.\. \w+ resumed>", "", whole
        )
        whole = re.sub(
            r" <unfinished \.\.\.>(\n\+\+\+ killed)", r") = ?\1", whole
        )
        # Another thread's exec ends this one before its exit, or in clone(),
        # which has succeeded.
        whole = re.sub(r"\nexit\(0\) += \?(\n\+\+\+ superseded)", r"\1", whole)
        whole = re.sub(
            r"(clone\(.*) <unfinished \.\.\.>(\n\+\+\+ superseded)",
            r"\1) = NUMBER\2",
            whole,
        )
        whole = re.sub(r"0x[0-9a-f]{6,} /\* \d+", "ENVIRONMENT", whole)
        whole = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", whole)
        whole = re.sub(r"_([us])time=\d+", r"_\1time=TIME", whole)
        whole = re.sub(r" +(=|ADDRESS\))(?= )", r" \1", whole)
        whole = re.sub(r'"[^"]*/(bin|tests)/', r'"/\1/', whole)
        whole = re.sub(
            r"((fork|clone)\(.*\) = |si_pid=|kill\(-?|in pid )\d+",
            r"\1NUMBER",
            whole,
        )
        processes[pid] = whole.split("\n")
    return sorted(processes.values())


@pytest.mark.parametrize("name", FAMILIES)
def test_families(name, tmp_path):
    """Follows processes made by fork, vfork and clone, over exec and stops, in
    Cowix. Each process does what it does on Linux."""
    image, words = FAMILIES[name]
    command = (
        "PATH=$top/bin:$top/tests HOME=/; mkdir w; cd w; "
        f"strace -f -s 6 -o t -e {TRACED} {words} > o 2>&1 || echo failed; "
        "cat t"
    )
    (tmp_path / "linux").mkdir()
    shutil.copytree(
        BIN, tmp_path / "root/bin", ignore=shutil.ignore_patterns("*.elf")
    )
    shutil.copytree(
        os.path.join(BUILD, "tests"),
        tmp_path / "root/tests",
        ignore=lambda _, names: set(names) - {image},
    )
    theirs = linux(
        tmp_path / "root",
        f"top=$(pwd); export PATH HOME; {command}",
        tmp_path / "linux",
    ).decode()
    ours = cowix(
        f"top=; cd /tmp; export PATH HOME; {command}",
        image=guest_floppy(image),
    )
    assert ours.status == 0, ours.err
    theirs, ours = by_process(theirs), by_process(ours.out.decode())
    assert len(theirs) > 2 and ours == theirs
