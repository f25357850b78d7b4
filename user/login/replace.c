/*
 * Replaces a user's password in /etc/passwd. The file itself is never changed.
 * A new one is written beside it, and replaces it once it is complete and on
 * the disk. After a failure the old file stays. This allocates no memory. The
 * caller cannot stop the program halfway for good: the lock ends with the
 * program.
 */
#include "account.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

#define DIRECTORY	"/etc"
#define OLD_NAME	"/etc/passwd"
#define NEW_NAME	"/etc/passwd.new"
#define LOCK_NAME	"/etc/.pwd.lock"
#define LOCK_SECONDS	15

/* Protects the writing from signals and limits of the caller. */
static void shut_out_caller(void)
{
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	for (int sig = 1; sig < 32; sig++)
		if (sig != SIGCHLD)
			signal(sig, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	umask(077);
}

/* Waits a while for others who change the file. The lock is held to the end. */
static void lock(void)
{
	struct flock all = { .l_type = F_WRLCK };
	int fd = open(LOCK_NAME, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die(LOCK_NAME);
	for (int i = 0; fcntl(fd, F_SETLK, &all) < 0; i++) {
		if ((errno != EAGAIN && errno != EACCES) || i == LOCK_SECONDS)
			die(LOCK_NAME);
		sleep(1);
	}
}

/* Returns the file's next character, or EOF. */
static int next(int fd)
{
	static unsigned char buf[512];
	static int at, end;

	if (at == end) {
		at = 0;
		end = read(fd, buf, sizeof(buf));
		if (end < 0)
			die(OLD_NAME);
	}
	return at < end ? buf[at++] : EOF;
}

/*
 * Finds the password, [*start, *end), of a user. Returns 0 if there is no such
 * line.
 */
static int find(int fd, const char *name, off_t *start, off_t *end)
{
	size_t length = strlen(name), matched = 0;
	int inside = 0, c;

	for (*end = 0; (c = next(fd)) != EOF; ++*end) {
		if (inside && (c == ':' || c == '\n'))
			return c == ':';
		if (c == '\n') {
			matched = 0;
		} else if (!inside && matched == length && c == ':') {
			inside = 1;
			*start = *end + 1;
		} else if (!inside) {
			matched = matched < length && c == name[matched] ?
				  matched + 1 : length + 1;
		}
	}
	return 0;
}

/* Copies the file's first n bytes. Returns -1 on failure. */
static int copy_head(int from, int to, off_t n)
{
	char buf[512];

	if (lseek(from, 0, SEEK_SET) < 0)
		return -1;
	while (n > 0) {
		off_t size = sizeof(buf), part = n < size ? n : size;
		ssize_t got = read(from, buf, part);

		if (got <= 0 || write_all(to, buf, got) < 0)
			return -1;
		n -= got;
	}
	return 0;
}

/* Writes the new file, with owner and mode of the old one. */
static int write_new(int from, int to, off_t start, off_t end, const char *hash)
{
	struct stat st;

	if (fstat(from, &st) < 0 || fchown(to, st.st_uid, st.st_gid) < 0 ||
	    fchmod(to, st.st_mode & 07777) < 0)
		return -1;
	if (copy_head(from, to, start) < 0 ||
	    write_all(to, hash, strlen(hash)) < 0)
		return -1;
	if (lseek(from, end, SEEK_SET) < 0 || copy_fd(from, to) < 0)
		return -1;
	return fsync(to);
}

static void sync_directory(void)
{
	int fd = open(DIRECTORY, O_RDONLY);

	if (fd < 0 || fsync(fd) < 0)
		warn(DIRECTORY);
	close(fd);
}

/*
 * Replaces a user's password. Returns 0 if there is no such user. Exits on an
 * error.
 */
int replace_password(const char *name, const char *hash)
{
	int from, to;
	off_t start, end;

	shut_out_caller();
	lock();
	from = open(OLD_NAME, O_RDONLY);
	if (from < 0)
		die(OLD_NAME);
	if (!find(from, name, &start, &end))
		return 0;
	to = open(NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (to < 0)
		die(NEW_NAME);
	if (write_new(from, to, start, end, hash) < 0 || close(to) < 0 ||
	    rename(NEW_NAME, OLD_NAME) < 0) {
		warn(NEW_NAME);
		unlink(NEW_NAME);
		exit(1);
	}
	sync_directory();
	return 1;
}
