/*
 * Sending signals: who may send which signal to whom, and what is then pending.
 * sigaction.c has the calls that set actions and masks; sigframe.c starts
 * handlers and returns from them. Signal n is bit n - 1 of a set.
 *
 * Most signals are for a process, and pending in `shared` of its first thread.
 * One thread that does not block the signal is told, and the thread that comes
 * first takes it. Signals of tgkill() and of the CPU are for one thread, and
 * pending in its `pending`.
 *
 * The source of a pending standard signal is kept in the task, once for each
 * signal, because interrupts send them, too. Real-time signals are queued; only
 * processes send them.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/wait.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

/* Returns true if the default action of a signal is to do nothing. */
static bool default_ignored(int sig)
{
	return sig == SIGCHLD || sig == SIGCONT || sig == SIGURG ||
	       sig == SIGWINCH;
}

/* Returns true if the default action of a signal is to stop the process. */
bool default_stops(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
	       sig == SIGTTOU;
}

/* Returns true if a signal dumps core on other systems: a serious fault. */
bool dumps_core(int sig)
{
	return sig == SIGQUIT || sig == SIGILL || sig == SIGTRAP ||
	       sig == SIGABRT || sig == SIGFPE || sig == SIGSEGV ||
	       sig == SIGBUS || sig == SIGSYS;
}

/* Returns true if a task has the default action, and that does nothing. */
bool ignores_by_default(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_DEFAULT &&
	       default_ignored(sig);
}

/* Returns true if a task's action for a signal does nothing. */
bool ignores_signal(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_IGNORE ||
	       ignores_by_default(task, sig);
}

/*
 * Returns true if a task blocks a signal or has asked to ignore it. Called for
 * the terminal's SIGTTIN and SIGTTOU.
 */
bool blocks_or_ignores(struct task_struct *task, int sig)
{
	return task->sig_blocked & SIGBIT(sig) ||
	       action_of(task, sig)->handler == SIGNAL_IGNORE;
}

/* Finds the signals that a task ignores and those that it handles: /proc. */
void signal_sets(const struct task_struct *task, u64 *ignored, u64 *caught)
{
	*ignored = *caught = 0;
	if (!task->sigactions)
		return;
	for (int sig = 1; sig <= NSIG_MAX; sig++) {
		u32 handler = task->sigactions->action[sig - 1].handler;

		if (handler == SIGNAL_IGNORE)
			*ignored |= SIGBIT(sig);
		else if (handler != SIGNAL_DEFAULT)
			*caught |= SIGBIT(sig);
	}
}

/* Returns true if a signal just ends a task's process: no handler, no core. */
static bool is_fatal(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_DEFAULT &&
	       !default_ignored(sig) && !default_stops(sig) &&
	       !dumps_core(sig);
}

/*
 * Returns the pending signal that ends a task's process as soon as the task
 * takes it. Returns 0 if there is none, or if a tracer sees signals first.
 */
int fatal_signal(struct task_struct *task)
{
	u64 left = task->pending.set | task->process->shared.set;

	if (task->process->ptrace)
		return 0;
	left &= ~task->sig_blocked;
	while (left) {
		int sig = lowest_signal(left);

		if (is_fatal(task, sig))
			return sig;
		left &= ~SIGBIT(sig);
	}
	return 0;
}

/* Returns true if a task will end without returning to its program. */
bool is_dying(struct task_struct *task)
{
	return task->process->group_work & (GROUP_EXIT | GROUP_EXEC) ||
	       fatal_signal(task);
}

/*
 * Makes all threads of a process look at its group_work. Threads that sleep
 * interruptibly or are stopped are woken; a thread that its tracer has stopped
 * only if it is to end. Callable from interrupts.
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
 * Does what stop signals and SIGCONT do when they are sent. SIGCONT lets a
 * stopped process go on even if it is blocked. Stop signals and SIGCONT cancel
 * each other.
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

/* Wakes a task if it sleeps for one of these signals, which are pending. */
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
 * Tells one thread of a process, one that would take one of these signals, that
 * they are pending.
 */
void tell_some_thread(struct task_struct *process, u64 signals)
{
	for_each_thread(t, process)
		if (signals & (~t->sig_blocked | t->sig_awaited)) {
			tell_thread(t, signals);
			return;
		}
}

/* Ends a process by SIGKILL, which nothing holds up and no tracer sees. */
static void kill_process(struct task_struct *process)
{
	if (!(process->group_work & GROUP_EXIT)) {
		process->group_work |= GROUP_EXIT;
		process->exit_status = SIGKILL;
		process->stop_signal = 0;
	}
	alert_group(process);
}

/* Returns true if a signal need not become pending, as it would do nothing. */
static bool no_effect(int sig, struct task_struct *task)
{
	/* nothing kills init but what it handles */
	if (task->process == init_task &&
	    action_of(task, sig)->handler == SIGNAL_DEFAULT)
		return true;
	return ignores_signal(task, sig) && !task->ptrace &&
	       !(task->sig_blocked & SIGBIT(sig));
}

/* Makes a signal pending. Interrupts are masked. Returns 0 or -EAGAIN. */
static int make_pending(int sig, struct task_struct *task, bool alone,
			const struct signal_source *source)
{
	struct task_struct *process = task->process;
	int error = add_pending(task, alone ? &task->pending : &process->shared,
				sig, source);

	if (error)
		return error;
	if (alone)
		tell_thread(task, SIGBIT(sig));
	else
		tell_some_thread(process, SIGBIT(sig));
	return 0;
}

/*
 * Sends a signal to a task alone, or to its process, without permission checks.
 * Standard signals may be sent from interrupts; a real-time signal must have
 * been reserved. Returns 0, or -EAGAIN if it could not be queued.
 */
static int post_signal(int sig, struct task_struct *task, bool alone,
		       const struct signal_source *source)
{
	u32 flags = irq_save();
	struct task_struct *process = task->process;
	int error = 0;

	if (!alone)
		task = process;
	if (task->state != TASK_ZOMBIE && task->sigactions) {
		handle_stop_and_continue(sig, process);
		if (no_effect(sig, task))
			error = 0;
		else if (sig == SIGKILL)
			kill_process(process);
		else
			error = make_pending(sig, task, alone, source);
	}
	irq_restore(flags);
	return error;
}

/*
 * Sends a signal to a process from the kernel itself: from the terminal, a
 * timer, a broken pipe. Callable from interrupts.
 */
void send_signal(int sig, struct task_struct *task)
{
	static const struct signal_source kernel = { .code = SI_KERNEL };

	post_signal(sig, task, false, &kernel);
}

/* Tells the parent by a signal, unless sig is 0, and wakes it if it waits. */
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

/*
 * Tells the parent of a stop or a continuation: by SIGCHLD, unless the parent
 * wants none.
 */
void tell_parent(struct task_struct *task, int code, int status)
{
	u32 flags = action_of(task->parent, SIGCHLD)->flags;
	bool quiet = flags & SA_NOCLDSTOP && code != CLD_TRAPPED;

	tell_by(quiet ? 0 : SIGCHLD, task, code, status);
}

/*
 * Tells the parent of a task's end, by the signal that clone() was given. The
 * caller has reserved it if it is a real-time signal.
 */
void tell_end(struct task_struct *task)
{
	int sig = WTERMSIG(task->exit_status);
	int status = sig ? sig : WEXITSTATUS(task->exit_status);

	tell_by(task->exit_signal, task, sig ? CLD_KILLED : CLD_EXITED, status);
}

/*
 * Sends current a signal for its own exception. It must not run on as if
 * nothing had happened, so a signal that is blocked or ignored kills. If it
 * kills init, do_exit() panics.
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

/* Returns true if current may send this signal to a task. */
static bool may_kill(int sig, const struct task_struct *task)
{
	if (suser() || current->euid == task->suid ||
	    current->uid == task->suid || current->euid == task->uid ||
	    current->uid == task->uid)
		return true;
	return sig == SIGCONT &&
	       current->process->session == task->process->session;
}

/* Sends a signal, or with 0 only checks. 0, -EINVAL, -EPERM or -EAGAIN. */
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
 * Signals all processes of a group, from the kernel (the terminal). Returns 0,
 * or -ESRCH if the group has no member.
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

/* Returns true if kill(-pgrp) means a process; -1 all but init and current. */
static bool in_kill_group(const struct task_struct *process, int pgrp)
{
	if (pgrp == -1)
		return process != init_task && process != current->process;
	return process->pgrp == pgrp;
}

/*
 * Signals a process group, or with pgrp -1 all processes that current may
 * signal but init and its own. Returns 0 if one was signalled, else the last
 * error, -ESRCH if there is no process. With -1 it is no error that current may
 * signal none.
 */
static int kill_many(int pgrp, int sig, const struct signal_source *source)
{
	int error = -ESRCH;

	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);
		int result;

		if (!in_kill_group(task, pgrp))
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
 * Sends a signal to the task with a number, which must belong to the process
 * tgid unless that is 0. Returns 0, -ESRCH, or an error of kill_one().
 */
static int send_to(int tgid, int pid, int sig, bool alone,
		   const struct signal_source *source)
{
	int error = reserve_signals(sig, 1);
	struct task_struct *task;

	if (error)
		return error;
	task = find_task(pid);
	if (!task || (tgid && task->tgid != tgid))
		error = -ESRCH;
	else
		error = kill_one(sig, task, alone, source);
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
 * Reserves sig for each process. Allocating may sleep, and processes may be
 * made meanwhile, so they are counted again. Returns 0, or -EAGAIN if there was
 * no memory.
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

/* Signals a process, current's group (0), all (-1), or a group (-pgrp). */
int sys_kill(int pid, int sig)
{
	struct signal_source source = current_source(SI_USER);
	int error, pgrp = -pid;

	if (pid > 0)
		return send_to(0, pid, sig, false, &source);
	if (pid == 0)
		pgrp = current->process->pgrp;
	if (pid == -1)
		pgrp = -1;
	error = reserve_for_all(sig);
	if (error)
		return error;
	error = kill_many(pgrp, sig, &source);
	release_reserved();
	return error;
}

/* Signals one thread of a process. */
int sys_tgkill(int tgid, int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);

	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	return send_to(tgid, pid, sig, true, &source);
}

/* Signals one thread, whatever process it belongs to. */
int sys_tkill(int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);

	return pid <= 0 ? -EINVAL : send_to(0, pid, sig, true, &source);
}

/*
 * Sends a signal with the program's siginfo. A program must not pretend to
 * others that it is the kernel or kill(): -EPERM.
 */
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

/* Sends a process a signal with a value: sigqueue(). */
int sys_rt_sigqueueinfo(int pid, int sig,
			const struct siginfo __user *user_info)
{
	return queue_signal(0, pid, sig, user_info, false);
}

/* Sends one thread a signal with a value: pthread_sigqueue(). */
int sys_rt_tgsigqueueinfo(int tgid, int pid, int sig,
			  const struct siginfo __user *user_info)
{
	if (tgid <= 0 || pid <= 0)
		return -EINVAL;
	return queue_signal(tgid, pid, sig, user_info, true);
}
