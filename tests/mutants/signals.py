"""Planted bugs in signals: sending, masks, delivery."""
from .mutant import Mutant

SEND = "kernel/signal/signal.c"
QUEUE = "kernel/signal/sigqueue.c"
ACTION = "kernel/signal/sigaction.c"
DELIVER = "kernel/signal/deliver.c"
KILL = "kernel/signal/kill.c"

MUTANTS = [
    Mutant(
        "stop_leaves_continue",
        "signals stops_and_continues",
        (SEND, "forget_pending(process, SIGBIT(SIGCONT));", "\t;"),
    ),
    Mutant(
        "continue_leaves_stops",
        "signals stops_and_continues",
        (SEND, "forget_pending(process, STOP_SIGNALS);", ""),
    ),
    Mutant(
        "continuing_is_untold",
        "waits stops",
        (SEND, "process->continued = true;", ""),
    ),
    Mutant(
        "stopped_cannot_be_killed",
        "process stop_and_continue",
        (SEND, "t->state == TASK_STOPPED ||", ""),
    ),
    Mutant(
        "last_sender_counts",
        "signals first_sender",
        (QUEUE, "if (!(pending->set & SIGBIT(sig)))", ""),
    ),
    Mutant(
        "newest_signal_first",
        "signals queueing",
        (
            QUEUE,
            "q->taken = NULL; list_add_tail(&q->link, &pending->queue);",
            "q->taken = NULL;\n\t\tlist_add(&q->link, &pending->queue);",
        ),
    ),
    Mutant(
        "queued_signal_taken_once",
        "signals queueing",
        (QUEUE, "if (!find_queued(pending, sig))", ""),
    ),
    Mutant(
        "kill_can_be_blocked",
        "signals unblockable",
        (
            ACTION,
            "current->sig_blocked = blocked & ~UNBLOCKABLE;",
            "current->sig_blocked = blocked;",
        ),
    ),
    Mutant(
        "stop_can_be_masked",
        "signals unblockable",
        (ACTION, "action->mask &= ~UNBLOCKABLE;", ""),
    ),
    Mutant(
        "ignored_stays_pending",
        "signals ignored_now",
        (
            ACTION,
            "if (ignores_signal(current, sig)) flush_signal(current->process, "
            "sig);",
            "",
        ),
    ),
    Mutant(
        "always_restarted",
        "process interrupted_calls",
        (
            DELIVER,
            "(error == ERESTARTSYS && action->flags & SA_RESTART))",
            "(error == ERESTARTSYS && action))",
        ),
    ),
    Mutant(
        "stop_ends_calls",
        "restarts with_stop",
        (
            DELIVER,
            "if (interrupted_call(regs)) restart_call(regs); restore_mask();",
            "if (interrupted_call(regs))\n\t\tregs->eax = -EINTR;\n"
            "\trestore_mask();",
        ),
    ),
    Mutant(
        "orphans_can_be_stopped",
        "process orphaned_group",
        (
            DELIVER,
            "if (sig == SIGSTOP || !is_orphaned(current->process->pgrp))",
            "",
        ),
    ),
    Mutant(
        "session_cannot_continue",
        "signals permissions",
        (KILL, "return sig == SIGCONT &&", "return sig == SIGKILL &&"),
    ),
    Mutant(
        "anybody_kills",
        "signals permissions",
        (
            KILL,
            "current->euid == task->suid ||",
            "current->euid != task->suid ||",
        ),
    ),
    Mutant(
        "everybody_means_me",
        "signals everybody",
        (
            KILL,
            "(task == init_task || task == current->process)",
            "(task == init_task)",
        ),
    ),
    Mutant(
        "handlers_over_exec",
        "signals over_exec",
        (
            ACTION,
            "task->process->exit_signal = SIGCHLD; clear_handlers(task);",
            "task->process->exit_signal = SIGCHLD;",
        ),
    ),
    Mutant(
        "ignoring_ends_with_exec",
        "signals over_exec",
        (ACTION, "if (action->handler != SIGNAL_IGNORE)", ""),
    ),
    Mutant(
        "other_stack_over_exec",
        "inherited stack_over_exec",
        (
            ACTION,
            "task->altstack_size = 0; task->process->exit_signal",
            "task->process->exit_signal",
        ),
    ),
    Mutant(
        "stops_told_to_the_unwilling",
        "signals ends_of_children",
        (SEND, "action_of(process, SIGCHLD)->flags & SA_NOCLDSTOP;", "false;"),
    ),
    Mutant(
        "thread_signal_is_everybodys",
        "threads signals",
        (
            SEND,
            "alone ? &task->pending : &process->shared;",
            "&process->shared;",
        ),
    ),
    Mutant(
        "any_thread_is_told",
        "threads signals",
        (
            SEND,
            "if (signals & (~t->sig_blocked | t->sig_awaited)) {",
            "{",
        ),
    ),
]
