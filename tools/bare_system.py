"""Places where a first hour is tried: a bare Debian, or this machine.

A bare Debian is what debootstrap makes, and the tree as git archive gives it.
Each command runs in namespaces of its own. With its last process all the others
are gone, and so is what was mounted: nothing is left that could be in the way.
"""
import os
import shlex
import shutil
import subprocess

import pexpect

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PICTURES = os.path.join(TOP, "build", "first-hour")
HOME = "/cowix"  # where the tree is
USER, PASSWORD = "student", "secret"
SCREEN = "-screen 0 1024x768x24"
# What runs first in the namespaces: $1 is the folder, $2 where packages are
# kept, and then comes the command.
ENTER = """
mount --rbind /dev "$1/dev" &&
mount --bind "$2" "$1/var/cache/apt/archives" &&
folder=$1 && shift 2 && exec chroot "$folder" "$@"
"""


def sh(*command, **options):
    subprocess.run(command, check=True, **options)


def remove(folder):
    """Removes a folder. Were something still mounted there, that would go,
    too."""
    with open("/proc/mounts", encoding="utf-8") as file:
        if f" {folder}/" in file.read():
            raise OSError(f"{folder}: something is mounted there")
    shutil.rmtree(folder)


class Here:
    """This machine, with the tree as it is, and the terminal alone."""

    name = "this machine"

    def spawn(self, command, seconds):
        command = f"unset DISPLAY WAYLAND_DISPLAY; {command}"
        return pexpect.spawn(
            "/bin/sh", ["-c", command], cwd=TOP, timeout=seconds
        )


class BareSystem:
    """A Debian in a folder, for root or for an ordinary user with a display."""

    def __init__(self, suite, base, folder, user=None):
        """Copies base into a folder below that one, and adds the tree."""
        self.suite, self.user = suite, user
        self.folder = os.path.join(folder, user or "root")
        self.packages = os.path.join(folder, "packages")
        self.name = f"{user}, display" if user else "root"
        # Systems at work at the same time share the names of displays.
        self.display = 100 + os.getpid() % 10000 if user else None
        os.makedirs(f"{self.packages}/partial", exist_ok=True)
        sh("cp", "-a", base, self.folder)
        os.makedirs(f"{self.folder}{HOME}")
        tree = subprocess.run(
            ["git", "archive", "HEAD"],
            cwd=TOP,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        sh("tar", "x", "-C", f"{self.folder}{HOME}", input=tree)
        if user:
            self.add_user()

    def add_user(self):
        """Adds who sits at a desktop: a user with sudo, and an X server."""
        self.as_root(
            "apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get "
            "install -q -y --no-install-recommends sudo xvfb && "
            f"useradd -m -s /bin/bash -G sudo {USER} && "
            f"echo {USER}:{PASSWORD} | chpasswd && "
            f"chown -R {USER} {HOME}"
        )

    def enter(self, *command):
        return (
            "unshare --mount --pid --fork --kill-child "
            f"--mount-proc={self.folder}/proc sh -c"
        ).split() + [ENTER, "enter", self.folder, self.packages, *command]

    def as_root(self, command):
        result = subprocess.run(
            self.enter("/bin/sh", "-c", command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            raise OSError(f"{command}:\n{result.stdout[-2000:]}")
        return result.stdout

    def output(self, command):
        return self.as_root(f"cd {HOME} && {{ {command}; }}")

    def spawn(self, command, seconds):
        """Types a command, as the user whose system this is. script gives it
        a terminal of its own: the host's is of processes that are not here.
        It is not the first process, which would have to reap others."""
        command = f"cd {HOME} && {command}"
        if self.user:
            number = self.display
            server = f"Xvfb :{number} {SCREEN} -fbdir /tmp"
            command = (
                f"rm -f /tmp/.X{number}-lock /tmp/.X11-unix/X{number}; "
                f"{server} >/dev/null 2>&1 & "
                f"until [ -e /tmp/.X11-unix/X{number} ]; "
                "do sleep 0.1; done; "
                f"su {USER} --session-command "
                + shlex.quote(f"export DISPLAY=:{number}; {command}")
            )
        script = f"script -qec {shlex.quote(command)} /dev/null; exit $?"
        program, *arguments = self.enter("/bin/sh", "-c", script)
        return pexpect.spawn(program, arguments, timeout=seconds)

    def screen(self):
        """Returns width, height and the pixels, as blue, green, red and a byte
        of nothing: an X window dump is a header, colours, and those."""
        with open(f"{self.folder}/tmp/Xvfb_screen0", "rb") as file:
            dump = file.read()
        words = [
            int.from_bytes(dump[i : i + 4], "big") for i in range(0, 100, 4)
        ]
        header, width, height, line, colours = (
            words[i] for i in (0, 4, 5, 12, 19)
        )
        begin = header + 12 * colours
        return width, height, dump[begin : begin + height * line]

    def keep_picture(self, name):
        """Writes what is on the screen as build/first-hour/SUITE-name.ppm."""
        width, height, pixels = self.screen()
        colours = bytearray(3 * width * height)
        for channel in range(3):
            colours[channel::3] = pixels[2 - channel :: 4]
        os.makedirs(PICTURES, exist_ok=True)
        with open(f"{PICTURES}/{self.suite}-{name}.ppm", "wb") as file:
            file.write(b"P6 %d %d 255\n" % (width, height) + colours)

    def remove(self):
        remove(self.folder)


def make_base(suite, folder):
    """Makes what the systems of a suite are copies of, unless it is there."""
    if os.path.exists(f"{folder}/etc/debian_version"):
        return
    with open(f"{folder}.log", "w", encoding="utf-8") as log:
        sh(
            # What it mounts is gone with it, even when it is killed.
            *"unshare --mount --pid --fork --kill-child --mount-proc".split(),
            *["debootstrap", "--variant=minbase", suite, folder],
            stdout=log,
            stderr=log,
        )
