"""areas: which addresses a process has, and what they are for."""
from cowix import inode, kernel, tasks
from cowix.command import TaskCommand, say
from cowix.memory import listed

SUMMARY = "areas PID -- the areas of its address space"
LETTERS = (
    ("VM_READ", "r"),
    ("VM_WRITE", "w"),
    ("VM_EXEC", "x"),
    ("VM_SHARED", "s"),
)
WORDS = ("GROWSDOWN", "LOCKED", "DONTFORK", "WIPEONFORK", "DONTDUMP")


def of(mm):
    return listed(mm.at("areas"), "vm_area", "link")


def at(mm, address):
    """Returns the area of an address, or None."""
    for area in of(mm):
        if area["start"] <= address < area["end"]:
            return area
    return None


def rights(area):
    """Returns the flags as /proc/PID/maps has them: rw-p."""
    bits = kernel.constants("cowix/mm.h")
    found = [
        letter if area["flags"] & bits[name] else "-"
        for name, letter in LETTERS
    ]
    if found[-1] == "-":
        found[-1] = "p"
    return "".join(found)


def backing(area, address=None):
    """Returns what backs an area or, with an address, its page."""
    object_of = area.follow("object")
    if not area["ops"] or not object_of:
        return "anonymous"
    if address is None:
        return f"{inode.path(object_of)} from {area['offset']:#x} on"
    if address >= area["file_end"]:
        return "zeroes behind the file's part"
    page = address - area["start"] + area["offset"]
    return f"{inode.path(object_of)}, page {page // kernel.page_size()}"


def in_words(area):
    bits = kernel.constants("cowix/mm.h")
    more = [
        word.lower() for word in WORDS if area["flags"] & bits["VM_" + word]
    ]
    return " ".join(
        [
            f"{area['start']:08x}-{area['end']:08x}",
            rights(area),
            backing(area),
            *more,
        ]
    )


def space_of(which):
    """Returns the address space of a task, or None after a message."""
    task = tasks.find(which)
    mm = task.follow("mm")
    if not mm:
        say(f"Task {task['pid']} ({task['comm']}) has no address space.")
    return mm


class Areas(TaskCommand):
    """Lists the areas of a task's address space: addresses, rights (p is
    private, s is shared), the file and where in it.

    Usage: areas PID"""

    name = "areas"

    def run(self, which):
        mm = space_of(which)
        for area in of(mm) if mm else ():
            say(in_words(area))


Areas()
