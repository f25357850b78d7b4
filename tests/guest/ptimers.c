/* timer_create() and its family; CPU-time clocks and the others. */
#include "catch.h"
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>
#include "thread.h"

#define MS	1000000

/* of siginfo, when a timer sent it */
#define si_timerid si_pid
#define si_overrun si_uid
#define si_value si_status

static int create(int clock, int notify, int sig, int value)
{
	struct sigevent event = { value, sig, notify, 0, { 0 } };
	int id = -1;

	if (syscall(__NR_timer_create, clock, &event, &id) < 0)
		return -1;
	return id;
}

static int settime(int id, int flags, int value, int interval)
{
	struct itimerspec new = {
		{ interval / 1000, interval % 1000 * MS },
		{ value / 1000, value % 1000 * MS },
	};

	return syscall(__NR_timer_settime, id, flags, &new, NULL);
}

/* Returns the milliseconds left, rounded up; the interval in *interval. */
static long left(int id, long *interval)
{
	struct itimerspec now;

	CHECK(syscall(__NR_timer_gettime, id, &now) == 0);
	*interval = now.it_interval.tv_sec * 1000 +
		    now.it_interval.tv_nsec / MS;
	return now.it_value.tv_sec * 1000 +
	       (now.it_value.tv_nsec + MS - 1) / MS;
}

/* Waits for a signal of a set, for some time. Returns its number, or -1. */
static int await(unsigned long long set, siginfo_t *si, int ms)
{
	struct timespec timeout = { ms / 1000, ms % 1000 * MS };

	return syscall(__NR_rt_sigtimedwait, &set, si, &timeout, 8);
}

static void once(void)
{
	int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 4711);
	long start = now_ms(), interval;

	handle_with(SIGUSR1, note_info, 0);
	CHECK(id >= 0 && left(id, &interval) == 0 && interval == 0);
	CHECK(settime(id, 0, 50, 0) == 0);
	CHECK(left(id, &interval) > 0 && left(id, &interval) <= 50);
	while (!count)
		sleep_ms(1000);
	CHECK(now_ms() - start >= 50 && info.si_signo == SIGUSR1);
	CHECK(info.si_code == SI_TIMER && info.si_value == 4711);
	CHECK(info.si_timerid == id && info.si_overrun == 0);
	CHECK(left(id, &interval) == 0);
	CHECK(syscall(__NR_timer_getoverrun, id) == 0);
	CHECK(settime(id, 0, 30, 0) == 0 && settime(id, 0, 0, 0) == 0);
	sleep_ms(60);
	CHECK(count == 1);
	CHECK(syscall(__NR_timer_delete, id) == 0);
	CHECK_ERRNO(syscall(__NR_timer_delete, id), EINVAL);
}

/* Without an event: SIGALRM, and the value is the timer's number. */
static void plain(void)
{
	siginfo_t si;
	int first, id;

	CHECK(syscall(__NR_timer_create, CLOCK_REALTIME, NULL, &first) == 0);
	CHECK(syscall(__NR_timer_create, CLOCK_BOOTTIME, NULL, &id) == 0);
	CHECK(id == first + 1);
	block(set_of(SIGALRM));
	CHECK(settime(id, 0, 10, 0) == 0);
	CHECK(await(set_of(SIGALRM), &si, 5000) == SIGALRM);
	CHECK(si.si_value == id && si.si_timerid == id);
}

/* A timer whose signal pends has one signal only, and counts the rest. */
static void overruns(void)
{
	siginfo_t si;
	int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, 40, 1);
	long start = now_ms(), interval;

	block(set_of(40));
	CHECK(settime(id, 0, 20, 5) == 0);
	sleep_ms(120);
	CHECK(left(id, &interval) <= 5 && interval == 5);
	CHECK(await(set_of(40), &si, 5000) == 40);
	CHECK((int)si.si_overrun >= 15 &&
	      (int)si.si_overrun <= (now_ms() - start - 20) / 5);
	CHECK(syscall(__NR_timer_getoverrun, id) == (int)si.si_overrun);
	CHECK(await(set_of(40), &si, 5000) == 40 && (int)si.si_overrun < 15);
	CHECK(settime(id, 0, 0, 0) == 0);
	while (await(set_of(40), &si, 0) == 40)
		;
	CHECK(errno == EAGAIN && await(set_of(40), &si, 40) == -1);
}

/* Two timers with the same standard signal are told one after the other. */
static void two_timers(void)
{
	siginfo_t si;
	int a = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 1);
	int b = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 2);

	block(set_of(SIGUSR1));
	CHECK(settime(a, 0, 10, 0) == 0 && settime(b, 0, 30, 0) == 0);
	sleep_ms(80);
	CHECK(await(set_of(SIGUSR1), &si, 0) == SIGUSR1 && si.si_value == 1);
	CHECK(await(set_of(SIGUSR1), &si, 0) == SIGUSR1 && si.si_value == 2);
	CHECK_ERRNO(await(set_of(SIGUSR1), &si, 0), EAGAIN);
}

static void absolute(void)
{
	struct timespec now;
	struct itimerspec new = { { 0, 0 }, { 0, 0 } }, old;
	siginfo_t si;
	int id = create(CLOCK_REALTIME, SIGEV_SIGNAL, 40, 1);

	block(set_of(40));
	CHECK(syscall(__NR_clock_gettime, CLOCK_REALTIME, &now) == 0);
	new.it_value = now;
	new.it_value.tv_sec += 100;
	CHECK(syscall(__NR_timer_settime, id, TIMER_ABSTIME, &new, &old) == 0);
	CHECK(old.it_value.tv_sec == 0 && old.it_value.tv_nsec == 0);
	new.it_value = now;			/* it has come */
	CHECK(syscall(__NR_timer_settime, id, TIMER_ABSTIME, &new, &old) == 0);
	CHECK(old.it_value.tv_sec == 99 || old.it_value.tv_sec == 100);
	CHECK(await(set_of(40), &si, 5000) == 40);
}

/* Nobody is told of a timer with SIGEV_NONE: it is only asked. */
static void silent(void)
{
	int id = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0);
	long interval;

	CHECK(id >= 0 && settime(id, 0, 30, 0) == 0);
	CHECK(left(id, &interval) > 0);
	sleep_ms(60);
	CHECK(left(id, &interval) == 0);
	CHECK(settime(id, 0, 30, 500) == 0);
	sleep_ms(60);
	CHECK(left(id, &interval) > 30 && interval == 500);
}

/* What a signal would do decides: ignored, it passes, and the timer goes on. */
static void ignored(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };
	int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(settime(id, 0, 10, 10) == 0);
	sleep_ms(50);
	handle_with(SIGUSR1, note_info, 0);
	sleep_ms(5000);
	CHECK(count >= 1);
}

static void bad_timers(void)
{
	struct sigevent event = { 0, SIGUSR1, 99, 0, { 0 } };
	struct itimerspec spec = { { 0, 0 }, { 0, 1000000000 } };
	int id = create(CLOCK_TAI, SIGEV_SIGNAL, SIGUSR1, 0), got;

	CHECK(id >= 0);
	CHECK_ERRNO(syscall(__NR_timer_create, 0, &event, &got), EINVAL);
	CHECK_ERRNO(create(CLOCK_REALTIME, SIGEV_SIGNAL, 0, 0), EINVAL);
	CHECK_ERRNO(create(CLOCK_REALTIME, SIGEV_SIGNAL, 65, 0), EINVAL);
	CHECK_ERRNO(create(CLOCK_REALTIME, SIGEV_THREAD_ID, 10, 0), EINVAL);
	CHECK_ERRNO(create(99, SIGEV_SIGNAL, 10, 0), EINVAL);
	CHECK_ERRNO(create(CLOCK_MONOTONIC_RAW, SIGEV_SIGNAL, 10, 0),
		    EOPNOTSUPP);
	CHECK_ERRNO(syscall(__NR_timer_create, 0, 16, &got), EFAULT);
	CHECK_ERRNO(syscall(__NR_timer_create, 0, NULL, 16), EFAULT);
	CHECK_ERRNO(settime(99, 0, 1, 1), EINVAL);
	CHECK_ERRNO(syscall(__NR_timer_settime, id, 0, NULL, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_timer_settime, id, 0, 16, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_timer_settime, id, 0, &spec, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_timer_gettime, 99, &spec), EINVAL);
	CHECK_ERRNO(syscall(__NR_timer_gettime, id, 16), EFAULT);
	CHECK_ERRNO(syscall(__NR_timer_getoverrun, 99), EINVAL);
}

/* RLIMIT_SIGPENDING counts the timers of a user. */
static void limited(void)
{
	struct {
		unsigned long cur, max;
	} limit = { 20, 20 };
	int made = 0;

	CHECK(setuid(2345) == 0);
	CHECK(syscall(__NR_setrlimit, 11, &limit) == 0);
	while (create(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0) >= 0)
		made++;
	CHECK(errno == EAGAIN && made == 20);
	CHECK(syscall(__NR_timer_delete, 7) == 0);
	CHECK(create(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0) >= 0);
	CHECK_ERRNO(create(CLOCK_REALTIME, SIGEV_NONE, 0, 0), EAGAIN);
}

/* A child has no timers; exec() deletes them, with a signal that pends. */
static void children(void)
{
	char *const argv[] = { "true", NULL };
	int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0), pid;

	CHECK(settime(id, 0, 10000, 0) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK_ERRNO(syscall(__NR_timer_delete, id), EINVAL);
		id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);
		CHECK(id == 0 && settime(id, 0, 20, 20) == 0);
		block(set_of(SIGUSR1));
		sleep_ms(40);
		execve("/bin/true", argv, argv + 1);
		_exit(1);
	}
	CHECK(wait_status(pid) == 0);
}

static volatile int caught_by;

static void note_thread(int sig)
{
	(void)sig;
	caught_by = my_tid();
}

static void wait_for_signal(void *arg)
{
	(void)arg;
	while (!caught_by)
		sleep_ms(20);
}

static void threads(void)
{
	struct sigaction action = { .sa_handler = note_thread };
	struct sigevent event = { 0, SIGUSR1, SIGEV_THREAD_ID, 0, { 0 } };
	struct thread t;
	int id, tid;

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	start(&t, wait_for_signal, NULL);
	tid = event.sigev_tid = t.id;
	CHECK(syscall(__NR_timer_create, CLOCK_MONOTONIC, &event, &id) == 0);
	CHECK(settime(id, 0, 30, 0) == 0);
	join(&t);
	CHECK(caught_by == tid);
	CHECK(settime(id, 0, 10, 10) == 0);	/* nobody is there */
	sleep_ms(40);
	CHECK(caught_by == tid);
}

static long cpu_ms(int clock)
{
	struct timespec ts;

	if (syscall(__NR_clock_gettime, clock, &ts) < 0)
		return -1;
	return ts.tv_sec * 1000 + ts.tv_nsec / MS;
}

static int clock_of(int pid, int kind)
{
	return (int)(~(unsigned)pid << 3) | kind;
}

/* A timer of CPU time comes when that was used, not before. */
static void cpu_timers(void)
{
	siginfo_t si;
	long used = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);
	int id = create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, 40, 1);
	int own = create(clock_of(getpid(), 2 | CPUCLOCK_THREAD), SIGEV_SIGNAL,
			 41, 1);

	CHECK(id >= 0 && own >= 0);
	block(set_of(40) | set_of(41));
	CHECK(settime(id, 0, 100, 0) == 0 && settime(own, 0, 100, 0) == 0);
	CHECK_ERRNO(await(set_of(40), &si, 200), EAGAIN);
	while (await(set_of(40), &si, 0) != 40)
		;
	CHECK(cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - used >= 100);
	while (await(set_of(41), &si, 0) != 41)
		;
}

static void cpu_clocks(void)
{
	int pid = fork(), other;
	long ms;

	if (pid == 0)
		for (;;)
			;
	sleep_ms(300);
	ms = cpu_ms(clock_of(pid, CPUCLOCK_SCHED));
	CHECK(ms > 0 && cpu_ms(clock_of(pid, CPUCLOCK_PROF)) >= 0);
	CHECK(cpu_ms(clock_of(pid, CPUCLOCK_VIRT)) >= 0);
	CHECK_ERRNO(cpu_ms(clock_of(pid, 3)), EINVAL);
	CHECK_ERRNO(cpu_ms(clock_of(pid, 2 | CPUCLOCK_THREAD)), EINVAL);
	CHECK_ERRNO(cpu_ms(clock_of(30000, 2)), EINVAL);
	CHECK(cpu_ms(clock_of(0, 2 | CPUCLOCK_THREAD)) >= 0);
	CHECK(cpu_ms(clock_of(getpid(), 2)) >= 0);
	CHECK(cpu_ms(clock_of(getpid(), 2 | CPUCLOCK_THREAD)) >= 0);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, NULL, 0) == pid);
	CHECK_ERRNO(cpu_ms(clock_of(pid, CPUCLOCK_SCHED)), EINVAL);
	other = fork();
	if (other == 0)
		_exit(cpu_ms(clock_of(getppid(), 2)) < 0);
	CHECK(wait_status(other) == 0);
}

static void clocks(void)
{
	struct timespec ts = { 0, 1000000 };
	int known[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_TAI,
			CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW,
			CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE,
			CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
			clock_of(0, 2), clock_of(getpid(), 2 | 4) };

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		CHECK(syscall(__NR_clock_getres, known[i], &ts) == 0);
		CHECK(ts.tv_sec == 0 && ts.tv_nsec > 0 &&
		      ts.tv_nsec <= 10 * MS);
		CHECK(syscall(__NR_clock_getres, known[i], NULL) == 0);
		CHECK(cpu_ms(known[i]) >= 0);
	}
	CHECK(cpu_ms(CLOCK_TAI) / 100 - cpu_ms(CLOCK_REALTIME) / 100 <= 1);
	CHECK_ERRNO(syscall(__NR_clock_getres, 10, &ts), EINVAL);
	CHECK_ERRNO(syscall(__NR_clock_getres, clock_of(0, 3), &ts), EINVAL);
	CHECK_ERRNO(syscall(__NR_clock_settime, clock_of(0, 2), &ts), EPERM);
	CHECK_ERRNO(syscall(__NR_clock_settime, CLOCK_TAI, &ts), EINVAL);
	ts.tv_nsec = 20 * MS;
	CHECK(syscall(__NR_clock_nanosleep, CLOCK_TAI, 0, &ts, NULL) == 0);
	CHECK_ERRNO(syscall(__NR_clock_nanosleep, clock_of(0, 6), 0, &ts,
			    NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0,
			    &ts, NULL), EOPNOTSUPP);
}

/* Moves a time by less than a second. */
static void move(struct timespec *ts, long ns)
{
	ts->tv_nsec += ns;
	if (ts->tv_nsec >= 1000 * MS) {
		ts->tv_nsec -= 1000 * MS;
		ts->tv_sec++;
	}
}

/*
 * A timer may come while it is set anew: the old setting comes, or it does not,
 * but never both run.
 */
static void set_at_ticks(void)
{
	int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);
	struct itimerspec soon = { { 0, 10 * MS }, { 0, 0 } };
	long end = now_ms() + 2500;

	handle_with(SIGUSR1, note_info, 0);
	for (int n = 0; now_ms() < end; n++) {
		CHECK(syscall(__NR_clock_gettime, CLOCK_MONOTONIC,
			      &soon.it_value) == 0);
		move(&soon.it_value, n % 33 * 1000);
		CHECK(syscall(__NR_timer_settime, id, TIMER_ABSTIME, &soon,
			      NULL) == 0);
		soon.it_value.tv_sec++;
		for (volatile int i = n % 401; i > 0; i--)
			;
		CHECK(syscall(__NR_timer_settime, id, TIMER_ABSTIME, &soon,
			      NULL) == 0);
	}
	CHECK(settime(id, 0, 10, 0) == 0);
	for (int before = count; count == before;)
		sleep_ms(1000);
}

TESTS(
	{ "once", "a timer comes once, and tells who it is", once },
	{ "plain", "a timer without an event", plain },
	{ "overruns", "a pending signal counts what is missed", overruns },
	{ "two-timers", "two timers with one standard signal", two_timers },
	{ "absolute", "TIMER_ABSTIME by the time of day", absolute },
	{ "silent", "SIGEV_NONE", silent },
	{ "ignored", "a signal that is ignored for a while", ignored },
	{ "bad-timers", "errors of the calls", bad_timers },
	{ "limited", "RLIMIT_SIGPENDING", limited },
	{ "children", "fork() and exec()", children },
	{ "threads", "SIGEV_THREAD_ID, also without the thread", threads },
	{ "cpu-timers", "timers of CPU time", cpu_timers },
	{ "cpu-clocks", "clocks of processes and threads", cpu_clocks },
	{ "ticks", "a timer set anew while it comes", set_at_ticks },
	{ "clocks", "resolution of all clocks, who may be set", clocks })
