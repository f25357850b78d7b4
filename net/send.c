/*
 * Sending. A message is allocated and filled before anybody looks where it is
 * to go: all that may sleep comes first. Then it is queued whole. A sender
 * waits while its own messages, unread, take as much as its buffer allows. A
 * datagram also waits while its receiver has many of others.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "net/net.h"

#define OVERHEAD	32u		/* of a datagram, as Linux counts */

/* Waits until a sender may have another message. */
static int await_room(struct socket *sock, const struct deadline *end)
{
	for (;;) {
		int error = take_error(sock);

		if (!error && sock->shut & SHUT_WRITE)
			error = -EPIPE;
		if (!error && sock->sent < sock->send_max)
			return 0;
		if (!error)
			error = socket_sleep(&sock->wait, end);
		if (error)
			return error;
	}
}

/*
 * Makes a message of the next n bytes of a call. The first takes the call's
 * rights with it.
 */
static int make_message(struct transfer *t, u32 n, struct message **made)
{
	struct message *m;
	int error = await_room(t->sock, &t->end);

	if (error)
		return error;
	m = message_alloc(t->sock, n, t->rights ? RIGHTS_SIZE : 0);
	if (!m)
		return -ENOBUFS;
	error = message_copy(m, 0, n, &t->data, false);
	if (error) {
		message_free(m);
		return error;
	}
	m->creds = t->creds;
	m->rights = t->rights;
	t->rights = NULL;
	*made = m;
	return 0;
}

/* Sends a part of a stream. Returns its length, or an error. */
static int send_part(struct transfer *t, u32 n)
{
	struct socket *peer = t->sock->peer;
	struct message *m;
	int error = make_message(t, n, &m);

	if (error)
		return error;
	if (peer->shut & SHUT_READ) {
		message_free(m);
		return -EPIPE;
	}
	queue_message(peer, m);
	return n;
}

static int send_stream(struct transfer *t)
{
	struct socket *sock = t->sock;
	u32 done = 0;
	int n = 0;

	if (t->to.length)
		return sock->state == CONNECTED ? -EISCONN : -EOPNOTSUPP;
	if (!sock->peer)
		return -ENOTCONN;
	if (sock->shut & SHUT_WRITE)
		n = -EPIPE;
	while (n >= 0 && done < t->length) {
		n = send_part(t, min_u32(t->length - done, PAGE_SIZE));
		if (n > 0)
			done += n;
	}
	if (n == -EPIPE && !done && !(t->flags & MSG_NOSIGNAL))
		send_signal(SIGPIPE, current);
	return done ? (int)done : n;
}

/* Returns true if a socket takes datagrams of this one. */
bool may_send(const struct socket *sock, const struct socket *to)
{
	return !to->peer || to->peer == sock;
}

/*
 * Returns the error of sending to a socket that is closed: -ECONNRESET if it is
 * not, or no longer, the peer.
 */
static int send_to_dead(struct socket *sock, struct socket *to)
{
	if (is_connecting(sock))
		return -EPIPE;
	if (sock->peer != to)
		return -ECONNRESET;
	sock->peer = NULL;
	sock->state = UNCONNECTED;
	socket_put(to);
	return -ECONNREFUSED;
}

/* Waits until a socket takes a datagram. Does not sleep after it has looked. */
static int await_receiver(struct socket *sock, struct socket *to,
			  const struct deadline *end)
{
	for (;;) {
		int error;

		if (!may_send(sock, to))
			return -EPERM;
		if (to->dead)
			return send_to_dead(sock, to);
		if (to->shut & SHUT_READ)
			return -EPIPE;
		if (to == sock || to->peer == sock ||
		    to->queued <= to->backlog)
			return 0;
		error = socket_sleep(&room, end);
		if (error)
			return error;
	}
}

/* Finds who is to get a datagram. The caller gets a reference. */
static int find_receiver(struct transfer *t, struct socket **to)
{
	if (t->to.length)
		return find_socket(&t->to, t->sock->type, to);
	if (!t->sock->peer)
		return -ENOTCONN;
	*to = socket_get(t->sock->peer);
	return 0;
}

/*
 * Sends a datagram that is made. Frees it on an error. Another socket may have
 * the name of one that was closed while this call waited for it.
 */
static int deliver(struct transfer *t, struct message *m)
{
	int error, n = m->length;

	do {
		struct socket *to;

		error = find_receiver(t, &to);
		if (error)
			break;
		error = await_receiver(t->sock, to, &t->end);
		if (!error)
			queue_message(to, m);
		socket_put(to);
	} while (error == -ECONNRESET && t->to.length);
	if (error)
		message_free(m);
	return error ? error : n;
}

static int send_datagram(struct transfer *t)
{
	struct socket *sock = t->sock;
	struct message *m;
	int error = 0;

	if (t->to.length)
		error = check_address(&t->to);
	else if (!sock->peer)
		error = -ENOTCONN;
	if (!error && sock->options & PASS_CREDS)
		error = autobind(sock);
	if (!error && t->length > sock->send_max - OVERHEAD)
		error = -EMSGSIZE;
	if (!error)
		error = make_message(t, t->length, &m);
	return error ? error : deliver(t, m);
}

static int send_sequenced(struct transfer *t)
{
	int error = take_error(t->sock);

	if (!error && t->sock->state != CONNECTED)
		error = -ENOTCONN;
	t->to.length = 0;		/* it can only be the peer */
	return error ? error : send_datagram(t);
}

/*
 * Sends what a call gives. Drops the call's rights, unless they were sent.
 * Returns how many bytes, or an error.
 */
int do_send(struct transfer *t)
{
	int n;

	wait_end(&t->end, t->sock, t->flags, t->sock->send_limit);
	if (t->flags & MSG_OOB)
		n = -EOPNOTSUPP;
	else if (t->sock->type == SOCK_STREAM)
		n = send_stream(t);
	else if (t->sock->type == SOCK_SEQPACKET)
		n = send_sequenced(t);
	else
		n = send_datagram(t);
	if (t->rights)
		drop_rights(t->rights);
	return n;
}
