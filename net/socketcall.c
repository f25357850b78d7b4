/* socketcall(): all calls on sockets under one number, as they once were. */
#include <cowix/kernel.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "net/net.h"

#define ARGS_MAX	6

typedef int socket_call(u32, u32, u32, u32, u32, u32);

#define SOCKET_CALL(function, n) { (socket_call *)(void *)(function), n }

static int accept_plain(int fd, void __user *address, int __user *length)
{
	return sys_accept4(fd, address, length, 0);
}

/* By number: what is called, with how many arguments. */
static const struct {
	socket_call *call;
	u32 args;
} calls[] = {
	[SYS_SOCKET] = SOCKET_CALL(sys_socket, 3),
	[SYS_BIND] = SOCKET_CALL(sys_bind, 3),
	[SYS_CONNECT] = SOCKET_CALL(sys_connect, 3),
	[SYS_LISTEN] = SOCKET_CALL(sys_listen, 2),
	[SYS_ACCEPT] = SOCKET_CALL(accept_plain, 3),
	[SYS_GETSOCKNAME] = SOCKET_CALL(sys_getsockname, 3),
	[SYS_GETPEERNAME] = SOCKET_CALL(sys_getpeername, 3),
	[SYS_SOCKETPAIR] = SOCKET_CALL(sys_socketpair, 4),
	[SYS_SEND] = SOCKET_CALL(sys_send, 4),
	[SYS_RECV] = SOCKET_CALL(sys_recv, 4),
	[SYS_SENDTO] = SOCKET_CALL(sys_sendto, 6),
	[SYS_RECVFROM] = SOCKET_CALL(sys_recvfrom, 6),
	[SYS_SHUTDOWN] = SOCKET_CALL(sys_shutdown, 2),
	[SYS_SETSOCKOPT] = SOCKET_CALL(sys_setsockopt, 5),
	[SYS_GETSOCKOPT] = SOCKET_CALL(sys_getsockopt, 5),
	[SYS_SENDMSG] = SOCKET_CALL(sys_sendmsg, 3),
	[SYS_RECVMSG] = SOCKET_CALL(sys_recvmsg, 3),
	[SYS_ACCEPT4] = SOCKET_CALL(sys_accept4, 4),
};

int sys_socketcall(u32 number, const u32 __user *args)
{
	u32 a[ARGS_MAX];

	if (number >= ARRAY_SIZE(calls) || !calls[number].call)
		return -EINVAL;
	if (copy_from_user(a, args, calls[number].args * sizeof(u32)) < 0)
		return -EFAULT;
	/* the caller takes away what a function does not use */
	return calls[number].call(a[0], a[1], a[2], a[3], a[4], a[5]);
}
