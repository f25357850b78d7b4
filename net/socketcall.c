/* socketcall(): all calls on sockets under one number, as they once were. */
#include <cowix/kernel.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "net/net.h"

#define ARGS_MAX	6

typedef int socket_call(u32, u32, u32, u32, u32, u32);

#define SOCKET_CALL(function) (socket_call *)(void *)(function)

static int accept_plain(int fd, void __user *address, int __user *length)
{
	return sys_accept4(fd, address, length, 0);
}

/* What is called, by number, and with how many arguments. */
static socket_call *const calls[] = {
	[SYS_SOCKET] = SOCKET_CALL(sys_socket),
	[SYS_BIND] = SOCKET_CALL(sys_bind),
	[SYS_CONNECT] = SOCKET_CALL(sys_connect),
	[SYS_LISTEN] = SOCKET_CALL(sys_listen),
	[SYS_ACCEPT] = SOCKET_CALL(accept_plain),
	[SYS_GETSOCKNAME] = SOCKET_CALL(sys_getsockname),
	[SYS_GETPEERNAME] = SOCKET_CALL(sys_getpeername),
	[SYS_SOCKETPAIR] = SOCKET_CALL(sys_socketpair),
	[SYS_SEND] = SOCKET_CALL(sys_send),
	[SYS_RECV] = SOCKET_CALL(sys_recv),
	[SYS_SENDTO] = SOCKET_CALL(sys_sendto),
	[SYS_RECVFROM] = SOCKET_CALL(sys_recvfrom),
	[SYS_SHUTDOWN] = SOCKET_CALL(sys_shutdown),
	[SYS_SETSOCKOPT] = SOCKET_CALL(sys_setsockopt),
	[SYS_GETSOCKOPT] = SOCKET_CALL(sys_getsockopt),
	[SYS_SENDMSG] = SOCKET_CALL(sys_sendmsg),
	[SYS_RECVMSG] = SOCKET_CALL(sys_recvmsg),
	[SYS_ACCEPT4] = SOCKET_CALL(sys_accept4),
	[SYS_RECVMMSG] = SOCKET_CALL(sys_recvmmsg),
	[SYS_SENDMMSG] = SOCKET_CALL(sys_sendmmsg),
};

static const u8 nr_args[] = {
	0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4,
};

int sys_socketcall(u32 number, const u32 __user *args)
{
	u32 a[ARGS_MAX];

	if (number >= ARRAY_SIZE(calls) || !calls[number])
		return -EINVAL;
	if (copy_from_user(a, args, nr_args[number] * sizeof(u32)) < 0)
		return -EFAULT;
	/* the caller takes away what a function does not use */
	return calls[number](a[0], a[1], a[2], a[3], a[4], a[5]);
}
