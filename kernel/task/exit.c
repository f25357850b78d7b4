/*
 * The end of a process. exit gives back everything but the task frame, which
 * keeps the status until the parent has waited for it (waitpid.c). Orphans
 * become children of init, so each process is in exactly one list of children.
 * A thread leaves nothing behind. The first thread of a process ends when the
 * others have ended.
 */
#include <cowix/core.h>
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/plan.h>
#include <cowix/ptrace.h>
#include <cowix/traps.h>
#include <cowix/entry.h>
#include <cowix/tty.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/wait.h>
#include <abi/resource.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

/*
 * Hands the children of a process over to init. A zombie among them is news for
 * it. Groups that only this parent could continue are orphaned now.
 */
static void reparent_children(struct task_struct *task)
{
	while (!list_empty(&task->children)) {
		struct task_struct *child = list_entry(
			task->children.next, struct task_struct, sibling);

		tell_child(child);
		sched_independent(child);
		child->exit_signal = SIGCHLD;
		list_del(&child->sibling);
		child->parent = init_task;
		if (child->state == TASK_ZOMBIE) {
			list_add(&child->sibling, &init_task->children);
			wake_up(&init_task->child_exit);
		} else {
			list_add_tail(&child->sibling, &init_task->children);
		}
		if (could_continue(task, child))
			hangup_if_orphaned(child->pgrp);
	}
}

/*
 * Returns true if the parent wants no zombies, because it ignores SIGCHLD
 * (POSIX, "sigaction"). init takes them then.
 */
static bool unwanted(const struct task_struct *zombie)
{
	const struct k_sigaction *action =
		&zombie->parent->sigactions->action[SIGCHLD - 1];

	if (zombie->exit_signal != SIGCHLD)
		return false;
	return action->handler == SIGNAL_IGNORE || action->flags & SA_NOCLDWAIT;
}

/*
 * Tells the parent of a zombie, which goes to the front of the list of
 * children: waitpid() finds it there at once. A parent that wants no zombies
 * still gets the signal. If the zombie is traced its tracer comes first.
 */
void announce_end(struct task_struct *task)
{
	list_del(&task->sibling);
	if (!task->tracer && unwanted(task)) {
		tell_end(task);
		task->parent = init_task;
	}
	list_add(&task->sibling, &task->parent->children);
	tell_end(task);
}

static void exit_mm(struct task_struct *task)
{
	struct mm *mm = task->mm;

	if (!mm)
		return;
	use_mm(NULL);
	task->mm = NULL;
	mm_release(mm);
}

static void exit_session(struct task_struct *task)
{
	if (task->leader && task->tty)
		tty_hangup_session(task->session);
}

/*
 * Ends a thread that is not the first of its process. The last of them lets the
 * first thread go on. A traced one stays until its tracer has waited for it,
 * one that is claimed until that wait is over.
 */
static NORETURN void exit_thread(struct task_struct *task, int status)
{
	struct task_struct *process = task->process;

	process->minor_faults += task->minor_faults;
	list_for_each(node, &process->children) {
		struct task_struct *child =
			list_entry(node, struct task_struct, sibling);

		if (child->maker == task->pid) {
			tell_child(child);
			child->maker = process->pid;
		}
	}
	free_dead_thread(process);
	task->state = TASK_ZOMBIE;
	if (task->tracer || task->claimed) {
		task->exit_status = status;
		if (task->tracer)
			tell_end(task);
	} else {
		unhash_task(task);
		process->dead_thread = task;
	}
	if (single_threaded(process))
		wake_up(&process->child_exit);
	schedule();
	panic("exit_thread: a dead thread ran");
}

/*
 * Waits until current, the first thread of its process, is alone. Called by
 * exit and by exec. current traces nobody any more if it ends: dead tracees may
 * be what another process waits for, and that one may be what current waits
 * for.
 */
void await_threads(void)
{
	while (!single_threaded(current)) {
		if (!(current->group_work & GROUP_EXEC) ||
		    current->group_work & GROUP_KILL)
			exit_tracer(current);
		sleep_on(&current->child_exit);
	}
	free_dead_thread(current);
}

/*
 * Waits in the first thread, which is to end, until the others have ended. Does
 * not return if one of them has called exec: the first thread then becomes the
 * new program.
 */
static void outlive_threads(struct task_struct *process)
{
	set_blocked(~0ull);
	process->sig_blocked = ~0ull;	/* not even SIGSTOP reaches it now */
	await_threads();
	if (process->group_work & GROUP_EXEC) {
		exec_take_over();
		enter_user_mode(task_regs(process));
	}
}

/* Gives back all that current has but its frame. Called by do_exit(). */
static void release_all(struct task_struct *task)
{
	bool first = task == task->process;

	if (task->held_file)
		drop_held_file();
	exit_mm(task);
	vfork_release(task);
	exit_files(task);
	if (first)
		exit_session(task);
	exit_fs(task);
	fpu_release(task);
	release_debugregs(task);
	exit_tracer(task);
	if (first)
		reparent_children(task);
	exit_signals(task);
}

/*
 * Ends current with a status as wait() reports it; the process with it, if
 * current is the first thread. The frame is freed later, from another stack: by
 * release_task(), or free_dead_thread().
 */
NORETURN void do_exit(int status)
{
	struct task_struct *task = current, *process = task->process;

	if (task == init_task)
		panic("init died: status %x", status);
	park_for_core(process);
	if (process->group_work & GROUP_EXIT)
		status = process->exit_status;
	ptrace_event(PTRACE_EVENT_EXIT, status);
	leave_locks();
	if (!(process->group_work & GROUP_EXIT))
		process->exit_status = status;	/* the last thread's counts */
	if (task == process) {
		if (!single_threaded(task) || task->dead_thread)
			outlive_threads(task);
		timer_cancel(&task->alarm);
		delete_timers(task);
	}
	release_all(task);
	planned(PLAN_END);
	if (task != process)
		exit_thread(task, status);
	(void)reserve_signals(task->exit_signal, 1);
	task->state = TASK_ZOMBIE;
	if (could_continue(task->parent, task))
		hangup_if_orphaned(task->pgrp);
	announce_end(task);
	release_reserved();
	schedule();
	panic("do_exit: a zombie ran");
}

/* Ends all threads of current's process. */
NORETURN void do_group_exit(int status)
{
	struct task_struct *process = current->process;

	if (!(process->group_work & GROUP_EXIT)) {
		process->group_work |= GROUP_EXIT;
		process->exit_status = status;
		if (!single_threaded(process))
			alert_group(process);
	}
	do_exit(process->exit_status);
}

/* Ends this thread. */
int sys_exit(int status)
{
	do_exit((status & 0xFF) << 8);
}

/* Ends the process. */
int sys_exit_group(int status)
{
	do_group_exit((status & 0xFF) << 8);
}
