/* What several groups need: limits, and other processes. */
#include "growth.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static unsigned *idle_rounds;		/* shared with the idler, or NULL */

void set_limit(int resource, unsigned n)
{
	struct rlimit limit = { n, n + 60 };

	setrlimit(resource, &limit);
}

void raise_limit(int resource, unsigned n)
{
	struct rlimit old;

	if (getrlimit(resource, &old) == 0 && old.rlim_cur < n)
		set_limit(resource, n);
}

void raise_number(const char *path, unsigned n)
{
	char text[16] = "";
	int fd = open(path, O_RDWR);

	if (fd < 0)
		return;
	read(fd, text, sizeof(text) - 1);
	if (strtoul(text, NULL, 10) < n)
		pwrite(fd, text, sprintf(text, "%u", n), 0);
	close(fd);
}

void sleep_ms(unsigned ms)
{
	struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

int fork_and_wait(unsigned i)
{
	pid_t pid = fork();

	(void)i;
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

int start_children(pid_t *pids, unsigned n, void (*run)(void))
{
	for (unsigned i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			for (;;)
				run();
		}
		if (pids[i] < 0) {
			end_children(pids, i);
			return -1;
		}
	}
	return 0;
}

void end_children(const pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (unsigned i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

/* Counts rounds of two instructions each. */
static void idle(void)
{
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_CPU, &none);
	nice(19);
	__asm__ volatile("1: incl %0; jmp 1b" : "+m"(*idle_rounds));
}

void start_idler(void)
{
	pid_t pid;

	idle_rounds = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (idle_rounds == MAP_FAILED || start_children(&pid, 1, idle) < 0) {
		idle_rounds = NULL;
		failed("idler");
	}
}

unsigned idled(void)
{
	return idle_rounds ? 2 * *(volatile unsigned *)idle_rounds : 0;
}
