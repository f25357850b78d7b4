/* getsockopt() and setsockopt(), for the options that matter here. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "net/net.h"

/* As in Linux the kernel takes twice what was asked for. */
#define ASKED_MAX	212992u
#define SEND_MIN	4608u
#define RECEIVE_MIN	2304u
#define USEC_A_SECOND	1000000
#define NSEC_A_USEC	1000
#define PRIORITY_MAX	6		/* of ordinary users */

/*
 * The options that are on or off. As on Linux, those but PASS_CREDS mean
 * nothing to a socket of AF_UNIX, which keeps them.
 */
#define SWITCHES	(1u << SO_REUSEADDR | 1u << SO_BROADCAST | \
			 1u << SO_KEEPALIVE | PASS_CREDS)

static u32 buffer_size(u32 asked, u32 least)
{
	return max_u32(2 * min_u32(asked, ASKED_MAX), least);
}

/* Reads a limit for waiting. No time means none. */
static int get_limit(u64 *ns, const void __user *from, u32 size)
{
	struct timeval tv;

	if (size < sizeof(tv))
		return -EINVAL;
	if (copy_from_user(&tv, from, sizeof(tv)) < 0)
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= USEC_A_SECOND)
		return -EDOM;
	if (tv.tv_sec < 0)
		tv = (struct timeval){ 0, 1 };	/* hardly any */
	*ns = to_nanoseconds(tv.tv_sec, tv.tv_usec * NSEC_A_USEC);
	return 0;
}

static bool is_switch(u32 option)
{
	return option < 32 && SWITCHES >> option & 1;
}

/* Sets an option whose value is a number. */
static int set_number(struct socket *sock, int option, u32 value)
{
	if (is_switch(option)) {
		sock->options &= ~(1u << option);
		sock->options |= (u32)!!value << option;
		return 0;
	}
	switch (option) {
	case SO_PRIORITY:
		if (value > PRIORITY_MAX && !suser())
			return -EPERM;
		sock->priority = value;
		return 0;
	case SO_SNDBUF:
		sock->send_max = buffer_size(value, SEND_MIN);
		wake_up_poll(&sock->wait, CAN_WRITE);
		return 0;
	case SO_RCVBUF:
		sock->receive_max = buffer_size(value, RECEIVE_MIN);
		return 0;
	}
	return -ENOPROTOOPT;
}

int sys_setsockopt(int fd, int level, int option, const void __user *from,
		   int size)
{
	struct socket *sock;
	u32 value;
	int error = get_socket(fd, &sock);

	if (size < 0)
		return -EINVAL;
	if (error)
		return error;
	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	if (option == SO_RCVTIMEO)
		return get_limit(&sock->receive_limit, from, size);
	if (option == SO_SNDTIMEO)
		return get_limit(&sock->send_limit, from, size);
	if (size < (int)sizeof(value))
		return -EINVAL;
	error = get_user_u32(&value, from);
	return error ? error : set_number(sock, option, value);
}

/* Returns the value of an option that is a number, or -ENOPROTOOPT. */
static int get_number(struct socket *sock, int option)
{
	if (is_switch(option))
		return sock->options >> option & 1;
	switch (option) {
	case SO_DOMAIN:
		return AF_UNIX;
	case SO_TYPE:
		return sock->type;
	case SO_PROTOCOL:
		return 0;
	case SO_ERROR:
		return -take_error(sock);
	case SO_ACCEPTCONN:
		return sock->state == LISTENING;
	case SO_RCVLOWAT:
	case SO_SNDLOWAT:
		return 1;
	case SO_SNDBUF:
		return sock->send_max;
	case SO_RCVBUF:
		return sock->receive_max;
	}
	return -ENOPROTOOPT;
}

/* Copies a value, as much as there is room for, and its length. */
static int put_value(const void *value, int size, int room, void __user *to,
		     int __user *length)
{
	size = min_u32(size, room);
	if (copy_to_user(to, value, size) < 0)
		return -EFAULT;
	return put_user_u32(size, length);
}

static int put_limit(u64 ns, int room, void __user *to, int __user *length)
{
	struct timespec64 ts;
	struct timeval tv;

	to_timespec(ns, &ts);
	tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / NSEC_A_USEC };
	return put_value(&tv, sizeof(tv), room, to, length);
}

int sys_getsockopt(int fd, int level, int option, void __user *to,
		   int __user *length)
{
	struct socket *sock;
	int value, room, error = get_socket(fd, &sock);

	if (error)
		return error;
	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	error = get_user_u32((u32 *)&room, length);
	if (error)
		return error;
	if (room < 0)
		return -EINVAL;
	switch (option) {
	case SO_PEERCRED:
		return put_value(&sock->peer_creds, sizeof(sock->peer_creds),
				 room, to, length);
	case SO_PRIORITY:
		return put_value(&sock->priority, sizeof(sock->priority), room,
				 to, length);
	case SO_RCVTIMEO:
		return put_limit(sock->receive_limit, room, to, length);
	case SO_SNDTIMEO:
		return put_limit(sock->send_limit, room, to, length);
	}
	value = get_number(sock, option);
	if (value < 0)
		return value;
	return put_value(&value, sizeof(value), room, to, length);
}
