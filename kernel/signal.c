/*
 * Sending signals: who may send what to whom, and what is then pending. The calls that set actions and masks are kernel/sigaction.c; how a handler is
 * started and returned from is kernel/sigframe.c. Signal n is bit n - 1 of a set.
 *
 * Where a pending signal comes from is kept once a standard signal, in the task itself, because interrupts send them too. Real-time signals, which
 * only processes send, are queued.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "internal.h"
#include "signal_internal.h"

/* Signals whose default action is to be ignored. */
static bool default_ignored(int sig)
{
	return sig == SIGCHLD || sig == SIGCONT || sig == SIGURG || sig == SIGWINCH;
}

bool default_stops(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

bool signal_default_ignored(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_DEFAULT && default_ignored(sig);
}

bool signal_ignored(struct task_struct *task, int sig)
{
	return action_of(task, sig)->handler == SIGNAL_IGNORE || signal_default_ignored(task, sig);
}

bool signal_is_ignored(struct task_struct *task, int sig)
{
	return task->sig_blocked & SIGBIT(sig) || action_of(task, sig)->handler == SIGNAL_IGNORE;
}

/* The signals that a task ignores and those that it handles, for /proc. */
void signal_sets(const struct task_struct *task, u64 *ignored, u64 *caught)
{
	*ignored = *caught = 0;
	for (int sig = 1; task->sigactions && sig <= NSIG_MAX; sig++) {
		u32 handler = task->sigactions->action[sig - 1].handler;

		*(handler == SIGNAL_IGNORE ? ignored : caught) |= handler == SIGNAL_DEFAULT ? 0 : SIGBIT(sig);
	}
}

/* Set or clear the work bit after pending or blocked changed. Masked, or a signal that an interrupt sends between the two would be overlooked. */
void recalc_signals(struct task_struct *task)
{
	u32 flags = irq_save();

	if (task->sig_pending & ~task->sig_blocked)
		task->work |= WORK_SIGNAL;
	else
		task->work &= ~WORK_SIGNAL;
	irq_restore(flags);
}

/* SIGCONT lets a stopped task go on whether or not it is handled; it and the stop signals cancel each other. */
static void handle_stop_and_continue(int sig, struct task_struct *task)
{
	if (sig == SIGCONT || sig == SIGKILL) {
		task->sig_pending &= ~STOP_SIGNALS;
		if (task->state == TASK_STOPPED && (sig == SIGKILL || !task->ptrace)) {
			task->stop_signal = 0;
			task->continued = sig == SIGCONT;
			wake_up_task(task);
			if (task->continued)
				tell_parent(task, CLD_CONTINUED, SIGCONT);
		}
	} else if (default_stops(sig)) {
		task->sig_pending &= ~SIGBIT(SIGCONT);
	}
}

/* Remember where a signal comes from. Real-time signals need memory: without it -EAGAIN, as for a queue that is full. */
static int remember_source(struct task_struct *task, int sig, const struct signal_source *source)
{
	struct queued_signal *q;

	if (sig < RT_SIGNALS) {
		if (!(task->sig_pending & SIGBIT(sig)))
			task->sig_sources[sig - 1] = *source;
		return 0;
	}
	if (task->sig_queued >= task->rlimits[RLIMIT_SIGPENDING].rlim_cur)
		return -EAGAIN;
	q = kmalloc(sizeof(*q));
	if (!q)
		return -EAGAIN;
	task->sig_queued++;
	q->sig = sig;
	q->source = *source;
	list_add_tail(&q->link, &task->sig_queue);
	return 0;
}

/*
 * Make a signal pending for a task, without permission checks, and wake it if it sleeps for that. Called by everybody who sends one; any context for
 * standard signals. -EAGAIN: a real-time signal could not be queued.
 */
int send_signal_from(int sig, struct task_struct *task, const struct signal_source *source)
{
	u32 flags = irq_save();
	int error = 0;

	if (task->state == TASK_ZOMBIE || !task->sigactions)
		goto out;
	handle_stop_and_continue(sig, task);
	if (task == init_task && action_of(task, sig)->handler == SIGNAL_DEFAULT)
		goto out;		/* init dies of nothing that it does not handle */
	if (signal_ignored(task, sig) && !(task->sig_blocked & SIGBIT(sig)) && !task->ptrace)
		goto out;
	error = remember_source(task, sig, source);
	if (error)
		goto out;
	task->sig_pending |= SIGBIT(sig);
	recalc_signals(task);
	if ((signal_pending(task) || task->sig_awaited & SIGBIT(sig)) && task->state == TASK_INTERRUPTIBLE)
		wake_up_task(task);
out:
	irq_restore(flags);
	return error;
}

/* From the kernel itself: the terminal, a timer, a broken pipe. Any context. */
void send_signal(int sig, struct task_struct *task)
{
	static const struct signal_source kernel = { .code = SI_KERNEL };

	send_signal_from(sig, task, &kernel);
}

/* SIGCHLD for the parent of a task that has stopped, gone on or ended, unless the parent wants to hear of ends only; and whoever waits is woken. */
void tell_parent(struct task_struct *task, int code, int status)
{
	struct task_struct *parent = task->parent;
	struct signal_source source = {
		.code = code, .pid = task->pid, .uid = task->uid, .value = status, .utime = task->utime, .stime = task->stime,
	};
	bool end = code == CLD_EXITED || code == CLD_KILLED || code == CLD_DUMPED;

	if (end || code == CLD_TRAPPED || !(action_of(parent, SIGCHLD)->flags & SA_NOCLDSTOP))
		send_signal_from(SIGCHLD, parent, &source);
	wake_up(&parent->child_exit);
}

static void free_queued(struct task_struct *task, struct queued_signal *q)
{
	list_del(&q->link);
	kfree(q);
	task->sig_queued--;
}

/* Take a pending signal out: where it came from. A real-time signal stays pending while more of it are queued. Interrupts are masked. */
void dequeue_signal(int sig, struct signal_source *source)
{
	struct queued_signal *found = NULL;
	bool more = false;

	if (sig < RT_SIGNALS)
		*source = current->sig_sources[sig - 1];
	list_for_each(node, &current->sig_queue) {
		struct queued_signal *q = list_entry(node, struct queued_signal, link);

		if (q->sig != sig)
			continue;
		more = found != NULL;
		if (more)
			break;
		found = q;
	}
	if (found) {
		*source = found->source;
		free_queued(current, found);
	}
	if (!more)
		current->sig_pending &= ~SIGBIT(sig);
	recalc_signals(current);
}

/* Forget a pending signal altogether; all of them with 0. */
void flush_signal(struct task_struct *task, int sig)
{
	u32 flags = irq_save();

	list_for_each_safe(node, &task->sig_queue) {
		struct queued_signal *q = list_entry(node, struct queued_signal, link);

		if (sig && q->sig != sig)
			continue;
		free_queued(task, q);
	}
	task->sig_pending &= sig ? ~SIGBIT(sig) : 0;
	recalc_signals(task);
	irq_restore(flags);
}

/*
 * current's own exception: it must not run on as if nothing had happened, so a signal that is blocked or ignored kills. In init
 * any fault is the system's end, which do_exit() says.
 */
void send_fault_signal(int sig, int code, u32 addr)
{
	struct k_sigaction *action = action_of(current, sig);
	u32 flags = irq_save();

	if (current->sig_blocked & SIGBIT(sig) || action->handler == SIGNAL_IGNORE) {
		action->handler = SIGNAL_DEFAULT;
		current->sig_blocked &= ~SIGBIT(sig);
	}
	current->fault_addr = addr;
	current->sig_sources[sig - 1] = (struct signal_source){ .code = code, .addr = addr };
	current->sig_pending |= SIGBIT(sig);
	recalc_signals(current);
	irq_restore(flags);
}

/* May current signal this task? */
static bool may_kill(int sig, const struct task_struct *task)
{
	if (suser() || current->euid == task->suid || current->uid == task->suid ||
	    current->euid == task->uid || current->uid == task->uid)
		return true;
	return sig == SIGCONT && current->session == task->session;
}

static int kill_one(int sig, struct task_struct *task, const struct signal_source *source)
{
	if (!may_kill(sig, task))
		return -EPERM;
	return sig ? send_signal_from(sig, task, source) : 0;
}

/* Signal all tasks of a process group, from the kernel (the terminal). -ESRCH: the group has nobody. */
int kill_pgrp(int pgrp, int sig)
{
	int error = -ESRCH;

	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);

		if (task->pgrp == pgrp && task->state != TASK_ZOMBIE) {
			send_signal(sig, task);
			error = 0;
		}
	}
	return error;
}

/* kill() to a group (pgrp > 0) or to everybody but init and the caller (pgrp -1): success if one could be signalled. */
static int kill_many(int pgrp, int sig, const struct signal_source *source)
{
	int error = -ESRCH;

	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);
		int result;

		if (pgrp == -1 ? task == init_task || task == current || !task->mm : task->pgrp != pgrp)
			continue;
		result = kill_one(sig, task, source);
		if (error)
			error = result;
	}
	return error;
}

static struct signal_source current_source(int code)
{
	return (struct signal_source){ .code = code, .pid = current->pid, .uid = current->uid };
}

asmlinkage int sys_kill(int pid, int sig)
{
	struct signal_source source = current_source(SI_USER);
	struct task_struct *task;

	if (sig != 0 && !valid_signal(sig))
		return -EINVAL;
	if (pid == -1)
		return kill_many(-1, sig, &source);
	if (pid <= 0)
		return kill_many(pid == 0 ? current->pgrp : -pid, sig, &source);
	task = find_task(pid);
	return task ? kill_one(sig, task, &source) : -ESRCH;
}

/* To one thread of a process, which here is the process. */
asmlinkage int sys_tgkill(int tgid, int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);
	struct task_struct *task = find_task(pid);

	if (pid <= 0 || tgid <= 0 || (sig != 0 && !valid_signal(sig)))
		return -EINVAL;
	return task && task->pid == tgid ? kill_one(sig, task, &source) : -ESRCH;
}

asmlinkage int sys_tkill(int pid, int sig)
{
	return sys_tgkill(pid, pid, sig);
}

/* sigqueue(): a signal with a value. A program must not pretend to others to be the kernel or kill(). */
asmlinkage int sys_rt_sigqueueinfo(int pid, int sig, const struct siginfo __user *user_info)
{
	struct task_struct *task = find_task(pid);
	struct siginfo info;
	struct signal_source source;

	if (copy_from_user(&info, user_info, sizeof(info)) < 0)
		return -EFAULT;
	if ((info.si_code >= 0 || info.si_code == SI_TKILL) && pid != current->pid)
		return -EPERM;
	if (sig != 0 && !valid_signal(sig))
		return -EINVAL;
	source = (struct signal_source){ .code = info.si_code, .pid = info.si_pid, .uid = info.si_uid, .value = info.si_status };
	return task ? kill_one(sig, task, &source) : -ESRCH;
}

/* The child of a fork has the same actions, in a table of its own. */
int copy_signals(struct task_struct *child)
{
	child->sigactions = kmalloc(sizeof(*child->sigactions));
	if (!child->sigactions)
		return -ENOMEM;
	if (current->sigactions)
		*child->sigactions = *current->sigactions;
	else
		memset(child->sigactions, 0, sizeof(*child->sigactions));
	return 0;
}

void exit_signals(struct task_struct *task)
{
	u32 flags = irq_save();
	struct sigaction_table *table = task->sigactions;

	task->sigactions = NULL;
	irq_restore(flags);
	flush_signal(task, 0);
	kfree(table);
}

/* After exec, handlers and the alternate stack are gone; what was ignored stays ignored. */
void exec_signals(struct task_struct *task)
{
	task->altstack_size = 0;
	for (int i = 0; i < NSIG_MAX; i++) {
		struct k_sigaction *action = &task->sigactions->action[i];

		if (action->handler != SIGNAL_IGNORE)
			action->handler = SIGNAL_DEFAULT;
		action->flags = 0;
		action->mask = 0;
	}
}
