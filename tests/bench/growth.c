/*
 * growth [-n LARGEST] [-b MILLIONS] [-r FOLDER] [-d FOLDER] [GROUP...]
 * Measures what operations cost beside 10 to 100,000 things, with the time
 * stamp counter. An emulator may make that count instructions (tools/growth).
 * Prints lines of group, row, number of things and figure, with tabs between,
 * or "# ..." for a row that has none. -r and -d name folders on tmpfs and on
 * Minix. Runs on Linux too, there also as its first process.
 */
#include "growth.h"
#include <help.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <util.h>

#define WAITING	1000		/* seconds that a size may take */
#define LITTLE	50000		/* microseconds: too few to tell a growth */
#define TEN_TO(...)	{ 10, 100, 1000, __VA_ARGS__ }

const char help_text[] =
	"usage: growth [-n largest] [-b millions] [-r folder] [-d folder] "
	"[group...]\n\tMeasures the kernel.\n\0";

static const struct group groups[] = {
	{ "base", base, { 1 } },
	{ "clock", lateness, { 1 } },
	{ "areas", areas, TEN_TO(10000, 100000) },
	{ "descriptors", descriptors, TEN_TO(4000) },
	{ "tmpfs files", folder_ram, TEN_TO(10000, 100000) },
	{ "Minix files", folder_disk, TEN_TO(3000) },
	{ "folders deep", depth, TEN_TO(0) },
	{ "letters a name", letters, { 10, 50, 100, 250 } },
	{ "MB on tmpfs", cached_ram, { 1, 10, 100, 400 } },
	{ "MB on Minix", cached_disk, { 1, 10, 100 } },
	{ "record locks", locks, TEN_TO(0) },
	{ "sockets", sockets, TEN_TO(0) },
	{ "mounts", many_mounts, TEN_TO(0) },
	{ "futex waiters", futexes, TEN_TO(2000) },
	{ "timers", timers, TEN_TO(10000, 100000) },
	{ "processes", processes, TEN_TO(2000) },
	{ "yielders", yielders, { 1, 4, 8, 12 } },
	{ "hogs", hogs, { 1, 4, 16 } },
	{ "MiB touched", forks, { 1, 10, 100, 400 } },
	{ "disk", disk, { 1 } },
	{ 0 }
};

static unsigned largest = 100000;
static u64 budget = 5000;	/* millions of instructions a size */

const struct group *group;
unsigned size;
const char *ram_folder = "/ram", *disk_folder = "/disk";

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

		if (last > LITTLE && cost / last > factor)
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

/* Returns true for all groups that are named, or all but "disk". */
static int wanted(const char *name, char **words)
{
	if (!*words)
		return strcmp(name, "disk") != 0;
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
			usage();
	}
	for (group = groups; group->name; group++) {
		if (wanted(group->name, argv + optind))
			run_group();
	}
	return 0;
}
