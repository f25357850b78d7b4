"""What stops a newcomer in the first hour: setup on all kinds of machines, both
versions of Bochs, gdb beside a running kernel. make first-hour does it all on a
bare Debian."""
import os
import re
import shutil
import subprocess

import pexpect
import pytest

from conftest import BUILD, FLOPPY, TOP, cowix, load_tool

SECONDS = 600  # for what an emulator does, on a loaded machine
STUBS = {
    # What is installed is in a file, a name a line.
    "dpkg-query": 'for last; do :; done\ngrep -qx "$last" installed &&\n'
    "\techo install ok installed\n",
    "apt-get": 'echo "apt-get $*" >> log\ncase " $* " in\n'
    '*" update "*) exit ${UPDATE:-0} ;;\n'
    '*" -s "*) echo "Remv $CONFLICT [1.0]"; exit ;;\n'
    '*" --no-remove "*) [ -z "$CONFLICT" ] || exit 100 ;;\nesac\n'
    'for word; do echo "$word" >> installed; done\n',
    "apt-cache": 'echo "  Depends: cpp"\necho "  Depends: gcc-14"\n',
    "sudo": 'echo "sudo $*" >> log\nexec "$@"\n',
    "make": 'echo "make $*"\n',
    "id": "echo ${ID:-0}\n",
    "uname": "echo ${MACHINE:-x86_64}\n",
}
REAL = "sh env dirname grep sed head tr cat true".split()


class Computer:
    """A folder with the tree's tools, and a PATH with nothing but stubs."""

    def __init__(self, folder):
        self.folder, self.bin = folder, folder / "bin"
        shutil.copytree(f"{TOP}/tools", folder / "tools")
        shutil.copy(f"{TOP}/bochsrc", folder)
        (folder / "docs").mkdir()
        shutil.copy(f"{TOP}/docs/systems.md", folder / "docs")
        (folder / "build").mkdir()
        self.bin.mkdir()
        for name in REAL:
            (self.bin / name).symlink_to(shutil.which(name))
        for name, text in STUBS.items():
            self.add(name, text)
        (folder / "installed").touch()
        (folder / "log").touch()

    def add(self, name, text):
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)

    def remove(self, name):
        (self.bin / name).unlink()

    def environment(self, **more):
        return {"PATH": str(self.bin), **more}

    def setup(self, *wishes, **environment):
        """Returns the status and the output of tools/setup."""
        done = subprocess.run(
            ["sh", "tools/setup", *wishes],
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout

    def asked(self, text):
        """Returns the lines of what apt-get and sudo were asked that hold
        text."""
        lines = (self.folder / "log").read_text().split("\n")
        return [line for line in lines if text in line]


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


def test_setup_installs_what_is_missing(computer):
    (computer.folder / "installed").write_text("make\nnasm\n")
    status, text = computer.setup("run")
    assert status == 0 and text.endswith("make run\n"), text
    (line,) = computer.asked(" install ")
    words = line.split()
    assert "--no-remove" in words and "lib32gcc-14-dev" in words
    assert "bochs-term" in words and "qemu-system-gui" not in words
    assert not {"make", "nasm", "python3-pytest", "gcc-multilib"} & set(words)
    assert computer.setup("run") == (0, "make run\n")
    assert len(computer.asked(" install ")) == 1


def test_setup_for_a_display(computer):
    computer.setup("bochs", DISPLAY=":0")
    (line,) = computer.asked(" install ")
    assert " qemu-system-gui bochs-x" in line and "bochs-term" not in line


def test_setup_for_the_tests(computer):
    computer.add("gcc", "echo 12\n")
    computer.setup("test", "SHORT=1")
    (line,) = computer.asked(" install ")
    for package in ("python3-pytest-xdist", "libc6-dev-i386", "lib32gcc-12"):
        assert package in line


def test_setup_without_new_lists(computer):
    status, text = computer.setup("run", UPDATE="100")
    assert status == 0 and "going on with those there are" in text
    assert computer.asked(" install ") and text.endswith("make run\n")


def test_setup_removes_nothing(computer):
    status, text = computer.setup("run", CONFLICT="gcc-arm-none-eabi")
    assert status == 1 and "make run" not in text
    assert "would be removed: gcc-arm-none-eabi" in text
    assert "nothing has been changed" in text
    assert all("--no-remove" in x or " -s " in x for x in computer.asked(" -y"))


@pytest.mark.parametrize("answer", ["n", "y"])
def test_setup_asks(computer, answer):
    """Packages go only when that is agreed to."""
    child = pexpect.spawn(
        "sh",
        ["tools/setup", "run"],
        cwd=str(computer.folder),
        env=computer.environment(CONFLICT="gcc-arm-none-eabi"),
        timeout=60,
    )
    child.expect(r"Remove them\? \[y/N\] ")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    changed = [
        line
        for line in computer.asked("apt-get install")
        if "--no-remove" not in line
    ]
    assert (child.exitstatus == 0, bool(changed)) == (answer == "y",) * 2


def test_setup_by_an_ordinary_user(computer):
    status, _ = computer.setup("run", ID="1000")
    assert status == 0
    assert computer.asked("sudo apt-get update")
    assert computer.asked("sudo env DEBIAN_FRONTEND=noninteractive apt-get")


@pytest.mark.parametrize("sudo", ["", "echo not in the sudoers file; exit 1"])
def test_setup_without_sudo(computer, sudo):
    computer.remove("sudo")
    if sudo:
        computer.add("sudo", sudo)
    status, text = computer.setup("run", ID="1000")
    assert status == 1 and not computer.asked("apt-get")
    assert "As root, type:\n    apt-get install" in text and " nasm " in text


def test_setup_on_another_processor(computer):
    status, text = computer.setup("run", MACHINE="aarch64")
    assert status == 0
    assert text.endswith("make CROSS_COMPILE=i686-linux-gnu- run\n")
    assert " gcc-i686-linux-gnu" in computer.asked(" install ")[0]


@pytest.mark.parametrize("manager", ["dnf", "pacman", "zypper", "brew"])
def test_setup_elsewhere(computer, manager):
    """Without dpkg it names what is missing, and what to type."""
    computer.remove("dpkg-query")
    computer.add(manager, "")
    status, text = computer.setup("run")
    assert status == 1 and "nasm qemu-system-i386 python3 i686-elf-gcc" in text
    assert re.search(rf"^    .*{manager} .*nasm", text, re.M), text
    for name in ("nasm", "qemu-system-i386", "python3", "my-gcc"):
        computer.add(name, "")
    status, text = computer.setup("run", CROSS_COMPILE="my-")
    assert (status, text) == (0, "make run\n")


def test_other_cross_compiler(tmp_path):
    """CROSS_COMPILE is used for all of it, and builds the same."""
    for name in ("gcc", "ld", "ar", "nm", "objcopy", "objdump"):
        path = tmp_path / f"i686-elf-{name}"
        option = " -m32" if name == "gcc" else ""
        path.write_text(f'#!/bin/sh\nexec {name}{option} "$@"\n')
        path.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    command = ["make", "CROSS_COMPILE=i686-elf-", f"BUILD={tmp_path}/build"]
    shown = subprocess.run(
        [*command, "-n", "V=1", "all"],
        cwd=TOP,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert shown.returncode == 0, shown.stderr
    assert "i686-elf-objcopy" in shown.stdout
    assert not re.search(
        r"(?:^|[ \t])(?:gcc|ld|ar|nm|objcopy|objdump) -", shown.stdout, re.M
    )
    programs = [f"build/bin/{name}" for name in ("true", "cat")]
    done = subprocess.run(
        [*command, "-s", *(f"{tmp_path}/{name}" for name in programs)],
        cwd=TOP,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    for name in programs:
        with open(f"{TOP}/{name}", "rb") as file:
            assert (tmp_path / name).read_bytes() == file.read()


FAKE_BOCHS = """
case $* in
--help) printf '  -unlock\\n%s  -rc filename\\n' "$HELP"; exit ;;
esac
echo "bochs $*" >> log
echo "$LAST" > build/bochs.log
exit 1
"""


@pytest.mark.parametrize("help_text", ["", "  -debugger   start\n"])
@pytest.mark.parametrize("what", ["", "debug", "bochsrc"])
def test_bochs_versions(computer, help_text, what):
    """Only where there is the option, and a debugger is wanted."""
    bochs = computer.add("bochs", FAKE_BOCHS)
    status = subprocess.run(
        ["sh", "tools/bochs/run", *what.split()],
        cwd=computer.folder,
        env={**os.environ, "BOCHS": bochs, "HELP": help_text},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    ).returncode
    (line,) = computer.asked("bochs ")
    assert status == 1
    assert ("-debugger" in line) == bool(help_text and what)


def test_bochs_is_missing(computer):
    done = subprocess.run(
        ["sh", "tools/bochs/run"],
        cwd=computer.folder,
        env=computer.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and "sh tools/setup bochs" in done.stderr


@pytest.mark.parametrize("displays", ["none\ncurses", "none\ngtk\nsdl"])
def test_windows_of_qemu(computer, displays):
    """Says so if there is none, and uses the terminal."""
    qemu = computer.add(
        "qemu",
        f'case $* in *help*) echo "{displays}"; exit ;; esac\n'
        'echo "qemu $*"\n',
    )
    text = subprocess.run(
        ["sh", "tools/qemu"],
        cwd=computer.folder,
        env={**os.environ, "QEMU": qemu, "DISPLAY": ":0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    window = "gtk" in displays
    assert ("-serial vc" in text) == window
    assert ("-serial mon:stdio" in text) == (not window)
    assert ("type: sh tools/setup run" in text) == (not window)


def spawn(computer, *command):
    """Types a command of make at a terminal without a display."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "COWIX_DISPLAY")
    }
    shutil.copyfile(FLOPPY, computer.folder / "build" / "cowix.img")
    return pexpect.spawn(
        command[0],
        list(command[1:]),
        cwd=str(computer.folder),
        env={**environment, "TERM": "dumb"},
        timeout=SECONDS,
    )


def test_debug(computer):
    """Ctrl-C beside gdb stops the kernel and not QEMU. Meanwhile the shell is
    in another terminal."""
    os.symlink(f"{BUILD}/kernel.elf", computer.folder / "build/kernel.elf")
    gdb = spawn(computer, "sh", "tools/qemu", "debug")
    prompt = r"\(gdb\) $"
    gdb.expect(prompt)
    console = pexpect.spawn(
        "python3",
        ["tools/console"],
        cwd=str(computer.folder),
        timeout=SECONDS,
    )
    console.expect("Enter shows the prompt")
    for answer in ("42", "56"):
        gdb.sendline("continue")
        gdb.expect("Continuing")
        while console.expect([r"# $", pexpect.TIMEOUT], timeout=3):
            console.send("\r")
        console.send(f"echo $(({answer[0]} * 10 + {answer[1]}))\r")
        console.expect(rf"\n{answer}\r")
        gdb.sendintr()
        gdb.expect("SIGINT")
        gdb.expect(prompt)
    gdb.sendline("quit")
    gdb.expect(pexpect.EOF)
    gdb.close()
    assert gdb.exitstatus == 0
    console.expect("the line is closed")
    console.expect(pexpect.EOF)


def test_console_without_a_machine(computer):
    done = subprocess.run(
        ["python3", "tools/console"],
        cwd=computer.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and "make debug starts one" in done.stderr


def test_bochs_without_a_display(computer):
    """The shell is in the terminal, and poweroff is a good end."""
    child = spawn(computer, "sh", "tools/bochs/run")
    child.expect("poweroff leaves")
    child.expect("# $")
    child.send("echo $((6 * 7))\r")
    child.expect(r"\n42\r")
    child.send("poweroff\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_run_finds_what_a_shell_finds():
    """/etc/rc has mounted everything, and strace -f follows a child."""
    result = cowix(
        "cat /proc/version; mount; echo x > /tmp/y; ls /tmp; "
        "strace -f sh -c 'ls /mnt; true' 2>&1 | grep execve"
    )
    text = result.out.decode()
    assert result.status == 0 and text.startswith("Cowix version "), text
    for place in ("/proc", "/tmp", "/dev/pts", "/dev/shm"):
        assert f" {place} " in text
    assert "\ny\n" in text
    assert re.search(r"^\[pid +\d+\] execve\(\"/bin/ls\"", text, re.M), text


def test_report(tmp_path, monkeypatch):
    """A suite's section is replaced by a new one; others stay."""
    tool = load_tool("first-hour")
    document = tmp_path / "hour.md"
    document.write_text("# Hour\n\n## sid\n\nold\n\n## trixie\n\nkept\n")
    monkeypatch.setattr(tool, "DOCUMENT", str(document))
    tool.save("sid", "## sid\n\nnew\n")
    tool.save("bookworm", "## bookworm\n\nnewest\n")
    assert document.read_text() == (
        "# Hour\n\n## sid\n\nnew\n\n## trixie\n\nkept\n\n"
        "## bookworm\n\nnewest\n"
    )
    text = "a.c:1: warning: x\nb.asm:2: warning: 4 [-w+user]"
    assert tool.warnings(text) == ["a.c:1: warning: x"]


@pytest.mark.parametrize("suite", ["bookworm", "trixie", "sid"])
def test_document(suite):
    """docs/first-hour.md tells of every suite, and of no stumble."""
    with open(f"{TOP}/docs/first-hour.md", encoding="utf-8") as file:
        section = re.search(
            rf"^## {suite}$.*?(?=^## |\Z)", file.read(), re.M | re.S
        )
    assert section and "No stumbles." in section[0]
    assert section[0].count("\n| ") == 11  # a head, five steps for each
