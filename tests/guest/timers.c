/*
 * Time and waiting: interval timers, interrupted and restarted sleeps and
 * calls, waitid, futex timeouts.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/futex.h>
#include <abi/poll.h>

static volatile int count, last;
static siginfo_t info;

static void note(int sig)
{
	last = sig;
	count++;
}

static void handle(int sig, unsigned flags)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static int setitimer(int which, long ms, long interval, struct itimerval *old)
{
	struct itimerval new = { { interval / 1000, interval % 1000 * 1000 },
				 { ms / 1000, ms % 1000 * 1000 } };

	return syscall(__NR_setitimer, which, &new, old);
}

static long value_of(const struct timeval *tv)
{
	return tv->tv_sec * 1000 + tv->tv_usec / 1000;
}

/* Starts a child that runs work() on the testing process, and ends. */
static int helper(void (*work)(int parent))
{
	int parent = getpid(), pid = fork();

	if (pid == 0) {
		work(parent);
		_exit(0);
	}
	CHECK(pid > 0);
	return pid;
}

static void real_timer(void)
{
	struct itimerval now, bad = { { 0, 0 }, { 0, 1000000 } };
	long start = now_ms();
	int status;

	handle(SIGALRM, SA_RESTART);
	CHECK(setitimer(ITIMER_REAL, 100, 50, NULL) == 0);
	while (count < 3)
		pause();
	CHECK(now_ms() - start >= 200 && now_ms() - start < 2000);
	CHECK(setitimer(ITIMER_REAL, 0, 0, &now) == 0 &&
	      value_of(&now.it_interval) == 50 &&
	      value_of(&now.it_value) <= 60);
	CHECK(syscall(__NR_getitimer, ITIMER_REAL, &now) == 0 &&
	      value_of(&now.it_value) == 0);
	CHECK(setitimer(ITIMER_REAL, 50000, 0, NULL) == 0 && alarm(7) == 50 &&
	      alarm(0) == 7);
	CHECK_ERRNO(syscall(__NR_setitimer, ITIMER_REAL, &bad, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_setitimer, 3, &now, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_getitimer, -1, &now), EINVAL);
	alarm(100);
	if (fork() == 0)
		_exit(alarm(0) != 0);		/* a child has none */
	CHECK(wait(&status) > 0 && status == 0 && alarm(0) == 100);
}

/* Checks that an alarm outlives exec. */
static void alarm_over_exec(void)
{
	int pid = fork();

	if (pid == 0) {
		CHECK(setitimer(ITIMER_REAL, 300, 0, NULL) == 0);
		execve("/bin/sleep", (char *[]){ "sleep", "5", NULL }, environ);
		_exit(9);
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGALRM);
}

/* Checks that timers of used time stand still while the process sleeps. */
static void used_time(void)
{
	struct itimerval left;
	long start;

	handle(SIGVTALRM, 0);
	handle(SIGPROF, 0);
	CHECK(setitimer(ITIMER_VIRTUAL, 100, 0, NULL) == 0 &&
	      setitimer(ITIMER_PROF, 50000, 0, NULL) == 0);
	sleep_ms(300);
	CHECK(count == 0 &&
	      syscall(__NR_getitimer, ITIMER_VIRTUAL, &left) == 0 &&
	      value_of(&left.it_value) > 0);
	start = now_ms();
	while (count == 0 && now_ms() - start < 20000)
		;
	/* in user mode only */
	for (volatile int i = 0; count == 0 && i < 2000000000; i++)
		;
	CHECK(count == 1 && last == SIGVTALRM);
	CHECK(syscall(__NR_getitimer, ITIMER_VIRTUAL, &left) == 0 &&
	      value_of(&left.it_value) == 0);
	CHECK(setitimer(ITIMER_PROF, 50, 20, &left) == 0 &&
	      value_of(&left.it_value) < 50000);
	for (start = now_ms(); count < 4 && now_ms() - start < 20000;)
		;
	CHECK(count >= 4 && last == SIGPROF);
}

static void signal_later(int parent)
{
	sleep_ms(100);
	kill(parent, SIGUSR1);
}

static void interrupted_sleep(void)
{
	struct timespec ts = { 5, 0 }, left = { 0, 0 };
	int pid;

	handle(SIGUSR1, SA_RESTART);		/* which does not count here */
	pid = helper(signal_later);
	CHECK_ERRNO(nanosleep(&ts, &left), EINTR);
	CHECK(count == 1 && left.tv_sec == 4 && left.tv_nsec > 0);
	CHECK(wait_status(pid) == 0);
	pid = helper(signal_later);
	syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &ts);
	ts.tv_sec += 5;
	left.tv_sec = 77;
	CHECK_ERRNO(syscall(__NR_clock_nanosleep, CLOCK_MONOTONIC,
			    TIMER_ABSTIME, &ts, &left),
		    EINTR);
	CHECK(left.tv_sec == 77 && wait_status(pid) == 0);
	ts.tv_sec = 0;				/* that was long ago */
	CHECK(syscall(__NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
		      NULL) == 0);
	CHECK_ERRNO(syscall(__NR_clock_nanosleep, 99, 0, &ts, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_clock_gettime, 99, &ts), EINVAL);
}

static void stop_and_continue(int parent)
{
	for (int i = 0; i < 3; i++) {
		sleep_ms(40);
		kill(parent, SIGSTOP);
		sleep_ms(40);
		kill(parent, SIGCONT);
	}
}

/*
 * Runs work, which waits for ms and is stopped and continued three times
 * meanwhile. Checks how long it took.
 */
static void stopped_while(void (*work)(void), long ms)
{
	long start = now_ms(), took;
	int pid = helper(stop_and_continue);

	work();
	took = now_ms() - start;
	if (took < ms || took > ms + 400)
		printf("  %ld ms instead of %ld\n", took, ms);
	CHECK(took >= ms && took <= ms + 400);
	CHECK(wait_status(pid) == 0);
}

static void do_nanosleep(void)
{
	struct timespec ts = { 0, 600000000 };

	CHECK(nanosleep(&ts, NULL) == 0);
}

static void do_poll(void)
{
	CHECK(syscall(__NR_poll, NULL, 0, 600) == 0);
}

static void do_select(void)
{
	struct timeval tv = { 0, 600000 };

	CHECK(syscall(__NR__newselect, 0, NULL, NULL, NULL, &tv) == 0);
}

static void do_futex(void)
{
	struct timespec ts = { 0, 600000000 };
	static unsigned word;

	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT, 0, &ts), ETIMEDOUT);
}

static void write_later(int parent)
{
	(void)parent;
	sleep_ms(600);
	write(9, "x", 1);
}

static void do_read(void)
{
	int fds[2], pid;
	char c;

	CHECK(pipe(fds) == 0 && dup2(fds[1], 9) == 9);
	pid = helper(write_later);
	CHECK(read(fds[0], &c, 1) == 1);
	wait_status(pid);
	close(9);
	close(fds[0]);
	close(fds[1]);
}

static void do_waitpid(void)
{
	int pid = fork();

	if (pid == 0) {
		sleep_ms(600);
		_exit(3);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 3);
}

/*
 * Checks that stops go unnoticed: a sleep keeps its end, a read goes on.
 * Earlier timed waits do not shorten later ones.
 */
static void stopped_sleeps(void)
{
	stopped_while(do_nanosleep, 600);
	stopped_while(do_read, 600);
	stopped_while(do_nanosleep, 600);
	stopped_while(do_poll, 600);
	stopped_while(do_waitpid, 600);
	stopped_while(do_select, 600);
	stopped_while(do_futex, 600);
}

/* Checks what an endless call leaves behind for a later sleep without stops. */
static void sleep_after_restart(void)
{
	long start;

	stopped_while(do_nanosleep, 600);
	stopped_while(do_read, 600);
	start = now_ms();
	sleep_ms(300);
	CHECK(now_ms() - start >= 300);
	stopped_while(do_waitpid, 600);
	start = now_ms();
	CHECK(syscall(__NR_poll, NULL, 0, 300) == 0 && now_ms() - start >= 300);
}

static void signal_and_write(int parent)
{
	sleep_ms(60);
	kill(parent, SIGUSR1);
	sleep_ms(60);
	write(9, "x", 1);
}

/* Checks SA_RESTART: reads and waits go on, polls and selects do not. */
static void restarts(void)
{
	struct pollfd p = { .events = POLLIN };
	int fds[2], pid;
	unsigned set[32] = { 0 };
	char c;

	CHECK(pipe(fds) == 0 && dup2(fds[1], 9) == 9);
	handle(SIGUSR1, SA_RESTART);
	pid = helper(signal_and_write);
	CHECK(read(fds[0], &c, 1) == 1 && count == 1 && wait_status(pid) == 0);
	pid = helper(signal_and_write);
	CHECK(wait_status(pid) == 0 && count == 2);
	CHECK(read(fds[0], &c, 1) == 1);
	pid = helper(signal_and_write);
	p.fd = fds[0];
	CHECK_ERRNO(syscall(__NR_poll, &p, 1, -1), EINTR);
	CHECK(read(fds[0], &c, 1) == 1 && wait_status(pid) == 0);
	pid = helper(signal_and_write);
	set[0] = 1u << fds[0];
	CHECK_ERRNO(syscall(__NR__newselect, fds[0] + 1, set, NULL, NULL, NULL),
		    EINTR);
	CHECK(read(fds[0], &c, 1) == 1 && wait_status(pid) == 0);
	handle(SIGUSR1, 0);
	pid = helper(signal_and_write);
	CHECK_ERRNO(waitpid(pid, NULL, 0), EINTR);
	CHECK(read(fds[0], &c, 1) == 1 && wait_status(pid) == 0 && count == 5);
}

static int waitid(int type, int id, int options)
{
	memset(&info, 0, sizeof(info));
	return syscall(__NR_waitid, type, id, &info, options, NULL);
}

static void waitid_forms(void)
{
	int pid = fork(), other;

	if (pid == 0)
		for (;;)
			pause();
	CHECK(waitid(P_PID, pid, WEXITED | WNOHANG) == 0 && info.si_pid == 0);
	CHECK(kill(pid, SIGSTOP) == 0 &&
	      waitid(P_ALL, 0, WSTOPPED | WNOWAIT) == 0);
	CHECK(info.si_pid == pid && info.si_code == CLD_STOPPED &&
	      info.si_status == SIGSTOP && info.si_signo == SIGCHLD);
	CHECK(waitid(P_PID, pid, WSTOPPED | WNOHANG) == 0 &&
	      info.si_pid == pid);
	CHECK(waitid(P_PID, pid, WSTOPPED | WNOHANG) == 0 && info.si_pid == 0);
	CHECK(kill(pid, SIGCONT) == 0 && waitid(P_PID, pid, WCONTINUED) == 0);
	CHECK(info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
	CHECK(setpgid(pid, pid) == 0 && kill(pid, SIGKILL) == 0 &&
	      waitid(P_PGID, pid, WEXITED | WNOWAIT) == 0);
	CHECK(info.si_code == CLD_KILLED && info.si_status == SIGKILL);
	CHECK(waitid(P_PID, pid, WEXITED) == 0 && info.si_pid == pid);
	CHECK_ERRNO(waitid(P_PID, pid, WEXITED), ECHILD);
	other = fork();
	if (other == 0)
		_exit(300 % 256);
	CHECK(waitid(P_ALL, 0, WEXITED) == 0 && info.si_pid == other &&
	      info.si_code == CLD_EXITED && info.si_status == 44);
	CHECK_ERRNO(waitid(P_ALL, 0, WNOHANG), EINVAL);
	CHECK_ERRNO(waitid(P_ALL, 0, WEXITED | 0x100), EINVAL);
	CHECK_ERRNO(waitid(9, 0, WEXITED), EINVAL);
	CHECK_ERRNO(waitid(P_PID, 0, WEXITED), EINVAL);
	CHECK_ERRNO(waitid(P_ALL, 0, WEXITED), ECHILD);
}

/* Checks that wait4() reports stops and continuations, each once. */
static void wait_for_changes(void)
{
	int pid = fork(), status;

	if (pid == 0)
		for (;;)
			pause();
	CHECK(kill(pid, SIGTSTP) == 0 &&
	      waitpid(-1, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGTSTP);
	CHECK(waitpid(pid, &status, WUNTRACED | WCONTINUED | WNOHANG) == 0);
	CHECK(kill(pid, SIGCONT) == 0 &&
	      waitpid(-1, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	CHECK(waitpid(pid, &status, WUNTRACED | WCONTINUED | WNOHANG) == 0);
	CHECK(kill(pid, SIGSTOP) == 0);
	sleep_ms(50);
	/* the unreported stop is forgotten */
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED | WCONTINUED) == pid &&
	      WIFCONTINUED(status));
	CHECK(kill(pid, SIGSTOP) == 0 && kill(pid, SIGKILL) == 0 &&
	      WTERMSIG(wait_status(pid)) == SIGKILL);
}

static void futex_timeouts(void)
{
	struct timespec ts = { 0, 100000000 }, bad = { 0, 1000000000 };
	static unsigned word = 5;
	long start = now_ms();
	int pid;

	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT, 4, NULL), EAGAIN);
	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG,
			    5, &ts),
		    ETIMEDOUT);
	CHECK(now_ms() - start >= 100);
	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT, 5, &bad), EINVAL);
	CHECK_ERRNO(syscall(__NR_futex, (char *)&word + 1, FUTEX_WAIT, 5, &ts),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_futex, 0x10, FUTEX_WAIT, 5, &ts), EFAULT);
	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT_BITSET, 5, NULL, NULL,
			    0),
		    EINVAL);
	syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &ts);
	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT_BITSET, 5, &ts, NULL,
			    1),
		    ETIMEDOUT);
	CHECK(syscall(__NR_futex, &word, FUTEX_WAKE, 1) == 0);
	CHECK_ERRNO(syscall(__NR_futex, &word, 77, 1), ENOSYS);
	handle(SIGUSR1, 0);
	pid = helper(signal_later);
	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT, 5, NULL), EINTR);
	CHECK(wait_status(pid) == 0);
}

/*
 * Checks that the child's memory is its own: the parent's wake does not reach
 * it.
 */
static void futex_is_private_after_fork(void)
{
	struct timespec ts = { 0, 300000000 };
	static unsigned word;
	int pid = fork();

	if (pid == 0) {
		CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT, 0, &ts),
			    ETIMEDOUT);
		_exit(0);
	}
	sleep_ms(100);
	CHECK(syscall(__NR_futex, &word, FUTEX_WAKE, 10) == 0 &&
	      wait_status(pid) == 0);
}

static void clocks(void)
{
	struct timespec64 wide;
	struct timespec narrow, later;

	CHECK(syscall(__NR_clock_gettime, CLOCK_REALTIME, &narrow) == 0 &&
	      syscall(__NR_clock_gettime64, CLOCK_REALTIME, &wide) == 0);
	CHECK(wide.tv_sec - narrow.tv_sec <= 1 &&
	      (unsigned)narrow.tv_nsec < 1000000000);
	CHECK(time(NULL) - narrow.tv_sec <= 1);
	CHECK(syscall(__NR_clock_getres, CLOCK_MONOTONIC, &narrow) == 0 &&
	      narrow.tv_sec == 0 && narrow.tv_nsec > 0);
	CHECK(syscall(__NR_clock_getres, CLOCK_MONOTONIC, NULL) == 0);
	CHECK(syscall(__NR_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &narrow) ==
	      0);
	sleep_ms(200);
	CHECK(syscall(__NR_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &later) ==
		      0 &&
	      later.tv_sec == narrow.tv_sec);
	CHECK(later.tv_nsec - narrow.tv_nsec < 100000000);
}

TESTS({ "real_timer", "setitimer, getitimer, alarm", real_timer },
      { "alarm_over_exec", "a timer over exec", alarm_over_exec },
      { "used_time", "ITIMER_VIRTUAL and ITIMER_PROF", used_time },
      { "interrupted_sleep", "what is left of a sleep", interrupted_sleep },
      { "stopped_sleeps", "waits that are stopped and continued",
	stopped_sleeps },
      { "sleep_after_restart", "a restarted call leaves nothing behind",
	sleep_after_restart },
      { "restarts", "which calls go on after a handler", restarts },
      { "waitid_forms", "waitid", waitid_forms },
      { "wait_for_changes", "WUNTRACED, WCONTINUED", wait_for_changes },
      { "futex_timeouts", "futex errors and timeouts", futex_timeouts },
      { "futex_is_private_after_fork", "a copy of a word is another futex",
	futex_is_private_after_fork },
      { "clocks", "clocks and their resolution", clocks })
