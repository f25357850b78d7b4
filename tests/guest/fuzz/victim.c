/* The set-user-id program: with rights it is nobody's to trace or steer. */
#include <fcntl.h>
#include <sys/stat.h>
#include <abi/ptrace.h>
#include "fuzz.h"

#define MASK	0123

/* Leaves a mark where the supervisor looks and the ordinary user cannot. */
static void mark(const char *path)
{
	close(open(path, O_WRONLY | O_CREAT, 0600));
	_exit(1);
}

void victim_main(void)
{
	char before[200], after[200];

	if (getuid() == 0 || geteuid() != 0)
		_exit(0);
	if (syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) == -1)
		mark("/root/traced");
	umask(MASK);
	syscall(__NR_getcwd, before, sizeof(before));
	for (int i = 0; i < 3; i++)
		sleep_us(1000);
	syscall(__NR_getcwd, after, sizeof(after));
	if (umask(MASK) != MASK || strcmp(before, after) != 0)
		mark("/root/changed");
	_exit(0);
}
