"""What a first hour consists of: each step types what README says, and looks
for what README promises."""
import re
import time

import pexpect

from bare_system import PASSWORD

LONG = 3600  # seconds for what installs and builds, on any machine
PROMPT = "# $"
GDB = r"\(gdb\) $"
BLACK = bytes(3)
LETTERS = 0.005  # of the screen, when some lines of text are there
COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Stumble(Exception):
    """Something was not as README says."""


class Session:
    """A command that somebody types, and what is seen of it."""

    def __init__(self, system, command):
        self.system, self.command = system, command
        self.seen, self.began = "", time.monotonic()
        self.typed = 1  # lines
        self.child = system.spawn(command, LONG)

    def wait_for(self, *patterns):
        """Waits for one of the patterns, and returns its number."""
        try:
            found = self.child.expect(list(patterns))
        except (pexpect.EOF, pexpect.TIMEOUT) as error:
            self.seen += self.text(self.child.before)
            lines = self.seen.split("\n")[-8:]
            what = "ended" if isinstance(error, pexpect.EOF) else "waited"
            raise Stumble(
                f"{what} for {patterns[0]!r}: " + " / ".join(lines)
            ) from error
        self.seen += self.text(self.child.before)
        if isinstance(self.child.after, bytes):
            self.seen += self.text(self.child.after)
        return found

    @staticmethod
    def text(data):
        plain = COLOURS.sub("", data.decode("utf-8", "replace"))
        return plain.replace("\r", "")

    def type(self, line):
        self.child.sendline(line)
        self.typed += 1

    def password(self, *patterns):
        """Waits, and gives sudo the password that it may ask for."""
        if self.wait_for(r"password for \w+: $", *patterns) == 0:
            self.child.sendline(PASSWORD)
            self.wait_for(*patterns)

    def seconds(self):
        return time.monotonic() - self.began

    def end(self):
        """Waits for the end, which must be a good one."""
        self.wait_for(pexpect.EOF)
        self.child.close()
        if self.child.exitstatus != 0:
            raise Stumble(
                f"status {self.child.exitstatus}: "
                + " / ".join(self.seen.split("\n")[-8:])
            )
        return self.seen

    def kill(self):
        self.child.close(force=True)


def use_shell(session):
    """Types a command into Cowix's shell, and switches it off."""
    session.password("follows here")
    session.wait_for(PROMPT)
    seconds = session.seconds()
    session.type("echo $((6 * 7))")
    session.wait_for(r"\n42\r")
    session.type("poweroff")
    session.end()
    return seconds, "shell, `echo`, `poweroff`"


def lit(screen):
    """Returns the share of pixels that are not black where the machine's own
    screen is: not in the bars of a window at the top left."""
    width, _, pixels = screen
    points = [
        4 * (y * width + x) for y in range(40, 430) for x in range(0, 720, 3)
    ]
    bright = sum(pixels[i : i + 3] != BLACK for i in points)
    return bright / len(points)


def picture(session, name):
    """Waits until there are letters in a window, and keeps the picture."""
    while session.seconds() < LONG:
        share = lit(session.system.screen())
        if share > LETTERS:
            time.sleep(3)
            session.system.keep_picture(name)
            return f"{share:.1%} of its screen is lit"
        time.sleep(0.5)
    raise Stumble("the screen stays black")


def run_in_window(session):
    session.password("root: /dev/ram0")
    seconds = session.seconds()
    note = picture(session, "run")
    session.child.sendintr()
    session.wait_for(pexpect.EOF)
    return seconds, f"a window: {note}"


def bochs_in_window(session):
    session.wait_for("root: /dev/ram0")
    seconds = session.seconds()
    note = picture(session, "bochs")
    return seconds, f"a window: {note}"


def bochs_cow(session):
    text = session.end()
    entries = re.findall(r"PTE: 0x\w+ .* U ([RW]) P", text)
    if entries != ["R", "W"]:
        raise Stumble(f"entries {entries}: {text[-500:]}")
    return session.seconds(), "entry read-only before, writable after"


def debug(session):
    """Stops in do_wp_page and, by Ctrl-C, wherever the kernel is."""
    session.wait_for(GDB)
    session.type("break do_wp_page")
    session.wait_for(GDB)
    session.type("continue")
    session.wait_for(r"Breakpoint \d+, [^\n]*do_wp_page")
    seconds = session.seconds()
    session.wait_for(GDB)
    session.type("cow")
    session.wait_for(r"count\W+\d")
    session.wait_for(GDB)
    session.type("delete")
    session.wait_for(GDB)
    session.type("continue")
    session.wait_for("Continuing")
    time.sleep(2)
    session.child.sendintr()
    session.wait_for("SIGINT")
    session.wait_for(GDB)
    session.type("quit")
    session.end()
    return seconds, "`do_wp_page`, `cow`, Ctrl-C stops the kernel"


def short_test(session):
    session.password(r"\d+ passed[^\n]*")
    passed = re.findall(r"\d+ (?:passed|failed|skipped)", session.seen)
    session.end()
    return session.seconds(), ", ".join(passed)


# What is typed, by root at a terminal, and by a user with a display.
TERMINAL = [
    ("sh tools/setup run", use_shell),
    ("make bochs-cow", bochs_cow),
    ("make debug", debug),
    ("make bochs", use_shell),
    ("sh tools/setup test SHORT=1", short_test),
]
WINDOWS = [
    ("sh tools/setup run", run_in_window),
    ("make bochs-cow", bochs_cow),
    ("make debug", debug),
    ("make bochs", bochs_in_window),
    ("sh tools/setup test SHORT=1", short_test),
]
