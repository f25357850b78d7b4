/* The set-user-id program: with rights it is nobody's to trace or steer. */
#include <fcntl.h>
#include <sys/stat.h>
#include <abi/ptrace.h>
#include "fuzz.h"

#define MASK	0123

/* Says so where the supervisor looks and the ordinary user cannot. */
static void mark(int marks, char what)
{
	write(marks, &what, 1);
	_exit(1);
}

/*
 * Returns whether it is traced: who is cannot ask for it. As the superuser it
 * could not either way, so it asks when it has given its rights up.
 */
static int is_traced(void)
{
	syscall(__NR_setresuid32, getuid(), getuid(), getuid());
	return syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) == -1;
}

/*
 * Returns whether its folder is another than before. One of /proc may be gone
 * with its process: nobody has changed it then.
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
