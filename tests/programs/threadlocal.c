/*
 * Thread-local storage: initial values, alignment, big blocks, forks, signals,
 * and its segment register.
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static __thread int counter = 42;
static __thread char text[5000] = "initial text";
static __thread double zeroes[1000];
static __thread struct { _Alignas(64) char bytes[64]; } aligned = { "aligned" };
static __thread int *pointer = NULL;
static int ordinary = 42;

static unsigned selector(void)
{
	unsigned gs;

	asm volatile("mov %%gs, %0" : "=r"(gs));
	return gs;
}

/* Returns 1 if the block's first word is its own address, as the ABI says. */
static int sound(void)
{
	uintptr_t self, through;

	asm volatile("movl %%gs:0, %0" : "=r"(self));
	through = (uintptr_t)&counter;
	return self > through && self - through < 65536;
}

static void initial(void)
{
	double sum = 0;

	for (int i = 0; i < 1000; i++)
		sum += zeroes[i];
	printf("%d %s %g %s %d\n", counter, text, sum, aligned.bytes,
	       pointer == NULL);
	printf("aligned %d, sound %d, ring 3 %d\n",
	       (int)((uintptr_t)&aligned % 64), sound(), (selector() & 3) == 3);
	errno = 77;
	counter = errno;
	printf("%d\n", counter);
}

static void handler(int number)
{
	counter += number;
	errno = 5;
}

static void across_signals(void)
{
	unsigned before = selector();

	signal(SIGUSR1, handler);
	counter = 0;
	for (int i = 0; i < 100; i++)
		raise(SIGUSR1);
	printf("%d %d %d\n", counter == 100 * SIGUSR1, errno,
	       before == selector());
}

static void across_forks(void)
{
	int status;

	counter = ordinary = 1;
	fflush(stdout);
	for (int i = 0; i < 20; i++)
		if (fork() == 0) {
			for (int j = 0; j < 1000; j++) {
				counter += i;
				ordinary += i;
				if (j % 250 == 0)
					usleep(1000);	/* others run */
			}
			snprintf(text, sizeof(text), "child %d", i);
			_exit(counter == 1 + 1000 * i && ordinary == counter &&
					      sound()
				      ? i
				      : 99);
		}
	int sum = 0;
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	printf("%d %d %s\n", sum, counter, text);
}

int main(void)
{
	initial();
	across_signals();
	across_forks();
	return 0;
}
