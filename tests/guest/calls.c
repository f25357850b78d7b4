/*
 * Sizes and positions of files: 64-bit reads, writes, seeks and truncations,
 * and their limits.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NAME "/tmp/test-calls"
#define GB (1ll << 30)

static int new_file(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && unlink(NAME) == 0);
	return fd;
}

static int pread_at(int fd, void *buf, unsigned n, long long at)
{
	return syscall(__NR_pread64, fd, buf, n, (unsigned)at,
		       (unsigned)(at >> 32));
}

static int pwrite_at(int fd, const void *buf, unsigned n, long long at)
{
	return syscall(__NR_pwrite64, fd, buf, n, (unsigned)at,
		       (unsigned)(at >> 32));
}

static long long llseek(int fd, long long offset, int whence)
{
	long long result = -2;

	return syscall(__NR__llseek, fd, (unsigned)(offset >> 32),
		       (unsigned)offset, &result, whence) < 0
		       ? -1
		       : result;
}

static int ftruncate64(int fd, long long size)
{
	return syscall(__NR_ftruncate64, fd, (unsigned)size,
		       (unsigned)(size >> 32));
}

static long long size_of(int fd)
{
	struct stat64 st;

	CHECK(syscall(__NR_fstat64, fd, &st) == 0);
	return st.st_size;
}

static void at_positions(void)
{
	char buf[10] = { 0 };
	int fd = new_file(), fds[2], zero = open("/dev/zero", O_RDONLY),
	    directory = open("/", O_RDONLY);

	CHECK(pwrite_at(fd, "hello", 5, 5) == 5 &&
	      llseek(fd, 0, SEEK_CUR) == 0 && size_of(fd) == 10);
	CHECK(pread_at(fd, buf, 10, 0) == 10 &&
	      memcmp(buf, "\0\0\0\0\0hello", 10) == 0 &&
	      llseek(fd, 0, SEEK_CUR) == 0);
	CHECK(pread_at(fd, buf, 10, 10) == 0 &&
	      pread_at(fd, buf, 10, 5 * GB) == 0 &&
	      pread_at(fd, buf, 10, 0x7FFFFFFFFFFFFFF0ll) == 0);
	CHECK(pread_at(fd, buf, 10, (1ll << 32) + 2) == 0);
	CHECK_ERRNO(pread_at(fd, buf, 1, -1), EINVAL);
	CHECK_ERRNO(pwrite_at(fd, buf, 1, -1), EINVAL);
	CHECK_ERRNO(pread_at(99, buf, 1, 0), EBADF);
	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(pread_at(fds[0], buf, 1, 0), ESPIPE);
	CHECK_ERRNO(pwrite_at(fds[1], buf, 1, 0), ESPIPE);
	CHECK(pread_at(zero, buf, 10, 7) == 10 && buf[9] == 0);
	CHECK_ERRNO(pread_at(directory, buf, 10, 0), EISDIR);
	CHECK_ERRNO(pread_at(fd, (char *)0x10, 5, 0), EFAULT);
	CHECK(pread_at(fd, (char *)0x10, 0, 0) == 0 &&
	      read(fd, (char *)0x10, 0) == 0);
}

static void seeking(void)
{
	int fd = new_file(), fds[2];
	long long result;
	char c;

	CHECK(write(fd, "0123456789", 10) == 10);
	CHECK(llseek(fd, 3 * GB, SEEK_SET) == 3 * GB &&
	      llseek(fd, -GB, SEEK_CUR) == 2 * GB &&
	      llseek(fd, 5 * GB, SEEK_END) == 5 * GB + 10);
	CHECK(read(fd, &c, 1) == 0);
	if (on_cowix())		/* a 64-bit Linux returns the lower half */
		CHECK_ERRNO(lseek(fd, 0, SEEK_CUR), EOVERFLOW);
	CHECK_ERRNO(llseek(fd, -11, SEEK_END), EINVAL);
	CHECK_ERRNO(llseek(fd, ~(1ull << 63), SEEK_END), EINVAL);
	CHECK_ERRNO(llseek(fd, 1ull << 63, SEEK_END), EINVAL);
	CHECK_ERRNO(llseek(fd, 0, 7), EINVAL);
	CHECK_ERRNO(syscall(__NR__llseek, fd, 0, 0, 0x10, SEEK_SET), EFAULT);
	CHECK_ERRNO(syscall(__NR__llseek, 99, 0, 0, &result, SEEK_SET), EBADF);
	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(llseek(fds[0], 0, SEEK_SET), ESPIPE);
	CHECK(llseek(fd, -3, SEEK_END) == 7 && read(fd, &c, 1) == 1 &&
	      c == '7');
}

/*
 * Checks the largest file size, which differs. Beyond it there is EFBIG, also
 * through a position that cannot grow.
 */
static void large_sizes(void)
{
	int fd;
	long long largest = on_cowix() ? 2 * GB - 1 : 0;
	char c = 'x';

	if (largest)			/* the floppy's own limit is lower */
		CHECK(mount("none", "/tmp", "tmpfs", 0, NULL) == 0);
	fd = new_file();
	CHECK(ftruncate64(fd, GB + 5) == 0 && size_of(fd) == GB + 5);
	CHECK(pread_at(fd, &c, 1, GB) == 1 && c == 0 &&
	      ftruncate64(fd, 3) == 0 && size_of(fd) == 3);
	CHECK_ERRNO(ftruncate64(fd, -1), EINVAL);
	CHECK(pwrite_at(fd, &c, 1, 0x7FFFFFFFFFFFFFFFll) == -1 &&
	      (errno == EINVAL || errno == EFBIG));
	CHECK(size_of(fd) == 3);
	/* some file systems refuse this */
	if (llseek(fd, 0x7FFFFFFFFFFFFFFFll, SEEK_SET) > 0)
		CHECK(write(fd, &c, 1) == -1 &&
		      (errno == EINVAL || errno == EFBIG));
	CHECK(size_of(fd) == 3);
	if (!largest)
		return;
	CHECK_ERRNO(ftruncate64(fd, largest + 1), EFBIG);
	CHECK(ftruncate64(fd, largest) == 0 && size_of(fd) == largest);
	CHECK_ERRNO(pwrite_at(fd, &c, 1, largest), EFBIG);
	CHECK_ERRNO(pwrite_at(fd, &c, 1, (1ll << 32) + 1), EFBIG);
	CHECK(pwrite_at(fd, "yz", 2, largest - 1) == 1 &&
	      pread_at(fd, &c, 1, largest - 1) == 1 && c == 'y');
	CHECK(close(fd) == 0 && umount("/tmp") == 0);
}

static void truncations(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644),
	    reader = open(NAME, O_RDONLY), fds[2];

	CHECK(truncate(NAME, 100) == 0 && size_of(fd) == 100);
	CHECK(syscall(__NR_truncate64, NAME, 50, 0) == 0 && size_of(fd) == 50);
	CHECK_ERRNO(syscall(__NR_truncate64, NAME, 0, -1), EINVAL);
	CHECK_ERRNO(syscall(__NR_truncate64, "/tmp", 0, 0), EISDIR);
	CHECK_ERRNO(syscall(__NR_truncate64, "/nothing", 0, 0), ENOENT);
	CHECK_ERRNO(ftruncate64(reader, 1), EINVAL);
	CHECK_ERRNO(ftruncate64(99, 1), EBADF);
	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(ftruncate64(fds[1], 1), EINVAL);
	CHECK(unlink(NAME) == 0);
}

static volatile int count;

static void note(int sig)
{
	count += sig == SIGXFSZ;
}

static void file_size_limit(void)
{
	struct sigaction action = { .sa_handler = note };
	struct rlimit limit = { 1000, RLIM_INFINITY };
	int fd = new_file(), fds[2], pid;
	static char buf[2000];

	CHECK(ftruncate64(fd, 3000) == 0);
	sigaction(SIGXFSZ, &action, NULL);
	pid = fork();
	if (pid == 0) {
		CHECK(syscall(__NR_setrlimit, RLIMIT_FSIZE, &limit) == 0);
		signal(SIGXFSZ, SIG_IGN);
		/* smaller is always allowed */
		CHECK(ftruncate64(fd, 2000) == 0);
		CHECK(pwrite_at(fd, buf, 10, 995) == 5);
		CHECK(pipe(fds) == 0 && write(fds[1], buf, 2000) == 2000);
		limit.rlim_cur = 5;
		CHECK(syscall(__NR_setrlimit, RLIMIT_FSIZE, &limit) == 0);
		CHECK(symlink("0123456789", NAME) == 0 && unlink(NAME) == 0);
		signal(SIGXFSZ, SIG_DFL);
		pwrite_at(fd, buf, 10, 1000);
		_exit(1);
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGXFSZ);
	CHECK(ftruncate64(fd, 0) == 0 &&
	      syscall(__NR_setrlimit, RLIMIT_FSIZE, &limit) == 0);
	CHECK(write(fd, buf, 2000) == 1000);
	CHECK_ERRNO(write(fd, buf, 1), EFBIG);
	CHECK(count == 1);
	CHECK_ERRNO(ftruncate64(fd, 1001), EFBIG);
	CHECK(count == 2 && ftruncate64(fd, 1000) == 0 && size_of(fd) == 1000);
}

TESTS({ "at_positions", "pread, pwrite", at_positions },
      { "seeking", "_llseek beyond 4 GB", seeking },
      { "large_sizes", "the largest file", large_sizes },
      { "truncations", "truncate64", truncations },
      { "file_size_limit", "RLIMIT_FSIZE", file_size_limit })
