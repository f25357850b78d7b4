/*
 * Clocks and timers: nothing comes too early, clocks do not go backwards,
 * intervals repeat. No times are printed.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "say.h"

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void clocks(void)
{
	struct timespec t;
	struct timeval tv;
	struct timespec first, last;
	int backwards = 0;

	clock_gettime(CLOCK_MONOTONIC, &first);
	last = first;
	for (int i = 0; i < 20000; i++, last = t) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		backwards +=
			t.tv_sec < last.tv_sec ||
			(t.tv_sec == last.tv_sec && t.tv_nsec < last.tv_nsec);
	}
	printf("backwards: %d, forwards: %d\n", backwards,
	       last.tv_sec > first.tv_sec || last.tv_nsec > first.tv_nsec);
	CALL(clock_getres(CLOCK_MONOTONIC, &t));
	printf("resolution at most 10 ms: %d\n",
	       t.tv_sec == 0 && t.tv_nsec <= 10000000);
	CALL(clock_gettime(12345, &t));
	gettimeofday(&tv, NULL);
	printf("real clocks agree: %d\n",
	       labs((long)(tv.tv_sec - time(NULL))) <= 1 &&
		       labs((long)(now(CLOCK_REALTIME) - tv.tv_sec)) <= 1);
	printf("after 1999: %d\n", time(NULL) > 946684000);
}

static void sleeping(void)
{
	struct timespec pause = { 0, 30000000 }, rest = { 0, 0 },
			bad = { 0, 1000000000 };
	double start = now(CLOCK_MONOTONIC);

	CALL(nanosleep(&pause, NULL));
	CALL(usleep(20000));
	CALL(nanosleep(&bad, NULL));
	CALL(clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL));
	clock_gettime(CLOCK_MONOTONIC, &rest);
	rest.tv_nsec += 20000000;
	rest.tv_sec += rest.tv_nsec / 1000000000;
	rest.tv_nsec %= 1000000000;
	CALL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &rest, NULL));
	printf("slept at least 100 ms: %d\n",
	       now(CLOCK_MONOTONIC) - start >= 0.0999);
	pause.tv_sec = 5;
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 50000 } },
		  NULL);
	CALL(nanosleep(&pause, &rest));
	printf("rest between 4 and 5.03: %d, alarms %d\n",
	       rest.tv_sec >= 4 && rest.tv_sec + rest.tv_nsec / 1e9 < 5.03,
	       alarms);
}

static void intervals(void)
{
	struct itimerval every = { { 0, 20000 }, { 0, 20000 } }, left,
			 never = { { 0, 0 }, { 0, 0 } };
	double start = now(CLOCK_MONOTONIC);
	sigset_t none;

	sigemptyset(&none);
	alarms = 0;
	CALL(setitimer(ITIMER_REAL, &every, NULL));
	while (alarms < 5)
		sigsuspend(&none);
	printf("five take at least 100 ms: %d\n",
	       now(CLOCK_MONOTONIC) - start >= 0.095);
	CALL(getitimer(ITIMER_REAL, &left));
	printf("interval %ld, left at most that: %d\n",
	       (long)left.it_interval.tv_usec, left.it_value.tv_usec <= 30000);
	CALL(setitimer(ITIMER_REAL, &never, &left));
	CALL(getitimer(ITIMER_REAL, &left));
	printf("stopped: %d\n",
	       left.it_value.tv_usec == 0 && left.it_value.tv_sec == 0);
	CALL(setitimer(7, &every, NULL));
	CALL(alarm(100));
	CALL(alarm(0) >= 99);
	CALL(alarm(0));
}

/*
 * Checks the processor-time timers, and the times that a parent sees of its
 * child.
 */
static void processor_time(void)
{
	struct itimerval soon = { { 0, 0 }, { 0, 60000 } };
	struct rusage usage;
	struct tms tms;
	volatile unsigned work = 0;
	clock_t c = clock();
	double start = now(CLOCK_PROCESS_CPUTIME_ID);

	signal(SIGVTALRM, on_alarm);
	signal(SIGPROF, on_alarm);
	alarms = 0;
	setitimer(ITIMER_VIRTUAL, &soon, NULL);
	while (alarms == 0)
		work++;
	setitimer(ITIMER_PROF, &soon, NULL);
	while (alarms == 1)
		work++;
	printf("worked: %d %d\n", now(CLOCK_PROCESS_CPUTIME_ID) - start > 0.02,
	       clock() - c > CLOCKS_PER_SEC / 50);
	fflush(stdout);
	if (fork() == 0) {
		printf("a child has no timer of its parent's: %d\n",
		       alarm(0) == 0);
		for (c = clock(); clock() - c < CLOCKS_PER_SEC / 10;)
			work++;
		exit(0);
	}
	wait(NULL);
	getrusage(RUSAGE_CHILDREN, &usage);
	times(&tms);
	printf("child's time: %d %d\n",
	       usage.ru_utime.tv_sec + usage.ru_stime.tv_sec == 0,
	       tms.tms_cutime + tms.tms_cstime >= 3);
}

int main(void)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	clocks();
	sleeping();
	intervals();
	processor_time();
	return 0;
}
