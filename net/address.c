/*
 * Addresses as programs give and get them: a family, and a path or an abstract
 * name, which begins with a NUL. A path may or may not end in a NUL.
 */
#include <cowix/kernel.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "net/net.h"

/* Reads an address of any family. Returns 0, -EINVAL or -EFAULT. */
int get_address(struct address *to, const void __user *from, int length)
{
	if (length < 0 || length > SOCKADDR_MAX)
		return -EINVAL;
	memset(to, 0, sizeof(*to));
	to->length = length;
	return copy_from_user(&to->un, from, min_u32(length, sizeof(to->un)));
}

/* Returns 0 for an address that can be the name of a socket, or -EINVAL. */
int check_address(const struct address *address)
{
	if (address->length <= FAMILY_SIZE ||
	    address->length > sizeof(address->un) ||
	    address->un.sun_family != AF_UNIX)
		return -EINVAL;
	return 0;
}

/*
 * Tells a program the name of a socket, as far as there is room. The length
 * becomes the true one. A path ends in a NUL; no name is a family alone.
 */
int tell_name(const struct socket *sock, void __user *to, int __user *length)
{
	const struct socket_name *name = sock->name;
	char text[SOCKADDR_MAX] = { AF_UNIX };
	u32 full = FAMILY_SIZE;
	int room, error = get_user_u32((u32 *)&room, length);

	if (error)
		return error;
	if (room < 0)
		return -EINVAL;
	if (name) {
		memcpy(text + FAMILY_SIZE, name->text, name->length);
		full += name->length + (name->text[0] != '\0');
	}
	error = copy_to_user(to, text, min_u32(room, full));
	return error ? error : put_user_u32(full, length);
}

int sys_getsockname(int fd, void __user *address, int __user *length)
{
	struct socket *sock;
	int error = get_socket(fd, &sock);

	return error ? error : tell_name(sock, address, length);
}

int sys_getpeername(int fd, void __user *address, int __user *length)
{
	struct socket *sock, *peer;
	int error = get_socket(fd, &sock);

	if (error)
		return error;
	if (!sock->peer)
		return -ENOTCONN;
	peer = socket_get(sock->peer);	/* it may have another soon */
	error = tell_name(peer, address, length);
	socket_put(peer);
	return error;
}
