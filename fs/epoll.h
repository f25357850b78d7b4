/* epoll: fs/epoll.c and fs/epoll_wait.c. */
#ifndef FS_EPOLL_H
#define FS_EPOLL_H

#include <cowix/poll.h>
#include <cowix/tree.h>
#include <abi/epoll.h>

struct file;
struct file_ops;

/* the bits that say how, not what, is reported */
#define HOW_BITS	(EPOLLET | EPOLLONESHOT | EPOLLWAKEUP | EPOLLEXCLUSIVE)
#define QUEUES_MAX	2	/* that a poll operation enters */

struct epoll {
	struct list link;		/* all epolls */
	struct tree interests;		/* by file and descriptor */
	struct list ready;
	struct wait_queue wait;		/* until some are ready */
	struct file *file;		/* its own */
	u32 count;			/* of its interests */
	u32 uid;			/* its maker */
	u32 changes;	/* of interests and of what is ready, ever */
	u32 wave;		/* the last wake-up that went through it */
	u32 search, chain;		/* what a search has found */
};

struct interest {
	struct tree_node node;		/* in its epoll */
	struct list ready;		/* in its epoll, or empty */
	struct list hash_link;
	struct epoll *epoll;
	struct file *file;
	int fd;				/* in which the file was when added */
	u32 events;			/* wanted, and HOW_BITS */
	u64 data;			/* the program's */
	u32 round;			/* the wait that reported it last */
	struct watcher watchers[QUEUES_MAX];
	u32 queues;			/* how many of them are in use */
};

extern const struct file_ops epoll_fops;

/* fs/epoll_wait.c */
u32 events_now(const struct interest *in, struct poll_table *table);
struct interest *first_ready(struct epoll *ep, u32 *events);

#endif
