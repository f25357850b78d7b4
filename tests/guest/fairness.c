/*
 * The scheduler: programs that compute, yield and fork share the CPU evenly.
 * Nobody gains by forking, fork() returns soon, sleepers wake soon, nice levels
 * count. On Linux this only checks that all of it runs.
 */
#include <check.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <abi/mman.h>

#define MANY	12
#define TICKS	100			/* a second */

/* CPU time that each group of processes has used, in ticks. */
static volatile struct {
	int stop;
	int used[MANY];
} *shared;

static void share_memory(void)
{
	shared = (void *)syscall(__NR_mmap2, NULL, 4096, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK((long)shared != -1);
}

/*
 * Waits for the end, and counts what this process and its dead children have
 * used.
 */
static int over(int n)
{
	struct tms t;

	times(&t);
	shared->used[n] =
		t.tms_utime + t.tms_stime + t.tms_cutime + t.tms_cstime;
	return shared->stop;
}

static void spin(int loops)
{
	for (volatile int i = 0; i < loops; i++)
		;
}

static void spin_ms(int ms)
{
	long start = now_ms();

	while (now_ms() - start < ms)
		;
}

static void hog(int n)
{
	while (!over(n))
		spin(10000);
}

static void yielder(int n)
{
	while (!over(n))
		for (int i = 0; i < 100; i++)
			sched_yield();
}

/* Forks children that live for some ms, and waits for each. */
static void forker_of(int n, int ms)
{
	while (!over(n)) {
		int pid = fork();

		if (pid == 0) {
			spin_ms(ms);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static void quick_forker(int n)
{
	forker_of(n, 0);
}

static void slow_forker(int n)
{
	forker_of(n, 300);
}

/*
 * Makes orphans that compute for most of a tick each. No parent gets their
 * time, so they add it up themselves.
 */
static void double_forker(int n)
{
	while (!shared->stop) {
		int fds[2];
		char c;

		if (pipe(fds) < 0)
			_exit(1);
		if (fork() == 0) {
			if (fork() == 0) {
				spin_ms(10);
				over(n + 1);
				shared->used[n] += shared->used[n + 1];
			}
			_exit(0);
		}
		close(fds[1]);
		read(fds[0], &c, 1);		/* until the orphan has ended */
		close(fds[0]);
		wait(NULL);
	}
}

static int start(void (*work)(int), int n)
{
	int pid = fork();

	if (pid == 0) {
		work(n);
		_exit(0);
	}
	CHECK(pid > 0);
	return pid;
}

static int used(int n)
{
	return shared->used[n];
}

/* Lets the started processes run for some ms of the machine's time. */
static void run(int ms)
{
	sleep_ms(on_cowix() ? ms : 200);	/* Linux is not measured */
	shared->stop = 1;
	while (wait(NULL) > 0)
		;
}

/*
 * Checks that n has used at least this percentage of the time of n and other.
 */
static void at_least(int n, int percent, int other)
{
	int sum = used(n) + used(other);

	if (used(n) * 100 < percent * sum)
		printf("  %d: %d ticks, %d: %d ticks\n", n, used(n), other,
		       used(other));
	CHECK(!on_cowix() ||
	      (sum >= TICKS / 4 && used(n) * 100 >= percent * sum));
}

static void pair(void (*one)(int), void (*two)(int), int percent)
{
	share_memory();
	start(one, 0);
	start(two, 1);
	run(3000);
	at_least(0, percent, 1);
	at_least(1, percent, 0);
}

static void hog_and_yielder(void)
{
	pair(hog, yielder, 33);
}

static void hog_and_quick_forker(void)
{
	pair(hog, quick_forker, 25);
}

/*
 * Checks that a forker which sleeps while its child computes counts as one
 * process.
 */
static void hog_and_slow_forker(void)
{
	pair(hog, slow_forker, 33);
}

static void hog_and_double_forker(void)
{
	share_memory();
	start(hog, 0);
	start(double_forker, 1);
	run(3000);
	at_least(0, 30, 1);
}

static int there[2], back[2];

/* Wakes the listener, and is woken by it. */
static void speaker(int n)
{
	char c = 'x';

	close(there[0]);
	while (!over(n))
		for (int i = 0; i < 100; i++)
			CHECK(write(there[1], &c, 1) == 1 &&
			      read(back[0], &c, 1) == 1);
}

static void listener(int n)
{
	char c;

	close(there[1]);
	for (int i = 0; read(there[0], &c, 1) == 1; i++) {
		CHECK(write(back[1], &c, 1) == 1);
		if (i % 100 == 0)
			over(n);
	}
}

/* Checks that two that wake each other in turns have what two hogs have. */
static void hog_and_talkers(void)
{
	int sum;

	share_memory();
	CHECK(pipe(there) == 0 && pipe(back) == 0);
	start(hog, 0);
	start(speaker, 1);
	start(listener, 2);
	close(there[1]);
	run(3000);
	sum = used(0) + used(1) + used(2);
	if (used(0) * 4 < sum)
		printf("  %d of %d ticks\n", used(0), sum);
	CHECK(!on_cowix() || (used(0) * 4 >= sum && used(0) * 2 <= sum));
}

/*
 * Runs three hogs, yielders and forkers each. Everybody must get at least half
 * of a ninth.
 */
static void crowd(void)
{
	static void (*const work[])(int) = { hog, yielder, quick_forker };
	int sum = 0;

	share_memory();
	for (int n = 0; n < 9; n++)
		start(work[n % 3], n);
	run(6000);
	for (int n = 0; n < 9; n++)
		sum += used(n);
	for (int n = 0; n < 9; n++) {
		if (used(n) * 18 < sum)
			printf("  %d of %d: %d ticks\n", n, sum, used(n));
		CHECK(!on_cowix() || used(n) * 18 >= sum);
	}
}

static void spin_for_ever(int n)
{
	(void)n;
	while (!shared->stop)
		spin(1000);
}

static void yield_for_ever(int n)
{
	(void)n;
	while (!shared->stop)
		sched_yield();
}

/* Checks that fork() returns soon, though its child and others compute. */
static void back_from_fork(void)
{
	long begin, longest = 0;

	share_memory();
	for (int n = 0; n < 3; n++)
		start(spin_for_ever, n);
	sleep_ms(500);
	for (int n = 0; n < 4; n++) {
		begin = now_ms();
		start(spin_for_ever, n);
		begin = now_ms() - begin;
		longest = begin > longest ? begin : longest;
	}
	shared->stop = 1;
	if (longest > 40)
		printf("  %ld ms in fork()\n", longest);
	CHECK(!on_cowix() || longest <= 40);
	while (wait(NULL) > 0)
		;
}

static unsigned long long count(void)
{
	unsigned long long now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now;
}

/* Makes yielders. tests/test_counts.py counts the instructions. */
static void make_yielders(int many)
{
	unsigned long long begin = count();

	shared->stop = 0;
	for (int n = 0; n < many; n++)
		start(yield_for_ever, n);
	shared->stop = 1;
	while (wait(NULL) > 0)
		;
	printf("  %d yielders: %u thousand\n", many,
	       (unsigned)((count() - begin) >> 10));
}

static void yield_spinners(void)
{
	long begin = now_ms();

	share_memory();
	make_yielders(8);
	make_yielders(MANY);
	begin = now_ms() - begin;
	if (begin > 300)
		printf("  %ld ms for %d children\n", begin, MANY);
	CHECK(!on_cowix() || begin <= 300);
}

/*
 * Checks that each of 30 sleeps of 10 ms is at most two ticks late beside hogs.
 */
static void sleepers(void)
{
	long begin;

	share_memory();
	for (int n = 0; n < 6; n++)
		start(hog, n);
	begin = now_ms();
	for (int i = 0; i < 30; i++)
		sleep_ms(10);
	begin = now_ms() - begin;
	shared->stop = 1;
	while (wait(NULL) > 0)
		;
	if (begin > 30 * 40)
		printf("  %ld ms for 30 sleeps\n", begin);
	CHECK(!on_cowix() || begin <= 30 * 40);
}

static void nice_hog(int n)
{
	CHECK(nice(19) >= 0);
	hog(n);
}

static void niceness(void)
{
	share_memory();
	start(hog, 0);
	start(nice_hog, 1);
	run(3000);
	at_least(0, 80, 1);
	CHECK(!on_cowix() || used(1) > 0);
}

TESTS({ "hog_and_yielder", "who yields gets as much as who does not",
	hog_and_yielder },
      { "hog_and_quick_forker", "many short children", hog_and_quick_forker },
      { "hog_and_slow_forker", "few long children", hog_and_slow_forker },
      { "hog_and_double_forker", "children that are orphans at once",
	hog_and_double_forker },
      { "hog_and_talkers", "two that wake each other", hog_and_talkers },
      { "crowd", "three of each", crowd },
      { "back_from_fork", "a child that computes does not hold its parent up",
	back_from_fork },
      { "yield_spinners", "nor do twelve that yield", yield_spinners },
      { "sleepers", "who sleeps wakes soon", sleepers },
      { "niceness", "nice levels", niceness })
