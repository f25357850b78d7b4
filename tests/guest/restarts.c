/*
 * Blocking calls interrupted by a signal: which end with EINTR and which go on
 * (signal(7), "Interruption of system calls"). Tried with a handler, with
 * SA_RESTART, and with a stop and a continuation.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/futex.h>
#include <abi/mman.h>
#include <abi/poll.h>
#include "pty.h"
#include "sleeping.h"

#define FIFO	"/tmp/restarts-fifo"
#define FILE_	"/tmp/restarts-file"
#define SPAN	{ 0, 400000000 }

/* Seen by the testing process and its helper. */
static volatile struct {
	int handled, ready, released, word;
} *shared;

static int fds[2], file, other;

static void note(int sig)
{
	(void)sig;
	shared->handled++;
}

/* Makes the call. Returns 0 or the error. */
typedef int (*call_t)(void);

static int error_of(int result)
{
	return result < 0 ? errno : 0;
}

static void nothing(void)
{
}

static int call_read(void)
{
	char c;

	return error_of(read(fds[0], &c, 1));
}

static void write_byte(void)
{
	write(fds[1], "x", 1);
}

static int call_write(void)
{
	static char much[4096];

	return error_of(write(fds[1], much, sizeof(much)));
}

static void fill_pipe(void)
{
	static char much[65536];

	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], much, sizeof(much)) > 0)
		;
	fcntl(fds[1], F_SETFL, 0);
}

static void empty_pipe(void)
{
	static char much[65536];

	read(fds[0], much, sizeof(much));
}

static int call_open(void)
{
	int fd = open(FIFO, O_RDONLY), error = error_of(fd);

	close(fd);
	return error;
}

static void open_other_end(void)
{
	close(open(FIFO, O_WRONLY));
}

static int call_tty_read(void)
{
	char c;

	return error_of(read(slave, &c, 1));
}

static void type_line(void)
{
	write(master, "\n", 1);
}

static void have_child(void)
{
	other = fork();
	if (other == 0)
		for (;;)
			pause();
}

static void end_child(void)
{
	kill(other, SIGKILL);
}

static int call_wait4(void)
{
	return error_of(waitpid(other, NULL, 0));
}

static int call_waitid(void)
{
	return error_of(
		syscall(__NR_waitid, P_PID, other, NULL, WEXITED, NULL));
}

static int lock(int command, int type)
{
	struct flock64 fl = { .l_type = type };

	return syscall(__NR_fcntl64, file, command, &fl);
}

static void take_lock(void)
{
	lock(F_SETLK64, F_WRLCK);
}

static int call_lock(void)
{
	return error_of(lock(F_SETLKW64, F_WRLCK));
}

static void release_lock(void)
{
	lock(F_SETLK64, F_UNLCK);
}

/* Locks through an open file of its own: the helper needs one for flock(). */
static void take_flock(void)
{
	file = open(FILE_, O_RDWR);
	syscall(__NR_flock, file, 2);
}

static int call_flock(void)
{
	return error_of(syscall(__NR_flock, file, 2));
}

static void release_flock(void)
{
	close(file);
}

static int call_futex(void)
{
	return error_of(
		syscall(__NR_futex, &shared->word, FUTEX_WAIT, 0, NULL));
}

static void wake_futex(void)
{
	shared->word = 1;
	syscall(__NR_futex, &shared->word, FUTEX_WAKE, 1);
}

static int call_timed_futex(void)
{
	struct timespec span = SPAN;

	return error_of(
		syscall(__NR_futex, &shared->word, FUTEX_WAIT, 0, &span));
}

static struct timespec later(int clock)
{
	struct timespec ts;

	syscall(__NR_clock_gettime, clock, &ts);
	ts.tv_sec++;
	return ts;
}

/* Waits as sem_timedwait() does. */
static int call_futex_until(void)
{
	struct timespec end = later(CLOCK_REALTIME);

	return error_of(syscall(__NR_futex, &shared->word,
				FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0,
				&end, NULL, -1));
}

static int call_nanosleep(void)
{
	struct timespec span = SPAN;

	return error_of(nanosleep(&span, NULL));
}

static int call_sleep_until(void)
{
	struct timespec end = later(CLOCK_MONOTONIC);

	return error_of(syscall(__NR_clock_nanosleep, CLOCK_MONOTONIC,
				TIMER_ABSTIME, &end, NULL));
}

static int call_poll(void)
{
	struct pollfd p = { fds[0], POLLIN, 0 };

	return error_of(syscall(__NR_poll, &p, 1, -1));
}

static int call_timed_poll(void)
{
	return error_of(syscall(__NR_poll, NULL, 0, 400));
}

static int call_ppoll(void)
{
	struct pollfd p = { fds[0], POLLIN, 0 };

	return error_of(syscall(__NR_ppoll, &p, 1, NULL, NULL, 8));
}

static int call_select(void)
{
	unsigned set[32] = { 1u << fds[0] };

	return error_of(syscall(__NR__newselect, fds[0] + 1, set, NULL, NULL,
				NULL));
}

static int call_timed_select(void)
{
	struct timeval tv = { 0, 400000 };

	return error_of(syscall(__NR__newselect, 0, NULL, NULL, NULL, &tv));
}

static int call_pselect(void)
{
	struct timespec span = SPAN;

	return error_of(
		syscall(__NR_pselect6, 0, NULL, NULL, NULL, &span, NULL));
}

static int call_sigtimedwait(void)
{
	struct timespec span = { 30, 0 };
	sigset_t set = 1ull << (SIGUSR2 - 1);

	return error_of(syscall(__NR_rt_sigtimedwait, &set, NULL, &span, 8));
}

static int call_sigwaitinfo(void)
{
	sigset_t set = 1ull << (SIGUSR2 - 1);

	return error_of(syscall(__NR_rt_sigtimedwait, &set, NULL, NULL, 8));
}

static int call_pause(void)
{
	return error_of(pause());
}

static int call_sigsuspend(void)
{
	sigset_t none = 0;

	return error_of(sigsuspend(&none));
}

static void signal_again(void)
{
	kill(getppid(), SIGUSR2);
}

static const struct call {
	const char *name;
	call_t call;
	void (*before)(void);		/* done by helper or tester */
	int by_tester;
	void (*release)(void);		/* lets the call end */
	int end;			/* its result then */
	int restarts;			/* goes on behind SA_RESTART */
	int stops;			/* EINTR even after a stop */
} calls[] = {
	{ "read", call_read, nothing, 0, write_byte, 0, 1, 0 },
	{ "write", call_write, fill_pipe, 1, empty_pipe, 0, 1, 0 },
	{ "open", call_open, nothing, 0, open_other_end, 0, 1, 0 },
	{ "tty read", call_tty_read, nothing, 0, type_line, 0, 1, 0 },
	{ "wait4", call_wait4, have_child, 1, end_child, 0, 1, 0 },
	{ "waitid", call_waitid, have_child, 1, end_child, 0, 1, 0 },
	{ "F_SETLKW", call_lock, take_lock, 0, release_lock, 0, 1, 0 },
	{ "flock", call_flock, take_flock, 0, release_flock, 0, 1, 0 },
	{ "futex", call_futex, nothing, 0, wake_futex, 0, 1, 0 },
	{ "timed futex", call_timed_futex, nothing, 0, NULL, ETIMEDOUT, 0, 0 },
	{ "futex until", call_futex_until, nothing, 0, NULL, ETIMEDOUT, 0, 0 },
	{ "nanosleep", call_nanosleep, nothing, 0, NULL, 0, 0, 0 },
	{ "sleep until", call_sleep_until, nothing, 0, NULL, 0, 0, 0 },
	{ "poll", call_poll, nothing, 0, write_byte, 0, 0, 0 },
	{ "timed poll", call_timed_poll, nothing, 0, NULL, 0, 0, 0 },
	{ "ppoll", call_ppoll, nothing, 0, write_byte, 0, 0, 0 },
	{ "select", call_select, nothing, 0, write_byte, 0, 0, 0 },
	{ "timed select", call_timed_select, nothing, 0, NULL, 0, 0, 0 },
	{ "pselect", call_pselect, nothing, 0, NULL, 0, 0, 0 },
	{ "sigtimedwait", call_sigtimedwait, nothing, 0, NULL, EAGAIN, 0, 1 },
	{ "sigwaitinfo", call_sigwaitinfo, nothing, 0, NULL, EAGAIN, 0, 1 },
	{ "pause", call_pause, nothing, 0, signal_again, EINTR, 0, 0 },
	{ "sigsuspend", call_sigsuspend, nothing, 0, signal_again, EINTR, 0,
	  0 },
};

enum how { HANDLER, RESTART, STOP };

static void interrupt(int pid, enum how how)
{
	if (how != STOP) {
		kill(pid, SIGUSR1);
		while (!shared->handled)
			sleep_ms(1);
		return;
	}
	kill(pid, SIGSTOP);
	await_state(pid, 'T');
	kill(pid, SIGCONT);
}

/*
 * Runs as the helper: interrupts its parent's call, and lets it end if it goes
 * on.
 */
static void help(const struct call *c, enum how how, int goes_on)
{
	int parent = getppid();

	if (!c->by_tester)
		c->before();
	shared->ready = 1;
	await_state(parent, 'S');
	interrupt(parent, how);
	if (goes_on && c->release) {
		await_state(parent, 'S');
		shared->released = 1;
		c->release();
	}
	_exit(0);
}

static void try(const struct call *c, enum how how)
{
	int goes_on = how == STOP ? !c->stops : how == RESTART && c->restarts;
	struct sigaction action = { .sa_handler = note,
				    .sa_flags = how == RESTART ? SA_RESTART
							       : 0 };
	int pid, error;

	shared->handled = shared->ready = shared->released = shared->word = 0;
	CHECK(pipe(fds) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
	if (c->by_tester)
		c->before();
	pid = fork();
	if (pid == 0)
		help(c, how, goes_on);
	while (!shared->ready)
		sched_yield();		/* no sleep: the helper looks for one */
	error = c->call();
	if (error != (goes_on ? c->end : EINTR))
		printf("  %s: error %d\n", c->name, error);
	CHECK(error == (goes_on ? c->end : EINTR));
	CHECK(!goes_on || !c->release || shared->released);
	CHECK(wait_status(pid) == 0);
	if (c->before == have_child) {
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
	close(fds[0]);
	close(fds[1]);
}

static void try_all(enum how how)
{
	shared = (void *)syscall(__NR_mmap2, NULL, 4096, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unlink(FIFO);
	CHECK(mknod(FIFO, S_IFIFO | 0600, 0) == 0);
	file = open(FILE_, O_RDWR | O_CREAT, 0600);
	open_pair();
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		try(&calls[i], how);
	CHECK(unlink(FIFO) == 0 && unlink(FILE_) == 0);
}

static void with_handler(void)
{
	try_all(HANDLER);
}

static void with_restart(void)
{
	try_all(RESTART);
}

static void with_stop(void)
{
	try_all(STOP);
}

/* Checks that a timer faster than a wait does not make the wait endless. */
static void endless(void)
{
	struct sigaction action = { .sa_handler = note,
				    .sa_flags = SA_RESTART };
	struct itimerval timer = { { 0, 50000 }, { 0, 50000 } };
	static int page[1024];

	shared = (void *)page;
	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHECK(syscall(__NR_setitimer, ITIMER_REAL, &timer, NULL) == 0);
	CHECK(call_timed_futex() == EINTR && shared->handled > 0);
	CHECK(call_futex_until() == EINTR);
}

/* Checks that the rest of a sleep is reported even without a handler. */
static void rest_of_sleep(void)
{
	struct timespec span = { 1, 0 }, left = { 77, 0 };
	int pid = fork();

	if (pid == 0) {
		await_state(getppid(), 'S');
		kill(getppid(), SIGSTOP);
		await_state(getppid(), 'T');
		kill(getppid(), SIGCONT);
		_exit(0);
	}
	CHECK(nanosleep(&span, &left) == 0 && left.tv_sec == 0);
	CHECK(wait_status(pid) == 0);
}

static const struct test tests[] = {
	{ "with_handler", "every blocking call ends behind a handler",
	  with_handler },
	{ "with_restart", "which go on with SA_RESTART", with_restart },
	{ "with_stop", "which go on after a stop", with_stop },
	{ "endless", "a timed wait under a faster timer", endless },
	{ "rest_of_sleep", "the rest of a sleep that was stopped",
	  rest_of_sleep },
	{ 0 }
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
