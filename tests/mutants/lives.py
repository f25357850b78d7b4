"""Planted bugs in fork, exec, exit and wait."""
from .mutant import Mutant

FORK = "kernel/task/fork.c"
EXIT = "kernel/task/exit.c"
WAIT = "kernel/task/waitpid.c"
EXEC = "fs/exec.c"

MUTANTS = [
    Mutant(
        "child_inherits_signals",
        "inherited pending_over_fork",
        (FORK, "pending->set = 0;", ""),
    ),
    Mutant(
        "child_inherits_timers",
        "inherited timers_over_fork",
        (FORK, "memset(task->itimers, 0, sizeof(task->itimers));", ""),
    ),
    Mutant(
        "child_inherits_times",
        "inherited times_over_fork",
        (FORK, "task->cutime = task->cstime = 0;", ""),
    ),
    Mutant(
        "two_threads_one_other_stack",
        "threads alternate_stack",
        (FORK, "child->altstack_size = 0; /* it is the parent's */", "\t;"),
    ),
    Mutant(
        "child_number_not_written",
        "inherited number_in_child",
        (FORK, "child->set_child_tid = want->child_tid;", "\t;"),
    ),
    Mutant(
        "fork_beside_a_signal",
        "sleep_groups forking",
        (FORK, "if (!signal_pending(current) || !fork_overtaken())", ""),
    ),
    Mutant(
        "number_lost_at_failed_fork",
        "sweep_exec fork",
        (FORK, "free_pid: drop_pid(child);", "free_pid:\n"),
    ),
    Mutant(
        "actions_lost_at_failed_fork",
        "sweep_exec fork",
        (
            FORK,
            "free_signals: exit_signals(child); return error;",
            "free_signals:\n\treturn error;",
        ),
    ),
    Mutant(
        "memory_lost_at_late_signal",
        "sleep_groups forking",
        (FORK, "mm_release(child->mm); free_files:", "free_files:"),
    ),
    Mutant(
        "vfork_does_not_wait",
        "vfork not_killed",
        (FORK, "await_vfork(child, &wait);", ""),
    ),
    Mutant(
        "dead_orphans_unseen",
        "waits dead_orphans",
        (EXIT, "wake_up(&init_task->child_exit);", ""),
    ),
    Mutant(
        "zombies_behind",
        "process wait_options",
        (
            EXIT,
            "list_add(&task->sibling, &task->parent->children);",
            "list_add_tail(&task->sibling, &task->parent->children);",
        ),
    ),
    Mutant(
        "zombies_all_the_same",
        "signals no_zombies",
        (
            EXIT,
            "return action->handler == SIGNAL_IGNORE || action->flags & "
            "SA_NOCLDWAIT;",
            "return action->handler == SIGNAL_IGNORE;",
        ),
    ),
    Mutant(
        "parent_keeps_sleeping",
        "vfork many",
        (EXIT, "vfork_release(task);", ""),
    ),
    Mutant(
        "faults_of_threads_lost",
        "waits faults_of_threads",
        (EXIT, "process->minor_faults += task->minor_faults;", ""),
    ),
    Mutant(
        "first_thread_leaves_alone",
        "threads first_thread_leaves",
        (
            EXIT,
            "if (!single_threaded(task) || task->dead_thread)",
            "if (task->dead_thread)",
        ),
    ),
    Mutant(
        "session_is_not_hung_up",
        "tty_jobs",
        (EXIT, "if (first) exit_session(task);", ""),
    ),
    Mutant(
        "stops_told_unasked",
        "waits stops",
        (
            WAIT,
            "if (options & WUNTRACED && child->stop_signal &&",
            "if (child->stop_signal &&",
        ),
    ),
    Mutant(
        "wait_for_any_group",
        "waits groups",
        (WAIT, "return pgrp == current->process->pgrp;", "return true;"),
    ),
    Mutant(
        "bad_pointer_takes_status",
        "waits bad_pointers",
        (
            WAIT,
            "news_told(child, &news, !error); return error ? error : pid;",
            "news_told(child, &news, true);\n\treturn error ? error : pid;",
        ),
    ),
    Mutant(
        "looking_takes_news",
        "waits looking",
        (WAIT, "!error && !(options & WNOWAIT)", "!error"),
    ),
    Mutant(
        "grandchildrens_time_lost",
        "inherited times_over_fork",
        (
            WAIT,
            "process->cutime += task->utime + task->cutime;",
            "process->cutime += task->utime;",
        ),
    ),
    Mutant(
        "two_threads_one_child",
        "sleep_tasks",
        (WAIT, "if (child->claimed) return false;", ""),
    ),
    Mutant(
        "descriptors_over_exec",
        "opening close_on_exec",
        (EXEC, "close_on_exec(current);", ""),
    ),
    Mutant(
        "timers_over_exec",
        "inherited timers_over_exec",
        (EXEC, "delete_timers(current);", ""),
    ),
    Mutant(
        "segments_over_exec",
        "inherited segments_over_exec",
        (EXEC, "tls_clear(current);", ""),
    ),
    Mutant(
        "numbers_over_exec",
        "inherited numbers_over_exec",
        (EXEC, "fpu_release(current);", ""),
    ),
    Mutant(
        "open_file_is_run",
        "process busy_programs",
        (EXEC, "if (inode->i_writers) {", "if (false) {"),
    ),
    Mutant(
        "name_of_a_folder",
        "exec names",
        (EXEC, "if (*path == '/' && path[1])", "if (*path == '/' && !*name)"),
    ),
    Mutant(
        "one_interpreter_less",
        "exec nested_scripts",
        (EXEC, "depth <= INTERPRETERS_MAX", "depth < INTERPRETERS_MAX"),
    ),
    Mutant(
        "old_agreement_holds",
        "inherited children_over_exec",
        (EXEC, "forget_exit_signals(); vfork", "vfork"),
        (
            EXEC,
            "static void forget_exit_signals(void)",
            "void forget_exit_signals(void);\n"
            "void forget_exit_signals(void)",
        ),
    ),
    Mutant(
        "mask_of_another_thread",
        "inherited mask_over_exec",
        (EXEC, "current->sig_blocked = p->sig_blocked;", ""),
    ),
    Mutant(
        "exec_is_forgotten",
        "inherited group_after_exec",
        (EXEC, "current->did_exec = true;", ""),
    ),
]
