/*
 * Waiting for several files at once (kernel/task/poll_wait.c, fs/select.c). A
 * file's poll operation returns what would not block now. It enters the queues
 * that tell when that changes into the table, once. With a table that is NULL
 * or registered it only answers.
 */
#ifndef COWIX_POLL_H
#define COWIX_POLL_H

#include <cowix/wait.h>
#include <abi/poll.h>

/* What a file that never blocks says. */
#define POLL_READY	(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

#define POLL_FEW	8	/* queues for which no page is needed */

struct poll_table {
	struct sleeper few[POLL_FEW];
	struct poll_page *pages;	/* when there are more; newest first */
	u32 used;			/* sleepers in all */
	bool registered, no_memory;
};

void poll_leave(struct poll_table *table);
void poll_wait(struct wait_queue *q, struct poll_table *table);

#endif
