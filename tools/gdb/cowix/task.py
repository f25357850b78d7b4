"""task: one task in words."""
from cowix import kernel, tasks
from cowix.command import TaskCommand, say

SUMMARY = "task PID -- one task: family, memory, signals, registers"
REGISTERS = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp")


def bits(value, header, prefix):
    """Returns the names of the bits that are set."""
    found = [
        name
        for name, bit in kernel.constants(header).items()
        if name.startswith(prefix) and bit & (bit - 1) == 0 and value & bit
    ]
    return " ".join(found) or "none"


def signals(mask):
    """Returns the numbers of the signals in a set."""
    found = [str(n + 1) for n in range(64) if mask >> n & 1]
    return " ".join(found) or "none"


def relatives(task):
    process = task.follow("process")
    parent = process.follow("parent") if process else None
    say(
        f"  process {task['tgid']}, group {process['pgrp']}, "
        f"session {process['session']}, "
        f"parent {parent['pid'] if parent else 0}"
    )
    say(f"  user {task['euid']}, group {task['egid']}")


def running(task):
    wait = tasks.waits_in(task)
    say(f"  state {tasks.state(task)}" + (f" in {wait}" if wait else ""))
    work = bits(task["work"], "cowix/task.h", "WORK_")
    say(f"  work before user mode: {work}")
    say(f"  priority {task['priority']}, {task['time_slice']} ticks left")
    stack = f"{task.address:#010x} to {task['stack_top']:#010x}"
    say(f"  structure and stack {stack}")


def memory_of(task):
    mm = task.follow("mm")
    if not mm:
        say("  no address space: a task of the kernel")
        return
    say(
        f"  address space {mm.address:#010x}: {mm['nr_areas']} areas, "
        f"{mm['nr_resident']} pages, {mm['nr_swapped']} in swap, "
        f"{mm['users']} users"
    )


def registers(task):
    if not task["mm"]:
        return
    regs = tasks.regs_of(task)
    say(
        f"  in user mode at eip {regs['eip']:#010x}, "
        f"esp {regs['esp']:#010x}, entered by {regs['orig_eax']:#x}"
    )
    say("  " + "  ".join(f"{r} {regs[r]:08x}" for r in REGISTERS))


class Task(TaskCommand):
    """Shows one task: its family, state, address space, signals, and the
    registers of its last entry from user mode.

    The task is a number or a name. Without one it is the one that runs.

    Usage: task [PID]"""

    name, least = "task", 0

    def run(self, which=None):
        task = tasks.find(which) if which else tasks.current()
        say(f"task {task['pid']} ({task['comm']}) at {task.address:#010x}")
        if task == tasks.idle():
            running(task)
            return
        relatives(task)
        running(task)
        memory_of(task)
        say(
            f"  signals pending {signals(task['pending']['set'])}, "
            f"blocked {signals(task['sig_blocked'])}"
        )
        registers(task)


Task()
