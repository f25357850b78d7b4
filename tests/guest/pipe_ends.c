/*
 * Pipes at their edges: full to the last byte, with buffers that are not there,
 * with ends that come and go while somebody waits.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "soon.h"

#define FIFO	"/tmp/pipe-ends"
#define PAGE	4096
#define SIZE	(16 * PAGE)
#define NOWHERE	((char *)0x10)

static char data[SIZE], got[SIZE];

static char pattern(int i)
{
	return i * 13 + i / 251;
}

static void no_waiting(int fd)
{
	CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

static int unread(int fd)
{
	int n;

	CHECK(ioctl(fd, FIONREAD, &n) == 0);
	return n;
}

static void read_right(int fd, int from, int n)
{
	CHECK(read(fd, got, n) == n);
	for (int i = 0; i < n; i++)
		CHECK(got[i] == pattern(from + i));
}

/*
 * Checks that nobody writes into a page that is being read, and that reads
 * which do not end with pages see each byte once.
 */
static void full(void)
{
	int fds[2], at = 100;

	CHECK(pipe(fds) == 0);
	no_waiting(fds[1]);
	for (int i = 0; i < SIZE; i++)
		data[i] = pattern(i);
	CHECK(write(fds[1], data, SIZE) == SIZE);
	CHECK_ERRNO(write(fds[1], "x", 1), EAGAIN);
	read_right(fds[0], 0, 100);
	if (on_cowix())
		CHECK_ERRNO(write(fds[1], "x", 1), EAGAIN);
	for (int n; at < SIZE; at += n) {
		n = SIZE - at < 3001 ? SIZE - at : 3001;
		read_right(fds[0], at, n);
	}
	CHECK(unread(fds[0]) == 0 && write(fds[1], data, PAGE) == PAGE);
	read_right(fds[0], 0, PAGE);
}

/*
 * Checks that no read goes beyond its page. The pages of two pipes that are
 * filled in turn lie between each other's.
 */
static void in_turn(void)
{
	int a[2], b[2];

	CHECK(pipe(a) == 0 && pipe(b) == 0);
	for (int i = 0; i < SIZE; i++)
		data[i] = pattern(i);
	memset(got, '-', PAGE);
	for (int at = 0; at < SIZE; at += PAGE) {
		CHECK(write(a[1], data + at, PAGE) == PAGE);
		CHECK(write(b[1], got, PAGE) == PAGE);
	}
	for (int at = 0, n; at < SIZE; at += n) {
		n = SIZE - at < 3001 ? SIZE - at : 3001;
		read_right(a[0], at, n);
	}
}

/* Checks that a call which cannot copy moves nothing. */
static void bad_buffers(void)
{
	int fds[2];

	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(write(fds[1], NOWHERE, 10), EFAULT);
	CHECK(unread(fds[0]) == 0 && write(fds[1], "abc", 3) == 3);
	CHECK_ERRNO(read(fds[0], NOWHERE, 10), EFAULT);
	CHECK(unread(fds[0]) == 3 && read(fds[0], got, 10) == 3 &&
	      memcmp(got, "abc", 3) == 0);
}

/* Writes records that hold one letter each, of a size that divides nothing. */
static void write_records(int fd, char letter)
{
	char record[3000];

	memset(record, letter, sizeof(record));
	for (int i = 0; i < 40; i++)
		CHECK(write(fd, record, sizeof(record)) == sizeof(record));
	_exit(0);
}

/* Checks that writes of up to a page stay whole where there is little room. */
static void records(void)
{
	int fds[2], pids[3], all = 3 * 40;

	CHECK(pipe(fds) == 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			write_records(fds[1], 'a' + i);
	}
	for (int i = 0; i < all; i++) {
		for (int at = 0, n; at < 3000; at += n) {
			n = read(fds[0], got + at, at ? 3000 - at : 700);
			CHECK(n > 0);
		}
		for (int j = 1; j < 3000; j++)
			CHECK(got[j] == got[0]);
	}
	for (int i = 0; i < 3; i++)
		CHECK(wait_status(pids[i]) == 0);
}

/* Checks that a reader that waits learns that the last writer has gone. */
static void last_writer(void)
{
	int fds[2], pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		_exit(read(fds[0], got, 10));
	}
	sleep_ms(50);
	CHECK(close(fds[1]) == 0 && status_soon(pid) == 0);
}

/* Checks that an open ends though the other side has gone again. */
static void short_visit(void)
{
	int fd = -1, pid;

	CHECK(mknod(FIFO, S_IFIFO | 0600, 0) == 0);
	pid = fork();
	if (pid == 0)
		_exit(open(FIFO, O_RDONLY) < 0);
	for (int i = 0; i < 200; i++) {		/* until it waits */
		sleep_ms(10);
		fd = open(FIFO, O_WRONLY | O_NONBLOCK);
		if (fd >= 0)
			break;
	}
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(status_soon(pid) == 0 && unlink(FIFO) == 0);
}

static void nothing(int sig)
{
	(void)sig;
}

/* Checks that an open which a signal has ended is no reader. */
static void broken_off(void)
{
	struct sigaction action = { .sa_handler = nothing };
	int reader, writer;

	CHECK(mknod(FIFO, S_IFIFO | 0600, 0) == 0);
	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	reader = open(FIFO, O_RDONLY | O_NONBLOCK);
	alarm(1);
	CHECK_ERRNO(open(FIFO, O_RDONLY), EINTR);
	writer = open(FIFO, O_WRONLY);
	CHECK(reader >= 0 && writer >= 0 && write(writer, "x", 1) == 1);
	CHECK(close(reader) == 0);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERRNO(write(writer, "x", 1), EPIPE);
	CHECK(close(writer) == 0 && unlink(FIFO) == 0);
}

TESTS({ "full", "no byte is lost where there is no room", full },
      { "in_turn", "no read goes beyond its page", in_turn },
      { "bad_buffers", "EFAULT moves nothing", bad_buffers },
      { "records", "writes of three stay whole", records },
      { "last_writer", "the end reaches who waits", last_writer },
      { "short_visit", "a FIFO's other side comes and goes", short_visit },
      { "broken_off", "an open that a signal ends", broken_off })
