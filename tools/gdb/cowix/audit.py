"""audit: the kernel recounts all references."""
import gdb

from cowix import frames, kernel, memory, tasks
from cowix.command import Command, say
from cowix.dmesg import text_since
from cowix.memory import variable

SUMMARY = "audit -- has the kernel recount every page reference"
# In the middle of these nobody else may take memory.
ALLOCATORS = ("mm/frames.c", "mm/cleared.c", "mm/kmalloc.c")
STACK_NEEDED = 1024
CODE_SEGMENT_RPL = 3
COUNTER_SIZE = 2


def obstacle():
    """Returns why the audit cannot run here, or None. It calls a function of
    the kernel, takes frames, and must not sleep."""
    frame = gdb.newest_frame()
    if int(gdb.parse_and_eval("(unsigned)$cs")) & CODE_SEGMENT_RPL:
        return "a program runs: stop in the kernel first, break system_call"
    if variable("auditing"):
        return "an audit runs already"
    sp = int(gdb.parse_and_eval("(unsigned)$esp"))
    task = tasks.current()
    room = sp - task.address - kernel.struct_type("task_struct").sizeof
    if not STACK_NEEDED <= room < kernel.page_size():
        return "there is no room on the task's kernel stack"
    if not variable("mem_map") or not variable("nr_free_pages"):
        return "memory is not set up yet"
    wanted = frames.total() * COUNTER_SIZE // kernel.page_size() + 1
    if variable("nr_free_pages") < 2 * wanted + variable("reserved_frames"):
        return "too few frames are free: it might wait for some"
    return allocator_in(frame)


def allocator_in(frame):
    """Returns a reason if an allocator is at work in one of the frames."""
    while frame:
        symtab = frame.find_sal().symtab
        if symtab and symtab.filename.endswith(ALLOCATORS):
            return f"the kernel is in the middle of {frame.name()}"
        frame = frame.older()
    return None


class Audit(Command):
    """Has the kernel recount all page references, by mm_audit().

    It prints the number of mismatches, and what the kernel says of each. In
    the middle of a change, such as a fork, some are to be expected. Where it
    cannot run it says why.

    Usage: audit"""

    name = "audit"

    def run(self):
        why = obstacle()
        if why:
            raise gdb.GdbError(f"No audit here: {why}.")
        before = variable("log_end")
        found = int(gdb.parse_and_eval("mm_audit()"))
        memory.forget()
        if found < 0:
            say(f"No audit: error {-found}")
            return
        gdb.write(text_since(before))
        say(f"{found} mismatches")


Audit()
