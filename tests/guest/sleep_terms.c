/* The sweep of planned sleeps (sleep.h) over pseudo-terminals. */
#include <sys/ioctl.h>
#include <termios.h>
#include "sleep.h"

#define UPPER 0x80000000u	/* System V's structure lacks this bit */

static int master = -1, number = -1;

static int open_master(void)
{
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (master < 0)
		return -1;
	CHECK(ioctl(master, TIOCGPTN, &number) == 0);
	return number;
}

static int open_and_close(void)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);

	return fd < 0 ? fd : close(fd);
}

/* Checks that the slave reads what is typed at the master. */
static void use_pair(void)
{
	char name[32], buf[8];
	int slave, unlock = 0;

	CHECK(ioctl(master, TIOCSPTLCK, &unlock) == 0);
	sprintf(name, "/dev/pts/%d", number);
	slave = open(name, O_RDWR | O_NOCTTY);
	CHECK(slave >= 0);
	sprintf(buf, "%d\n", number);
	CHECK(write(master, buf, 2) == 2);
	CHECK(read(slave, buf, sizeof(buf)) == 2 && buf[0] == '0' + number);
	CHECK(read(master, buf, sizeof(buf)) > 0 && buf[0] == '0' + number);
	CHECK(close(slave) == 0);
}

static const struct act opening[] = {
	{ .name = "open", .run = open_master, .check = use_pair },
	{ .name = "close", .run = open_and_close },
};

static void no_master(void)
{
	master = -1;
}

static void judge_opening(void)
{
	if (master >= 0)
		CHECK(close(master) == 0);
	CHECK(acted("open") < 2 ||
	      meeting->subject.result != meeting->rival.result);
}

static void masters(void)
{
	static const struct scene scene =
		SCENE("ptmx", opening, .prepare = no_master,
		      .judge = judge_opening);

	sweep_scene(&scene);
}

/* A pair that both have open. */

static int ends[2];		/* master, slave */

static int send(int end)
{
	return write(ends[end], "abc\n", 4);
}

static int receive(int end)
{
	char buf[20];
	int n = read(ends[end], buf, sizeof(buf));

	for (int i = 0; i < n; i++)
		CHECK(strchr("abc\n\r", buf[i]));
	return n;
}

static int type(void)
{
	return send(0);
}

static int print(void)
{
	return send(1);
}

static int read_output(void)
{
	return receive(0);
}

static int read_input(void)
{
	return receive(1);
}

static int set_upper(void)
{
	struct termios t;

	CHECK(tcgetattr(ends[1], &t) == 0);
	t.c_cflag |= UPPER;
	return ioctl(ends[1], TCSETS, &t);
}

static int set_old(void)
{
	static struct termio old = { .c_lflag = ICANON, .c_cc = { 1, 2, 3 } };

	return ioctl(ends[1], TCSETA, &old);
}

static int set_size(void)
{
	struct winsize size = { 11, 22, 0, 0 };

	return ioctl(ends[1], TIOCSWINSZ, &size);
}

static int flush(void)
{
	return ioctl(ends[1], TCFLSH, TCIOFLUSH);
}

static int count_input(void)
{
	int n = 0;

	return ioctl(ends[1], FIONREAD, &n) < 0 ? -1 : n;
}

static const struct act pair_acts[] = {
	{ .name = "type", .run = type },
	{ .name = "print", .run = print },
	{ .name = "read output", .run = read_output },
	{ .name = "read input", .run = read_input },
	{ .name = "set", .run = set_upper, .only_rival = 1 },
	{ .name = "set old", .run = set_old },
	{ .name = "size", .run = set_size },
	{ .name = "flush", .run = flush },
	{ .name = "count", .run = count_input },
};

static void open_ends(void)
{
	char name[32];
	int n, unlock = 0;

	ends[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
	CHECK(ends[0] >= 0 && ioctl(ends[0], TIOCGPTN, &n) == 0);
	CHECK(ioctl(ends[0], TIOCSPTLCK, &unlock) == 0);
	sprintf(name, "/dev/pts/%d", n);
	ends[1] = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	CHECK(ends[1] >= 0 && print() == 4 && type() == 4);
}

static void describe_pair(char *to)
{
	struct termios t;
	struct winsize size;
	int n = count_input();

	CHECK(tcgetattr(ends[1], &t) == 0);
	CHECK(ioctl(ends[1], TIOCGWINSZ, &size) == 0);
	sprintf(to, "%x %x %d, %d in, %d out, %d rows", t.c_cflag, t.c_lflag,
		t.c_cc[0], n, receive(0), size.ws_row);
}

static void close_ends(void)
{
	CHECK(close(ends[1]) == 0 && close(ends[0]) == 0);
}

static void pairs(void)
{
	static const struct scene scene = SCENE("pair", pair_acts,
		.prepare = open_ends, .describe = describe_pair,
		.judge = close_ends);

	sweep_scene(&scene);
}

TESTS({ "pairs", "what is typed, printed, read and set", pairs },
      { "masters", "opening two pseudo-terminals at once", masters })
