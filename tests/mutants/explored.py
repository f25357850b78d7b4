"""Planted bugs in mm/ that the explorer finds (tools/explore): each breaks a
rule in a small world. Some of them no emulator can show, and many need a sleep
at the right place."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "stale_copy_not_flushed",
        "explore page:4",
        (
            "mm/memory.c",
            "reuse_pages(addr, entry); flush_page(addr);",
            "\t\treuse_pages(addr, entry);",
        ),
        says="?",
    ),
    Mutant(
        "stale_entry_not_flushed",
        "explore table:6",
        (
            "mm/fault.c",
            "case STALE_TLB: /* 3 */ flush_page(addr);",
            "\tcase STALE_TLB:",
        ),
        says="?",
    ),
    Mutant(
        "fault_takes_no_lock",
        "explore page:3",
        (
            "mm/fault.c",
            "if (mm_lock_slept(mm)) return; error = handle_fault(mm, addr, "
            "code); mm_unlock(mm);",
            "\tbool shared = mm->users > 1;\n"
            "\tif (shared && mm_lock_slept(mm))\n"
            "\t\treturn;\n"
            "\terror = handle_fault(mm, addr, code);\n"
            "\tif (shared)\n"
            "\t\tmm_unlock(mm);",
        ),
        says="?",
    ),
    Mutant(
        "copy_of_what_was_evicted",
        "explore swap:5",
        (
            "mm/memory.c",
            "if (*entry != old) {",
            "\tif (0) {",
        ),
        says="?",
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
        says="?",
    ),
    Mutant(
        "own_table_not_flushed",
        "explore page:4",
        (
            "mm/lazy.c",
            "if (current->mm == mm) flush_address_space(); return 0;",
            "\treturn 0;",
        ),
        says="?",
    ),
    Mutant(
        "slot_read_without_users",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "if (must_read(slot_of(entry))) /* reclaim may have slept */",
            "\t(void)must_read;\n\tif (1)",
        ),
        says="?",
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
        says="?",
    ),
    Mutant(
        "entry_not_looked_at_again",
        "explore swap:6",
        (
            "mm/swap/swap_entry.c",
            "if (entry && *entry == slot)",
            "\tif (entry)",
        ),
        says="?",
    ),
    Mutant(
        "evicted_not_flushed",
        "explore swap:4",
        (
            "mm/swap/reclaim.c",
            "flush_address_space(); swap_write(found, nr_found);",
            "\tswap_write(found, nr_found);",
        ),
        says="?",
    ),
    Mutant(
        "reclaim_sleeps_unflushed",
        "explore brothers:3",
        (
            "mm/swap/reclaim.c",
            "flush_address_space(); nr_in_want++;",
            "\tnr_in_want++;",
        ),
        says="?",
    ),
    Mutant(
        "installed_over_another",
        "explore threads:3",
        (
            "mm/fault.c",
            "if (mm_lock_slept(mm)) return; error = handle_fault(mm, addr, "
            "code); mm_unlock(mm);",
            "\terror = handle_fault(mm, addr, code);",
        ),
        says="?",
    ),
    Mutant(
        "recount_forgotten",
        "explore swap:5",
        (
            "mm/memory.c",
            "if (error || parent->keeps_back || entry_changes != changes)",
            "\t(void)changes;\n\tif (error || parent->keeps_back)",
        ),
        says="?",
    ),
    Mutant(
        "write_error_forgotten",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "if (error && write) slot->frame |= SLOT_FAILED; else if (error)",
            "\tif (error && !write)",
        ),
        says="?",
    ),
    Mutant(
        "read_error_ignored",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "else if (error) leave_cache(slot);",
            "",
        ),
        says="?",
    ),
    Mutant(
        "failed_slot_used_again",
        "explore swap:7",
        (
            "mm/swap/swap.c",
            "slot_free(entry, !failed);",
            "\t(void)failed;\n\tslot_free(entry, true);",
        ),
        says="?",
    ),
    Mutant(
        "sharers_not_counted",
        "explore swap:5",
        (
            "mm/swap/swap_entry.c",
            "count_for_sharers(mm, addr, resident, swapped);",
            "",
        ),
        says="?",
    ),
    Mutant(
        "brought_back_not_counted",
        "explore swap:5",
        ("mm/swap/swap_entry.c", "page_of(frame)->count++;", ""),
        says="?",
    ),
    Mutant(
        "brought_back_writable",
        "explore swap:6",
        (
            "mm/swap/swap_entry.c",
            "(alone ? PTE_W : PAGE_COW)",
            "((void)alone, PTE_W)",
        ),
        says="?",
    ),
    Mutant(
        "swapped_entry_stays_counted",
        "explore swap:5",
        ("mm/pages.c", "swap_drop(entry); mm->nr_swapped--;",
         "\t\t\tswap_drop(entry);"),
        says="?",
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
        says="?",
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
        says="?",
    ),
    Mutant(
        "nobody_is_woken",
        "explore threads:3",
        (
            "mm/area.c",
            "if (!list_empty(&mm->unlocked.sleepers)) "
            "wake_up(&mm->unlocked);",
            "",
        ),
        says="?",
    ),
    Mutant(
        "turn_not_passed_on",
        "explore swap:5",
        ("mm/swap/reclaim.c", "wake_up(&turned);", ""),
        says="?",
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
        says="?",
    ),
    Mutant(
        "end_of_writing_untold",
        "explore swap:6",
        (
            "mm/swap/swap.c",
            "entries += count; } wake_up(&transferred);",
            "\t\tentries += count;\n\t}",
        ),
        says="?",
    ),
    Mutant(
        "tracer_leaves_open",
        "explore page:3",
        (
            "mm/foreign.c",
            "close_page(mm, area, addr, more); return error;",
            "\t(void)close_page;\n\treturn error;",
        ),
        says="?",
    ),
    Mutant(
        "neighbours_table_dropped",
        "explore table:4",
        (
            "mm/space.c",
            "room_below(mm, area->link.prev),",
            "\t\t\t\t 0,",
        ),
        says="?",
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
]
