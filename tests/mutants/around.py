"""Planted bugs in faulting around, and in what is not cleared again."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "directory_not_cleared",
        "cow child_writes_first",
        (
            "mm/space.c",
            "rep_stosl(mm->pgdir + USER_PDES, 0, KERNEL_PDES);",
            "",
        ),
    ),
    Mutant(
        "neighbour_covers_own_page",
        "around own_pages_stay",
        (
            "mm/around.c",
            "if ((pde & (PTE_P | PAGE_COW)) != PTE_P || *entry)",
            "\tif ((pde & (PTE_P | PAGE_COW)) != PTE_P)",
        ),
    ),
    Mutant(
        "neighbour_not_counted",
        "around saves_faults",
        ("mm/around.c", "page_of(frame)->count++;", ""),
    ),
    Mutant(
        "neighbour_writable",
        "around copies",
        (
            "mm/around.c",
            "*entry = frame | (shared_bits(area) & ~PTE_A);",
            "\t*entry = frame | PRIVATE_BITS | PTE_W;",
        ),
    ),
    Mutant(
        "neighbour_beyond_area",
        "around edges",
        ("fs/filemap.c", "offset - area->offset < length &&", ""),
    ),
    Mutant(
        "no_neighbours",
        "around saves_faults",
        ("mm/pages.c", "area->ops->around(mm, area, offset);", "\t\t;"),
    ),
]
