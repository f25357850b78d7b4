/*
 * Advisory locks: holders, conflicts, splitting, waiting, release by close and
 * exit.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static int fd;

static int lock(int command, int type, long start, long length)
{
	struct flock l = { .l_type = type,
			   .l_whence = SEEK_SET,
			   .l_start = start,
			   .l_len = length };

	return fcntl(fd, command, &l);
}

static void ask(const char *who, int type, long start, long length)
{
	struct flock l = { .l_type = type,
			   .l_whence = SEEK_SET,
			   .l_start = start,
			   .l_len = length };
	int result = fcntl(fd, F_GETLK, &l);

	if (result != 0 || l.l_type == F_UNLCK)
		printf("  %s: %ld+%ld %s\n", who, start, length,
		       result ? strerrorname_np(errno) : "free");
	else
		printf("  %s: %ld+%ld held %s %ld+%ld by the parent %d\n", who,
		       start, length,
		       l.l_type == F_RDLCK ? "reading" : "writing",
		       (long)l.l_start, (long)l.l_len, l.l_pid == getppid());
}

/* Prints the locks that another process sees. */
static void other_sees(const char *what)
{
	printf("%s\n", what);
	fflush(stdout);
	if (fork() == 0) {
		ask("child", F_WRLCK, 0, 10);
		ask("child", F_RDLCK, 0, 10);
		ask("child", F_WRLCK, 10, 10);
		ask("child", F_WRLCK, 20, 0);
		errno = 0;
		say("  set", lock(F_SETLK, F_WRLCK, 5, 10));
		exit(0);
	}
	wait(NULL);
}

static void regions(void)
{
	CALL(lock(F_SETLK, F_WRLCK, 0, 100));
	other_sees("0-100 written");
	CALL(lock(F_SETLK, F_UNLCK, 10, 10));
	other_sees("without 10-20");
	CALL(lock(F_SETLK, F_RDLCK, 0, 10));
	other_sees("0-10 read");
	CALL(lock(F_SETLK, F_WRLCK, 15, 0));
	other_sees("15 to the end");
	CALL(lock(F_SETLK, F_UNLCK, 0, 0));
	other_sees("nothing");
	CALL(lock(F_SETLK, F_WRLCK, -5, 3));
	CALL(lock(F_SETLK, 77, 0, 3));
	CALL(fcntl(fd, F_SETLK, NULL));
	CALL(lockf(fd, F_TEST, 10));
	CALL(lockf(fd, F_LOCK, 10));
	int copy = dup(fd);
	close(copy);
	other_sees("after closing a duplicate");
}

static void on_alarm(int number)
{
	(void)number;
}

/* Makes two wait for each other: one is refused. */
static void wait_for_each_other(int *ready)
{
	int status;
	char c;

	lock(F_SETLK, F_UNLCK, 0, 0);
	lock(F_SETLK, F_WRLCK, 0, 1);
	if (fork() == 0) {
		lock(F_SETLK, F_WRLCK, 1, 1);
		write(ready[1], "x", 1);
		lock(F_SETLKW, F_WRLCK, 0, 1);
		_exit(0);
	}
	read(ready[0], &c, 1);
	usleep(50000);
	CALL(lock(F_SETLKW, F_WRLCK, 1, 1));
	lock(F_SETLK, F_UNLCK, 0, 0);
	wait(&status);
	printf("status %d\n", status);
}

static void waiting(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int ready[2], status;
	char c;

	sigaction(SIGALRM, &action, NULL);
	if (pipe(ready) != 0)
		return;
	fflush(stdout);
	if (fork() == 0) {
		lock(F_SETLK, F_WRLCK, 0, 10);
		write(ready[1], "x", 1);
		usleep(50000);
		pwrite(fd, "child", 5, 0);
		_exit(3);		/* which releases the lock */
	}
	read(ready[0], &c, 1);
	CALL(lock(F_SETLK, F_WRLCK, 0, 10));
	CALL(lock(F_SETLKW, F_WRLCK, 0, 10));
	char text[6] = "";
	pread(fd, text, 5, 0);
	puts(text);
	wait(&status);
	fflush(stdout);
	if (fork() == 0) {
		ualarm(50000, 0);
		CALL(lock(F_SETLKW, F_RDLCK, 3, 1));
		exit(0);
	}
	wait(&status);
	wait_for_each_other(ready);
}

static void whole_files(void)
{
	int a = open("locked", O_RDWR), b = open("locked", O_RDWR);

	CALL(flock(a, LOCK_SH));
	CALL(flock(b, LOCK_SH | LOCK_NB));
	CALL(flock(b, LOCK_EX | LOCK_NB));
	CALL(flock(a, LOCK_UN));
	CALL(flock(b, LOCK_EX | LOCK_NB));
	CALL(flock(a, LOCK_SH | LOCK_NB));
	close(b);
	CALL(flock(a, LOCK_EX | LOCK_NB));
	CALL(flock(a, 77));
	close(a);
}

int main(void)
{
	fd = open("locked", O_RDWR | O_CREAT, 0600);
	regions();
	waiting();
	whole_files();
	return 0;
}
