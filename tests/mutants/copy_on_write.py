"""Planted bugs in fork and copy-on-write: mm/memory.c."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "no_flush_after_fork",
        "cow parent_writes_first fault_counts",
        (
            "kernel/task/sched.c",
            "newborn = child; enqueue(active, child, RANK(child, BONUS_MAX), "
            "true); current->work |= WORK_RESCHED;",
            "\tenqueue(active, child, RANK(child, 0), false);",
        ),
        (
            "mm/memory.c",
            "count_entries(child); flush_address_space();",
            "\t\tcount_entries(child);",
        ),
        sample=True,
    ),
    Mutant(
        "no_count_at_fork",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "share_entry(entry); if (entry & PTE_W)",
            "\t\tif (entry & PTE_W)",
        ),
    ),
    Mutant(
        "no_count_of_shared",
        "entries shared_file",
        (
            "mm/memory.c",
            "share_entry(from[i]);",
            "",
        ),
    ),
    Mutant(
        "drop_before_copy",
        "sweep_memory write_fault kernel_fault",
        (
            "mm/memory.c",
            "u32 new = get_free_page(); if (!new)",
            "u32 new;\n\n"
            "\tfree_page(PTE_FRAME(old));\n"
            "\tnew = get_free_page();\n"
            "\tif (!new)",
        ),
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(old)); trace_page(",
            "\ttrace_page(",
        ),
    ),
    Mutant(
        "parent_stays_writable",
        "cow parent_writes_first",
        (
            "mm/memory.c",
            "from[i] = entry = (entry & ~PTE_W) | PAGE_COW;",
            "entry = (entry & ~PTE_W) | PAGE_COW;",
        ),
    ),
    Mutant(
        "child_is_writable",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "from[i] = entry = (entry & ~PTE_W) | PAGE_COW;",
            "from[i] = (entry & ~PTE_W) | PAGE_COW;",
        ),
    ),
    Mutant(
        "unprotect_at_two",
        "cow child_writes_first parent_writes_first",
        (
            "mm/memory.c",
            "if (page_of(PTE_FRAME(*entry))->count > 1)",
            "\tif (page_of(PTE_FRAME(*entry))->count > 2)",
        ),
        (
            "mm/memory.c",
            "page_of(PTE_FRAME(entry))->count == 1;",
            "page_of(PTE_FRAME(entry))->count <= 2;",
        ),
        sample=True,
    ),
    Mutant(
        "neighbours_not_counted",
        "cow fault_counts many_sharers random_trees",
        (
            "mm/memory.c",
            "return entry & PAGE_COW && page_of(PTE_FRAME(entry))->count == "
            "1;",
            "\treturn entry & PAGE_COW;",
        ),
    ),
    Mutant(
        "neighbours_need_no_mark",
        "entries protection_outlives_fork",
        (
            "mm/memory.c",
            "return entry & PAGE_COW && page_of(PTE_FRAME(entry))->count == "
            "1;",
            "\treturn page_of(PTE_FRAME(entry))->count == 1;",
        ),
    ),
    Mutant(
        "grandchild_unmarked",
        "cow generations",
        (
            "mm/memory.c",
            "share_entry(entry); if (entry & PTE_W) from[i] =",
            "\t\tshare_entry(entry);\n"
            "\t\tif (!(entry & PTE_W))\n"
            "\t\t\tfrom[i] = entry &= ~PAGE_COW;\n"
            "\t\telse\n"
            "\t\t\tfrom[i] =",
        ),
    ),
    Mutant(
        "count_wraps_at_256",
        "entries many_references",
        (
            "mm/memory.c",
            "share_entry(entry); if (entry & PTE_W)",
            "\t\tshare_entry(entry);\n"
            "\t\tif (entry & PTE_MAPPED)\n"
            "\t\t\tpage_of(PTE_FRAME(entry))->count = "
            "(u8)page_of(PTE_FRAME(entry))->count;\n"
            "\t\tif (entry & PTE_W)",
        ),
    ),
    Mutant(
        "count_wraps_at_65536",
        "entries many_references",
        (
            "mm/memory.c",
            "share_entry(entry); if (entry & PTE_W)",
            "\t\tshare_entry(entry);\n"
            "\t\tif (entry & PTE_MAPPED)\n"
            "\t\t\tpage_of(PTE_FRAME(entry))->count = "
            "(u16)page_of(PTE_FRAME(entry))->count;\n"
            "\t\tif (entry & PTE_W)",
        ),
    ),
    Mutant(
        "page_none_not_counted",
        "entries no_access",
        (
            "mm/memory.c",
            "share_entry(entry); if (entry & PTE_W)",
            "\t\tif (!(entry & PAGE_NONE))\n"
            "\t\t\tshare_entry(entry);\n"
            "\t\tif (entry & PTE_W)",
        ),
    ),
    Mutant(
        "not_copied",
        "cow child_writes_first",
        ("mm/memory.c", "copy_page(__va(new), __va(PTE_FRAME(old)));", ""),
    ),
    Mutant(
        "old_page_not_dropped",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(old)); trace_page(",
            "\t\ttrace_page(",
        ),
        says="audit: wrong count",
        sample=True,
    ),
    Mutant(
        "mark_left_after_reuse",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "*entry = (*entry & ~PAGE_COW) | PTE_W;",
            "\t\t*entry = *entry | PTE_W;",
        ),
        says="audit: PAGE_COW where it must not be",
    ),
    Mutant(
        "copy_stays_marked",
        "cow fault_counts child_writes_first",
        (
            "mm/memory.c",
            "*entry = new | PRIVATE_BITS | PTE_W | PTE_D;",
            "\t\t*entry = new | PRIVATE_BITS | PAGE_COW | PTE_D;",
        ),
    ),
    Mutant(
        "half_copy_not_counted",
        "sweep_exec fork",
        (
            "mm/memory.c",
            "entry_changes != changes) count_entries(child);",
            "entry_changes != changes)\n\t\tchild->nr_resident = 0;",
        ),
    ),
    Mutant(
        "half_copy_accepted",
        "sweep_exec fork",
        (
            "mm/memory.c",
            "if (!to) return -ENOMEM; trace",
            "\tif (!to)\n\t\treturn 0;\n\ttrace",
        ),
    ),
    Mutant(
        "audit_forgets_counts",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "free_page(PTE_FRAME(old)); trace_page(",
            "\t\ttrace_page(",
        ),
        (
            "kernel/debug/audit.c",
            "if ((u16)found == (u16)mem_map[frame].count)",
            "\tif ((u16)found <= (u16)mem_map[frame].count)",
        ),
        silent="audit: wrong count",
    ),
    Mutant(
        "audit_forgets_the_mark",
        "cow child_writes_first",
        (
            "mm/memory.c",
            "*entry = (*entry & ~PAGE_COW) | PTE_W;",
            "\t\t*entry = *entry | PTE_W;",
        ),
        (
            "kernel/debug/audit.c",
            "entry & PAGE_COW && (entry & PTE_W ||",
            "entry & PAGE_COW && (",
        ),
        silent="audit: PAGE_COW where it must not be",
    ),
]
