/* The calls on sockets. */
#include <sys/socket.h>
#include <unistd.h>

int socket(int family, int type, int protocol)
{
	return syscall(__NR_socket, family, type, protocol);
}

int socketpair(int family, int type, int protocol, int fds[2])
{
	return syscall(__NR_socketpair, family, type, protocol, fds);
}

int bind(int fd, const void *address, socklen_t length)
{
	return syscall(__NR_bind, fd, address, length);
}

int listen(int fd, int backlog)
{
	return syscall(__NR_listen, fd, backlog);
}

int accept4(int fd, void *address, socklen_t *length, int flags)
{
	return syscall(__NR_accept4, fd, address, length, flags);
}

int accept(int fd, void *address, socklen_t *length)
{
	return accept4(fd, address, length, 0);
}

int connect(int fd, const void *address, socklen_t length)
{
	return syscall(__NR_connect, fd, address, length);
}

int getsockname(int fd, void *address, socklen_t *length)
{
	return syscall(__NR_getsockname, fd, address, length);
}

int getpeername(int fd, void *address, socklen_t *length)
{
	return syscall(__NR_getpeername, fd, address, length);
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags,
	       const void *address, socklen_t length)
{
	return syscall(__NR_sendto, fd, buf, n, flags, address, length);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	return sendto(fd, buf, n, flags, NULL, 0);
}

ssize_t recvfrom(int fd, void *buf, size_t n, int flags, void *address,
		 socklen_t *length)
{
	return syscall(__NR_recvfrom, fd, buf, n, flags, address, length);
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	return recvfrom(fd, buf, n, flags, NULL, NULL);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return syscall(__NR_sendmsg, fd, msg, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	return syscall(__NR_recvmsg, fd, msg, flags);
}

int shutdown(int fd, int how)
{
	return syscall(__NR_shutdown, fd, how);
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *size)
{
	return syscall(__NR_getsockopt, fd, level, option, value, size);
}

int setsockopt(int fd, int level, int option, const void *value,
	       socklen_t size)
{
	return syscall(__NR_setsockopt, fd, level, option, value, size);
}
