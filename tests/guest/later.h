/* Another process that wakes this one after a while. */
#ifndef GUEST_LATER_H
#define GUEST_LATER_H

#include <check.h>
#include <signal.h>

/*
 * Starts a child that sends its parent a signal after some milliseconds. If sig
 * is 0, it writes a number to fd instead. Returns the child.
 */
static inline int later(int ms, int fd, int sig)
{
	int parent = getpid(), pid = fork();
	unsigned long long three = 3;

	if (pid == 0) {
		sleep_ms(ms);
		if (sig)
			kill(parent, sig);
		else
			CHECK(write(fd, &three, sizeof(three)) == 8);
		_exit(0);
	}
	return pid;
}

#endif
