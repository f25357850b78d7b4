/*
 * CPU time: sleeps on a process's clock while threads use it or not, and
 * timers. None of them ends early.
 */
#include <check.h>
#include <signal.h>
#include <time.h>
#include "thread.h"

#define CPU CLOCK_PROCESS_CPUTIME_ID

static volatile int handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

static void handle(int sig)
{
	struct sigaction action = { .sa_handler = note };

	handled = 0;
	CHECK(sigaction(sig, &action, NULL) == 0);
}

static struct itimerval once(int ms)
{
	return (struct itimerval){ { 0, 0 }, { ms / 1000, ms % 1000 * 1000 } };
}

static struct timespec time_of(int clock)
{
	struct timespec ts;

	CHECK(syscall(__NR_clock_gettime, clock, &ts) == 0);
	return ts;
}

static long ms_of(const struct timespec *ts)
{
	return ts->tv_sec * 1000 + ts->tv_nsec / 1000000;
}

static long used_ms(void)
{
	struct timespec ts = time_of(CPU);

	return ms_of(&ts);
}

static int sleep_by(int flags, const struct timespec *ts, struct timespec *left)
{
	return syscall(__NR_clock_nanosleep, CPU, flags, ts, left);
}

static void use_time(void *arg)
{
	(void)arg;
	while (!word)
		;
}

/* Sleeps for a span and until a time, while another thread uses CPU time. */
static void sleeps(void)
{
	struct timespec span = { 0, 200000000 }, end;
	long before = used_ms();
	struct thread t;

	word = 0;
	start(&t, use_time, NULL);
	CHECK(sleep_by(0, &span, NULL) == 0);
	CHECK(used_ms() - before >= 200);
	end = time_of(CPU);
	end.tv_sec++;
	CHECK(sleep_by(TIMER_ABSTIME, &end, NULL) == 0);
	CHECK(used_ms() >= ms_of(&end));
	word = 1;
	join(&t);
}

/* Sleeps while no thread uses CPU time: only a signal ends that. */
static void alone(void)
{
	struct timespec span = { 0, 100000000 }, left = { 0, 0 };
	struct timespec past = { 0, 0 };
	struct timespec bad = { 0, 1000000000 };
	struct itimerval soon = once(300);

	handle(SIGALRM);
	CHECK(syscall(__NR_setitimer, ITIMER_REAL, &soon, NULL) == 0);
	CHECK_ERRNO(sleep_by(0, &span, &left), EINTR);
	CHECK(handled == 1 && ms_of(&left) >= 50 && ms_of(&left) <= 100);
	CHECK(sleep_by(TIMER_ABSTIME, &past, NULL) == 0);
	CHECK_ERRNO(sleep_by(0, &bad, NULL), EINVAL);
	CHECK_ERRNO(sleep_by(0, (void *)16, NULL), EFAULT);
}

static void clocks(void)
{
	struct timespec resolution = { 9, 9 };
	long start = used_ms();

	CHECK(syscall(__NR_clock_getres, CPU, &resolution) == 0);
	CHECK(resolution.tv_sec == 0 && resolution.tv_nsec > 0);
	CHECK(syscall(__NR_clock_getres, CPU, NULL) == 0);
	CHECK_ERRNO(syscall(__NR_clock_settime, CPU, &resolution), EINVAL);
	sleep_ms(300);
	CHECK(used_ms() - start < 200);
}

/*
 * Checks one timer of 30 ms that begins in the middle of a tick. The clock
 * shows whole ticks: 30 ms on it may be less in truth, so it must show more.
 */
static void one_timer(int which, int sig)
{
	const struct itimerval span = once(30);
	struct itimerval left;

	handle(sig);
	for (int i = 0; i < 10; i++) {
		long start = used_ms(), most = on_cowix() ? 30 : 40;

		handled = 0;
		CHECK(syscall(__NR_setitimer, which, &span, NULL) == 0);
		CHECK(syscall(__NR_getitimer, which, &left) == 0);
		CHECK(left.it_value.tv_sec == 0 && left.it_value.tv_usec > 0);
		CHECK(left.it_value.tv_usec <= most * 1000);
		while (!handled)
			for (volatile int k = 0; k < 1000; k++)
				;
		CHECK(used_ms() - start >= (on_cowix() ? 40 : 30));
		CHECK(syscall(__NR_getitimer, which, &left) == 0);
		CHECK(!left.it_value.tv_sec && !left.it_value.tv_usec);
	}
}

static void timers(void)
{
	one_timer(ITIMER_VIRTUAL, SIGVTALRM);
	one_timer(ITIMER_PROF, SIGPROF);
}

TESTS({ "sleeps", "while another thread uses the time", sleeps },
      { "alone", "while nobody does", alone },
      { "clocks", "what the clock shows, and who may set it", clocks },
      { "timers", "ITIMER_VIRTUAL and ITIMER_PROF are not early", timers })
