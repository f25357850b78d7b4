/* Sleeping and waking (rules of use in cowix/wait.h), and sleeping for a time. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>

/* Interrupts are masked. */
static inline void sleep_in(struct wait_queue *q, enum task_state state)
{
	struct sleeper me;

	me.task = current;
	current->state = state;
	list_add_tail(&me.link, &q->sleepers);
	schedule();
	me.link.prev->next = me.link.next;
	me.link.next->prev = me.link.prev;
}

/* Sleep until wake_up(). The caller tests its condition again: all sleepers are woken. */
void sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	sleep_in(q, TASK_UNINTERRUPTIBLE);
	irq_restore(flags);
}

/* As sleep_on(), but a signal ends it too: -EINTR. Masked, so that no signal can come between the test and the sleep. */
int interruptible_sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	if (!signal_pending(current))
		sleep_in(q, TASK_INTERRUPTIBLE);
	irq_restore(flags);
	return signal_pending(current) ? -EINTR : 0;
}

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
