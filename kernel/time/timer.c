/*
 * Timers. They form a pairing heap: a tree in which none comes before its
 * parent, so that the root is the next to fire. Two trees become one by hanging
 * the later root below the earlier one. A new timer is a tree of its own, and
 * is joined with the root: that takes no longer if there are many. One that
 * leaves makes place for its children: they are joined in pairs, and the pairs
 * one after the other. Each pair leaves half as many children for the next
 * time, hence the cost of O(log n) in the long run (Fredman, Sedgewick, Sleator
 * and Tarjan, "The pairing heap", 1986). A sleep that is the next to end has
 * one child at most, and costs the same beside 100,000 others.
 */
#include <cowix/kernel.h>
#include <cowix/time.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

volatile u32 jiffies;			/* ticks since boot, the low half */
static struct timer *first;

/* Hangs a tree where *at is. */
static void hang(struct timer *t, struct timer **at)
{
	*at = t;
	if (t)
		t->at = at;
}

/* Makes one tree of two; either may be NULL. Of equals a comes first. */
static struct timer *meld(struct timer *a, struct timer *b)
{
	struct timer *early = a, *late = b;

	if (!a || !b)
		return a ? a : b;
	if (b->expires < a->expires) {
		early = b;
		late = a;
	}
	hang(early->child, &late->next);
	hang(late, &early->child);
	return early;
}

/* Makes one tree of a list of siblings. */
static struct timer *meld_all(struct timer *t)
{
	struct timer *pairs = NULL, *tree = NULL;

	while (t) {
		struct timer *second = t->next;
		struct timer *rest = second ? second->next : NULL;

		t = meld(t, second);
		t->next = pairs;
		pairs = t;
		t = rest;
	}
	while (pairs) {
		struct timer *rest = pairs->next;

		tree = meld(pairs, tree);
		pairs = rest;
	}
	return tree;
}

/* Takes a timer out. Its children go where it was, in one tree. */
static void take_out(struct timer *t)
{
	struct timer **at = t->at, *next = t->next;
	struct timer *tree = meld_all(t->child);

	t->at = NULL;
	if (!tree) {
		hang(next, at);
		return;
	}
	hang(next, &tree->next);
	hang(tree, at);
}

/*
 * Has fire(t) called at an uptime, or at once if that has passed. t must not be
 * pending. Callable from interrupts.
 */
void timer_set(struct timer *t, u64 when, void (*fire)(struct timer *),
	       void *data)
{
	u32 flags = irq_save();

	t->expires = when;
	t->fire = fire;
	t->data = data;
	t->child = t->next = NULL;
	hang(meld(first, t), &first);
	hasten_alarm(when);
	irq_restore(flags);
}

/* Like timer_set(), after some ticks. For devices, which are not so exact. */
void timer_add(struct timer *t, u32 ticks, void (*fire)(struct timer *),
	       void *data)
{
	timer_set(t, now_ns() + (u64)ticks * NSEC_A_TICK, fire, data);
}

/*
 * Sets a timer that has fired anew: to the end of the first interval after that
 * which is not over.
 */
void timer_repeat(struct timer *t, u64 interval)
{
	u64 now = now_ns(), end = t->expires + interval;

	if (end <= now)
		end += ((now - end) / interval + 1) * interval;
	timer_set(t, end, t->fire, t->data);
}

/*
 * Cancels a timer that was set before. Returns false if it has fired already:
 * then nothing happens.
 */
bool timer_cancel(struct timer *t)
{
	u32 flags = irq_save();
	bool pending = timer_pending(t);

	if (pending)
		take_out(t);
	irq_restore(flags);
	return pending;
}

/* Fires the timers whose time has come. Called by the clock interrupt. */
void run_timers(u64 now)
{
	while (first && first->expires <= now) {
		struct timer *t = first;

		take_out(t);
		t->fire(t);
	}
}

/* Sets the alarm to the next timer, or to an earlier uptime. */
void set_next_alarm(u64 latest)
{
	set_alarm(first && first->expires < latest ? first->expires : latest);
}
