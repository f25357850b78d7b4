/* Waiting until another process sleeps, is stopped or has ended, by /proc. */
#ifndef GUEST_SLEEPING_H
#define GUEST_SLEEPING_H

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

/* Returns a process's state letter, 0 if there is none. */
static inline char state_of(int pid)
{
	char path[32], text[256] = "";
	char *end;
	int fd;

	sprintf(path, "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	read(fd, text, sizeof(text) - 1);
	close(fd);
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

/*
 * Waits for the state. Looks twice, since a process about to sleep may wake
 * once more.
 */
static inline void await_state(int pid, char state)
{
	for (int seen = 0; seen < 2;) {
		char now = state_of(pid);

		CHECK(now && now != 'Z');
		seen = now == state ? seen + 1 : 0;
		sleep_ms(2);
	}
}

/* Called by main: runs the tests with /proc mounted. */
static inline int run_with_proc(const struct test *tests, int argc, char **argv)
{
	int mounted = access("/proc/self", F_OK) < 0 &&
		      mount("proc", "/proc", "proc", 0, NULL) == 0;
	int failed = run_tests(tests, argc, argv);

	if (mounted)
		umount("/proc");
	return failed;
}

#endif
