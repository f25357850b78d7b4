/*
 * setjmp and its relatives: from deep calls, out of signal handlers, with and
 * without the signal mask.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>
#include "say.h"

static jmp_buf top;
static sigjmp_buf with_mask;

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int deep(int level)
{
	volatile char room[200];

	room[0] = level;
	if (level == 0)
		longjmp(top, 17);
	return deep(level - 1) + room[0];
}

static void nested(void)
{
	volatile int rounds = 0;
	int value = setjmp(top);

	printf("setjmp %d, round %d\n", value, rounds);
	if (rounds++ < 3)
		deep(rounds * 1000);
	if (setjmp(top) == 0)
		longjmp(top, 0);
	printf("longjmp with 0 returns 1\n");
}

static int blocked(int number)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigismember(&mask, number);
}

static void leave(int number)
{
	siglongjmp(with_mask, number);
}

static void out_of_handlers(void)
{
	for (int save = 0; save < 2; save++) {
		struct sigaction action = { .sa_handler = leave };
		sigset_t set;
		int value;

		sigaction(SIGUSR1, &action, NULL);
		value = sigsetjmp(with_mask, save);
		printf("save %d: value %d, SIGUSR1 blocked %d\n", save,
		       value == SIGUSR1, blocked(SIGUSR1));
		if (value == 0)
			raise(SIGUSR1);
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
}

/* Survives its own faults, many times. */
static void out_of_faults(void)
{
	struct sigaction action = { .sa_handler = leave,
				    .sa_flags = SA_NODEFER };
	volatile int faults = 0;
	int *volatile nowhere = NULL;

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGFPE, &action, NULL);
	for (volatile int i = 0; i < 200; i++) {
		if (sigsetjmp(with_mask, 1) != 0) {
			faults++;
			continue;
		}
		if (i % 2)
			*nowhere = i;
		else
			faults += i / (int)(long)nowhere;
	}
	printf("faults survived: %d\n", faults);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGFPE, SIG_DFL);
}

/* Checks registers and floating-point control, which must come back. */
static double through(double x)
{
	volatile double kept = x;

	if (setjmp(top) == 0)
		deep(5);
	return kept * 2;
}

/* Two stacks that take turns. */
static ucontext_t first, second;

static void other(int a, int b)
{
	for (int i = 0; i < 3; i++) {
		printf("  second, turn %d, arguments %d %d\n", i, a, b);
		swapcontext(&second, &first);
	}
	puts("  second ends");
}

static void contexts(void)
{
	char *stack = malloc(65536);

	getcontext(&second);
	second.uc_stack.ss_sp = stack;
	second.uc_stack.ss_size = 65536;
	second.uc_link = &first;
	makecontext(&second, (void (*)(void))other, 2, 11, 22);
	for (int i = 0; i < 4; i++) {
		printf("first, turn %d\n", i);
		swapcontext(&first, &second);
	}
	puts("first ends");
	free(stack);
}

int main(void)
{
	nested();
	out_of_handlers();
	out_of_faults();
	printf("%g\n", through(1.25));
	contexts();
	return 0;
}
