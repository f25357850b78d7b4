/* signalfd: who is told of a signal when threads of the process have ended. */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/epoll.h>
#include <abi/poll.h>
#include "thread.h"

typedef unsigned long long u64;

#define BIT(sig) (1ull << ((sig) - 1))

static volatile int *told;

/* Waits for SIGUSR1 in poll(), in epoll_wait(), and in rt_sigtimedwait(). */
static void poll_signal(void *arg)
{
	struct pollfd p = { *(int *)arg, POLLIN, 0 };

	told[0] = syscall(__NR_poll, &p, 1, 3000) == 1 && p.revents == POLLIN;
}

static void epoll_signal(void *arg)
{
	struct epoll_event event = { POLLIN, 7 };
	int ep = syscall(__NR_epoll_create1, 0);

	syscall(__NR_epoll_ctl, ep, EPOLL_CTL_ADD, *(int *)arg, &event);
	told[1] = syscall(__NR_epoll_wait, ep, &event, 1, 3000) == 1;
}

static void await_in_kernel(void *unused)
{
	u64 set = BIT(SIGUSR2);
	struct timespec limit = { 3, 0 };

	(void)unused;
	told[2] = syscall(__NR_rt_sigtimedwait, &set, NULL, &limit, 8) ==
		  SIGUSR2;
}

static void end_at_once(void *unused)
{
	(void)unused;
}

static void leave_first(void)
{
	static struct thread threads[4];
	u64 set = BIT(SIGUSR1) | BIT(SIGUSR2);
	int fd;

	CHECK(syscall(__NR_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8) == 0);
	set = BIT(SIGUSR1);
	fd = syscall(__NR_signalfd4, -1, &set, 8, 0);
	CHECK(fd >= 0);
	start(&threads[0], poll_signal, &fd);
	start(&threads[1], epoll_signal, &fd);
	start(&threads[2], await_in_kernel, NULL);
	sleep_ms(50);
	start(&threads[3], end_at_once, NULL);
	join(&threads[3]);
	syscall(__NR_exit, 0);
}

/* Checks that signals reach those who wait when other threads have ended. */
static void others_end(void)
{
	int pid;

	told = (void *)map(4096, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid = fork();
	if (pid == 0)
		leave_first();
	sleep_ms(150);
	CHECK(kill(pid, SIGUSR1) == 0);
	CHECK(kill(pid, SIGUSR2) == 0);
	CHECK(wait_status(pid) == 0);
	CHECK(told[0] && told[1] && told[2]);
}

TESTS({ "others_end", "poll, epoll and sigtimedwait when others have ended",
	others_end })
