/*
 * The set-user-id program. Once it has its rights, nobody may trace or steer
 * it.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <abi/ptrace.h>
#include "fuzz.h"

#define MASK	0123

/* Records a mark where only the supervisor can look. */
static void mark(int marks, char what)
{
	write(marks, &what, 1);
	_exit(1);
}

/*
 * Returns 1 if it is traced. Then it cannot ask to be traced. The superuser
 * cannot be refused, so it gives up its rights first.
 */
static int is_traced(void)
{
	syscall(__NR_setresuid32, getuid(), getuid(), getuid());
	return syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) == -1;
}

/*
 * Returns 1 if its folder has changed. A folder of /proc may go with its
 * process: then nobody has changed it.
 */
static int moved(const struct stat *before)
{
	struct stat now;

	return stat(".", &now) == 0 && (now.st_dev != before->st_dev ||
					now.st_ino != before->st_ino);
}

void victim_main(void)
{
	struct stat folder;
	int marks, placed;

	if (getuid() == 0 || geteuid() != 0)
		_exit(0);
	marks = open(MARKS, O_WRONLY | O_APPEND);
	umask(MASK);
	placed = stat(".", &folder) == 0;
	for (int i = 0; i < 3; i++)
		sleep_us(1000);
	if (umask(MASK) != MASK || (placed && moved(&folder)))
		mark(marks, 'c');
	if (is_traced())
		mark(marks, 't');
	_exit(0);
}
