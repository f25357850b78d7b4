/*
 * Shared by the tests of threads. Starts a thread with nothing but clone(), and
 * waits for its end or for a word.
 */
#ifndef GUEST_THREAD_H
#define GUEST_THREAD_H

#include <check.h>
#include <sys/wait.h>
#include <abi/clone.h>
#include <abi/futex.h>
#include <abi/mman.h>
#include "start_on.h"

#define PAGE	4096
#define THREAD \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
	 CLONE_SYSVSEM)
#define TIDS	(CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

struct thread {
	int id;
	volatile int tid;		/* 0 when it has ended */
	char *stack;
};

static inline void start(struct thread *t, void (*run)(void *), void *arg)
{
	t->stack = malloc(STACK);
	CHECK(t->stack != NULL);
	t->id = start_on(__NR_clone, THREAD | TIDS, t->stack, run, arg, &t->tid,
			 NULL, &t->tid);
	CHECK(t->id > 0);
}

/* Waits until the kernel has cleared the number. */
static inline void join(struct thread *t)
{
	int tid;

	while ((tid = t->tid) != 0)
		syscall(__NR_futex, &t->tid, FUTEX_WAIT, tid, NULL);
	free(t->stack);
}

static volatile int word, counter;

static inline char *map(unsigned length, int flags, int fd)
{
	char *p = (char *)syscall(__NR_mmap2, NULL, length,
				  PROT_READ | PROT_WRITE, flags, fd, 0);

	CHECK(p != (char *)-1);
	return p;
}

static inline int my_tid(void)
{
	return syscall(__NR_gettid);
}

static inline void await_word(int value)
{
	while (word < value)
		sleep_ms(1);
}

#endif
