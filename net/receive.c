/*
 * Receiving. A message stays in its queue while it is copied to the program,
 * which may sleep; `reading` keeps other receivers away. Then it is taken out.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "net/net.h"

/* Waits until nobody takes messages out of a socket's queue. */
void lock_queue(struct socket *sock)
{
	while (sock->reading)
		sleep_on(&sock->unlocked);
	sock->reading = true;
}

void unlock_queue(struct socket *sock)
{
	sock->reading = false;
	wake_up(&sock->unlocked);
}

/* Sleeps with the queue unlocked. */
static int sleep_unlocked(struct socket *sock, const struct deadline *end)
{
	int error;

	unlock_queue(sock);
	error = socket_sleep(&sock->wait, end);
	lock_queue(sock);
	return error;
}

/* Tells the receiver from whom a message is, once. */
static void note_sender(struct transfer *t, const struct message *m)
{
	t->creds = m->creds;
	if (!t->from)
		t->from = socket_get(m->sender);
}

/*
 * Takes a message's rights for the receiver, or references to the same files if
 * it only peeks. Returns 0 or -ENOMEM.
 */
static int take_rights(struct transfer *t, struct message *m)
{
	struct rights *rights = m->rights;

	if (t->flags & MSG_PEEK) {
		rights = copy_rights(rights);
		if (!rights)
			return -ENOMEM;
	} else {
		m->rights = NULL;
		arrive_rights(rights, m->sender->account);
	}
	t->rights = rights;
	return 0;
}

/* Returns true if a call may wait at all. */
static bool may_wait(const struct deadline *end)
{
	return end->kind == DEADLINE_NEVER || end->time;
}

/*
 * Waits for a message. Returns NULL with an error, or with 0 if none will come.
 * As on Linux, only the bytes of a stream come before a pending error; and a
 * call that must not wait for datagrams gets -EAGAIN even if none will come.
 */
static struct message *await_message(struct transfer *t, int *error)
{
	struct socket *sock = t->sock;

	*error = 0;
	while (!*error) {
		struct message *m = first_message(sock);

		if (!m || sock->type != SOCK_STREAM)
			*error = take_error(sock);
		if (*error)
			break;
		if (m || (sock->shut & SHUT_READ &&
			  (is_connecting(sock) || may_wait(&t->end))))
			return m;
		*error = sleep_unlocked(sock, &t->end);
	}
	return NULL;
}

/* Copies a datagram to the program, and takes it out unless it peeks. */
static int take_datagram(struct transfer *t, struct message *m)
{
	u32 n = min_u32(t->length, m->length), whole = m->length;
	int error = m->rights ? take_rights(t, m) : 0;

	if (error)
		return error;
	note_sender(t, m);
	error = message_copy(m, 0, n, &t->data, true);
	if (!(t->flags & MSG_PEEK)) {
		unqueue_message(t->sock, m);
		message_free(m);
	}
	if (error)
		return error;
	if (n < whole)
		t->told |= MSG_TRUNC;
	return t->flags & MSG_TRUNC ? whole : n;
}

static int receive_datagram(struct transfer *t)
{
	struct message *m;
	int n;

	if (is_connecting(t->sock) && t->sock->state != CONNECTED)
		return -ENOTCONN;
	lock_queue(t->sock);
	m = await_message(t, &n);
	if (m)
		n = take_datagram(t, m);
	unlock_queue(t->sock);
	return n;
}

/*
 * Returns the message with the next bytes, after `last` if the call only peeks.
 * NULL: there are none, and the call has some or does not want to wait.
 */
static struct message *next_bytes(struct transfer *t,
				  const struct message *last, bool has_some,
				  int *error)
{
	struct list *queue = &t->sock->queue;

	*error = 0;
	if (last && t->flags & MSG_PEEK) {
		if (last->link.next == queue)
			return NULL;
		return list_entry(last->link.next, struct message, link);
	}
	if (list_empty(queue) && has_some && !(t->flags & MSG_WAITALL))
		return NULL;
	return await_message(t, error);
}

/* Returns false if the bytes before m are another writer's, and it matters. */
static bool same_writer(const struct transfer *t, const struct message *m)
{
	return !(t->sock->options & PASS_CREDS) || !t->from ||
	       memcmp(&t->creds, &m->creds, sizeof(m->creds)) == 0;
}

/* Copies at most `most` bytes of a message. Returns how many, or an error. */
static int take_bytes(struct transfer *t, struct message *m, u32 most)
{
	u32 n = min_u32(most, m->length - m->taken);
	int error = message_copy(m, m->taken, n, &t->data, true);

	note_sender(t, m);
	if (!error && m->rights)
		error = take_rights(t, m);
	if (error)
		return error;
	if (t->flags & MSG_PEEK)
		return n;
	m->taken += n;
	if (m->taken == m->length) {
		unqueue_message(t->sock, m);
		message_free(m);
	}
	return n;
}

/* A read does not go on behind bytes that came with rights. */
static int receive_stream(struct transfer *t)
{
	struct socket *sock = t->sock;
	struct message *m = NULL;
	u32 done = 0;
	int n;

	if (sock->state != CONNECTED)
		return -EINVAL;
	lock_queue(sock);
	do {
		m = next_bytes(t, m, done > 0, &n);
		if (!m || !same_writer(t, m))
			break;
		n = take_bytes(t, m, t->length - done);
		if (n > 0)
			done += n;
	} while (n >= 0 && done < t->length && !t->rights);
	unlock_queue(sock);
	return done ? (int)done : n;
}

/*
 * Receives what a call asks for. Returns how many bytes, or an error. The call
 * then has t->rights and the reference t->from, even after an error, until
 * end_receive().
 */
int do_receive(struct transfer *t)
{
	if (t->flags & MSG_OOB)
		return -EOPNOTSUPP;
	wait_end(&t->end, t->sock, t->flags, t->sock->receive_limit);
	if (t->sock->type == SOCK_STREAM)
		return receive_stream(t);
	return receive_datagram(t);
}

/* Lets go of what a received message has brought, and nobody has taken. */
void end_receive(struct transfer *t)
{
	if (t->rights)
		drop_rights(t->rights);
	if (t->from)
		socket_put(t->from);
}
