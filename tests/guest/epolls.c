/* epoll: interests, levels and edges, nesting, what a close leaves behind. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/epoll.h>
#include <abi/poll.h>
#include "later.h"

static int create(void)
{
	int ep = syscall(__NR_epoll_create1, EPOLL_CLOEXEC);

	CHECK(ep >= 0);
	return ep;
}

static int ctl(int ep, int op, int fd, unsigned events)
{
	struct epoll_event event = { events, 0xABCD00000000ull + fd };

	return syscall(__NR_epoll_ctl, ep, op, fd, &event);
}

static int add(int ep, int fd, unsigned events)
{
	return ctl(ep, EPOLL_CTL_ADD, fd, events);
}

static int mod(int ep, int fd, unsigned events)
{
	return ctl(ep, EPOLL_CTL_MOD, fd, events);
}

static int del(int ep, int fd)
{
	return syscall(__NR_epoll_ctl, ep, EPOLL_CTL_DEL, fd, NULL);
}

static int epoll_wait(int ep, struct epoll_event *events, int max, int ms)
{
	return syscall(__NR_epoll_wait, ep, events, max, ms);
}

/* Returns the events of the only interest that has any; its fd in *fd. */
static unsigned one(int ep, int *fd)
{
	struct epoll_event events[4];
	int n = epoll_wait(ep, events, 4, 0);

	CHECK(n == 0 || n == 1);
	if (n == 0)
		return 0;
	CHECK(events[0].data >> 32 == 0xABCD);
	*fd = (unsigned)events[0].data;
	return events[0].events;
}

/* Returns the events of fd, the only one that may have any. */
static unsigned events_of(int ep, int fd)
{
	int found = fd;
	unsigned events = one(ep, &found);

	CHECK(found == fd);
	return events;
}

static void put(int fd)
{
	CHECK(write(fd, "x", 1) == 1);
}

static void take(int fd)
{
	char c;

	CHECK(read(fd, &c, 1) == 1);
}

static int readable(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return syscall(__NR_poll, &p, 1, 0);
}

static void levels(void)
{
	int ep = create(), fds[2];

	CHECK(pipe(fds) == 0 && add(ep, fds[0], EPOLLIN) == 0);
	CHECK(events_of(ep, fds[0]) == 0);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	take(fds[0]);
	CHECK(events_of(ep, fds[0]) == 0);
	put(fds[1]);
	put(fds[1]);
	take(fds[0]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(mod(ep, fds[0], EPOLLPRI) == 0 && events_of(ep, fds[0]) == 0);
	CHECK(mod(ep, fds[0], EPOLLIN) == 0);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(close(fds[1]) == 0);
	CHECK(events_of(ep, fds[0]) == (EPOLLIN | EPOLLHUP));
	take(fds[0]);
	CHECK(events_of(ep, fds[0]) == EPOLLHUP);
	CHECK(mod(ep, fds[0], 0) == 0 && events_of(ep, fds[0]) == EPOLLHUP);
	CHECK(del(ep, fds[0]) == 0 && events_of(ep, fds[0]) == 0);
}

static void edges(void)
{
	int ep = create(), fds[2];

	CHECK(pipe(fds) == 0 && add(ep, fds[0], EPOLLIN | EPOLLET) == 0);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(events_of(ep, fds[0]) == 0);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	take(fds[0]);			/* no edge for a reader */
	CHECK(events_of(ep, fds[0]) == 0 && readable(fds[0]) == 1);
	put(fds[1]);
	take(fds[0]);
	take(fds[0]);			/* the edge has gone again */
	CHECK(events_of(ep, fds[0]) == 0);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(mod(ep, fds[0], EPOLLIN | EPOLLET) == 0);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(close(fds[1]) == 0);
	CHECK(events_of(ep, fds[0]) == (EPOLLIN | EPOLLHUP));
	CHECK(events_of(ep, fds[0]) == 0);
}

static void writers(void)
{
	static char page[4096];
	int ep = create(), fds[2];

	CHECK(syscall(__NR_pipe2, fds, O_NONBLOCK) == 0);
	CHECK(add(ep, fds[1], EPOLLOUT | EPOLLET) == 0);
	CHECK(events_of(ep, fds[1]) == EPOLLOUT);
	put(fds[1]);
	CHECK(events_of(ep, fds[1]) == 0);
	while (write(fds[1], page, sizeof(page)) > 0)
		;
	CHECK(errno == EAGAIN && events_of(ep, fds[1]) == 0);
	while (read(fds[0], page, sizeof(page)) > 0)
		;
	CHECK(events_of(ep, fds[1]) == EPOLLOUT);
	CHECK(events_of(ep, fds[1]) == 0);
	CHECK(close(fds[0]) == 0);
	CHECK(events_of(ep, fds[1]) == (EPOLLOUT | EPOLLERR));
}

static void oneshots(void)
{
	int ep = create(), fds[2];

	CHECK(pipe(fds) == 0 && add(ep, fds[0], EPOLLIN | EPOLLONESHOT) == 0);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == 0);
	CHECK(add(ep, fds[0], EPOLLIN) == -1 && errno == EEXIST);
	CHECK(mod(ep, fds[0], EPOLLIN | EPOLLONESHOT) == 0);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(events_of(ep, fds[0]) == 0);
	CHECK(close(fds[1]) == 0);		/* not even that */
	CHECK(events_of(ep, fds[0]) == 0);
	CHECK(mod(ep, fds[0], EPOLLIN | EPOLLET | EPOLLONESHOT) == 0);
	CHECK(events_of(ep, fds[0]) == (EPOLLIN | EPOLLHUP));
	CHECK(events_of(ep, fds[0]) == 0);
}

static void bad_calls(void)
{
	int ep = create(), fds[2], null = open("/dev/null", O_RDWR);
	int file = open("/etc/passwd", O_RDONLY), dir = open("/", O_RDONLY);
	struct epoll_event event = { EPOLLIN, 0 };
	int path = open("/", O_PATH);

	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(syscall(__NR_epoll_create1, 1), EINVAL);
	CHECK_ERRNO(syscall(__NR_epoll_create, 0), EINVAL);
	CHECK(close(syscall(__NR_epoll_create, 1)) == 0);
	CHECK_ERRNO(add(ep, file, EPOLLIN), EPERM);
	CHECK_ERRNO(add(ep, dir, EPOLLIN), EPERM);
	CHECK_ERRNO(add(ep, null, EPOLLIN), EPERM);
	CHECK_ERRNO(del(ep, file), EPERM);
	CHECK_ERRNO(add(ep, path, EPOLLIN), EBADF);
	CHECK_ERRNO(add(ep, 99, EPOLLIN), EBADF);
	CHECK_ERRNO(add(99, fds[0], EPOLLIN), EBADF);
	CHECK_ERRNO(add(ep, ep, EPOLLIN), EINVAL);
	CHECK_ERRNO(add(fds[1], fds[0], EPOLLIN), EINVAL);
	CHECK_ERRNO(mod(ep, fds[0], EPOLLIN), ENOENT);
	CHECK_ERRNO(del(ep, fds[0]), ENOENT);
	CHECK_ERRNO(ctl(ep, 7, fds[0], EPOLLIN), EINVAL);
	CHECK_ERRNO(syscall(__NR_epoll_ctl, ep, 7, fds[0], NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_epoll_ctl, 99, 1, fds[0], NULL), EFAULT);
	CHECK(add(ep, fds[0], EPOLLIN) == 0);
	CHECK_ERRNO(add(ep, fds[0], EPOLLIN), EEXIST);
	CHECK_ERRNO(epoll_wait(ep, &event, 0, 0), EINVAL);
	CHECK_ERRNO(epoll_wait(ep, &event, -1, 0), EINVAL);
	CHECK_ERRNO(epoll_wait(ep, &event, 0x7FFFFFFF / 12 + 1, 0), EINVAL);
	CHECK_ERRNO(epoll_wait(99, &event, 1, 0), EBADF);
	CHECK_ERRNO(epoll_wait(fds[0], &event, 1, 0), EINVAL);
	CHECK_ERRNO(read(ep, &event, 4), EINVAL);
	CHECK_ERRNO(write(ep, &event, 4), EINVAL);
}

/* A buffer that cannot be written loses no event. */
static void faults(void)
{
	struct epoll_event event;
	int ep = create(), fds[2], fd;

	CHECK(pipe(fds) == 0);
	CHECK(add(ep, fds[0], EPOLLIN | EPOLLET | EPOLLONESHOT) == 0);
	put(fds[1]);
	CHECK_ERRNO(epoll_wait(ep, (void *)16, 1, 0), EFAULT);
	CHECK_ERRNO(epoll_wait(ep, NULL, 1, 0), EFAULT);
	CHECK(epoll_wait(ep, &event, 1, 0) == 1 && event.events == EPOLLIN);
	fd = event.data;
	CHECK(fd == fds[0] && epoll_wait(ep, &event, 1, 0) == 0);
}

static void exclusive(void)
{
	int ep = create(), other = create(), fds[2];

	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(add(ep, fds[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT),
		    EINVAL);
	CHECK_ERRNO(add(ep, fds[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLRDHUP),
		    EINVAL);
	CHECK_ERRNO(add(ep, other, EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
	CHECK_ERRNO(mod(ep, fds[0], EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
	CHECK(add(ep, fds[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLET) == 0);
	CHECK_ERRNO(mod(ep, fds[0], EPOLLIN), EINVAL);
	put(fds[1]);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(del(ep, fds[0]) == 0);
}

/* The key is the open file and the descriptor, and only a last close counts. */
static void duplicates(void)
{
	struct epoll_event events[4];
	int ep = create(), fds[2], copy;

	CHECK(pipe(fds) == 0 && add(ep, fds[0], EPOLLIN) == 0);
	copy = dup(fds[0]);
	CHECK(copy > fds[0] && add(ep, copy, EPOLLIN) == 0);
	put(fds[1]);
	CHECK(epoll_wait(ep, events, 4, 0) == 2);
	CHECK(close(fds[0]) == 0);
	CHECK(epoll_wait(ep, events, 4, 0) == 2);
	CHECK_ERRNO(del(ep, fds[0]), EBADF);
	CHECK(dup2(copy, fds[0]) == fds[0] && del(ep, fds[0]) == 0);
	CHECK(events_of(ep, copy) == EPOLLIN);
	CHECK(close(fds[0]) == 0 && close(copy) == 0);
	CHECK(epoll_wait(ep, events, 4, 0) == 0);
	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(del(ep, fds[0]), ENOENT);
}

/* Two duplicated epolls are one; a child shares it. */
static void shared(void)
{
	int ep = create(), fds[2], status, pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(add(ep, fds[0], EPOLLIN) == 0);
		put(fds[1]);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(events_of(ep, fds[0]) == EPOLLIN);
	CHECK(close(fds[0]) == 0 && events_of(ep, fds[0]) == 0);
	status = dup(ep);
	CHECK(pipe(fds) == 0 && add(status, fds[0], EPOLLIN) == 0);
	put(fds[1]);
	CHECK(close(ep) == 0 && events_of(status, fds[0]) == EPOLLIN);
}

static void several(void)
{
	struct epoll_event events[40];
	int ep = create(), fds[30][2], seen = 0, n;

	for (int i = 0; i < 30; i++) {
		CHECK(pipe(fds[i]) == 0);
		CHECK(add(ep, fds[i][0], EPOLLIN) == 0);
		put(fds[i][1]);
	}
	CHECK(epoll_wait(ep, events, 40, 0) == 30);
	for (int i = 0; i < 3; i++) {	/* they come in turns */
		n = epoll_wait(ep, events, 10, 0);
		CHECK(n == 10);
		while (n > 0)
			take((unsigned)events[--n].data), seen++;
	}
	CHECK(seen == 30 && epoll_wait(ep, events, 40, 0) == 0);
}

static void nested(void)
{
	int inner = create(), outer = create(), edge = create(), fds[2];

	CHECK(pipe(fds) == 0 && add(inner, fds[0], EPOLLIN) == 0);
	CHECK(add(outer, inner, EPOLLIN) == 0);
	CHECK(add(edge, inner, EPOLLIN | EPOLLET) == 0);
	CHECK(readable(inner) == 0 && readable(outer) == 0);
	put(fds[1]);
	CHECK(readable(inner) == 1 && readable(outer) == 1);
	CHECK(events_of(outer, inner) == EPOLLIN);
	CHECK(events_of(edge, inner) == EPOLLIN);
	CHECK(events_of(edge, inner) == 0);
	put(fds[1]);
	CHECK(events_of(edge, inner) == EPOLLIN);
	take(fds[0]);
	take(fds[0]);
	CHECK(events_of(outer, inner) == 0 && readable(inner) == 0);
	put(fds[1]);
	CHECK(events_of(edge, inner) == EPOLLIN);
	CHECK(close(inner) == 0);
	CHECK(events_of(outer, inner) == 0 && events_of(edge, inner) == 0);
}

static void loops(void)
{
	int ep[7], fds[2];

	CHECK(pipe(fds) == 0);
	for (int i = 0; i < 7; i++)
		ep[i] = create();
	CHECK(add(ep[0], fds[0], EPOLLIN) == 0);
	for (int i = 1; i < 5; i++)
		CHECK(add(ep[i], ep[i - 1], EPOLLIN) == 0);
	CHECK_ERRNO(add(ep[5], ep[4], EPOLLIN), ELOOP);
	CHECK_ERRNO(add(ep[0], ep[4], EPOLLIN), ELOOP);
	CHECK_ERRNO(add(ep[0], ep[1], EPOLLIN), ELOOP);
	put(fds[1]);
	CHECK(readable(ep[4]) == 1 && events_of(ep[4], ep[3]) == EPOLLIN);
	CHECK(add(ep[4], ep[0], EPOLLIN) == 0);		/* another way */
	CHECK(del(ep[3], ep[2]) == 0 && add(ep[5], ep[4], EPOLLIN) == 0);
	take(fds[0]);
	CHECK(readable(ep[5]) == 0);
	put(fds[1]);
	CHECK(readable(ep[5]) == 1);
}

/* Many ways lead through nested epolls: a wake-up visits each once. */
static void ladder(void)
{
	int ep[5][20], fds[2];

	CHECK(pipe(fds) == 0);
	for (int level = 0; level < 5; level++)
		for (int i = 0; i < (level == 4 ? 1 : 20); i++) {
			ep[level][i] = create();
			if (level == 0)
				CHECK(add(ep[0][i], fds[0],
					  EPOLLIN | EPOLLET) == 0);
			for (int j = 0; level > 0 && j < 20; j++)
				CHECK(add(ep[level][i], ep[level - 1][j],
					  EPOLLIN | EPOLLET) == 0 ||
				      !on_cowix());	/* Linux limits them */
		}
	put(fds[1]);
	CHECK(readable(ep[0][7]) == 1);
	if (on_cowix())
		CHECK(readable(ep[4][0]) == 1);
}

static volatile int count;

static void note(int sig)
{
	(void)sig;
	count++;
}

static void sleeping(void)
{
	struct sigaction action = { .sa_handler = note,
				    .sa_flags = SA_RESTART };
	struct epoll_event event;
	int ep = create(), fds[2], pid;
	long start = now_ms();

	CHECK(pipe(fds) == 0 && add(ep, fds[0], EPOLLIN) == 0);
	CHECK(epoll_wait(ep, &event, 1, 60) == 0 && now_ms() - start >= 60);
	pid = later(50, fds[1], 0);
	CHECK(epoll_wait(ep, &event, 1, -1) == 1 && event.events == EPOLLIN);
	CHECK(wait_status(pid) == 0);
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(read(fds[0], &event, 8) == 8);
	pid = later(50, -1, SIGUSR1);
	CHECK_ERRNO(epoll_wait(ep, &event, 1, 5000), EINTR);
	CHECK(count == 1 && wait_status(pid) == 0);
}

static void masks(void)
{
	struct sigaction action = { .sa_handler = note };
	unsigned long long mask = 0, blocked = 1ull << (SIGUSR1 - 1), now;
	struct timespec64 ts = { 0, 30000000, 0 };
	struct epoll_event event;
	int ep = create();
	long start = now_ms();

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(syscall(__NR_rt_sigprocmask, SIG_SETMASK, &blocked, NULL, 8) ==
	      0);
	kill(getpid(), SIGUSR1);
	CHECK_ERRNO(syscall(__NR_epoll_pwait, ep, &event, 1, 0, &mask, 4),
		    EINVAL);
	CHECK(epoll_wait(ep, &event, 1, 10) == 0 && count == 0);
	CHECK_ERRNO(syscall(__NR_epoll_pwait, ep, &event, 1, 5000, &mask, 8),
		    EINTR);
	CHECK(count == 1);
	CHECK(syscall(__NR_rt_sigprocmask, SIG_SETMASK, NULL, &now, 8) == 0);
	CHECK(now == blocked);
	start = now_ms();
	if (syscall(__NR_epoll_pwait2, ep, &event, 1, &ts, &mask, 8) < 0) {
		CHECK(errno == ENOSYS && !on_cowix());
		return;
	}
	CHECK(now_ms() - start >= 30);
	ts.tv_nsec = -1;
	CHECK_ERRNO(syscall(__NR_epoll_pwait2, ep, &event, 1, &ts, NULL, 0),
		    EINVAL);
}

static void shown(void)
{
	char path[32], text[64];
	int ep = create(), n;

	if (on_cowix())
		CHECK(mount("none", "/mnt", "proc", 0, NULL) == 0);
	sprintf(path, "/%s/self/fd/%d", on_cowix() ? "mnt" : "proc", ep);
	n = readlink(path, text, sizeof(text));
	CHECK(n == 22 && memcmp(text, "anon_inode:[eventpoll]", 22) == 0);
	CHECK_ERRNO(open(path, O_RDWR), ENXIO);
	CHECK(syscall(__NR_fcntl, ep, F_GETFD, 0) == FD_CLOEXEC);
	CHECK((syscall(__NR_fcntl, ep, F_GETFL, 0) & O_ACCMODE) == O_RDWR);
	if (on_cowix())
		CHECK(umount("/mnt") == 0);
}

TESTS(
	{ "levels", "level-triggered interests in a pipe", levels },
	{ "edges", "EPOLLET: each change is reported once", edges },
	{ "writers", "EPOLLET for the writing side", writers },
	{ "oneshots", "EPOLLONESHOT, and arming again", oneshots },
	{ "bad-calls", "errors of all the calls", bad_calls },
	{ "faults", "a buffer that cannot be written loses nothing", faults },
	{ "exclusive", "EPOLLEXCLUSIVE and what goes with it", exclusive },
	{ "duplicates", "dup(), and the last close", duplicates },
	{ "shared", "one epoll of two processes and descriptors", shared },
	{ "several", "30 interests, in turns", several },
	{ "nested", "an epoll in an epoll", nested },
	{ "loops", "circles and long chains are refused", loops },
	{ "ladder", "1,200 ways through nested epolls", ladder },
	{ "sleeping", "waits end by events, time and signals", sleeping },
	{ "masks", "epoll_pwait() and epoll_pwait2()", masks },
	{ "shown", "/proc shows what it is", shown })
