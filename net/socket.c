/*
 * Sockets and their names: allocated, referenced, freed; and what all calls on
 * them need: to find one by its descriptor, and to wait for a change.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "net/net.h"

#define BUFFER_MAX	212992u		/* Linux's SO_SNDBUF */
#define QUEUE_MAX	10u		/* Linux: datagrams from all senders */

LIST_HEAD(sockets);

/* Whoever somebody's queue is too long for waits here. */
struct wait_queue room = WAIT_QUEUE_INIT(room);

/* Returns a socket with one reference, or NULL if there was no memory. */
struct socket *socket_alloc(u32 type)
{
	struct account *account = account_get(current->uid);
	struct socket *sock;

	if (!account)
		return NULL;
	sock = kzalloc(sizeof(*sock));
	if (!sock || !account_charge(account, sizeof(*sock))) {
		kfree(sock);
		account_put(account);
		return NULL;
	}
	sock->account = account;
	sock->refs = 1;
	sock->type = type;
	sock->backlog = QUEUE_MAX;
	sock->send_max = sock->receive_max = BUFFER_MAX;
	sock->peer_creds = (struct ucred){ 0, -1u, -1u };
	list_init(&sock->queue);
	list_init(&sock->name_link);
	wait_queue_init(&sock->wait);
	wait_queue_init(&sock->unlocked);
	list_add_tail(&sock->link, &sockets);
	return sock;
}

struct socket *socket_get(struct socket *sock)
{
	sock->refs++;
	return sock;
}

/* Drops a reference. The last one frees the socket, which is dead. */
void socket_put(struct socket *sock)
{
	if (--sock->refs > 0)
		return;
	list_unlink(&sock->link);
	sock->account->bytes -= sizeof(*sock);
	account_put(sock->account);
	if (sock->name)
		name_put(sock->name);
	kfree(sock);
}

/* Returns true for the types that connect before they send. */
bool is_connecting(const struct socket *sock)
{
	return sock->type != SOCK_DGRAM;
}

/* Finds out who sends a message. */
void current_creds(struct ucred *creds)
{
	creds->pid = current->tgid;
	creds->uid = current->uid;
	creds->gid = current->gid;
}

/* Finds out who connects: what SO_PEERCRED tells. */
void effective_creds(struct ucred *creds)
{
	creds->pid = current->tgid;
	creds->uid = current->euid;
	creds->gid = current->egid;
}

/* Returns a pending error, once, as -errno. */
int take_error(struct socket *sock)
{
	int error = sock->error;

	sock->error = 0;
	return -error;
}

/* Returns the socket of an open file, or NULL if it is none. */
struct socket *socket_of(const struct file *file)
{
	const struct inode *inode = file->inode;

	/* a node with a name has only been named, by O_PATH */
	return S_ISSOCK(inode->i_mode) && !inode->i_sb ? file->private : NULL;
}

/* Finds the socket of a descriptor. Returns 0, -EBADF or -ENOTSOCK. */
int get_socket(int fd, struct socket **sock)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	*sock = socket_of(file);
	return *sock ? 0 : -ENOTSOCK;
}

/*
 * Fills in when a call stops to wait: at once, after a limit in nanoseconds,
 * or, if that is 0, never.
 */
void wait_end(struct deadline *end, const struct socket *sock, u32 flags,
	      u64 limit)
{
	*end = (struct deadline){ .kind = DEADLINE_NEVER };
	if (flags & MSG_DONTWAIT || sock->file->flags & O_NONBLOCK)
		*end = (struct deadline){ .kind = DEADLINE_UPTIME };
	else if (limit)
		*end = (struct deadline){ .kind = DEADLINE_UPTIME,
					  .time = now_ns() + limit };
}

/*
 * Sleeps until something has changed. Returns 0, -EAGAIN at the end of the
 * wait, or what a signal makes of the call: one with a limit is not restarted.
 */
int socket_sleep(struct wait_queue *q, const struct deadline *end)
{
	int error = sleep_until(q, end);

	if (error == -ETIMEDOUT)
		return -EAGAIN;
	return error && end->kind != DEADLINE_NEVER ? -EINTR : error;
}

struct socket_name *name_get(struct socket_name *name)
{
	if (name)
		name->users++;
	return name;
}

void name_put(struct socket_name *name)
{
	if (--name->users == 0)
		kfree(name);
}

struct socket_name *name_alloc(const char *text, u32 length)
{
	struct socket_name *name = kmalloc(sizeof(*name) + length);

	if (!name)
		return NULL;
	name->users = 1;
	name->length = length;
	memcpy(name->text, text, length);
	return name;
}
