"""What gdb does in tests/test_gdb.py: it stops the kernel at some places, runs
the commands of tools/gdb, and writes what they print to a file as JSON."""
import json
import os

import gdb

FOUND = {}
WORK = os.environ["COWIX_GDB_TEST"]


def run(command):
    """Returns what a command prints, or its error."""
    try:
        return gdb.execute(command, to_string=True)
    except (gdb.error, gdb.GdbError, gdb.MemoryError) as error:
        return f"error: {error}"


def keep(name, *commands):
    """Notes what commands print at one stop."""
    stop = FOUND.setdefault(name, {})
    for command in commands:
        stop[command] = run(command)


def value(expression):
    return int(gdb.parse_and_eval(expression))


def pid_of(name):
    """Returns the number of the only task with a name, by the kernel's own
    list and not by the commands under test."""
    task_type = gdb.lookup_type("struct task_struct")
    link = task_type["all_link"].bitpos // 8
    node = gdb.parse_and_eval("all_tasks.next")
    while node != gdb.parse_and_eval("&all_tasks"):
        task = gdb.Value(int(node) - link).cast(task_type.pointer())
        if task["comm"].string() == name:
            return int(task["pid"])
        node = node["next"]
    raise gdb.GdbError(f"no task {name}")


def at_power_on():
    keep("power on", "ps", "audit")
    run("hbreak start_kernel")
    run("continue")
    run("delete")
    keep("start", "ps", "help cowix", "help ps", "bt")


def in_a_fault():
    """The first write to a page that a fork has shared."""
    run("break do_wp_page if mem_map[*entry >> 12].count == 2")
    run("continue")
    FOUND["fault"] = {
        "addr": value("addr"),
        "entry": value("*entry"),
        "current": value("current->pid"),
    }
    frame = value("*entry >> 12")
    keep("fault", "bt", "cow", "audit", f"pageframe {frame}", "print *current")
    FOUND["fault"]["frame"] = f"pageframe {frame}"
    run(f"set mem_map[{frame}].count = 9")
    keep("wrong", "audit", f"frame page {frame}")
    run(f"set mem_map[{frame}].count = 2")
    run("delete")


def at_the_marker():
    """The program sync says that all processes are as they were printed."""
    run("break sys_sync")
    run("continue")
    sleeper = pid_of("sleep")
    FOUND["marker"] = {"sleeper": sleeper, "sync": value("current->pid")}
    keep("marker", "ps", "runqueue", "timers", "dmesg", "inodes", "inodes all")
    keep("marker", "bufs", "bufs all", "audit", "bt", "cow", "task")
    for name in ("task", "bt-task", "areas", "pagetable", "files"):
        keep("marker", f"{name} {sleeper}", f"{name} 1", f"{name} 9999")
    keep("marker", "bt-task 2", "areas 2", "pagetable 1 0xbffff000", "task 0")
    keep("marker", "print all_tasks", "print *current->mm->areas.next")
    FOUND["tables"] = {}
    for line in FOUND["marker"][f"pagetable {sleeper}"].splitlines():
        if " -> frame " in line:
            frame = line.split(" -> frame ")[1].split(",")[0]
            keep("tables", f"pageframe {frame}")
    FOUND["counts"] = {
        name: value(name)
        for name in ("nr_inodes", "nr_buffers", "context_switches")
    }
    run("delete")


def across_calls():
    """The calls between two programs' sync(). An interrupt in the first one
    may have it come to the breakpoint again, so that does not count."""
    run(f"break sys_sync if current->pid != {value('current->pid')}")
    run("syscalls on")
    FOUND["calls"] = {"continue": run("continue")}
    keep("calls", "syscalls", "syscalls off")
    run("delete")


ENTRY = (
    "((unsigned *)((mm->pgdir[addr >> 22] & ~0xfff) + 0xc0000000))"
    "[addr >> 12 & 1023]"
)
SHARED = "mem_map[mm->pgdir[addr >> 22] >> 12].count > 1"


def in_swap():
    """A page is wanted that is in swap, by an entry in a page table that two
    processes share."""
    run("break fork_returns")
    run("continue")
    run("delete")
    run(f"break own_table if {SHARED} && {ENTRY} && !({ENTRY} & 0x401)")
    run("continue")
    found = FOUND["swap"] = {
        "addr": value("addr"),
        "pid": value("current->pid"),
        "used": value("nr_swap_pages - nr_free_swap"),
        "other": value("current->parent->pid"),
        "count": value("mem_map[mm->pgdir[addr >> 22] >> 12].count"),
        "slot": value(f"slot_of({ENTRY})->count"),
        "entry": value(ENTRY),
    }
    table = value("mm->pgdir[addr >> 22] >> 12")
    addr = found["addr"]
    keep("tasks", "ps")
    for name in ("pid", "other"):
        found[name + " shown"] = run(f"pagetable {found[name]} {addr}")
    found["table shown"] = run(f"pageframe {table}")
    found["cow shown"] = run(f"cow {addr}")
    found["printed"] = run(f"print *(pte_t *)&{ENTRY}")


def main():
    try:
        at_power_on()
        in_a_fault()
        at_the_marker()
        across_calls()
        in_swap()
    finally:
        with open(WORK, "w") as file:
            json.dump(FOUND, file, indent=1)
    run("kill")


main()
