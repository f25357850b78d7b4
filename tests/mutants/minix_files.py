"""Planted bugs in Minix: zones, bitmaps, entries, what a medium may say."""
from .mutant import Mutant

TRUNCATE = "fs/minix/minix_truncate.c"
BITMAP = "fs/minix/minix_bitmap.c"
ENTRY = "fs/minix/minix_entry.c"
INODE = "fs/minix/minix_inode.c"
FULL = "test_minix.py::test_disk_full"
DAMAGED = "test_minix.py::test_damaged"

MUTANTS = [
    Mutant(
        "tables_are_not_freed",
        "minix_edges cuts",
        (
            TRUNCATE,
            "if (all) minix_free_zone(inode->i_sb, zone);",
            "if (all && !level)\n\t\tminix_free_zone(inode->i_sb, zone);",
        ),
    ),
    Mutant(
        "cut_spares_tables",
        "minix_edges cuts",
        (TRUNCATE, "if (from < span)", "if (!from && !keep)"),
    ),
    Mutant(
        "each_pointer_cut_alike",
        "minix_edges cuts",
        (TRUNCATE, "pointer += size, from = 0)", "pointer += size)"),
    ),
    Mutant(
        "rest_stays_on_the_medium",
        "minix_edges rest_of_a_block",
        (
            TRUNCATE,
            "if (page) { set_page_dirty(page); put_cached_page(page); }",
            "if (page)\n\t\tput_cached_page(page);",
        ),
    ),
    Mutant(
        "new_table_holds_old_data",
        "minix_edges used_before",
        (
            INODE,
            "error = clear_block(inode, (zone << shift) + i);",
            "error = 0;",
        ),
    ),
    Mutant(
        "one_zone_too_many",
        "minix_edges borders",
        (INODE, "if (*n < span)", "if (*n <= span)"),
    ),
    Mutant(
        "wild_zone_is_believed",
        DAMAGED,
        (
            INODE,
            "if (zone == 0 || minix_valid_zone(inode->i_sb, zone))",
            "if (zone < ~0u)",
        ),
    ),
    Mutant(
        "device_loses_its_number",
        "minix_edges devices",
        (INODE, "inode->i_zone[0] = inode->i_rdev;", "\t;"),
    ),
    Mutant(
        "device_frees_a_zone",
        "minix_edges devices",
        (
            INODE,
            "if (!is_device(inode)) minix_truncate(inode, 0);",
            "minix_truncate(inode, 0);",
        ),
    ),
    Mutant(
        "deleted_inode_keeps_number",
        FULL,
        (INODE, "minix_free_ino(inode->i_sb, inode->i_ino);", ""),
    ),
    Mutant(
        "beginning_is_the_name",
        "minix_edges names",
        (
            ENTRY,
            "return length == name_size || here[length] == '\\0';",
            "return length <= name_size;",
        ),
    ),
    Mutant(
        "free_entry_is_found",
        "minix_edges names",
        (ENTRY, "minix_get(entry, number_size) &&", ""),
    ),
    Mutant(
        "free_entries_stay_free",
        "minix_edges entries_again",
        (
            ENTRY,
            "if (!ino) place->dir->i_taken = min_u32(place->dir->i_taken, "
            "place->n);",
            "",
        ),
    ),
    Mutant(
        "rest_of_old_name",
        "minix_edges names",
        (
            ENTRY,
            "memset(minix_name_at(place), 0, place->format->name_size);",
            "",
        ),
    ),
    Mutant(
        "never_from_the_start",
        FULL,
        (BITMAP, "if (!bit) bit = find_clear(map, 1);", ""),
    ),
]
