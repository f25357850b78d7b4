"""pageframe: a page frame, its count and who holds it."""
from cowix import frames, kernel, owners
from cowix.command import Command, number, say
from cowix.memory import variable

SUMMARY = "pageframe N|ADDRESS -- a frame: count, owner, and who holds it"
# Of these owners the page tables and caches know every reference.
COUNTABLE = ("user", "zero", "cache", "table", "directory", "task")


def frame_number(value):
    """Returns the frame that a number means: a kernel address, a physical
    address or, below the number of frames, the frame itself."""
    base = kernel.kernel_base()
    if value >= base:
        return value - base >> frames.shift()
    if value < frames.total():
        return value
    return value >> frames.shift()


def show(frame):
    """Prints a frame and its holders."""
    line = frames.entry(frame)
    say(f"{frames.in_words(frame)}, at {frame << frames.shift():08x}")
    if not line["count"]:
        say(f"  free, one of {variable('nr_free_pages')}")
        return
    found = list(owners.of(frame))
    for _, words in found:
        say(f"  {words}")
    known = sum(references for references, _ in found)
    if frames.owner(frame) not in COUNTABLE:
        say("  held by the kernel itself: ask audit whether that is right")
    elif known != line["count"]:
        say(f"  {line['count']} references, {known} found: look at audit")


class PageFrame(Command):
    """Shows a page frame: its count and owner in mem_map[], and everybody
    who refers to it.

    The argument is a frame's number, a physical address or a kernel address.
    Holders are entries of page tables (pid and address), directories, the
    page cache (file and page), and the swap cache. gdb's own command frame
    chooses a frame of the stack, hence the name; `frame page` is the same.

    Usage: pageframe NUMBER|ADDRESS"""

    name, least, most = "pageframe", 1, 1

    def run(self, which):
        show(frame_number(number(which)))


PageFrame()
PageFrame("frame page")
