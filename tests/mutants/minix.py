"""Planted bugs in fs/minix/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "rename_in_any_order",
        "test_power_cuts.py::test_reordered_power_cut",
        ("fs/minix/minix_dir.c", "error = sync_names(dir);", "\terror = 0;\n"),
    ),
    Mutant(
        "links_lowered_too_early",
        "test_links.py::test_links_are_never_too_few",
        ("fs/minix/minix_entry.c", "write_first(place->bh);", ""),
    ),
    Mutant(
        "rename_reads_in_between",
        "renames without_memory",
        (
            "fs/minix/minix_dir.c",
            "minix_clear_entry(from_dir, &old);",
            "\terror = minix_remove_entry(from_dir, from, from_length,\n"
            "\t\t\tinode);\n",
        ),
        (
            "fs/minix/minix_dir.c",
            "error = name_twice(inode,",
            "\tbrelse(old.bh);\n"
            "\tshrink_buffers(1000);\n"
            "\told.bh = new.bh;\n"
            "\told.bh->count++;\n"
            "\terror = name_twice(inode,",
        ),
    ),
    Mutant(
        "replaced_in_any_order",
        "test_power_cuts.py::test_reordered_power_cut",
        (
            "fs/minix/minix_dir.c",
            "error = sync_before_replace(inode);",
            "\t\terror = sync_links(inode);\n",
        ),
    ),
    Mutant(
        "unlink_in_any_order",
        "test_power_cuts.py::test_reordered_power_cut",
        (
            "fs/minix/minix_dir.c",
            "error = make_durable(dir->i_sb, dir->i_sb->s_linked);",
            "\t\t;\n",
        ),
    ),
    Mutant(
        "freed_zone_taken",
        "test_power_cuts.py::test_fsync_then_cut",
        (
            "fs/minix/minix_bitmap.c",
            "if ((bit && bit < map->freed) || error < 0)",
            "\t\tif (error <= 0)\n",
        ),
    ),
    Mutant(
        "name_before_inode",
        "test_names.py::test_a_name_leads_to_an_inode",
        (
            "fs/minix/minix_inode.c",
            "write_first(bh);",
            "\t\tmark_buffer_dirty(bh);\n",
        ),
    ),
    Mutant(
        "name_in_new_block",
        "test_names.py::test_a_name_leads_to_an_inode",
        ("fs/minix/minix_dir.c", "error = begin_last(place.bh);", ""),
    ),
    Mutant(
        "name_goes_with_new_ones",
        "test_names.py::test_a_name_leads_to_an_inode",
        ("fs/minix/minix_dir.c", "error = begin_first(place.bh);", ""),
    ),
    Mutant(
        "inode_freed_with_new_ones",
        "test_names.py::test_a_name_leads_to_an_inode",
        ("fs/minix/minix_inode.c", "error = begin_last(bh);", "\t\t;\n"),
    ),
    Mutant(
        "new_inode_with_freed_ones",
        "test_names.py::test_a_name_leads_to_an_inode",
        ("fs/minix/minix_inode.c", "error = begin_first(bh);", ""),
    ),
    Mutant(
        "rename_without_new_file",
        "test_names.py::test_a_rename_that_cannot_be_written",
        (
            "fs/minix/minix_dir.c",
            "if (replaces) error = sync_before_replace(inode); else error = "
            "sync_links(inode);",
            "\t(void)replaces;\n\tsync_before_replace(inode);\n\terror = 0;\n",
        ),
    ),
    Mutant(
        "rename_without_new_name",
        "test_names.py::test_a_rename_that_cannot_be_written",
        (
            "fs/minix/minix_dir.c",
            "error = sync_names(dir);",
            "\tsync_names(dir);\n\terror = 0;\n",
        ),
    ),
    Mutant(
        "mount_page_lost",
        "owners sum",
        (
            "fs/minix/minix_super.c",
            "inodes->blocks = kpage_zalloc(OWNER_MOUNT);",
            "\tkpage_zalloc(OWNER_MOUNT), inodes->blocks = "
            "kpage_zalloc(OWNER_MOUNT);",
        ),
        says="owner mount",
    ),
]
