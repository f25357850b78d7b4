/*
 * Sending signals: what is pending after it, and which thread is told. kill.c
 * has the calls that send; sigaction.c those that set actions and masks;
 * deliver.c chooses what to do with a signal. Signal n is bit n - 1 of a set.
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
#include <cowix/poll.h>
#include <cowix/ptrace.h>
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

/* Returns true if a signal that ends a process leaves a core file. */
bool dumps_core(int sig)
{
	return sig == SIGQUIT || sig == SIGILL || sig == SIGTRAP ||
	       sig == SIGABRT || sig == SIGFPE || sig == SIGSEGV ||
	       sig == SIGBUS || sig == SIGSYS || sig == SIGXCPU ||
	       sig == SIGXFSZ;
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

	if (task->ptrace)
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
 * interruptibly or are stopped are woken; one that its tracer has stopped only
 * if it is to end. Callable from interrupts.
 */
void alert_group(struct task_struct *process)
{
	u32 flags = irq_save();

	for_each_thread(t, process) {
		bool ends = process->group_work & (GROUP_EXIT | GROUP_EXEC);

		t->work |= WORK_SIGNAL;
		if (t->state == TASK_INTERRUPTIBLE ||
		    (t->state == TASK_KILLABLE && ends) ||
		    t->state == TASK_STOPPED ||
		    (t->state == TASK_TRACED && ends))
			wake_up_task(t);
	}
	irq_restore(flags);
}

static void forget_pending(struct task_struct *process, u64 signals)
{
	flush_pending(&process->shared, signals);
	for_each_thread(t, process)
		flush_pending(&t->pending, signals);
}

/*
 * Returns what a thread is to do with its group. One that has stopped with it
 * runs on when its tracer wants that.
 */
u32 group_work_of(const struct task_struct *task)
{
	u32 work = task->process->group_work;

	return task->ptrace & PT_TOOK_PART ? work & ~GROUP_STOP : work;
}

/* Has a tracee trap soon: PT_TRAP says why. Interrupts are masked. */
void tell_trap(struct task_struct *task)
{
	task->work |= WORK_SIGNAL;
	if (task->state == TASK_INTERRUPTIBLE ||
	    (task->state == TASK_TRACED && task->ptrace & PT_LISTENING))
		wake_up_task(task);
}

/*
 * Called when a group stop begins or ends: no thread has taken part in the next
 * one, and tracers that have seized one are told.
 */
static void tell_group_traps(struct task_struct *process)
{
	for_each_thread(t, process) {
		t->ptrace &= ~PT_TOOK_PART;
		if (t->ptrace & PT_SEIZED) {
			t->ptrace |= PT_NOTIFY;
			tell_trap(t);
		}
	}
}

/*
 * Stops a process by a signal. The parent may learn of it by wait(). It is told
 * here unless it traces the process: then it sees the thread stop.
 */
void begin_group_stop(struct task_struct *process, int sig)
{
	process->group_work |= GROUP_STOP;
	process->stop_signal = process->stopped_by = sig;
	tell_group_traps(process);
	alert_group(process);
	if (!current->tracer || traced_elsewhere(current))
		tell_parent(process, CLD_STOPPED, sig);
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
	tell_group_traps(process);
	if (process->group_work & GROUP_STOP) {
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

/*
 * Ends a process by SIGKILL, which nothing holds up. A tracer sees only the end
 * that comes of it.
 */
static void kill_process(struct task_struct *process)
{
	bool ends = process->group_work & GROUP_EXIT;

	process->group_work |= GROUP_EXIT | GROUP_KILL;
	wake_up(&process->child_exit);	/* await_threads() in exec */
	if (ends)
		return;
	process->exit_status = SIGKILL;
	process->stop_signal = 0;
	alert_group(process);
}

/* Returns true if a signal need not become pending, as it would do nothing. */
static bool no_effect(int sig, struct task_struct *task)
{
	/* nothing kills init but what it handles; its tracer sees more */
	if (task->process == init_task && (sig == SIGKILL || !task->ptrace) &&
	    action_of(task, sig)->handler == SIGNAL_DEFAULT)
		return true;
	return ignores_signal(task, sig) && !task->ptrace &&
	       !(task->sig_blocked & SIGBIT(sig));
}

/*
 * Makes a signal pending; q is that of a timer, or NULL. Interrupts are masked.
 * Returns 0 or -EAGAIN.
 */
static int make_pending(int sig, struct task_struct *task, bool alone,
			const struct signal_source *source,
			struct queued_signal *q)
{
	struct task_struct *process = task->process;
	struct pending_signals *pending =
		alone ? &task->pending : &process->shared;
	int error = 0;

	if (q)
		add_queued(pending, q);
	else
		error = add_pending(task, pending, sig, source);
	if (error)
		return error;
	if (alone)
		tell_thread(task, SIGBIT(sig));
	else
		tell_some_thread(process, SIGBIT(sig));
	wake_up_poll(&process->signal_wait, POLLIN);
	return 0;
}

/* Does what post_signal() and post_queued() say. */
static int post(int sig, struct task_struct *task, bool alone,
		const struct signal_source *source, struct queued_signal *q)
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
			error = make_pending(sig, task, alone, source, q);
	}
	irq_restore(flags);
	return error;
}

/*
 * Sends a signal to a task alone, or to its process, without permission checks.
 * Standard signals may be sent from interrupts; a real-time signal must have
 * been reserved. Returns 0, or -EAGAIN if it could not be queued.
 */
int post_signal(int sig, struct task_struct *task, bool alone,
		const struct signal_source *source)
{
	return post(sig, task, alone, source, NULL);
}

/*
 * Like post_signal(), for the signal of a timer, which is in no queue yet.
 * Returns false if it is in none after that, as it would do nothing.
 */
bool post_queued(struct queued_signal *q, struct task_struct *task, bool alone)
{
	post(q->sig, task, alone, &q->source, q);
	return !list_empty(&q->link);
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

/*
 * Tells a process of a task by a signal, unless sig is 0, and wakes it if it
 * waits.
 */
static void tell_by(int sig, struct task_struct *process,
		    struct task_struct *task, int code, int status)
{
	struct signal_source source = {
		.code = code, .pid = task->pid, .uid = task->uid,
		.value = status, .utime = task->utime, .stime = task->stime,
	};

	if (valid_signal(sig))
		post_signal(sig, process, false, &source);
	wake_up(&process->child_exit);
}

/* Tells of a stop or a continuation by SIGCHLD, unless that is not wanted. */
static void tell_change(struct task_struct *process, struct task_struct *task,
			int code, int status)
{
	bool quiet = !process->sigactions ||
		     action_of(process, SIGCHLD)->flags & SA_NOCLDSTOP;

	tell_by(quiet ? 0 : SIGCHLD, process, task, code, status);
}

/* Tells the parent of a stop or a continuation. */
void tell_parent(struct task_struct *task, int code, int status)
{
	tell_change(task->parent, task, code, status);
}

/* Tells the tracer that a task has stopped for it. */
void tell_tracer(struct task_struct *task, int why, int status)
{
	tell_change(task->tracer->process, task, why, status);
}

/* Returns what tells of a task's end: what clone() was given, or SIGCHLD. */
static int end_signal(const struct task_struct *task)
{
	bool own = task == task->process && !traced_elsewhere(task);

	return own ? task->exit_signal : SIGCHLD;
}

/*
 * Tells the tracer of a task's end or, if it has none, the parent. The caller
 * has reserved the signal if it is a real-time signal.
 */
void tell_end(struct task_struct *task)
{
	struct task_struct *to = task->tracer ? task->tracer->process
					      : task->parent;
	int sig = WTERMSIG(task->exit_status);
	int code = sig ? CLD_KILLED : CLD_EXITED;

	if (task->exit_status & CORE_FLAG)
		code = CLD_DUMPED;
	tell_by(end_signal(task), to, task, code,
		sig ? sig : WEXITSTATUS(task->exit_status));
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
