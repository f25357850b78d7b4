#ifndef SYS_SOCKET_H
#define SYS_SOCKET_H
#include <stddef.h>
#include <sys/types.h>
#include <abi/socket.h>
#include <abi/uio.h>
typedef unsigned socklen_t;
#define CMSG_DATA(c) ((unsigned char *)((struct cmsghdr *)(c) + 1))
#define CMSG_FIRSTHDR(m) ((m)->msg_controllen >= sizeof(struct cmsghdr) ? \
	(struct cmsghdr *)(m)->msg_control : NULL)
int socket(int family, int type, int protocol);
int socketpair(int family, int type, int protocol, int fds[2]);
int bind(int fd, const void *address, socklen_t length);
int listen(int fd, int backlog);
int accept(int fd, void *address, socklen_t *length);
int accept4(int fd, void *address, socklen_t *length, int flags);
int connect(int fd, const void *address, socklen_t length);
int getsockname(int fd, void *address, socklen_t *length);
int getpeername(int fd, void *address, socklen_t *length);
ssize_t send(int fd, const void *buf, size_t n, int flags);
ssize_t recv(int fd, void *buf, size_t n, int flags);
ssize_t sendto(int fd, const void *buf, size_t n, int flags,
	       const void *address, socklen_t length);
ssize_t recvfrom(int fd, void *buf, size_t n, int flags, void *address,
		 socklen_t *length);
ssize_t sendmsg(int fd, const struct msghdr *msg, int flags);
ssize_t recvmsg(int fd, struct msghdr *msg, int flags);
int shutdown(int fd, int how);
int getsockopt(int fd, int level, int option, void *value, socklen_t *size);
int setsockopt(int fd, int level, int option, const void *value,
	       socklen_t size);
#endif
