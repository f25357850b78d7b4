/* Beside n timers that will not end soon. */
#include "growth.h"
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#define SOON	1000		/* seconds */

static unsigned count;
static int *timers_made, created[OFTEN + 1];

static int create(int *id)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };

	return syscall(__NR_timer_create, CLOCK_MONOTONIC, &event, id);
}

static int arm(int id, unsigned seconds)
{
	struct itimerspec at = { { 0, 0 }, { seconds, 0 } };

	return syscall(__NR_timer_settime, id, 0, &at, NULL);
}

static int create_one(unsigned i)
{
	return create(&created[i]);
}

static int delete_one(unsigned i)
{
	return syscall(__NR_timer_delete, created[i]);
}

static int arm_one(unsigned i)
{
	return arm(timers_made[chosen(i, count)], SOON + i * 7919 % SOON);
}

static int disarm_one(unsigned i)
{
	return arm(timers_made[chosen(i, count)], 0);
}

static int sleep_1_us(unsigned i)
{
	struct timespec time = { 0, 1000 };

	(void)i;
	return nanosleep(&time, NULL);
}

static int ask_time(unsigned i)
{
	struct timespec time;

	(void)i;
	return syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &time);
}

static int make_timers(void)
{
	raise_limit(RLIMIT_SIGPENDING, count + 1000);
	timers_made = malloc(count * sizeof(int));
	for (unsigned i = 0; i < count; i++) {
		if (create(&timers_made[i]) < 0 ||
		    arm(timers_made[i], SOON + chosen(i, count)) < 0)
			return -1;
	}
	return 0;
}

void timers(unsigned n, unsigned before)
{
	(void)before;
	count = n;
	if (make_timers() < 0) {
		failed("all");
		return;
	}
	measure("timer_settime", OFTEN, arm_one);
	measure("timer_settime, disarm", some_of(n), disarm_one);
	measure("timer_create", OFTEN, create_one);
	measure("timer_delete", OFTEN, delete_one);
	measure("clock_gettime", OFTEN, ask_time);
	measure("nanosleep of 1 us", 15, sleep_1_us);
}
