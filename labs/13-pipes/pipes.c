/* Lab 13: what goes into a pipe, and what comes out. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define RING (16 * PAGE)
#define MUCH (5 * RING + 123)
#define RECORD 3000u	/* less than a page: whole or not at all */
#define WRITERS 4
#define RECORDS 40
#define BAD ((void *)0xfffff000)

static unsigned char buffer[RING];
static int fds[2];

static void open_pipe(int flags)
{
	CHECK(syscall(__NR_pipe2, fds, flags) == 0);
}

static void close_both(void)
{
	close(fds[0]);
	close(fds[1]);
}

/* Returns the byte at a place of the stream: no page is like another. */
static unsigned char byte_at(unsigned at)
{
	return at * 7 + at / PAGE * 13;
}

/* Fills the buffer with the stream from a place. */
static void fill(unsigned at, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buffer[i] = byte_at(at + i);
}

/* Returns true if the buffer holds the stream from a place. */
static int fits(unsigned at, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (buffer[i] != byte_at(at + i))
			return 0;
	return 1;
}

static void order(void)
{
	open_pipe(0);
	CHECK(write(fds[1], "one ", 4) == 4 && write(fds[1], "two", 3) == 3);
	CHECK(read(fds[0], buffer, 2) == 2 && memcmp(buffer, "on", 2) == 0);
	CHECK(read(fds[0], buffer, PAGE) == 5);
	CHECK(memcmp(buffer, "e two", 5) == 0);
	CHECK(write(fds[1], buffer, 0) == 0 && read(fds[0], buffer, 0) == 0);
	close_both();
}

/* Goes round the ring many times, in pieces that cross the pages. */
static void ring(void)
{
	unsigned at = 0;

	open_pipe(0);
	for (unsigned n = 1; n < 2 * PAGE; n += 97) {
		fill(at, n);
		CHECK(write(fds[1], buffer, n) == (int)n);
		memset(buffer, 0, n);
		CHECK(read(fds[0], buffer, RING) == (int)n && fits(at, n));
		at += n;
	}
	close_both();
}

/* Writes much in one call, while the parent reads it. */
static void much(void)
{
	static unsigned char all[MUCH];
	unsigned at = 0;
	int pid, n;

	open_pipe(0);
	for (unsigned i = 0; i < MUCH; i++)
		all[i] = byte_at(i);
	pid = fork();
	if (pid == 0)
		_exit(write(fds[1], all, MUCH) != (int)MUCH);
	close(fds[1]);
	while ((n = read(fds[0], buffer, 1000)) > 0) {
		CHECK(fits(at, n));
		at += n;
	}
	CHECK(n == 0 && at == MUCH && wait_status(pid) == 0);
	close(fds[0]);
}

/* The reader comes first, and sleeps until somebody writes. */
static void sleeper(void)
{
	int pid;

	open_pipe(0);
	pid = fork();
	if (pid == 0)
		_exit(read(fds[0], buffer, 10) != 3);
	sleep_ms(100);
	CHECK(waitpid(pid, NULL, WNOHANG) == 0);
	CHECK(write(fds[1], "abc", 3) == 3 && wait_status(pid) == 0);
	close_both();
}

static void end_of_file(void)
{
	int pid;

	open_pipe(0);
	CHECK(write(fds[1], "last", 4) == 4);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		CHECK(read(fds[0], buffer, 10) == 4);
		_exit(read(fds[0], buffer, 10) != 0);
	}
	sleep_ms(50);
	close_both();
	CHECK(wait_status(pid) == 0);
}

static void no_reader(void)
{
	int pid;

	open_pipe(0);
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERRNO(write(fds[1], "x", 1), EPIPE);
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		write(fds[1], "x", 1);
		_exit(0);
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGPIPE);
	close(fds[1]);
}

/* A writer that sleeps for room learns that its reader has gone. */
static void reader_leaves(void)
{
	int pid;

	open_pipe(0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		for (;;)
			write(fds[1], buffer, RING);
	}
	sleep_ms(100);
	close_both();
	CHECK(WTERMSIG(wait_status(pid)) == SIGPIPE);
}

static void no_waiting(void)
{
	unsigned n = 0;

	open_pipe(O_NONBLOCK);
	CHECK_ERRNO(read(fds[0], buffer, 1), EAGAIN);
	while (write(fds[1], buffer, RECORD) == (int)RECORD)
		n += RECORD;
	CHECK(errno == EAGAIN && n + RECORD > RING);
	CHECK(write(fds[1], buffer, 2 * PAGE) == (int)(RING - n));
	CHECK_ERRNO(write(fds[1], buffer, 1), EAGAIN);
	CHECK(read(fds[0], buffer, RING) == (int)RING);
	CHECK_ERRNO(read(fds[0], buffer, 1), EAGAIN);
	close_both();
}

/* The first is more urgent than the others, but pauses after each record. */
static void write_records(int who)
{
	close(fds[0]);
	nice(who == 'a' ? 0 : 5);
	memset(buffer, who, RECORD);
	for (int i = 0; i < RECORDS; i++) {
		if (write(fds[1], buffer, RECORD) != (int)RECORD)
			_exit(1);
		if (who == 'a')
			sleep_ms(1);
	}
	_exit(0);
}

/* Reads one record, in as many pieces as it takes. Returns false at the end. */
static int read_record(void)
{
	unsigned have = 0;
	int n;

	while (have < RECORD) {
		n = read(fds[0], buffer + have, RECORD - have);
		if (n <= 0)
			return 0;
		have += n;
	}
	return 1;
}

/* Four write at once: each record comes out in one piece. */
static void records(void)
{
	int pids[WRITERS], seen = 0;

	open_pipe(0);
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			write_records('a' + i);
	}
	close(fds[1]);
	nice(10);		/* so that the pipe is full nearly always */
	for (; read_record(); seen++)
		CHECK(memcmp(buffer, buffer + 1, RECORD - 1) == 0);
	CHECK(seen == WRITERS * RECORDS);
	for (int i = 0; i < WRITERS; i++)
		CHECK(wait_status(pids[i]) == 0);
	close(fds[0]);
}

/* Returns how often one byte in the buffer differs from the one before. */
static int changes(unsigned n)
{
	int found = 0;

	for (unsigned i = 1; i < n; i++)
		found += buffer[i] != buffer[i - 1];
	return found;
}

/*
 * A child writes a record for which there is no room. Before it can go on the
 * parent writes, too: before the record or behind it, never into it.
 */
static void try_record(void)
{
	unsigned full = RING - RECORD / 2;
	int pid, n;

	open_pipe(0);
	memset(buffer, 'a', RING);
	CHECK(write(fds[1], buffer, full) == (int)full);
	pid = fork();
	if (pid == 0) {
		memset(buffer, 'b', RECORD);
		_exit(write(fds[1], buffer, RECORD) != (int)RECORD);
	}
	sleep_ms(50);
	CHECK(read(fds[0], buffer, PAGE) == (int)PAGE);
	memset(buffer, 'c', 100);
	CHECK(write(fds[1], buffer, 100) == 100 && wait_status(pid) == 0);
	n = read(fds[0], buffer, RING);
	CHECK(n == (int)(full - PAGE + RECORD + 100) && changes(n) == 2);
	close_both();
}

static void record(void)
{
	for (int i = 0; i < 5; i++)
		try_record();
}

/* A bad address is an error, and takes nothing from the pipe. */
static void bad_address(void)
{
	open_pipe(0);
	CHECK_ERRNO(write(fds[1], BAD, 10), EFAULT);
	CHECK(write(fds[1], "abc", 3) == 3);
	CHECK_ERRNO(read(fds[0], BAD, 10), EFAULT);
	CHECK(read(fds[0], buffer, 10) == 3 && memcmp(buffer, "abc", 3) == 0);
	close_both();
}

static void nothing(int sig)
{
	(void)sig;
}

/* A signal ends the wait of a reader. */
static void signals(void)
{
	struct sigaction action = { .sa_handler = nothing };
	int pid;

	open_pipe(0);
	pid = fork();
	if (pid == 0) {
		sigaction(SIGUSR1, &action, NULL);
		_exit(read(fds[0], buffer, 1) != -1 || errno != EINTR);
	}
	sleep_ms(200);
	CHECK(kill(pid, SIGUSR1) == 0 && wait_status(pid) == 0);
	close_both();
}

TESTS({ "order", "bytes come out as they went in", order },
      { "ring", "pieces that cross pages, round the ring", ring },
      { "much", "more than the ring holds", much },
      { "sleeper", "a reader waits for a writer", sleeper },
      { "end_of_file", "no writer is the end", end_of_file },
      { "no_reader", "SIGPIPE and EPIPE", no_reader },
      { "reader_leaves", "while the writer sleeps", reader_leaves },
      { "no_waiting", "O_NONBLOCK", no_waiting },
      { "record", "a record for which there is no room", record },
      { "records", "records stay whole", records },
      { "bad_address", "EFAULT takes nothing", bad_address },
      { "signals", "a signal ends a wait", signals })
