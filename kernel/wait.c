/* Sleeping and waking (rules of use in cowix/wait.h), and sleeping for a time. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>

static void sleep_in(struct wait_queue *q, enum task_state state)
{
	struct sleeper me = { .task = current };
	u32 flags = irq_save();

	current->state = state;
	list_add_tail(&me.link, &q->sleepers);
	schedule();
	list_del(&me.link);
	irq_restore(flags);
}

/* Sleep until wake_up(). The caller tests its condition again: all sleepers are woken. */
void sleep_on(struct wait_queue *q)
{
	sleep_in(q, TASK_UNINTERRUPTIBLE);
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
	struct timer timeout;

	timer_add(&timeout, ticks, timeout_fired, current);
	sleep_in(q, TASK_UNINTERRUPTIBLE);
	return timer_cancel(&timeout) ? 0 : -ETIMEDOUT;
}

/* As interruptible_sleep_on(), but for ticks at most: 0 when woken, -ETIMEDOUT, -EINTR. */
int interruptible_sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	struct timer timeout;
	int error;

	timer_add(&timeout, ticks, timeout_fired, current);
	error = interruptible_sleep_on(q);
	if (!timer_cancel(&timeout) && !error)
		error = -ETIMEDOUT;
	return error;
}

/* Wake everybody who sleeps in q. Callable from interrupts. */
void wake_up(struct wait_queue *q)
{
	u32 flags = irq_save();

	list_for_each(node, &q->sleepers)
		wake_up_task(list_entry(node, struct sleeper, link)->task);
	irq_restore(flags);
}
