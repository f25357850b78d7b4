"""The tools against the host's: Cowix's programs are Linux programs too.

Output, status and the files afterwards must be the same; messages may differ.
"""
import fcntl
import os
import pty
import random
import shlex
import shutil
import stat
import struct
import subprocess
import termios
import time

import pytest

from conftest import BUILD

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(BUILD, "bin")
ENVIRONMENT = {
    "PATH": "/bin:/usr/bin",
    "LC_ALL": "C",
    "TZ": "UTC0",
    "HOME": "/",
}
WORDS = (
    "one two three four five six seven eight nine ten eleven twelve".split()
)


def fixture(folder):
    """Makes the files that the commands below work on."""
    texts = {
        "words": "\n".join(WORDS) + "\n",
        "numbers": "".join(f"{i}\n" for i in range(1, 31)),
        "empty": "",
        "newline": "\n",
        "unended": "a\nb\nc",
        "blank": "a\n\nb\n\n\nc\n \n",
        "fields": "a:b:c\nd:e:f\n:x:\nno delimiter\nlast:one",
        "columns": "alpha beta gamma\n  two  words here\none\n\ttab\tbed\n",
        "left": "a\nb\nc\nd\nf\n",
        "right": "b\nd\ne\nf\ng\n",
        "double": "a\na\nb\nc\nc\nc\na\n",
        "marked": "1 x\n2 x\n3 y\n4 Y\n4 Y\n",
        "items": "one two  three\n'four five' \"six\" sev\\ en\n\n eight\n",
        "sections": "\\:\\:\\:\nhead\n\\:\\:\nbody\n\nbody\n\\:\nfoot\n",
        "lines": "a b\n  c d\n\ne\n",
        "code.c": "int main(void)\n{\n\treturn 0;\n}\n",
        "spaced": "One  two\n three \nfour\nsix\n",
        "spaces": "one two\nthree\nfour\t\nfive\n",
        "script": "2d\ns/e/E/\n",
        "script2": "#n\n# lines\ns/one/a\\\nb/\n"
        "/t/{\n  a\\\n  kept\\\n  two\n  p\n}\n",
        "tree/a": "x\n",
        "tree/b.c": "y\n" * 3000,
        "tree/sub/c.c": "z\n",
        "tree/sub/deep/d": "",
        "tree/.hidden": "h\n",
        "other/a": "x\n",
        "other/b.c": "y\nn\n",
        "other/sub/c.c": "q\n",
        "other/sub/extra": "e\n",
        "script.awk": "# lines\nfunction twice(x) {\n\treturn 2 * x\n}\n\n"
        "NR > v {\n\tprint NR, \\\n\t\ttwice(NR), $1\n}\n",
        "script2.awk": 'END { print "second" }\n',
        "defines": "#define E_ONE 1\n#define E_TWO 2 /* x */\n"
        "#define OTHER 3\n#define E_TEXT x\n#define E_UN 1\n",
        "long": "word " * 60 + "\n" + "\t\\\a\x01é\n",
    }
    for name, text in texts.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text.encode())
        os.utime(path, (1000000000, 1000000000))
    with open(os.path.join(folder, "binary"), "wb") as f:
        f.write(bytes(range(256)) + bytes(64) + b"end")
    with open(os.path.join(folder, "binary2"), "wb") as f:
        f.write(
            bytes(range(100))
            + b"!!"
            + bytes(range(102, 256))
            + bytes(64)
            + b"end"
        )
    os.makedirs(os.path.join(folder, "tree/void"))
    os.symlink("a", os.path.join(folder, "tree/link"))
    os.chmod(os.path.join(folder, "tree/a"), 0o751)
    os.utime(os.path.join(folder, "tree/sub/c.c"), (1100000000, 1100000000))


def snapshot(folder):
    """Returns names, modes, owners and contents of everything in a folder."""
    found = {}
    for path, dirs, files in os.walk(folder):
        for name in dirs + files:
            full = os.path.join(path, name)
            content = (
                open(full, "rb").read()
                if name in files and not os.path.islink(full)
                else b""
            )
            st = os.lstat(full)
            found[os.path.relpath(full, folder)] = (
                stat.S_IMODE(st.st_mode),
                st.st_uid,
                st.st_gid,
                content,
            )
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("tools") / "files")
    fixture(path)
    PRISTINE.update(snapshot(path))
    return path


PRISTINE = {}


def run(program, arguments, data, folder):
    """Runs a program among the files.

    Returns what it printed and, if they changed, the files. Afterwards they
    are as before.
    """
    result = subprocess.run(
        [program, *arguments],
        input=data.encode(),
        capture_output=True,
        cwd=folder,
        env=ENVIRONMENT,
        timeout=20,
    )
    after = snapshot(folder)
    if after == PRISTINE:
        return result, None
    shutil.rmtree(folder)
    fixture(folder)
    return result, after


def compare(command, data, folder, normal=lambda out: out):
    name, *arguments = shlex.split(command)
    theirs, theirs_files = run(shutil.which(name), arguments, data, folder)
    ours, ours_files = run(os.path.join(BIN, name), arguments, data, folder)
    assert normal(ours.stdout) == normal(theirs.stdout), ours.stderr
    assert ours.returncode == theirs.returncode or (
        theirs.returncode and ours.stderr.startswith(b"usage:")
    ), ours.stderr
    assert bool(ours.stderr) == bool(theirs.stderr), (
        ours.stderr + theirs.stderr
    )
    assert ours_files == theirs_files


def cases(name):
    """Returns the commands of a file in tools/, one a line. A backslash at the
    end continues a line."""
    with open(os.path.join(HERE, "tools", name), encoding="utf-8") as f:
        lines = f.read().replace("\\\n", "").strip().split("\n")
    return [line for line in lines if line and not line.startswith("# ")]


OURS = (
    "awk basename cat chgrp chmod chown cmp comm cp cut date dd df dirname du "
    "env expr find grep head hexdump id kill ls touch"
).split()


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Returns a folder with only the programs that the scripts test."""
    path = tmp_path_factory.mktemp("programs")
    for name in OURS:
        os.symlink(os.path.join(BIN, name), path / name)
    return str(path)


@pytest.mark.parametrize("command", cases("scripts"))
def test_script(command, folder, programs):
    found = []
    for path in ("/usr/bin:/bin", f"{programs}:/usr/bin:/bin"):
        shell = ["-c", f"umask 022; PATH={path}; {command}"]
        result, files = run("/bin/sh", shell, "b\ninput\nx\n", folder)
        lines = result.stdout.split(b"\n")
        found.append(
            (
                sorted(lines) if "tree" in command else lines,
                bool(result.stderr),
                files,
                result,
            )
        )
    (*theirs, their_result), (*ours, our_result) = found
    assert ours == theirs, (our_result.stderr, their_result.stderr)
    status, usage = our_result.returncode, our_result.stderr.startswith(
        b"usage:"
    )
    assert status == their_result.returncode or (
        their_result.returncode and usage
    )


XARGS_INPUTS = [
    "one two  three\nfour\n\nfive",
    "",
    "'a b' \"c d\" e\\ f 'g'\"h\"\n",
    "\n\n",
    "  lead\ntrail  \n x",
    "a\0b c\0",
    "''\n",
]


@pytest.mark.parametrize("command", cases("sed"))
def test_sed(command, folder):
    compare(command, "standard\ninput\n", folder)


@pytest.mark.parametrize("command", cases("text"))
def test_text(command, folder):
    compare(command, "b\ninput\nx\n", folder)


@pytest.mark.parametrize("command", cases("small"))
def test_small(command, folder):
    def normal(out):
        return sorted(out.split(b"\n")) if command.startswith("du") else out

    compare(command, "", folder, normal)


@pytest.mark.parametrize("command", cases("posix"))
def test_posix(command, folder):
    """Checks what POSIX requires and Cowix once lacked."""
    compare(command, "b\ninput\nx\n", folder)


@pytest.mark.parametrize("command", cases("find"))
def test_find(command, folder):
    def normal(out):
        return sorted(out.replace(b"\0", b"\n").split(b"\n"))

    compare(command, "", folder, normal)


@pytest.mark.parametrize("data", XARGS_INPUTS)
@pytest.mark.parametrize("command", cases("xargs"))
def test_xargs(command, data, folder):
    if "\0" not in data or "-0" in command:
        compare(command, data, folder)


@pytest.mark.parametrize("command", cases("diff"))
def test_diff(command, folder):
    compare(command, "a\nb\n", folder)


def longest_common(a, b):
    """Returns the length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        new = [0]
        for i, y in enumerate(b):
            new.append(row[i] + 1 if x == y else max(row[i + 1], new[i]))
        row = new
    return row[-1]


def patched(old, difference):
    """Applies unified output without context. Returns the new lines."""
    new, at = [], 0
    for line in difference:
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            start = int(start) - (count != "0")
            new += old[at:start]
            at = start
        elif line.startswith("-"):
            assert old[at] == line[1:]
            at += 1
        elif line.startswith("+"):
            new.append(line[1:])
    return new + old[at:]


def test_diff_is_shortest_and_right(tmp_path):
    """Checks random files: diff's changes make one of the other, and are the
    fewest."""
    generator = random.Random(1)
    for _ in range(150):
        letters = "abcdefghij"[: generator.choice((2, 4, 10))]
        old, new = (
            [
                generator.choice(letters)
                for _ in range(generator.randint(0, 40))
            ]
            for _ in range(2)
        )
        (tmp_path / "old").write_text("".join(f"{x}\n" for x in old))
        (tmp_path / "new").write_text("".join(f"{x}\n" for x in new))
        result = subprocess.run(
            [f"{BIN}/diff", "-U0", "old", "new"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        difference = result.stdout.splitlines()[2:]
        assert patched(old, difference) == new
        assert sum(line[0] in "-+" for line in difference) == len(old) + len(
            new
        ) - 2 * longest_common(old, new)
        assert result.returncode == (old != new)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize(
    "command",
    [
        "chown 5 tree/a",
        "chown 5:6 tree/a words",
        "chown :7 words",
        "chown -R 5:6 tree",
        "chown root:root words",
        "chown no_such_user words",
        "chown 5 missing words",
        "chown",
        "chgrp 6 words",
        "chgrp -R 6 tree",
        "chgrp no_such_group words",
        "chgrp 6 missing",
        "chown -R daemon tree/sub words",
    ],
)
def test_owners(command, tmp_path):
    name, *arguments = shlex.split(command)
    found = []
    for program in (shutil.which(name), os.path.join(BIN, name)):
        folder = str(tmp_path / str(len(found)))
        fixture(folder)
        os.unlink(os.path.join(folder, "tree/link"))
        result = subprocess.run(
            [program, *arguments], capture_output=True, cwd=folder
        )
        owners = {
            os.path.relpath(os.path.join(path, f), folder): os.lstat(
                os.path.join(path, f)
            )[4:6]
            for path, dirs, files in os.walk(folder)
            for f in dirs + files
        }
        found.append((owners, result.returncode != 0, bool(result.stderr)))
    assert found[0] == found[1]


def test_time():
    result = subprocess.run(
        [f"{BIN}/time", "-p", "sh", "-c", "sleep 0.2; exit 3"],
        capture_output=True,
        text=True,
    )
    lines = dict(line.split() for line in result.stderr.splitlines())
    assert (
        result.returncode == 3
        and list(lines) == ["real", "user", "sys"]
        and 0.2 <= float(lines["real"]) < 5
    )
    assert (
        subprocess.run(
            [f"{BIN}/time", "no_such_program"], capture_output=True
        ).returncode
        == 127
    )


def test_tty():
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(f"{BIN}/tty", ["tty"])
    name = os.read(fd, 100)
    assert name.startswith(b"/dev/pts/") and os.waitpid(pid, 0)[1] == 0


class Pager:
    """Runs more on a terminal of 10 rows and 40 columns."""

    def __init__(self, *arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(
                1, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0)
            )
            os.execv(f"{BIN}/more", ["more", *arguments])

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def read(self, until):
        """Returns the output up to a text, or up to its end."""
        seen = b""
        end = time.monotonic() + 10
        while until.encode() not in seen and time.monotonic() < end:
            try:
                seen += os.read(self.fd, 1000)
            except OSError:
                break
        return seen.decode().replace("\r\n", "\n")

    def close(self):
        os.close(self.fd)
        return os.waitpid(self.pid, 0)[1]


def test_more(tmp_path):
    (tmp_path / "lines").write_text(
        "".join(f"line {i}\n" for i in range(1, 101))
    )
    pager = Pager(str(tmp_path / "lines"))
    assert pager.read("--More--").split("\n")[:9] == [
        f"line {i}" for i in range(1, 10)
    ]
    for key, first, last in (
        (" ", 10, 18),
        ("\r", 19, 19),
        ("b", 2, 10),
        ("/5\r", 5, 13),
        ("n", 15, 23),
    ):
        pager.press(key)
        screen = pager.read("--More--")
        lines = [
            line.split("\033[K")[-1].split("\033[J")[-1]
            for line in screen.split("\n")
        ]
        assert [line for line in lines if line.startswith("line ")] == [
            f"line {i}" for i in range(first, last + 1)
        ], key
    pager.press("q")
    pager.read("nothing more")
    assert pager.close() == 0


def test_more_on_the_console(machine):
    """Runs more inside Cowix, with keys from the keyboard and a pipe as
    standard input."""
    machine.wait_for("\n/root #")
    machine.type("seq 100 | more\n")
    machine.wait_for("\n24\n--More--")
    machine.type(" ")
    machine.wait_for("\n48\n--More--")
    machine.type("\n")
    machine.wait_for("\n49\n--More--")
    machine.type("b")
    machine.wait_for("2\n3\n4")
    machine.type("/70\n")
    machine.wait_for("70\n71\n")
    machine.type("q")
    machine.type("echo do'ne'\n")
    machine.wait_for("done")


def test_more_without_a_terminal(folder):
    result = subprocess.run(
        [f"{BIN}/more", "words", "left"], capture_output=True, cwd=folder
    )
    assert result.stdout == b"".join(
        open(os.path.join(folder, f), "rb").read() for f in ("words", "left")
    )


def test_sizes():
    """Checks the size of these tools together, since the floppy is small. What
    each says for --help is in it, some 350 bytes."""
    names = (
        "basename chgrp chown cmp comm cut diff dirname du expr find more nice "
        "nl od paste printf sed tee time tty uniq which xargs"
    ).split()
    assert sum(os.path.getsize(f"{BIN}/{name}") for name in names) < 232000
