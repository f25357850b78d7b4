"""Planted bugs in fs/minix/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "rename_in_any_order",
        "test_power_cuts.py::test_reordered_power_cut",
        (
            "fs/minix/minix_dir.c",
            "error = sync_entry(dir, place->bh);",
            "\terror = 0;\n",
        ),
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
            "minix_clear_entry(from_dir, &old, inode);",
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
            "fs/sync.c",
            "error = write_inode_pages(inode); if (!error) error = "
            "write_inode(inode);",
            "\t\terror = 0;\n\tif (!error)\n"
            "\t\terror = write_inode(inode);\n",
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
        (
            "fs/minix/minix_dir.c",
            "error = minix_begin_name(place.bh, inode);",
            "",
        ),
    ),
    Mutant(
        "name_waits_for_nothing",
        "test_names.py::test_a_name_leads_to_an_inode",
        (
            "fs/minix/minix_inode.c",
            "write_after(bh, inode, inode_block(inode));",
            "\tmark_buffer_dirty(bh);\n\t(void)inode;\n",
        ),
    ),
    Mutant(
        "removed_directory_forgotten",
        "test_names.py::test_a_name_leads_to_an_inode",
        (
            "fs/buffer.c",
            "bh->freed = is_awaited(bh);",
            "\tbh->freed = is_awaited(bh) && !bh->block;\n",
        ),
    ),
    Mutant(
        "old_name_goes_with_new_ones",
        "test_names.py::test_a_name_leads_to_an_inode",
        (
            "fs/minix/minix_dir.c",
            "error = begin_first(old);",
            "\t\t(void)old;\n",
        ),
    ),
    Mutant(
        "directory_longer_in_memory",
        "test_power_cuts.py::test_power_cut_disk",
        (
            "fs/minix/minix_entry.c",
            "mark_inode_dirty(dir); } return error;",
            "\t}\n\treturn error;\n",
        ),
    ),
    Mutant(
        "name_goes_with_new_ones",
        "test_names.py::test_a_name_leads_to_an_inode",
        ("fs/minix/minix_dir.c", "error = begin_first(place.bh);", ""),
    ),
    Mutant(
        "inode_freed_with_new_ones",
        "test_names.py::test_a_name_leads_to_an_inode",
        (
            "fs/minix/minix_inode.c",
            "write_after(bh, inode, inode->i_after);",
            "\t\tmark_buffer_dirty(bh);\n",
        ),
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
            "error = sync_before_rename(inode, dir, replaces);",
            "\tsync_before_rename(inode, dir, replaces);\n\terror = 0;\n",
        ),
    ),
    Mutant(
        "rename_without_new_name",
        "test_names.py::test_a_rename_that_cannot_be_written",
        (
            "fs/minix/minix_dir.c",
            "error = sync_entry(dir, place->bh);",
            "\tsync_entry(dir, place->bh);\n\terror = 0;\n",
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
    Mutant(
        "minix_has_fractions",
        "stamps on_disk",
        ("fs/minix/minix_super.c", "sb->s_seconds = true;", ""),
    ),
]
