/*
 * Waiting for the interests of an epoll (epoll.c). An interest in the ready
 * list may have events; its file is asked before they are reported. One that is
 * level-triggered then stays in the list, until its file has no more events.
 * One that is edge-triggered leaves the list, and comes back with the next
 * wake-up.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "fs/epoll.h"

#define EVENTS_MAX	(0x7FFFFFFF / (int)sizeof(struct epoll_event))

static u32 rounds;		/* reports that were ever begun */

/* Returns the events that an interest wants and that are there now. */
u32 events_now(const struct interest *in, struct poll_table *table)
{
	return in->file->fop->poll(in->file, table) & in->events;
}

/*
 * Returns the first ready interest that has events, and these. What stands
 * before it has none, and leaves the list.
 */
struct interest *first_ready(struct epoll *ep, u32 *events)
{
	struct interest *found = NULL;
	u32 flags = irq_save();

	while (!found && !list_empty(&ep->ready)) {
		struct interest *in =
			list_entry(ep->ready.next, struct interest, ready);

		*events = events_now(in, NULL);
		if (*events)
			found = in;
		else
			list_del(&in->ready);
	}
	irq_restore(flags);
	return found;
}

/* Called when an interest was reported: it has another turn, or none. */
static void reported(struct interest *in, u32 round)
{
	u32 flags = irq_save();
	struct epoll *ep = in->epoll;

	ep->changes++;
	in->round = round;
	if (in->events & EPOLLONESHOT)
		in->events &= HOW_BITS;
	list_del(&in->ready);
	if (!(in->events & (EPOLLONESHOT | EPOLLET)))
		list_add_tail(&in->ready, &ep->ready);
	irq_restore(flags);
}

/*
 * Reports at most max interests, each once. Copying may sleep. If something has
 * changed by then, the same place is filled anew. Another thread's report comes
 * before or after this one. Returns how many, or -EFAULT.
 */
static int report_events(struct epoll *ep, struct epoll_event __user *to,
			 int max)
{
	u32 round = ++rounds, events;
	int n = 0, error = 0;

	lock_inode(ep->file->inode);
	while (n < max) {
		u32 changes = ep->changes;
		struct interest *in = first_ready(ep, &events);
		struct epoll_event event;

		if (!in || in->round == round)
			break;
		event = (struct epoll_event){ events, in->data };
		error = copy_to_user(&to[n], &event, sizeof(event));
		if (error)
			break;
		if (ep->changes != changes)
			continue;
		reported(in, round);
		n++;
	}
	unlock_inode(ep->file->inode);
	return n ? n : error;
}

/* Sleeps until an interest is ready. Returns 0, -ETIMEDOUT or -ERESTARTSYS. */
static int await_ready(struct epoll *ep, const struct deadline *end)
{
	u32 flags = irq_save();
	int error = 0;

	if (list_empty(&ep->ready))
		error = sleep_until(&ep->wait, end);
	irq_restore(flags);
	return error;
}

/* Returns how many events were reported, 0 when the time is over, -EINTR... */
static int report_until(struct epoll *ep, struct epoll_event __user *to,
			int max, const struct deadline *end)
{
	int n = report_events(ep, to, max), error = 0;

	while (n == 0 && !error) {
		error = await_ready(ep, end);
		if (!error || error == -ETIMEDOUT)
			n = report_events(ep, to, max);
	}
	if (n || error == -ETIMEDOUT)
		return n;
	return -EINTR;			/* even if there is no handler */
}

static int wait_with(int fd, struct epoll_event __user *to, int max,
		     const struct deadline *end)
{
	struct epoll *ep;
	int error;

	if (max <= 0 || max > EVENTS_MAX)
		return -EINVAL;
	if (!access_ok(to, max * sizeof(*to)))
		return -EFAULT;
	ep = anon_private(fd, &epoll_fops, &error);
	return ep ? report_until(ep, to, max, end) : error;
}

static int wait_masked(int fd, struct epoll_event __user *to, int max,
		       const struct deadline *end, const u64 __user *mask,
		       u32 size)
{
	int n = swap_mask(mask, size);

	if (n)
		return n;
	n = wait_with(fd, to, max, end);
	if (n != -EINTR)
		restore_mask();
	return n;
}

int sys_epoll_pwait(int fd, struct epoll_event __user *to, int max,
		    int milliseconds, const u64 __user *mask, u32 size)
{
	struct timespec64 ts = { milliseconds / 1000,
				 milliseconds % 1000 * 1000000, 0 };
	struct deadline end;

	set_deadline(&end, CLOCK_MONOTONIC, false,
		     milliseconds < 0 ? NULL : &ts);
	return wait_masked(fd, to, max, &end, mask, size);
}

int sys_epoll_wait(int fd, struct epoll_event __user *to, int max,
		   int milliseconds)
{
	return sys_epoll_pwait(fd, to, max, milliseconds, NULL, 0);
}

int sys_epoll_pwait2(int fd, struct epoll_event __user *to, int max,
		     const struct timespec64 __user *timeout,
		     const u64 __user *mask, u32 size)
{
	struct deadline end;
	int error = get_deadline(&end, CLOCK_MONOTONIC, false, timeout, true);

	return error ? error : wait_masked(fd, to, max, &end, mask, size);
}

