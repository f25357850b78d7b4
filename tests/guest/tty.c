/* Terminals, by way of pseudo-terminals: line editing, modes, timers, flow control, job control, hangups. Linux is the oracle. */
#include <check.h>
#include <abi/poll.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

static int master, slave;

static void slave_name(int fd, char *name)
{
	int n = -1, unlock = 0;

	CHECK(ioctl(fd, TIOCGPTN, &n) == 0 && n >= 0);
	CHECK(ioctl(fd, TIOCSPTLCK, &unlock) == 0);
	sprintf(name, "/dev/pts/%d", n);
}

static int open_slave(int fd)
{
	char name[32];

	slave_name(fd, name);
	return open(name, O_RDWR | O_NOCTTY);
}

static void open_pair(void)
{
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(master >= 0);
	slave = open_slave(master);
	CHECK(slave >= 0 && isatty(slave));
}

static void type_n(const char *s, int n)
{
	CHECK(write(master, s, n) == n);
}

static void type(const char *s)
{
	type_n(s, strlen(s));
}

static void set_nonblock(int fd, int on)
{
	CHECK(fcntl(fd, F_SETFL, on ? O_RDWR | O_NONBLOCK : O_RDWR) == 0);
}

/* Everything that comes within a while: until `wanted` bytes are there, and nothing more after them. */
static int gather(int fd, char *buf, int size, int wanted)
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

static void show(const char *title, const char *s, int n)
{
	printf("  %s: ", title);
	for (int i = 0; i < n; i++)
		printf(s[i] < ' ' || s[i] > '~' ? "\\%o" : "%c", s[i] & 0xFF);
	printf("\n");
}

static void expect_n(int fd, const char *wanted, int n, int line)
{
	char buf[4096];
	int got = gather(fd, buf, sizeof(buf), n);

	if (got == n && memcmp(buf, wanted, n) == 0)
		return;
	show("wanted", wanted, n);
	show("got", buf, got);
	check_failed(__FILE__, line, fd == master ? "at the master" : "at the slave");
}

#define EXPECT(fd, s) expect_n(fd, s, sizeof(s) - 1, __LINE__)

/* Modes: set and clear flags of the slave, from a sane state. */
static struct termios sane(void)
{
	struct termios t;

	CHECK(tcgetattr(slave, &t) == 0);
	t.c_iflag = ICRNL | IXON;
	t.c_oflag = OPOST | ONLCR;
	t.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return t;
}

static void modes(tcflag_t i, tcflag_t o, tcflag_t l)
{
	struct termios t = sane();

	t.c_iflag = i;
	t.c_oflag = o;
	t.c_lflag = l;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
}

#define I_SANE (ICRNL | IXON)
#define O_SANE (OPOST | ONLCR)
#define L_SANE (ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN)

static void pairs(void)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY), n = -1;
	char name[32];
	struct termios t;

	CHECK(fd >= 0 && ioctl(fd, TIOCGPTN, &n) == 0);
	sprintf(name, "/dev/pts/%d", n);
	CHECK_ERRNO(open(name, O_RDWR | O_NOCTTY), EIO);	/* still locked */
	master = fd;
	slave = open_slave(fd);
	CHECK(slave >= 0);
	CHECK(tcgetattr(slave, &t) == 0 && t.c_iflag == I_SANE && t.c_oflag == O_SANE && t.c_lflag == L_SANE);
	CHECK(t.c_cc[VINTR] == 3 && t.c_cc[VERASE] == 0x7F && t.c_cc[VLNEXT] == 22 && t.c_cc[VREPRINT] == 18 && t.c_cc[VMIN] == 1);
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
	int fds[9], n = 0, numbers[9];

	if (!on_cowix())
		return;
	while (n < 9 && (fds[n] = open("/dev/ptmx", O_RDWR | O_NOCTTY)) >= 0) {
		CHECK(ioctl(fds[n], TIOCGPTN, &numbers[n]) == 0 && numbers[n] == n);
		n++;
	}
	CHECK(n == 8 && errno == ENOSPC);
	CHECK(close(fds[3]) == 0);
	fds[3] = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(ioctl(fds[3], TIOCGPTN, &n) == 0 && n == 3);
	CHECK_ERRNO(open("/dev/pts/7", O_RDWR), EIO);
	while (n < 8)
		CHECK(close(fds[n++]) == 0);
	CHECK_ERRNO(open("/dev/pts/7", O_RDWR), EIO);
}

static void editing(void)
{
	open_pair();
	type("abx\x7F" "c\n");
	EXPECT(master, "abx\b \bc\r\n");
	EXPECT(slave, "abc\n");
	type("one two-3 \x17" "4\n");				/* a word: what is no word, then what is */
	EXPECT(master, "one two-3 \b \b\b \b4\r\n");
	EXPECT(slave, "one two-4\n");
	type("gone\x15" "here\n");
	EXPECT(master, "gone\b \b\b \b\b \b\b \bhere\r\n");
	EXPECT(slave, "here\n");
	type("\x7F\x17\x15" "ok\n");
	EXPECT(master, "ok\r\n");
	EXPECT(slave, "ok\n");
	type("a\x01\x7F" "b\n");				/* a control character is two columns wide */
	EXPECT(master, "a^A\b \b\b \bb\r\n");
	EXPECT(slave, "ab\n");
	type("ab\t\x7F" "c\n");					/* a tab as many as it took */
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
	type("a\x01" "b\x7F" "c\x15" "d\n");			/* no ECHOE, ECHOK, ECHOCTL */
	EXPECT(slave, "d\n");
	EXPECT(master, "a\001b\x7F" "c\025d\r\n");
	modes(I_SANE, O_SANE, ICANON | ECHO | IEXTEN);		/* a word is rubbed out nevertheless; of nothing there is nothing to kill */
	type("a b\x17" "c\x15\x15" "d\n");
	EXPECT(slave, "d\n");
	EXPECT(master, "a b\b \bc\025d\r\n");
	modes(I_SANE, O_SANE, ICANON | ECHO | ECHOCTL | ECHOK);
	type("a\x15" "b\n");
	EXPECT(slave, "b\n");
	EXPECT(master, "a^U\r\nb\r\n");
	modes(I_SANE, O_SANE, ECHO | ECHOCTL);			/* raw, with echo */
	type("a\x03\r");
	EXPECT(slave, "a\003\n");
	EXPECT(master, "a^C\r\n");
	modes(I_SANE, O_SANE, ICANON | ECHO | ECHOE);		/* no IEXTEN: ^W, ^V, ^R are characters */
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
}

static void output_flags(void)
{
	open_pair();
	modes(I_SANE, ONLCR, L_SANE);				/* without OPOST nothing happens */
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

/* Type something after a while, from another process. */
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

/* A raw read of up to n bytes with these settings: bytes, and how long it took. */
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
	CHECK(timed_read(0, 0, buf, 16, &ms) == 0 && ms < 100);		/* what there is */
	type("ab");
	sleep_ms(10);
	CHECK(timed_read(0, 0, buf, 16, &ms) == 2);
	CHECK(timed_read(0, 2, buf, 16, &ms) == 0 && ms >= 150 && ms < 1500);	/* for a while */
	pid = type_later("a", 30, 0);
	CHECK(timed_read(0, 20, buf, 16, &ms) == 1 && ms < 1500);
	wait_status(pid);
	pid = type_later("abc", 20, 20);
	CHECK(timed_read(3, 0, buf, 16, &ms) == 3 && memcmp(buf, "abc", 3) == 0 && ms >= 40);	/* so many */
	wait_status(pid);
	type("abcdef");
	sleep_ms(10);
	CHECK(timed_read(3, 0, buf, 2, &ms) == 2);			/* no more than asked for */
	CHECK(timed_read(3, 0, buf, 16, &ms) == 4);
	pid = type_later("ab", 250, 50);
	CHECK(timed_read(5, 2, buf, 16, &ms) == 2 && ms >= 400 && ms < 2000);	/* the timer runs between bytes only */
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
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);			/* the unfinished line is readable now */
	EXPECT(slave, "abc");
	type("x");
	sleep_ms(10);
	CHECK(tcsetattr(slave, TCSAFLUSH, &t) == 0);
	type("y");
	EXPECT(slave, "y");
	EXPECT(master, "abc");
	CHECK_ERRNO(tcflush(slave, 3), EINVAL);
	CHECK(ioctl(slave, TIOCOUTQ, &n) == 0 && n == 0 && tcdrain(slave) == 0);
	if (ioctl(slave, TIOCSTI, "s") == 0)				/* newer Linux may refuse */
		CHECK(read(slave, buf, 16) == 1 && buf[0] == 's');
	else
		CHECK(!on_cowix());
}

static void old_termio(void)
{
	struct termios t;
	struct termio old;

	open_pair();
	CHECK(ioctl(slave, TCGETA, &old) == 0 && old.c_lflag == L_SANE && old.c_cc[VINTR] == 3);
	old.c_lflag &= ~ECHO;
	old.c_cc[VERASE] = '#';
	CHECK(ioctl(slave, TCSETA, &old) == 0);
	CHECK(tcgetattr(slave, &t) == 0 && t.c_lflag == (L_SANE & ~ECHO) && t.c_cc[VERASE] == '#' && t.c_cc[VLNEXT] == 22);
	type("ax#b\n");
	EXPECT(slave, "ab\n");
	EXPECT(master, "");
	CHECK(ioctl(slave, TCSETAF, &old) == 0 && ioctl(slave, TCSETAW, &old) == 0);
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
	CHECK(ioctl(slave, TCXONC, TCIOFF) == 0 && ioctl(slave, TCXONC, TCION) == 0);
	EXPECT(master, "\x13\x11");
	CHECK_ERRNO(ioctl(slave, TCXONC, 4), EINVAL);
}

/* A writer sleeps until the reader has made room, in both directions. */
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
				CHECK((unsigned char)buf[i] == (got + i) / 100 % 256);
		}
		sum += wait_status(pid);
	}
	CHECK(sum == 0);
}

static volatile int caught[65];

static void catch(int sig)
{
	caught[sig]++;
}

/* Run fn as the leader of a session whose controlling terminal is the slave; its status. */
static int in_session(void (*fn)(void))
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		alarm(20);
		CHECK(setsid() == getpid());
		CHECK(ioctl(slave, TIOCSCTTY, 0) == 0);
		fn();
		fflush(stdout);
		_exit(0);
	}
	return wait_status(pid);
}

static void until(volatile int *condition)
{
	for (int i = 0; i < 200 && !*condition; i++)
		sleep_ms(10);
	CHECK(*condition);
}

static void keys_in_session(void)
{
	char buf[16];

	for (int sig = 1; sig < 32; sig++)
		if (sig == SIGINT || sig == SIGQUIT || sig == SIGTSTP || sig == SIGWINCH)
			signal(sig, catch);
	type("typed ahead\n");
	sleep_ms(10);
	type("\x03");
	until(&caught[SIGINT]);
	type("\x1C");
	until(&caught[SIGQUIT]);
	type("\x1A");
	until(&caught[SIGTSTP]);
	set_nonblock(slave, 1);
	CHECK_ERRNO(read(slave, buf, 16), EAGAIN);		/* flushed */
	set_nonblock(slave, 0);
	modes(I_SANE, O_SANE, L_SANE | NOFLSH);
	type("kept\n\x03");
	sleep_ms(20);
	EXPECT(slave, "kept\n");
	modes(I_SANE, O_SANE, L_SANE & ~ISIG);
	type("\x03\n");
	EXPECT(slave, "\003\n");
	CHECK(caught[SIGINT] == 2 && caught[SIGQUIT] == 1 && caught[SIGTSTP] == 1);
}

static void keys(void)
{
	open_pair();
	CHECK(in_session(keys_in_session) == 0);
}

static void window_in_session(void)
{
	struct winsize size = { 30, 100, 0, 0 };

	signal(SIGWINCH, catch);
	CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
	until(&caught[SIGWINCH]);
	memset(&size, 0, sizeof(size));
	CHECK(ioctl(slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 30 && size.ws_col == 100);
	CHECK(ioctl(slave, TIOCSWINSZ, &size) == 0);		/* no change: no signal */
	sleep_ms(10);
	CHECK(caught[SIGWINCH] == 1);
}

static void window(void)
{
	open_pair();
	CHECK(in_session(window_in_session) == 0);
}

/* A child in a background group of its own. */
static int background(void (*fn)(void))
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		setpgid(0, 0);
		fn();
		_exit(0);
	}
	setpgid(pid, pid);
	return pid;
}

static void reads(void)
{
	char c;

	_exit(read(slave, &c, 1) == 1 ? c : 255);
}

static void writes(void)
{
	_exit(write(slave, "w", 1) == 1 ? 7 : 255);
}

static void sets_modes(void)
{
	struct termios t = sane();

	_exit(tcsetattr(slave, TCSANOW, &t) == 0 ? 7 : 255);
}

static void takes_foreground(void)
{
	_exit(tcsetpgrp(slave, getpgrp()) == 0 && tcgetpgrp(slave) == getpgrp() ? 7 : 255);
}

static void ignores_and_reads(void)
{
	char c;

	signal(SIGTTIN, SIG_IGN);
	_exit(read(slave, &c, 1) == -1 && errno == EIO ? 7 : 255);
}

static void ignores_and_sets(void)
{
	signal(SIGTTOU, SIG_IGN);
	sets_modes();
}

/* The child stops with a signal, gets the foreground, is continued, and ends with a status. */
static void stops_and_goes_on(void (*fn)(void), int sig, int result)
{
	int pid = background(fn), status;

	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == sig);
	CHECK(tcsetpgrp(slave, pid) == 0 && tcgetpgrp(slave) == pid);
	CHECK(kill(-pid, SIGCONT) == 0);
	CHECK(WEXITSTATUS(wait_status(pid)) == result);
	CHECK(tcsetpgrp(slave, getpgrp()) == 0);
}

static void job_control_in_session(void)
{
	int pid, other;

	signal(SIGTTOU, SIG_IGN);
	CHECK(tcgetpgrp(slave) == getpgrp() && ioctl(slave, TIOCGSID, &other) == 0 && other == getpid());
	signal(SIGTTOU, SIG_DFL);
	type("r\n");
	pid = background(reads);
	CHECK(waitpid(pid, &other, WUNTRACED) == pid && WIFSTOPPED(other) && WSTOPSIG(other) == SIGTTIN);
	CHECK(tcsetpgrp(slave, pid) == 0 && kill(pid, SIGCONT) == 0);
	CHECK(WEXITSTATUS(wait_status(pid)) == 'r');
	signal(SIGTTOU, SIG_IGN);
	CHECK(tcsetpgrp(slave, getpgrp()) == 0);
	signal(SIGTTOU, SIG_DFL);
	pid = background(writes);
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);		/* without TOSTOP anyone may write */
}

static void job_control(void)
{
	open_pair();
	CHECK(in_session(job_control_in_session) == 0);
}

static void tostop_in_session(void)
{
	modes(I_SANE, O_SANE, L_SANE | TOSTOP);
	signal(SIGTTOU, SIG_IGN);
	CHECK(WEXITSTATUS(wait_status(background(writes))) == 7);	/* ignored: done */
	CHECK(WEXITSTATUS(wait_status(background(ignores_and_sets))) == 7);
	CHECK(WEXITSTATUS(wait_status(background(ignores_and_reads))) == 7);
	CHECK(WEXITSTATUS(wait_status(background(takes_foreground))) == 7);
	CHECK(tcsetpgrp(slave, getpgrp()) == 0);
}

static void default_sets_modes(void)
{
	signal(SIGTTOU, SIG_DFL);
	sets_modes();
}

static void default_writes(void)
{
	signal(SIGTTOU, SIG_DFL);
	writes();
}

static void default_takes_foreground(void)
{
	signal(SIGTTOU, SIG_DFL);
	takes_foreground();
}

static void background_in_session(void)
{
	int pid, status;

	modes(I_SANE, O_SANE, L_SANE | TOSTOP);
	signal(SIGTTOU, SIG_IGN);
	stops_and_goes_on(default_writes, SIGTTOU, 7);
	stops_and_goes_on(default_sets_modes, SIGTTOU, 7);
	pid = background(default_takes_foreground);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
	CHECK(kill(pid, SIGKILL) == 0);
	wait_status(pid);
}

static void background_changes(void)
{
	open_pair();
	CHECK(in_session(tostop_in_session) == 0);
}

static void background_signals(void)
{
	open_pair();
	CHECK(in_session(background_in_session) == 0);
}

/* A group whose leader's parent is outside the session cannot be continued by anyone: it gets EIO instead of being stopped. */
static void orphans_in_session(void)
{
	int fds[2], pid, result = 0;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		if (fork() == 0) {
			char c;

			while (getppid() != 1 && on_cowix())
				sleep_ms(1);
			sleep_ms(50);
			result = read(slave, &c, 1) == -1 ? errno : 1000;
			write(fds[1], &result, sizeof(result));
		}
		_exit(0);
	}
	wait_status(pid);
	CHECK(read(fds[0], &result, sizeof(result)) == sizeof(result) && result == EIO);
}

static void orphans(void)
{
	open_pair();
	CHECK(in_session(orphans_in_session) == 0);
}

static void foreground_in_session(void)
{
	int none = 30000, fds[2], pid;

	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(ioctl(slave, TIOCSPGRP, &none), ESRCH);
	none = -1;
	CHECK_ERRNO(ioctl(slave, TIOCSPGRP, &none), EINVAL);
	CHECK_ERRNO(tcsetpgrp(slave, getppid()), EPERM);	/* another session's */
	pid = fork();
	if (pid == 0) {
		setsid();
		write(fds[1], "x", 1);
		_exit(tcgetpgrp(slave) == -1 && errno == ENOTTY && tcsetpgrp(slave, getpid()) == -1 && errno == ENOTTY &&
		      ioctl(slave, TIOCSCTTY, 0) == -1 && errno == EPERM ? 7 : 8);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
	CHECK_ERRNO(tcgetpgrp(fds[0]), ENOTTY);
}

static void foreground(void)
{
	open_pair();
	CHECK(in_session(foreground_in_session) == 0);
	CHECK_ERRNO(tcgetpgrp(slave), ENOTTY);
}

static void controlling_in_session(void)
{
	int fd = open("/dev/tty", O_RDWR), pid;

	CHECK(fd >= 0 && write(fd, "tty", 3) == 3);
	EXPECT(master, "tty");
	CHECK(close(fd) == 0);
	signal(SIGHUP, catch);
	pid = fork();
	if (pid == 0)
		_exit(ioctl(slave, TIOCNOTTY, 0) == 0 && open("/dev/tty", O_RDWR) == -1 && errno == ENXIO ? 7 : 8);
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
	fd = open("/dev/tty", O_RDWR);				/* the child has given up only its own */
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(ioctl(slave, TIOCNOTTY, 0) == 0);
	until(&caught[SIGHUP]);
	CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
	CHECK_ERRNO(ioctl(slave, TIOCNOTTY, 0), ENOTTY);
	CHECK(ioctl(slave, TIOCSCTTY, 0) == 0);
}

static void controlling(void)
{
	open_pair();
	CHECK(in_session(controlling_in_session) == 0);
}

/* A session leader that opens a terminal has it. */
static void opening(void)
{
	char name[32];
	int pid;

	open_pair();
	slave_name(master, name);
	pid = fork();
	if (pid == 0) {
		int fd;

		setsid();
		fd = open(name, O_RDWR | O_NOCTTY);
		CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
		CHECK(close(fd) == 0 && (fd = open(name, O_RDWR)) >= 0);
		CHECK(tcgetpgrp(fd) == getpid() && open("/dev/tty", O_RDWR) >= 0);
		_exit(7);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
}

static void hangup_in_session(void)
{
	char c;
	int n, pid;

	signal(SIGHUP, catch);
	pid = fork();
	if (pid == 0) {
		close(master);
		n = read(slave, &c, 1);				/* sleeps there while it happens */
		_exit(n == 0 || (n == -1 && errno == EIO) ? 7 : 8);
	}
	sleep_ms(30);
	CHECK(close(master) == 0);
	until(&caught[SIGHUP]);
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
	CHECK(read(slave, &c, 1) == 0);
	CHECK_ERRNO(write(slave, "x", 1), EIO);
	CHECK_ERRNO(ioctl(slave, FIONREAD, &n), EIO);
	CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
}

static void hangup(void)
{
	char name[32], c;
	int pid;

	open_pair();
	slave_name(master, name);
	pid = fork();
	if (pid == 0) {
		CHECK(setsid() > 0 && ioctl(slave, TIOCSCTTY, 0) == 0);
		hangup_in_session();
		_exit(0);
	}
	CHECK(close(master) == 0);				/* the child closes the last one */
	CHECK(wait_status(pid) == 0);
	CHECK(read(slave, &c, 1) == 0);
	CHECK(open(name, O_RDWR | O_NOCTTY) == -1 && (errno == EIO || errno == ENOENT));
}

static void leader_in_session(void)
{
	int pid = fork();

	if (pid == 0) {
		signal(SIGHUP, catch);
		write(slave, "ready", 5);
		until(&caught[SIGHUP]);				/* the foreground group is told */
		write(slave, "gone", 4);
		_exit(0);
	}
	EXPECT(master, "ready");
}

/* When the session's leader is gone the next session can have the terminal. */
static void leader_exits(void)
{
	open_pair();
	CHECK(in_session(leader_in_session) == 0);
	EXPECT(master, "gone");
	CHECK(in_session(keys_in_session) == 0);
}

static void ignoring_in_session(void)
{
	if (fork() != 0)
		return;
	signal(SIGHUP, SIG_IGN);
	for (int i = 0, n; i < 200 && ioctl(slave, FIONREAD, &n) == 0; i++)
		sleep_ms(10);
	write(master, write(slave, "x", 1) == -1 && errno == EIO ? "y" : "n", 1);
	_exit(0);
}

static void reopened_in_session(void)
{
	CHECK(tcgetpgrp(slave) == getpgrp());
}

/* A real terminal is taken from everybody who has it open: what a session leaves running cannot disturb the next. */
static void console_hangup(void)
{
	struct termios t;
	int fds[2];
	char c;

	if (!on_cowix())
		return;
	CHECK(pipe(fds) == 0);
	master = fds[1];
	slave = open("/dev/tty4", O_RDWR | O_NOCTTY);
	CHECK(slave >= 0);
	modes(0, 0, 0);
	CHECK(in_session(ignoring_in_session) == 0);
	CHECK(read(fds[0], &c, 1) == 1 && c == 'y');
	CHECK(read(slave, &c, 1) == 0);
	CHECK_ERRNO(tcgetattr(slave, &t), EIO);
	CHECK(close(slave) == 0 && (slave = open("/dev/tty4", O_RDWR | O_NOCTTY)) >= 0);
	CHECK(tcgetattr(slave, &t) == 0 && t.c_lflag == L_SANE);
	CHECK(in_session(reopened_in_session) == 0);
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
	CHECK(syscall(168, p + 1, 1, 2000) == 1 && (p[1].revents & (POLLIN | POLLHUP)) == (POLLIN | POLLHUP));
	open_pair();
	CHECK(close(slave) == 0);
	p[0].fd = master;
	CHECK(syscall(168, p, 1, 2000) == 1 && p[0].revents & POLLHUP);
}

static void bad_arguments(void)
{
	static const unsigned requests[] = { TCGETS, TCSETS, TCSETSW, TCSETSF, TCGETA, TCSETA, TIOCGWINSZ, TIOCSWINSZ, FIONREAD, TIOCGPTN,
		TIOCSPTLCK, TIOCOUTQ };

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

TESTS(
	{ "pairs", "a pseudo-terminal: number, lock, both directions, closing the slave", pairs },
	{ "many", "eight of them, and a number is used again", many },
	{ "editing", "erase, word erase, kill, reprint, literal next", editing },
	{ "ends_of_lines", "newline, end of file, VEOL and VEOL2", ends_of_lines },
	{ "echoing", "what is echoed with which flags", echoing },
	{ "input_flags", "IGNCR, INLCR, ICRNL, ISTRIP, IUCLC", input_flags },
	{ "output_flags", "OPOST, ONLCR, OCRNL, ONOCR, XTABS", output_flags },
	{ "raw_reads", "VMIN and VTIME in all four cases", raw_reads },
	{ "queues", "FIONREAD, flushing, a change of modes, TIOCSTI", queues },
	{ "old_termio", "TCGETA and TCSETA", old_termio },
	{ "flow_control", "^S, ^Q, IXANY, TCXONC", flow_control },
	{ "large_amounts", "a full queue lets the writer sleep", large_amounts },
	{ "keys", "^C, ^\\ and ^Z, with and without flushing", keys },
	{ "window", "the window's size and SIGWINCH", window },
	{ "job_control", "a background read stops; a write does not", job_control },
	{ "background_changes", "what a process in the background may do that ignores SIGTTOU", background_changes },
	{ "background_signals", "a background write or change stops with SIGTTOU", background_signals },
	{ "orphans", "nobody could continue them: EIO", orphans },
	{ "foreground", "TIOCSPGRP takes only groups of the session", foreground },
	{ "controlling", "/dev/tty, TIOCNOTTY, TIOCSCTTY", controlling },
	{ "opening", "a session's leader gets the terminal that it opens", opening },
	{ "hangup", "the master's close", hangup },
	{ "leader_exits", "the end of a session's leader", leader_exits },
	{ "console_hangup", "the end of a console's session", console_hangup },
	{ "polling", "poll() on both sides", polling },
	{ "bad_arguments", "bad addresses, unknown requests", bad_arguments }
)
