/*
 * Timers. They hang in a wheel: a slot has the timers whose expiry has the same
 * low bits. So adding and cancelling a timer is O(1), and each tick looks at
 * one slot only.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "kernel/kernel_internal.h"

#define WHEEL_SLOTS	256

volatile u32 jiffies;			/* the low half of ticks */
static u64 ticks;
static struct list wheel[WHEEL_SLOTS];

/*
 * Has fire(t) called after some ticks, at least one. t must not be pending.
 * Callable from interrupts.
 */
void timer_add(struct timer *t, u64 after, void (*fire)(struct timer *),
	       void *data)
{
	u32 flags = irq_save();

	t->expires = ticks + (after ? after : 1);
	t->fire = fire;
	t->data = data;
	list_add_tail(&t->link, &wheel[(u32)t->expires % WHEEL_SLOTS]);
	irq_restore(flags);
}

/*
 * Cancels a timer that was added before. Returns false if it has fired already:
 * then nothing happens.
 */
bool timer_cancel(struct timer *t)
{
	u32 flags = irq_save();
	bool pending = !list_empty(&t->link);

	list_del(&t->link);
	irq_restore(flags);
	return pending;
}

/* Fires the timers of this tick. The slot also has those of later rounds. */
static void run_timers(void)
{
	struct list *slot = &wheel[jiffies % WHEEL_SLOTS];

	list_for_each_safe(node, slot) {
		struct timer *t = list_entry(node, struct timer, link);

		if (t->expires != ticks)
			continue;
		list_del(&t->link);
		t->fire(t);
	}
}

/* Returns the ticks since boot. */
u64 ticks_now(void)
{
	u32 flags = irq_save();
	u64 now = ticks;

	irq_restore(flags);
	return now;
}

/* Called at each tick, first of all. */
void timer_tick(void)
{
	jiffies = ++ticks;
	run_timers();
}

/* Called once by start_kernel. */
void timer_init(void)
{
	for (u32 i = 0; i < WHEEL_SLOTS; i++)
		list_init(&wheel[i]);
}
