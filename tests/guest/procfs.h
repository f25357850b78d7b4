/*
 * Shared by the tests of /proc, which is mounted while they run. Reads a file
 * whole, or finds a line in it.
 */
#ifndef GUEST_PROCFS_H
#define GUEST_PROCFS_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <time.h>

#define TEXT_MAX 60000

static char text[TEXT_MAX], other[TEXT_MAX] __attribute__((unused));

/*
 * Reads a file whole, in pieces of this size, and puts a NUL behind it. Returns
 * its length, or -1 with errno.
 */
static inline int read_pieces(const char *path, char *buf, int piece)
{
	int fd = open(path, O_RDONLY), at = 0, n = 0;

	if (fd < 0)
		return -1;
	while (at + piece < TEXT_MAX && (n = read(fd, buf + at, piece)) > 0)
		at += n;
	buf[at] = '\0';
	close(fd);
	return n < 0 ? n : at;
}

static inline int read_all(const char *path)
{
	return read_pieces(path, text, 1000);
}

static inline char *of(int pid, const char *name)
{
	static char path[64];

	sprintf(path, "/proc/%d/%s", pid, name);
	return path;
}

static inline int link_is(const char *path, const char *target)
{
	static char buf[5000];
	int n = readlink(path, buf, sizeof(buf) - 1);

	return n == (int)strlen(target) && memcmp(buf, target, n) == 0;
}

static inline void pause_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static inline int has_line(const char *line)
{
	const char *at = strstr(text, line);

	return at && (at == text || at[-1] == '\n');
}

/* Returns the number behind a word that begins a line, or -1. */
static inline long number_of(const char *word)
{
	for (char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, word, strlen(word)) == 0)
			return strtoul(at + strlen(word), NULL, 10);
	}
	return -1;
}

/* Returns the descriptors that the directory of a process names, as bits. */
static inline unsigned descriptors(const char *path)
{
	unsigned bits = 0;
	DIR *dir = opendir(path);

	CHECK(dir);
	for (struct dirent *d; (d = readdir(dir));)
		if (d->d_name[0] != '.')
			bits |= 1u << strtoul(d->d_name, NULL, 10);
	closedir(dir);
	return bits;
}

/*
 * Called by main: runs the tests with /proc mounted. Checks afterwards that it
 * is not busy.
 */
static inline int run_with_proc(const struct test *list, int argc, char **argv)
{
	int mounted = access("/proc/self", F_OK) < 0 &&
		      mount("proc", "/proc", "proc", 0, NULL) == 0;
	int status = run_tests(list, argc, argv);

	if (mounted && umount("/proc") < 0) {
		printf("FAILED: /proc is still busy\n");
		return 1;
	}
	return status;
}

#endif
