/*
 * Sending signals: who may send what to whom, and what is then pending. The
 * calls that set actions and masks are kernel/signal/sigaction.c; how a handler
 * is started and returned from is kernel/signal/sigframe.c. Signal n is bit n -
 * 1 of a set.
 *
 * Most signals are for a process and pending in its first thread's `shared`:
 * one thread that does not block it is told, and whichever comes first takes
 * it. tgkill() and the CPU mean one thread; for it they are `pending`. Where a
 * pending signal comes from is kept once a standard signal, in the task itself,
 * because interrupts send them too. Real-time signals, which only processes
 * send, are queued.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/wait.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

/* Signals whose default action is to be ignored. */
static bool default_ignored(int sig)
{
	return sig == SIGCHLD || sig == SIGCONT || sig == SIGURG ||
	       sig == SIGWINCH;
}

bool default_stops(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
	       sig == SIGTTOU;
}

bool dumps_core(int sig)
{
	return sig == SIGQUIT || sig == SIGILL || sig == SIGTRAP ||
	       sig == SIGABRT || sig == SIGFPE || sig == SIGSEGV ||
	       sig == SIGBUS || sig == SIGSYS;
}

bool signal_default_ignored(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_DEFAULT &&
	       default_ignored(sig);
}

bool signal_ignored(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_IGNORE ||
	       signal_default_ignored(task, sig);
}

bool signal_is_ignored(struct task_struct *task, int sig)
{
	return task->sig_blocked & SIGBIT(sig) ||
	       action_of(task, sig)->handler == SIGNAL_IGNORE;
}

/* The signals that a task ignores and those that it handles, for /proc. */
void signal_sets(const struct task_struct *task, u64 *ignored, u64 *caught)
{
	*ignored = *caught = 0;
	for (int sig = 1; task->sigactions && sig <= NSIG_MAX; sig++) {
		u32 handler = task->sigactions->action[sig - 1].handler;

		*(handler == SIGNAL_IGNORE ? ignored : caught) |=
			handler == SIGNAL_DEFAULT ? 0 : SIGBIT(sig);
	}
}

/* Returns whether a signal ends task's process, and does nothing before. */
static bool is_fatal(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_DEFAULT &&
	       !default_ignored(sig) && !default_stops(sig) &&
	       !dumps_core(sig);
}

/*
 * Returns the pending signal of which task's process ends as soon as it looks;
 * 0 if there is none, or a tracer sees them first.
 */
int fatal_signal(struct task_struct *task)
{
	struct task_struct *process = task->process;
	u64 left = task->pending.set | process->shared.set;
	int sig;

	left &= process->ptrace ? 0 : ~task->sig_blocked;
	while ((sig = lowest_signal(left)) && !is_fatal(task, sig))
		left &= ~SIGBIT(sig);
	return sig;
}

/* Returns whether task will end without returning to its program. */
bool is_dying(struct task_struct *task)
{
	return task->process->group_work & (GROUP_EXIT | GROUP_EXEC) ||
	       fatal_signal(task);
}

/*
 * All threads of a process are to look at its group_work: who sleeps for a
 * signal or is stopped, but not by a tracer, is woken. Any context.
 */
void alert_group(struct task_struct *process)
{
	u32 flags = irq_save();

	for_each_thread(t, process) {
		bool ends = process->group_work & (GROUP_EXIT | GROUP_EXEC);

		t->work |= WORK_SIGNAL;
		if (t->state == TASK_INTERRUPTIBLE ||
		    (t->state == TASK_KILLABLE && ends) ||
		    (t->state == TASK_STOPPED && (!t->ptrace || ends)))
			wake_up_task(t);
	}
	irq_restore(flags);
}

static void forget_pending(struct task_struct *process, u64 signals)
{
	process->shared.set &= ~signals;
	for_each_thread(t, process)
		t->pending.set &= ~signals;
}

/*
 * SIGCONT lets a stopped process go on whether or not it is handled; it and the
 * stop signals cancel each other.
 */
static void handle_stop_and_continue(int sig, struct task_struct *process)
{
	if (default_stops(sig))
		forget_pending(process, SIGBIT(SIGCONT));
	if (sig != SIGCONT)
		return;
	forget_pending(process, STOP_SIGNALS);
	if (process->group_work & GROUP_STOP && !process->ptrace) {
		process->group_work &= ~GROUP_STOP;
		process->stop_signal = 0;
		process->continued = true;
		alert_group(process);
		tell_parent(process, CLD_CONTINUED, SIGCONT);
	}
}

/* Some of these signals are pending for task: wake it if it sleeps for that. */
static void tell_thread(struct task_struct *task, u64 signals)
{
	recalc_signals(task);
	if ((signal_pending(task) || task->sig_awaited & signals) &&
	    task->state == TASK_INTERRUPTIBLE)
		wake_up_task(task);
	if (task->state == TASK_KILLABLE && fatal_signal(task))
		wake_up_task(task);
}

/*
 * Signals are pending for a process: tell one thread that would take one of
 * them.
 */
void tell_some_thread(struct task_struct *process, u64 signals)
{
	for_each_thread(t, process)
		if (signals & (~t->sig_blocked | t->sig_awaited)) {
			tell_thread(t, signals);
			return;
		}
}

/* Nothing holds SIGKILL up, and nobody sees it. */
static void kill_process(struct task_struct *process)
{
	if (!(process->group_work & GROUP_EXIT)) {
		process->group_work |= GROUP_EXIT;
		process->exit_status = SIGKILL;
		process->stop_signal = 0;
	}
	alert_group(process);
}

/*
 * Make a signal pending for a task alone, or for its process, without
 * permission checks, and wake whoever sleeps for that. Any context for standard
 * signals; a real-time signal must have been reserved. -EAGAIN: it could not be
 * queued.
 */
static int post_signal(int sig, struct task_struct *task, bool alone,
		       const struct signal_source *source)
{
	u32 flags = irq_save();
	struct task_struct *process = task->process;
	int error = 0;

	if (!alone)
		task = process;
	if (task->state == TASK_ZOMBIE || !task->sigactions)
		goto out;
	handle_stop_and_continue(sig, process);
	if (process == init_task &&
	    action_of(task, sig)->handler == SIGNAL_DEFAULT)
		goto out; /* init dies of nothing that it does not handle */
	if (sig == SIGKILL) {
		kill_process(process);
		goto out;
	}
	if (signal_ignored(task, sig) && !(task->sig_blocked & SIGBIT(sig)) &&
	    !task->ptrace)
		goto out;
	error = add_pending(task, alone ? &task->pending : &process->shared,
			    sig, source);
	if (error)
		goto out;
	if (alone)
		tell_thread(task, SIGBIT(sig));
	else
		tell_some_thread(process, SIGBIT(sig));
out:
	irq_restore(flags);
	return error;
}

/*
 * To a process, from the kernel itself: the terminal, a timer, a broken pipe.
 * Any context.
 */
void send_signal(int sig, struct task_struct *task)
{
	static const struct signal_source kernel = { .code = SI_KERNEL };

	post_signal(sig, task, false, &kernel);
}

/* Tells the parent by a signal, if it is one, and wakes it if it waits. */
static void tell_by(int sig, struct task_struct *task, int code, int status)
{
	struct signal_source source = {
		.code = code, .pid = task->pid, .uid = task->uid,
		.value = status, .utime = task->utime, .stime = task->stime,
	};

	if (valid_signal(sig))
		post_signal(sig, task->parent, false, &source);
	wake_up(&task->parent->child_exit);
}

/* SIGCHLD after a stop or a continuation, unless the parent wants none. */
void tell_parent(struct task_struct *task, int code, int status)
{
	u32 flags = action_of(task->parent, SIGCHLD)->flags;
	bool quiet = flags & SA_NOCLDSTOP && code != CLD_TRAPPED;

	tell_by(quiet ? 0 : SIGCHLD, task, code, status);
}

/*
 * Tells the parent of a task's end, by the signal that clone() was given. A
 * real-time signal is told if the caller has reserved it.
 */
void tell_end(struct task_struct *task)
{
	int sig = WTERMSIG(task->exit_status);
	int status = sig ? sig : WEXITSTATUS(task->exit_status);

	tell_by(task->exit_signal, task, sig ? CLD_KILLED : CLD_EXITED, status);
}

/*
 * current's own exception: it must not run on as if nothing had happened, so a
 * signal that is blocked or ignored kills. In init any fault is the system's
 * end, which do_exit() says.
 */
void send_fault_signal(int sig, int code, u32 addr)
{
	struct k_sigaction *action = action_of(current, sig);
	u32 flags;

	if (sig == SIGKILL) {
		kill_process(current->process);
		return;
	}
	flags = irq_save();
	if (current->sig_blocked & SIGBIT(sig) ||
	    action->handler == SIGNAL_IGNORE) {
		action->handler = SIGNAL_DEFAULT;
		current->sig_blocked &= ~SIGBIT(sig);
	}
	current->fault_addr = addr;
	current->sig_sources[sig - 1] =
		(struct signal_source){ .code = code, .addr = addr };
	current->pending.set |= SIGBIT(sig);
	recalc_signals(current);
	irq_restore(flags);
}

/* May current signal this task? */
static bool may_kill(int sig, const struct task_struct *task)
{
	if (suser() || current->euid == task->suid ||
	    current->uid == task->suid || current->euid == task->uid ||
	    current->uid == task->uid)
		return true;
	return sig == SIGCONT &&
	       current->process->session == task->process->session;
}

static int kill_one(int sig, struct task_struct *task, bool alone,
		    const struct signal_source *source)
{
	if (sig && !valid_signal(sig))
		return -EINVAL;
	if (!may_kill(sig, task))
		return -EPERM;
	return sig ? post_signal(sig, task, alone, source) : 0;
}

/*
 * Signal all tasks of a process group, from the kernel (the terminal). -ESRCH:
 * the group has nobody.
 */
int kill_pgrp(int pgrp, int sig)
{
	int error = -ESRCH;

	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->pgrp == pgrp && task->state != TASK_ZOMBIE) {
			send_signal(sig, task);
			error = 0;
		}
	}
	return error;
}

/*
 * kill() to a group (pgrp > 0) or to everybody but init and the caller (pgrp
 * -1): success if one could be signalled. Everybody means whom current may
 * signal, even if that is nobody. -ESRCH: there is no other process.
 */
static int kill_many(int pgrp, int sig, const struct signal_source *source)
{
	int error = -ESRCH;

	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);
		int result;

		if (pgrp == -1 ? task == init_task || task == current->process :
				 task->pgrp != pgrp)
			continue;
		result = kill_one(sig, task, false, source);
		if (pgrp == -1 && result == -EPERM)
			result = error == -ESRCH ? 0 : error;
		if (error)
			error = result;
	}
	return error;
}

static struct signal_source current_source(int code)
{
	return (struct signal_source){ .code = code,
				       .pid = current->tgid,
				       .uid = current->uid };
}

/*
 * Send to a task found by its number, which must belong to the process tgid
 * unless that is 0.
 */
static int send_to(int tgid, int pid, int sig, bool alone,
		   const struct signal_source *source)
{
	int error = reserve_signals(sig, 1);
	struct task_struct *task;

	if (error)
		return error;
	task = find_task(pid);
	error = task && (!tgid || task->tgid == tgid)
			? kill_one(sig, task, alone, source)
			: -ESRCH;
	release_reserved();
	return error;
}

static u32 nr_processes(void)
{
	u32 n = 0;

	list_for_each(node, &all_tasks)
		n++;
	return n;
}

/*
 * Reserves sig for each process there is. Finding memory may sleep, and others
 * be made meanwhile: they are counted again. -EAGAIN: no memory.
 */
static int reserve_for_all(int sig)
{
	u32 n;
	int error;

	do {
		n = nr_processes();
		error = reserve_signals(sig, n);
	} while (!error && nr_processes() > n);
	return error;
}

int sys_kill(int pid, int sig)
{
	struct signal_source source = current_source(SI_USER);
	int error;

	if (pid > 0)
		return send_to(0, pid, sig, false, &source);
	error = reserve_for_all(sig);
	if (error)
		return error;
	error = kill_many(pid == 0    ? current->process->pgrp
			  : pid == -1 ? -1
				      : -pid,
			  sig, &source);
	release_reserved();
	return error;
}

/* To one thread of a process. */
int sys_tgkill(int tgid, int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);

	return pid <= 0 || tgid <= 0 ? -EINVAL
				     : send_to(tgid, pid, sig, true, &source);
}

int sys_tkill(int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);

	return pid <= 0 ? -EINVAL : send_to(0, pid, sig, true, &source);
}

static int queue_signal(int tgid, int pid, int sig,
			const struct siginfo __user *user_info, bool alone)
{
	struct siginfo info;
	struct signal_source source;

	if (copy_from_user(&info, user_info, sizeof(info)) < 0)
		return -EFAULT;
	if ((info.si_code >= 0 || info.si_code == SI_TKILL) &&
	    pid != current->pid)
		return -EPERM;
	source = (struct signal_source){ .code = info.si_code,
					 .pid = info.si_pid,
					 .uid = info.si_uid,
					 .value = info.si_status };
	return send_to(tgid, pid, sig, alone, &source);
}

/*
 * sigqueue(): a signal with a value. A program must not pretend to others to be
 * the kernel or kill().
 */
int sys_rt_sigqueueinfo(int pid, int sig,
			const struct siginfo __user *user_info)
{
	return queue_signal(0, pid, sig, user_info, false);
}

/* The same for one thread: pthread_sigqueue(). */
int sys_rt_tgsigqueueinfo(int tgid, int pid, int sig,
			  const struct siginfo __user *user_info)
{
	return tgid <= 0 || pid <= 0
		       ? -EINVAL
		       : queue_signal(tgid, pid, sig, user_info, true);
}
