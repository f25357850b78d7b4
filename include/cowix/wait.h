/*
 * Wait queues. The kernel is not preemptive and has one CPU, so only interrupts
 * can come between a test and the sleep: where an interrupt handler changes the
 * condition, test it with interrupts masked:
 *
 * 	u32 flags = irq_save();
 * 	while (!condition)
 * 		sleep_on(&queue);
 * 	irq_restore(flags);
 *
 * schedule() keeps each task's own interrupt flag, so the masked section is
 * continued after the sleep.
 */
#ifndef COWIX_WAIT_H
#define COWIX_WAIT_H

#include <cowix/list.h>

struct task_struct;
struct deadline;

/*
 * Lives on the sleeper's stack while it sleeps; poll() hangs several into as
 * many queues.
 */
struct sleeper {
	struct list link;
	struct task_struct *task;
};

struct wait_queue {
	struct list sleepers;
};

#define WAIT_QUEUE_INIT(name) { LIST_INIT((name).sleepers) }

static inline void wait_queue_init(struct wait_queue *q)
{
	list_init(&q->sleepers);
}

void sleep_on(struct wait_queue *q);			/* until woken */
/* 0, or -ERESTARTSYS when a signal is pending */
int interruptible_sleep_on(struct wait_queue *q);
int interruptible_sleep_on_timeout(struct wait_queue *q, u64 ticks);
int sleep_until(struct wait_queue *q, const struct deadline *end);
/* uninterruptible; 0, or -ETIMEDOUT */
int sleep_on_timeout(struct wait_queue *q, u32 ticks);
/* 0, or -EINTR: current is to end */
int killable_sleep_on(struct wait_queue *q);
void wake_up(struct wait_queue *q); /* wakes all; callable from interrupts */

#endif
