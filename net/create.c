/* socket() and socketpair(). There are sockets of one family: AF_UNIX. */
#include <cowix/kernel.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "net/net.h"

#define AF_MAX	46			/* Linux's */

/* Splits the flags off a type. Returns 0 or the error of what is not kept. */
static int check_kind(int family, int *type, int protocol, u32 *flags)
{
	*flags = *type & ~SOCK_TYPE_MASK;
	*type &= SOCK_TYPE_MASK;
	if (*flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	if ((u32)family < AF_MAX && *type >= SOCK_MAX)
		return -EINVAL;
	if (family != AF_UNIX)
		return -EAFNOSUPPORT;
	if (protocol && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	if (*type == SOCK_RAW)
		*type = SOCK_DGRAM;	/* as Linux has it */
	if (*type != SOCK_STREAM && *type != SOCK_DGRAM &&
	    *type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	return check_files();
}

/* Returns the open file of a new socket, or NULL if there was no memory. */
static struct file *create_socket(u32 type, u32 flags)
{
	struct file *file = socket_file(flags);
	struct socket *sock = file ? socket_alloc(type) : NULL;

	if (sock) {
		attach_socket(file, sock);
		return file;
	}
	if (file)
		fput(file);
	return NULL;
}

int sys_socket(int family, int type, int protocol)
{
	struct file *file;
	u32 flags;
	int fd = check_kind(family, &type, protocol, &flags);

	if (fd)
		return fd;
	collect_sockets();
	file = create_socket(type, flags);
	if (!file)
		return -ENOMEM;
	fd = fd_install(file, flags & SOCK_CLOEXEC);
	if (fd < 0)
		fput(file);
	return fd;
}

/* Connects the sockets of two new files. */
static void make_pair(struct file *files[2])
{
	for (int i = 0; i < 2; i++) {
		struct socket *sock = socket_of(files[i]);

		sock->peer = socket_get(socket_of(files[!i]));
		effective_creds(&sock->peer_creds);
		sock->state = CONNECTED;
	}
}

int sys_socketpair(int family, int type, int protocol, int __user *fds)
{
	struct file *files[2];
	u32 flags;
	int error = check_kind(family, &type, protocol, &flags);

	if (error)
		return error;
	collect_sockets();
	error = -ENOMEM;
	files[0] = create_socket(type, flags);
	files[1] = files[0] ? create_socket(type, flags) : NULL;
	if (files[1]) {
		make_pair(files);
		error = fd_install_two(files[0], files[1], fds,
				       flags & SOCK_CLOEXEC);
	}
	for (int i = 0; i < 2; i++)
		if (error && files[i])
			fput(files[i]);
	return error;
}
