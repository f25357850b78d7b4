/* Beside n open descriptors of pipes' ends. */
#include "growth.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <abi/epoll.h>
#include <abi/poll.h>

static int pipe_ends[2];	/* nothing to read */
static int ready[2];		/* a byte to read */
static int *fds, queue;
static unsigned count;
static struct pollfd *polled;
static unsigned char set[FD_SETSIZE / 8];

static int dup_and_close(unsigned i)
{
	int fd = dup(pipe_ends[0]);

	(void)i;
	return fd < 0 ? -1 : close(fd);
}

/* Fills the hole that a closed descriptor in the middle leaves. */
static int close_and_dup(unsigned i)
{
	int freed = fds[chosen(i, count)];

	return close(freed) == 0 && dup(pipe_ends[0]) == freed ? 0 : -1;
}

static int poll_all(unsigned i)
{
	(void)i;
	return syscall(__NR_poll, polled, count, 0);
}

static int select_all(unsigned i)
{
	long none[2] = { 0, 0 };

	(void)i;
	for (unsigned j = 0; j < count; j++)
		set[fds[j] / 8] |= 1 << fds[j] % 8;
	return syscall(__NR__newselect, fds[count - 1] + 1, set, NULL, NULL,
		       none);
}

static int add_interest(int fd)
{
	struct epoll_event event = { EPOLLIN, fd };

	return syscall(__NR_epoll_ctl, queue, EPOLL_CTL_ADD, fd, &event);
}

static int add_and_delete(unsigned i)
{
	int fd = fds[chosen(i, count)];

	return syscall(__NR_epoll_ctl, queue, EPOLL_CTL_DEL, fd, NULL) < 0 ?
	       -1 : add_interest(fd);
}

static int await_one(unsigned i)
{
	struct epoll_event events[4];

	(void)i;
	return syscall(__NR_epoll_wait, queue, events, 4, 0) == 1 ? 0 : -1;
}

static void epoll_rows(void)
{
	queue = syscall(__NR_epoll_create1, 0);
	for (unsigned i = 0; i < count; i++) {
		if (add_interest(fds[i]) < 0) {
			failed("epoll");
			return;
		}
	}
	add_interest(ready[0]);
	measure("epoll_wait, one is ready", OFTEN, await_one);
	measure("epoll_ctl, delete and add", some_of(count), add_and_delete);
}

static int open_all(void)
{
	fds = malloc(count * sizeof(*fds));
	polled = calloc(count, sizeof(*polled));
	if (!fds || !polled || pipe(pipe_ends) < 0 || pipe(ready) < 0)
		return -1;
	write(ready[1], "x", 1);
	for (unsigned i = 0; i < count; i++) {
		fds[i] = polled[i].fd = dup(pipe_ends[0]);
		polled[i].events = POLLIN;
		if (fds[i] < 0)
			return -1;
	}
	return 0;
}

void descriptors(unsigned n, unsigned before)
{
	(void)before;
	count = n;
	raise_limit(RLIMIT_NOFILE, n + 100);
	if (open_all() < 0) {
		failed("all");
		return;
	}
	measure("dup, close", OFTEN, dup_and_close);
	measure("close one, dup", some_of(n), close_and_dup);
	measure_each("poll, a descriptor", 3, n, poll_all);
	if (n + 10 < FD_SETSIZE)
		measure_each("select, a descriptor", 3, n, select_all);
	epoll_rows();
	measure_each("fork, exit, wait, a descriptor", 3, n, fork_and_wait);
}
