/* The clock: its step, its cost, and how late sleeps end, in nanoseconds. */
#include "growth.h"
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/poll.h>

#define US	1000ull
#define MS	1000000ull

static volatile int rung;

static u64 clock_ns(void)
{
	struct timespec t = { 0, 0 };

	syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Returns the least difference of two readings that differ. */
static u64 clock_step(void)
{
	u64 least = ~0ull;

	for (int i = 0; i < 20; i++) {
		u64 first = clock_ns(), next;

		do {
			next = clock_ns();
		} while (next == first);
		if (next - first < least)
			least = next - first;
	}
	return least;
}

static int ask(unsigned i)
{
	(void)i;
	clock_ns();
	return 0;
}

/*
 * Reports the mean by which sleeps end late. The first one only warms up. The
 * time stamp counter counts nanoseconds, too.
 */
static void late(const char *row, u64 ns, void (*sleep)(u64 ns))
{
	u64 begin = 0;

	for (int i = 0; i <= 10; i++) {
		sleep(ns);
		if (i == 0)
			begin = now();
	}
	report(row, (now() - begin) / 10 - ns);
}

static void by_nanosleep(u64 ns)
{
	struct timespec time = { 0, ns };

	nanosleep(&time, NULL);
}

static void by_poll(u64 ns)
{
	syscall(__NR_poll, NULL, 0, (int)(ns / MS));
}

static void by_select(u64 ns)
{
	struct timeval time = { 0, ns / US };

	syscall(__NR__newselect, 0, NULL, NULL, NULL, &time);
}

static void ring(int sig)
{
	(void)sig;
	rung = 1;
}

static void by_itimer(u64 ns)
{
	struct itimerval time = { { 0, 0 }, { 0, ns / US } };
	sigset_t set;

	rung = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	syscall(__NR_setitimer, ITIMER_REAL, &time, NULL);
	sigemptyset(&set);
	while (!rung)
		sigsuspend(&set);
}

void lateness(unsigned n, unsigned before)
{
	struct sigaction action = { .sa_handler = ring };

	(void)n;
	(void)before;
	measure("clock_gettime", OFTEN, ask);
	report("step of the clock, ns", clock_step());
	late("nanosleep of 1 us, late by ns", US, by_nanosleep);
	late("nanosleep of 1 ms, late by ns", MS, by_nanosleep);
	late("nanosleep of 10 ms, late by ns", 10 * MS, by_nanosleep);
	late("poll of 1 ms, late by ns", MS, by_poll);
	late("select of 100 us, late by ns", 100 * US, by_select);
	sigaction(SIGALRM, &action, NULL);
	late("setitimer of 1 ms, late by ns", MS, by_itimer);
}
