/*
 * Messages: a datagram, or a part of a stream, between the call that sends it
 * and the one that takes it. Few bytes lie behind the structure; more have
 * pages of their own. The sender pays: its bytes and its user's are counted
 * until the message is gone. A message in a queue belongs to the queue. Only
 * the receiver that has set `reading` takes one out.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "net/net.h"

#define FEW	1024u			/* bytes that need no pages */

static u32 pages_for(u32 length)
{
	return length > FEW ? PAGE_ROUND_UP(length) / PAGE_SIZE : 0;
}

/*
 * Returns a message with room for its data, which is not in any queue. `more`
 * bytes that come with it are charged, too. NULL: there is no memory, or the
 * user has too much of it.
 */
struct message *message_alloc(struct socket *sender, u32 length, u32 more)
{
	u32 pages = pages_for(length), size = sizeof(struct message);
	struct message *m;

	size += pages ? pages * sizeof(u8 *) : length;
	m = kzalloc(size);
	if (!m)
		return NULL;
	size += pages * PAGE_SIZE + more;
	if (!account_charge(sender->account, size)) {
		kfree(m);
		return NULL;
	}
	m->sender = socket_get(sender);
	m->length = length;
	m->charge = size;
	sender->sent += size;
	for (u32 i = 0; i < pages; i++) {
		m->pages[i] = kpage_alloc(OWNER_CALL);
		if (!m->pages[i]) {
			message_free(m);
			return NULL;
		}
	}
	return m;
}

/*
 * Frees a message that is in no queue, and drops what it carries. The sender
 * may have room now. May sleep at its end.
 */
void message_free(struct message *m)
{
	struct socket *sender = m->sender;
	struct rights *rights = m->rights;

	for (u32 i = 0; i < pages_for(m->length); i++)
		if (m->pages[i])
			kpage_free(m->pages[i]);
	sender->sent -= m->charge;
	sender->account->bytes -= m->charge;
	kfree(m);
	wake_up_poll(&sender->wait, CAN_WRITE);
	socket_put(sender);
	if (rights)
		drop_rights(rights);
}

/*
 * Copies n bytes of a message, beginning with number `from`, to or from a
 * program. May sleep. Returns 0, -EFAULT or -ENOMEM.
 */
int message_copy(struct message *m, u32 from, u32 n, struct pieces *pieces,
		 bool to_user)
{
	int error = 0;

	if (!pages_for(m->length))
		return move_pieces(pieces, (u8 *)m->pages + from, n, to_user);
	while (n > 0 && !error) {
		u32 offset = OFFSET_IN_PAGE(from);
		u32 part = min_u32(n, PAGE_SIZE - offset);

		error = move_pieces(pieces, m->pages[from / PAGE_SIZE] + offset,
				    part, to_user);
		from += part;
		n -= part;
	}
	return error;
}

static void own_pages(const struct message *m, enum page_owner owner)
{
	for (u32 i = 0; i < pages_for(m->length); i++)
		own_page(__pa(m->pages[i]), owner);
}

/* Sends a message on its way: to's queue has it now. */
void queue_message(struct socket *to, struct message *m)
{
	own_pages(m, OWNER_SOCKET);
	list_add_tail(&m->link, &to->queue);
	to->queued++;
	if (m->rights)
		depart_rights(m->rights, m->sender->account);
	wake_up_poll(&to->wait, CAN_READ);
}

/* Takes a message out of a queue. The caller has it now. */
void unqueue_message(struct socket *from, struct message *m)
{
	list_unlink(&m->link);
	if (m->rights)
		arrive_rights(m->rights, m->sender->account);
	if (--from->queued == from->backlog)
		wake_up_poll(&room, CAN_WRITE);
}

/* Returns the message that is to be taken next, or NULL. */
struct message *first_message(const struct socket *sock)
{
	if (list_empty(&sock->queue))
		return NULL;
	return list_entry(sock->queue.next, struct message, link);
}

/* Drops all messages of a socket. May sleep. */
void drop_messages(struct socket *sock)
{
	while (!list_empty(&sock->queue)) {
		struct message *m = first_message(sock);

		unqueue_message(sock, m);
		message_free(m);
	}
}

/* Reports the pages of all queues to the audit. */
void recount_sockets(found_page *found)
{
	list_for_each(node, &sockets) {
		struct socket *sock = list_entry(node, struct socket, link);

		if (sock->state == LISTENING)
			continue;
		list_for_each(at, &sock->queue) {
			struct message *m =
				list_entry(at, struct message, link);

			for (u32 i = 0; i < pages_for(m->length); i++)
				found(OWNER_SOCKET, m->pages[i]);
		}
	}
}
