"""Planted bugs in kernel/task/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "parent_first",
        "cow",
        (
            "kernel/task/sched.c",
            "newborn = child; enqueue(active, child, RANK(child, BONUS_MAX), "
            "true); current->work |= WORK_RESCHED;",
            "\tenqueue(active, child, RANK(child, 0), false);",
        ),
        control=True,
    ),
    Mutant(
        "files_lost_at_failed_fork",
        "sweep_exec fork",
        (
            "kernel/task/fork.c",
            "free_files: exit_files(child);",
            "free_files:\n",
        ),
    ),
    Mutant(
        "traced_gets_rights",
        "setuid while_traced",
        (
            "kernel/task/cred.c",
            "return (current->ptrace && !(current->ptrace & PT_PRIVILEGED)) "
            "|| current",
            "\treturn current",
        ),
        sample=True,
    ),
    Mutant(
        "tracer_follows_exec",
        "setuid by_another_thread",
        (
            "kernel/task/ptrace_attach.c",
            "\tif (to->tracer)\n\t\tuntrace(to);\n",
            "",
        ),
    ),
    Mutant(
        "shared_directories_forgotten",
        "setuid shared_directories",
        ("kernel/task/cred.c", "|| current->fs->users > 1;", ";"),
    ),
    Mutant(
        "anybody_traces_root",
        "setuid traced_by_root",
        (
            "kernel/task/ptrace_attach.c",
            "if (has_root(current) && !has_root(parent)) return -EPERM;",
            "",
        ),
    ),
    Mutant(
        "vfork_parent_cannot_die",
        "vfork killed",
        (
            "kernel/task/fork.c",
            "error = killable_sleep_on(&wait->queue);",
            "sleep_on(&wait->queue);",
        ),
        sample=True,
    ),
    Mutant(
        "dead_vfork_parent_is_woken",
        "vfork killed",
        ("kernel/task/fork.c", "child->vfork_wait = NULL; if", "\tif"),
    ),
    Mutant(
        "locks_of_strangers",
        "access strangers",
        (
            "kernel/task/futex.c",
            "if (!may_inspect(task, current->uid, current->gid)) return "
            "-EPERM;",
            "",
        ),
    ),
    Mutant(
        "limits_of_strangers",
        "access strangers",
        (
            "kernel/task/rlimit.c",
            "if (!may_limit(task))",
            "\tif (!may_limit(task) && 0)",
        ),
    ),
    Mutant(
        "former_root_is_seen",
        "access former_root",
        (
            "kernel/task/cred.c",
            "current->mm->dumpable = false;",
            "\t\tcurrent->mm->dumpable = true;",
        ),
    ),
    Mutant(
        "limits_of_the_dead",
        "sleep_tasks stopped",
        (
            "kernel/task/rlimit.c",
            "if (new && copy_from_user(&wanted, new, sizeof(wanted)) < 0) "
            "return -EFAULT; task = pid ? find_task(pid) : current; /* after "
            "the copy */",
            "\ttask = pid ? find_task(pid) : current;\n"
            "\tif (new && copy_from_user(&wanted, new, sizeof(wanted)) < 0)\n"
            "\t\treturn -EFAULT;\n",
        ),
    ),
    Mutant(
        "kernel_watched",
        "trace_regs bad_debug",
        (
            "kernel/task/ptrace_debug.c",
            "if (regs->addr[i] >= TASK_SIZE ||",
            "\t\tif (",
        ),
    ),
    Mutant(
        "zombie_thread_forgotten",
        "trace_threads threads",
        (
            "kernel/task/exit.c",
            "if (task->tracer || task->claimed) {",
            "\tif (false) {",
        ),
    ),
    Mutant(
        "step_into_signal_frame",
        "trace_regs handler",
        (
            "kernel/signal/sigframe.c",
            "regs->eflags &= ~EFLAGS_TF;",
            "",
        ),
    ),
    Mutant(
        "poked_text_stays_writable",
        "trace poked_text",
        ("mm/foreign.c", "close_page(mm, area, addr, more);", ""),
    ),
    Mutant(
        "threads_miss_the_core",
        "core threads",
        (
            "kernel/signal/coredump.c",
            "while (process->dumper) sleep_on(&process->child_exit);",
            "",
        ),
    ),
    Mutant(
        "registers_of_the_dead",
        "sleep_tasks traced",
        (
            "kernel/task/ptrace_regs.c",
            "tracee = stopped_tracee(pid); /* it",
            "\ttracee = find_task(pid);\t/* it",
        ),
    ),
    Mutant(
        "death_untold",
        "sleep_tasks stopped",
        (
            "kernel/task/waitpid.c",
            "else if (taken && news->dead)",
            "\telse if (taken && child->state == TASK_ZOMBIE)",
        ),
    ),
    Mutant(
        "number_given_twice",
        "sleep_forks numbers",
        ("kernel/task/pid.c", "list_add(&task->pid_link, &unborn);", ""),
    ),
    Mutant(
        "unborn_not_counted",
        "sleep_forks limits",
        (
            "kernel/task/pid.c",
            "n += unborn_at(node)->uid == uid;",
            "\t\t(void)node;\n",
        ),
    ),
    Mutant(
        "sharer_not_counted",
        "policies_lives sharers",
        ("kernel/task/fork.c", "mm->users++; if (", "\t\tif ("),
    ),
    Mutant(
        "sharer_on_same_stack",
        "xfork thread",
        (
            "kernel/task/fork.c",
            "if (policy == FORK_POLICY_THREAD) want.stack = stack;",
            "",
        ),
    ),
    Mutant(
        "sharer_has_copy",
        "policies sequences",
        (
            "kernel/task/fork.c",
            "[FORK_POLICY_THREAD] = { .flags = CLONE_VM },",
            "\t\t[FORK_POLICY_THREAD] = { .copy_mm = copy_page_table },",
        ),
    ),
    Mutant(
        "policy_0",
        "xfork refused",
        (
            "kernel/task/fork.c",
            "if (policy < FORK_POLICY_OLD || policy",
            "\tif (policy",
        ),
    ),
    Mutant(
        "policy_5",
        "xfork refused",
        (
            "kernel/task/fork.c",
            "policy > FORK_POLICY_LAZY ||",
            "policy > FORK_POLICY_LAZY + 1 ||",
        ),
    ),
    Mutant(
        "timed_wait_restarted",
        "restarts with_restart",
        (
            "kernel/task/futex.c",
            "error = -ERESTART_RESTARTBLOCK;",
            "\t\terror = -ERESTARTSYS;\n",
        ),
    ),
    Mutant(
        "cpu_sleep_once",
        "cputime alone",
        (
            "kernel/task/wait.c",
            "if (!timer_cancel(&timeout) && !error && is_over(end))",
            "\t\tif (!timer_cancel(&timeout) && !error)",
        ),
    ),
    Mutant(
        "clone_child_is_usual",
        "clones kinds_of_children",
        (
            "kernel/task/waitpid.c",
            "return (child->exit_signal == SIGCHLD) == !(options & __WCLONE);",
            "\treturn true;",
        ),
    ),
    Mutant(
        "stack_without_size",
        "clones clone3_arguments",
        (
            "kernel/task/clone.c",
            "return args->stack == args->stack_size;",
            "\t\treturn true;",
        ),
    ),
    Mutant(
        "futex_woken_anywhere",
        "futexops addresses",
        (
            "kernel/task/futex.c",
            "if (!area || !(area->flags & VM_ACCESS)) return -EFAULT;",
            "\tif (!area || !(area->flags & VM_ACCESS))\n\t\treturn 0;\n",
        ),
    ),
    Mutant(
        "policies_swapped",
        "policies sequences",
        (
            "kernel/task/fork.c",
            "[FORK_POLICY_OLD] = { .copy_mm = copy_pages_now },",
            "[FORK_POLICY_OLD] = { .copy_mm = copy_page_table },",
        ),
    ),
    Mutant(
        "end_does_not_wait",
        "patience ends_told",
        (
            "kernel/task/threads.c",
            "} while (error == -ENOMEM && await_memory(tid));",
            "\t} while (0);",
        ),
    ),
    Mutant(
        "task_lost",
        "owners tasks",
        (
            "kernel/task/waitpid.c",
            "unhash_task(task); free_task(task);",
            "\tunhash_task(task);",
        ),
        says="owner task",
    ),
    Mutant(
        "nproc_ignored",
        "rlimits tasks_of_a_user",
        (
            "kernel/task/rlimit.c",
            "!user_has_tasks(current->rlimits[RLIMIT_NPROC].rlim_cur);",
            "\t       1;",
        ),
    ),
    Mutant(
        "nproc_forgotten_at_setuid",
        "rlimits tasks_of_a_user",
        (
            "kernel/task/rlimit.c",
            "return !current->over_nproc;",
            "\treturn true;",
        ),
    ),
    Mutant(
        "brother_told_as_before",
        "brothers orphaned",
        (
            "kernel/task/fork.c",
            "set_exit_signal(child, want); own_page",
            "\town_page",
        ),
        (
            "kernel/task/fork.c",
            "static void adopt(",
            "static void set_exit_signal(struct task_struct *, const struct "
            "fork_request *);\n"
            "static void adopt(",
        ),
        (
            "kernel/task/fork.c",
            "error = set_thread(child, want);",
            "\tset_exit_signal(child, want);\n"
            "\terror = set_thread(child, want);\n",
        ),
    ),
    Mutant(
        "stopped_parent_runs",
        "vfork killed_when_stopped",
        (
            "kernel/task/fork.c",
            "if (!(current->process->group_work & (GROUP_EXIT | GROUP_EXEC)))",
            "\tif (!current->process->group_work)",
        ),
    ),
    Mutant(
        "new_privileges",
        "prctls no_new_privileges",
        (
            "kernel/task/cred.c",
            "bool nosuid = inode_nosuid(inode) || was->no_new_privs;",
            "\tbool nosuid = inode_nosuid(inode);",
        ),
    ),
    Mutant(
        "directories_stay_shared",
        "refused unshared",
        (
            "kernel/task/clone.c",
            "if (flags & CLONE_FS && unshare_fs() < 0)",
            "\tif (flags & CLONE_FS && flags & CLONE_VM)",
        ),
    ),
    Mutant(
        "stranger_signals_orphan",
        "prctls strange_maker",
        (
            "kernel/signal/kill.c",
            "kill_one(t->parent_signal, t, false, &source);",
            "\t\t\tpost_signal(t->parent_signal, t, false, &source);",
        ),
    ),
    Mutant(
        "thread_is_no_maker",
        "prctls thread_ends",
        (
            "kernel/task/exit.c",
            "tell_child(child); child->maker = process->pid;",
            "\t\t\tchild->maker = process->pid;",
        ),
    ),
    Mutant(
        "claimed_thread_freed",
        "trace_ends claimed_thread",
        (
            "kernel/task/exit.c",
            "if (task->tracer || task->claimed) {",
            "\tif (task->tracer) {",
        ),
    ),
    Mutant(
        "untraced_zombie_stays",
        "trace_ends looked_at_thread",
        (
            "kernel/task/waitpid.c",
            "if (child->state == TASK_ZOMBIE && child != child->process &&",
            "\tif (0 &&",
        ),
    ),
    Mutant(
        "claim_hides_zombie",
        "trace_ends looked_at_process",
        (
            "kernel/task/waitpid.c",
            "wake_up(&child->process->parent->child_exit);",
            "",
        ),
    ),
    Mutant(
        "tracers_wait_for_each_other",
        "trace_ends each_other",
        ("kernel/task/exit.c", "exit_tracer(current);", "\t\t\t;"),
    ),
    Mutant(
        "exec_cannot_be_killed",
        "trace_ends in_exec",
        (
            "kernel/signal/signal.c",
            "wake_up(&process->child_exit); /* await_threads() in exec */",
            "",
        ),
    ),
    Mutant(
        "dump_of_the_gone",
        "core ending_thread",
        (
            "fs/core_notes.c",
            "if (!t->waits_for_core)",
            "\t\tif (t == current || !t->mm)",
        ),
    ),
    Mutant(
        "dump_keeps_the_processor",
        "core much",
        ("fs/core.c", "if (current->work & WORK_RESCHED)", "\tif (0)"),
    ),
    Mutant(
        "areas_have_no_tree",
        "core time_for_areas",
        (
            "mm/area_tree.c",
            "if (likely(mm->nr_areas <= FEW_AREAS)) return false;",
            "\treturn false;",
        ),
    ),
    Mutant(
        "failed_dump_keeps_its_page",
        "sweep_core on_disk",
        (
            "fs/core.c",
            "if (f.page) kpage_free(f.page);",
            "\tif (!error)\n\t\tkpage_free(f.page);",
        ),
    ),
    Mutant(
        "dump_keeps_its_file",
        "sleep_core",
        (
            "fs/core.c",
            "inode->i_writers--; iput(inode);",
            "\tinode->i_writers--;",
        ),
    ),
]
