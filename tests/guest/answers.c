/* Answers that programs wait for: about files that are open, and attributes. */
#include <abi/ioctl.h>
#include <abi/uio.h>
#include <abi/xattr.h>
#include <check.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NAME "answers-file"
#define BAD ((void *)4096)

static char buf[8192], long_name[300];

static int temporary(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && unlink(NAME) == 0);
	return fd;
}

/* Checks a call on a descriptor of a pipe, a bad one, and a bad name. */
static void attributes_of(int fd)
{
	CHECK_ERRNO(syscall(__NR_fgetxattr, 99, "user.x", buf, 10), EBADF);
	CHECK_ERRNO(syscall(__NR_fgetxattr, fd, "", buf, 10), ERANGE);
	CHECK_ERRNO(syscall(__NR_fgetxattr, fd, long_name, buf, 10), ERANGE);
	CHECK_ERRNO(syscall(__NR_fgetxattr, fd, BAD, buf, 10), EFAULT);
	CHECK_ERRNO(syscall(__NR_fremovexattr, fd, BAD), EFAULT);
	CHECK_ERRNO(syscall(__NR_fsetxattr, fd, "user.x", "a", 1, 4), EINVAL);
	CHECK_ERRNO(syscall(__NR_fsetxattr, fd, "user.x", "a", 65537, 0),
		    E2BIG);
	CHECK_ERRNO(syscall(__NR_fsetxattr, fd, "user.x", BAD, 10, 0), EFAULT);
	CHECK_ERRNO(syscall(__NR_fsetxattr, fd, "", "a", 1, 0), ERANGE);
	CHECK_ERRNO(syscall(__NR_flistxattr, 99, buf, 10), EBADF);
}

static void attributes(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT, 0644), fds[2];

	memset(long_name, 'a', sizeof(long_name) - 1);
	CHECK(fd >= 0 && pipe(fds) == 0);
	attributes_of(fd);
	CHECK_ERRNO(syscall(__NR_getxattr, "none", "user.x", buf, 10), ENOENT);
	CHECK_ERRNO(syscall(__NR_getxattr, BAD, "user.x", buf, 10), EFAULT);
	CHECK_ERRNO(syscall(__NR_setxattr, "none", "user.x", "a", 1, 9),
		    ENOENT);
	CHECK_ERRNO(syscall(__NR_lremovexattr, "none", "user.x"), ENOENT);
	CHECK_ERRNO(syscall(__NR_llistxattr, "none", buf, 10), ENOENT);
	CHECK(syscall(__NR_listxattr, NAME, buf, 100) == 0);
	CHECK_ERRNO(syscall(__NR_fgetxattr, fds[0], "system.x", buf, 10),
		    EOPNOTSUPP);
	if (on_cowix()) {
		CHECK_ERRNO(syscall(__NR_lgetxattr, NAME, "user.x", buf, 10),
			    EOPNOTSUPP);
		CHECK_ERRNO(syscall(__NR_lsetxattr, NAME, "user.x", "a", 1, 0),
			    EOPNOTSUPP);
		CHECK_ERRNO(syscall(__NR_removexattr, NAME, "user.x"),
			    EOPNOTSUPP);
	}
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
	CHECK(close(fd) == 0 && unlink(NAME) == 0);
}

static int allocate(int fd, int mode, long long start, long long length)
{
	return syscall(__NR_fallocate, fd, mode, (unsigned)start,
		       (unsigned)(start >> 32), (unsigned)length,
		       (unsigned)(length >> 32));
}

static void reserving(void)
{
	int fd = temporary(), dir = open(".", O_RDONLY), fds[2];
	int null = open("/dev/null", O_RDWR);

	CHECK(pipe(fds) == 0 && dir >= 0 && null >= 0);
	CHECK_ERRNO(allocate(99, 0, 0, 10), EBADF);
	CHECK_ERRNO(allocate(fd, 0, -1, 10), EINVAL);
	CHECK_ERRNO(allocate(fd, 0, 0, 0), EINVAL);
	CHECK_ERRNO(allocate(fd, 0, 0, -1), EINVAL);
	CHECK_ERRNO(allocate(fd, 0x8000, 0, 10), EOPNOTSUPP);
	CHECK_ERRNO(allocate(fd, FALLOC_PUNCH_HOLE, 0, 10), EOPNOTSUPP);
	CHECK_ERRNO(allocate(dir, 0, 0, 10), EBADF);
	CHECK_ERRNO(allocate(fds[0], 0, 0, 10), EBADF);
	CHECK_ERRNO(allocate(fds[1], 0, 0, 10), ESPIPE);
	CHECK_ERRNO(allocate(null, 0, 0, 10), ENODEV);
	CHECK_ERRNO(allocate(fd, 0, 0x7FFFFFFFFFFFFFFF, 10), EFBIG);
	if (on_cowix())
		CHECK_ERRNO(allocate(fd, 0, 0, 10), EOPNOTSUPP);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(null) == 0);
	CHECK(close(fd) == 0 && close(dir) == 0);
}

/* Checks the requests that each file knows. */
static void requests_of(int fd)
{
	int on = 1, off = 0;

	CHECK(ioctl(fd, FIONBIO, &on) == 0);
	CHECK(fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
	CHECK(ioctl(fd, FIONBIO, &off) == 0);
	CHECK(!(fcntl(fd, F_GETFL, 0) & O_NONBLOCK));
	CHECK_ERRNO(ioctl(fd, FIONBIO, BAD), EFAULT);
	CHECK(ioctl(fd, FIOCLEX, BAD) == 0);
	CHECK(fcntl(fd, F_GETFD, 0) == FD_CLOEXEC);
	CHECK(ioctl(fd, FIONCLEX, BAD) == 0 && fcntl(fd, F_GETFD, 0) == 0);
	CHECK_ERRNO(ioctl(fd, FIOASYNC, BAD), EFAULT);
	CHECK(ioctl(fd, FIOASYNC, &off) == 0);
	CHECK_ERRNO(ioctl(fd, 0x12345678, &off), ENOTTY);
}

static void requests(void)
{
	int fd = temporary(), dir = open(".", O_RDONLY), fds[2], n;
	int null = open("/dev/null", O_RDWR), on = 1;

	CHECK(pipe(fds) == 0 && dir >= 0 && null >= 0);
	requests_of(fd);
	requests_of(dir);
	requests_of(fds[0]);
	requests_of(null);
	CHECK_ERRNO(ioctl(fd, FIOASYNC, &on), ENOTTY);
	CHECK(write(fd, "12345", 5) == 5 && lseek(fd, 2, SEEK_SET) == 2);
	CHECK(ioctl(fd, FIONREAD, &n) == 0 && n == 3);
	CHECK(ioctl(fds[0], FIONBIO, &on) == 0);
	CHECK_ERRNO(read(fds[0], buf, 1), EAGAIN);
	CHECK_ERRNO(ioctl(99, FIOCLEX, 0), EBADF);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(null) == 0);
	CHECK(close(dir) == 0);
	dir = open(".", O_PATH);
	CHECK_ERRNO(ioctl(dir, FIOCLEX, 0), EBADF);
	CHECK(close(fd) == 0 && close(dir) == 0);
}

/* Checks what a block device tells of itself: the disk that is the root. */
static void block_requests(void)
{
	unsigned long long bytes;
	unsigned sectors, n;
	struct stat st;
	int fd, child;

	CHECK(stat("/", &st) == 0);
	if (!on_cowix() || mknod(NAME, S_IFBLK | 0600, st.st_dev) < 0)
		return;
	fd = open(NAME, O_RDONLY);
	CHECK(fd >= 0 && ioctl(fd, BLKGETSIZE, &sectors) == 0);
	CHECK(ioctl(fd, BLKGETSIZE64, &bytes) == 0);
	CHECK(sectors >= 720 && bytes == sectors * 512ull);
	CHECK(ioctl(fd, BLKSSZGET, &n) == 0 && n == 512);
	CHECK(ioctl(fd, BLKBSZGET, &n) == 0 && n == 1024);
	CHECK(ioctl(fd, BLKROGET, &n) == 0 && n == 0);
	CHECK(ioctl(fd, BLKFLSBUF, 0) == 0);
	CHECK_ERRNO(ioctl(fd, BLKGETSIZE64, BAD), EFAULT);
	CHECK_ERRNO(ioctl(fd, FIONREAD, &n), ENOTTY);
	child = fork();
	if (child == 0) {
		CHECK(setuid(1000) == 0);
		CHECK_ERRNO(ioctl(fd, BLKFLSBUF, 0), EACCES);
		_exit(0);
	}
	CHECK(wait_status(child) == 0);
	CHECK(close(fd) == 0 && unlink(NAME) == 0);
}

static int close_range(unsigned first, unsigned last, unsigned flags)
{
	return syscall(__NR_close_range, first, last, flags);
}

static void ranges_of_descriptors(void)
{
	CHECK_ERRNO(close_range(5, 4, 0), EINVAL);
	CHECK_ERRNO(close_range(5, 6, 1), EINVAL);
	for (int fd = 20; fd < 24; fd++)
		CHECK(dup2(1, fd) == fd);
	CHECK(close_range(20, 21, CLOSE_RANGE_CLOEXEC) == 0);
	CHECK(fcntl(20, F_GETFD, 0) == FD_CLOEXEC);
	CHECK(fcntl(22, F_GETFD, 0) == 0);
	CHECK(close_range(21, 22, 0) == 0 && fcntl(20, F_GETFD, 0) >= 0);
	CHECK_ERRNO(fcntl(21, F_GETFD, 0), EBADF);
	CHECK_ERRNO(fcntl(22, F_GETFD, 0), EBADF);
	CHECK(close_range(20, ~0u, CLOSE_RANGE_UNSHARE) == 0);
	CHECK_ERRNO(fcntl(23, F_GETFD, 0), EBADF);
	CHECK(close_range(20, ~0u, 0) == 0);
}

static int vector_at(int number, int fd, struct iovec *v, int n, long long pos,
		     int flags)
{
	return syscall(number, fd, v, n, (unsigned)pos, (unsigned)(pos >> 32),
		       flags);
}

static void vectors_with_flags(void)
{
	struct iovec two[] = { { "ab", 2 }, { "cd", 2 } };
	struct iovec in[] = { { buf, 9 } };
	int fd = temporary(), fds[2];

	CHECK(pipe(fds) == 0);
	CHECK(vector_at(__NR_pwritev2, fd, two, 2, 3, 0) == 4);
	CHECK(lseek(fd, 0, SEEK_CUR) == 0);
	CHECK(vector_at(__NR_pwritev2, fd, two, 2, -1, 0) == 4);
	CHECK(lseek(fd, 0, SEEK_CUR) == 4);
	CHECK(vector_at(__NR_preadv2, fd, in, 1, 0, 0) == 7 &&
	      memcmp(buf, "abcdbcd", 7) == 0);
	CHECK(vector_at(__NR_preadv2, fd, in, 1, -1, 0) == 3);
	CHECK_ERRNO(vector_at(__NR_preadv2, fd, in, 1, -2, 0), EINVAL);
	CHECK_ERRNO(vector_at(__NR_preadv2, fd, in, 1, 0, 0x8000),
		    EOPNOTSUPP);
	CHECK_ERRNO(vector_at(__NR_preadv2, 99, in, 1, 0, 0x8000), EBADF);
	CHECK_ERRNO(vector_at(__NR_preadv2, fds[0], in, 1, 0, 0), ESPIPE);
	CHECK(vector_at(__NR_pwritev2, fds[1], two, 2, -1, 0) == 4);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(fd) == 0);
}

static void data_and_holes(void)
{
	int fd = temporary(), dir = open("/dev/null", O_RDONLY), fds[2];

	CHECK(write(fd, buf, 100) == 100 && pipe(fds) == 0);
	CHECK(lseek(fd, 0, SEEK_DATA) == 0 && lseek(fd, 99, SEEK_DATA) == 99);
	CHECK(lseek(fd, 0, SEEK_HOLE) == 100);
	CHECK(lseek(fd, 50, SEEK_HOLE) == 100);
	CHECK_ERRNO(lseek(fd, 100, SEEK_DATA), ENXIO);
	CHECK_ERRNO(lseek(fd, 100, SEEK_HOLE), ENXIO);
	CHECK_ERRNO(lseek(fd, -1, SEEK_DATA), ENXIO);
	CHECK_ERRNO(lseek(fd, 0, 5), EINVAL);
	CHECK_ERRNO(lseek(fds[0], 0, SEEK_DATA), ESPIPE);
	CHECK(lseek(fd, 0, SEEK_CUR) == 100);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(fd) == 0);
	CHECK(close(dir) == 0);
}

TESTS({ "attributes", "extended attributes are refused in Linux's order",
	attributes },
      { "reserving", "so is fallocate", reserving },
      { "requests", "FIONBIO, FIOCLEX, FIONCLEX, FIOASYNC on each file",
	requests },
      { "block_requests", "the size of a block device", block_requests },
      { "ranges_of_descriptors", "close_range closes or marks",
	ranges_of_descriptors },
      { "vectors_with_flags", "preadv2 and pwritev2", vectors_with_flags },
      { "data_and_holes", "SEEK_DATA and SEEK_HOLE", data_and_holes })
