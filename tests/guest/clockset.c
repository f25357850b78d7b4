/*
 * Setting the clock wakes only sleepers whose time of day has come. Also tests
 * the longest spans.
 */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/futex.h>
#include "sleeping.h"

#define LONGEST	0x7FFFFFFF

static volatile int handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

/* Sends one SIGALRM after ms. */
static void interrupt_in(int ms)
{
	struct sigaction action = { .sa_handler = note };
	struct itimerval timer = { { 0, 0 }, { ms / 1000, ms % 1000 * 1000 } };

	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHECK(syscall(__NR_setitimer, ITIMER_REAL, &timer, NULL) == 0);
}

static struct timespec in_seconds(int clock, int seconds)
{
	struct timespec ts;

	CHECK(syscall(__NR_clock_gettime, clock, &ts) == 0);
	ts.tv_sec += seconds;
	return ts;
}

static void turn_clock(int seconds)
{
	struct timespec ts = in_seconds(CLOCK_REALTIME, seconds);

	CHECK(syscall(__NR_clock_settime, CLOCK_REALTIME, &ts) == 0);
}

static int sleep_until(int clock, const struct timespec *end)
{
	return syscall(__NR_clock_nanosleep, clock, TIMER_ABSTIME, end, NULL);
}

static void sleep_to_date(void)
{
	struct timespec end = in_seconds(CLOCK_REALTIME, 100);

	CHECK(sleep_until(CLOCK_REALTIME, &end) == 0);
}

static void futex_to_date(void)
{
	struct timespec end = in_seconds(CLOCK_REALTIME, 100);
	static int word;

	CHECK_ERRNO(syscall(__NR_futex, &word,
			    FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &end,
			    NULL, -1), ETIMEDOUT);
}

static void sleep_span(void)
{
	struct timespec span = { 0, 600000000 };
	long start = now_ms();

	CHECK(syscall(__NR_clock_nanosleep, CLOCK_REALTIME, 0, &span, NULL) ==
	      0);
	CHECK(now_ms() - start >= 600);
}

static void sleep_to_uptime(void)
{
	struct timespec end = in_seconds(CLOCK_MONOTONIC, 1);
	long start = now_ms();

	CHECK(sleep_until(CLOCK_MONOTONIC, &end) == 0);
	CHECK(now_ms() - start >= 980);
}

static void futex_to_uptime(void)
{
	struct timespec end = in_seconds(CLOCK_MONOTONIC, 1);
	static int word;
	long start = now_ms();

	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT_BITSET, 0, &end, NULL,
			    -1), ETIMEDOUT);
	CHECK(now_ms() - start >= 980);
}

static void await_alarm(void)
{
	sigset_t alarms = 1ull << (SIGALRM - 1), none = 0;
	long start = now_ms();

	CHECK(sigprocmask(SIG_BLOCK, &alarms, NULL) == 0);
	interrupt_in(600);
	CHECK_ERRNO(sigsuspend(&none), EINTR);
	CHECK(now_ms() - start >= 600);
}

/* Turns the clock forth and back while a child sleeps in work(). */
static void turned_while(void (*work)(void), int seconds)
{
	int pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		work();
		_exit(0);
	}
	await_state(pid, 'S');
	turn_clock(seconds);
	CHECK(wait_status(pid) == 0);
	turn_clock(-seconds);
}

static void dates(void)
{
	if (!on_cowix())
		return;
	turned_while(sleep_to_date, 200);
	turned_while(futex_to_date, 200);
}

static void spans(void)
{
	if (!on_cowix())
		return;
	turned_while(sleep_span, 200);
	turned_while(sleep_span, -200);
	turned_while(sleep_to_uptime, 200);
	turned_while(futex_to_uptime, 200);
	turned_while(await_alarm, 200);
	turned_while(await_alarm, -200);
}

/*
 * Checks that a clock turned back delays a sleeper that waits for a time of
 * day.
 */
static void turned_back(void)
{
	int pid;

	if (!on_cowix())
		return;
	pid = fork();
	if (pid == 0) {
		struct timespec end = in_seconds(CLOCK_REALTIME, 1);

		_exit(sleep_until(CLOCK_REALTIME, &end) != 0);
	}
	await_state(pid, 'S');
	turn_clock(-100);
	sleep_ms(1500);
	CHECK(waitpid(pid, NULL, WNOHANG) == 0);
	turn_clock(100);
	CHECK(wait_status(pid) == 0);
}

static void settings(void)
{
	struct timezone zone = { 0, 0 }, west = { 60, 0 }, mad = { 901, 0 };
	struct timeval bad = { 5, 1000000 };
	struct timespec ts = { 5, 1000000000 };

	if (!on_cowix())
		return;
	CHECK_ERRNO(syscall(__NR_clock_settime, CLOCK_MONOTONIC, &ts), EINVAL);
	CHECK_ERRNO(syscall(__NR_clock_settime, CLOCK_REALTIME, &ts), EINVAL);
	CHECK_ERRNO(syscall(__NR_clock_settime, CLOCK_REALTIME, 16), EFAULT);
	CHECK_ERRNO(syscall(__NR_settimeofday, &bad, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_settimeofday, NULL, &mad), EINVAL);
	CHECK(syscall(__NR_settimeofday, NULL, &west) == 0);
	CHECK(syscall(__NR_gettimeofday, NULL, &zone) == 0);
	CHECK(zone.tz_minuteswest == 60);
	west.tz_minuteswest = 0;
	CHECK(syscall(__NR_settimeofday, NULL, &west) == 0);
}

static void by_which_clock(void)
{
	struct timespec none = { 0, 0 };

	CHECK(sleep_until(CLOCK_REALTIME, &none) == 0);
	CHECK(sleep_until(CLOCK_BOOTTIME, &none) == 0);
	CHECK_ERRNO(sleep_until(CLOCK_THREAD_CPUTIME_ID, &none), EOPNOTSUPP);
	CHECK_ERRNO(sleep_until(CLOCK_MONOTONIC_RAW, &none), EOPNOTSUPP);
	CHECK_ERRNO(sleep_until(CLOCK_REALTIME_COARSE, &none), EOPNOTSUPP);
	CHECK_ERRNO(sleep_until(1234, &none), EINVAL);
}

/* Checks that each interrupted wait reports nearly all of its time as left. */
static void long_sleeps(void)
{
	struct timespec span = { LONGEST, 999999999 }, left = { 0, 0 };
	struct timespec64 wide = { 1ll << 62, 0, 0 }, rest = { 0, 0, 0 };

	interrupt_in(50);
	CHECK_ERRNO(nanosleep(&span, &left), EINTR);
	CHECK(left.tv_sec >= LONGEST - 30);
	interrupt_in(50);
	CHECK_ERRNO(syscall(__NR_clock_nanosleep_time64, CLOCK_MONOTONIC, 0,
			    &wide, &rest), EINTR);
	/* less the time since the machine was started */
	CHECK(rest.tv_sec > 9223372036ll - 3600 &&
	      rest.tv_sec <= 9223372036ll);
	interrupt_in(50);
	CHECK_ERRNO(sleep_until(CLOCK_REALTIME, &span), EINTR);
	interrupt_in(50);
	CHECK_ERRNO(sleep_until(CLOCK_MONOTONIC, &span), EINTR);
}

static void long_polls(void)
{
	struct timeval tv = { LONGEST, 1000000 }, second = { 0, 1500000 };
	struct timespec span = { LONGEST, 999999999 };
	static int word;
	long start;

	interrupt_in(50);
	CHECK_ERRNO(syscall(__NR__newselect, 0, 0, 0, 0, &tv), EINTR);
	CHECK(tv.tv_sec >= LONGEST - 30);
	interrupt_in(50);
	CHECK_ERRNO(syscall(__NR_pselect6, 0, 0, 0, 0, &span, NULL), EINTR);
	CHECK(span.tv_sec >= LONGEST - 30);
	interrupt_in(50);
	CHECK_ERRNO(syscall(__NR_ppoll, NULL, 0, &span, NULL, 8), EINTR);
	interrupt_in(50);
	CHECK_ERRNO(syscall(__NR_poll, NULL, 0, LONGEST), EINTR);
	interrupt_in(50);
	CHECK_ERRNO(syscall(__NR_futex, &word, FUTEX_WAIT, 0, &span), EINTR);
	start = now_ms();
	CHECK(syscall(__NR__newselect, 0, 0, 0, 0, &second) == 0);
	CHECK(now_ms() - start >= 1490);
}

static void bad_times(void)
{
	struct timeval before = { -1, 0 }, early = { 0, -1 };
	struct timespec past = { -1, 0 }, much = { 0, 1000000000 };
	sigset_t none = 0;

	CHECK_ERRNO(syscall(__NR__newselect, 0, 0, 0, 0, &before), EINVAL);
	CHECK_ERRNO(syscall(__NR__newselect, 0, 0, 0, 0, &early), EINVAL);
	CHECK_ERRNO(syscall(__NR_pselect6, 0, 0, 0, 0, &much, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_pselect6, 0, 0, 0, 0, &past, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_ppoll, NULL, 0, &much, NULL, 8), EINVAL);
	CHECK_ERRNO(nanosleep(&much, NULL), EINVAL);
	CHECK_ERRNO(nanosleep(&past, NULL), EINVAL);
	CHECK_ERRNO(nanosleep((void *)16, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_rt_sigtimedwait, &none, NULL, &much, 8),
		    EINVAL);
	past = (struct timespec){ 0, 0 };
	CHECK_ERRNO(syscall(__NR_rt_sigtimedwait, &none, NULL, &past, 8),
		    EAGAIN);
}

static int alarm_for(unsigned seconds)
{
	return syscall(__NR_alarm, seconds);
}

static void long_timers(void)
{
	struct itimerval longest = { { LONGEST, 999999 }, { LONGEST, 990000 } };
	struct itimerval now, half = { { 0, 0 }, { 2, 500000 } };

	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		CHECK(syscall(__NR_setitimer, which, &longest, NULL) == 0);
		CHECK(syscall(__NR_getitimer, which, &now) == 0);
		CHECK(now.it_value.tv_sec >= LONGEST - 30);
		CHECK(now.it_interval.tv_sec >= LONGEST - 30);
	}
	CHECK(alarm_for(LONGEST) != 0 && alarm_for(0) == LONGEST);
	CHECK(alarm_for(-1u) == 0);
	CHECK(alarm_for(0) == (on_64_bits() ? -1 : LONGEST));
	CHECK(alarm_for(5) == 0 && alarm_for(0) == 5 && alarm_for(0) == 0);
	CHECK(syscall(__NR_setitimer, ITIMER_REAL, &half, NULL) == 0);
	sleep_ms(200);
	CHECK(alarm_for(0) == 2);
	half.it_value = (struct timeval){ 0, 400000 };
	CHECK(syscall(__NR_setitimer, ITIMER_REAL, &half, NULL) == 0);
	CHECK(alarm_for(0) == 1);		/* never 0 while it runs */
}

static const struct test tests[] = {
	{ "dates", "sleepers until a date, when the clock is set", dates },
	{ "spans", "others sleep as long as they asked for", spans },
	{ "turned_back", "a date comes later when the clock is set back",
	  turned_back },
	{ "settings", "who may set which clock to what; the time zone",
	  settings },
	{ "by_which_clock", "clocks to sleep by", by_which_clock },
	{ "long_sleeps", "sleeps of 68 years", long_sleeps },
	{ "long_polls", "polls, selects and futexes as long", long_polls },
	{ "bad_times", "times that are none", bad_times },
	{ "long_timers", "timers and alarms of 68 years", long_timers },
	{ 0 }
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
