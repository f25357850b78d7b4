/* Sleeping until woken or for a time at most. Sleeping and waking themselves are in sched.c, the rules of use in cowix/wait.h. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>

static void timeout_fired(struct timer *t)
{
	wake_up_task(t->data);
}

/* Sleep until wake_up() or until ticks have passed, signals or not: 0 or -ETIMEDOUT. For drivers. */
int sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	u32 flags = irq_save();		/* the timer must not fire before the sleep */
	struct timer timeout;

	timer_add(&timeout, ticks, timeout_fired, current);
	sleep_on(q);
	irq_restore(flags);
	return timer_cancel(&timeout) ? 0 : -ETIMEDOUT;
}

/* As interruptible_sleep_on(), but for ticks at most: 0 when woken, -ETIMEDOUT, -EINTR. */
int interruptible_sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	u32 flags = irq_save();		/* the timer must not fire before the sleep */
	struct timer timeout;
	int error;

	timer_add(&timeout, ticks, timeout_fired, current);
	error = interruptible_sleep_on(q);
	irq_restore(flags);
	if (!timer_cancel(&timeout) && !error)
		error = -ETIMEDOUT;
	return error;
}
