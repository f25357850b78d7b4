"""pagetable: the entries of an address space in words."""
from cowix import areas, frames, paging
from cowix.command import TaskCommand, number, say

SUMMARY = "pagetable PID [ADDRESS] -- its directory and page tables, in words"
MOST = 400  # lines; a large program has 100,000


def line_for(mm, address, entry):
    """Returns an entry in words, and what its frame is."""
    words = f"  {address:08x}: {entry:08x} {paging.in_words(entry)}"
    if not paging.is_mapped(entry):
        return words
    frame = paging.frame_of(entry)
    words += f" -> {frames.in_words(frame)}"
    area = areas.at(mm, address)
    return words + (f"; {areas.backing(area, address)}" if area else "")


def show_all(mm):
    """Prints each table and its entries, until there are too many."""
    lines = 0
    for start, pde, table in paging.tables(mm):
        say(f"{start:08x}: {pde:08x} {paging.table_in_words(pde)}")
        for address, entry in enumerate(table):
            if entry and lines < MOST:
                address = start + (address << frames.shift())
                say(line_for(mm, address, entry))
            lines += entry != 0
    if lines > MOST:
        say(f"{lines - MOST} more entries: give an address to see one.")


def show_one(mm, address):
    """Prints both entries of an address, and what a fault there would do."""
    pde, entry = paging.entry_for(mm, address)
    if entry is None:
        say(f"directory {pde:08x}: no page table")
    else:
        say(f"directory {pde:08x} {paging.table_in_words(pde)}")
        page = address >> frames.shift() << frames.shift()
        say(line_for(mm, page, entry).lstrip())
    area = areas.at(mm, address)
    say(f"area {areas.in_words(area)}" if area else "in no area")


class PageTable(TaskCommand):
    """Shows a task's page tables in words: each directory entry with its
    page table, and each entry with frame, count, owner and file page.

    A private page that fork has shared is COW. A page table that fork has
    lent is COW as a whole. An entry of a page in swap names its slot. With an
    address only that page is shown, and its area.

    Usage: pagetable PID [ADDRESS]"""

    name, most = "pagetable", 2

    def run(self, which, address=None):
        mm = areas.space_of(which)
        if not mm:
            return
        if address is None:
            show_all(mm)
        else:
            show_one(mm, number(address, "address"))


PageTable()
