/*
 * How soon a sleeper answers while others compute: when a timer has ended, a
 * byte goes through a pipe and comes back, as a key does that a shell echoes.
 * tests/test_counts.py compares the times; here all of it only has to run.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define TRIES 12
#define PERIOD 73		/* ms; no multiple of a tick */
#define MS 1000000		/* ns; and cycles under -icount */

static int children[128], nr_children;

static unsigned long long cycles(void)
{
	return __builtin_ia32_rdtsc();
}

static void compute_ms(int ms)
{
	unsigned long long end = cycles() + ms * (unsigned long long)MS;

	while (cycles() < end)
		;
}

static void hog(int n)
{
	for (;;)
		compute_ms(n + 1);
}

static void napper(int n)
{
	for (;;) {
		compute_ms(5);
		sleep_ms(1 + n % 2);
	}
}

/* One job of a make: a program that computes and writes a file. */
static void job(const char *name)
{
	static char bytes[4096];
	char *const args[] = { "/bin/true", NULL };
	int fd;

	compute_ms(20);
	fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);
	for (int i = 0; i < 4; i++)
		write(fd, bytes, sizeof(bytes));
	close(fd);
	execv("/bin/true", args);
	_exit(1);
}

static void maker(int n)
{
	char name[32];

	sprintf(name, "/latency-%d", n);
	for (;;) {
		int pid = fork();

		if (pid == 0)
			job(name);
		waitpid(pid, NULL, 0);
	}
}

/* Gives a child a process group of its own, so that it ends as a whole. */
static void add(int pid)
{
	CHECK(setpgid(pid, pid) == 0);
	children[nr_children++] = pid;
}

static void start(void (*work)(int), int many)
{
	for (int n = 0; n < many; n++) {
		int pid = fork();

		CHECK(pid >= 0);
		if (pid == 0)
			work(n);
		add(pid);
	}
}

static void end_all(void)
{
	char name[32];

	for (int i = 0; i < nr_children; i++)
		kill(-children[i], SIGKILL);	/* and what a maker has made */
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < nr_children; i++) {
		sprintf(name, "/latency-%d", i);
		unlink(name);
	}
}

/* Starts the one that answers: it reads a byte and writes it back. */
static void start_echo(int *to, int *from)
{
	int there[2], back[2], pid;
	char c;

	CHECK(pipe(there) == 0 && pipe(back) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		while (read(there[0], &c, 1) == 1)
			write(back[1], &c, 1);
		_exit(0);
	}
	add(pid);
	*to = there[1];
	*from = back[0];
}

/* Waits until the clock steps, and tells the cycle of the step. */
static void clock_step(struct timespec *now, unsigned long long *at)
{
	struct timespec old;

	syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &old);
	do {
		syscall(__NR_clock_gettime, CLOCK_MONOTONIC, now);
		*at = cycles();
	} while (now->tv_nsec == old.tv_nsec);
}

/* Sleeps until some ms after the time `at`, which moves on. */
static void sleep_on_from(struct timespec *at, int ms)
{
	at->tv_nsec += ms * MS;
	if (at->tv_nsec >= 1000 * MS) {
		at->tv_nsec -= 1000 * MS;
		at->tv_sec++;
	}
	syscall(__NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL);
}

/*
 * Measures, from the end of a sleep until the answer is there. Prints the
 * longest and the mean in microseconds.
 */
static void measure(const char *beside, void (*work)(int), int many)
{
	unsigned long long begin;
	int longest = 0, sum = 0;
	struct timespec at;
	int to, from;
	char c = 'x';

	start_echo(&to, &from);
	clock_step(&at, &begin);
	start(work, many);
	for (int i = 0; i < TRIES; i++) {
		int late;

		sleep_on_from(&at, PERIOD);
		begin += PERIOD * (unsigned long long)MS;
		CHECK(write(to, &c, 1) == 1 && read(from, &c, 1) == 1);
		late = (int)(cycles() - begin) / 1000;
		longest = late > longest ? late : longest;
		sum += late;
	}
	end_all();
	printf("  beside %d %s: longest %d, mean %d us\n", many, beside,
	       longest, sum / TRIES);
}

static void hogs(void)
{
	measure("hogs", hog, 8);
}

static void many_hogs(void)
{
	measure("hogs", hog, 100);
}

static void makers(void)
{
	measure("makers", maker, 8);
}

static void nappers(void)
{
	measure("nappers", napper, 8);
}

TESTS({ "hogs", "beside eight that compute", hogs },
      { "many_hogs", "beside a hundred", many_hogs },
      { "makers", "beside eight that make short children", makers },
      { "nappers", "beside eight that sleep now and then", nappers })
