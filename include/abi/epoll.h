/* epoll: a standing list of files to wait for. Events below are poll()'s. */
#ifndef ABI_EPOLL_H
#define ABI_EPOLL_H

#include <abi/poll.h>

#define EPOLL_CTL_ADD	1
#define EPOLL_CTL_DEL	2
#define EPOLL_CTL_MOD	3

#define EPOLLIN		POLLIN
#define EPOLLPRI	POLLPRI
#define EPOLLOUT	POLLOUT
#define EPOLLERR	POLLERR
#define EPOLLHUP	POLLHUP
#define EPOLLRDNORM	POLLRDNORM
#define EPOLLWRNORM	POLLWRNORM
#define EPOLLRDHUP	POLLRDHUP
#define EPOLLEXCLUSIVE	(1u << 28)
#define EPOLLWAKEUP	(1u << 29)
#define EPOLLONESHOT	(1u << 30)
#define EPOLLET		(1u << 31)

#define EPOLL_CLOEXEC	02000000

struct epoll_event {
	unsigned events;
	unsigned long long data;
};

#endif
