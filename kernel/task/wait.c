/*
 * Sleeping until woken, until the end of the process, or for a time at most.
 * Sleeping and waking themselves are in sched.c, the rules of use in wait.h.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

/* As sleep_on(), but the end of current's process ends it too: -EINTR. */
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
 * Sleep until wake_up() or until ticks have passed, signals or not: 0 or
 * -ETIMEDOUT. For drivers.
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

/* As interruptible_sleep_on(), but for ticks at most; then -ETIMEDOUT. */
int interruptible_sleep_on_timeout(struct wait_queue *q, u64 ticks)
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
 * Sleeps until woken or until end. Returns 0, also after the clock was set or
 * when CPU time is left: the caller looks again and comes back; -ETIMEDOUT;
 * -ERESTARTSYS.
 */
int sleep_until(struct wait_queue *q, const struct deadline *end)
{
	struct sleeper me = { .task = current };
	u32 flags;
	u64 ticks;
	int error;

	if (end->kind == DEADLINE_NEVER)
		return interruptible_sleep_on(q);
	flags = irq_save();
	list_add_tail(&me.link, &clock_set.sleepers);
	ticks = ticks_left(end);
	error = ticks ? interruptible_sleep_on_timeout(q, ticks) : -ETIMEDOUT;
	list_del(&me.link);
	irq_restore(flags);
	return error == -ETIMEDOUT && ticks_left(end) ? 0 : error;
}
