/* A folder for tests of names, and calls relative to its descriptor. */
#ifndef NAMES_H
#define NAMES_H
#include <check.h>
#include <fcntl.h>
#include <sys/stat.h>

#define DIR "/tmp/test-names"

static int dir;

static inline int at(int number, const char *name, int a, int b, int c)
{
	return syscall(number, dir, name, a, b, c);
}

static inline void make(const char *name)
{
	int fd = at(__NR_openat, name, O_WRONLY | O_CREAT | O_EXCL, 0644, 0);

	CHECK(fd >= 0 && write(fd, name, strlen(name)) == (int)strlen(name) &&
	      close(fd) == 0);
}

static inline struct stat64 stat_of(const char *name, int flags)
{
	struct stat64 st;

	CHECK(at(__NR_fstatat64, name, (int)&st, flags, 0) == 0);
	return st;
}

static inline int exists(const char *name)
{
	return at(__NR_faccessat, name, F_OK, 0, 0) == 0;
}

static inline void gone(const char *name)
{
	CHECK(at(__NR_unlinkat, name, 0, 0, 0) == 0);
}

static inline void enter(void)
{
	mkdir(DIR, 0755);
	dir = open(DIR, O_RDONLY | O_DIRECTORY);
	CHECK(dir >= 0);
}

static inline void leave(void)
{
	CHECK(close(dir) == 0 && rmdir(DIR) == 0);
}

#endif
