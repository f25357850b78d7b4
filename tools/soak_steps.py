"""The steps of tools/soak: what each kind runs in the guest, by dice. Called as
a program it prints the names of the programs of tests/guest that it needs."""
import glob
import os
import re
from typing import NamedTuple

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCRIPTS = sorted(
    os.path.basename(path) for path in glob.glob(f"{TOP}/tests/shell/*.sh")
)
# Programs of tests/guest that judge themselves and need no time limits. Each
# compares the kernel's counts before and after.
GUEST = {
    "forks": "cow lazy policies vfork clones threads stress brothers "
    "thread_faults bigids",
    "pipes": "polling epolls sockets sockets_names sockets_rights "
    "sockets_turns sockets_batch closing sendfile sleep_pipes futexes fcntls",
    "files": "files shared dirty remembered tree tmpfs opening descriptors "
    "locks pipe_ends",
    "memory": "memory mapping advice manyareas entries mapflags",
    "signals": "signals handlers sigstacks process restarts waits inherited",
    "mounts": "mounts noexec",
}
# Those that may run beside others: they count nothing and fail no allocation.
BESIDE = (
    "threads polling epolls sockets sockets_names sockets_turns sendfile "
    "futexes signals waits pipe_ends inherited"
).split()
PROGRAMS = {kind: names.split() for kind, names in GUEST.items()}


def programs():
    """Returns the names of all programs of tests/guest that steps need."""
    names = {"fuzz", "thrash"}
    return sorted(names.union(*PROGRAMS.values()))


SWEEP = re.compile("(sleep|sweep)_|stress")
SWAP_MB = 96


class Step(NamedTuple):
    """Something for the guest to do, in an empty folder of its own."""

    kind: str
    what: str  # for people
    command: str
    same: str = ""  # steps with this name print the same each time


def guest(kind):
    """Returns what makes a step of a program of tests/guest, alone. It compares
    the counts, unless pages of others may come back from swap meanwhile. Sweeps
    have limits that are too short for Bochs."""

    def make(dice, machine):
        names = PROGRAMS[kind]
        if machine.emulator == "bochs":
            names = [name for name in names if not SWEEP.match(name)]
        name = dice.choice(names)
        words = "TEST_SECONDS=900 "
        words += "TEST_COUNTS=no " if machine.swap else ""
        return Step(kind, name, f"{words}/tests/{name}")

    return make


def shell(dice, _):
    """Scripts of the shell's tests. They print the same each time."""
    name = dice.choice(SCRIPTS)
    command = f"sh /soak/shell/{name} < /soak/shell/{name} 2>/dev/null; :"
    return Step("shell", name, command, name)


def script(kind, name, *values):
    """Returns what makes a step of a script in tests/soak."""

    def make(dice, _):
        words = " ".join(str(dice.choice(choice)) for choice in values)
        command = f"sh /soak/{name}.sh {words}"
        return Step(kind, f"{name} {words}", command, f"{name} {words}")

    return make


def thrash_words(dice, machine, share):
    """Returns arguments for thrash: a share of the memory and the swap space
    for all its processes together."""
    processes = dice.randint(1, 5)
    megabytes = machine.memory - 8 + (SWAP_MB if machine.swap else 0)
    kilobytes = int(megabytes * 1024 * share) // (processes + 1)
    return f"{kilobytes} {processes} {dice.randint(1, 999)}"


def thrash(dice, machine):
    """Uses more memory than there is, if it can go to swap."""
    words = thrash_words(dice, machine, 0.45)
    words += f" {dice.choice((0, 1, 2, 4))}"
    return Step("swap", f"thrash {words}", f"/tests/thrash {words}")


def thrash_a_little(dice, machine):
    """A load that leaves memory for others."""
    words = thrash_words(dice, machine, 0.3)
    return Step("swap", f"thrash {words}", f"/tests/thrash {words}")


def swap_again(dice, machine):
    """Takes the swap area away and gives it back, beside a load."""
    if not machine.swap:
        return thrash(dice, machine)
    kilobytes, area = machine.memory * 400, f"/dev/{machine.swap_disk}"
    command = (
        f"/tests/thrash {kilobytes} 1 {dice.randint(1, 999)} & "
        f"sleep 1; swapoff {area}; swapon {area}; wait $!"
    )
    return Step("swap", "swapoff beside thrash", command)


def fuzzer(dice, machine):
    """Rounds of the system-call fuzzer."""
    who = dice.choice(("user", "root", "both"))
    rounds = 2 if machine.emulator == "bochs" else 6
    words = f"run {dice.randint(1, 99999)} {rounds} {who}"
    return Step("fuzz", f"fuzz {words}", f"/tests/fuzz {words}")


BUILD = script("build", "build", (4, 8, 16), (1, 2, 5))
COPIES = script("files", "copies", (1, 2))
FORKS = script("forks", "forks", (5, 20, 40), (2, 4))
MOUNTS = script("mounts", "mounts", (3, 9))
PIPES = script("pipes", "pipes", (2000, 20000))
LOADS = (BUILD, COPIES, FORKS, MOUNTS, PIPES, thrash_a_little)


def beside(dice, machine):
    """Two or three loads at once, and perhaps a program of tests/guest. What
    they print is mixed, so that only their ends count."""
    steps = [
        load(dice, machine) for load in dice.sample(LOADS, dice.randint(2, 3))
    ]
    if dice.random() < 0.5:
        name = dice.choice(BESIDE)
        steps.append(Step("beside", name, f"TEST_SECONDS=900 /tests/{name}"))
    lines, waits = ["export TEST_COUNTS=no"], []
    for number, step in enumerate(steps):
        lines.append(f"mkdir {number}; (cd {number}; {step.command}) &")
        lines.append(f"p{number}=$!")
        waits.append(f"wait $p{number} || bad=1")
    lines += ["bad=0", *waits, "exit $bad"]
    what = ", ".join(step.what for step in steps)
    return Step("beside", what, "\n".join(lines))


# kind: how often it is chosen, and what makes a step of it
KINDS = {
    "shell": (3, [shell]),
    "build": (2, [BUILD]),
    "forks": (3, [guest("forks"), FORKS]),
    "swap": (3, [thrash, swap_again]),
    "fuzz": (3, [fuzzer]),
    "mounts": (2, [guest("mounts"), MOUNTS]),
    "pipes": (3, [guest("pipes"), PIPES]),
    "files": (2, [guest("files"), COPIES]),
    "memory": (2, [guest("memory")]),
    "signals": (1, [guest("signals")]),
    "beside": (4, [beside]),
}


def choose(dice, machine, kinds):
    """Returns a step of one of these kinds."""
    weights = [KINDS[kind][0] for kind in kinds]
    kind = dice.choices(kinds, weights)[0]
    return dice.choice(KINDS[kind][1])(dice, machine)


if __name__ == "__main__":
    print(*programs())
