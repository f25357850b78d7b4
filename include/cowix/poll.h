/*
 * Waiting for several files at once (kernel/task/poll_wait.c, fs/ask.c). A
 * file's poll operation returns the events that are ready now. It also enters
 * the caller into the wait queues that announce a change. It does not if the
 * table is NULL.
 */
#ifndef COWIX_POLL_H
#define COWIX_POLL_H

#include <cowix/wait.h>
#include <abi/poll.h>

/* The events of a file that never blocks. */
#define POLL_READY	(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

#define POLL_FEW	8	/* queues for which no page is needed */

/* Given to a poll operation: what to do with each of the file's queues. */
struct poll_table {
	/* enters somebody; NULL: that was done */
	void (*enter)(struct wait_queue *q, struct poll_table *table);
};

/* The queues in which a task sleeps for poll() or select(). */
struct poll_sleep {
	struct poll_table table;
	struct sleeper few[POLL_FEW];
	struct poll_page *pages;	/* of further sleepers; newest first */
	u32 used;			/* sleepers in all */
	bool no_memory;			/* for another page */
};

void poll_enter(struct wait_queue *q, struct poll_table *table);
void poll_leave(struct poll_sleep *sleep);

/*
 * Called by poll operations for each queue in which a change is announced. The
 * queue must exist as long as the file is open, or be abandoned (wait.h).
 */
static inline void poll_wait(struct wait_queue *q, struct poll_table *table)
{
	if (table && table->enter)
		table->enter(q, table);
}

/* fs/ask.c */
int swap_mask(const u64 __user *user_mask, u32 size);

#endif
