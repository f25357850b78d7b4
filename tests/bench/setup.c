/* What several groups need: limits, and other processes. */
#include "growth.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

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
