/* Beside n processes that sleep. */
#include "growth.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <abi/dirent.h>

static pid_t *pids;
static unsigned count;

static int ask_one(unsigned i)
{
	return kill(pids[chosen(i, count)], 0);
}

static int look_for_end(unsigned i)
{
	return waitpid(pids[chosen(i, count)], NULL, WNOHANG);
}

static int reap_one(unsigned i)
{
	return waitpid(pids[chosen(i, count)], NULL, 0);
}

static int yield(unsigned i)
{
	(void)i;
	return sched_yield();
}

static int read_stat(unsigned i)
{
	static char text[1024];
	int fd, got;

	sprintf(text, "/proc/%d/stat", pids[chosen(i, count)]);
	fd = open(text, O_RDONLY);
	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text));
	close(fd);
	return got;
}

static int read_proc(unsigned i)
{
	static char buffer[PAGE];
	int fd = open("/proc", O_RDONLY), got;

	(void)i;
	if (fd < 0)
		return -1;
	do {
		got = syscall(__NR_getdents64, fd, buffer, PAGE);
	} while (got > 0);
	close(fd);
	return got;
}

static void sleep_on(void)
{
	pause();
}

/* All have ended before the first is waited for. */
static void reaping(void)
{
	for (unsigned i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	sleep_ms(100);
	measure("wait for one of those that ended", some_of(count), reap_one);
	end_children(pids, count);
}

void processes(unsigned n, unsigned before)
{
	(void)before;
	count = n;
	pids = malloc(n * sizeof(pid_t));
	if (start_children(pids, n, sleep_on) < 0) {
		failed("all");
		return;
	}
	sched_yield();
	measure("fork, exit, wait", 15, fork_and_wait);
	measure("kill with 0", OFTEN, ask_one);
	measure("waitpid, it runs", OFTEN, look_for_end);
	measure("sched_yield", OFTEN, yield);
	measure("/proc/PID/stat", some_of(n), read_stat);
	measure_each("readdir of /proc, an entry", 3, n, read_proc);
	reaping();
}
