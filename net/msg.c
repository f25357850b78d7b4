/*
 * The calls that send and receive: from and into one piece of memory or
 * several, with an address, with control messages.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/uio.h>
#include "net/net.h"

/* Begins a call on a socket that the caller has looked up. */
static void set_transfer(struct transfer *t, struct socket *sock, u32 flags)
{
	memset(t, 0, sizeof(*t));
	t->sock = sock;
	t->flags = flags;
	t->told = flags & MSG_CMSG_CLOEXEC;
	current_creds(&t->creds);
}

/* Begins a call on a descriptor's socket. Returns 0, -EBADF or -ENOTSOCK. */
static int begin_transfer(struct transfer *t, int fd, u32 flags)
{
	struct socket *sock;
	int error = get_socket(fd, &sock);

	if (!error)
		set_transfer(t, sock, flags);
	return error;
}

/* Gives a call one piece of memory. Returns 0 or -EFAULT. */
static int set_piece(struct transfer *t, u8 __user *buf, u32 length)
{
	if (!access_ok(buf, length))
		return -EFAULT;
	t->length = min_u32(length, TRANSFER_MAX);
	t->data = (struct pieces){ .at = buf, .left = t->length };
	return 0;
}

/*
 * Tells a program the sender's name, if it wants it: a length of 0 if there is
 * none.
 */
static int put_sender(const struct transfer *t, void __user *to,
		      int __user *length)
{
	if (!to)
		return 0;
	if (t->from && t->from->name)
		return tell_name(t->from, to, length);
	return put_user_u32(0, length);
}

int sys_sendto(int fd, void __user *buf, u32 length, u32 flags,
	       const void __user *address, int address_length)
{
	struct transfer t;
	int error = begin_transfer(&t, fd, flags);

	if (!error)
		error = set_piece(&t, buf, length);
	if (!error && address)
		error = get_address(&t.to, address, address_length);
	return error ? error : do_send(&t);
}

int sys_send(int fd, void __user *buf, u32 length, u32 flags)
{
	return sys_sendto(fd, buf, length, flags, NULL, 0);
}

int sys_recvfrom(int fd, void __user *buf, u32 length, u32 flags,
		 void __user *address, int __user *address_length)
{
	struct transfer t;
	int n = begin_transfer(&t, fd, flags), error = 0;

	if (!n)
		n = set_piece(&t, buf, length);
	if (n)
		return n;
	n = do_receive(&t);
	if (n >= 0)
		error = put_sender(&t, address, address_length);
	end_receive(&t);
	return error ? error : n;
}

int sys_recv(int fd, void __user *buf, u32 length, u32 flags)
{
	return sys_recvfrom(fd, buf, length, flags, NULL, NULL);
}

/* Reads a message's header, and its pieces of memory. */
static int get_header(struct transfer *t, struct msghdr *msg,
		      const struct msghdr __user *user)
{
	int error = copy_from_user(msg, user, sizeof(*msg));

	if (error)
		return error;
	if (!msg->msg_name)
		msg->msg_namelen = 0;
	if (msg->msg_namelen < 0)
		return -EINVAL;
	if (msg->msg_iovlen > UIO_MAXIOV)
		return -EMSGSIZE;
	return get_pieces(&t->data, msg->msg_iov, msg->msg_iovlen, true,
			  &t->length);
}

/* Reads where a message goes, and what it carries besides data. */
static int get_extras(struct transfer *t, const struct msghdr *msg)
{
	int error = 0;

	if (msg->msg_namelen)
		error = get_address(&t->to, msg->msg_name,
				    min_u32(msg->msg_namelen, SOCKADDR_MAX));
	if (!error)
		error = get_control(t, msg->msg_control, msg->msg_controllen);
	if (error && t->rights)
		drop_rights(t->rights);
	return error;
}

/* Sends a message. Finds out if all of it was sent: if not, a part may be. */
int send_message(struct socket *sock, const struct msghdr __user *user,
		 u32 flags, bool *whole)
{
	struct transfer t;
	struct msghdr msg;
	int n;

	set_transfer(&t, sock, flags);
	n = get_header(&t, &msg, user);
	if (!n)
		n = get_extras(&t, &msg);
	if (!n)
		n = do_send(&t);
	*whole = (u32)n == t.length;
	return n;
}

int sys_sendmsg(int fd, const struct msghdr __user *user, u32 flags)
{
	struct socket *sock;
	bool whole;
	int error = get_socket(fd, &sock);

	return error ? error : send_message(sock, user, flags, &whole);
}

/* Tells a program all that it wants to know of what was received. */
static int put_extras(struct transfer *t, const struct msghdr *msg,
		      struct msghdr __user *user)
{
	u32 used = put_control(t, msg->msg_control, msg->msg_controllen);
	int error = put_sender(t, msg->msg_name, &user->msg_namelen);

	if (!error)
		error = put_user_u32(t->told, &user->msg_flags);
	if (!error)
		error = put_user_u32(used, &user->msg_controllen);
	return error;
}

/* Receives a message. Returns its length or an error. */
int receive_message(struct socket *sock, struct msghdr __user *user, u32 flags)
{
	struct transfer t;
	struct msghdr msg;
	int n, error = 0;

	set_transfer(&t, sock, flags);
	n = get_header(&t, &msg, user);
	if (n)
		return n;
	n = do_receive(&t);
	if (n >= 0)
		error = put_extras(&t, &msg, user);
	end_receive(&t);
	return error ? error : n;
}

int sys_recvmsg(int fd, struct msghdr __user *user, u32 flags)
{
	struct socket *sock;
	int error = get_socket(fd, &sock);

	return error ? error : receive_message(sock, user, flags);
}
