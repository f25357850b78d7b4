"""Planted bugs in the page cache and its transfers."""
from .mutant import Mutant

CACHE = "fs/page_cache.c"
IO = "fs/page_io.c"

MUTANTS = [
    Mutant(
        "two_pages_for_one",
        "sleep_files data",
        (CACHE, "if (created != before)", "if (created == ~before)"),
    ),
    Mutant(
        "mapped_page_dropped",
        "cached dropped_while_mapped",
        (CACHE, "if (page_of(page->frame)->count > 1) return false;", ""),
    ),
    Mutant(
        "rest_of_cut_page_stays",
        "files cut_and_grow",
        (CACHE, "clear_beyond(page, size); return;", "return;"),
    ),
    Mutant(
        "stores_behind_end_appear",
        "shared behind_the_end",
        (CACHE, "clear_beyond(page, inode->i_size); }", "\t;\n}"),
    ),
    Mutant(
        "growth_keeps_mapping",
        "shared growth",
        (
            CACHE,
            "unmap_object(inode, inode->i_size); clear_beyond",
            "\t;\n\tclear_beyond",
        ),
    ),
    Mutant(
        "cut_leaves_mappings",
        "shared truncation",
        (
            CACHE,
            "if (inode->i_mappings) unmap_object(inode, size);",
            "",
        ),
    ),
    Mutant(
        "hole_reads_as_anything",
        "minix_edges used_before",
        (IO, "memset(data + i * BLOCK_SIZE, 0, BLOCK_SIZE);", "\t;"),
    ),
    Mutant(
        "failed_page_looks_clean",
        "test_failing_disks.py::test_bad_sector_on_the_floppy",
        (IO, "set_page_dirty(page);", "\t;"),
    ),
    Mutant(
        "stored_after_writing_is_lost",
        "shared data_stays",
        (
            IO,
            "page->mapped_writable &= page_of(page->frame)->count > 1;",
            "page->mapped_writable = false;",
        ),
    ),
    Mutant(
        "blocks_are_all_neighbours",
        "minix_edges fragments",
        (
            IO,
            "while (i < n && where[i] == where[0] + i)",
            "while (i < n && where[i])",
        ),
    ),
    Mutant(
        "only_last_request_done",
        "minix_edges fragments",
        (
            IO,
            "if (rq->nr_sectors) rq->error = block_rw(",
            "if (!rq->nr_sectors)\n\t\t\trq->error = block_rw(",
        ),
    ),
    Mutant(
        "fsync_does_not_wait",
        "test_failing_disks.py::test_bad_sector_on_the_floppy",
        (
            IO,
            "int error = finish_page_write(page);",
            "int error = page->busy ? 0 : finish_page_write(page);",
        ),
    ),
]
