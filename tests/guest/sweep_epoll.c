/* The failure sweep (sweep.h) of epoll, of anonymous files and of timers. */
#include <abi/epoll.h>
#include <abi/time.h>
#include "sweep.h"

static int fd, fds[2];
static unsigned long long mask = 1ull << 39;

static void close_fd(void)
{
	CHECK(close(fd) == 0);
}

static int make_epoll(void)
{
	return fd = syscall(__NR_epoll_create1, 0);
}

static int make_eventfd(void)
{
	return fd = syscall(__NR_eventfd, 0);
}

static int make_timerfd(void)
{
	return fd = syscall(__NR_timerfd_create, CLOCK_MONOTONIC, 0);
}

static int make_signalfd(void)
{
	return fd = syscall(__NR_signalfd4, -1, &mask, 8, 0);
}

/* The object, an inode and an open file. */
static void sweep_making(void)
{
	static const struct subject makers[] = {
		{ .run = make_epoll, .undo = close_fd },
		{ .run = make_eventfd, .undo = close_fd },
		{ .run = make_timerfd, .undo = close_fd },
		{ .run = make_signalfd, .undo = close_fd },
	};

	for (int i = 0; i < 4; i++)
		sweep(&makers[i], 3);
}

static int add_pipe(void)
{
	struct epoll_event event = { EPOLLIN, 0 };

	return syscall(__NR_epoll_ctl, fd, EPOLL_CTL_ADD, fds[0], &event);
}

static void open_pipe(void)
{
	CHECK(pipe(fds) == 0 && make_epoll() >= 0);
}

static void remove_pipe(void)
{
	CHECK(syscall(__NR_epoll_ctl, fd, EPOLL_CTL_DEL, fds[0], NULL) == 0);
}

static void sweep_ctl(void)
{
	static const struct subject add = { .run = add_pipe,
					    .prepare = open_pipe,
					    .undo = remove_pipe };

	sweep(&add, 1);
}

static int timer;

static int make_timer(void)
{
	return syscall(__NR_timer_create, CLOCK_MONOTONIC, NULL, &timer);
}

static void delete_timer(void)
{
	CHECK(syscall(__NR_timer_delete, timer) == 0);
}

static void sweep_timers(void)
{
	static const struct subject making = { .run = make_timer,
					       .undo = delete_timer,
					       .error = EAGAIN };

	sweep(&making, 2);
}

TESTS({ "making", "epolls and other anonymous files", sweep_making },
      { "ctl", "an interest of an epoll", sweep_ctl },
      { "timers", "timer_create", sweep_timers })
