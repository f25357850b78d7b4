/* Thousands of descriptors: limits, the lowest free one, fork, exec, select. */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <abi/epoll.h>
#include <abi/poll.h>

#define MANY 4096

static int close_range(unsigned first, unsigned last, unsigned flags)
{
	return syscall(__NR_close_range, first, last, flags);
}

/* Closes all but three, and lets the process have as many as there can be. */
static void prepare(void)
{
	struct rlimit limit = { MANY, MANY };

	CHECK(close_range(3, ~0u, 0) == 0);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/* Opens descriptors up to `end`, each of which must be the lowest. */
static int fill(int end)
{
	int first = open("/dev/null", O_RDWR);

	CHECK(first >= 0);
	for (int fd = first + 1; fd < end; fd++)
		CHECK(dup(first) == fd);
	return first;
}

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int count_open(void)
{
	int n = 0;

	for (int fd = 0; fd < MANY; fd++)
		n += is_open(fd);
	return n;
}

static void limits(void)
{
	struct rlimit limit;
	int ends[2];

	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(!on_cowix() ||
	      (limit.rlim_cur == 1024 && limit.rlim_max == MANY));
	CHECK(!on_cowix() || dup2(0, 1024) < 0);
	CHECK(dup2(0, 1023) == 1023 && close(1023) == 0);
	prepare();
	CHECK_ERRNO(dup2(0, MANY), EBADF);
	CHECK_ERRNO(fcntl(0, F_DUPFD, MANY), EINVAL);
	CHECK(fcntl(0, F_DUPFD, MANY - 1) == MANY - 1);
	CHECK_ERRNO(fcntl(0, F_DUPFD, MANY - 1), EMFILE);
	close(MANY - 1);
	fill(MANY);
	CHECK_ERRNO(dup(0), EMFILE);
	CHECK_ERRNO(open("/dev/null", O_RDONLY), EMFILE);
	CHECK(close(MANY - 1) == 0);
	CHECK_ERRNO(pipe(ends), EMFILE);	/* room for one */
	CHECK(dup(0) == MANY - 1);
	CHECK(!on_cowix() || (limit = (struct rlimit){ 9999, 9999 },
			      setrlimit(RLIMIT_NOFILE, &limit) == -1));
	limit = (struct rlimit){ 100, MANY };
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0 && is_open(2000));
	CHECK(close(2000) == 0);
	CHECK_ERRNO(dup(0), EMFILE);
}

/* Closes some of many: they are found again from the lowest on. */
static void lowest(void)
{
	static const int holes[] = { 5, 31, 32, 63, 64, 1000, 1023, 1024, 2047,
				     4064, 4095 };
	const int n = sizeof(holes) / sizeof(*holes);

	prepare();
	fill(MANY);
	for (int i = n - 1; i >= 0; i--)
		CHECK(close(holes[i]) == 0);
	CHECK_ERRNO(close(1000), EBADF);
	CHECK(count_open() == MANY - n);
	CHECK(fcntl(0, F_DUPFD, 1001) == 1023 && close(1023) == 0);
	CHECK(fcntl(0, F_DUPFD, 2048) == 4064 && close(4064) == 0);
	for (int i = 0; i < n; i++)
		CHECK(dup(0) == holes[i]);
	CHECK_ERRNO(dup(0), EMFILE);
	for (int i = 0; i < n; i++)
		close(holes[i]);
	for (int i = 0; i + 1 < n; i += 2) {
		int ends[2];

		CHECK(pipe(ends) == 0 && ends[0] == holes[i] &&
		      ends[1] == holes[i + 1]);
	}
}

/* Uses only a few descriptors, but high ones. */
static void scattered(void)
{
	char buf[2];
	int ends[2];

	prepare();
	CHECK(pipe(ends) == 0);
	CHECK(dup2(ends[0], 4000) == 4000 && dup2(ends[1], 100) == 100);
	CHECK(!is_open(99) && !is_open(3999) && !is_open(4001) &&
	      !is_open(2000));
	CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
	CHECK(write(100, "x", 1) == 1 && read(4000, buf, 2) == 1);
	CHECK(dup2(100, 4000) == 4000 && close(100) == 0);
	CHECK(read(ends[0], buf, 1) == -1 && errno == EBADF);
	CHECK(fcntl(4000, F_SETFD, FD_CLOEXEC) == 0 &&
	      fcntl(4000, F_GETFD) == FD_CLOEXEC && dup2(0, 4000) == 4000 &&
	      fcntl(4000, F_GETFD) == 0);
	CHECK_ERRNO(dup2(2500, 2501), EBADF);
	CHECK_ERRNO(fcntl(-1, F_GETFD), EBADF);
	CHECK_ERRNO(fcntl(MANY, F_GETFD), EBADF);
	CHECK_ERRNO(close(0x7FFFFFFF), EBADF);
}

/* Checks a child's copy, and what close_range() leaves. */
static void forked(void)
{
	int first, pid;

	prepare();
	first = fill(4000);
	CHECK(close_range(100, 2999, 0) == 0);
	CHECK(close_range(3500, ~0u, CLOSE_RANGE_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(count_open() == 100 + 1000);
		CHECK(is_open(99) && !is_open(100) && !is_open(2999) &&
		      fcntl(3499, F_GETFD) == 0 &&
		      fcntl(3500, F_GETFD) == FD_CLOEXEC);
		CHECK(dup(first) == 100 && close_range(0, ~0u, 0) == 0);
		_exit(count_open());
	}
	CHECK(wait_status(pid) == 0);
	CHECK(count_open() == 100 + 1000 && !is_open(100));
}

/* Checks what exec closes: the program is a shell that lists what is left. */
static void executed(void)
{
	static const char script[] =
		"set -- /proc/self/fd/*; test -e /proc/self/fd/3000 && "
		"! test -e /proc/self/fd/3001 && test $# -lt 12";
	int pid;

	prepare();
	fill(MANY);
	CHECK(close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) == 0);
	CHECK(fcntl(3000, F_SETFD, 0) == 0);
	pid = fork();
	if (pid == 0) {
		execve("/bin/sh",
		       (char *[]){ "sh", "-c", (char *)script, NULL },
		       environ);
		_exit(9);
	}
	CHECK(access("/proc/self/fd", F_OK) < 0 || wait_status(pid) == 0);
}

static unsigned sets[3][MANY / 32];

static void add(int set, int fd)
{
	sets[set][fd / 32] |= 1u << fd % 32;
}

static int has(int set, int fd)
{
	return sets[set][fd / 32] >> fd % 32 & 1;
}

static int select_many(int n, struct timeval *timeout)
{
	return syscall(__NR__newselect, n, sets[0], sets[1], sets[2], timeout);
}

/* Checks select() of descriptors above 1,024, and of ends of words. */
static void selected(void)
{
	struct timeval at_once = { 0, 0 };
	int ends[2];

	prepare();
	CHECK(pipe(ends) == 0);
	CHECK(dup2(ends[0], 3000) == 3000 && dup2(ends[1], 4095) == 4095 &&
	      dup2(ends[0], 1055) == 1055 && dup2(ends[0], 64) == 64);
	add(0, 3000);
	add(0, 4095);
	add(0, 64);
	add(1, 4095);
	add(2, 1055);
	CHECK(select_many(MANY, &at_once) == 1);
	CHECK(has(1, 4095) && !has(0, 3000) && !has(0, 4095) && !has(2, 1055));
	memset(sets, 0, sizeof(sets));
	add(0, 64);
	add(0, 1055);
	add(0, 3000);
	add(1, 4095);
	CHECK(write(ends[1], "x", 1) == 1);
	CHECK(select_many(3000, &at_once) == 2);
	CHECK(has(0, 64) && has(0, 1055) && has(1, 4095));
	memset(sets, 0, sizeof(sets));
	add(0, 3000);
	CHECK(select_many(MANY, NULL) == 1 && has(0, 3000));
	close(3000);
	add(0, 3000);
	CHECK_ERRNO(select_many(MANY, &at_once), EBADF);
}

/* Closes both ends of a pipe that is full, or has no readers. */
static void errors_selected(void)
{
	struct timeval at_once = { 0, 0 };
	int ends[2];

	CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
	memset(sets, 0, sizeof(sets));
	add(0, ends[1]);		/* POLLERR counts as readable ... */
	CHECK(select_many(ends[1] + 1, &at_once) == 1);
	CHECK(has(0, ends[1]) && !has(1, ends[1]) && !has(2, ends[1]));
	memset(sets, 0, sizeof(sets));
	add(1, ends[1]);		/* ... and as writable */
	CHECK(select_many(ends[1] + 1, &at_once) == 1);
	CHECK(!has(0, ends[1]) && has(1, ends[1]));
}

static struct pollfd asked[MANY + 1];

static int poll_many(int n, int ms)
{
	return syscall(__NR_poll, asked, n, ms);
}

/* Checks poll() of more files than a page holds, asleep and awake. */
static void polled(void)
{
	int ends[2], pid;

	prepare();
	CHECK(pipe(ends) == 0);
	for (int i = 0; i < MANY; i++)
		asked[i] = (struct pollfd){ ends[0], POLLIN, 0 };
	CHECK(poll_many(MANY, 0) == 0 && poll_many(MANY, 10) == 0);
	CHECK_ERRNO(poll_many(MANY + 1, 0), EINVAL);
	asked[2000].fd = -1;
	pid = fork();
	if (pid == 0) {
		sleep_ms(30);
		_exit(write(ends[1], "x", 1) != 1);
	}
	CHECK(poll_many(MANY, -1) == MANY - 1);
	CHECK(asked[0].revents == POLLIN && asked[MANY - 1].revents == POLLIN &&
	      asked[2000].revents == 0 && asked[2001].revents == POLLIN);
	CHECK(wait_status(pid) == 0);
}

/* Sends a descriptor that gets a high number. */
static void passed(void)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} c = { { CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	char byte;
	struct iovec v = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c,
			      .msg_controllen = sizeof(c) };
	int fds[2], *sent = (int *)CMSG_DATA(&c.header);

	prepare();
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	fill(1023);
	sent[0] = fds[0];
	sent[1] = fds[1];
	CHECK(sendmsg(fds[0], &msg, 0) == 1);
	CHECK(recvmsg(fds[1], &msg, 0) == 1);
	CHECK(sent[0] == 1023 && sent[1] == 1024);
	CHECK(write(1023, "x", 1) == 1 && read(fds[1], &byte, 1) == 1);
}

static unsigned long long cycles(void)
{
	unsigned long long t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

#define TIMES 50

/* Prints what a statement costs, for tests/test_counts.py. */
#define COST(name, statement) \
	do { \
		unsigned long long begin; \
		statement; \
		begin = cycles(); \
		for (int i = 0; i < TIMES; i++) { \
			statement; \
		} \
		printf("cost %s%s %lu\n", name, kind, \
		       (unsigned long)((cycles() - begin) / TIMES)); \
		fflush(stdout); \
	} while (0)

static void fork_once(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* Prints what it costs to look at 100 files from first on. */
static void cost_of_looking(int first, const char *kind)
{
	static unsigned in[MANY / 32], again[MANY / 32];
	struct timeval at_once = { 0, 0 };

	for (int i = 0; i < 100; i++) {
		in[(first + i) / 32] |= 1u << (first + i) % 32;
		asked[i] = (struct pollfd){ first + i, POLLIN, 0 };
	}
	COST("select_100", (memcpy(again, in, 32),
			    syscall(__NR__newselect, first + 100, again, NULL,
				    NULL, &at_once)));
	COST("poll_100", poll_many(100, 0));
	COST("poll_1", poll_many(1, 0));
}

/* Prints what it costs to watch one descriptor, beside 1,000 copies of it. */
static void cost_of_watching(void)
{
	struct epoll_event event = { EPOLLIN, 0 };
	int epfd = syscall(__NR_epoll_create1, 0), last = 0, ends[2];
	const char *kind = "";

	CHECK(pipe(ends) == 0);
	for (int i = 0; i < 1000; i++) {
		last = dup(ends[0]);
		CHECK(syscall(__NR_epoll_ctl, epfd, EPOLL_CTL_ADD, last,
			      &event) == 0);
	}
	COST("epoll_1000",
	     syscall(__NR_epoll_ctl, epfd, EPOLL_CTL_DEL, last, NULL);
	     syscall(__NR_epoll_ctl, epfd, EPOLL_CTL_ADD, last, &event));
	close_range(3, ~0u, 0);
}

static void costs(void)
{
	const char *kind = "";
	int ends[2], first = 3;

	prepare();
	fill(first + 100);
	cost_of_looking(first, "_ready");
	close_range(3, ~0u, 0);
	cost_of_watching();
	COST("fork_3", fork_once());
	COST("dup_close_3", close(dup(1)));
	CHECK(pipe(ends) == 0 && dup2(ends[1], 200) == 200);
	for (int fd = ends[1]; fd < first + 100; fd++)
		CHECK(dup2(ends[0], fd) == fd);
	cost_of_looking(first, "_empty");
	close_range(200, 200, 0);
	fill(252);
	COST("dup_close_252", close(dup(1)));
	COST("dupfd_252", close(fcntl(1, F_DUPFD, 100)));
	fill(MANY - 1);
	COST("dup_close_4095", close(dup(1)));
	close_range(3, 4000, 0);
	COST("close_range_few", close_range(4090, ~0u, 0));
}

TESTS({ "limits", "1,024 and 4,096", limits },
      { "lowest", "the lowest free one of many", lowest },
      { "scattered", "a few high ones", scattered },
      { "forked", "fork and close_range with thousands", forked },
      { "executed", "exec with thousands", executed },
      { "selected", "select() above 1,024", selected },
      { "errors_selected", "select() of a broken pipe", errors_selected },
      { "polled", "poll() of 4,096", polled },
      { "passed", "descriptors that are sent", passed },
      { "costs", "instructions, printed", costs })
