/*
 * Starts another flow of control in the same memory, with nothing but a system
 * call.
 */
#ifndef GUEST_START_ON_H
#define GUEST_START_ON_H

#define STACK	(16 * 1024)

/*
 * Makes the call, whose new flow of control calls run(arg) on the stack.
 * Returns its result, or -errno.
 */
static inline int start_on(int call, int a, char *stack, void (*run)(void *),
			   void *arg, volatile int *parent_tid, void *tls,
			   volatile int *child_tid)
{
	/* the library's calls look at more arguments than they have */
	void **top = (void **)(stack + STACK - 64);
	int result;

	*--top = arg;
	*--top = (void *)run;
	__asm__ volatile("int $0x80\n\t"
			 "test %%eax, %%eax\n\t"
			 "jnz 1f\n\t"
			 "pop %%eax\n\t"
			 "call *%%eax\n\t"
			 "movl $1, %%eax\n\t" /* exit(0) */
			 "xorl %%ebx, %%ebx\n\t"
			 "int $0x80\n"
			 "1:"
			 : "=a"(result)
			 : "0"(call), "b"(a), "c"(top), "d"(parent_tid),
			   "S"(tls), "D"(child_tid)
			 : "memory");
	return result;
}

#endif
