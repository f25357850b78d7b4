/* Beside n processes that yield or compute all the time. */
#include "growth.h"
#include <sched.h>
#include <time.h>

#define FEW	10
#define MS	1000000

static pid_t pids[16];
static int to[2], from[2];

static void yield(void)
{
	sched_yield();
}

static volatile unsigned steps;

static void compute(void)
{
	steps++;
}

static void echo(void)
{
	char c;

	if (read(to[0], &c, 1) == 1)
		write(from[1], &c, 1);
}

static int there_and_back(unsigned i)
{
	char c = i;

	return write(to[1], &c, 1) < 0 ? -1 : read(from[0], &c, 1);
}

static int sleep_1_ms(unsigned i)
{
	struct timespec time = { 0, MS };

	(void)i;
	return nanosleep(&time, NULL);
}

void yielders(unsigned n, unsigned before)
{
	(void)before;
	if (start_children(pids, n, yield) < 0) {
		failed("all");
		return;
	}
	measure("fork, exit, wait", FEW, fork_and_wait);
	end_children(pids, n);
}

void hogs(unsigned n, unsigned before)
{
	pid_t other;

	(void)before;
	if (pipe(to) < 0 || pipe(from) < 0 ||
	    start_children(&other, 1, echo) < 0)
		return;
	if (start_children(pids, n, compute) == 0) {
		measure("nanosleep of 1 ms, ns", FEW, sleep_1_ms);
		measure("a byte to a process and back", FEW, there_and_back);
		end_children(pids, n);
	}
	end_children(&other, 1);
}
