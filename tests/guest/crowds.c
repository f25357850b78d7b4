/*
 * Many processes: what a call costs beside them, for tests/test_counts.py, and
 * process numbers that come again.
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/clone.h>
#include "start_on.h"

#define MANY 1000
#define USER 1000
#define PID_MAX 32767
#define FIRST_AGAIN 100
#define QUEUED 40			/* a real-time signal */
#define THREAD \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

static int children[MANY], nr_children;

static unsigned long long count(void)
{
	return __builtin_ia32_rdtsc();
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

static void start(void)
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		sleep_for_ever();
	children[nr_children++] = pid;
}

static void fork_and_wait(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0);
}

/* Ends one of the children that are left. */
static void reap(void)
{
	int pid = children[--nr_children / 2];

	children[nr_children / 2] = children[nr_children];
	CHECK(kill(pid, SIGKILL) == 0 && wait_status(pid) == SIGKILL);
}

static void probe(void)
{
	CHECK(kill(children[3], 0) == 0);
}

static void group(void)
{
	CHECK(kill(-children[2], 0) == 0);
}

static void move(void)
{
	CHECK(setpgid(children[4], children[2]) == 0);
	CHECK(setpgid(children[4], children[4]) == 0);
}

static void priority(void)
{
	CHECK(syscall(__NR_getpriority, PRIO_PROCESS, children[5]) == 20);
}

/* Sends us a signal that is queued, and takes it. */
static void queue(void)
{
	unsigned long long set = 1ull << (QUEUED - 1);

	CHECK(syscall(__NR_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8) == 0);
	CHECK(kill(getpid(), QUEUED) == 0);
	CHECK(syscall(__NR_rt_sigtimedwait, &set, NULL, NULL, 8) == QUEUED);
}

static void stat_file(void)
{
	char name[32], buf[512];
	int fd;

	sprintf(name, "/proc/%d/stat", children[5]);
	fd = open(name, O_RDONLY);
	CHECK(fd >= 0 && read(fd, buf, sizeof(buf)) > 0 && close(fd) == 0);
}

/* Returns how many names a directory has. */
static int names_in(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	CHECK(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void list(void)
{
	CHECK(names_in("/proc") > nr_children);
}

static const struct {
	const char *name;
	void (*run)(void);
} works[] = {
	{ "fork", fork_and_wait }, { "reap", reap },
	{ "kill", probe },	   { "group", group },
	{ "setpgid", move },	   { "priority", priority },
	{ "queue", queue },	   { "stat", stat_file },
	{ "readdir", list },
};

static void measure(int many)
{
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		unsigned long long begin;

		works[i].run();
		begin = count();
		for (int n = 0; n < 4; n++)
			works[i].run();
		printf("  %d %s %u\n", many, works[i].name,
		       (unsigned)(count() - begin) / 4);
	}
}

/* Measures beside many sleepers, one of them in a group of its own. */
static void many_sleepers(int many)
{
	while (nr_children < many)
		start();
	CHECK(setpgid(children[2], 0) == 0);
	measure(many);
}

/* Makes many children that end at once, and waits for each by its number. */
static void many_zombies(int many)
{
	unsigned long long begin;

	for (int n = 0; n < many; n++) {
		children[n] = fork();
		CHECK(children[n] >= 0);
		if (children[n] == 0)
			_exit(0);
	}
	begin = count();
	for (int n = 0; n < many; n++)
		CHECK(wait_status(children[n]) == 0);
	printf("  %d zombie %u\n", many, (unsigned)(count() - begin) / many);
}

static void sleep_in_thread(void *arg)
{
	(void)arg;
	sleep_for_ever();
}

/* Lists the threads of a process that has many. */
static void many_threads(int many)
{
	unsigned long long begin;

	for (int n = 1; n < many; n++) {
		char *stack = malloc(STACK);

		CHECK(stack && start_on(__NR_clone, THREAD, stack,
					sleep_in_thread, NULL, NULL, NULL,
					NULL) > 0);
	}
	begin = count();
	CHECK(names_in("/proc/self/task") == many + 2);
	printf("  %d threads %u\n", many, (unsigned)(count() - begin));
	fflush(stdout);
	_exit(0);
}

static void list_threads(int many)
{
	int pid = fork();

	if (pid == 0)
		many_threads(many);
	CHECK(wait_status(pid) == 0);
}

/* Returns how many children the user may have, MANY at most. */
static int most_children(void)
{
	struct rlimit limit;

	CHECK(syscall(__NR_ugetrlimit, RLIMIT_NPROC, &limit) == 0);
	return limit.rlim_cur / 2 < MANY ? limit.rlim_cur / 2 : MANY;
}

static void costs_for_user(void)
{
	int many = most_children();

	CHECK(setuid(USER) == 0);
	many_sleepers(many / 8);
	many_sleepers(many);
	while (nr_children)
		reap();
	many_zombies(many);
	fflush(stdout);
	list_threads(many / 8);
	list_threads(many);
}

static void costs(void)
{
	int pid;

	mkdir("/proc", 0755);
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		costs_for_user();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && umount("/proc") == 0);
}

/* Makes a child that ends at once. Returns its number. */
static int short_child(void)
{
	int pid = vfork();

	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && waitpid(pid, NULL, 0) == pid);
	return pid;
}

/* Returns the number behind `last` that neither we nor our children have. */
static int expected(int last)
{
	int taken;

	do {
		last = last < PID_MAX ? last + 1 : FIRST_AGAIN;
		taken = last == getpid();
		for (int n = 0; n < nr_children; n++)
			taken |= last == children[n];
	} while (taken);
	return last;
}

/*
 * Makes children until all numbers have come once. Those of a process and of a
 * group without its leader must not come again, and no other is left out. On
 * Linux, other processes take some.
 */
static void numbers(void)
{
	int pid, last = 0;

	while (last < FIRST_AGAIN)	/* beyond those of the system */
		last = short_child();
	start();
	start();
	start();
	CHECK(setpgid(children[0], 0) == 0);
	CHECK(setpgid(children[1], children[0]) == 0);
	CHECK(kill(children[0], SIGKILL) == 0);
	CHECK(wait_status(children[0]) == SIGKILL);
	last = children[2];
	for (int left = on_cowix() ? PID_MAX : 1000; left; left--) {
		pid = short_child();
		CHECK(on_cowix() ? pid == expected(last) : pid != children[0]);
		last = pid;
	}
	for (int n = 1; n < 3; n++) {
		CHECK(kill(children[n], SIGKILL) == 0);
		CHECK(wait_status(children[n]) == SIGKILL);
	}
}

TESTS({ "costs", "what calls cost beside many sleepers", costs },
      { "numbers", "process numbers come again if nobody has them", numbers })
