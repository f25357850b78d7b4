/* What the tests of sockets share. */
#ifndef GUEST_SOCKETS_H
#define GUEST_SOCKETS_H

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/poll.h>

/* Returns what poll() says at once of one file. */
static inline int state_of(int fd, int events)
{
	struct pollfd p = { fd, events, 0x5555 };
	int n = syscall(__NR_poll, &p, 1, 0);

	return n == (p.revents != 0) ? p.revents : -1;
}

static inline void make_pair(int type, int fds[2])
{
	CHECK(socketpair(AF_UNIX, type, 0, fds) == 0);
}

static inline void close_pair(int fds[2])
{
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static inline int new_socket(int type)
{
	int fd = socket(AF_UNIX, type, 0);

	CHECK(fd >= 0);
	return fd;
}

static inline void no_waiting(int fd)
{
	CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

/* Makes an address of a path or, with a NUL in front, an abstract name. */
static inline socklen_t make_address(struct sockaddr_un *un, const char *text,
				     int n)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, text, n);
	return sizeof(un->sun_family) + n;
}

static inline int bind_to(int fd, const char *text, int n)
{
	struct sockaddr_un un;
	socklen_t length = make_address(&un, text, n);

	return bind(fd, &un, length);
}

static inline int connect_to(int fd, const char *text, int n)
{
	struct sockaddr_un un;
	socklen_t length = make_address(&un, text, n);

	return connect(fd, &un, length);
}

/* A path with its NUL, and an abstract name. */
#define PATH(s)		s, sizeof(s)
#define ABSTRACT(s)	"\0" s, sizeof(s)

/* Returns a listener with an abstract name. */
static inline int listen_at(int type, const char *text, int n, int backlog)
{
	int fd = new_socket(type);

	CHECK(bind_to(fd, text, n) == 0 && listen(fd, backlog) == 0);
	return fd;
}

/* Room for control messages. */
union control {
	struct cmsghdr header;
	char bytes[1200];
};

static inline struct msghdr make_msg(struct iovec *v, void *data, int n,
				     union control *c, int size)
{
	*v = (struct iovec){ data, n };
	return (struct msghdr){ .msg_iov = v, .msg_iovlen = 1,
				.msg_control = c, .msg_controllen = size };
}

/* Sends data with n descriptors. */
static inline int send_files(int fd, void *data, int length, const int *fds,
			     int n)
{
	union control c;
	struct iovec v;
	struct msghdr msg = make_msg(&v, data, length, &c,
				     CMSG_SPACE(n * sizeof(int)));

	c.header = (struct cmsghdr){ CMSG_LEN(n * sizeof(int)), SOL_SOCKET,
				     SCM_RIGHTS };
	memcpy(CMSG_DATA(&c), fds, n * sizeof(int));
	return sendmsg(fd, &msg, 0);
}

/*
 * Receives data and at most `most` descriptors. Returns the bytes; *n becomes
 * the number of descriptors, and *flags what recvmsg() tells.
 */
static inline int receive_files(int fd, void *data, int length, int *fds,
				int most, int *n, int *flags)
{
	union control c;
	struct iovec v;
	struct msghdr msg = make_msg(&v, data, length, &c,
				     CMSG_LEN(most * sizeof(int)));
	int got = recvmsg(fd, &msg, *flags);

	*n = 0;
	if (got < 0)
		return got;
	*flags = msg.msg_flags;
	if (msg.msg_controllen == 0)
		return got;
	CHECK(c.header.cmsg_level == SOL_SOCKET &&
	      c.header.cmsg_type == SCM_RIGHTS);
	*n = (c.header.cmsg_len - sizeof(c.header)) / sizeof(int);
	CHECK(*n <= most);
	memcpy(fds, CMSG_DATA(&c), *n * sizeof(int));
	return got;
}

#endif
