/* Starting another flow of control on a stack of its own, for the tests of threads and of xfork. */
#ifndef GUEST_START_H
#define GUEST_START_H

#include <unistd.h>

/* A call that starts it, there run(arg) is called, and then it ends. The call's result, -errno for an error. */
static inline int start_at(int call, int a, char *stack_end, void (*run)(void *), void *arg, volatile int *parent_tid, void *tls, volatile int *child_tid)
{
	void **top = (void **)stack_end;
	int result;

	*--top = arg;
	*--top = (void *)run;
	__asm__ volatile(
		"int $0x80\n\t"
		"test %%eax, %%eax\n\t"
		"jnz 1f\n\t"
		"pop %%eax\n\t"
		"call *%%eax\n\t"
		"movl $1, %%eax\n\t"		/* exit(0) */
		"xorl %%ebx, %%ebx\n\t"
		"int $0x80\n"
		"1:"
		: "=a"(result) : "0"(call), "b"(a), "c"(top), "d"(parent_tid), "S"(tls), "D"(child_tid) : "memory");
	return result;
}

#endif
