/*
 * Sleeping until the end of the process, or for a time at most. Plain sleeping
 * and waking are in sched.c; wait.h says how to use them.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

/*
 * Sleeps until wake_up(), or until the process is to end. Returns 0, or -EINTR
 * if it is.
 */
int killable_sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	if (!is_dying(current))
		sleep_in(q, TASK_KILLABLE);
	irq_restore(flags);
	return is_dying(current) ? -EINTR : 0;
}

static void timeout_fired(struct timer *t)
{
	wake_up_task(t->data);
}

/*
 * Sleeps until wake_up() or until ticks have passed, whatever signals come.
 * Returns 0 or -ETIMEDOUT. Called by drivers.
 */
int sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	u32 flags = irq_save();	/* the timer must not fire before the sleep */
	struct timer timeout;

	timer_add(&timeout, ticks, timeout_fired, current);
	sleep_on(q);
	irq_restore(flags);
	return timer_cancel(&timeout) ? 0 : -ETIMEDOUT;
}

/*
 * Sleeps until wake_up(), until a signal is pending, or until ticks have
 * passed. Returns 0, -ERESTARTSYS or -ETIMEDOUT.
 */
int interruptible_sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	u32 flags = irq_save();	/* the timer must not fire before the sleep */
	struct timer timeout;
	int error;

	timer_add(&timeout, ticks, timeout_fired, current);
	error = interruptible_sleep_on(q);
	irq_restore(flags);
	if (!timer_cancel(&timeout) && !error)
		error = -ETIMEDOUT;
	return error;
}

/*
 * Sleeps until woken or until end. Returns 0, -ETIMEDOUT or -ERESTARTSYS. It is
 * 0 also after the clock was set, and when CPU time is left: the caller looks
 * again and comes back.
 */
int sleep_until(struct wait_queue *q, const struct deadline *end)
{
	struct sleeper me = { .task = current };
	struct timer timeout;
	u32 flags;
	int error = -ETIMEDOUT;

	if (end->kind == DEADLINE_NEVER)
		return interruptible_sleep_on(q);
	flags = irq_save();
	list_add_tail(&me.link, &clock_set.sleepers);
	if (!is_over(end)) {
		timer_set(&timeout, uptime_at(end->kind, current, end->time),
			  timeout_fired, current);
		error = interruptible_sleep_on(q);
		if (!timer_cancel(&timeout) && !error && is_over(end))
			error = -ETIMEDOUT;
	}
	list_del(&me.link);
	irq_restore(flags);
	return error;
}
