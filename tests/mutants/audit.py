"""Planted bugs in the audit itself (kernel/debug/)."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "sysrq_task_sleeps_on",
        "test_session.py::test_sysrq_keys",
        ("kernel/debug/sysrq.c", "wake_up(&wanted);", ""),
    ),
    Mutant(
        "anybody_drops_caches",
        "access strangers",
        (
            "kernel/debug/watch.c",
            "if (flags & AUDIT_DROP_CACHES && !suser()) return -EPERM;",
            "",
        ),
    ),
    Mutant(
        "audit_counts_lent_tables_twice",
        "lazy few_tables",
        (
            "kernel/debug/audit.c",
            "first = *counter(frame) == 0;",
            "first = true;",
        ),
    ),
    Mutant(
        "gap_left_behind",
        "manyareas random_calls",
        (
            "mm/area_tree.c",
            "tree_remove(&mm->tree, &area->node); "
            "gap_changed(mm, area->link.next);",
            "\ttree_remove(&mm->tree, &area->node);",
        ),
    ),
    Mutant(
        "protected_bytes_uncounted",
        "manyareas growing",
        (
            "mm/area.c",
            "area->flags = flags; "
            "count_area_bytes(mm, flags, area_size(area));",
            "\tcount_area_bytes(mm, area->flags, area_size(area));\n"
            "\tarea->flags = flags;",
        ),
        says="audit: wrong sums of areas",
    ),
    Mutant(
        "audit_visits_twice",
        "cow child_writes_first",
        (
            "kernel/debug/audit.c",
            "audit_mm(list_entry(node, struct mm, link));",
            "\t\taudit_mm(list_entry(node, struct mm, link)), "
            "audit_mm(list_entry(node, struct mm, link));",
        ),
    ),
    Mutant(
        "audit_sees_no_swap",
        "swap one_slot",
        (
            "kernel/debug/audit.c",
            "else if (table[i]) audit_swapped(mm",
            "\t\telse if (0)\n\t\t\taudit_swapped(mm",
        ),
        says="audit: slot",
    ),
    Mutant(
        "ring_lost",
        "owners trace_ring",
        ("kernel/debug/trace.c", "kpage_free(ring[i]);", ""),
        says="owner trace",
    ),
    Mutant(
        "audit_page_lost",
        "owners sum",
        ("kernel/debug/audit.c", "kpage_free(counters[i]);", ""),
        says="owner audit",
    ),
    Mutant(
        "audits_together",
        "sleep_watch audits",
        ("kernel/debug/audit.c", "while (auditing) sleep_on(&audited);", ""),
    ),
    Mutant(
        "ring_taken_twice",
        "sleep_watch traces",
        ("kernel/debug/trace.c", "place = missing_page();", ""),
        (
            "kernel/debug/trace.c",
            "while (missing_page()) {",
            "\twhile ((place = missing_page())) {",
        ),
    ),
]
