/*
 * listen(), connect(), accept() and shutdown(). A connection is two sockets:
 * the caller's, and a new one that waits in the listener's queue. Both are
 * connected at once, before anybody has accepted.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "net/net.h"

int sys_listen(int fd, int backlog)
{
	struct socket *sock;
	int error = get_socket(fd, &sock);

	if (error)
		return error;
	if (!is_connecting(sock))
		return -EOPNOTSUPP;
	if (!sock->name || sock->state == CONNECTED)
		return -EINVAL;
	sock->backlog = min_u32(backlog, SOMAXCONN);
	sock->state = LISTENING;
	effective_creds(&sock->peer_creds);
	wake_up(&room);
	return 0;
}

/*
 * Returns 0 if a listener takes a connection now, -ECONNREFUSED, or -EAGAIN if
 * too many wait already.
 */
static int may_connect(const struct socket *listener)
{
	if (listener->dead || listener->state != LISTENING ||
	    listener->shut & SHUT_READ)
		return -ECONNREFUSED;
	return listener->queued > listener->backlog ? -EAGAIN : 0;
}

/* Connects sock and the new socket, which the listener is to accept. */
static void join(struct socket *sock, struct socket *new,
		 struct socket *listener)
{
	new->peer = socket_get(sock);
	new->state = CONNECTED;
	effective_creds(&new->peer_creds);
	new->name = name_get(listener->name);
	sock->peer = socket_get(new);
	sock->state = CONNECTED;
	sock->peer_creds = listener->peer_creds;
	list_add_tail(&new->waiting, &listener->queue);
	listener->queued++;
	wake_up_poll(&listener->wait, CAN_READ);
	wake_up(&sock->wait);
}

/*
 * Finds the listener of an address that takes a connection, and waits until it
 * does. Does not sleep after it has looked. The caller gets a reference.
 */
static int find_listener(const struct socket *sock,
			 const struct address *address,
			 const struct deadline *end, struct socket **found)
{
	for (;;) {
		int error = find_socket(address, sock->type, found);

		if (error)
			return error;
		error = may_connect(*found);
		if (!error)
			return 0;
		if (error == -EAGAIN)
			error = socket_sleep(&room, end);
		socket_put(*found);
		if (error)
			return error;
	}
}

static int connect_stream(struct socket *sock, const struct address *address,
			  const struct deadline *end)
{
	struct socket *new, *listener;
	int error = check_address(address);

	if (!error && sock->options & PASS_CREDS)
		error = autobind(sock);
	if (error)
		return error;
	new = socket_alloc(sock->type);
	if (!new)
		return -ENOMEM;
	error = find_listener(sock, address, end, &listener);
	if (error) {
		socket_put(new);
		return error;
	}
	if (sock->state != UNCONNECTED)
		error = sock->state == CONNECTED ? -EISCONN : -EINVAL;
	else
		join(sock, new, listener);
	socket_put(listener);
	if (error)
		socket_put(new);
	return error;
}

/*
 * Drops what the old peer of a datagram socket, and others, have sent. If it
 * had this socket for a peer, it learns that something was lost.
 */
static void forget_peer(struct socket *sock, struct socket *old)
{
	lock_queue(sock);
	if (!list_empty(&sock->queue)) {
		drop_messages(sock);
		if (old->peer == sock) {
			old->error = ECONNRESET;
			wake_up(&old->wait);
		}
	}
	unlock_queue(sock);
	socket_put(old);
}

/* Sets to whom a datagram socket sends: nobody if the family is AF_UNSPEC. */
static int connect_datagrams(struct socket *sock, const struct address *address)
{
	struct socket *peer = NULL, *old;
	int error = 0;

	if (address->length < FAMILY_SIZE)
		return -EINVAL;
	if (address->un.sun_family != AF_UNSPEC) {
		error = check_address(address);
		if (!error && sock->options & PASS_CREDS)
			error = autobind(sock);
		if (!error)
			error = find_socket(address, sock->type, &peer);
	}
	if (error)
		return error;
	if (peer && !may_send(sock, peer)) {
		socket_put(peer);
		return -EPERM;
	}
	old = sock->peer;
	sock->peer = peer;
	sock->state = peer ? CONNECTED : UNCONNECTED;
	wake_up(&sock->wait);
	if (old && old != peer)
		forget_peer(sock, old);
	else if (old)
		socket_put(old);
	return 0;
}

int sys_connect(int fd, const void __user *user_address, int length)
{
	struct address address;
	struct deadline end;
	struct socket *sock;
	int error = get_socket(fd, &sock);

	if (!error)
		error = get_address(&address, user_address, length);
	if (error)
		return error;
	if (!is_connecting(sock))
		return connect_datagrams(sock, &address);
	wait_end(&end, sock, 0, sock->send_limit);
	return connect_stream(sock, &address, &end);
}

/*
 * Waits for a connection and takes it out of the listener's queue. Then there
 * is a descriptor for it, until the caller sleeps. Returns 0, or an error of
 * check_fd() or of waiting.
 */
static int take_connection(struct socket *listener, const struct deadline *end,
			   struct socket **sock)
{
	int error = check_fd();

	while (!error && list_empty(&listener->queue)) {
		error = -EINVAL;
		if (!(listener->shut & SHUT_READ))
			error = socket_sleep(&listener->wait, end);
		if (!error)
			error = check_fd();
	}
	if (error)
		return error;
	*sock = list_entry(listener->queue.next, struct socket, waiting);
	list_unlink(&(*sock)->waiting);
	(*sock)->options = listener->options & PASS_CREDS;
	if (listener->queued-- > listener->backlog)
		wake_up_poll(&room, CAN_WRITE);
	return 0;
}

/*
 * Accepts a connection for an open file, which it takes over. Tells the program
 * who has called. Returns the descriptor.
 */
static int accept_for(struct file *file, struct socket *listener,
		      void __user *address, int __user *length, bool cloexec)
{
	struct deadline end;
	struct socket *sock, *peer;
	int fd, error;

	wait_end(&end, listener, 0, listener->receive_limit);
	error = take_connection(listener, &end, &sock);
	if (error) {
		fput(file);
		return error;
	}
	attach_socket(file, sock);
	peer = socket_get(sock->peer);	/* a thread may close fd soon */
	fd = fd_install(file, cloexec);
	if (address)
		error = tell_name(peer, address, length);
	socket_put(peer);
	if (error)
		sys_close(fd);
	return error ? error : fd;
}

int sys_accept4(int fd, void __user *address, int __user *length, u32 flags)
{
	struct socket *listener;
	struct file *file;
	int error = get_socket(fd, &listener);

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	if (error)
		return error;
	if (!is_connecting(listener))
		return -EOPNOTSUPP;
	if (listener->state != LISTENING)
		return -EINVAL;
	error = check_files();
	if (error)
		return error;
	file = socket_file(flags);
	if (!file)
		return -ENOMEM;
	return accept_for(file, listener, address, length,
			  flags & SOCK_CLOEXEC);
}

int sys_shutdown(int fd, int how)
{
	struct socket *sock;
	u32 sides = how + 1;		/* SHUT_RD, SHUT_WR, SHUT_RDWR */
	int error = get_socket(fd, &sock);

	if (error)
		return error;
	if ((u32)how > SHUT_RDWR)
		return -EINVAL;
	sock->shut |= sides;
	wake_up(&sock->wait);
	wake_up(&room);
	if (!sock->peer || !is_connecting(sock))
		return 0;
	if (sides & SHUT_READ)
		sock->peer->shut |= SHUT_WRITE;
	if (sides & SHUT_WRITE)
		sock->peer->shut |= SHUT_READ;
	wake_up(&sock->peer->wait);
	return 0;
}
