/* New processes and threads, by every call and policy that makes them. */
#include <signal.h>
#include <abi/clone.h>
#include "../start_on.h"
#include "fuzz.h"

#define BIRTHS	8			/* of a process at most */
#define STACKS	4
#define CHILD_CALLS	60

static int born;
int shares_memory;			/* something else may write to it */
static char stacks[STACKS][STACK];

static int may_have_child(void)
{
	return depth_left > 0 && born < BIRTHS;
}

/* Runs in a new process. It has its own pool, which begins as its parent's. */
static void child(void)
{
	born = 0;
	work(word(), CHILD_CALLS, depth_left - 1);
}

/* Runs in its parent's memory until it ends or executes another program. */
static void vfork_child(void)
{
	for (int i = roll(6); i > 0; i--)
		grammar_call();
	if (chance(50))
		execve("/bin/true", (char *[]){ "true", NULL }, NULL);
	_exit(0);
}

/* Runs as a thread, on a stack of its own. */
static void thread(void *unused)
{
	(void)unused;
	for (int i = 5 + roll(20); i > 0; i--)
		grammar_call();
}

static int start_thread(int number, unsigned flags)
{
	char *stack = stacks[roll(STACKS)];

	shared->tried[number]++;
	shares_memory = 1;
	return start_on(number, flags, stack, thread, NULL, (int *)stack, NULL,
			(int *)(stack + 8));
}

/* Returns flags of clone that go together, one of them flipped at times. */
static unsigned thread_flags(void)
{
	unsigned flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			 CLONE_THREAD | CLONE_SYSVSEM;

	flags |= word() & (CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |
			   CLONE_CHILD_SETTID);
	if (chance(30))
		flags = (flags & ~CLONE_THREAD) | SIGCHLD;
	if (chance(15))
		flags ^= 1u << roll(26);
	return flags | CLONE_VM;
}

void threads(void)
{
	int tid;

	if (!may_have_child())
		return;
	born++;
	if (chance(30))
		tid = start_thread(__NR_xfork, FORK_POLICY_THREAD);
	else
		tid = start_thread(__NR_clone, thread_flags());
	if (tid > 0) {
		add_pid(tid);
		shared->succeeded[__NR_clone]++;
	}
}

static int any_fork(void)
{
	unsigned flags = word() & (CLONE_FS | CLONE_FILES |
				   CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
				   CLONE_CHILD_CLEARTID);

	switch (roll(8)) {
	case 0: return call(__NR_xfork, FORK_POLICY_OLD, 0);
	case 1: return call(__NR_xfork, FORK_POLICY_COW, 0);
	case 2: case 3: return call(__NR_xfork, FORK_POLICY_LAZY, 0);
	case 4: return call(__NR_clone, flags | SIGCHLD, 0, some_place(), 0,
			    some_place());
	case 5: return call(__NR_clone, chance(50) ? 0 : roll(65), 0, 0, 0, 0);
	case 6: return call(__NR_clone3, input('C'), 64 + 8 * roll(4));
	default: return call(__NR_fork);
	}
}

static int by_vfork(void)
{
	int pid;

	shares_memory = 1;
	shared->tried[__NR_vfork]++;
	pid = vfork();
	if (pid == 0)
		vfork_child();
	shared->succeeded[__NR_vfork] += pid > 0;
	return pid;
}

void births(void)
{
	int pid;

	if (!may_have_child())
		return;
	born++;
	if (chance(15)) {
		pid = by_vfork();
	} else {
		pid = any_fork();
		if (pid == 0)
			child();
	}
	if (pid > 0)
		add_pid(pid);
}
