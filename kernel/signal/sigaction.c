/*
 * What a process does with signals: the calls for actions, masks, waiting and
 * the alternate stack; and what fork, exec and exit do with the actions.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/time.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

#define UNBLOCKABLE	(SIGBIT(SIGKILL) | SIGBIT(SIGSTOP))

/*
 * Reads and replaces a signal's action. Ignoring a signal also forgets a
 * pending one. Returns 0 or -EINVAL. Called by all calls that set actions.
 */
static int do_sigaction(int sig, const struct k_sigaction *new,
			struct k_sigaction *old)
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
	if (ignores_signal(current, sig))
		flush_signal(current->process, sig);
	return 0;
}

int sys_rt_sigaction(int sig, const struct kernel_sigaction __user *new,
		     struct kernel_sigaction __user *old, u32 setsize)
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
		action = (struct k_sigaction){ (u32)abi.sa_handler,
					       abi.sa_flags,
					       (u32)abi.sa_restorer,
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

/* The older call, with 32-bit sets (67). */
int sys_sigaction(int sig, const struct old_sigaction __user *new,
		  struct old_sigaction __user *old)
{
	struct old_sigaction abi;
	struct k_sigaction action, before;
	int error;

	if (new) {
		error = copy_from_user(&abi, new, sizeof(abi));
		if (error)
			return error;
		action = (struct k_sigaction){ (u32)abi.sa_handler,
					       abi.sa_flags,
					       (u32)abi.sa_restorer,
					       abi.sa_mask };
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

/* The oldest call (48): the handler holds for one signal. */
int sys_signal(int sig, u32 handler)
{
	struct k_sigaction before, action = {
		.handler = handler, .flags = SA_RESETHAND | SA_NODEFER,
	};
	int error = do_sigaction(sig, &action, &before);

	return error ? error : (int)before.handler;
}

/*
 * Replaces the set of blocked signals. Another thread is told of signals that
 * are pending for the process and blocked here now. Called by the mask calls
 * and by sigreturn.
 */
void set_blocked(u64 blocked)
{
	u32 flags = irq_save();
	u64 left = current->process->shared.set & blocked;

	current->sig_blocked = blocked & ~UNBLOCKABLE;
	recalc_signals(current);
	if (left)
		tell_some_thread(current->process, left);
	irq_restore(flags);
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

int sys_rt_sigprocmask(int how, const u64 __user *set, u64 __user *old,
		       u32 setsize)
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

int sys_sigprocmask(int how, const u32 __user *set, u32 __user *old)
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

int sys_rt_sigpending(u64 __user *set, u32 setsize)
{
	u64 pending = pending_now() & current->sig_blocked;

	if (setsize > sizeof(pending))
		return -EINVAL;
	return copy_to_user(set, &pending, setsize);
}

int sys_sigpending(u32 __user *set)
{
	return put_user_u32((u32)(pending_now() & current->sig_blocked), set);
}

/* Sleeps until a signal is delivered or kills. */
int sys_pause(void)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);

	while (interruptible_sleep_on(&nobody) == 0)
		;
	return -ERESTARTNOHAND;
}

/*
 * Sets another mask for the time of a wait: until restore_mask(), or, when a
 * signal comes, until its handler has returned.
 */
void wait_with_mask(u64 mask)
{
	current->sig_saved = current->sig_blocked;
	current->restore_mask = true;
	set_blocked(mask);
}

/*
 * Sets the old mask again when such a wait has ended without a handler. Does
 * nothing if there was none.
 */
void restore_mask(void)
{
	if (!current->restore_mask)
		return;
	current->restore_mask = false;
	set_blocked(current->sig_saved);
}

/* Sleeps with another mask until a handler has run. */
static int suspend_with(u64 mask)
{
	wait_with_mask(mask);
	return sys_pause();
}

int sys_rt_sigsuspend(const u64 __user *set, u32 setsize)
{
	u64 mask;
	int error;

	if (setsize != sizeof(u64))
		return -EINVAL;
	error = copy_from_user(&mask, set, sizeof(mask));
	return error ? error : suspend_with(mask);
}

int sys_sigsuspend(int unused1, int unused2, u32 mask)
{
	(void)unused1;
	(void)unused2;
	return suspend_with(mask);
}

/*
 * Sleeps until a signal of set comes, or until end. Another thread may change
 * the set meanwhile, and wakes this one then. Returns the signal's number,
 * -EAGAIN if none came, or -ERESTARTSYS after any other signal, even a stop.
 */
int await_signal(const u64 *set, const struct deadline *end,
		 struct signal_source *source)
{
	u32 flags = irq_save();	/* none comes between the look and the sleep */
	int sig, error = 0;

	for (;;) {
		u64 awaited = *set & ~UNBLOCKABLE;

		sig = lowest_signal(pending_now() & awaited);
		if (sig || error)
			break;
		current->sig_awaited = awaited;
		error = sleep_until(&current->process->signal_wait, end);
		current->sig_awaited = 0;
	}
	if (sig)
		dequeue_signal(sig, source);
	irq_restore(flags);
	if (sig)
		return sig;
	return error == -ETIMEDOUT ? -EAGAIN : error;
}

/* Waits for a signal and tells where it came from. Returns its number. */
static int do_sigtimedwait(const u64 __user *user_set,
			   struct siginfo __user *user_info,
			   const void __user *timeout, u32 setsize, bool wide)
{
	struct signal_source source;
	struct deadline end;
	struct siginfo info;
	u64 set;
	int sig, error;

	if (setsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, user_set, sizeof(set)) < 0)
		return -EFAULT;
	error = get_deadline(&end, CLOCK_MONOTONIC, false, timeout, wide);
	if (error)
		return error;
	sig = await_signal(&set, &end, &source);
	if (sig == -ERESTARTSYS)
		return -EINTR;
	if (sig < 0 || !user_info)
		return sig;
	fill_siginfo(&info, sig, &source);
	error = copy_to_user(user_info, &info, sizeof(info));
	return error ? error : sig;
}

int sys_rt_sigtimedwait(const u64 __user *set, struct siginfo __user *info,
			const struct timespec __user *timeout, u32 setsize)
{
	return do_sigtimedwait(set, info, timeout, setsize, false);
}

int sys_rt_sigtimedwait_time64(const u64 __user *set,
			       struct siginfo __user *info,
			       const struct timespec64 __user *timeout,
			       u32 setsize)
{
	return do_sigtimedwait(set, info, timeout, setsize, true);
}

/* Returns true if a stack pointer lies on the program's alternate stack. */
bool on_altstack(u32 esp)
{
	return esp - current->altstack_sp < current->altstack_size;
}

/* Returns the alternate stack as the program sees it. */
stack_t get_altstack(u32 esp)
{
	stack_t stack = {
		.ss_sp = (void *)current->altstack_sp,
		.ss_size = current->altstack_size,
	};

	if (current->altstack_size == 0)
		stack.ss_flags = SS_DISABLE;
	else if (on_altstack(esp))
		stack.ss_flags = SS_ONSTACK;
	return stack;
}

/*
 * Sets the alternate stack. Returns 0, -EPERM while esp lies on the old one,
 * -EINVAL, or -ENOMEM for one that is too small. Called also by rt_sigreturn(),
 * with what the frame holds.
 */
int set_altstack(const stack_t *new, u32 esp)
{
	if (on_altstack(esp))
		return -EPERM;
	if (new->ss_flags == SS_DISABLE) {
		current->altstack_sp = current->altstack_size = 0;
		return 0;
	}
	if (new->ss_flags && new->ss_flags != SS_ONSTACK)
		return -EINVAL;
	if (new->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	current->altstack_sp = (u32)new->ss_sp;
	current->altstack_size = new->ss_size;
	return 0;
}

int sys_sigaltstack(const stack_t __user *user_new, stack_t __user *user_old)
{
	u32 esp = task_regs(current)->esp;
	stack_t new, old = get_altstack(esp);
	int error = 0;

	if (user_new) {
		if (copy_from_user(&new, user_new, sizeof(new)) < 0)
			return -EFAULT;
		error = set_altstack(&new, esp);
	}
	if (!error && user_old)
		error = copy_to_user(user_old, &old, sizeof(old));
	return error;
}

/* The oldest forms of the mask calls (68, 69), with one word. */
int sys_sgetmask(void)
{
	return (u32)current->sig_blocked;
}

int sys_ssetmask(u32 mask)
{
	u32 before = (u32)current->sig_blocked;

	set_blocked(mask);
	return before;
}

/*
 * Gives a child current's table of actions, or a copy of it. Returns 0 or
 * -ENOMEM.
 */
int copy_signals(struct task_struct *child, bool share)
{
	struct sigaction_table *table;

	if (share) {
		current->sigactions->users++;
		return 0;
	}
	table = kmalloc(sizeof(*table));
	if (!table)
		return -ENOMEM;
	if (current->sigactions)
		*table = *current->sigactions;
	else
		memset(table, 0, sizeof(*table));
	table->users = 1;
	child->sigactions = table;
	return 0;
}

/* Gives current a table of actions of its own. -ENOMEM. Called by exec. */
int unshare_signals(void)
{
	struct sigaction_table *old = current->sigactions;

	if (old->users == 1)
		return 0;
	if (copy_signals(current, false) < 0)
		return -ENOMEM;
	if (--old->users == 0)		/* the others went meanwhile */
		kfree(old);
	return 0;
}

/*
 * Forgets the signals of a thread that ends, and its actions. Another thread is
 * told of what is pending for the process.
 */
void exit_signals(struct task_struct *task)
{
	u32 flags = irq_save();
	struct sigaction_table *table = task->sigactions;

	task->sigactions = NULL;
	task->sig_blocked = ~0ull;
	flush_pending(&task->pending, ~0ull);
	if (task == task->process)
		flush_pending(&task->shared, ~0ull);
	else if (task->process->shared.set)
		tell_some_thread(task->process, task->process->shared.set);
	abandon_queue(&task->signal_wait);
	irq_restore(flags);
	if (--table->users == 0)
		kfree(table);
}

/* Makes defaults of handlers. A signal that is ignored stays ignored. */
void clear_handlers(struct task_struct *task)
{
	for (int i = 0; i < NSIG_MAX; i++) {
		struct k_sigaction *action = &task->sigactions->action[i];

		if (action->handler != SIGNAL_IGNORE)
			action->handler = SIGNAL_DEFAULT;
		action->flags = 0;
		action->mask = 0;
	}
}

/* Takes away handlers and alternate stack of the old program. For exec. */
void exec_signals(struct task_struct *task)
{
	task->altstack_size = 0;
	task->process->exit_signal = SIGCHLD;
	clear_handlers(task);
}
