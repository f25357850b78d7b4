/* Shared by tests of users and their rights. */
#ifndef USERS_H
#define USERS_H
#include <check.h>

#define ME 54321
#define OTHER 54322

/* Runs work in a child, if this is root. Changes of its ids stay there. */
static inline void as_root(void (*work)(void))
{
	int pid;

	if (geteuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		work();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static inline void become(int uid)
{
	CHECK(syscall(__NR_setgroups32, 0, NULL) == 0 && setgid(uid) == 0 &&
	      setuid(uid) == 0);
}
#endif
