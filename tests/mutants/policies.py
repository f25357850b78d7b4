"""Planted bugs in the other policies of xfork(): LAZY, OLD, THREAD."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "lent_table_not_counted",
        "lazy few_tables",
        (
            "mm/lazy.c",
            "parent->pgdir[i] = child->pgdir[i] = pde; "
            "page_of(PTE_FRAME(pde))->count++;",
            "\t\tparent->pgdir[i] = child->pgdir[i] = pde;",
        ),
        sample=True,
    ),
    Mutant(
        "lent_on_not_counted",
        "policies sequences",
        (
            "mm/lazy.c",
            "page_of(PTE_FRAME(pde))->count++; *to = pde;",
            "\t*to = pde;",
        ),
    ),
    Mutant(
        "lent_table_writable",
        "lazy few_tables",
        (
            "mm/lazy.c",
            "= (pde & ~PTE_W) | PAGE_COW;",
            "= pde | PAGE_COW;",
        ),
        says="audit: page table is shared and may be written",
    ),
    Mutant(
        "lender_unmarked",
        "policies sequences",
        (
            "mm/lazy.c",
            "parent->pgdir[i] = child->pgdir[i] = pde;",
            "\t\tchild->pgdir[i] = pde;",
        ),
    ),
    Mutant(
        "borrower_unmarked",
        "lazy both_sides_write",
        (
            "mm/lazy.c",
            "parent->pgdir[i] = child->pgdir[i] = pde;",
            "\t\tchild->pgdir[i] = parent->pgdir[i];\n"
            "\t\tparent->pgdir[i] = pde;",
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
            "mm/lazy.c",
            "parent->shares_tables = child->shares_tables = true; "
            "flush_address_space();",
            "\tparent->shares_tables = child->shares_tables = true;",
        ),
    ),
    Mutant(
        "lender_forgets",
        "policies_lives leaving",
        (
            "mm/lazy.c",
            "parent->shares_tables = child->shares_tables = true;",
            "\tchild->shares_tables = true;",
        ),
    ),
    Mutant(
        "borrower_forgets",
        "lazy exec_forgets",
        (
            "mm/lazy.c",
            "parent->shares_tables = child->shares_tables = true;",
            "\tparent->shares_tables = true;",
        ),
    ),
    Mutant(
        "second_borrower_forgets",
        "policies sequences",
        (
            "mm/lazy.c",
            "*to = pde; child->shares_tables = true;",
            "\t*to = pde;",
        ),
    ),
    Mutant(
        "borrower_has_no_pages",
        "lazy few_tables",
        (
            "mm/lazy.c",
            "child->nr_resident = parent->nr_resident;",
            "",
        ),
        says="audit: wrong number of resident pages",
    ),
    Mutant(
        "exit_keeps_lent_table",
        "lazy exec_forgets",
        (
            "mm/lazy.c",
            "free_page(PTE_FRAME(pde)); mm->pgdir[i] = 0;",
            "\t\tmm->pgdir[i] = 0;",
        ),
    ),
    Mutant(
        "exit_empties_lent_table",
        "policies one_after_the_other",
        (
            "mm/lazy.c",
            "if (!(pde & PAGE_COW) || !has_sharers(pde))",
            "\t\tif (!(pde & PAGE_COW) || page_of(PTE_FRAME(pde))->count <= "
            "2)",
        ),
    ),
    Mutant(
        "table_taken_unsplit",
        "policies sequences",
        (
            "mm/lazy.c",
            "if (has_sharers(*pde)) { copy_table(mm, pde, addr, copy); } "
            "else {",
            "\t(void)copy_table;\n\t{",
        ),
    ),
    Mutant(
        "last_user_splits",
        "policies one_after_the_other",
        (
            "mm/lazy.c",
            "if (has_sharers(*pde)) { copy =",
            "\t{\n\t\tcopy =",
        ),
        (
            "mm/lazy.c",
            "if (has_sharers(*pde)) { copy_table",
            "\tif (copy) {\n\t\tcopy_table",
        ),
    ),
    Mutant(
        "last_user_stays_marked",
        "policies one_after_the_other",
        (
            "mm/lazy.c",
            "*pde = (*pde & ~PAGE_COW) | PTE_W;",
            "\t\t*pde |= PTE_W;",
        ),
    ),
    Mutant(
        "split_counts_no_pages",
        "policies sequences",
        (
            "mm/lazy.c",
            "share_entries(area, to + first, from + first, count);",
            "\t\tfor (u32 n = first; n < first + count; n++)\n"
            "\t\t\tto[n] = from[n];",
        ),
    ),
    Mutant(
        "split_of_all_as_private",
        "policies_lives all_kinds",
        (
            "mm/lazy.c",
            "share_entries(area, to + first, from + first, count);",
            "\t\tshare_entries(&(struct vm_area){ .flags = 0 }, to + first, "
            "from + first, count);",
        ),
    ),
    Mutant(
        "split_forgets_last_area",
        "policies sequences",
        (
            "mm/lazy.c",
            "for_each_area(area, mm, start, start + LARGE_PAGE_SIZE) { u32",
            "\tfor_each_area(area, mm, start, start + LARGE_PAGE_SIZE) {\n"
            "\t\tif (area->end >= start + LARGE_PAGE_SIZE || "
            "area->start <= start)\n\t\t\tcontinue;\n\t\tu32",
        ),
    ),
    Mutant(
        "split_keeps_old_table",
        "policies sequences",
        (
            "mm/lazy.c",
            "free_page(PTE_FRAME(*pde)); *pde = __pa(to) | TABLE_BITS;",
            "\t*pde = __pa(to) | TABLE_BITS;",
        ),
        says="audit: it is the page table for",
    ),
    Mutant(
        "split_table_freed",
        "policies sequences",
        (
            "mm/lazy.c",
            "free_page(PTE_FRAME(*pde)); *pde = __pa(to) | TABLE_BITS;",
            "\trelease_frame(*pde >> PAGE_SHIFT);\n"
            "\t*pde = __pa(to) | TABLE_BITS;",
        ),
    ),
    Mutant(
        "failed_split_goes_on",
        "sweep_policies lent_tables",
        (
            "mm/lazy.c",
            "if (!copy) return -ENOMEM;",
            "\t\tif (!copy)\n\t\t\treturn 0;",
        ),
    ),
    Mutant(
        "old_shares",
        "xfork old",
        (
            "mm/copy_now.c",
            "copy_page(page, __va(PTE_FRAME(entry))); trace_page(TRACE_DUP, "
            "addr, PTE_FRAME(entry), __pa(page));",
            "\tkpage_free(page);\n"
            "\tpage = __va(PTE_FRAME(entry));\n"
            "\tpage_of(__pa(page))->count++;",
        ),
    ),
    Mutant(
        "old_copies_nothing",
        "policies sequences",
        (
            "mm/copy_now.c",
            "copy_page(page, __va(PTE_FRAME(entry))); trace_page(TRACE_DUP, "
            "addr, PTE_FRAME(entry), __pa(page));",
            "\ttrace_page(TRACE_DUP, addr, PTE_FRAME(entry), __pa(page));",
        ),
    ),
    Mutant(
        "old_child_protected",
        "xfork old",
        (
            "mm/copy_now.c",
            "*to = __pa(page) | OFFSET_IN_PAGE(entry);",
            "\t*to = __pa(page) | (entry & PTE_W ? (OFFSET_IN_PAGE(entry) & "
            "~PTE_W) | PAGE_COW : OFFSET_IN_PAGE(entry));",
        ),
    ),
    Mutant(
        "old_child_of_sharer_protected",
        "policies sequences",
        (
            "mm/copy_now.c",
            "if (entry & PAGE_COW) entry = (entry & ~PAGE_COW) | PTE_W; own",
            "\town",
        ),
    ),
    Mutant(
        "old_child_writes_all",
        "policies_lives all_kinds",
        (
            "mm/copy_now.c",
            "if (entry & PAGE_COW) entry = (entry & ~PAGE_COW) | PTE_W; own",
            "\tentry = (entry & ~PAGE_COW) | PTE_W;\n\town",
        ),
        says="audit: writable entry in a read-only area",
    ),
    Mutant(
        "old_copies_shared",
        "policies_lives all_kinds",
        (
            "mm/copy_now.c",
            "if (area->flags & VM_SHARED) error = share_now",
            "\t\tif (0)\n\t\t\terror = share_now",
        ),
    ),
    Mutant(
        "old_shared_not_counted",
        "policies_lives all_kinds",
        (
            "mm/copy_now.c",
            "page_of(PTE_FRAME(entry))->count++;",
            "",
        ),
    ),
    Mutant(
        "old_resident_not_counted",
        "policies sequences",
        (
            "mm/copy_now.c",
            "own_page(__pa(page), OWNER_USER); child->nr_resident++;",
            "\town_page(__pa(page), OWNER_USER);",
        ),
    ),
    Mutant(
        "old_half_copy_accepted",
        "sweep_policies fork_old",
        (
            "mm/copy_now.c",
            "if (!page) return -ENOMEM;",
            "\tif (!page)\n\t\treturn 0;",
        ),
    ),
    Mutant(
        "audit_forgets_lent_tables",
        "lazy few_tables",
        (
            "mm/lazy.c",
            "= (pde & ~PTE_W) | PAGE_COW;",
            "= pde | PAGE_COW;",
        ),
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
            "from[i] = (entry & ~PTE_W) | PAGE_COW;",
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
            "else if (entry) slot_of(entry)->count++;",
            "",
        ),
        sample=True,
    ),
    Mutant(
        "slot_not_counted_at_split",
        "swap fork_lazy",
        (
            "mm/lazy.c",
            "free_page(PTE_FRAME(*pde)); *pde = __pa(to) | TABLE_BITS;",
            "\tfor (u32 n = 0; n < PTES_PER_TABLE; n++)\n"
            "\t\tif (is_swapped(to[n]))\n"
            "\t\t\tslot_of(to[n])->count--;\n"
            "\tfree_page(PTE_FRAME(*pde));\n"
            "\t*pde = __pa(to) | TABLE_BITS;",
        ),
    ),
    Mutant(
        "audit_of_slots",
        "swap one_slot",
        (
            "mm/memory.c",
            "else if (entry) slot_of(entry)->count++;",
            "",
        ),
        says="audit: slot",
    ),
    Mutant(
        "audit_counts_no_slots",
        "swap one_slot",
        (
            "mm/memory.c",
            "else if (entry) slot_of(entry)->count++;",
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
            "mm/copy_now.c",
            "if (area_at(node)->flags & VM_KEPT_BACK) continue;",
            "",
        ),
    ),
    Mutant(
        "wiped_page_lent",
        "advice wipe_on_fork",
        (
            "mm/lazy.c",
            "if (parent->keeps_back && keeps_back(parent, i)) continue;",
            "",
        ),
    ),
    Mutant(
        "locked_table_lent",
        "advice locked_lent",
        (
            "mm/lazy.c",
            "if (area->flags & VM_NOT_LENT) return true;",
            "\t\tif (area->flags & VM_KEPT_BACK)\n\t\t\treturn true;",
        ),
    ),
    Mutant(
        "swapoff_forgets_sharers",
        "sleep_windows area_goes",
        (
            "mm/memory.c",
            "else if (entry) slot_of(entry)->count++;",
            "",
        ),
    ),
]
