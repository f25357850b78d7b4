/* /proc, part about a process's files: its descriptors and directories. */
#include <sys/stat.h>
#include "procfs.h"

/* Looks at a pipe's two descriptors, and closes the first. */
static void check_pipe(const int *fds)
{
	char path[40], expected[40];
	struct stat st;
	int again;

	sprintf(path, "/proc/self/fd/%d", fds[0]);
	CHECK(fstat(fds[0], &st) == 0);
	sprintf(expected, "pipe:[%lu]", (unsigned long)st.st_ino);
	CHECK(link_is(path, expected) && lstat(path, &st) == 0 &&
	      st.st_mode == (S_IFLNK | 0500));
	again = open(path, O_WRONLY);	/* and so a pipe gets another writer */
	CHECK(again >= 0 && write(again, "x", 1) == 1 &&
	      read(fds[0], text, 10) == 1);
	close(again);
	close(fds[0]);
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
	sprintf(path, "/proc/self/fd/%d", fds[1]);
	CHECK(lstat(path, &st) == 0 && st.st_mode == (S_IFLNK | 0300));
}

static void open_files(void)
{
	char path[40];
	struct stat st;
	int fds[2], fd, again;
	unsigned before = descriptors("/proc/self/fd");

	CHECK(before & 1 << 3);		/* the directory itself */
	fd = open("/tmp/test-proc", O_RDWR | O_CREAT | O_EXCL, 0644);
	CHECK(pipe(fds) == 0 && write(fd, "hello", 5) == 5);
	CHECK(descriptors("/proc/self/fd") ==
	      (before | 1u << fds[1] << 1 | 1u << fd | 1u << fds[0] |
	       1u << fds[1]));
	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK(link_is(path, "/tmp/test-proc") && lstat(path, &st) == 0 &&
	      st.st_mode == (S_IFLNK | 0700));
	CHECK(rename("/tmp/test-proc", "/tmp/test-proc2") == 0 &&
	      link_is(path, "/tmp/test-proc2"));
	again = open(path, O_RDONLY);
	/* a position of its own */
	CHECK(again >= 0 && read(again, text, 10) == 5 &&
	      memcmp(text, "hello", 5) == 0);
	CHECK(unlink("/tmp/test-proc2") == 0 &&
	      readlink(path, text, 5000) > 10 && strstr(text, " (deleted)"));
	CHECK(stat(path, &st) == 0 && st.st_nlink == 0 && st.st_size == 5);
	close(again);
	/* without a name it can still be opened */
	again = open(path, O_RDONLY);
	CHECK(again >= 0 && read(again, text, 10) == 5);
	close(again);
	check_pipe(fds);
	CHECK_ERRNO(open("/proc/self/fd/250", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/self/fd/x", O_RDONLY), ENOENT);
}

/*
 * Checks that a nameless file is not looked up in a directory that has gone,
 * too. That would report a damaged file system.
 */
static void nameless(void)
{
	char path[40];
	int fd, before;

	CHECK(mkdir("/tmp/test-dir", 0755) == 0);
	fd = open("/tmp/test-dir/x", O_RDWR | O_CREAT, 0644);
	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK(link_is(path, "/tmp/test-dir/x") &&
	      link("/tmp/test-dir/x", "/tmp/test-x") == 0);
	CHECK(mkdir("/tmp/test-other", 0755) == 0 &&
	      rename("/tmp/test-dir/x", "/tmp/test-other/y") == 0);
	CHECK(link_is(path, "/tmp/test-other/y") &&
	      rename("/tmp/test-other/y", "/tmp/test-dir/x") == 0);
	CHECK(unlink("/tmp/test-dir/x") == 0 && rmdir("/tmp/test-dir") == 0 &&
	      rmdir("/tmp/test-other") == 0);
	before = on_cowix() ? read_all("/dev/kmsg") : 0;
	CHECK(readlink(path, text, 100) > 0);
	CHECK(!on_cowix() || read_all("/dev/kmsg") == before);
	close(open("/tmp/test-x", O_RDONLY));
	/* found again under its other name */
	CHECK(!on_cowix() || link_is(path, "/tmp/test-x"));
	CHECK(unlink("/tmp/test-x") == 0);
}

static void directories(void)
{
	char cwd[64], expected[40];
	int pid = getpid();

	CHECK(mkdir("/tmp/test-dir", 0755) == 0 &&
	      chdir("/tmp/test-dir") == 0 &&
	      link_is("/proc/self/cwd", "/tmp/test-dir"));
	CHECK(chdir("/proc/self/cwd/..") == 0 &&
	      link_is("/proc/self/cwd", "/tmp") && rmdir("/tmp/test-dir") == 0);
	CHECK(link_is("/proc/self/root", "/"));
	sprintf(expected, "/proc/%d/fd", pid);
	CHECK(chdir("/proc/self/fd") == 0 && getcwd(cwd, sizeof(cwd)) &&
	      strcmp(cwd, expected) == 0);
	CHECK(chdir("../..") == 0 && getcwd(cwd, sizeof(cwd)) &&
	      strcmp(cwd, "/proc") == 0);
	CHECK(chdir("..") == 0 && getcwd(cwd, sizeof(cwd)) &&
	      strcmp(cwd, "/") == 0);
}

static const struct test list[] = {
	{ "open_files", "fd: links, modes, opening again", open_files },
	{ "nameless", "an open file whose names and directories go", nameless },
	{ "directories", "cwd, root, getcwd below /proc", directories },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(list, argc, argv);
}
