/* Beside n threads that wait, each for a word of its own. */
#include "growth.h"
#include <sched.h>
#include <sys/mman.h>
#include <abi/clone.h>
#include <abi/futex.h>
#include "../guest/start_on.h"

#define SHARED (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | \
	CLONE_THREAD | CLONE_SYSVSEM)
#define LITTLE	1024		/* bytes of stack that a thread uses */

static volatile int words[2000], waiting;
static int own;
static unsigned count;

static int futex(volatile int *word, int op, int value)
{
	return syscall(__NR_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL);
}

static void wait_on(void *word)
{
	__sync_add_and_fetch(&waiting, 1);
	for (;;)
		futex(word, FUTEX_WAIT, 0);
}

static int wake_nobody(unsigned i)
{
	(void)i;
	return futex(&own, FUTEX_WAKE, 1);
}

static int wait_in_vain(unsigned i)
{
	(void)i;
	return futex(&own, FUTEX_WAIT, 1) < 0 && errno == EAGAIN ? 0 : -1;
}

/* Wakes a thread, and lets it run until it waits again. */
static int wake_one(unsigned i)
{
	if (futex(&words[chosen(i, count)], FUTEX_WAKE, 1) != 1)
		return -1;
	return sched_yield();
}

static int make_thread(unsigned i)
{
	static char *stacks;

	if (i % 64 == 0)
		stacks = mmap(NULL, STACK + 64 * LITTLE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* start_on() begins at a stack's top: the stacks may overlap */
	return start_on(__NR_clone, SHARED, stacks + i % 64 * LITTLE, wait_on,
			(void *)&words[i], NULL, NULL, NULL);
}

void futexes(unsigned n, unsigned before)
{
	(void)before;
	count = n;
	for (unsigned i = 0; i < n; i++) {
		if ((errno = -make_thread(i)) > 0) {
			failed("all");
			return;
		}
	}
	while (waiting < (int)n)
		sched_yield();
	sched_yield();
	measure("wake, nobody waits", OFTEN, wake_nobody);
	measure("wait, the value differs", OFTEN, wait_in_vain);
	measure("wake one, it waits again", some_of(n), wake_one);
}
