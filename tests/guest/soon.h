/* A wait for a child that hangs if there is the bug that a test looks for. */
#ifndef GUEST_SOON_H
#define GUEST_SOON_H

#include <check.h>
#include <signal.h>
#include <sys/wait.h>

/* Waits for a child for two seconds at most. Returns its status, or -1. */
static inline int status_soon(int pid)
{
	int status;

	for (int i = 0; i < 200; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		sleep_ms(10);
	}
	kill(pid, SIGKILL);
	wait_status(pid);
	return -1;
}

#endif
