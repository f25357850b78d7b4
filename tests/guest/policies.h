/*
 * What the tests of xfork's policies share. On Linux, which has no xfork, every
 * fork is classic, of which once is enough, and nobody shares an address space.
 */
#ifndef POLICIES_H
#define POLICIES_H
#include <check.h>
#include <cowix.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "start_on.h"

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)

/* A fork by policy, or, where there are none, the fork there is. */
static inline int fork_by(int policy)
{
	int pid = xfork(policy, NULL);

	return pid == -1 && errno == ENOSYS ? fork() : pid;
}

/*
 * Start run(arg) on a stack of its own, in a process that shares this one's
 * memory. Its number.
 */
static inline int start_sharer(char *stack, void (*run)(void *), void *arg)
{
	return start_on(__NR_xfork, FORK_POLICY_THREAD, stack, run, arg, NULL,
			NULL, NULL);
}

/*
 * Have run(arg) done by a process that shares this one's memory, and wait for
 * it.
 */
static inline void in_sharer(void (*run)(void *), void *arg)
{
	static char stack[STACK] __attribute__((aligned(PAGE)));
	int pid = start_sharer(stack, run, arg);

	if (pid == -ENOSYS)
		run(arg);
	else
		CHECK(pid > 0 && wait_status(pid) == 0);
}

#endif
