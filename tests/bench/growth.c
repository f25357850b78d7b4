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

#define TEN_TO(...)	{ 10, 100, 1000, ##__VA_ARGS__ }

static const struct group groups[] = {
	{ "base", base, { 1 } },
	{ "clock", lateness, { 1 } },
	{ "areas", areas, TEN_TO(10000, 100000) },
	{ "descriptors", descriptors, TEN_TO(10000, 100000) },
	{ "directory, tmpfs", folder_ram, TEN_TO(10000, 100000) },
	{ "directory, minix", folder_disk, TEN_TO(3000) },
	{ "depth", depth, TEN_TO() },
	{ "MB cached, tmpfs", cached_ram, { 1, 10, 100, 400 } },
	{ "MB cached, minix", cached_disk, { 1, 10, 100 } },
	{ "futex waiters", futexes, TEN_TO() },
	{ "timers", timers, TEN_TO(10000, 100000) },
	{ "processes", processes, TEN_TO() },
	{ "MiB touched", forks, { 1, 10, 100, 500 } },
	{ 0 }
};

const char *ram_folder = "/ram", *disk_folder = "/disk";

static unsigned largest = 100000;
static u64 budget = 2000;	/* millions of instructions a size */
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

void measure_each(const char *row, unsigned times, unsigned things,
		  int (*op)(unsigned i))
{
	u64 begin = 0;

	for (unsigned i = 0; i <= times; i++) {
		if (op(i) < 0) {
			failed(row);
			return;
		}
		if (i == 0)
			begin = now();
	}
	report(row, (now() - begin) / times / things);
}

void measure(const char *row, unsigned times, int (*op)(unsigned i))
{
	measure_each(row, times, 1, op);
}

void raise_limit(int resource, unsigned n)
{
	struct rlimit limit = { n, n }, old;

	if (getrlimit(resource, &old) == 0 && old.rlim_cur < n)
		setrlimit(resource, &limit);
}

void set_number(const char *path, unsigned n)
{
	char text[16];
	int fd = open(path, O_WRONLY);

	if (fd >= 0) {
		write(fd, text, sprintf(text, "%u", n));
		close(fd);
	}
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

void end_children(const pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (unsigned i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

/*
 * Runs the group at the present size in a process of its own, which ends when
 * the budget is used up twice. Returns false if it did not get through.
 */
static int run_size(unsigned before)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		alarm(2 * budget / 1000 + 1);
		group->run(size, before);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		failed("fork");
		return 0;
	}
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status))
		note("all", WTERMSIG(status) == SIGALRM ? "too slow" : "died");
	return status == 0;
}

/*
 * Returns what a size will cost, after two others cost last and cost. Waiting
 * does not grow, and is counted too.
 */
static u64 expected(u64 last, u64 cost)
{
	u64 more = cost > last ? cost - last : 0;

	if (last == 0)
		return cost;
	return cost + more * (cost / last > 10 ? cost / last : 10);
}

/*
 * Runs the group at one size after the other, as long as the next is likely to
 * stay within the budget.
 */
static void run_group(void)
{
	u64 last = 0, cost = 0;
	unsigned before = 0;

	for (const unsigned *n = group->sizes; *n && *n <= largest; n++) {
		u64 begin = now();

		size = *n;
		if (expected(last, cost) > budget * 1000000) {
			note("all", "left out, it would be too slow");
			return;
		}
		if (!run_size(before))
			return;
		last = cost;
		cost = now() - begin;
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
