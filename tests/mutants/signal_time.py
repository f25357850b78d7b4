"""Planted bugs in kernel/signal/ and kernel/time/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "stop_ends_waits",
        "restarts with_stop",
        (
            "kernel/signal/deliver.c",
            "if (interrupted_call(regs)) restart_call(regs);",
            "\tif (interrupted_call(regs))\n\t\tregs->eax = -EINTR;\n",
        ),
    ),
    Mutant(
        "no_wait_goes_on",
        "restarts with_restart",
        (
            "kernel/signal/deliver.c",
            "(error == ERESTARTSYS && action->flags & SA_RESTART))",
            "\t    (error == ERESTARTSYS && 0))",
        ),
    ),
    Mutant(
        "stopped_sigwait_goes_on",
        "restarts with_stop",
        (
            "kernel/signal/sigaction.c",
            "if (sig == -ERESTARTSYS)",
            "if (sig == 0)",
        ),
    ),
    Mutant(
        "set_clock_wakes_nobody",
        "clockset dates",
        ("kernel/time/time.c", "wake_up(&clock_set);", ""),
    ),
    Mutant(
        "date_is_a_span",
        "clockset dates turned_back",
        (
            "kernel/time/deadline.c",
            "if (absolute && (clock == CLOCK_REALTIME ||",
            "if (absolute && (clock == 99 ||",
        ),
    ),
    Mutant(
        "used_timer_is_early",
        "cputime timers",
        (
            "kernel/time/itimer.c",
            "ticks ? ticks + 1 : 0, used_ticks(interval)",
            "ticks, used_ticks(interval)",
        ),
    ),
    Mutant(
        "failure_keeps_end",
        "ends",
        (
            "kernel/time/deadline.c",
            "current->restarting = 0; return error;",
            "\treturn error;",
        ),
    ),
    Mutant(
        "nobody_is_an_error",
        "verdicts nobody_to_kill",
        (
            "kernel/signal/kill.c",
            "if (pgrp == EVERYBODY && result == -EPERM)",
            "\t\tif (0)",
        ),
    ),
    Mutant(
        "spans_overflow",
        "clockset long_sleeps",
        (
            "kernel/time/deadline.c",
            "return (u64)seconds * NSEC_A_SECOND + nanoseconds;",
            "\treturn (u32)seconds * NSEC_A_SECOND + nanoseconds;",
        ),
    ),
    Mutant(
        "timers_are_early",
        "clocks lateness",
        (
            "kernel/time/timer.c",
            "while (first && first->expires <= now) {",
            "\twhile (first && first->expires <= now + NSEC_A_TICK) {",
        ),
    ),
    Mutant(
        "alarm_is_not_moved",
        "clocks lateness",
        ("kernel/time/timer.c", "hasten_alarm(when);", ""),
    ),
    Mutant(
        "siblings_are_lost",
        "manytimers order",
        ("kernel/time/timer.c", "hang(next, &tree->next);", ""),
    ),
    Mutant(
        "later_timers_first",
        "manytimers order",
        (
            "kernel/time/timer.c",
            "tree = meld(pairs, tree);",
            "\t\tif (tree) {\n"
            "\t\t\thang(pairs->child, &tree->next);\n"
            "\t\t\thang(tree, &pairs->child);\n"
            "\t\t}\n"
            "\t\ttree = pairs;",
        ),
    ),
    Mutant(
        "alarm_comes_once",
        "timers real_timer",
        ("kernel/signal/sigqueue.c", "if (sig == SIGALRM)", "\tif (0)"),
    ),
    Mutant(
        "ignored_timer_storms",
        "clocks shortest",
        (
            "kernel/time/posix_timer.c",
            "pass_ends(t, timer->interval < NSEC_A_TICK ? NSEC_A_TICK : 0);",
            "\t\tpass_ends(t, 0);",
        ),
    ),
    Mutant(
        "any_sigalrm_starts_timer",
        "clocks disarmed",
        (
            "kernel/time/itimer.c",
            "process->itimers[ITIMER_REAL].interval = ns ? interval : 0;",
            "\tprocess->itimers[ITIMER_REAL].interval = interval;",
        ),
    ),
    Mutant(
        "idle_ticks",
        "clocks quiet",
        (
            "kernel/time/tick.c",
            "set_next_alarm(sched_is_idle() ? NEVER : next_tick);",
            "\tset_next_alarm(next_tick);",
        ),
    ),
    Mutant(
        "alarms_storm",
        "clocks storms",
        (
            "kernel/time/itimer.c",
            "send_signal(SIGALRM, t->data);",
            "\tu64 interval = ((struct task_struct *)t->data)->itimers[0]"
            ".interval;\n\n"
            "\tsend_signal(SIGALRM, t->data);\n"
            "\tif (interval)\n"
            "\t\ttimer_repeat(t, interval);",
        ),
    ),
    Mutant(
        "frame_leaves_its_stack",
        "sigstacks overflow",
        (
            "kernel/signal/sigframe.c",
            "return alternate && !on_altstack(at);",
            "\treturn alternate && !at;",
        ),
    ),
    Mutant(
        "sigreturn_does_not_wait",
        "patience sigreturn_frames",
        (
            "kernel/signal/sigframe.c",
            "} while (error == -ENOMEM && await_memory(at));",
            "\t} while (0);",
        ),
    ),
    Mutant(
        "group_counted_once",
        "sleep_groups groups",
        (
            "kernel/signal/kill.c",
            "} while (!error && nr_members(pgrp) > n);",
            "\t} while (0);",
        ),
    ),
    Mutant(
        "frame_kills",
        "sweep_calls signals",
        (
            "kernel/signal/sigframe.c",
            "} while (error == -ENOMEM && await_memory(regs->esp));",
            "\t} while (0);\n"
            "\tif (error == -ENOMEM)\n"
            "\t\tsend_fault_signal(SIGKILL, 0, regs->esp);",
        ),
    ),
    Mutant(
        "ignored_forgotten",
        "brothers actions",
        (
            "kernel/signal/sigaction.c",
            "*table = *current->sigactions;",
            "\t\tmemset(table, 0, sizeof(*table));",
        ),
    ),
    Mutant(
        "signals_by_task",
        "quotas signals",
        (
            "kernel/signal/sigqueue.c",
            "if (process->uid != uid)",
            "\t\tif (process != current->process)",
        ),
    ),
    Mutant(
        "timer_runs_twice",
        "ptimers ticks",
        (
            "kernel/time/posix_timer.c",
            "show_timer(t, old); t->stands = false;",
            "\tshow_timer(t, old);\n"
            "\tt->stands = false;\n"
            "\tirq_restore(flags);",
        ),
        (
            "kernel/time/clock_timer.c",
            "timer_cancel(&t->timer); if (t->expire) timer_set(",
            "\tif (t->expire)\n\t\ttimer_set(",
        ),
    ),
    Mutant(
        "few_ends",
        "anonfiles many",
        (
            "fs/timerfd.c",
            "clock_timer_forward(&tf->timer, 0) - 1;",
            "(u32)clock_timer_forward(&tf->timer, 0) - 1;",
        ),
    ),
    Mutant(
        "sleepers_of_others_are_dropped",
        "signalfds others_end",
        (
            "kernel/signal/sigaction.c",
            "abandon_queue(&task->signal_wait);",
            "\tabandon_queue(&task->process->signal_wait);",
        ),
    ),
    Mutant(
        "set_clock_leaves_files_behind",
        "stamps clock_is_set",
        (
            "kernel/time/time.c",
            "wall_ns = wall_of(now); second_end =",
            "\tsecond_end =",
        ),
    ),
    Mutant(
        "no_second_before_1970",
        "stamps in_memory",
        ("fs/times.c", "ts.tv_sec = ~ts.tv_sec;", "ts.tv_sec = -ts.tv_sec;"),
    ),
    Mutant(
        "set_clock_goes_back",
        "stamps clock_is_set",
        ("kernel/time/time.c", "if (wall_ns < (s64)wall_of(now))", "\tif (1)"),
    ),
]
