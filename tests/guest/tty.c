/*
 * Terminals, tested through pseudo-terminals: line editing, modes, timers, flow
 * control. Linux is the oracle.
 */
#include <check.h>
#include <abi/poll.h>
#include <signal.h>
#include <sys/wait.h>
#include "pty.h"

#define MANY 64			/* as many as Cowix has */

static void pairs(void)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY), n = -1;
	char name[32];
	struct termios t;

	CHECK(fd >= 0 && ioctl(fd, TIOCGPTN, &n) == 0);
	sprintf(name, "/dev/pts/%d", n);
	CHECK_ERRNO(open(name, O_RDWR | O_NOCTTY), EIO); /* still locked */
	master = fd;
	slave = open_slave(fd);
	CHECK(slave >= 0);
	CHECK(tcgetattr(slave, &t) == 0 && t.c_iflag == I_SANE &&
	      t.c_oflag == O_SANE && t.c_lflag == L_SANE);
	CHECK(t.c_cc[VINTR] == 3 && t.c_cc[VERASE] == 0x7F &&
	      t.c_cc[VLNEXT] == 22 && t.c_cc[VREPRINT] == 18 &&
	      t.c_cc[VMIN] == 1);
	CHECK(write(slave, "a\nb", 3) == 3);
	EXPECT(master, "a\r\nb");
	type("line\r");
	EXPECT(master, "line\r\n");
	EXPECT(slave, "line\n");
	CHECK(close(slave) == 0);
	CHECK_ERRNO(read(master, name, 1), EIO);
	slave = open_slave(master);
	CHECK(slave >= 0 && write(slave, "x", 1) == 1);
	EXPECT(master, "x");
}

static void many(void)
{
	int fds[MANY + 1], n = 0, numbers[MANY + 1];

	if (!on_cowix())
		return;
	while (n <= MANY &&
	       (fds[n] = open("/dev/ptmx", O_RDWR | O_NOCTTY)) >= 0) {
		CHECK(ioctl(fds[n], TIOCGPTN, &numbers[n]) == 0 &&
		      numbers[n] == n);
		n++;
	}
	CHECK(n == MANY && errno == ENOSPC);
	CHECK(close(fds[3]) == 0);
	fds[3] = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(ioctl(fds[3], TIOCGPTN, &n) == 0 && n == 3);
	CHECK_ERRNO(open("/dev/pts/7", O_RDWR), EIO);
	for (n = 0; n < MANY; n++)
		CHECK(close(fds[n]) == 0);
	CHECK_ERRNO(open("/dev/pts/7", O_RDWR), ENOENT);
}

static void editing(void)
{
	open_pair();
	type("abx\x7F" "c\n");
	EXPECT(master, "abx\b \bc\r\n");
	EXPECT(slave, "abc\n");
	/* a word: the non-word behind it goes first */
	type("one two-3 \x17" "4\n");
	EXPECT(master, "one two-3 \b \b\b \b4\r\n");
	EXPECT(slave, "one two-4\n");
	type("gone\x15" "here\n");
	EXPECT(master, "gone\b \b\b \b\b \b\b \bhere\r\n");
	EXPECT(slave, "here\n");
	type("\x7F\x17\x15" "ok\n");
	EXPECT(master, "ok\r\n");
	EXPECT(slave, "ok\n");
	type("a\x01\x7F" "b\n"); /* a control character is two columns wide */
	EXPECT(master, "a^A\b \b\b \bb\r\n");
	EXPECT(slave, "ab\n");
	type("ab\t\x7F" "c\n");			/* a tab as many as it took */
	EXPECT(master, "ab\t\b\b\b\b\b\bc\r\n");
	EXPECT(slave, "abc\n");
	type("ab\x12" "c\n");
	EXPECT(master, "ab^R\r\nabc\r\n");
	EXPECT(slave, "abc\n");
	type("a\x16\x03\x16\x16" "b\n");
	EXPECT(master, "a^\b^C^\b^Vb\r\n");
	EXPECT(slave, "a\x03\x16" "b\n");
}

static void ends_of_lines(void)
{
	struct termios t;
	char buf[8];

	open_pair();
	t = sane();
	t.c_cc[VEOL] = ';';
	t.c_cc[VEOL2] = '!';
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
	type("a;b!c\n");
	sleep_ms(10);
	CHECK(read(slave, buf, 8) == 2 && memcmp(buf, "a;", 2) == 0);
	CHECK(read(slave, buf, 8) == 2 && memcmp(buf, "b!", 2) == 0);
	CHECK(read(slave, buf, 8) == 2 && memcmp(buf, "c\n", 2) == 0);
	EXPECT(master, "a;b!c\r\n");
	type("ab\x04" "cd\n\x04");
	sleep_ms(10);
	CHECK(read(slave, buf, 8) == 2 && memcmp(buf, "ab", 2) == 0);
	CHECK(read(slave, buf, 2) == 2 && memcmp(buf, "cd", 2) == 0);
	CHECK(read(slave, buf, 8) == 1 && buf[0] == '\n');
	CHECK(read(slave, buf, 8) == 0);
	set_nonblock(slave, 1);
	type("incomplete");
	sleep_ms(10);
	CHECK_ERRNO(read(slave, buf, 8), EAGAIN);
}

static void echoing(void)
{
	open_pair();
	modes(I_SANE, O_SANE, ICANON);
	type("silent\n");
	EXPECT(slave, "silent\n");
	EXPECT(master, "");
	modes(I_SANE, O_SANE, ICANON | ECHONL);
	type("newline\n");
	EXPECT(slave, "newline\n");
	EXPECT(master, "\r\n");
	modes(I_SANE, O_SANE, ICANON | ECHO);
	type("a\x01" "b\x7F" "c\x15" "d\n");	/* no ECHOE, ECHOK, ECHOCTL */
	EXPECT(slave, "d\n");
	EXPECT(master, "a\001b\x7F" "c\025d\r\n");
	/* a word is still erased; there is no line to kill */
	modes(I_SANE, O_SANE, ICANON | ECHO | IEXTEN);
	type("a b\x17" "c\x15\x15" "d\n");
	EXPECT(slave, "d\n");
	EXPECT(master, "a b\b \bc\025d\r\n");
	modes(I_SANE, O_SANE, ICANON | ECHO | ECHOCTL | ECHOK);
	type("a\x15" "b\n");
	EXPECT(slave, "b\n");
	EXPECT(master, "a^U\r\nb\r\n");
	modes(I_SANE, O_SANE, ECHO | ECHOCTL);		/* raw, with echo */
	type("a\x03\r");
	EXPECT(slave, "a\003\n");
	EXPECT(master, "a^C\r\n");
	/* no IEXTEN: ^W, ^V, ^R are characters */
	modes(I_SANE, O_SANE, ICANON | ECHO | ECHOE);
	type("a b\x17\x16\x12\n");
	EXPECT(slave, "a b\x17\x16\x12\n");
	EXPECT(master, "a b\x17\x16\x12\r\n");
}

static void input_flags(void)
{
	open_pair();
	modes(IGNCR, O_SANE, ICANON);
	type("a\rb\n");
	EXPECT(slave, "ab\n");
	modes(INLCR, O_SANE, 0);
	type("a\nb");
	EXPECT(slave, "a\rb");
	modes(ICRNL, O_SANE, 0);
	type("a\rb");
	EXPECT(slave, "a\nb");
	modes(ISTRIP, O_SANE, 0);
	type("\xE1\xE2");
	EXPECT(slave, "ab");
	modes(IUCLC, O_SANE, IEXTEN);
	type("AbC1");
	EXPECT(slave, "abc1");
	modes(0, 0, 0);
	type_n("\0\r\n\x03\x11\x13\x7F\xFF", 8);
	expect_n(slave, "\0\r\n\x03\x11\x13\x7F\xFF", 8, __LINE__);
	/* \377 announces an error of the line, and so comes twice itself */
	modes(PARMRK, 0, 0);
	type("a\xFF");
	expect_n(slave, "a\xFF\xFF", 3, __LINE__);
	CHECK(ioctl(slave, TCSBRK, 0) == 0);
}

static void output_flags(void)
{
	open_pair();
	modes(I_SANE, ONLCR, L_SANE);	/* without OPOST nothing happens */
	CHECK(write(slave, "\n\t\r", 3) == 3);
	EXPECT(master, "\n\t\r");
	modes(I_SANE, OPOST, L_SANE);
	CHECK(write(slave, "a\n", 2) == 2);
	EXPECT(master, "a\n");
	modes(I_SANE, OPOST | OCRNL, L_SANE);
	CHECK(write(slave, "a\r", 2) == 2);
	EXPECT(master, "a\n");
	modes(I_SANE, OPOST | ONLCR | ONOCR, L_SANE);
	CHECK(write(slave, "\r\n\ra\rb\r\r", 8) == 8);
	EXPECT(master, "\r\r\na\rb\r");
	modes(I_SANE, OPOST | ONLCR | XTABS, L_SANE);
	CHECK(write(slave, "\n\tab\tc\b\b\td\n", 11) == 11);
	EXPECT(master, "\r\n        ab      c\b\b d\r\n");
}

/* Types something after a while, from another process. */
static int type_later(const char *s, int ms, int gap)
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		for (; *s; s++) {
			sleep_ms(ms);
			write(master, s, 1);
			ms = gap;
		}
		_exit(0);
	}
	return pid;
}

/*
 * Reads up to n raw bytes with these settings. Returns their number, and stores
 * the time it took.
 */
static int timed_read(int min, int time, char *buf, int n, long *ms)
{
	struct termios t = sane();
	long start;
	int got;

	t.c_lflag = t.c_iflag = 0;
	t.c_cc[VMIN] = min;
	t.c_cc[VTIME] = time;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
	start = now_ms();
	got = read(slave, buf, n);
	*ms = now_ms() - start;
	return got;
}

static void raw_reads(void)
{
	char buf[16];
	long ms;
	int pid;

	open_pair();
	/* what there is */
	CHECK(timed_read(0, 0, buf, 16, &ms) == 0 && ms < 100);
	type("ab");
	sleep_ms(10);
	CHECK(timed_read(0, 0, buf, 16, &ms) == 2);
	/* for a while */
	CHECK(timed_read(0, 2, buf, 16, &ms) == 0 && ms >= 150 && ms < 1500);
	pid = type_later("a", 30, 0);
	CHECK(timed_read(0, 20, buf, 16, &ms) == 1 && ms < 1500);
	wait_status(pid);
	pid = type_later("abc", 20, 20);
	/* this many */
	CHECK(timed_read(3, 0, buf, 16, &ms) == 3 &&
	      memcmp(buf, "abc", 3) == 0 && ms >= 40);
	wait_status(pid);
	type("abcdef");
	sleep_ms(10);
	CHECK(timed_read(3, 0, buf, 2, &ms) == 2); /* no more than asked for */
	CHECK(timed_read(3, 0, buf, 16, &ms) == 4);
	pid = type_later("ab", 250, 50);
	/* the timer runs between bytes only */
	CHECK(timed_read(5, 2, buf, 16, &ms) == 2 && ms >= 400 && ms < 2000);
	wait_status(pid);
	set_nonblock(slave, 1);
	CHECK(timed_read(0, 0, buf, 16, &ms) == 0);
	errno = 0;
	CHECK(timed_read(1, 0, buf, 16, &ms) == -1 && errno == EAGAIN);
	type("ab");
	sleep_ms(10);
	CHECK(timed_read(5, 0, buf, 16, &ms) == 2);
}

static void queues(void)
{
	struct termios t;
	char buf[16];
	int n;

	open_pair();
	type("ab\ncd");
	sleep_ms(10);
	CHECK(ioctl(slave, FIONREAD, &n) == 0 && n == 3);
	CHECK(tcflush(slave, TCIFLUSH) == 0);
	CHECK(ioctl(slave, FIONREAD, &n) == 0 && n == 0);
	EXPECT(master, "ab\r\ncd");
	type("abc");
	sleep_ms(10);
	t = sane();
	t.c_lflag &= ~(ICANON | ECHO);
	/* the unfinished line is readable now */
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
	EXPECT(slave, "abc");
	type("x");
	sleep_ms(10);
	CHECK(tcsetattr(slave, TCSAFLUSH, &t) == 0);
	type("y");
	EXPECT(slave, "y");
	EXPECT(master, "abc");
	CHECK_ERRNO(tcflush(slave, 3), EINVAL);
	CHECK(ioctl(slave, TIOCOUTQ, &n) == 0 && n == 0 && tcdrain(slave) == 0);
	if (ioctl(slave, TIOCSTI, "s") == 0)	/* newer Linux may refuse */
		CHECK(read(slave, buf, 16) == 1 && buf[0] == 's');
	else
		CHECK(!on_cowix());
}

static void old_termio(void)
{
	struct termios t;
	struct termio old;

	open_pair();
	CHECK(ioctl(slave, TCGETA, &old) == 0 && old.c_lflag == L_SANE &&
	      old.c_cc[VINTR] == 3);
	old.c_lflag &= ~ECHO;
	old.c_cc[VERASE] = '#';
	CHECK(ioctl(slave, TCSETA, &old) == 0);
	CHECK(tcgetattr(slave, &t) == 0 && t.c_lflag == (L_SANE & ~ECHO) &&
	      t.c_cc[VERASE] == '#' && t.c_cc[VLNEXT] == 22);
	type("ax#b\n");
	EXPECT(slave, "ab\n");
	EXPECT(master, "");
	CHECK(ioctl(slave, TCSETAF, &old) == 0 &&
	      ioctl(slave, TCSETAW, &old) == 0);
}

static void flow_control(void)
{
	struct termios t;

	open_pair();
	type("\x13");
	sleep_ms(10);
	set_nonblock(slave, 1);
	CHECK_ERRNO(write(slave, "held", 4), EAGAIN);
	type("\x11");
	sleep_ms(10);
	CHECK(write(slave, "free", 4) == 4);
	EXPECT(master, "free");
	t = sane();
	t.c_iflag |= IXANY;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
	type("\x13");
	sleep_ms(10);
	CHECK_ERRNO(write(slave, "held", 4), EAGAIN);
	type("a");
	EXPECT(master, "a");
	CHECK(write(slave, "free", 4) == 4);
	EXPECT(master, "free");
	CHECK(ioctl(slave, TCXONC, TCOOFF) == 0);
	CHECK_ERRNO(write(slave, "held", 4), EAGAIN);
	CHECK(ioctl(slave, TCXONC, TCOON) == 0);
	CHECK(write(slave, "free", 4) == 4);
	EXPECT(master, "free");
	CHECK(ioctl(slave, TCXONC, TCIOFF) == 0 &&
	      ioctl(slave, TCXONC, TCION) == 0);
	EXPECT(master, "\x13\x11");
	CHECK_ERRNO(ioctl(slave, TCXONC, 4), EINVAL);
}

/*
 * Checks in both directions that a writer sleeps until the reader makes room.
 */
static void large_amounts(void)
{
	enum { TOTAL = 20000 };
	char buf[512];
	int pid, n, sum = 0;

	open_pair();
	modes(0, 0, 0);
	for (int way = 0; way < 2; way++) {
		int from = way ? slave : master, to = way ? master : slave;

		pid = fork();
		if (pid == 0) {
			for (int i = 0; i < TOTAL; i += 100) {
				memset(buf, i / 100, 100);
				CHECK(write(from, buf, 100) == 100);
			}
			_exit(0);
		}
		for (int got = 0; got < TOTAL; got += n) {
			n = read(to, buf, sizeof(buf));
			CHECK(n > 0);
			for (int i = 0; i < n; i++)
				CHECK((unsigned char)buf[i] ==
				      (got + i) / 100 % 256);
		}
		sum += wait_status(pid);
	}
	CHECK(sum == 0);
}

static void polling(void)
{
	struct pollfd p[2];

	open_pair();
	p[0] = (struct pollfd){ master, POLLIN | POLLOUT, 0 };
	p[1] = (struct pollfd){ slave, POLLIN | POLLOUT, 0 };
	if (syscall(168, p, 2, 0) == -1 && errno == ENOSYS)
		return;
	CHECK(p[0].revents == POLLOUT && p[1].revents == POLLOUT);
	type("line");
	EXPECT(master, "line");
	CHECK(syscall(168, p, 2, 0) == 2 && p[1].revents == POLLOUT);
	type("\n");
	p[1].events = POLLIN;
	CHECK(syscall(168, p + 1, 1, 2000) == 1 && p[1].revents == POLLIN);
	p[0].events = POLLIN;
	CHECK(syscall(168, p, 1, 2000) == 1 && p[0].revents == POLLIN);
	EXPECT(slave, "line\n");
	EXPECT(master, "\r\n");
	CHECK(syscall(168, p, 2, 20) == 0);
	CHECK(close(master) == 0);
	CHECK(syscall(168, p + 1, 1, 2000) == 1 &&
	      (p[1].revents & (POLLIN | POLLHUP)) == (POLLIN | POLLHUP));
	open_pair();
	CHECK(close(slave) == 0);
	p[0].fd = master;
	CHECK(syscall(168, p, 1, 2000) == 1 && p[0].revents & POLLHUP);
}

static void bad_arguments(void)
{
	static const unsigned requests[] = { TCGETS,     TCSETS,     TCSETSW,
					     TCSETSF,    TCGETA,     TCSETA,
					     TIOCGWINSZ, TIOCSWINSZ, FIONREAD,
					     TIOCGPTN,   TIOCSPTLCK, TIOCOUTQ };

	open_pair();
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		CHECK_ERRNO(ioctl(master, requests[i], (void *)8), EFAULT);
	CHECK_ERRNO(ioctl(slave, TIOCGPTN, (void *)8), ENOTTY);
	CHECK_ERRNO(ioctl(slave, 0x5499, 0), ENOTTY);
	CHECK_ERRNO(write(slave, (void *)8, 5), EFAULT);
	type("x\n");
	sleep_ms(10);
	CHECK_ERRNO(read(master, (void *)8, 5), EFAULT);
	CHECK_ERRNO(read(slave, (void *)8, 5), EFAULT);
}

TESTS({ "pairs",
	"a pseudo-terminal: number, lock, both directions, closing the slave",
	pairs },
      { "many", "sixty-four of them, and a number is used again", many },
      { "editing", "erase, word erase, kill, reprint, literal next", editing },
      { "ends_of_lines", "newline, end of file, VEOL and VEOL2",
	ends_of_lines },
      { "echoing", "what is echoed with which flags", echoing },
      { "input_flags", "IGNCR, INLCR, ICRNL, ISTRIP, IUCLC, PARMRK",
	input_flags },
      { "output_flags", "OPOST, ONLCR, OCRNL, ONOCR, XTABS", output_flags },
      { "raw_reads", "VMIN and VTIME in all four cases", raw_reads },
      { "queues", "FIONREAD, flushing, a change of modes, TIOCSTI", queues },
      { "old_termio", "TCGETA and TCSETA", old_termio },
      { "flow_control", "^S, ^Q, IXANY, TCXONC", flow_control },
      { "large_amounts", "a full queue lets the writer sleep", large_amounts },
      { "polling", "poll() on both sides", polling },
      { "bad_arguments", "bad addresses, unknown requests", bad_arguments })
