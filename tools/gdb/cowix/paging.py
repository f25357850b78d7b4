"""Entries of page directories and page tables, in words, and a walk through
them. A table is read at once."""
import struct

from cowix import frames, kernel, memory, swap

# Order in which the words come; the kernel's own names without the prefix.
WORDS = (
    ("PTE_W", "writable"),
    ("PAGE_COW", "COW"),
    ("PTE_U", "user"),
    ("PTE_A", "accessed"),
    ("PTE_D", "dirty"),
    ("PTE_G", "global"),
    ("PAGE_NONE", "no access"),
)


def bit(name):
    return kernel.constants("asm/mmu.h")[name]


def frame_of(entry):
    return entry >> bit("PAGE_SHIFT")


def is_mapped(entry):
    """Returns true if an entry holds a reference to a frame."""
    return entry & bit("PTE_MAPPED") != 0


def in_words(entry):
    """Returns what the bits of an entry say."""
    if not entry:
        return "empty"
    if not is_mapped(entry):
        return swap.entry_in_words(entry)
    found = [word for name, word in WORDS if entry & bit(name)]
    if not entry & (bit("PTE_W") | bit("PAGE_COW") | bit("PAGE_NONE")):
        found.insert(0, "read-only")
    if entry & bit("PTE_P"):
        found.insert(0, "present")
    return ", ".join(found)


def table_at(physical):
    """Returns the 1024 entries of a table or a directory."""
    count = bit("PTES_PER_TABLE")
    data = memory.read(physical + kernel.kernel_base(), 4 * count)
    return struct.unpack(f"<{count}I", data)


def directory(mm):
    """Returns the entries for programs of an address space's directory."""
    entries = table_at(mm["pgdir"] - kernel.kernel_base())
    return entries[: bit("USER_PDES")]


def tables(mm):
    """Yields (address, directory entry, entries) of each page table."""
    for i, pde in enumerate(directory(mm)):
        if pde & bit("PTE_P"):
            table = table_at(pde & -kernel.page_size())
            yield i << bit("PGDIR_SHIFT"), pde, table


def pages(mm):
    """Yields (address, directory entry, entry) of each entry that is used."""
    for start, pde, table in tables(mm):
        for i, entry in enumerate(table):
            if entry:
                yield start + (i << bit("PAGE_SHIFT")), pde, entry


def entry_for(mm, address):
    """Returns (directory entry, entry); the second is None without a table."""
    pde = directory(mm)[address >> bit("PGDIR_SHIFT")]
    if not pde & bit("PTE_P"):
        return pde, None
    table = table_at(pde & -kernel.page_size())
    index = address >> bit("PAGE_SHIFT") & bit("PTES_PER_TABLE") - 1
    return pde, table[index]


def table_in_words(pde):
    """Returns what a directory entry says of its page table."""
    frame = frame_of(pde)
    shared = frames.entry(frame)["count"]
    words = in_words(pde) + f" -> table in frame {frame:#x}, count {shared}"
    return words + (", lent by fork" if pde & bit("PAGE_COW") else "")
