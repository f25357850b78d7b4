/*
 * sendmmsg() and recvmmsg(): several messages, one after the other. What was
 * done before an error is told instead of it. The error comes with the next
 * call then. The descriptor is looked up once: another thread may close it.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/uio.h>
#include "net/net.h"

int sys_sendmmsg(int fd, struct mmsghdr __user *list, u32 count, u32 flags)
{
	struct socket *sock;
	bool whole = true;
	u32 done = 0;
	int error = get_socket(fd, &sock);

	count = min_u32(count, UIO_MAXIOV);
	for (; !error && done < count && whole; list++) {
		error = send_message(sock, &list->msg_hdr, flags, &whole);
		if (error >= 0)
			error = put_user_u32(error, &list->msg_len);
		done += !error;
		if (current->work & WORK_RESCHED)
			schedule();
	}
	return done ? (int)done : error;
}

/* Keeps an error for the next call that asks the socket for one. */
static void keep_error(struct socket *sock, int error)
{
	if (error != -EAGAIN && error > -ERESTARTSYS)
		sock->error = -error;
}

/* Receives until the end, which is looked at after each message only. */
static int receive_messages(int fd, struct mmsghdr __user *list, u32 count,
			    u32 flags, const struct deadline *end)
{
	struct socket *sock;
	u32 done = 0;
	int error = get_socket(fd, &sock);

	if (!error)
		error = take_error(sock);
	for (; !error && done < count; list++) {
		error = receive_message(sock, &list->msg_hdr,
					flags & ~MSG_WAITFORONE);
		if (error >= 0)
			error = put_user_u32(error, &list->msg_len);
		done += !error;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (is_over(end))
			break;
		if (current->work & WORK_RESCHED)
			schedule();
	}
	if (!done)
		return error;
	if (error)
		keep_error(sock, error);
	return done;
}

/* Receives, and tells how much was left of the time. */
static int receive_timed(int fd, struct mmsghdr __user *list, u32 count,
			 u32 flags, void __user *timeout, bool wide)
{
	struct deadline end;
	int n;

	no_deadline(0);		/* a call that goes on begins its time again */
	n = get_deadline(&end, CLOCK_MONOTONIC, false, timeout, wide);
	if (!n)
		n = receive_messages(fd, list, count, flags, &end);
	if (n > 0 && timeout && put_time_left(&end, timeout, wide) < 0)
		return -EFAULT;
	return n;
}

int sys_recvmmsg(int fd, struct mmsghdr __user *list, u32 count, u32 flags,
		 struct timespec __user *timeout)
{
	return receive_timed(fd, list, count, flags, timeout, false);
}

int sys_recvmmsg_time64(int fd, struct mmsghdr __user *list, u32 count,
			u32 flags, struct timespec64 __user *timeout)
{
	return receive_timed(fd, list, count, flags, timeout, true);
}
