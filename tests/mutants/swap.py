"""Planted bugs in swap."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "unmapped_is_nobodys",
        "victims unmapped",
        (
            "mm/oom.c",
            "return area->ops && area->flags & VM_SHARED ? "
            "area->ops->kept(area) : 0;",
            "\treturn area->ops && area->flags & VM_SHARED ? 0 : 0;",
        ),
    ),
    Mutant(
        "slot_never_free",
        "swap exit_frees",
        (
            "mm/swap/swap.c",
            "if (--slot->count == 0 && !(slot->frame & SLOT_BUSY)) "
            "release_slot(entry);",
            "\tslot->count--;",
        ),
    ),
    Mutant(
        "slot_free_at_first_exit",
        "swap one_slot exit_frees",
        (
            "mm/swap/swap.c",
            "if (--slot->count == 0 && !(slot->frame & SLOT_BUSY))",
            "\tslot->count--;\n\tif (!(slot->frame & SLOT_BUSY))",
        ),
    ),
    Mutant(
        "swapped_in_writable",
        "swap fork_cow",
        (
            "mm/swap/swap_entry.c",
            "writable = page_of(frame)->count == 1 &&",
            "\twritable =",
        ),
    ),
    Mutant(
        "swapped_in_read_only",
        "swap round_trip",
        (
            "mm/swap/swap_entry.c",
            "return PRIVATE_BITS | (writable ? PTE_W : PAGE_COW);",
            "\treturn PRIVATE_BITS;",
        ),
    ),
    Mutant(
        "swapped_in_touchable",
        "swap permissions",
        (
            "mm/swap/swap_entry.c",
            "if (!(flags & VM_PROT)) return (PRIVATE_BITS",
            "\tif (0)\n\t\treturn (PRIVATE_BITS",
        ),
    ),
    Mutant(
        "frame_not_found_in_cache",
        "swap one_slot fork_cow random_trees",
        (
            "mm/swap/swap.c",
            "return slot && PTE_FRAME(slot->frame) == frame ? entry : 0;",
            "\treturn slot && PTE_FRAME(slot->frame) == frame ? 0 : 0;",
        ),
    ),
    Mutant(
        "shared_memory_swapped",
        "swap shared_memory",
        (
            "mm/swap/reclaim.c",
            "if (held != HOLDS_OTHER || area->flags & VM_SHARED) return false;",
            "",
        ),
    ),
    Mutant(
        "accessed_bit_ignored",
        "swap_full used_pages_stay",
        (
            "mm/swap/reclaim.c",
            "if (*entry & PTE_A && !now) {",
            "\tif (0 && *entry & PTE_A && !now) {",
        ),
        sample=True,
    ),
    Mutant(
        "no_flush_after_hand",
        "swap round_trip random_trees",
        (
            "mm/swap/reclaim.c",
            "flush_address_space(); swap_write",
            "\tswap_write",
        ),
    ),
    Mutant(
        "bad_pages_used",
        "swapon priorities",
        (
            "fs/swapon.c",
            "swap_exclude(area, header->bad[i]);",
            "\t\t(void)area;",
        ),
    ),
    Mutant(
        "swapoff_for_ever",
        "swapon off_without_memory",
        ("mm/swap/swap.c", "|| !swap_area_of(entry)->active) {", ") {"),
    ),
    Mutant(
        "swapoff_forgets_some",
        "swapon off",
        (
            "mm/swap/swapoff.c",
            "while (!error && swap_is_used(number)) {",
            "\twhile (!error && 0) {",
        ),
    ),
    Mutant(
        "slots_lost",
        "owners swap_maps",
        ("mm/swap/swap_area.c", "if (slots) kpage_free(slots);", ""),
        says="owner swap",
    ),
    Mutant(
        "places_lost",
        "owners swap_maps",
        (
            "fs/swapon.c",
            "kpage_free(medium->where[i]);",
            "\t\t\tmedium->where[i] = NULL;",
        ),
        says="owner swap",
    ),
    Mutant(
        "whoever_faults_ends",
        "victims largest_of_most",
        (
            "mm/oom.c",
            "struct task_struct *victim = largest_process();",
            "\t\tstruct task_struct *victim = current->process;",
        ),
    ),
    Mutant(
        "largest_of_all_ends",
        "victims largest_of_most",
        ("mm/oom.c", "all = pages_of_user(process->uid);", "\t\tall = pages;"),
    ),
    # those who fight for frames keep the bonus of a sleeper
    Mutant(
        "reclaimers_stay_ahead",
        "test_bombs.py::test_bombs[32-True-tables]",
        (
            "mm/swap/reclaim.c",
            "if (nr_in_want > 1 && !may_use_reserve())",
            "\tif (0 && !may_use_reserve())",
        ),
    ),
    Mutant(
        "sharers_live",
        "victims sharers",
        (
            "mm/oom.c",
            "if (process_at(node)->mm == mm)",
            "\t\tif (process_at(node)->mm == mm && process_at(node) == "
            "victim)\n",
        ),
    ),
    Mutant(
        "all_end_at_once",
        "victims largest_of_most",
        (
            "mm/oom.c",
            "if (jiffies - process->oom_since < PATIENCE) return true;",
            "\t\t;",
        ),
    ),
]
