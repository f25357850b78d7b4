"""Planted bugs in what is remembered of names."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "absence_outlives_link",
        "remembered absent",
        (
            "fs/namei_ops.c",
            "name_cache_set(t.dir, t.last, t.length, inode);",
            "",
        ),
    ),
    Mutant(
        "presence_outlives_rename",
        "remembered replaced",
        (
            "fs/rename.c",
            "name_cache_set(from->dir, from->last, from->length, NULL);",
            "",
        ),
    ),
    Mutant(
        "old_search_remembered",
        "sleep_files data",
        (
            "fs/name_cache.c",
            "if (new && before == name_changes &&",
            "\tif (new &&",
        ),
    ),
    Mutant(
        "place_noted_late",
        "sleep_places",
        (
            "fs/namei.c",
            "(*inode)->i_dir = dir->i_ino; /* first: the next one may sleep */ "
            "name_cache_found(dir, name, length, *inode, before);",
            "\tname_cache_found(dir, name, length, *inode, before);\n"
            "\t(*inode)->i_dir = dir->i_ino;\n",
        ),
    ),
    Mutant(
        "names_outlive_directory",
        "remembered successor",
        (
            "fs/name_cache.c",
            "list_for_each_safe(node, entries) name_cache_drop( "
            "list_entry(node, struct cached_name, dir_link));",
            "\t(void)entries;",
        ),
    ),
    Mutant(
        "names_keep_memory",
        "remembered given_back",
        (
            "fs/caches.c",
            "dropped += shrink_names((wanted - dropped) * NAMES_A_FRAME);",
            "\t\t;",
        ),
    ),
    Mutant(
        "reader_goes_only_on",
        "remembered listed",
        (
            "fs/tmpfs/tmpfs_dir.c",
            "while (at->prev != head && entry_at(at->prev)->position >= "
            "position) at = at->prev;",
            "",
        ),
    ),
    Mutant(
        "free_entry_forgotten",
        "remembered crowd",
        (
            "fs/minix/minix_entry.c",
            "place->dir->i_taken = min_u32(place->dir->i_taken, place->n);",
            "\t\t;",
        ),
    ),
    Mutant(
        "root_not_seen",
        "remembered outside",
        (
            "fs/fs_struct.c",
            "at = cross_up(at); else error = 1;",
            "\t\t\tat = cross_up(at);\n\t\telse\n\t\t\tbreak;",
        ),
    ),
    Mutant(
        "kept_name_forgotten",
        "remembered replaced",
        (
            "fs/name_cache.c",
            "if (n && !dir->i_sb->s_keeps_names)",
            "\tif (n)",
        ),
    ),
    Mutant(
        "lost_name_is_no_change",
        "stamps names",
        (
            "fs/target.c",
            "inode->i_dir = 0; inode_changed(inode);",
            "\t\tinode->i_dir = 0;",
        ),
    ),
]
