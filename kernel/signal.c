/*
 * Signals: who may send what to whom, what is pending, and the system calls. How a handler is started and returned from is
 * kernel/sigframe.c. Signal n is bit n - 1 of a set.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "internal.h"
#include "signal_internal.h"

#define UNBLOCKABLE	(SIGBIT(SIGKILL) | SIGBIT(SIGSTOP))

static inline struct k_sigaction *action_of(struct task_struct *task, int sig)
{
	return &task->sigactions->action[sig - 1];
}

static bool valid_signal(int sig)
{
	return sig >= 1 && sig <= NSIG_MAX;
}

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

static bool ignored(struct task_struct *task, int sig)
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

/* Set or clear the work bit after pending or blocked changed. */
void recalc_signals(struct task_struct *task)
{
	if (task->sig_pending & ~task->sig_blocked)
		task->work |= WORK_SIGNAL;
	else
		task->work &= ~WORK_SIGNAL;
}

/* SIGCONT lets a stopped task go on whether or not it is handled; it and the stop signals cancel each other. */
static void handle_stop_and_continue(int sig, struct task_struct *task)
{
	if (sig == SIGCONT || sig == SIGKILL) {
		task->sig_pending &= ~STOP_SIGNALS;
		if (task->state == TASK_STOPPED) {
			task->stop_signal = 0;
			task->continued = sig == SIGCONT;
			wake_up_task(task);
			wake_up(&task->parent->child_exit);
		}
	} else if (default_stops(sig)) {
		task->sig_pending &= ~SIGBIT(SIGCONT);
	}
}

/* Make a signal pending for a task, without permission checks. Called by drivers, exit, faults, kill; any context. */
void send_signal(int sig, struct task_struct *task)
{
	u32 flags = irq_save();

	if (task->state == TASK_ZOMBIE || !task->sigactions)
		goto out;
	handle_stop_and_continue(sig, task);
	if (task == init_task && action_of(task, sig)->handler == SIGNAL_DEFAULT)
		goto out;		/* init dies of nothing that it does not handle */
	if (ignored(task, sig) && !(task->sig_blocked & SIGBIT(sig)))
		goto out;
	task->sig_pending |= SIGBIT(sig);
	recalc_signals(task);
	if (signal_pending(task) && task->state == TASK_INTERRUPTIBLE)
		wake_up_task(task);
out:
	irq_restore(flags);
}

/*
 * current's own exception: it must not run on as if nothing had happened, so a signal that is blocked or ignored kills. In init
 * any fault is the system's end, which do_exit() says.
 */
void send_fault_signal(int sig, int code, u32 addr)
{
	struct k_sigaction *action = action_of(current, sig);

	if (current->sig_blocked & SIGBIT(sig) || action->handler == SIGNAL_IGNORE) {
		action->handler = SIGNAL_DEFAULT;
		current->sig_blocked &= ~SIGBIT(sig);
	}
	current->fault_code = code;
	current->fault_addr = addr;
	current->sig_pending |= SIGBIT(sig);
	recalc_signals(current);
}

/* May current signal this task? */
static bool may_kill(int sig, const struct task_struct *task)
{
	if (suser() || current->euid == task->suid || current->uid == task->suid ||
	    current->euid == task->uid || current->uid == task->uid)
		return true;
	return sig == SIGCONT && current->session == task->session;
}

static int kill_one(int sig, struct task_struct *task)
{
	if (!may_kill(sig, task))
		return -EPERM;
	if (sig)
		send_signal(sig, task);
	return 0;
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
static int kill_many(int pgrp, int sig)
{
	int error = -ESRCH;

	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);
		int result;

		if (pgrp == -1 ? task == init_task || task == current || !task->mm : task->pgrp != pgrp)
			continue;
		result = kill_one(sig, task);
		if (error)
			error = result;
	}
	return error;
}

asmlinkage int sys_kill(int pid, int sig)
{
	struct task_struct *task;

	if (sig != 0 && !valid_signal(sig))
		return -EINVAL;
	if (pid == -1)
		return kill_many(-1, sig);
	if (pid <= 0)
		return kill_many(pid == 0 ? current->pgrp : -pid, sig);
	task = find_task(pid);
	return task ? kill_one(sig, task) : -ESRCH;
}

/* Read and replace a signal's action; the heart of both sigaction calls. Ignoring a signal also forgets a pending one. */
static int do_sigaction(int sig, const struct k_sigaction *new, struct k_sigaction *old)
{
	struct k_sigaction *action;

	if (!valid_signal(sig) || (new && (sig == SIGKILL || sig == SIGSTOP)))
		return -EINVAL;
	action = action_of(current, sig);
	*old = *action;
	if (!new)
		return 0;
	*action = *new;
	action->mask &= ~UNBLOCKABLE;
	if (ignored(current, sig)) {
		current->sig_pending &= ~SIGBIT(sig);
		recalc_signals(current);
	}
	return 0;
}

asmlinkage int sys_rt_sigaction(int sig, const struct kernel_sigaction __user *new, struct kernel_sigaction __user *old, u32 setsize)
{
	struct kernel_sigaction abi;
	struct k_sigaction action, before;
	int error;

	if (setsize != sizeof(u64))
		return -EINVAL;
	if (new) {
		error = copy_from_user(&abi, new, sizeof(abi));
		if (error)
			return error;
		action = (struct k_sigaction){ (u32)abi.sa_handler, abi.sa_flags, (u32)abi.sa_restorer,
					       sigset_to_u64(abi.sa_mask) };
	}
	error = do_sigaction(sig, new ? &action : NULL, &before);
	if (error || !old)
		return error;
	abi.sa_handler = (void *)before.handler;
	abi.sa_flags = before.flags;
	abi.sa_restorer = (void *)before.restorer;
	sigset_from_u64(abi.sa_mask, before.mask);
	return copy_to_user(old, &abi, sizeof(abi));
}

/* The older call with 32-bit sets (67). */
asmlinkage int sys_sigaction(int sig, const struct old_sigaction __user *new, struct old_sigaction __user *old)
{
	struct old_sigaction abi;
	struct k_sigaction action, before;
	int error;

	if (new) {
		error = copy_from_user(&abi, new, sizeof(abi));
		if (error)
			return error;
		action = (struct k_sigaction){ (u32)abi.sa_handler, abi.sa_flags, (u32)abi.sa_restorer, abi.sa_mask };
	}
	error = do_sigaction(sig, new ? &action : NULL, &before);
	if (error || !old)
		return error;
	abi.sa_handler = (void *)before.handler;
	abi.sa_mask = (u32)before.mask;
	abi.sa_flags = before.flags;
	abi.sa_restorer = (void *)before.restorer;
	return copy_to_user(old, &abi, sizeof(abi));
}

asmlinkage int sys_signal(int sig, u32 handler)
{
	struct k_sigaction action = { handler, SA_RESETHAND | SA_NODEFER, 0, 0 }, before;
	int error = do_sigaction(sig, &action, &before);

	return error ? error : (int)before.handler;
}

/* Replace the set of blocked signals. Called by the mask calls and by sigreturn. */
void set_blocked(u64 blocked)
{
	current->sig_blocked = blocked & ~UNBLOCKABLE;
	recalc_signals(current);
}

static int change_mask(int how, u64 set)
{
	switch (how) {
	case SIG_BLOCK:
		set_blocked(current->sig_blocked | set);
		return 0;
	case SIG_UNBLOCK:
		set_blocked(current->sig_blocked & ~set);
		return 0;
	case SIG_SETMASK:
		set_blocked(set);
		return 0;
	}
	return -EINVAL;
}

asmlinkage int sys_rt_sigprocmask(int how, const u64 __user *set, u64 __user *old, u32 setsize)
{
	u64 before = current->sig_blocked, mask;
	int error = 0;

	if (setsize != sizeof(u64))
		return -EINVAL;
	if (set) {
		error = copy_from_user(&mask, set, sizeof(mask));
		if (!error)
			error = change_mask(how, mask);
	}
	if (!error && old)
		error = copy_to_user(old, &before, sizeof(before));
	return error;
}

asmlinkage int sys_sigprocmask(int how, const u32 __user *set, u32 __user *old)
{
	u32 before = (u32)current->sig_blocked, mask;
	int error = 0;

	if (set) {
		error = get_user_u32(&mask, set);
		if (!error)
			error = change_mask(how, mask);
	}
	if (!error && old)
		error = put_user_u32(before, old);
	return error;
}

asmlinkage int sys_rt_sigpending(u64 __user *set, u32 setsize)
{
	u64 pending = current->sig_pending & current->sig_blocked;

	return setsize > sizeof(pending) ? -EINVAL : copy_to_user(set, &pending, setsize);
}

asmlinkage int sys_sigpending(u32 __user *set)
{
	return put_user_u32((u32)(current->sig_pending & current->sig_blocked), set);
}

/* Sleep until a signal is delivered or kills. */
asmlinkage int sys_pause(void)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);

	while (interruptible_sleep_on(&nobody) == 0)
		;
	return -EINTR;
}

/* Wait with another mask; the old one comes back when the handler has returned (do_signal saves it in the frame). */
static int suspend_with(u64 mask)
{
	current->sig_saved = current->sig_blocked;
	current->restore_mask = true;
	set_blocked(mask);
	return sys_pause();
}

asmlinkage int sys_rt_sigsuspend(const u64 __user *set, u32 setsize)
{
	u64 mask;
	int error;

	if (setsize != sizeof(u64))
		return -EINVAL;
	error = copy_from_user(&mask, set, sizeof(mask));
	return error ? error : suspend_with(mask);
}

asmlinkage int sys_sigsuspend(int unused1, int unused2, u32 mask)
{
	(void)unused1;
	(void)unused2;
	return suspend_with(mask);
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
	kfree(table);
}

/* After exec, handlers are gone; what was ignored stays ignored. */
void exec_signals(struct task_struct *task)
{
	for (int i = 0; i < NSIG_MAX; i++) {
		struct k_sigaction *action = &task->sigactions->action[i];

		if (action->handler != SIGNAL_IGNORE)
			action->handler = SIGNAL_DEFAULT;
		action->flags = 0;
		action->mask = 0;
	}
}
