"""Planted bugs in the caches of fs/, and inodes."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "dirty_page_lost",
        "labs_files written_without_memory",
        (
            "fs/page_cache.c",
            "if ((page->dirty && !page->failed) || page->users)",
            "\tif (page->users)",
        ),
    ),
    Mutant(
        "group_of_directory_given_away",
        "creds ownership",
        ("fs/inode.c", "inode->i_mode &= ~S_ISGID; }", "\t\t;\n}"),
    ),
    Mutant(
        "pts_change_lost",
        "tty_owner owner",
        ("fs/inode.c", "write_inode(inode); /* does not sleep */", ""),
    ),
    Mutant(
        "links_raised_too_late",
        "test_links.py::test_links_are_never_too_few",
        (
            "fs/sync.c",
            "if (!keeps_order(inode->i_sb)) return 0; error = "
            "write_inode(inode);",
            "\tif (inode->i_nlink)\n\t\treturn 0;\n"
            "\terror = write_inode(inode);\n",
        ),
    ),
    Mutant(
        "pointers_in_any_order",
        "test_power_cuts.py::test_reordered_power_cut",
        (
            "fs/buffer_write.c",
            "blkdev_sync(bh->dev); /* for the first",
            "\t\t\t/* for the first",
        ),
        (
            "fs/buffer_write.c",
            "bh->after_flush |= owned_buffer(node)->fresh != NOT_FRESH;",
            "\t\t;\n",
        ),
    ),
    Mutant(
        "written_name_goes_at_once",
        "test_names.py::test_a_name_leads_to_an_inode",
        (
            "fs/buffer_write.c",
            "bh->started = writes_begun++;",
            "\tbh->started = writes_begun;\n",
        ),
    ),
    Mutant(
        "fsync_without_directories",
        "test_power_cuts.py::test_reordered_power_cut",
        (
            "fs/sync.c",
            "ino = next->i_dir != ino ? next->i_dir : 0;",
            "\t\tino = 0;\n",
        ),
    ),
    Mutant(
        "fsync_without_flush",
        "test_power_cuts.py::test_fsync_then_cut",
        (
            "fs/sync.c",
            "int flushed = blkdev_sync(sb->s_dev), error",
            "\tint flushed = 0, error",
        ),
    ),
    Mutant(
        "fsync_without_name",
        "test_power_cuts.py::test_fsync_then_cut",
        (
            "fs/sync.c",
            "if (sb->s_synced <= inode->i_name_at)",
            "\tif (!sb->s_dev)",
        ),
    ),
    Mutant(
        "clean_inodes_listed",
        "test_counts.py::test_syncing_beside_much",
        (
            "fs/inode.c",
            "list_empty(&inode->dirty_pages)) unlist_inode(inode);",
            "\t    list_empty(&inode->dirty_pages) && !inode->i_valid)\n"
            "\t\tunlist_inode(inode);\n",
        ),
    ),
    Mutant(
        "cached_page_lost",
        "owners cached_pages",
        (
            "fs/page_cache.c",
            "own_page(page->frame, OWNER_USER); /* if programs map it still "
            "*/ free_page(page->frame);",
            "",
        ),
        says="owner cache",
    ),
    Mutant(
        "hole_stays_mapped",
        "advice hole",
        ("fs/page_cache.c", "unmap_hole(inode, start, end);", ""),
    ),
    Mutant(
        "redirtied_page_unlisted",
        "cached changed_while_written",
        (
            "fs/page_io.c",
            "if (!page->dirty && !page->busy && !page->users)",
            "\t\tif (!page->busy && !page->users)\n",
        ),
    ),
    Mutant(
        "cut_page_counts_on",
        "cached cut",
        (
            "include/cowix/page_cache.h",
            "page->inode->i_nr_dirty -= page->dirty;",
            "",
        ),
    ),
    Mutant(
        "last_page_forgotten",
        "cached changed",
        (
            "fs/page_cache.c",
            "inode->i_page_end = max_u32(inode->i_page_end, index + 1);",
            "\tinode->i_page_end = max_u32(inode->i_page_end, index);\n",
        ),
    ),
    Mutant(
        "all_pages_walked",
        "test_counts.py::test_pages_cost_nothing_to_others",
        ("fs/page_cache.c", "if (length-- == 0)", "\t\tif (!head)\n"),
    ),
    Mutant(
        "futexes_in_one_bucket",
        "test_counts.py::test_pages_cost_nothing_to_others",
        (
            "kernel/task/futex.c",
            "return hash_bucket(&futex_table, owner, key->at / 4);",
            "\treturn hash_bucket(&futex_table, owner, 0);\n",
        ),
    ),
    Mutant(
        "inodes_stay",
        "test_minix.py::test_more_inodes_than_memory",
        (
            "fs/caches.c",
            "dropped += shrink_inodes((wanted - dropped) * INODES_A_FRAME);",
            "\t\t;",
        ),
    ),
]
