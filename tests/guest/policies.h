/*
 * Shared by the tests of xfork's policies. Linux has no xfork: there one round
 * of classic forks is enough, and no process shares memory.
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

/* Forks by policy, or by fork() where there are no policies. */
static inline int fork_by(int policy)
{
	int pid = xfork(policy, NULL);

	return pid == -1 && errno == ENOSYS ? fork() : pid;
}

/*
 * Starts run(arg) on its own stack, in a process that shares this one's memory.
 * Returns its pid.
 */
static inline int start_sharer(char *stack, void (*run)(void *), void *arg)
{
	return start_on(__NR_xfork, FORK_POLICY_THREAD, stack, run, arg, NULL,
			NULL, NULL);
}

/*
 * Runs run(arg) in a process that shares this one's memory, and waits for it.
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
