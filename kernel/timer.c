/*
 * The 100 Hz heartbeat (Intel 8254, channel 0) and timers. Timers hang in a wheel of slots by the low bits of their expiry, so that
 * adding and cancelling one is O(1) however many sleep; each tick looks at one slot only.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/irq.h>
#include <asm/io.h>
#include "internal.h"

#define PIT_CHANNEL0	0x40
#define PIT_COMMAND	0x43
#define PIT_HZ		1193182
#define PIT_RATE0	0x34		/* channel 0, low then high byte, mode 2 */

#define WHEEL_SLOTS	256

volatile u32 jiffies;			/* the low half of ticks */
static u64 ticks;
static struct list wheel[WHEEL_SLOTS];

/* Have fire(t) called in so many ticks, at least one. t must not be pending. Callable from interrupts. */
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

/* Take a timer out that was added before; whether it had not fired yet. Harmless for one that has. */
bool timer_cancel(struct timer *t)
{
	u32 flags = irq_save();
	bool pending = !list_empty(&t->link);

	list_del(&t->link);
	irq_restore(flags);
	return pending;
}

/* Fire the timers of this tick; the slot also holds those of later rounds. */
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

static void timer_interrupt(struct pt_regs *regs)
{
	jiffies = ++ticks;
	clock_tick();
	run_timers();
	sched_tick(regs);
}

/* Called once by start_kernel. */
void timer_init(void)
{
	u32 divisor = PIT_HZ / HZ;

	for (u32 i = 0; i < WHEEL_SLOTS; i++)
		list_init(&wheel[i]);
	outb(PIT_COMMAND, PIT_RATE0);
	outb(PIT_CHANNEL0, divisor & 0xFF);
	outb(PIT_CHANNEL0, divisor >> 8);
	request_irq(IRQ_TIMER, timer_interrupt);
}
