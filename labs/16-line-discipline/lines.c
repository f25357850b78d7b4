/* Lab 16: what is typed at a terminal, seen from both ends of it. */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include "pty.h"

#define QUIET (ICANON | IEXTEN | ECHOE)
#define SHOWN (ICANON | IEXTEN | ECHO | ECHOE | ECHOCTL)

/* Opens a terminal with these local modes. */
static void open_with(tcflag_t local)
{
	open_pair();
	modes(I_SANE, O_SANE, local);
}

static void open_raw(int min, int time)
{
	struct termios t;

	open_pair();
	t = sane();
	t.c_iflag = t.c_lflag = 0;
	t.c_cc[VMIN] = min;
	t.c_cc[VTIME] = time;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
}

/* Starts a child that reads once, and wants so many bytes. */
static int reader(int size, int wanted)
{
	char buf[16];
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(read(slave, buf, size) != wanted);
	return pid;
}

static void still_waits(int pid)
{
	sleep_ms(50);
	CHECK(waitpid(pid, NULL, WNOHANG) == 0);
}

/* A line can be read when it is complete, and not before. */
static void whole(void)
{
	char buf[8];

	open_with(QUIET);
	type("ab");
	set_nonblock(slave, 1);
	CHECK_ERRNO(read(slave, buf, 8), EAGAIN);
	type("c\n");
	EXPECT(slave, "abc\n");
}

static void sleeper(void)
{
	int pid;

	open_with(QUIET);
	pid = reader(16, 4);
	still_waits(pid);
	type("abc");
	still_waits(pid);
	type("\n");
	CHECK(wait_status(pid) == 0);
}

static void one_a_read(void)
{
	char buf[16];

	open_with(QUIET);
	type("one\ntwo\n");
	CHECK(read(slave, buf, 16) == 4 && memcmp(buf, "one\n", 4) == 0);
	CHECK(read(slave, buf, 2) == 2 && memcmp(buf, "tw", 2) == 0);
	CHECK(read(slave, buf, 16) == 2 && memcmp(buf, "o\n", 2) == 0);
}

static void shown(void)
{
	open_with(SHOWN);
	type("ab\n");
	EXPECT(master, "ab\r\n");
	type("\001\n");
	EXPECT(master, "^A\r\n");
	type("c\004");			/* the end of the file is not shown */
	EXPECT(master, "c");
	modes(I_SANE, O_SANE, QUIET);
	type("silent\n");
	EXPECT(master, "");
	modes(I_SANE, O_SANE, QUIET | ECHONL);
	type("newline\n");
	EXPECT(master, "\r\n");
}

/* Erases with and without echo. The line before is out of reach. */
static void erased(void)
{
	open_with(QUIET);
	type("abx\x7F\n");
	EXPECT(slave, "ab\n");
	type("one\n\x7F\x7Ftwo\n");
	EXPECT(slave, "one\ntwo\n");
	EXPECT(master, "");
	modes(I_SANE, O_SANE, SHOWN);
	type("x\x7F\x7Fy\n");
	EXPECT(slave, "y\n");
	EXPECT(master, "x\b \by\r\n");
}

/* Raw: each byte is only that, and there at once. */
static void raw(void)
{
	open_raw(1, 0);
	type("a\x7F\x03\x04");
	EXPECT(slave, "a\x7F\x03\x04");
	EXPECT(master, "");
}

static void least(void)
{
	int pid;

	open_raw(3, 0);
	pid = reader(16, 3);
	type("ab");
	still_waits(pid);
	type("c");
	CHECK(wait_status(pid) == 0);
}

static void nothing(int sig)
{
	(void)sig;
}

/* A signal ends a wait. */
static void signals(void)
{
	struct sigaction action = { .sa_handler = nothing };
	char c;
	int pid;

	open_with(QUIET);
	pid = fork();
	if (pid == 0) {
		sigaction(SIGUSR1, &action, NULL);
		_exit(read(slave, &c, 1) != -1 || errno != EINTR);
	}
	sleep_ms(200);
	CHECK(kill(pid, SIGUSR1) == 0 && wait_status(pid) == 0);
}

TESTS({ "whole", "a line is there when it is complete", whole },
      { "sleeper", "a reader waits for the line", sleeper },
      { "one_a_read", "a read gets one line at most", one_a_read },
      { "shown", "what is typed is shown", shown },
      { "erased", "what is erased is not read", erased },
      { "raw", "without lines there is nothing to edit", raw },
      { "least", "VMIN", least },
      { "signals", "a signal ends a wait", signals })
