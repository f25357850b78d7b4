/* Calls about sockets. What a message carries is in inputs.c and sockets.c. */
#include <sys/socket.h>
#include "fuzz.h"

const struct call socket_calls[] = {
	{ __NR_socket, 10, FD, "@~z" }, { __NR_socketpair, 6, 0, "@~zb" },
	{ __NR_bind, 10, 0, "fP+" }, { __NR_connect, 10, 0, "fP+" },
	{ __NR_listen, 6, 0, "fx" }, { __NR_accept4, 8, FD, "fP%z" },
	{ __NR_getsockname, 2, 0, "fb%" }, { __NR_getpeername, 2, 0, "fb%" },
	{ __NR_sendto, 10, 0, "fbn=P+" }, { __NR_sendto, 6, 0, "fbn=zz" },
	{ __NR_recvfrom, 10, 0, "fbn=b%" }, { __NR_sendmsg, 14, 0, "f#=" },
	{ __NR_recvmsg, 14, 0, "f#=" }, { __NR_shutdown, 4, 0, "f4" },
	{ __NR_setsockopt, 8, 0, "f@&Fe" }, { __NR_setsockopt, 3, 0, "f@&vn" },
	{ __NR_getsockopt, 6, 0, "f@&b%" }, { __NR_socketcall, 4, 0, "xB" },
	{ 0, 0, 0, NULL },
};
