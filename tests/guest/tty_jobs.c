/*
 * Terminals and their owners: sessions, keys that signal, job control, hangups.
 * Linux is the oracle.
 */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include "pty.h"

static volatile int caught[65];

static void catch(int sig)
{
	caught[sig]++;
}

/* Runs fn as leader of a session on the slave. Returns its status. */
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
		if (sig == SIGINT || sig == SIGQUIT || sig == SIGTSTP ||
		    sig == SIGWINCH)
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
	CHECK(caught[SIGINT] == 2 && caught[SIGQUIT] == 1 &&
	      caught[SIGTSTP] == 1);
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
	CHECK(ioctl(slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 30 &&
	      size.ws_col == 100);
	CHECK(ioctl(slave, TIOCSWINSZ, &size) == 0); /* no change: no signal */
	sleep_ms(10);
	CHECK(caught[SIGWINCH] == 1);
}

static void window(void)
{
	open_pair();
	CHECK(in_session(window_in_session) == 0);
}

/* Starts a child in a background group of its own. */
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
	_exit(tcsetpgrp(slave, getpgrp()) == 0 && tcgetpgrp(slave) == getpgrp()
		      ? 7
		      : 255);
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

/*
 * Checks that the child stops with sig. It then gets the foreground, is
 * continued, and ends with a status.
 */
static void stops_and_goes_on(void (*fn)(void), int sig, int result)
{
	int pid = background(fn), status;

	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == sig);
	CHECK(tcsetpgrp(slave, pid) == 0 && tcgetpgrp(slave) == pid);
	CHECK(kill(-pid, SIGCONT) == 0);
	CHECK(WEXITSTATUS(wait_status(pid)) == result);
	CHECK(tcsetpgrp(slave, getpgrp()) == 0);
}

static void job_control_in_session(void)
{
	int pid, other;

	signal(SIGTTOU, SIG_IGN);
	CHECK(tcgetpgrp(slave) == getpgrp() &&
	      ioctl(slave, TIOCGSID, &other) == 0 && other == getpid());
	signal(SIGTTOU, SIG_DFL);
	type("r\n");
	pid = background(reads);
	CHECK(waitpid(pid, &other, WUNTRACED) == pid && WIFSTOPPED(other) &&
	      WSTOPSIG(other) == SIGTTIN);
	CHECK(tcsetpgrp(slave, pid) == 0 && kill(pid, SIGCONT) == 0);
	CHECK(WEXITSTATUS(wait_status(pid)) == 'r');
	signal(SIGTTOU, SIG_IGN);
	CHECK(tcsetpgrp(slave, getpgrp()) == 0);
	signal(SIGTTOU, SIG_DFL);
	pid = background(writes);
	/* without TOSTOP anyone may write */
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
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
	/* ignored: done */
	CHECK(WEXITSTATUS(wait_status(background(writes))) == 7);
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
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGTTOU);
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

/*
 * Checks that an orphaned group gets EIO instead of a stop, since nobody could
 * continue it. Its leader's parent is outside the session.
 */
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
	CHECK(read(fds[0], &result, sizeof(result)) == sizeof(result) &&
	      result == EIO);
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
	CHECK_ERRNO(tcsetpgrp(slave, getppid()), EPERM); /* another session's */
	pid = fork();
	if (pid == 0) {
		setsid();
		write(fds[1], "x", 1);
		_exit(tcgetpgrp(slave) == -1 && errno == ENOTTY &&
				      tcsetpgrp(slave, getpid()) == -1 &&
				      errno == ENOTTY &&
				      ioctl(slave, TIOCSCTTY, 0) == -1 &&
				      errno == EPERM
			      ? 7
			      : 8);
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
		_exit(ioctl(slave, TIOCNOTTY, 0) == 0 &&
				      open("/dev/tty", O_RDWR) == -1 &&
				      errno == ENXIO
			      ? 7
			      : 8);
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
	fd = open("/dev/tty", O_RDWR); /* the child has given up only its own */
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

/* Checks that a session leader which opens a terminal controls it. */
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
		CHECK(tcgetpgrp(fd) == getpid() &&
		      open("/dev/tty", O_RDWR) >= 0);
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
		n = read(slave, &c, 1);	/* sleeps there meanwhile */
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
	CHECK(close(master) == 0);	/* the child closes the last one */
	CHECK(wait_status(pid) == 0);
	CHECK(read(slave, &c, 1) == 0);
	CHECK(open(name, O_RDWR | O_NOCTTY) == -1 &&
	      (errno == EIO || errno == ENOENT));
}

static void leader_in_session(void)
{
	int pid = fork();

	if (pid == 0) {
		signal(SIGHUP, catch);
		write(slave, "ready", 5);
		until(&caught[SIGHUP]);	/* the foreground group is told */
		write(slave, "gone", 4);
		_exit(0);
	}
	EXPECT(master, "ready");
}

/*
 * Checks that the next session can have the terminal when the leader is gone.
 */
static void leader_exits(void)
{
	open_pair();
	CHECK(in_session(leader_in_session) == 0);
	EXPECT(master, "gone");
	CHECK(in_session(keys_in_session) == 0);
}

static void ignoring_in_session(void)
{
	signal(SIGHUP, SIG_IGN);		/* before the leader can end */
	if (fork() != 0)
		return;
	for (int i = 0, n; i < 200 && ioctl(slave, FIONREAD, &n) == 0; i++)
		sleep_ms(10);
	write(master, write(slave, "x", 1) == -1 && errno == EIO ? "y" : "n",
	      1);
	_exit(0);
}

static void reopened_in_session(void)
{
	CHECK(tcgetpgrp(slave) == getpgrp());
}

/*
 * Checks that a hangup takes a real terminal from all who have it open. A
 * session's remaining processes cannot disturb the next session.
 */
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
	CHECK(close(slave) == 0 &&
	      (slave = open("/dev/tty4", O_RDWR | O_NOCTTY)) >= 0);
	CHECK(tcgetattr(slave, &t) == 0 && t.c_lflag == L_SANE);
	CHECK(in_session(reopened_in_session) == 0);
}

TESTS({ "keys", "^C, ^\\ and ^Z, with and without flushing", keys },
      { "window", "the window's size and SIGWINCH", window },
      { "job_control", "a background read stops, a write not", job_control },
      { "background_changes",
	"what a process in the background may do that ignores SIGTTOU",
	background_changes },
      { "background_signals", "a background write or change stops with SIGTTOU",
	background_signals },
      { "orphans", "nobody could continue them: EIO", orphans },
      { "foreground", "TIOCSPGRP: only groups of the session", foreground },
      { "controlling", "/dev/tty, TIOCNOTTY, TIOCSCTTY", controlling },
      { "opening", "a session's leader gets what it opens", opening },
      { "hangup", "the master's close", hangup },
      { "leader_exits", "the end of a session's leader", leader_exits },
      { "console_hangup", "the end of a console's session", console_hangup })
