"""Planted bugs in the scheduler and in the tables of processes."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "children_cost_nothing",
        "fairness hog_and_double_forker",
        (
            "kernel/task/sched.c",
            "child->borrows = true;",
            "\tnew_slice(child, epoch);\n",
        ),
    ),
    Mutant(
        "parent_behind_others",
        "fairness back_from_fork",
        (
            "kernel/task/sched.c",
            "list_add(&current->run_link, &newborn->run_link);",
            "\t\tenqueue(active, current, RANK(current, 0), false);",
        ),
    ),
    Mutant(
        "sleepers_wait_their_turn",
        "fairness sleepers",
        (
            "kernel/task/sched.c",
            "enqueue(active, task, RANK(task, 1 + (ticks >= "
            "task->fresh_ticks)), true);",
            "\tenqueue(active, task, RANK(task, 0), false);\n",
        ),
    ),
    Mutant(
        "slice_before_sleeper",
        "fairness sleepers",
        (
            "kernel/task/sched.c",
            "if (!queues_empty(active) && best_rank(active) < current_rank)",
            "\tif (0)",
        ),
    ),
    Mutant(
        "group_number_again",
        "crowds numbers",
        (
            "kernel/task/pid.c",
            "} while (pid > PID_MAX || names_group(pid));",
            "\t} while (pid > PID_MAX);",
        ),
    ),
    Mutant(
        "number_kept",
        "crowds numbers",
        (
            "kernel/task/pid.c",
            "list_del(&task->threads); bit_clear(held, task->pid);",
            "\tlist_del(&task->threads);",
        ),
    ),
    Mutant(
        "group_not_left",
        "tty_jobs",
        (
            "kernel/task/pid.c",
            "list_move_tail(&process->group_link, pid_bucket(&groups, pgrp));",
            "\tif (list_empty(&process->group_link))\n"
            "\t\tlist_add_tail(&process->group_link,\n"
            "\t\t\t      pid_bucket(&groups, pgrp));",
        ),
    ),
    Mutant(
        "all_slices_alike",
        "fairness niceness",
        (
            "kernel/task/sched.c",
            "(1 + (PRIORITIES - (priority)) / 2)",
            "((priority) * 0 + 11)",
        ),
    ),
    Mutant(
        "waking_gives_a_slice",
        "fairness hog_and_talkers",
        (
            "kernel/task/sched.c",
            "if (task->epoch != epoch) new_slice(task, epoch);",
            "\tnew_slice(task, epoch);",
        ),
    ),
    Mutant(
        "independence_for_nothing",
        "fairness hog_and_double_forker",
        ("kernel/task/sched.c", "payer->time_slice /= 2;", "\t\t;"),
    ),
    Mutant(
        "computing_keeps_the_bonus",
        "fairness back_from_fork",
        ("kernel/task/sched.c", "current_rank = RANK(current, 0);", ""),
    ),
    Mutant(
        "numbers_of_another",
        "fpu",
        ("kernel/task/sched.c", "if (fpu_owner) fpu_switch(next);", ""),
    ),
    Mutant(
        "segments_of_another",
        "segments",
        (
            "kernel/task/sched.c",
            "if (prev->switches_more || next->switches_more)",
            "\tif (prev->switches_more)",
        ),
    ),
    Mutant(
        "slice_never_ends",
        "fairness hog_and_yielder",
        (
            "kernel/task/sched.c",
            "if (current->time_slice <= 0) current->work",
            "\tif (current->time_slice < -1000)\n\t\tcurrent->work",
        ),
    ),
]
