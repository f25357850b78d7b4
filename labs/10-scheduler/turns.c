/*
 * Lab 10: whose turn it is, and for how long. Time is counted in ticks that the
 * programs have had, so that a slow machine changes nothing.
 */
#include <check.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/times.h>
#include <sys/wait.h>

#define HOGS 4
#define SLICE 11	/* ticks, at nice 0 */

static volatile struct {
	int go, stop;
	int last;		/* who computes */
	int turns;		/* how often that was another than before */
	int used[HOGS];		/* ticks */
} *shared;

static void begin(void)
{
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	shared->last = -1;
}

static int ticks_used(void)
{
	struct tms t;

	times(&t);
	return t.tms_utime + t.tms_stime;
}

/* Computes until the end. What it did before `go` does not count. */
static void compute(int n)
{
	int before;

	while (!shared->go)
		;
	before = ticks_used();
	while (!shared->stop)
		if (shared->last != n) {
			shared->last = n;
			shared->turns++;
		}
	shared->used[n] = ticks_used() - before;
	_exit(0);
}

/* Starts a program that only computes. */
static void start_hog(int n, int niceness)
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		nice(niceness);
		compute(n);
	}
}

/* Lets them begin: their first slices may be those of another nice value. */
static void begin_count(void)
{
	sleep_ms(400);
	shared->go = 1;
}

/* Ends them. Returns how many ticks all of them have had. */
static int end_count(void)
{
	int sum = 0;

	shared->stop = 1;
	while (wait(NULL) > 0)
		;
	for (int n = 0; n < HOGS; n++)
		sum += shared->used[n];
	return sum;
}

/* Lets them compute for a while. */
static int run(int ms)
{
	begin_count();
	sleep_ms(ms);
	return end_count();
}

static void tell(int sum)
{
	printf("  ticks:");
	for (int n = 0; n < HOGS; n++)
		printf(" %d", shared->used[n]);
	printf(", %d in all, in %d turns\n", sum, shared->turns);
}

/* Somebody runs, sleeps and comes back, also when nobody else is there. */
static void alone(void)
{
	for (int i = 0; i < 5; i++) {
		int pid = fork();

		if (pid == 0) {
			sleep_ms(20);
			_exit(i);
		}
		CHECK(WEXITSTATUS(wait_status(pid)) == i);
		sleep_ms(20);
	}
}

static void shares(void)
{
	int sum;

	begin();
	for (int n = 0; n < HOGS; n++)
		start_hog(n, 0);
	sum = run(1200);
	tell(sum);
	for (int n = 0; n < HOGS; n++)
		CHECK(shared->used[n] * 100 >= sum * 14 &&
		      shared->used[n] * 100 <= sum * 38);
}

/* A turn is one slice: neither a tick, nor all that one wants. */
static void check_turns(int sum)
{
	tell(sum);
	CHECK(sum >= 40 && shared->turns * (SLICE - 4) <= sum);
	CHECK(shared->turns * (SLICE + 4) >= sum);
}

static void slices(void)
{
	begin();
	start_hog(0, 0);
	start_hog(1, 0);
	check_turns(run(1000));
}

/* A third often wakes up. Whom it interrupts goes on afterwards. */
static void place(void)
{
	int pid;

	begin();
	start_hog(0, 0);
	start_hog(1, 0);
	pid = fork();
	if (pid == 0)
		for (;;)
			sleep_ms(10);
	begin_count();
	sleep_ms(1000);
	kill(pid, SIGKILL);
	check_turns(end_count());
}

/* In an epoch they have 11, 6 and 1 ticks. */
static void niceness(void)
{
	int sum;

	begin();
	start_hog(0, 0);
	start_hog(1, 10);
	start_hog(2, 19);
	sum = run(1500);
	tell(sum);
	CHECK(shared->used[2] > 0 && shared->used[1] > 0);
	CHECK(shared->used[0] * 100 >= sum * 50);
	CHECK(shared->used[1] * 100 >= sum * 24);
	CHECK(shared->used[2] * 100 <= sum * 12);
}

/*
 * Who has computed and makes a child that computes goes on soon, too. Once the
 * machine itself may have stood still.
 */
static void back_at_once(void)
{
	int late = 0;

	for (int i = 0; i < 6; i++) {
		int now = ticks_used(), pid;
		long begin;

		while (ticks_used() < now + 3)
			;
		begin = now_ms();
		pid = fork();
		if (pid == 0)
			for (;;)
				;
		begin = now_ms() - begin;
		CHECK(kill(pid, SIGKILL) == 0 && wait_status(pid) == SIGKILL);
		printf("  %ld ms in fork()\n", begin);
		late += begin > 40;
	}
	CHECK(late <= 2);
}

TESTS({ "alone", "sleep and come back", alone },
      { "shares", "four that compute", shares },
      { "slices", "how long a turn is", slices },
      { "place", "an interrupted turn goes on", place },
      { "niceness", "11, 6 and 1 of 18", niceness },
      { "back_at_once", "a child does not hold its parent up", back_at_once })
