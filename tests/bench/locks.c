/* Beside n locked bytes of one file, which another process has locked. */
#include "growth.h"
#include <fcntl.h>
#include <signal.h>

static int fd, told[2];
static unsigned count;

static int lock(int type, unsigned at)
{
	struct flock what = { type, SEEK_SET, at, 1, 0 };

	return fcntl(fd, F_SETLK, &what);
}

static int lock_between(unsigned i)
{
	return lock(F_WRLCK, 4 * chosen(i, count) + 2);
}

static int unlock_between(unsigned i)
{
	return lock(F_UNLCK, 4 * chosen(i, count) + 2);
}

static int refused(unsigned i)
{
	return lock(F_WRLCK, 4 * chosen(i, count)) < 0 ? 0 : -1;
}

static void lock_all(void)
{
	char made = 1;

	for (unsigned i = 0; i < count && made; i++)
		made = lock(F_WRLCK, 4 * i) == 0;
	write(told[1], &made, 1);
	pause();
}

void locks(unsigned n, unsigned before)
{
	char made = 0;
	pid_t pid;

	(void)before;
	count = n;
	fd = chdir(ram_folder) < 0 || pipe(told) < 0 ?
	     -1 : open("locks", O_CREAT | O_RDWR, 0644);
	if (fd < 0 || start_children(&pid, 1, lock_all) < 0) {
		failed("all");
		return;
	}
	if (read(told[0], &made, 1) == 1 && made) {
		measure("lock", some_of(n), lock_between);
		measure("unlock", some_of(n), unlock_between);
		measure("lock, refused", some_of(n), refused);
	} else {
		errno = ENOLCK;
		failed("all");
	}
	end_children(&pid, 1);
}
