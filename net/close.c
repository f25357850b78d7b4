/* Closing a socket: what it tells its peer, and what goes with it. */
#include <cowix/kernel.h>
#include <abi/errno.h>
#include "net/net.h"

/*
 * Leaves the peer. One that was connected gets the end of the file, and an
 * error if it will never know whether all was read.
 */
static void leave_peer(struct socket *sock, bool all_read)
{
	struct socket *peer = sock->peer;

	sock->peer = NULL;
	if (!peer)
		return;
	if (is_connecting(sock)) {
		peer->shut = SHUT_BOTH;
		if (!all_read)
			peer->error = ECONNRESET;
		wake_up(&peer->wait);
	}
	socket_put(peer);
}

static void kill_socket(struct socket *sock, bool accepted)
{
	sock->dead = true;
	sock->file = NULL;
	sock->shut = SHUT_BOTH;
	list_del(&sock->name_link);
	sock->node = NULL;
	leave_peer(sock, accepted && list_empty(&sock->queue));
	wake_up(&sock->wait);
	wake_up(&room);
}

/* Closes the connections that nobody will accept. */
static void drop_waiting(struct socket *listener)
{
	while (!list_empty(&listener->queue)) {
		struct socket *sock = list_entry(listener->queue.next,
						 struct socket, waiting);

		list_unlink(&sock->waiting);
		kill_socket(sock, false);
		drop_messages(sock);
		socket_put(sock);
	}
}

/* Closes a socket and drops the reference that its file had. May sleep. */
void socket_close(struct socket *sock)
{
	struct inode *node = sock->node;

	kill_socket(sock, true);
	if (sock->state == LISTENING)
		drop_waiting(sock);
	else
		drop_messages(sock);
	socket_put(sock);
	if (node)
		iput(node);
	collect_sockets();
}
