/*
 * growth [-n LARGEST] [-b MILLIONS] [-r FOLDER] [-d FOLDER] [GROUP...]
 * Measures what operations cost beside 10 to 100,000 things, with the time
 * stamp counter. An emulator may make that count instructions (tools/growth).
 * Prints lines of group, row, number of things and figure, with tabs between,
 * or "# ..." for a row that has none. -r and -d name folders on tmpfs and on
 * Minix. Runs on Linux too, there also as its first process.
 */
#include "growth.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <util.h>

#define WAITING	60		/* seconds that a size may take */
#define TEN_TO(...)	{ 10, 100, 1000, ##__VA_ARGS__ }

static const struct group groups[] = {
	{ "base", base, { 1 } },
	{ "clock", lateness, { 1 } },
	{ "areas", areas, TEN_TO(10000, 100000) },
	{ "descriptors", descriptors, TEN_TO(4000) },
	{ "tmpfs files", folder_ram, TEN_TO(10000, 100000) },
	{ "Minix files", folder_disk, TEN_TO(3000) },
	{ "folders deep", depth, TEN_TO() },
	{ "letters a name", letters, { 10, 50, 100, 250 } },
	{ "MB on tmpfs", cached_ram, { 1, 10, 100, 400 } },
	{ "MB on Minix", cached_disk, { 1, 10, 100 } },
	{ "record locks", locks, TEN_TO() },
	{ "sockets", sockets, TEN_TO() },
	{ "mounts", many_mounts, TEN_TO() },
	{ "futex waiters", futexes, TEN_TO(2000) },
	{ "timers", timers, TEN_TO(10000, 100000) },
	{ "processes", processes, TEN_TO(2000) },
	{ "yielders", yielders, { 1, 4, 8, 12 } },
	{ "hogs", hogs, { 1, 4, 16 } },
	{ "MiB touched", forks, { 1, 10, 100, 400 } },
	{ 0 }
};

const char *ram_folder = "/ram", *disk_folder = "/disk";

static unsigned largest = 100000;
static u64 budget = 5000;	/* millions of instructions a size */
static const struct group *group;	/* which runs now, and its size */
static unsigned size;

void report(const char *row, u64 figure)
{
	printf("%s\t%s\t%u\t%lu\n", group->name, row, size,
	       (unsigned long)figure);
	fflush(stdout);
}

static void note(const char *row, const char *why)
{
	printf("# %s, %s, %u: %s\n", group->name, row, size, why);
	fflush(stdout);
}

void failed(const char *row)
{
	note(row, strerror(errno));
}

static int by_size(const void *a, const void *b)
{
	u64 one = *(const u64 *)a, other = *(const u64 *)b;

	return one < other ? -1 : one > other;
}

/*
 * Sets costs to what op(1) to op(times) cost, in ascending order. Returns NULL
 * if one failed.
 */
static const u64 *costs_of(const char *row, unsigned times,
			   int (*op)(unsigned i))
{
	static u64 costs[MOST + 1];

	for (unsigned i = 0; i <= times; i++) {
		u64 begin = now();

		if (op(i) < 0) {
			failed(row);
			return NULL;
		}
		costs[i] = now() - begin;
	}
	qsort(costs + 1, times, sizeof(u64), by_size);
	return costs + 1;
}

void measure_each(const char *row, unsigned times, unsigned things,
		  int (*op)(unsigned i))
{
	const u64 *costs = costs_of(row, times, op);

	if (costs)
		report(row, costs[times / 2] / things);
}

void measure(const char *row, unsigned times, int (*op)(unsigned i))
{
	measure_each(row, times, 1, op);
}

void measure_least(const char *row, unsigned times, int (*op)(unsigned i))
{
	const u64 *costs = costs_of(row, times, op);

	if (costs)
		report(row, costs[0]);
}

static void set_limit(int resource, unsigned n)
{
	struct rlimit limit = { n, n };

	setrlimit(resource, &limit);
}

void raise_limit(int resource, unsigned n)
{
	struct rlimit old;

	if (getrlimit(resource, &old) == 0 && old.rlim_cur < n)
		set_limit(resource, n);
}

void raise_number(const char *path, unsigned n)
{
	char text[16] = "";
	int fd = open(path, O_RDWR);

	if (fd < 0)
		return;
	read(fd, text, sizeof(text) - 1);
	if (strtoul(text, NULL, 10) < n)
		pwrite(fd, text, sprintf(text, "%u", n), 0);
	close(fd);
}

void sleep_ms(unsigned ms)
{
	struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

int fork_and_wait(unsigned i)
{
	pid_t pid = fork();

	(void)i;
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

int start_children(pid_t *pids, unsigned n, void (*run)(void))
{
	for (unsigned i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			for (;;)
				run();
		}
		if (pids[i] < 0) {
			end_children(pids, i);
			return -1;
		}
	}
	return 0;
}

void end_children(const pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (unsigned i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

/* Ends a process that waits for ever or computes too long. */
static void limit_time(void)
{
	alarm(WAITING);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_CPU, 2 * budget / 1000 + 1);
}

static u64 microseconds(const struct timeval *t)
{
	return t->tv_sec * 1000000ull + t->tv_usec;
}

/* Returns why a size was not got through. */
static const char *signal_meaning(int sig)
{
	if (sig == SIGXCPU)
		return "too slow";
	return sig == SIGALRM ? "waits for ever" : "died";
}

/*
 * Runs the group at the present size in a process of its own. Returns the
 * microseconds that it and its children ran, of about 1,000 instructions each,
 * or -1 if it did not get through.
 */
static long long run_size(unsigned before)
{
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		limit_time();
		group->run(size, before);
		_exit(0);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
		failed("fork");
		return -1;
	}
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status))
		note("all", signal_meaning(WTERMSIG(status)));
	return status ? -1 : (long long)(microseconds(&usage.ru_utime) +
					 microseconds(&usage.ru_stime));
}

/*
 * Runs the group at one size after the other, as long as the next is likely to
 * stay within the budget: the cost grows as much as the size, or as it did the
 * last time.
 */
static void run_group(void)
{
	long long last = 0, cost = 0;
	unsigned before = 0;

	for (const unsigned *n = group->sizes; *n && *n <= largest; n++) {
		long long factor = before ? *n / before : 0;

		if (last > 0 && cost / last > factor)
			factor = cost / last;
		size = *n;
		if (cost > last && cost * factor > (long long)budget * 1000) {
			note("all", "left out, it would be too slow");
			return;
		}
		last = cost;
		cost = run_size(before);
		if (cost < 0)
			return;
		before = size;
	}
}

static int wanted(const char *name, char **words)
{
	if (!*words)
		return 1;
	for (; *words; words++) {
		if (strcmp(*words, name) == 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int c;

	if (getpid() == 1)
		start_linux();
	util_init(argv[0]);
	while ((c = getopt(argc, argv, "n:b:r:d:")) != -1) {
		if (c == 'n')
			largest = number(optarg);
		else if (c == 'b')
			budget = number(optarg);
		else if (c == 'r')
			ram_folder = optarg;
		else if (c == 'd')
			disk_folder = optarg;
		else
			usage("growth [-n largest] [-b millions] [-r folder] "
			      "[-d folder] [group...]");
	}
	for (group = groups; group->name; group++) {
		if (wanted(group->name, argv + optind))
			run_group();
	}
	return 0;
}
