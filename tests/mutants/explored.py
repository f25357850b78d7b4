"""Planted bugs in mm/ that the explorer finds (tools/explore): each breaks a
rule in a small world. Some of them no emulator can show, and many need a sleep
at the right place."""
from . import around, audit, copy_on_write, mm, policies, swap
from .mutant import Mutant

# Mutants of other tables that the explorer finds as well: the world, how many
# steps it needs, and the rule.
ALSO = {
    "directory_not_cleared": ("page:3", "everybody sleeps"),
    "protected_bytes_uncounted": ("page:1", "audit: wrong sums of areas"),
    "no_count_at_fork": (
        "page:2",
        "a count is too low: a frame in use is freed",
    ),
    "drop_before_copy": (
        "page:2",
        "a count is too low: a frame in use is freed",
    ),
    "parent_stays_writable": ("page:2", "a shared page may be written"),
    "child_is_writable": ("page:2", "a shared page may be written"),
    "unprotect_at_two": ("page:1", "a shared page may be written"),
    "neighbours_not_counted": ("table:4", "a shared page may be written"),
    "neighbours_need_no_mark": ("table:3", "an entry is for no slot of swap"),
    "grandchild_unmarked": (
        "page:2",
        "an entry of a writable area is neither writable nor PAGE_COW",
    ),
    "page_none_not_counted": (
        "page:3",
        "a count is too low: a frame in use is freed",
    ),
    "not_copied": ("page:2", "an access finds another value"),
    "old_page_not_dropped": ("page:1", "a count is too high: a frame is lost"),
    "mark_left_after_reuse": ("page:3", "an entry is writable and PAGE_COW"),
    "half_copy_not_counted": ("swap:2", "nr_swapped is wrong"),
    "half_copy_accepted": ("page:2", "nr_resident is wrong"),
    "shared_page_freed_at_exit": ("page:2", "a free frame is in use"),
    "permission_ignored": ("page:2", "an access must be refused"),
    "present_pages_not_refused": ("page:3", "an access faults for ever"),
    "zero_page_marked_anyway": ("page:2", "PAGE_COW where nobody may write"),
    "zero_page_writable": ("page:1", "a shared page may be written"),
    "zero_page_not_counted": (
        "page:1",
        "a count is too low: a frame in use is freed",
    ),
    "page_none_not_freed": ("page:3", "nr_resident is wrong"),
    "page_none_not_marked": ("page:2", "an entry is for no slot of swap"),
    "mprotect_unshares": ("page:2", "a shared page may be written"),
    "no_flush_after_mprotect": (
        "page:2",
        "the TLB may hold an old page-table entry",
    ),
    "no_flush_after_munmap": (
        "page:2",
        "the TLB may hold an old directory entry",
    ),
    "no_flush_after_madvise": (
        "page:2",
        "the TLB may hold an old page-table entry",
    ),
    "fresh_page_not_cleared": ("page:2", "an access finds another value"),
    "tables_not_freed": ("page:2", "a count is too high: a frame is lost"),
    "neighbours_table_freed": ("table:2", "nr_resident is wrong"),
    "resident_not_counted": ("page:1", "nr_resident is wrong"),
    "frame_lost_without_table": (
        "threads:1",
        "a count is too high: a frame is lost",
    ),
    "no_split_for_first_touch": ("page:2", "nr_resident is wrong"),
    "no_split_for_munmap": ("page:3", "panic: kpage_free_cleared"),
    "no_split_for_mprotect": ("page:3", "an access must be allowed"),
    "no_split_for_madvise": ("page:3", "nr_resident is wrong"),
    "no_split_for_mremap": ("tables:4", "nr_resident is wrong"),
    "no_split_for_tracer": ("page:3", "PAGE_COW where nobody may write"),
    "freed_at_first_exit": ("page:1", "areas are not what was asked for"),
    "mmap_over_unmaps_first": ("page:1", "areas are not what was asked for"),
    "slot_outlives_munmap": ("swap:2", "a slot's count is wrong"),
    "sharers_count_no_swap": ("swap:3", "nr_swapped is wrong"),
    "swapped_page_protected": ("swap:3", "everybody sleeps"),
    "zeroes_for_swapped": ("swap:2", "an access finds another value"),
    "directory_lost": ("page:1", "a count is too high: a frame is lost"),
    "table_lost": ("page:2", "a count is too high: a frame is lost"),
    "neighbour_covers_own_page": (
        "pages:3",
        "nr_resident is wrong",
    ),
    "no_count_of_shared": (
        "file:2",
        "a count is too low: a frame in use is freed",
    ),
    "count_wraps_at_256": (
        "crowd:1",
        "an entry maps a frame that is free, or none",
    ),
    "count_wraps_at_65536": (
        "crowd:1",
        "an entry maps a frame that is free, or none",
    ),
    "file_page_marked_anyway": (
        "file:3",
        "PAGE_COW where nobody may write",
    ),
    "file_page_writable": (
        "file:1",
        "a shared page may be written",
    ),
    "source_not_dropped": (
        "file:1",
        "a count is too high: a frame is lost",
    ),
    "child_has_no_heap": (
        "heap:1",
        "the heap ends elsewhere",
    ),
    "write_below_lent_table": (
        "file:3",
        "an access finds another value",
    ),
}


def also_explored():
    found = [
        mutant
        for table in (around, audit, copy_on_write, mm, policies, swap)
        for mutant in table.MUTANTS
        if mutant.name in ALSO
    ]
    return [
        Mutant(
            f"{mutant.name}_explored",
            f"explore {ALSO[mutant.name][0]}",
            *mutant.changes,
            says=ALSO[mutant.name][1],
        )
        for mutant in found
    ]


MUTANTS = [
    Mutant(
        "stale_copy_not_flushed",
        "explore page:4",
        (
            "mm/memory.c",
            "reuse_pages(addr, entry); flush_page(addr);",
            "\t\treuse_pages(addr, entry);",
        ),
        says="the TLB may hold an old page-table entry",
        sample=True,
    ),
    Mutant(
        "stale_entry_not_flushed",
        "explore table:6",
        (
            "mm/fault.c",
            "case STALE_TLB: /* 3 */ flush_page(addr);",
            "\tcase STALE_TLB:",
        ),
        says="an access faults for ever",
    ),
    Mutant(
        "fault_takes_no_lock",
        "explore page:3",
        (
            "mm/fault.c",
            "if (unlikely(mm->locker)) { sleep_on(&mm->unlocked); return; } "
            "mm->locker = current; error = handle_fault(mm, addr, code); "
            "mm_unlock(mm);",
            "\tbool shared = mm->users > 1;\n"
            "\tif (shared && mm->locker) {\n"
            "\t\tsleep_on(&mm->unlocked);\n"
            "\t\treturn;\n"
            "\t}\n"
            "\tif (shared)\n"
            "\t\tmm->locker = current;\n"
            "\terror = handle_fault(mm, addr, code);\n"
            "\tif (shared)\n"
            "\t\tmm_unlock(mm);",
        ),
        says="nr_resident is wrong",
        sample=True,
    ),
    Mutant(
        "copy_of_what_was_evicted",
        "explore swap:5",
        (
            "mm/memory.c",
            "if (*entry != old) {",
            "\tif (0) {",
        ),
        says="nr_resident is wrong",
    ),
    Mutant(
        "table_copied_without_sharers",
        "explore three:5",
        (
            "mm/lazy.c",
            "/* The allocation may have slept until the others were gone. */ "
            "if (has_sharers(*pde)) {",
            "\tif (copy) {",
        ),
        says="a count is too high: a frame is lost",
    ),
    Mutant(
        "own_table_not_flushed",
        "explore page:4",
        (
            "mm/lazy.c",
            "if (current->mm == mm) flush_address_space(); return 0;",
            "\treturn 0;",
        ),
        says="the TLB may hold an old directory entry",
    ),
    Mutant(
        "slot_read_without_users",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "if (must_read(slot_of(entry))) /* reclaim may have slept */",
            "\t(void)must_read;\n\tif (1)",
        ),
        says="audit: wrong number of free or cached slots",
    ),
    Mutant(
        "entry_looked_at_too_early",
        "explore swap:5",
        (
            "mm/copy_now.c",
            "pte_t *to = get_pte(child, addr), entry; void *page = to ? "
            "kpage_alloc(OWNER_CALL) : NULL; int error;",
            "\tint error = 0;\n"
            "\tpte_t entry = *find_pte(parent, addr), "
            "*to = get_pte(child, addr);\n"
            "\tvoid *page = to ? kpage_alloc(OWNER_CALL) : NULL;",
        ),
        (
            "mm/copy_now.c",
            "entry = present_entry(parent, addr, &error); if (!entry) {",
            "\tif (is_swapped(entry))\n"
            "\t\tentry = present_entry(parent, addr, &error);\n"
            "\tif (!entry) {",
        ),
        says="a page holds another value",
    ),
    Mutant(
        "entry_not_looked_at_again",
        "explore swap:6",
        (
            "mm/swap/swap_entry.c",
            "if (entry && *entry == slot)",
            "\tif (entry)",
        ),
        says="the code crashes: Segmentation fault",
    ),
    Mutant(
        "evicted_not_flushed",
        "explore swap:4",
        (
            "mm/swap/reclaim.c",
            "flush_address_space(); swap_write(found, nr_found);",
            "\tswap_write(found, nr_found);",
        ),
        says="the TLB may hold an old page-table entry",
    ),
    Mutant(
        "reclaim_sleeps_unflushed",
        "explore brothers:3",
        (
            "mm/swap/reclaim.c",
            "flush_address_space(); nr_in_want++;",
            "\tnr_in_want++;",
        ),
        says="the TLB may hold an old page-table entry",
    ),
    Mutant(
        "installed_over_another",
        "explore threads:3",
        (
            "mm/fault.c",
            "if (unlikely(mm->locker)) { sleep_on(&mm->unlocked); return; } "
            "mm->locker = current; error = handle_fault(mm, addr, code); "
            "mm_unlock(mm);",
            "\terror = handle_fault(mm, addr, code);",
        ),
        says="the TLB may hold an old directory entry",
    ),
    Mutant(
        "recount_forgotten",
        "explore swap:5",
        (
            "mm/memory.c",
            "if (error || parent->keeps_back || entry_changes != changes)",
            "\t(void)changes;\n\tif (error || parent->keeps_back)",
        ),
        says="nr_resident is wrong",
    ),
    Mutant(
        "write_error_forgotten",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "if (error && write) slot->frame |= SLOT_FAILED; else if (error)",
            "\tif (error && !write)",
        ),
        says="a page in swap holds another value",
    ),
    Mutant(
        "write_error_of_shared_forgotten",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "if (error && write) slot->frame |= SLOT_FAILED; else if (error)",
            "\tif (error && write && page_of(slot->frame)->count == 1)\n"
            "\t\tslot->frame |= SLOT_FAILED;\n"
            "\telse if (error && !write)",
        ),
        says="a page holds another value",
    ),
    Mutant(
        "read_error_ignored",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "else if (error) leave_cache(slot);",
            "",
        ),
        says="a page holds another value",
    ),
    Mutant(
        "failed_slot_used_again",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "slot_free(entry, !failed);",
            "\t(void)failed;\n\tslot_free(entry, true);",
        ),
        says="a slot that could not be written is free again",
    ),
    Mutant(
        "sharers_not_counted",
        "explore swap:5",
        (
            "mm/swap/swap_entry.c",
            "count_for_sharers(mm, addr, resident, swapped);",
            "",
        ),
        says="nr_resident is wrong",
    ),
    Mutant(
        "brought_back_not_counted",
        "explore swap:5",
        ("mm/swap/swap_entry.c", "page_of(frame)->count++;", ""),
        says="an entry maps a frame that is free, or none",
    ),
    Mutant(
        "brought_back_writable",
        "explore swap:6",
        (
            "mm/swap/swap_entry.c",
            "(writable ? PTE_W : PAGE_COW)",
            "((void)writable, PTE_W)",
        ),
        says="a shared page may be written",
    ),
    Mutant(
        "swapoff_opens_what_a_tracer_did",
        "explore thrash:2",
        (
            "mm/swap/swap_entry.c",
            "page_of(frame)->count == 1 && mm->locker == current;",
            "page_of(frame)->count == 1;",
        ),
        says="an access must be refused",
    ),
    Mutant(
        "swapped_entry_stays_counted",
        "explore swap:5",
        (
            "mm/pages.c",
            "swap_drop(entry); mm->nr_swapped--;",
            "\t\t\tswap_drop(entry);",
        ),
        says="nr_swapped is wrong",
    ),
    Mutant(
        "moved_from_lent_table",
        "explore tables:4",
        (
            "mm/pages.c",
            "if (own_tables(mm, from, from + length) < 0) return -ENOMEM; "
            "for_each_pte",
            "\tfor_each_pte",
        ),
        says="nr_resident is wrong",
    ),
    Mutant(
        "upper_edge_not_split",
        "explore table:3",
        (
            "mm/protect.c",
            "if (!error && gap == end && end < TASK_SIZE) error = "
            "split_at(mm, end);",
            "",
        ),
        says="areas are not what was asked for",
    ),
    Mutant(
        "nobody_is_woken",
        "explore threads:3",
        (
            "include/cowix/mm.h",
            "if (unlikely(!list_empty(&mm->unlocked.sleepers))) "
            "wake_up(&mm->unlocked);",
            "",
        ),
        says="somebody was never woken",
    ),
    Mutant(
        "turn_not_passed_on",
        "explore swap:5",
        ("mm/swap/reclaim.c", "wake_up(&turned);", ""),
        says="somebody was never woken",
    ),
    Mutant(
        "end_of_reading_untold",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "finish_transfer(entry, false, io.error); "
            "wake_up(&transferred);",
            "\tfinish_transfer(entry, false, io.error);",
        ),
        says="somebody was never woken",
    ),
    Mutant(
        "end_of_writing_untold",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "entries += count; } wake_up(&transferred);",
            "\t\tentries += count;\n\t}",
        ),
        says="somebody was never woken",
    ),
    Mutant(
        "tracer_leaves_open",
        "explore page:3",
        (
            "mm/foreign.c",
            "close_page(mm, area, addr, more); return error;",
            "\t(void)close_page;\n\treturn error;",
        ),
        says="an entry may write, its area not",
    ),
    Mutant(
        "neighbours_table_dropped",
        "explore table:4",
        (
            "mm/space.c",
            "room_below(mm, area->link.prev),",
            "\t\t\t\t 0,",
        ),
        says="nr_resident is wrong",
    ),
    Mutant(
        "moved_pages_unflushed",
        "explore page threads",
        (
            "mm/pages.c",
            "*entry = 0; } flush_address_space(); return 0;",
            "\t\t*entry = 0;\n\t}\n\treturn 0;",
        ),
        control=True,
    ),
] + also_explored()
