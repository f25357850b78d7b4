/*
 * The collector of sockets in flight. A socket can be sent in a message to
 * itself, or two in messages to each other. Once their descriptors are closed,
 * nobody can receive them, though their counts of references are not 0.
 *
 * As in Linux's net/unix/garbage.c (A. Cox, 1996), they are found by mark and
 * sweep. The roots are the sockets whose open file has a reference that is not
 * in flight. What messages of a reached socket carry is reached, too, and so
 * are the sockets that a listener is to accept. The marked are moved to a list
 * which is walked while it grows (C. Cheney, "A nonrecursive list compacting
 * algorithm", 1970): no stack is needed. Files in messages of the others are
 * closed, and that frees the cycle.
 *
 * It runs when a socket is made or closed, or sends files, if any are in
 * flight. So what one process leaves behind goes with the next socket.
 */
#include <cowix/kernel.h>
#include "net/net.h"

static void reach(struct socket *sock, struct list *reached)
{
	if (sock->reached)
		return;
	sock->reached = true;
	list_move_tail(&sock->link, reached);
}

static void reach_carried(const struct socket *sock, struct list *reached)
{
	list_for_each(node, &sock->queue) {
		const struct rights *rights =
			list_entry(node, struct message, link)->rights;

		for (u32 i = 0; rights && i < rights->n; i++) {
			struct socket *other = socket_of(rights->files[i]);

			if (other)
				reach(other, reached);
		}
	}
}

static void reach_waiting(const struct socket *listener, struct list *reached)
{
	list_for_each(node, &listener->queue)
		reach(list_entry(node, struct socket, waiting), reached);
}

/* Moves all that somebody can still get to the list. */
static void mark(struct list *reached)
{
	list_for_each_safe(node, &sockets) {
		struct socket *sock = list_entry(node, struct socket, link);

		if (sock->file && sock->file->count > sock->in_flight)
			reach(sock, reached);
	}
	list_for_each(node, reached) {
		const struct socket *sock =
			list_entry(node, struct socket, link);

		if (sock->state == LISTENING)
			reach_waiting(sock, reached);
		else
			reach_carried(sock, reached);
	}
}

/* Takes the rights out of the messages of the sockets that were not reached. */
static void sweep(struct list *garbage)
{
	list_for_each(node, &sockets) {
		struct socket *sock = list_entry(node, struct socket, link);

		if (sock->state == LISTENING)
			continue;
		list_for_each(at, &sock->queue) {
			struct message *m =
				list_entry(at, struct message, link);

			if (!m->rights)
				continue;
			arrive_rights(m->rights, m->sender->account);
			list_add_tail(&m->rights->link, garbage);
			m->rights = NULL;
		}
	}
}

static void unmark(struct list *reached)
{
	list_for_each_safe(node, reached) {
		list_entry(node, struct socket, link)->reached = false;
		list_move_tail(node, &sockets);
	}
}

/* Frees all cycles of sockets in flight. Closing the files may sleep. */
void collect_sockets(void)
{
	static bool collecting;
	bool found = true;

	if (collecting)
		return;
	collecting = true;
	while (found && files_in_flight) {
		LIST_HEAD(reached);
		LIST_HEAD(garbage);

		mark(&reached);
		sweep(&garbage);
		unmark(&reached);
		found = !list_empty(&garbage);
		while (!list_empty(&garbage)) {
			struct list *first = garbage.next;

			list_unlink(first);
			drop_rights(list_entry(first, struct rights, link));
		}
	}
	collecting = false;
}
