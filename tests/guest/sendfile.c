/* sendfile() and copy_file_range(): copying inside the kernel. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include "procfs.h"
#include "thread.h"

#define SIZE 100001	/* more than one window, or a pipe, holds */
#define LARGE 200000000
#define BAD ((void *)4096)

static char data[SIZE], copy[SIZE + 1];

static int temporary(void)
{
	int fd = open("sendfile-file", O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && unlink("sendfile-file") == 0);
	return fd;
}

/* Returns a file with SIZE known bytes, at its beginning. */
static int filled(void)
{
	int fd = temporary();

	for (int i = 0; i < SIZE; i++)
		data[i] = i * 7 + i / 256;
	CHECK(write(fd, data, SIZE) == SIZE && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static int send_from(int out, int in, long long *pos, unsigned count)
{
	return syscall(__NR_sendfile64, out, in, pos, count);
}

static int copy_range(int in, long long *from, int out, long long *to,
		      unsigned count)
{
	return syscall(__NR_copy_file_range, in, from, out, to, count, 0);
}

static void whole_file(void)
{
	int in = filled(), out = temporary();

	CHECK(write(out, "head", 4) == 4);
	CHECK(send_from(out, in, NULL, SIZE + 1000) == SIZE);
	CHECK(lseek(in, 0, SEEK_CUR) == SIZE);
	CHECK(lseek(out, 0, SEEK_CUR) == SIZE + 4);
	CHECK(send_from(out, in, NULL, 10) == 0);
	CHECK(pread(out, copy, SIZE, 4) == SIZE);
	CHECK(memcmp(copy, data, SIZE) == 0);
	CHECK(close(in) == 0 && close(out) == 0);
}

static void from_a_position(void)
{
	int in = filled(), out = temporary();
	long long pos = 4095;
	int narrow = 8193;

	CHECK(send_from(out, in, &pos, 10) == 10 && pos == 4105);
	CHECK(syscall(__NR_sendfile, out, in, &narrow, 5000) == 5000);
	CHECK(narrow == 13193 && lseek(in, 0, SEEK_CUR) == 0);
	CHECK(pread(out, copy, 5010, 0) == 5010);
	CHECK(memcmp(copy, data + 4095, 10) == 0);
	CHECK(memcmp(copy + 10, data + 8193, 5000) == 0);
	pos = SIZE;
	CHECK(send_from(out, in, &pos, 10) == 0 && pos == SIZE);
	CHECK(close(in) == 0 && close(out) == 0);
}

/* Checks that a full pipe makes the call wait, or end early. */
static void into_a_pipe(void)
{
	int in = filled(), fds[2], child, n, at = 0;

	CHECK(pipe(fds) == 0);
	child = fork();
	if (child == 0) {
		close(fds[1]);
		while ((n = read(fds[0], copy + at, 7777)) > 0)
			at += n;
		_exit(at == SIZE && memcmp(copy, data, SIZE) == 0 ? 0 : 1);
	}
	while (at < SIZE) {
		n = send_from(fds[1], in, NULL, SIZE - at);
		CHECK(n > 0);
		at += n;
	}
	CHECK(close(fds[1]) == 0 && wait_status(child) == 0);
	CHECK(close(fds[0]) == 0 && pipe(fds) == 0);
	CHECK(fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
	CHECK(lseek(in, 0, SEEK_SET) == 0);
	n = send_from(fds[1], in, NULL, SIZE);
	CHECK(n > 0 && n < SIZE && lseek(in, 0, SEEK_CUR) == n);
	while ((n = send_from(fds[1], in, NULL, SIZE)) > 0)
		;
	CHECK(n == -1 && errno == EAGAIN);
	signal(SIGPIPE, SIG_IGN);
	CHECK(close(fds[0]) == 0);
	CHECK_ERRNO(send_from(fds[1], in, NULL, 10), EPIPE);
	CHECK(close(fds[1]) == 0 && close(in) == 0);
}

static void bad_sendfile(void)
{
	int in = filled(), out = temporary(), fds[2];
	int dir = open(".", O_RDONLY), to = open("/dev/null", O_WRONLY);
	long long pos = -1;

	CHECK(pipe(fds) == 0 && dir >= 0 && to >= 0);
	CHECK_ERRNO(send_from(out, 99, NULL, 10), EBADF);
	CHECK_ERRNO(send_from(99, in, NULL, 10), EBADF);
	CHECK_ERRNO(send_from(out, to, NULL, 10), EBADF);
	CHECK_ERRNO(send_from(fds[0], in, NULL, 10), EBADF);
	CHECK_ERRNO(send_from(out, in, BAD, 10), EFAULT);
	CHECK_ERRNO(send_from(out, in, &pos, 10), EINVAL);
	CHECK_ERRNO(send_from(out, dir, NULL, 10), EINVAL);
	if (!on_64_bits())
		CHECK_ERRNO(send_from(out, in, NULL, 0x80000000), EINVAL);
	pos = 0;
	CHECK_ERRNO(send_from(out, fds[0], &pos, 10), ESPIPE);
	CHECK(fcntl(out, F_SETFL, O_APPEND) == 0);
	CHECK_ERRNO(send_from(out, in, NULL, 10), EINVAL);
	CHECK(send_from(to, in, NULL, 10) == 10);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(dir) == 0);
	CHECK(close(in) == 0 && close(out) == 0 && close(to) == 0);
}

static void ranges(void)
{
	int in = filled(), out = temporary();
	long long from = 100, to = 50;

	CHECK(copy_range(in, &from, out, &to, 1000) == 1000);
	CHECK(from == 1100 && to == 1050 && lseek(out, 0, SEEK_END) == 1050);
	CHECK(pread(out, copy, 1050, 0) == 1050);
	CHECK(copy[0] == 0 && memcmp(copy + 50, data + 100, 1000) == 0);
	CHECK(lseek(in, SIZE - 5, SEEK_SET) == SIZE - 5);
	CHECK(copy_range(in, NULL, out, NULL, 100) == 5);
	CHECK(lseek(in, 0, SEEK_CUR) == SIZE);
	CHECK(lseek(out, 0, SEEK_CUR) == 1055);
	CHECK(copy_range(in, NULL, out, NULL, 100) == 0);
	from = 0;
	to = SIZE + 10;
	CHECK(copy_range(in, &from, in, &to, 70000) == 70000);
	CHECK(pread(in, copy, 70000, SIZE + 10) == 70000);
	CHECK(memcmp(copy, data, 70000) == 0);
	CHECK(close(in) == 0 && close(out) == 0);
}

static void bad_ranges(void)
{
	int in = filled(), out = temporary(), dir = open(".", O_RDONLY), fds[2];
	long long from = 0, to = 99, bad = -1;

	CHECK(pipe(fds) == 0 && dir >= 0);
	CHECK_ERRNO(syscall(__NR_copy_file_range, in, NULL, out, NULL, 1, 1),
		    EINVAL);
	CHECK_ERRNO(copy_range(99, NULL, out, NULL, 1), EBADF);
	CHECK_ERRNO(copy_range(in, NULL, 99, NULL, 1), EBADF);
	CHECK_ERRNO(copy_range(in, BAD, out, NULL, 1), EFAULT);
	CHECK_ERRNO(copy_range(dir, NULL, out, NULL, 1), EISDIR);
	CHECK_ERRNO(copy_range(fds[0], NULL, out, NULL, 1), EINVAL);
	CHECK_ERRNO(copy_range(in, &from, in, &to, 100), EINVAL);
	CHECK(copy_range(in, &from, in, &to, 99) == 99);
	if (!on_64_bits())
		CHECK_ERRNO(copy_range(in, &bad, out, NULL, 1), EINVAL);
	CHECK(fcntl(out, F_SETFL, O_APPEND) == 0);
	CHECK_ERRNO(copy_range(in, NULL, out, NULL, 1), EBADF);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(dir) == 0);
	CHECK(close(in) == 0 && close(out) == 0);
}

/* Checks that the windows on the file go, and that one cannot be had. */
static void windows(void)
{
	struct rlimit64 old, none = { 0, 0 };
	int in = filled(), out = temporary(), size;
	static char before[20000], after[20000];
	int maps = open("/proc/self/maps", O_RDONLY);

	size = read(maps, before, sizeof(before));
	CHECK(size > 0 && send_from(out, in, NULL, SIZE) == SIZE);
	CHECK(pread(maps, after, sizeof(after), 0) == size);
	CHECK(memcmp(before, after, size) == 0 && close(maps) == 0);
	CHECK(syscall(__NR_prlimit64, 0, 9, NULL, &old) == 0);
	none.rlim_max = old.rlim_max;
	CHECK(lseek(in, 0, SEEK_SET) == 0);
	CHECK(syscall(__NR_prlimit64, 0, 9, &none, NULL) == 0);
	if (on_cowix())
		CHECK_ERRNO(send_from(out, in, NULL, SIZE), ENOMEM);
	CHECK(syscall(__NR_prlimit64, 0, 9, &old, NULL) == 0);
	CHECK(close(in) == 0 && close(out) == 0);
}

/* A file without pages is refused, or copied: it does not seem empty. */
static void from_proc(void)
{
	int in = open("/proc/version", O_RDONLY), out = temporary();

	if (send_from(out, in, NULL, 1000) < 0)
		CHECK(errno == EINVAL);
	else
		CHECK(lseek(out, 0, SEEK_CUR) > 10);
	if (on_cowix())
		CHECK_ERRNO(copy_range(in, NULL, out, NULL, 1000), EINVAL);
	CHECK(close(in) == 0 && close(out) == 0);
}

static int ends[2];

static void send_all(void *arg)
{
	while (send_from(ends[1], *(int *)arg, NULL, SIZE) > 0)
		;
	close(ends[1]);
}

/* A child forked meanwhile has no window. */
static void forked(void)
{
	int in = filled(), child;
	struct thread t;

	CHECK(pipe(ends) == 0);
	start(&t, send_all, &in);
	sleep_ms(50);
	child = fork();
	if (child == 0) {
		read_all("/proc/self/maps");
		_exit(strstr(text, "sendfile-file") || strstr(text, "deleted"));
	}
	CHECK(wait_status(child) == 0);
	while (read(ends[0], copy, SIZE) > 0)
		;
	join(&t);
	CHECK(close(ends[0]) == 0 && close(in) == 0);
}

static volatile int alarms;

static void note_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* A signal ends a copy early. */
static void interrupted(void)
{
	struct itimerval soon = { { 0, 0 }, { 0, 10000 } };
	int in = temporary(), out = open("/dev/null", O_WRONLY), n = LARGE;
	long end = now_ms() + 8000;

	CHECK(ftruncate(in, LARGE) == 0);
	signal(SIGALRM, note_alarm);
	while (n == LARGE && on_cowix() && now_ms() < end) {
		CHECK(lseek(in, 0, SEEK_SET) == 0);
		CHECK(syscall(__NR_setitimer, ITIMER_REAL, &soon, NULL) == 0);
		n = send_from(out, in, NULL, LARGE);
	}
	if (on_cowix())
		CHECK(n > 0 && n < LARGE && lseek(in, 0, SEEK_CUR) == n);
	CHECK(close(in) == 0 && close(out) == 0);
}

static const struct test tests[] = {
	{ "whole_file", "a whole file, from the files' own positions",
	  whole_file },
	{ "from_a_position", "from a position that the program keeps",
	  from_a_position },
	{ "into_a_pipe", "a full pipe makes sendfile wait", into_a_pipe },
	{ "bad_sendfile", "what sendfile refuses", bad_sendfile },
	{ "ranges", "copy_file_range between files and within one", ranges },
	{ "bad_ranges", "what copy_file_range refuses", bad_ranges },
	{ "from_proc", "a file of /proc", from_proc },
	{ "forked", "a fork by another thread", forked },
	{ "interrupted", "a signal meanwhile", interrupted },
	{ "windows", "no mapping is left behind", windows },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
