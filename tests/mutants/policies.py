"""Planted bugs in the other policies of xfork(): LAZY, OLD, THREAD."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "lent_table_not_counted",
        "lazy few_tables",
        (
            "mm/memory.c",
            "page_of(PTE_FRAME(pde))->count++; } } child->nr_resident",
            "\t\t}\n\t}\n\tchild->nr_resident",
        ),
        sample=True,
    ),
    Mutant(
        "lent_on_not_counted",
        "policies sequences",
        (
            "mm/memory.c",
            "page_of(PTE_FRAME(pde))->count++; *to = pde;",
            "\t*to = pde;",
        ),
    ),
    Mutant(
        "lent_table_writable",
        "lazy few_tables",
        ("mm/memory.c", "= (pde & ~PTE_W) | PAGE_COW;", "= pde | PAGE_COW;"),
        says="audit: page table is shared and may be written",
    ),
    Mutant(
        "lender_unmarked",
        "policies sequences",
        (
            "mm/memory.c",
            "parent->pgdir[i] = child->pgdir[i] =",
            "\t\t\tchild->pgdir[i] =",
        ),
    ),
    Mutant(
        "borrower_unmarked",
        "lazy both_sides_write",
        (
            "mm/memory.c",
            "parent->pgdir[i] = child->pgdir[i] = (pde & ~PTE_W) | PAGE_COW;",
            "\t\t\tchild->pgdir[i] = pde, parent->pgdir[i] = (pde & ~PTE_W) | "
            "PAGE_COW;",
        ),
    ),
    Mutant(
        "no_flush_after_lending",
        "lazy both_sides_write",
        (
            "kernel/task/sched.c",
            "newborn = child; enqueue(active, child, true); current->work |= "
            "WORK_RESCHED;",
            "\tenqueue(active, child, false);",
        ),
        (
            "mm/memory.c",
            "parent->shares_tables = child->shares_tables = true; "
            "flush_address_space();",
            "\tparent->shares_tables = child->shares_tables = true;",
        ),
    ),
    Mutant(
        "lender_forgets",
        "policies_lives leaving",
        (
            "mm/memory.c",
            "parent->shares_tables = child->shares_tables = true;",
            "\tchild->shares_tables = true;",
        ),
    ),
    Mutant(
        "borrower_forgets",
        "lazy exec_forgets",
        (
            "mm/memory.c",
            "parent->shares_tables = child->shares_tables = true;",
            "\tparent->shares_tables = true;",
        ),
    ),
    Mutant(
        "second_borrower_forgets",
        "policies sequences",
        (
            "mm/memory.c",
            "*to = pde; child->shares_tables = true;",
            "\t*to = pde;",
        ),
    ),
    Mutant(
        "borrower_has_no_pages",
        "lazy few_tables",
        (
            "mm/memory.c",
            "} child->nr_resident = parent->nr_resident;",
            "\t}\n",
        ),
        says="audit: wrong number of resident pages",
    ),
    Mutant(
        "exit_keeps_lent_table",
        "lazy exec_forgets",
        (
            "mm/memory.c",
            "continue; free_page(PTE_FRAME(pde)); mm->pgdir[i] = 0;",
            "\t\t\t\tcontinue;\n\t\t\tmm->pgdir[i] = 0;",
        ),
    ),
    Mutant(
        "exit_empties_lent_table",
        "policies one_after_the_other",
        (
            "mm/memory.c",
            "if (!(pde & PAGE_COW) || page_of(PTE_FRAME(pde))->count == 1)",
            "\t\t\tif (!(pde & PAGE_COW) || page_of(PTE_FRAME(pde))->count <= "
            "2)",
        ),
    ),
    Mutant(
        "table_taken_unsplit",
        "policies sequences",
        (
            "mm/memory.c",
            "if (page_of(PTE_FRAME(*pde))->count > 1) { copy_table(mm, pde, "
            "addr, to); } else {",
            "\t{",
        ),
    ),
    Mutant(
        "last_user_splits",
        "policies one_after_the_other",
        (
            "mm/memory.c",
            "if (page_of(PTE_FRAME(*pde))->count > 1) { to =",
            "\t{\n\t\tto =",
        ),
        (
            "mm/memory.c",
            "if (page_of(PTE_FRAME(*pde))->count > 1) { copy_table",
            "\tif (page_of(PTE_FRAME(*pde))->count > 0) {\n\t\tcopy_table",
        ),
    ),
    Mutant(
        "last_user_stays_marked",
        "policies one_after_the_other",
        (
            "mm/memory.c",
            "*pde = (*pde & ~PAGE_COW) | PTE_W;",
            "\t\t*pde |= PTE_W;",
        ),
    ),
    Mutant(
        "split_counts_no_pages",
        "policies sequences",
        (
            "mm/memory.c",
            "else share_private(to + first, from + first, count); }",
            "\telse\n\t\trep_movsl(to + first, from + first, count);\n}",
        ),
    ),
    Mutant(
        "split_of_all_as_private",
        "policies_lives all_kinds",
        (
            "mm/memory.c",
            "if (area->flags & VM_SHARED) share_shared(to + first,",
            "\tif (0)\n\t\tshare_shared(to + first,",
        ),
    ),
    Mutant(
        "split_forgets_last_area",
        "policies sequences",
        (
            "mm/memory.c",
            "if (area->end > start && area->start < start + LARGE_PAGE_SIZE)",
            "\t\tif (area->end > start && area->end < start + LARGE_PAGE_SIZE "
            "&& area->start > start)",
        ),
    ),
    Mutant(
        "split_keeps_old_table",
        "policies sequences",
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(*pde)); *pde = __pa(to) | TABLE_BITS;",
            "\t*pde = __pa(to) | TABLE_BITS;",
        ),
        says="audit: it is the page table for",
    ),
    Mutant(
        "split_table_freed",
        "policies sequences",
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(*pde)); *pde = __pa(to) | TABLE_BITS;",
            "\trelease_frame(*pde >> PAGE_SHIFT);\n"
            "\t*pde = __pa(to) | TABLE_BITS;",
        ),
    ),
    Mutant(
        "failed_split_goes_on",
        "sweep_policies lent_tables",
        (
            "mm/memory.c",
            "if (!to) return false; }",
            "\t\tif (!to)\n\t\t\treturn true;\n\t}",
        ),
    ),
    Mutant(
        "old_shares",
        "xfork old",
        (
            "mm/memory.c",
            "copy_page(__va(frame), __va(PTE_FRAME(entry))); "
            "trace_page(TRACE_DUP, addr, PTE_FRAME(entry), frame);",
            "\tfree_page(frame);\n"
            "\tframe = PTE_FRAME(entry);\n"
            "\tpage_of(frame)->count++;",
        ),
    ),
    Mutant(
        "old_copies_nothing",
        "policies sequences",
        (
            "mm/memory.c",
            "copy_page(__va(frame), __va(PTE_FRAME(entry))); "
            "trace_page(TRACE_DUP",
            "\ttrace_page(TRACE_DUP",
        ),
    ),
    Mutant(
        "old_child_protected",
        "xfork old",
        (
            "mm/memory.c",
            "*to = frame | (entry & ~PAGE_MASK);",
            "\t*to = frame | (entry & PTE_W ? (entry & ~PAGE_MASK & ~PTE_W) | "
            "PAGE_COW : entry & ~PAGE_MASK);",
        ),
    ),
    Mutant(
        "old_child_of_sharer_protected",
        "policies sequences",
        (
            "mm/memory.c",
            "if (entry & PAGE_COW) entry = (entry & ~PAGE_COW) | PTE_W; own",
            "\town",
        ),
    ),
    Mutant(
        "old_child_writes_all",
        "policies_lives all_kinds",
        (
            "mm/memory.c",
            "if (entry & PAGE_COW) entry = (entry & ~PAGE_COW) | PTE_W; own",
            "\tentry = (entry & ~PAGE_COW) | PTE_W;\n\town",
        ),
        says="audit: writable entry in a read-only area",
    ),
    Mutant(
        "old_copies_shared",
        "policies_lives all_kinds",
        (
            "mm/memory.c",
            "error = copy_now(child, parent, addr, area->flags & VM_SHARED);",
            "error = copy_now(child, parent, addr, false);",
        ),
    ),
    Mutant(
        "old_shared_not_counted",
        "policies_lives all_kinds",
        (
            "mm/memory.c",
            "page_of(PTE_FRAME(entry))->count++; *to = entry;",
            "\t\t*to = entry;",
        ),
    ),
    Mutant(
        "old_resident_not_counted",
        "policies sequences",
        ("mm/memory.c", "child->nr_resident++; if (shared)", "\tif (shared)"),
    ),
    Mutant(
        "old_half_copy_accepted",
        "sweep_policies fork_old",
        (
            "mm/memory.c",
            "if (!to || (!shared && !frame)) return -ENOMEM;",
            "\tif (!to || (!shared && !frame))\n\t\treturn 0;",
        ),
    ),
    Mutant(
        "audit_forgets_lent_tables",
        "lazy few_tables",
        ("mm/memory.c", "= (pde & ~PTE_W) | PAGE_COW;", "= pde | PAGE_COW;"),
        (
            "kernel/debug/audit.c",
            "if (pde & PAGE_COW ? pde & PTE_W : mem_map",
            "\tif (pde & PAGE_COW ? 0 : mem_map",
        ),
        silent="audit: page table is shared",
    ),
    Mutant(
        "audit_forgets_writers",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "from[i] = entry = (entry & ~PTE_W) | PAGE_COW;",
            "entry = (entry & ~PTE_W) | PAGE_COW;",
        ),
        (
            "kernel/debug/audit.c",
            "!(flags & VM_SHARED) && mem_map[entry >> PAGE_SHIFT].count != 1)",
            "!(flags & VM_SHARED) && mem_map[entry >> PAGE_SHIFT].count == 0)",
        ),
        silent="audit: writable private page is shared",
    ),
    Mutant(
        "audit_names_no_owner",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(old)); trace_page(",
            "\t\ttrace_page(",
        ),
        (
            "kernel/debug/audit.c",
            "if (mismatches <= print_max) name_owners(frame);",
            "",
        ),
        silent="audit: it is mapped at",
    ),
    Mutant(
        "audit_names_owner",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(old)); trace_page(",
            "\t\ttrace_page(",
        ),
        says="audit: it is mapped at",
    ),
    Mutant(
        "slot_not_counted_at_fork",
        "swap fork_cow",
        (
            "mm/memory.c",
            "if (unlikely(parent->nr_swapped)) share_swapped(from, count);",
            "",
        ),
        sample=True,
    ),
    Mutant(
        "slot_not_counted_at_split",
        "swap fork_lazy",
        (
            "mm/memory.c",
            "if (unlikely(mm->nr_swapped)) share_swapped(from, "
            "PTES_PER_TABLE);",
            "",
        ),
    ),
    Mutant(
        "audit_of_slots",
        "swap one_slot",
        (
            "mm/memory.c",
            "if (unlikely(parent->nr_swapped)) share_swapped(from, count);",
            "",
        ),
        says="audit: slot",
    ),
    Mutant(
        "audit_counts_no_slots",
        "swap one_slot",
        (
            "mm/memory.c",
            "if (unlikely(parent->nr_swapped)) share_swapped(from, count);",
            "",
        ),
        (
            "kernel/debug/audit.c",
            "if (found != (u16)slot->count) {",
            "\tif (0) {",
        ),
        silent="audit: slot",
    ),
    Mutant(
        "wiped_page_inherited",
        "advice wipe_on_fork",
        (
            "mm/memory.c",
            "if (area_at(node)->flags & VM_KEPT_BACK) continue; error = "
            "copy_area",
            "\t\terror = copy_area",
        ),
        sample=True,
    ),
    Mutant(
        "wiped_page_copied",
        "advice wipe_on_fork",
        (
            "mm/memory.c",
            "if (area->flags & VM_KEPT_BACK) continue; for (u32 addr = "
            "area->start; addr < area->end && !error; addr += PAGE_SIZE)",
            "\t\tfor (u32 addr = area->start; addr < area->end && !error; "
            "addr += PAGE_SIZE)",
        ),
    ),
    Mutant(
        "wiped_page_lent",
        "advice wipe_on_fork",
        (
            "mm/memory.c",
            "if (unlikely(parent->keeps_back) && keeps_back(parent, i)) "
            "continue;",
            "",
        ),
    ),
    Mutant(
        "locked_table_lent",
        "advice locked_lent",
        (
            "mm/memory.c",
            "if (area->flags & VM_NOT_LENT && area->end > start &&",
            "\t\tif (area->flags & VM_KEPT_BACK && area->end > start &&",
        ),
    ),
    Mutant(
        "swapoff_forgets_sharers",
        "sleep_windows area_goes",
        (
            "mm/memory.c",
            "if (unlikely(parent->nr_swapped)) share_swapped(from, count);",
            "",
        ),
    ),
]
