/*
 * Waiting for several files at once (kernel/task/poll_wait.c, fs/select.c). A
 * file's poll operation returns the events that are ready now. It also enters
 * the caller into the wait queues that announce a change. It does not if the
 * table is NULL or already registered.
 */
#ifndef COWIX_POLL_H
#define COWIX_POLL_H

#include <cowix/wait.h>
#include <abi/poll.h>

/* The events of a file that never blocks. */
#define POLL_READY	(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

#define POLL_FEW	8	/* queues for which no page is needed */

struct poll_table {
	struct sleeper few[POLL_FEW];
	struct poll_page *pages;	/* of further sleepers; newest first */
	u32 used;			/* sleepers in all */
	bool registered;		/* all queues are entered */
	bool no_memory;			/* for another page */
};

void poll_leave(struct poll_table *table);
void poll_wait(struct wait_queue *q, struct poll_table *table);

#endif
