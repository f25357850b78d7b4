/* Runs another program, for xargs, find, nice and time. */
#include <errno.h>
#include <run.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

void exec_or_exit(char **argv)
{
	execvp(argv[0], argv);
	warn(argv[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

int run_program(char **argv, struct rusage *usage)
{
	int status, pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exec_or_exit(argv);
	if (pid < 0)
		return -1;
	while (wait4(pid, &status, 0, usage) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}
