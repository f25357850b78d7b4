"""Page frames: the count and the owner of each."""
import gdb

from cowix import kernel, memory
from cowix.memory import Struct, variable


def shift():
    return kernel.constants("asm/mmu.h")["PAGE_SHIFT"]


def total():
    return variable("nr_frames")


def entry(frame):
    """Returns the line of mem_map[] for a frame."""
    size = kernel.struct_type("page").sizeof
    if not 0 <= frame < total():
        raise gdb.GdbError(
            f"There is no frame {frame:#x}: RAM has {total():#x}."
        )
    return Struct("page", variable("mem_map") + frame * size)


def owner_name(number):
    """Returns what the kernel calls an owner (OWNER_*)."""
    names = variable("owner_names")
    return memory.text_at(names[number]) if number < len(names) else "?"


def owner(frame):
    line = entry(frame)
    if not line["count"]:
        return owner_name(0)
    return owner_name(line["next"] & (kernel.page_size() - 1))


def zero():
    """Returns the frame of the shared page of zeroes."""
    return variable("zero_page") >> shift()


def in_words(frame):
    """Returns a frame's count and owner as a phrase."""
    if frame >= total():
        return f"frame {frame:#x}, no RAM"
    count = entry(frame)["count"]
    return f"frame {frame:#x}, count {count}, {owner(frame)}"
