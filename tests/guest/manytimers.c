/*
 * Many timers: they come in the order of their ends, and none costs the others
 * anything. tests/test_counts.py has limits for the figures.
 */
#include "catch.h"
#include <sys/resource.h>
#include <time.h>

#define MSEC	1000000ll
#define SECOND	1000000000ll
#define MANY	1000
#define LATE		(20 * MSEC)	/* an interrupt on a busy machine */
#define ROUNDS	500

typedef long long ns_t;

static ns_t now(void)
{
	struct timespec ts;

	CHECK(syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &ts) == 0);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static struct itimerspec setting(ns_t value)
{
	return (struct itimerspec){ { 0, 0 },
				    { value / SECOND, value % SECOND } };
}

static unsigned random_number(void)
{
	static unsigned state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

/* Each timer keeps a signal ready, which counts. */
static void allow_signals(void)
{
	struct rlimit limit = { 2 * MANY, 2 * MANY };

	CHECK(setrlimit(RLIMIT_SIGPENDING, &limit) == 0);
}

static int create(int value)
{
	struct sigevent event = { value, SIGRTMIN, SIGEV_SIGNAL, 0, { 0 } };
	int id;

	CHECK(syscall(__NR_timer_create, CLOCK_MONOTONIC, &event, &id) == 0);
	return id;
}

static void set(int id, int flags, ns_t value)
{
	struct itimerspec new = setting(value);

	CHECK(syscall(__NR_timer_settime, id, flags, &new, NULL) == 0);
}

/* Returns the value of the next signal of a timer, or -1 if none is pending. */
static int next_signal(void)
{
	struct timespec none = { 0, 0 };
	sigset_t signals = set_of(SIGRTMIN);
	siginfo_t si;

	if (syscall(__NR_rt_sigtimedwait, &signals, &si, &none, 8) < 0)
		return -1;
	CHECK(si.si_code == SI_TIMER);
	return si.si_status;
}

/* A timer and what became of it. */
static struct {
	int id, came;
	ns_t end;
	ns_t stop, stopped;		/* before and after it was stopped */
} timers[MANY];

/* Sets all timers to random ends, each third one twice. */
static void set_all(ns_t start)
{
	for (int i = 0; i < MANY; i++) {
		timers[i].end = start + random_number() % 100000 * 1000;
		if (i % 3 == 0)
			set(timers[i].id, TIMER_ABSTIME, start + i * MSEC);
		set(timers[i].id, TIMER_ABSTIME, timers[i].end);
	}
	CHECK(now() < start);
}

/* Stops each fifth timer, whether it has come or not. */
static void stop_some(void)
{
	for (int i = 0; i < MANY; i += 5) {
		timers[i].stop = now();
		set(timers[i].id, 0, 0);
		timers[i].stopped = now();
	}
}

/* Takes all signals. They must have come in the order of their timers' ends. */
static void take_signals(void)
{
	ns_t last = 0;
	int i;

	while ((i = next_signal()) >= 0) {
		CHECK(!timers[i].came && timers[i].end >= last);
		timers[i].came = 1;
		last = timers[i].end;
	}
}

/*
 * Checks that timers come in the order of their ends, unless stopped before.
 * On a busy machine an interrupt may be late, and its timer stopped meanwhile.
 */
static void order(void)
{
	ns_t start;

	allow_signals();
	block(set_of(SIGRTMIN));
	for (int i = 0; i < MANY; i++)
		timers[i].id = create(i);
	start = now() + 3 * SECOND;	/* for slow machines */
	set_all(start);
	while (now() < start + 50 * MSEC)
		sleep_ms(10);
	stop_some();
	while (now() < start + 150 * MSEC)
		sleep_ms(10);
	take_signals();
	for (int i = 0; i < MANY; i++) {
		if (!timers[i].stop || timers[i].end < timers[i].stop - LATE)
			CHECK(timers[i].came);
		else if (timers[i].end > timers[i].stopped)
			CHECK(!timers[i].came);
	}
}

/* Returns what it costs to set a timer for a span and to stop it. */
static ns_t set_and_stop(int fd, ns_t span)
{
	struct itimerspec new = setting(span), none = setting(0);
	ns_t start = now();

	for (int i = 0; i < ROUNDS; i++) {
		syscall(__NR_timerfd_settime, fd, 0, &new, NULL);
		syscall(__NR_timerfd_settime, fd, 0, &none, NULL);
	}
	return (now() - start) / ROUNDS;
}

/* Returns what a timer costs that comes at once. */
static ns_t fire(int fd)
{
	struct itimerspec new = setting(1);
	unsigned long long n;
	ns_t start = now();

	for (int i = 0; i < ROUNDS; i++) {
		syscall(__NR_timerfd_settime, fd, 0, &new, NULL);
		CHECK(read(fd, &n, 8) == 8);
	}
	return (now() - start) / ROUNDS;
}

static ns_t set_known(int id)
{
	ns_t start = now();

	for (int i = 0; i < ROUNDS; i++)
		set(id, 0, 50 * SECOND);
	return (now() - start) / ROUNDS;
}

static void measure(int pending, int fd, int id)
{
	printf("%d pending: first %lld last %lld fire %lld known %lld\n",
	       pending, set_and_stop(fd, SECOND), set_and_stop(fd, 99 * SECOND),
	       fire(fd), set_known(id));
}

/* Prints what timers cost, alone and beside many others. */
static void costs(void)
{
	int fd = syscall(__NR_timerfd_create, CLOCK_MONOTONIC, 0);
	int id;

	CHECK(fd >= 0);
	block(set_of(SIGRTMIN));
	allow_signals();
	id = create(0);
	measure(1, fd, id);
	for (int i = 1; i < MANY; i++)
		set(create(i), 0, (10 + random_number() % 60) * SECOND);
	measure(MANY, fd, id);
}

TESTS({ "order", "timers come in the order of their ends", order },
      { "costs", "a timer beside many others", costs })
