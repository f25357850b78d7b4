/*
 * Waiting for several files at once (fs/select.c). A file's poll operation says what would not block now, and enters the queues that tell when that
 * changes into the table, once; with a table that is NULL or already full it only answers.
 */
#ifndef COWIX_POLL_H
#define COWIX_POLL_H

#include <cowix/wait.h>
#include <abi/poll.h>

/* What a file that never blocks says. */
#define POLL_READY	(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

struct poll_table;

void poll_wait(struct wait_queue *q, struct poll_table *table);

#endif
