/*
 * Open files that are sockets: read, write, poll, ioctl, close. A socket has
 * one open file, and its inode is there for fstat() only. The node that is its
 * name in a file system cannot be opened.
 */
#include <cowix/kernel.h>
#include <cowix/net.h>
#include <cowix/poll.h>
#include <cowix/proc.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/termios.h>
#include "net/net.h"

/* Sends or receives pieces as one message. */
static int socket_transfer(struct file *file, const struct pieces *data,
			   u32 length, bool write)
{
	struct transfer t = { .sock = socket_of(file), .data = *data,
			      .length = length };
	int n;

	current_creds(&t.creds);
	if (!length && !write)
		return 0;
	if (write)
		return do_send(&t);
	n = do_receive(&t);
	end_receive(&t);
	return n;
}

static int socket_read(struct file *file, char __user *buf, u32 count,
		       loff_t *pos)
{
	struct pieces data = { .at = (u8 __user *)buf, .left = count };

	(void)pos;
	return socket_transfer(file, &data, count, false);
}

static int socket_write(struct file *file, const char __user *buf, u32 count,
			loff_t *pos)
{
	struct pieces data = { .at = (u8 __user *)buf, .left = count };

	(void)pos;
	return socket_transfer(file, &data, count, true);
}

/* Returns true if a datagram for the peer would find its queue full. */
static bool peer_is_full(const struct socket *sock)
{
	const struct socket *peer = sock->peer;

	return peer && peer->peer != sock && peer->queued > peer->backlog;
}

/* Returns the events of writing. There is room if a quarter is used. */
static u32 poll_writable(const struct socket *sock)
{
	if (sock->state == LISTENING || sock->sent > sock->send_max / 4)
		return 0;
	if (sock->type != SOCK_STREAM && peer_is_full(sock))
		return 0;
	return POLLOUT | POLLWRNORM | POLLWRBAND;
}

static u32 socket_poll(struct file *file, struct poll_table *table)
{
	struct socket *sock = socket_of(file);
	u32 ready = poll_writable(sock);

	poll_wait(&sock->wait, table);
	if (sock->type != SOCK_STREAM)
		poll_wait(&room, table);
	if (sock->error)
		ready |= POLLERR;
	if (sock->shut & SHUT_READ)
		ready |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (!list_empty(&sock->queue))
		ready |= POLLIN | POLLRDNORM;
	if (sock->shut == SHUT_BOTH ||
	    (is_connecting(sock) && sock->state == UNCONNECTED))
		ready |= POLLHUP;
	return ready;
}

/* FIONREAD: returns the bytes of a stream, or those of the next datagram. */
static int count_unread(const struct socket *sock)
{
	int bytes = 0;

	if (sock->state == LISTENING)
		return -EINVAL;
	list_for_each(node, &sock->queue) {
		const struct message *m =
			list_entry(node, struct message, link);

		bytes += m->length - m->taken;
		if (!is_connecting(sock))
			break;
	}
	return bytes;
}

static int socket_ioctl(struct file *file, u32 command, u32 arg)
{
	const struct socket *sock = socket_of(file);
	int n;

	switch (command) {
	case FIONREAD:
		n = count_unread(sock);
		break;
	case TIOCOUTQ:
		n = sock->sent;
		break;
	default:
		return -ENOTTY;
	}
	return n < 0 ? n : put_user_u32(n, (void __user *)arg);
}

static void socket_release(struct inode *inode, struct file *file)
{
	(void)inode;
	if (file->private)
		socket_close(file->private);
}

static const struct file_ops socket_fops = {
	.name = "socket",
	.release = socket_release,
	.read = socket_read,
	.write = socket_write,
	.vector = socket_transfer,
	.poll = socket_poll,
	.ioctl = socket_ioctl,
};

/* Returns an open file for a socket that it will get, or NULL: no memory. */
struct file *socket_file(u32 flags)
{
	struct file *file = anon_file(&socket_fops, NULL,
				      O_RDWR | (flags & O_NONBLOCK));

	if (file) {
		file->inode->i_mode = S_IFSOCK | 0777;
		set_maker(file->inode, NULL);
	}
	return file;
}

/* Gives a socket, whose reference it takes over, its open file. */
void attach_socket(struct file *file, struct socket *sock)
{
	file->private = sock;
	sock->file = file;
}

/* Called once by start_kernel. */
void net_init(void)
{
	static const struct proc_entry entries[] = {
		{ .name = "net", .mode = S_IFDIR | 0555 },
		{ .name = "unix", .dir = "net", .mode = S_IFREG | 0444,
		  .show = show_sockets },
		{ 0 },
	};

	register_owner(recount_sockets);
	proc_register(entries);
}
