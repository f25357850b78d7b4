/*
 * Pending signals: the sets, and the queues of real-time signals. A queued
 * signal needs memory, and allocating may sleep. So the sender reserves it
 * first, and then finds the task that gets the signal: it cannot end in
 * between.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

static LIST_HEAD(reserved);
static u32 nr_reserved;
u32 nr_kept_signals;	/* queued, or kept ready for a timer */

/*
 * Sets or clears WORK_SIGNAL after the pending or the blocked signals have
 * changed. Masked, or a signal that an interrupt sends meanwhile would be
 * overlooked. Only current clears its bit: a call that was interrupted must
 * reach do_signal(), even if another thread has taken the signal.
 */
void recalc_signals(struct task_struct *task)
{
	u32 flags = irq_save();

	if ((task->pending.set | task->process->shared.set) &
		    ~task->sig_blocked ||
	    group_work_of(task) || task->ptrace & PT_TRAP)
		task->work |= WORK_SIGNAL;
	else if (task == current)
		task->work &= ~WORK_SIGNAL;
	irq_restore(flags);
}

static struct queued_signal *take_reserved(void)
{
	struct list *first = reserved.next;

	list_del(first);
	nr_reserved--;
	return list_entry(first, struct queued_signal, link);
}

/*
 * Reserves memory for sending sig to at most n tasks. May sleep, but not after
 * the last allocation. Returns 0, or -EAGAIN if there was no memory.
 * release_reserved() must follow.
 */
int reserve_signals(int sig, u32 n)
{
	while (sig >= RT_SIGNALS && nr_reserved < n) {
		struct queued_signal *q = kmalloc(sizeof(*q));

		if (!q) {
			release_reserved();
			return -EAGAIN;
		}
		list_add(&q->link, &reserved);
		nr_reserved++;
	}
	return 0;
}

/*
 * Frees what was reserved and not used. That may include memory of another
 * task, which sleeps in reserve_signals() and then allocates again.
 */
void release_reserved(void)
{
	while (nr_reserved)
		kfree(take_reserved());
}

/*
 * Returns how many real-time signals wait for tasks of a real user, or are kept
 * ready for timers.
 */
static u32 queued_for(u32 uid)
{
	u32 n = 0;

	list_for_each(node, &all_tasks) {
		struct task_struct *process =
			list_entry(node, struct task_struct, all_link);

		if (process->uid != uid)
			continue;
		n += process->shared.queued + process->nr_timers;
		for_each_thread(t, process)
			n += t->pending.queued;
	}
	return n;
}

/*
 * Returns true if no more signals may be queued. The limit is that of the
 * receiver, and counts all signals for its user, as on Linux; but only if there
 * are as many at all.
 */
bool queue_is_full(const struct task_struct *task)
{
	u32 limit = task->rlimits[RLIMIT_SIGPENDING].rlim_cur;

	return limit != RLIM_INFINITY && nr_kept_signals >= limit &&
	       queued_for(task->uid) >= limit;
}

/*
 * Makes a signal pending. A real-time signal takes memory that the caller has
 * reserved. Returns 0, or -EAGAIN if there is none or the queue is full.
 */
int add_pending(struct task_struct *task, struct pending_signals *pending,
		int sig, const struct signal_source *source)
{
	struct queued_signal *q;

	if (sig < RT_SIGNALS) {
		if (!(pending->set & SIGBIT(sig)))
			task->sig_sources[sig - 1] = *source;
	} else {
		if (list_empty(&reserved) || queue_is_full(task))
			return -EAGAIN;
		q = take_reserved();
		pending->queued++;
		nr_kept_signals++;
		q->sig = sig;
		q->source = *source;
		q->taken = NULL;
		list_add_tail(&q->link, &pending->queue);
	}
	pending->set |= SIGBIT(sig);
	return 0;
}

/* Makes the signal of a timer pending, of whatever kind it is. */
void add_queued(struct pending_signals *pending, struct queued_signal *q)
{
	q->pending = pending;
	list_add_tail(&q->link, &pending->queue);
	pending->set |= SIGBIT(q->sig);
}

/* Takes a signal out of a queue. A timer's goes back to it, completed. */
static void take_queued(struct pending_signals *pending,
			struct queued_signal *q, struct signal_source *source)
{
	list_del(&q->link);
	if (q->taken)
		q->taken(q);
	*source = q->source;
	if (q->taken)
		return;
	kfree(q);
	pending->queued--;
	nr_kept_signals--;
}

/* Returns the oldest queued signal with this number, or NULL. */
static struct queued_signal *find_queued(struct pending_signals *pending,
					 int sig)
{
	list_for_each(node, &pending->queue) {
		struct queued_signal *q =
			list_entry(node, struct queued_signal, link);

		if (q->sig == sig)
			return q;
	}
	return NULL;
}

/* Lets an interval timer that has come run again, once its signal is taken. */
static void alarm_taken(struct task_struct *process)
{
	u64 interval = process->itimers[ITIMER_REAL].interval;

	if (interval && !timer_pending(&process->alarm))
		timer_repeat(&process->alarm, interval);
}

/*
 * Takes out a pending signal, current's own before its process's, and stores
 * where it came from. A real-time signal stays pending while more of it are
 * queued. Interrupts are masked.
 */
void dequeue_signal(int sig, struct signal_source *source)
{
	bool own = current->pending.set & SIGBIT(sig);
	struct task_struct *task = own ? current : current->process;
	struct pending_signals *pending = own ? &task->pending : &task->shared;
	struct queued_signal *q = find_queued(pending, sig);

	if (sig < RT_SIGNALS)
		*source = task->sig_sources[sig - 1];
	if (q)
		take_queued(pending, q, source);
	if (!find_queued(pending, sig))
		pending->set &= ~SIGBIT(sig);
	if (sig == SIGALRM)
		alarm_taken(current->process);
	recalc_signals(current);
}

/* Frees the signal of a timer, which is pending no more. */
void drop_queued(struct queued_signal *q)
{
	u32 flags = irq_save();

	if (!list_empty(&q->link)) {
		list_del(&q->link);
		if (!find_queued(q->pending, q->sig))
			q->pending->set &= ~SIGBIT(q->sig);
	}
	irq_restore(flags);
	kfree(q);
}

/* Forgets pending signals altogether. Interrupts are masked. */
void flush_pending(struct pending_signals *pending, u64 signals)
{
	struct signal_source unused;

	list_for_each_safe(node, &pending->queue) {
		struct queued_signal *q =
			list_entry(node, struct queued_signal, link);

		if (signals & SIGBIT(q->sig))
			take_queued(pending, q, &unused);
	}
	pending->set &= ~signals;
}

/* Forgets a signal that is pending for a process or any of its threads. */
void flush_signal(struct task_struct *process, int sig)
{
	u32 flags = irq_save();

	flush_pending(&process->shared, SIGBIT(sig));
	for_each_thread(t, process) {
		flush_pending(&t->pending, SIGBIT(sig));
		recalc_signals(t);
	}
	irq_restore(flags);
}

/*
 * Fills in what a handler with SA_SIGINFO, sigtimedwait() or a tracer learns of
 * a signal.
 */
void fill_siginfo(struct siginfo *info, int sig,
		  const struct signal_source *source)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = source->code;
	info->si_pid = source->pid;	/* or the address */
	info->si_uid = source->uid;
	info->si_status = source->value;
	info->si_utime = source->utime;
	info->si_stime = source->stime;
}
