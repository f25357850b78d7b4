/* With n MiB of memory touched. */
#include "growth.h"
#include <sys/mman.h>
#include <sys/wait.h>

#define WRITES	10000

static char *memory;
static unsigned pages;

static void touch(unsigned step)
{
	for (unsigned i = 0; i < pages; i += step)
		*(volatile char *)(memory + i * PAGE) = 1;
}

/* Reports what writing to every 16th page costs in a child, a page. */
static void child_writes(void)
{
	pid_t pid = fork();
	u64 begin = now();

	if (pid == 0) {
		touch(16);
		report("child writes, a page", (now() - begin) / (pages / 16));
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void parent_writes(void)
{
	u64 begin;

	fork_and_wait(0);
	begin = now();
	touch(1);
	report("parent writes afterwards, a page", (now() - begin) / pages);
}

/*
 * Reports what each of many writes to any page costs a server, with all that a
 * snapshot of it costs: a child that sleeps meanwhile.
 */
static void snapshot(void)
{
	u64 begin = now();
	pid_t pid = fork();

	if (pid == 0)
		pause();
	for (unsigned i = 0; i < WRITES; i++)
		memory[i * 2654435761u % pages * PAGE]++;
	end_children(&pid, 1);
	report("a write, with a snapshot", (now() - begin) / WRITES);
}

void forks(unsigned n, unsigned before)
{
	(void)before;
	memory = mmap(NULL, n << 20, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		failed("all");
		return;
	}
	pages = n << 8;
	touch(1);
	measure("fork, exit, wait", 5, fork_and_wait);
	child_writes();
	parent_writes();
	snapshot();
}
