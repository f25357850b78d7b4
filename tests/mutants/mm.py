"""Planted bugs in the rest of mm/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "shared_page_freed_at_exit",
        "cow many_sharers",
        (
            "mm/pages.c",
            "if (--page_of(PTE_FRAME(entry))->count == 0)",
            "\t\t\tif (--page_of(PTE_FRAME(entry))->count <= 1)",
        ),
    ),
    Mutant(
        "permission_ignored",
        "memory read_only_zeroes",
        (
            "mm/fault.c",
            "return allows(area, code) ? area : NULL;",
            "\t\treturn area;",
        ),
        sample=True,
    ),
    Mutant(
        "present_pages_not_refused",
        "entries read_only",
        (
            "mm/fault.c",
            "case REFUSE_PRESENT: /* 6 */ return -EFAULT;",
            "\tcase REFUSE_PRESENT:\n\t\treturn 0;",
        ),
        (
            "mm/fault.c",
            "return allows(area, code) ? area : NULL;",
            "\t\treturn allows(area, code) || code & PF_PRESENT ? area : "
            "NULL;",
        ),
    ),
    Mutant(
        "zero_page_marked_anyway",
        "entries read_only",
        (
            "mm/pages.c",
            "return install_page(mm, addr, entry, zero_page, "
            "shared_bits(area));",
            "\t(void)area;\n"
            "\treturn install_page(mm, addr, entry, zero_page, PRIVATE_BITS "
            "| PAGE_COW);",
        ),
    ),
    Mutant(
        "file_page_marked_anyway",
        "entries read_only",
        (
            "mm/pages.c",
            "error = install_page(mm, addr, entry, frame, shared_bits(area));",
            "\terror = install_page(mm, addr, entry, frame, PRIVATE_BITS | "
            "PAGE_COW);",
        ),
    ),
    Mutant(
        "file_page_writable",
        "entries private_file",
        (
            "mm/pages.c",
            "error = install_page(mm, addr, entry, frame, shared_bits(area));",
            "\terror = install_page(mm, addr, entry, frame, PRIVATE_BITS | "
            "(area->flags & VM_WRITE ? PTE_W : 0));",
        ),
    ),
    Mutant(
        "zero_page_writable",
        "cow zero_page",
        (
            "mm/pages.c",
            "return install_page(mm, addr, entry, zero_page, "
            "shared_bits(area));",
            "\treturn install_page(mm, addr, entry, zero_page, PRIVATE_BITS "
            "| (area->flags & VM_WRITE ? PTE_W : 0));",
        ),
    ),
    Mutant(
        "zero_page_not_counted",
        "cow zero_page",
        ("mm/pages.c", "page_of(zero_page)->count++;", ""),
    ),
    Mutant(
        "page_none_not_freed",
        "entries no_access",
        (
            "mm/pages.c",
            "if (entry & PTE_MAPPED) { *at = 0;",
            "\t\tif (entry & PAGE_NONE)\n"
            "\t\t\tcontinue;\n"
            "\t\tif (entry & PTE_MAPPED) {\n"
            "\t\t\t*at = 0;",
        ),
    ),
    Mutant(
        "page_none_not_marked",
        "entries no_access",
        ("mm/pages.c", "return entry | PAGE_NONE;", "\t\treturn entry;"),
    ),
    Mutant(
        "mprotect_unshares",
        "entries protection_keeps_sharing",
        (
            "mm/pages.c",
            "entry |= PAGE_COW; return",
            "\t\tentry |= PTE_W;\n\treturn",
        ),
    ),
    Mutant(
        "no_flush_after_mprotect",
        "entries no_stale_entries",
        (
            "mm/pages.c",
            "*entry = protect_entry(*entry, flags); flush_address_space();",
            "\t\t\t*entry = protect_entry(*entry, flags);",
        ),
    ),
    Mutant(
        "no_flush_after_munmap",
        "entries no_stale_entries",
        ("mm/pages.c", "if (current->mm == mm) flush_address_space();", ""),
    ),
    Mutant(
        "no_flush_after_madvise",
        "entries no_stale_entries",
        (
            "mm/madvise.c",
            "zap_page_range(mm, start, end); flush_address_space();",
            "\tzap_page_range(mm, start, end);",
        ),
    ),
    Mutant(
        "tail_not_cleared",
        "entries tail_of_segment",
        ("mm/pages.c", "memset(page + bytes, 0, PAGE_SIZE - bytes);", ""),
    ),
    Mutant(
        "fresh_page_not_cleared",
        "memory heap",
        (
            "mm/pages.c",
            "entry ? get_zeroed_page() : 0;",
            "entry ? get_free_page() : 0;",
        ),
    ),
    Mutant(
        "source_not_dropped",
        "entries private_file",
        ("mm/pages.c", "free_page(source);", ""),
    ),
    Mutant(
        "tables_not_freed",
        "cow child_writes_first",
        (
            "mm/pages.c",
            "kpage_free_cleared(table_of(mm->pgdir[i])); mm->pgdir[i] = 0;",
            "\t\t\tmm->pgdir[i] = 0;",
        ),
    ),
    Mutant(
        "neighbours_table_freed",
        "entries neighbours",
        (
            "mm/pages.c",
            "first = max_u32(first, start >> PGDIR_SHIFT);",
            "\tfirst = start >> PGDIR_SHIFT;",
        ),
        ("mm/pages.c", "last = min_u32(last, (end", "\tlast = ((end"),
    ),
    Mutant(
        "resident_not_counted",
        "cow zero_page",
        (
            "mm/pages.c",
            "mm->nr_resident++; trace_page(TRACE_FAULT",
            "\ttrace_page(TRACE_FAULT",
        ),
    ),
    Mutant(
        "frame_lost_without_table",
        "sweep_exec exec",
        (
            "mm/pages.c",
            "free_page(frame); return -ENOMEM;",
            "\t\treturn -ENOMEM;",
        ),
    ),
    Mutant(
        "child_has_no_heap",
        "cow zero_page",
        ("mm/space.c", "child->brk = mm->brk;", ""),
    ),
    Mutant(
        "write_below_lent_table",
        "policies sequences",
        (
            "mm/fault.c",
            "if (mm->pgdir[PGDIR_INDEX(addr)] & PAGE_COW)",
            "\t\tif (mm->pgdir[PGDIR_INDEX(addr)] & PAGE_COW && !(*entry & "
            "PAGE_COW))",
        ),
    ),
    Mutant(
        "no_split_for_first_touch",
        "policies random_plays",
        (
            "mm/mm_internal.h",
            "bool own = (*pde & (PTE_P | PAGE_COW)) == PTE_P;",
            "\tbool own = *pde & PTE_P;",
        ),
    ),
    Mutant(
        "no_split_for_munmap",
        "policies_calls three_generations",
        (
            "mm/space.c",
            "own_tables(mm, start, end) < 0 || split_edges(mm, start, end) < 0",
            "split_edges(mm, start, end) < 0",
        ),
    ),
    Mutant(
        "no_split_for_mprotect",
        "policies_calls three_generations",
        (
            "mm/protect.c",
            "error = own_tables(mm, addr, gap);",
            "\t\terror = 0;",
        ),
    ),
    Mutant(
        "no_split_for_madvise",
        "policies_calls three_generations",
        (
            "mm/madvise.c",
            "if (own_tables(mm, start, end) < 0) return -ENOMEM;",
            "",
        ),
    ),
    Mutant(
        "no_split_for_mremap",
        "policies_calls three_generations",
        (
            "mm/pages.c",
            "if (own_tables(mm, from, from + length) < 0) return -ENOMEM;",
            "",
        ),
    ),
    Mutant(
        "no_split_for_tracer",
        "policies_lives tracers",
        (
            "mm/foreign.c",
            "if (own_tables(mm, page, page + PAGE_SIZE) < 0) return -ENOMEM;",
            "",
        ),
    ),
    Mutant(
        "freed_at_first_exit",
        "xfork thread",
        (
            "mm/space.c",
            "if (--mm->users > 0) return;",
            "\tif (--mm->users > 1)\n\t\treturn;",
        ),
        sample=True,
    ),
    Mutant(
        "areas_without_limit",
        "procsys many_areas",
        (
            "mm/area.c",
            "return mm->nr_areas < max_areas ? area_dup(area) : NULL;",
            "\treturn mm ? area_dup(area) : NULL;",
        ),
    ),
    Mutant(
        "file_is_promised",
        "verdicts shared_file",
        (
            "mm/mapping.c",
            "return (area_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE &&",
            "\treturn area_flags & VM_WRITE &&",
        ),
    ),
    Mutant(
        "mremap_splits_too_late",
        "sweep_memory splits",
        (
            "mm/mremap.c",
            "if (split_at(mm, addr) < 0 || split_at(mm, end) < 0) return "
            "-ENOMEM; area = *find_area(mm, addr);",
            "\tarea = *find_area(mm, addr);\n"
            "\tarea.offset += addr - area.start;",
        ),
    ),
    Mutant(
        "mmap_over_unmaps_first",
        "sweep_memory splits",
        (
            "mm/mapping.c",
            "flags & MAP_FIXED ? map_area_over(mm, area) :",
            "flags & MAP_FIXED ? unmap_range(mm, area->start, area->end) ? : "
            "map_area(mm, area) :",
        ),
    ),
    Mutant(
        "audit_forgets_residents",
        "cow zero_page",
        (
            "mm/pages.c",
            "mm->nr_resident++; trace_page(TRACE_FAULT",
            "\ttrace_page(TRACE_FAULT",
        ),
        (
            "kernel/debug/audit.c",
            "if (user_entries - before != mm->nr_resident)",
            "\tif (user_entries - before > mm->nr_resident + 9999)",
        ),
        silent="audit: wrong number of resident pages",
    ),
    Mutant(
        "slot_outlives_munmap",
        "swap unmap_frees",
        (
            "mm/pages.c",
            "swap_drop(entry); mm->nr_swapped--;",
            "\t\t\tmm->nr_swapped--;",
        ),
    ),
    Mutant(
        "sharers_count_no_swap",
        "swap fork_lazy",
        (
            "mm/lazy.c",
            "other->nr_swapped += swapped;",
            "",
        ),
    ),
    Mutant(
        "swapped_page_protected",
        "swap permissions",
        (
            "mm/pages.c",
            "if (*entry & PTE_MAPPED) *entry = protect",
            "\t\tif (*entry)\n\t\t\t*entry = protect",
        ),
    ),
    Mutant(
        "zeroes_for_swapped",
        "swap round_trip",
        (
            "mm/fault.c",
            "if (entry && is_swapped(*entry)) return SWAP_IN;",
            "",
        ),
        (
            "mm/pages.c",
            "if (unlikely(*entry)) {",
            "\tif (unlikely(*entry & PTE_MAPPED)) {\n",
        ),
    ),
    Mutant(
        "directory_lost",
        "owners tasks",
        (
            "mm/space.c",
            "kpage_free_cleared(mm->pgdir); mm_drop_hold(mm);",
            "\tmm_drop_hold(mm);",
        ),
        says="owner directory",
    ),
    Mutant(
        "table_lost",
        "owners tasks",
        (
            "mm/pages.c",
            "kpage_free_cleared(table_of(mm->pgdir[i])); mm->pgdir[i] = 0;",
            "\t\t\tmm->pgdir[i] = 0;",
        ),
        says="owner table",
    ),
    Mutant(
        "slab_lost",
        "owners pipes",
        ("mm/kmalloc.c", "kpage_free(slab); }", "\t}"),
        says="owner kmalloc",
    ),
    Mutant(
        "reserve_for_nobody",
        "victims reserve",
        (
            "mm/frames.c",
            "likely(nr_free_pages > reserved_frames) ?",
            "likely(nr_free_pages) ?",
        ),
        sample=True,
    ),
    Mutant(
        "lent_table_kept_back",
        "advice after_lending",
        (
            "mm/space.c",
            "if ((mm->keeps_back && own_kept_back(mm) < 0) || copy",
            "\tif (copy",
        ),
    ),
    Mutant(
        "area_inherited",
        "advice dont_fork",
        (
            "mm/space.c",
            "if (area_at(node)->flags & VM_DONTFORK) continue;",
            "",
        ),
    ),
    Mutant(
        "locked_grows_down",
        "advice locked_grows",
        ("mm/area.c", "!may_lock(mm, area->flags, bytes))", "\t    0)"),
    ),
    Mutant(
        "locked_grows_up",
        "advice locked_grows",
        (
            "mm/mremap.c",
            "if (!may_lock(mm, area->flags, more))",
            "\tif (0)",
        ),
    ),
    Mutant(
        "lent_table_locked",
        "advice locked_lent",
        (
            "mm/mlock.c",
            "if (!error && on) error = own_tables(mm, start, gap);",
            "",
        ),
    ),
    Mutant(
        "grown_not_locked",
        "advice locked_grows",
        (
            "mm/mremap.c",
            "populate_grown(mm,",
            "\t\t(void)(mm, ",
        ),
    ),
    Mutant(
        "stack_range_wraps",
        "mapflags flags",
        (
            "mm/protect.c",
            "if (*length > TASK_SIZE) return -ENOMEM;",
            "",
        ),
    ),
    Mutant(
        "lock_inherited",
        "advice locked",
        ("mm/space.c", "area->flags &= ~VM_LOCKED;", ""),
    ),
    Mutant(
        "no_guard",
        "mapflags guard",
        (
            "mm/area.c",
            "below->flags & VM_PROT ? STACK_GUARD : 0",
            "below->flags & VM_PROT ? 0 : 0",
        ),
    ),
    Mutant(
        "data_unlimited",
        "mapflags data_limit",
        (
            "mm/area.c",
            "return !is_data(flags) || may_hold_data(mm, bytes);",
            "\treturn true;",
        ),
    ),
    Mutant(
        "only_thread_takes_no_lock",
        "foreign",
        (
            "mm/area.c",
            "while (mm->locker)",
            "\twhile (mm->users > 1 && mm->locker)",
        ),
    ),
]
