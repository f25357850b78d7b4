/*
 * Shared by the tests of terminals: a pseudo-terminal whose master plays the
 * user, and its output.
 */
#ifndef GUEST_PTY_H
#define GUEST_PTY_H

#include <check.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

static inline void slave_name(int fd, char *name)
{
	int n = -1, unlock = 0;

	CHECK(ioctl(fd, TIOCGPTN, &n) == 0 && n >= 0);
	CHECK(ioctl(fd, TIOCSPTLCK, &unlock) == 0);
	sprintf(name, "/dev/pts/%d", n);
}

static inline int open_slave(int fd)
{
	char name[32];

	slave_name(fd, name);
	return open(name, O_RDWR | O_NOCTTY);
}

static inline void open_pair(void)
{
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(master >= 0);
	slave = open_slave(master);
	CHECK(slave >= 0 && isatty(slave));
}

static inline void type_n(const char *s, int n)
{
	CHECK(write(master, s, n) == n);
}

static inline void type(const char *s)
{
	type_n(s, strlen(s));
}

static inline void set_nonblock(int fd, int on)
{
	CHECK(fcntl(fd, F_SETFL, on ? O_RDWR | O_NONBLOCK : O_RDWR) == 0);
}

/*
 * Returns what comes within two seconds, until `wanted` bytes are there. Waits
 * a little for bytes too many.
 */
static inline int gather(int fd, char *buf, int size, int wanted)
{
	long end = now_ms() + 2000;
	int n = 0, got;

	set_nonblock(fd, 1);
	while (n < wanted && now_ms() < end) {
		got = read(fd, buf + n, size - n);
		if (got > 0)
			n += got;
		else
			sleep_ms(1);
	}
	sleep_ms(5);
	got = n < size ? read(fd, buf + n, size - n) : 0;
	set_nonblock(fd, 0);
	return got > 0 ? n + got : n;
}

static inline void show(const char *title, const char *s, int n)
{
	printf("  %s: ", title);
	for (int i = 0; i < n; i++)
		printf(s[i] < ' ' || s[i] > '~' ? "\\%o" : "%c", s[i] & 0xFF);
	printf("\n");
}

static inline void expect_n(int fd, const char *wanted, int n, int line)
{
	char buf[4096];
	int got = gather(fd, buf, sizeof(buf), n);

	if (got == n && memcmp(buf, wanted, n) == 0)
		return;
	show("wanted", wanted, n);
	show("got", buf, got);
	check_failed(__FILE__, line,
		     fd == master ? "at the master" : "at the slave");
}

#define EXPECT(fd, s) expect_n(fd, s, sizeof(s) - 1, __LINE__)

/*
 * Returns sane modes. Tests set and clear flags of the slave, starting from
 * them.
 */
static inline struct termios sane(void)
{
	struct termios t;

	CHECK(tcgetattr(slave, &t) == 0);
	t.c_iflag = ICRNL | IXON;
	t.c_oflag = OPOST | ONLCR;
	t.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE |
		    IEXTEN;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return t;
}

static inline void modes(tcflag_t i, tcflag_t o, tcflag_t l)
{
	struct termios t = sane();

	t.c_iflag = i;
	t.c_oflag = o;
	t.c_lflag = l;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
}

#define I_SANE (ICRNL | IXON)
#define O_SANE (OPOST | ONLCR)
#define L_SANE \
	(ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN)

#endif
