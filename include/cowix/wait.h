/*
 * Wait queues. The kernel is not preemptive and has one CPU, so only interrupts
 * can come between a test and the sleep. Where an interrupt handler changes the
 * condition, test it with interrupts masked:
 *
 * 	u32 flags = irq_save();
 * 	while (!condition)
 * 		sleep_on(&queue);
 * 	irq_restore(flags);
 *
 * schedule() keeps each task's own interrupt flag, so the masked section goes
 * on after the sleep.
 */
#ifndef COWIX_WAIT_H
#define COWIX_WAIT_H

#include <cowix/list.h>

struct task_struct;
struct deadline;

/* On the stack of a task that sleeps; poll() needs one for each queue. */
struct sleeper {
	struct list link;
	struct task_struct *task;	/* NULL: it is part of a watcher */
};

/*
 * Somebody who does not sleep in a queue, and is called when it is woken. The
 * call comes with interrupts masked, perhaps from an interrupt. It must not
 * sleep or change the queue. events are those of wake_up_poll().
 */
struct watcher {
	struct sleeper sleeper;
	void (*woken)(struct watcher *watcher, u32 events);
	void *owner;
};

struct wait_queue {
	struct list sleepers;
};

#define WAIT_QUEUE_INIT(name) { LIST_INIT((name).sleepers) }

static inline void wait_queue_init(struct wait_queue *q)
{
	list_init(&q->sleepers);
}

/* kernel/task/sched.c */
void sleep_on(struct wait_queue *q);
int interruptible_sleep_on(struct wait_queue *q);
void wake_up_poll(struct wait_queue *q, u32 events);

/* Wakes all tasks that sleep in q, and tells all watchers. */
static inline void wake_up(struct wait_queue *q)
{
	wake_up_poll(q, ~0u);
}

/* kernel/task/wait.c */
int killable_sleep_on(struct wait_queue *q);
int sleep_on_timeout(struct wait_queue *q, u32 ticks);
int interruptible_sleep_on_timeout(struct wait_queue *q, u32 ticks);
int sleep_until(struct wait_queue *q, const struct deadline *end);

/* kernel/task/poll_wait.c */
void watch_queue(struct watcher *watcher, struct wait_queue *q,
		 void (*woken)(struct watcher *watcher, u32 events),
		 void *owner);
void unwatch_queue(struct watcher *watcher);
void abandon_queue(struct wait_queue *q);

#endif
