/* O_PATH: descriptors that are good for a name, and for nothing else. */
#include <check.h>
#include <fcntl.h>
#include <abi/poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#define FILE_NAME "opath-file"
#define LINK_NAME "opath-link"
#define FIFO_NAME "opath-fifo"
#define DIR_NAME "opath-dir"

static int make(const char *name, const char *content)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	return fd >= 0 && write(fd, content, strlen(content)) >= 0 &&
	       close(fd) == 0;
}

static int readlink_at(int fd, const char *path, char *buf, int size)
{
	return syscall(__NR_readlinkat, fd, path, buf, size);
}

static int stat_at(int fd, const char *path, struct stat64 *st, int flags)
{
	return syscall(__NR_fstatat64, fd, path, st, flags);
}

/* Checks calls that work: those about the name or the descriptor. */
static void named(void)
{
	struct stat64 st;
	struct statfs fs;
	int fd, copy;

	CHECK(make(FILE_NAME, "hello"));
	fd = open(FILE_NAME, O_PATH | O_RDWR | O_TRUNC | O_CREAT);
	CHECK(fd >= 0 && stat_at(fd, "", &st, AT_EMPTY_PATH) == 0);
	CHECK(st.st_size == 5);
	CHECK(syscall(__NR_fstat64, fd, &st) == 0 &&
	      syscall(__NR_fstatfs, fd, &fs) == 0);
	CHECK(fcntl(fd, F_GETFD) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0);
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_GETFL) & O_PATH);
	copy = dup(fd);
	CHECK(copy >= 0 && fcntl(copy, F_GETFL) & O_PATH && close(copy) == 0);
	copy = fcntl(fd, F_DUPFD, 20);
	CHECK(copy >= 20 && dup2(fd, copy) == copy && close(copy) == 0);
	CHECK(close(fd) == 0 && unlink(FILE_NAME) == 0);
	CHECK_ERRNO(open(FILE_NAME, O_PATH | O_CREAT, 0644), ENOENT);
}

/* Checks that calls which need an open file fail. */
static void nothing_else(void)
{
	char c = 'x';
	struct pollfd p;
	int fd;

	CHECK(make(FILE_NAME, "hello"));
	fd = open(FILE_NAME, O_PATH | O_RDWR);
	CHECK(fd >= 0);
	CHECK_ERRNO(read(fd, &c, 1), EBADF);
	CHECK_ERRNO(write(fd, &c, 1), EBADF);
	CHECK_ERRNO(syscall(__NR_pread64, fd, &c, 1, 0, 0), EBADF);
	CHECK_ERRNO(lseek(fd, 0, SEEK_SET), EBADF);
	CHECK_ERRNO(ftruncate(fd, 0), EBADF);
	CHECK_ERRNO(fchmod(fd, 0600), EBADF);
	CHECK_ERRNO(fchown(fd, 0, 0), EBADF);
	CHECK_ERRNO(fsync(fd), EBADF);
	CHECK_ERRNO(ioctl(fd, 0x5401, &c), EBADF);
	CHECK_ERRNO(fcntl(fd, F_SETFL, O_NONBLOCK), EBADF);
	CHECK_ERRNO(fcntl(fd, F_SETLK, NULL), EBADF);
	CHECK_ERRNO(syscall(__NR_flock, fd, LOCK_SH), EBADF);
	CHECK_ERRNO(syscall(__NR_getdents64, fd, &c, 1), EBADF);
	CHECK_ERRNO(syscall(__NR_utimensat, fd, NULL, NULL, 0), EBADF);
	CHECK_ERRNO(syscall(__NR_mmap2, 0, 4096, 1, 2, fd, 0), EBADF);
	p = (struct pollfd){ .fd = fd, .events = POLLIN };
	CHECK(syscall(__NR_poll, &p, 1, 0) == 1 && p.revents == POLLNVAL);
	CHECK(close(fd) == 0 && unlink(FILE_NAME) == 0);
}

/* Checks that open() neither waits nor needs permission for the file itself. */
static void fifo_and_forbidden(void)
{
	int fd;

	CHECK(mknod(FIFO_NAME, S_IFIFO | 0644, 0) == 0);
	fd = open(FIFO_NAME, O_PATH);
	CHECK(fd >= 0);
	CHECK_ERRNO(open(FIFO_NAME, O_WRONLY | O_NONBLOCK), ENXIO);
	CHECK(close(fd) == 0 && unlink(FIFO_NAME) == 0);
	CHECK(make(FILE_NAME, "x") && chmod(FILE_NAME, 0) == 0);
	fd = open(FILE_NAME, O_PATH);
	CHECK(fd >= 0 && close(fd) == 0 && unlink(FILE_NAME) == 0);
}

static void link_itself(void)
{
	struct stat64 st;
	char text[32] = "", way[32];
	int fd;

	CHECK(symlink("nowhere", LINK_NAME) == 0);
	CHECK_ERRNO(open(LINK_NAME, O_PATH), ENOENT);
	CHECK_ERRNO(open(LINK_NAME, O_NOFOLLOW), ELOOP);
	CHECK_ERRNO(open(LINK_NAME, O_PATH | O_NOFOLLOW | O_DIRECTORY),
		    ENOTDIR);
	fd = open(LINK_NAME, O_PATH | O_NOFOLLOW);
	CHECK(fd >= 0 && syscall(__NR_fstat64, fd, &st) == 0);
	CHECK(S_ISLNK(st.st_mode) && st.st_size == 7);
	CHECK(readlink_at(fd, "", text, sizeof(text)) == 7);
	CHECK(memcmp(text, "nowhere", 7) == 0);
	CHECK(stat_at(fd, "", &st, AT_EMPTY_PATH) == 0 && S_ISLNK(st.st_mode));
	sprintf(way, "/proc/self/fd/%d", fd);
	if (access("/proc/self", F_OK) == 0)
		CHECK_ERRNO(open(way, O_RDONLY), ELOOP);
	CHECK(close(fd) == 0 && unlink(LINK_NAME) == 0);
	fd = open(".", O_PATH);
	CHECK_ERRNO(readlink_at(fd, "", text, sizeof(text)), ENOENT);
	CHECK(close(fd) == 0);
}

static void directory(void)
{
	char here[200];
	int fd, file, dir;

	CHECK(mkdir(DIR_NAME, 0755) == 0 && getcwd(here, sizeof(here)));
	fd = open(DIR_NAME, O_PATH | O_DIRECTORY);
	CHECK(fd >= 0);
	file = syscall(__NR_openat, fd, "f", O_CREAT | O_RDWR, 0644);
	CHECK(file >= 0 && close(file) == 0 && fchdir(fd) == 0);
	CHECK(access("f", F_OK) == 0 && chdir(here) == 0);
	CHECK_ERRNO(syscall(__NR_getdents64, fd, here, 10), EBADF);
	CHECK(syscall(__NR_unlinkat, fd, "f", 0) == 0 && close(fd) == 0);
	CHECK(make(FILE_NAME, "") && rmdir(DIR_NAME) == 0);
	CHECK_ERRNO(open(FILE_NAME, O_PATH | O_DIRECTORY), ENOTDIR);
	dir = open(FILE_NAME, O_PATH);
	CHECK_ERRNO(fchdir(dir), ENOTDIR);
	CHECK_ERRNO(syscall(__NR_openat, dir, "x", O_RDONLY), ENOTDIR);
	CHECK(close(dir) == 0 && unlink(FILE_NAME) == 0);
}

TESTS({ "named", "fstat, fstatfs, dup and fcntl of the descriptor work",
	named },
      { "nothing_else", "reading, writing and the like are EBADF",
	nothing_else },
      { "fifo_and_forbidden",
	"opening a FIFO does not wait, a file without permissions opens",
	fifo_and_forbidden },
      { "link_itself", "with O_NOFOLLOW a symbolic link itself is opened",
	link_itself },
      { "directory",
	"a directory's descriptor is good for *at calls and fchdir",
	directory })
