"""cow: a page that fork has shared, before and after its first write."""
import gdb

from cowix import areas, frames, kernel, pageframe, paging, tasks
from cowix.command import Command, number, say

SUMMARY = "cow [ADDRESS] -- at do_wp_page: entry, count, owners, what follows"


def arguments():
    """Returns the address of the fault if gdb stands in do_wp_page or in a
    function that it has called, else None."""
    frame = gdb.newest_frame()
    while frame:
        if frame.name() == "do_wp_page":
            return int(frame.read_var("addr")), frame
        frame = frame.older()
    return None, None


def verdict(entry):
    """Returns what do_wp_page() will do with an entry."""
    if not paging.is_mapped(entry):
        return "not in memory: a fault brings it first"
    if not entry & paging.bit("PAGE_COW"):
        writable = entry & paging.bit("PTE_W")
        return "writable already" if writable else "not COW: a write is refused"
    if frames.entry(paging.frame_of(entry))["count"] > 1:
        return "a write copies it: others have it too"
    return "a write makes it writable where it is: nobody else has it"


class Cow(Command):
    """Shows the page-table entry of a copy-on-write fault.

    In do_wp_page, and in what that calls, it is the page of the fault:
    entry, frame, count, who else has it, and the source line. Elsewhere give
    an address of the program that runs.

    Usage: cow [ADDRESS]"""

    name, most = "cow", 1

    def run(self, text=None):
        address, at = arguments()
        if text:
            address, at = number(text, "address"), None
        if address is None:
            raise gdb.GdbError("Not in do_wp_page. Usage: cow ADDRESS")
        task = tasks.current()
        mm = task.follow("mm")
        if not mm or address >= kernel.kernel_base():
            raise gdb.GdbError(f"{address:#x} is not the program's.")
        pde, entry = paging.entry_for(mm, address)
        say(f"task {task['pid']} ({task['comm']}), address {address:08x}")
        if entry is None:
            say("no page table")
            return
        self.show(mm, address, pde, entry)
        if at:
            line = at.find_sal()
            say(f"at {line.symtab.filename}:{line.line}")

    def show(self, mm, address, pde, entry):
        area = areas.at(mm, address)
        say(f"entry {entry:08x}: {paging.in_words(entry)}")
        if pde & paging.bit("PAGE_COW"):
            say("its page table is lent: a write first copies that")
        say(f"area {areas.in_words(area)}" if area else "in no area")
        if paging.is_mapped(entry):
            pageframe.show(paging.frame_of(entry))
        say(verdict(entry))


Cow()
