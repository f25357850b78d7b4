"""Swap: entries that name a slot, slots, and the frames in the swap cache."""
from cowix import kernel, memory
from cowix.memory import Struct, variable


def pointer(address, index):
    return memory.word(address + memory.POINTER * index)


def areas():
    return variable("swap_areas")


def slot_in(area, page):
    """Returns a slot of an area, or None."""
    size = kernel.struct_type("slot").sizeof
    a_page = kernel.page_size() // size
    medium = area.follow("medium")
    if not medium or not 0 < page < medium["pages"]:
        return None
    slots = pointer(area["slots"], page // a_page)
    return Struct("slot", slots + page % a_page * size)


def place(entry):
    """Returns the area's number and the page's number in an entry."""
    area_shift = kernel.constants("cowix/swap.h")["SWAP_AREA_SHIFT"]
    page_shift = kernel.constants("asm/mmu.h")["PAGE_SHIFT"]
    page = (entry & (1 << area_shift) - 1) >> page_shift
    return entry >> area_shift, page


def entry_in_words(entry):
    """Returns what an entry says that has no frame."""
    number, page = place(entry)
    slot = slot_of(entry)
    words = f"in swap: area {number}, page {page}"
    if not slot:
        return words + ", which does not exist"
    words += f", count {slot['count']}"
    frame = slot["frame"] // kernel.page_size()
    return words + (f", also in frame {frame:#x}" if frame else "")


def slot_of(entry):
    """Returns the slot that an entry names, or None."""
    number, page = place(entry)
    return slot_in(areas()[number], page)


def cached_in(line, frame):
    """Returns (entry, slot) of the slot whose page is in a frame with this
    line of mem_map[], or None."""
    entry = line["next"] & -kernel.page_size()
    slot = slot_of(entry)
    if not slot or slot["frame"] // kernel.page_size() != frame:
        return None
    return entry, slot
