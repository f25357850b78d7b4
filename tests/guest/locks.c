/*
 * Advisory locks: record locks of processes (fcntl) and locks of open files
 * (flock).
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include "thread.h"

#define NAME "/tmp/test-locks"

static int lock(int fd, int command, int type, long long start,
		long long length)
{
	struct flock64 fl = { type, SEEK_SET, start, length, 0 };

	return syscall(__NR_fcntl64, fd, command, &fl);
}

static int set(int fd, int type, long long start, long long length)
{
	return lock(fd, F_SETLK64, type, start, length);
}

static int wait_for(int fd, int type, long long start, long long length)
{
	return lock(fd, F_SETLKW64, type, start, length);
}

/*
 * Returns the lock that keeps another process from write-locking these bytes.
 */
static struct flock64 conflict(int fd, long long start, long long length)
{
	struct flock64 fl = { F_WRLCK, SEEK_SET, start, length, 0 };
	int fds[2], pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(syscall(__NR_fcntl64, fd, F_GETLK64, &fl) == 0);
		write(fds[1], &fl, sizeof(fl));
		_exit(0);
	}
	CHECK(read(fds[0], &fl, sizeof(fl)) == sizeof(fl) &&
	      wait_status(pid) == 0);
	close(fds[0]);
	close(fds[1]);
	return fl;
}

static int is(struct flock64 fl, int type, long long start, long long length)
{
	return fl.l_type == type &&
	       (type == F_UNLCK ||
		(fl.l_start == start && fl.l_len == length &&
		 fl.l_whence == SEEK_SET && fl.l_pid == getpid()));
}

static int new_file(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && unlink(NAME) == 0);
	return fd;
}

static void ranges(void)
{
	int fd = new_file();

	CHECK(is(conflict(fd, 0, 0), F_UNLCK, 0, 0));
	CHECK(set(fd, F_WRLCK, 10, 10) == 0 &&
	      is(conflict(fd, 0, 0), F_WRLCK, 10, 10));
	CHECK(is(conflict(fd, 0, 10), F_UNLCK, 0, 0) &&
	      is(conflict(fd, 20, 5), F_UNLCK, 0, 0));
	CHECK(is(conflict(fd, 19, 1), F_WRLCK, 10, 10));
	CHECK(set(fd, F_UNLCK, 13, 4) == 0);	/* one lock becomes two */
	CHECK(is(conflict(fd, 0, 15), F_WRLCK, 10, 3) &&
	      is(conflict(fd, 13, 4), F_UNLCK, 0, 0) &&
	      is(conflict(fd, 15, 10), F_WRLCK, 17, 3));
	/* and one again */
	CHECK(set(fd, F_WRLCK, 13, 4) == 0 &&
	      is(conflict(fd, 12, 1), F_WRLCK, 10, 10));
	CHECK(set(fd, F_RDLCK, 12, 4) == 0);
	CHECK(is(conflict(fd, 0, 11), F_WRLCK, 10, 2) &&
	      is(conflict(fd, 13, 1), F_RDLCK, 12, 4) &&
	      is(conflict(fd, 17, 1), F_WRLCK, 16, 4));
	CHECK(set(fd, F_UNLCK, 0, 0) == 0 &&
	      is(conflict(fd, 0, 0), F_UNLCK, 0, 0));
	/* to the end and beyond */
	CHECK(set(fd, F_WRLCK, 100, 0) == 0 &&
	      is(conflict(fd, 1ll << 40, 1), F_WRLCK, 100, 0));
	CHECK(set(fd, F_UNLCK, 200, 50) == 0);
	CHECK(is(conflict(fd, 120, 1), F_WRLCK, 100, 100) &&
	      is(conflict(fd, 240, 100), F_WRLCK, 250, 0));
	CHECK(set(fd, F_WRLCK, 300, -30) == 0 &&
	      is(conflict(fd, 0, 0), F_WRLCK, 100, 100));
}

static void bases_and_errors(void)
{
	struct flock64 fl = { F_WRLCK, SEEK_END, -5, 3, 0 };
	struct flock old = { F_WRLCK, SEEK_SET, 3, 4, 0 };
	int fd = new_file(), reader;

	CHECK(write(fd, "0123456789", 10) == 10);
	CHECK(syscall(__NR_fcntl64, fd, F_SETLK64, &fl) == 0 &&
	      is(conflict(fd, 0, 0), F_WRLCK, 5, 3));
	fl = (struct flock64){ F_WRLCK, SEEK_CUR, 10, 10, 0 };
	CHECK(syscall(__NR_fcntl64, fd, F_SETLK64, &fl) == 0 &&
	      is(conflict(fd, 18, 0), F_WRLCK, 20, 10));
	CHECK(set(fd, F_UNLCK, 0, 0) == 0);
	CHECK(syscall(__NR_fcntl, fd, F_SETLK, &old) == 0 &&
	      is(conflict(fd, 0, 0), F_WRLCK, 3, 4));
	CHECK_ERRNO(set(fd, F_WRLCK, -1, 1), EINVAL);
	CHECK_ERRNO(set(fd, F_WRLCK, 1, -2), EINVAL);
	CHECK_ERRNO(set(fd, 7, 0, 1), EINVAL);
	CHECK_ERRNO(set(fd, F_WRLCK, 0x7FFFFFFFFFFFFFFFll, 2), EOVERFLOW);
	CHECK_ERRNO(lock(fd, F_GETLK64, F_UNLCK, 0, 1), EINVAL);
	CHECK_ERRNO(set(99, F_WRLCK, 0, 1), EBADF);
	CHECK_ERRNO(syscall(__NR_fcntl64, fd, F_SETLK64, 0x10), EFAULT);
	reader = open("/etc/passwd", O_RDONLY);
	CHECK_ERRNO(set(reader, F_WRLCK, 0, 1), EBADF);
	CHECK(set(reader, F_RDLCK, 0, 1) == 0);
}

/*
 * Checks that closing any descriptor of the file releases all locks, as exit
 * does. A child has none of them.
 */
static void releases(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644),
	    second = open(NAME, O_RDONLY), pid, fds[2];
	char c;

	CHECK(set(fd, F_WRLCK, 0, 5) == 0 &&
	      is(conflict(fd, 0, 0), F_WRLCK, 0, 5));
	CHECK(close(second) == 0 && is(conflict(fd, 0, 0), F_UNLCK, 0, 0));
	CHECK(set(fd, F_WRLCK, 0, 5) == 0 && dup2(fd, 9) == 9 &&
	      close(9) == 0 && is(conflict(fd, 0, 0), F_UNLCK, 0, 0));
	CHECK(set(fd, F_WRLCK, 0, 5) == 0 && dup2(1, fd) == fd);
	fd = open(NAME, O_RDWR);
	CHECK(is(conflict(fd, 0, 0), F_UNLCK, 0, 0) && pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(set(fd, F_WRLCK, 0, 5) == 0 &&
		      write(fds[1], "x", 1) == 1);
		sleep_ms(100);
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1);
	CHECK_ERRNO(set(fd, F_RDLCK, 4, 1), EAGAIN);
	CHECK(wait_for(fd, F_RDLCK, 4, 1) == 0 && waitpid(pid, NULL, 0) == pid);
	CHECK(unlink(NAME) == 0);
}

static void note(int sig)
{
	(void)sig;
}

static void waiting(void)
{
	struct sigaction action = { .sa_handler = note };
	int fd = new_file(), pid, fds[2];
	char c;

	CHECK(pipe(fds) == 0 && set(fd, F_RDLCK, 0, 10) == 0);
	pid = fork();
	if (pid == 0) {
		/* readers share */
		CHECK(set(fd, F_RDLCK, 0, 10) == 0);
		CHECK_ERRNO(set(fd, F_WRLCK, 5, 1), EAGAIN);
		sigaction(SIGALRM, &action, NULL);
		alarm(1);
		CHECK_ERRNO(wait_for(fd, F_WRLCK, 5, 1), EINTR);
		CHECK(write(fds[1], "x", 1) == 1 &&
		      wait_for(fd, F_WRLCK, 5, 1) == 0);
		CHECK(write(fds[1], "y", 1) == 1);
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1 && c == 'x');
	sleep_ms(50);
	CHECK(set(fd, F_UNLCK, 0, 5) == 0);
	sleep_ms(50);
	CHECK(set(fd, F_UNLCK, 5, 1) == 0 && read(fds[0], &c, 1) == 1 &&
	      c == 'y');
	CHECK(wait_status(pid) == 0);
}

static void deadlock(void)
{
	int fd = new_file(), pid, fds[2];
	char c;

	CHECK(pipe(fds) == 0 && set(fd, F_WRLCK, 0, 1) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(set(fd, F_WRLCK, 1, 1) == 0 &&
		      write(fds[1], "x", 1) == 1);
		CHECK(wait_for(fd, F_WRLCK, 0, 1) == 0);
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1);
	sleep_ms(100);
	CHECK_ERRNO(wait_for(fd, F_WRLCK, 1, 1), EDEADLK);
	CHECK(set(fd, F_UNLCK, 0, 1) == 0 && wait_status(pid) == 0);
	CHECK(wait_for(fd, F_WRLCK, 1, 1) == 0);
}

static int flock(int fd, int operation)
{
	return syscall(__NR_flock, fd, operation);
}

/*
 * Checks flock(): dup() and fork() share the lock, and the last close releases
 * it.
 */
static void whole_files(void)
{
	int a = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644),
	    b = open(NAME, O_RDONLY), pid;

	CHECK(flock(a, LOCK_EX) == 0 && flock(a, LOCK_EX | LOCK_NB) == 0);
	CHECK_ERRNO(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	/* the two kinds do not see each other */
	CHECK(set(a, F_WRLCK, 0, 0) == 0);
	CHECK(flock(a, LOCK_SH) == 0 && flock(b, LOCK_SH | LOCK_NB) == 0);
	CHECK_ERRNO(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	/* a's attempt has cost it its lock */
	CHECK(flock(b, LOCK_EX | LOCK_NB) == 0);
	CHECK(flock(b, LOCK_UN) == 0 && flock(a, LOCK_EX) == 0);
	pid = fork();
	if (pid == 0) {
		close(a);				/* not the last one */
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK_ERRNO(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	pid = fork();
	if (pid == 0) {
		CHECK(flock(a, LOCK_UN) == 0);	/* it is the same open file */
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && flock(b, LOCK_EX | LOCK_NB) == 0);
	CHECK(flock(b, LOCK_UN) == 0 && flock(a, LOCK_EX) == 0);
	pid = fork();
	if (pid == 0) {
		int own = open(NAME, O_RDONLY);

		close(a);
		CHECK(flock(own, LOCK_EX) == 0);
		_exit(0);
	}
	sleep_ms(50);
	CHECK(close(a) == 0 && wait_status(pid) == 0);
	CHECK_ERRNO(flock(b, 0), EINVAL);
	CHECK_ERRNO(flock(b, 77), EINVAL);
	CHECK_ERRNO(flock(99, LOCK_EX), EBADF);
	CHECK(unlink(NAME) == 0);
}

/*
 * Lets two readers ask for a write lock. Each gives up its own lock while it
 * waits, so there is no deadlock.
 */
static void two_upgrades(void)
{
	int a = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644), pid;

	CHECK(flock(a, LOCK_SH) == 0);
	pid = fork();
	if (pid == 0) {
		int own = open(NAME, O_RDONLY);

		close(a);
		alarm(10);
		CHECK(flock(own, LOCK_SH) == 0);
		sleep_ms(100);
		CHECK(flock(own, LOCK_EX) == 0);
		_exit(0);
	}
	sleep_ms(150);
	alarm(10);
	CHECK(flock(a, LOCK_EX) == 0 && flock(a, LOCK_UN) == 0 &&
	      wait_status(pid) == 0 && unlink(NAME) == 0);
}

static int waiting_fd;

static void wait_until_closed(void *arg)
{
	(void)arg;
	word = my_tid();
	CHECK_ERRNO(wait_for(waiting_fd, F_WRLCK, 0, 10), EBADF);
}

/*
 * Checks that a thread gets no lock if another closes the file while it waits.
 * Later locks by another descriptor stay; Linux drops them too.
 */
static void closed_meanwhile(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644), pid, fds[2];
	struct thread waiter;
	char c;

	CHECK(fd >= 0 && pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(set(fd, F_WRLCK, 0, 10) == 0);
		CHECK(write(fds[1], "x", 1) == 1);
		sleep_ms(400);
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1);
	waiting_fd = open(NAME, O_RDWR);
	start(&waiter, wait_until_closed, NULL);
	while (!word)
		sleep_ms(1);
	sleep_ms(100);
	CHECK(close(waiting_fd) == 0 && set(fd, F_WRLCK, 100, 5) == 0);
	join(&waiter);
	CHECK(!on_cowix() || is(conflict(fd, 0, 0), F_WRLCK, 100, 5));
	CHECK(is(conflict(fd, 0, 50), F_UNLCK, 0, 0));
	CHECK(wait_status(pid) == 0 && unlink(NAME) == 0);
}

TESTS({ "ranges", "locks are split and joined", ranges },
      { "bases_and_errors", "whence, limits, errors", bases_and_errors },
      { "releases", "at close and at exit", releases },
      { "waiting", "F_SETLKW", waiting }, { "deadlock", "EDEADLK", deadlock },
      { "whole_files", "flock", whole_files },
      { "two_upgrades", "flock from shared to exclusive", two_upgrades },
      { "closed_meanwhile", "a file is closed that a thread waits to lock",
	closed_meanwhile })
