/* fcntl(): sizes of pipes, locks of open files; pipes have a file system. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include "users.h"

#define NAME "fcntls-file"

static char buf[65536];

static void pipe_sizes(void)
{
	int fds[2], file = open(NAME, O_RDWR | O_CREAT, 0644), n;

	CHECK(pipe(fds) == 0 && file >= 0);
	CHECK_ERRNO(fcntl(file, F_GETPIPE_SZ, 0), EBADF);
	CHECK_ERRNO(fcntl(file, F_SETPIPE_SZ, 4096), EBADF);
	CHECK(fcntl(fds[0], F_GETPIPE_SZ, 0) == 65536);
	n = fcntl(fds[1], F_SETPIPE_SZ, 8192);
	CHECK(n == 8192 && fcntl(fds[0], F_GETPIPE_SZ, 0) == 8192);
	CHECK(fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
	CHECK(write(fds[1], buf, 65536) == 8192);
	CHECK(fcntl(fds[0], F_SETPIPE_SZ, 16384) == 16384);
	CHECK(write(fds[1], buf, 65536) == 8192);
	CHECK_ERRNO(fcntl(fds[0], F_SETPIPE_SZ, 8192), EBUSY);
	CHECK(read(fds[0], buf, 12000) == 12000);
	CHECK(fcntl(fds[0], F_SETPIPE_SZ, 8192) == 8192);
	CHECK(read(fds[0], buf, 12000) == 16384 - 12000);
	CHECK(fcntl(fds[0], F_SETPIPE_SZ, 1) <= 8192);
	CHECK(write(fds[1], buf, 4096) == 4096);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
	CHECK(close(file) == 0 && unlink(NAME) == 0);
}

/* Checks that a user cannot have a pipe of any size. */
static void too_large(void)
{
	int fds[2];

	CHECK(pipe(fds) == 0);
	become(ME);
	CHECK_ERRNO(fcntl(fds[0], F_SETPIPE_SZ, 1 << 21), EPERM);
	CHECK(fcntl(fds[0], F_GETPIPE_SZ, 0) == 65536);
}

static void large_pipes(void)
{
	as_root(too_large);
}

/* Checks that a writer that waits for room gets it. */
static void growing_wakes(void)
{
	int fds[2], child;

	CHECK(pipe(fds) == 0 && fcntl(fds[1], F_SETPIPE_SZ, 8192) == 8192);
	child = fork();
	if (child == 0)
		_exit(write(fds[1], buf, 20000) == 20000 ? 0 : 1);
	sleep_ms(100);
	CHECK(fcntl(fds[1], F_SETPIPE_SZ, 65536) == 65536);
	CHECK(wait_status(child) == 0);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static int do_lock(int fd, int command, int type, long long start, int pid)
{
	struct flock64 fl = { .l_type = type, .l_start = start, .l_len = 10,
			      .l_pid = pid };

	return syscall(__NR_fcntl64, fd, command, &fl);
}

/* Returns the type of the lock that would prevent one, and its process. */
static int find_lock(int fd, int command, int *pid)
{
	struct flock64 fl = { .l_type = F_WRLCK, .l_len = 100 };

	CHECK(syscall(__NR_fcntl64, fd, command, &fl) == 0);
	*pid = fl.l_pid;
	return fl.l_type;
}

static void locks_of_files(void)
{
	int a = open(NAME, O_RDWR | O_CREAT, 0644), b = open(NAME, O_RDWR);
	int again, pid;

	CHECK(a >= 0 && b >= 0);
	CHECK_ERRNO(do_lock(a, F_OFD_SETLK, F_WRLCK, 0, 1), EINVAL);
	CHECK(do_lock(a, F_OFD_SETLK, F_WRLCK, 0, 0) == 0);
	CHECK_ERRNO(do_lock(b, F_OFD_SETLK, F_WRLCK, 5, 0), EAGAIN);
	CHECK_ERRNO(do_lock(b, F_SETLK64, F_WRLCK, 5, 0), EAGAIN);
	CHECK(do_lock(b, F_OFD_SETLK, F_WRLCK, 10, 0) == 0);
	CHECK(find_lock(b, F_OFD_GETLK, &pid) == F_WRLCK && pid == -1);
	CHECK(find_lock(b, F_GETLK64, &pid) == F_WRLCK && pid == -1);
	CHECK(do_lock(a, F_OFD_SETLK, F_RDLCK, 0, 0) == 0);
	CHECK(do_lock(b, F_OFD_SETLK, F_RDLCK, 0, 0) == 0);
	again = dup(a);		/* closing it releases nothing */
	CHECK(again >= 0 && close(again) == 0);
	CHECK_ERRNO(do_lock(b, F_OFD_SETLK, F_WRLCK, 0, 0), EAGAIN);
	CHECK(close(a) == 0);
	CHECK(do_lock(b, F_OFD_SETLK, F_WRLCK, 0, 0) == 0);
	CHECK(find_lock(b, F_OFD_GETLK, &pid) == F_UNLCK);
	CHECK(close(b) == 0 && unlink(NAME) == 0);
}

/* Checks that a lock passes to a child, and that waiting for it ends. */
static void locks_that_wait(void)
{
	int a = open(NAME, O_RDWR | O_CREAT, 0644), b = open(NAME, O_RDWR);
	int child;

	CHECK(do_lock(a, F_OFD_SETLK, F_WRLCK, 0, 0) == 0);
	child = fork();
	if (child == 0) {
		close(b);
		sleep_ms(200);
		_exit(0);		/* the last to have it open */
	}
	CHECK(close(a) == 0);
	CHECK_ERRNO(do_lock(b, F_OFD_SETLK, F_WRLCK, 0, 0), EAGAIN);
	CHECK(do_lock(b, F_OFD_SETLKW, F_WRLCK, 0, 0) == 0);
	CHECK(wait_status(child) == 0);
	CHECK(close(b) == 0 && unlink(NAME) == 0);
}

static void leases(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT, 0644);

	CHECK(fcntl(fd, F_GETLEASE, 0) == F_UNLCK);
	if (on_cowix())
		CHECK_ERRNO(fcntl(fd, 1024, F_WRLCK), EINVAL);
	CHECK(close(fd) == 0 && unlink(NAME) == 0);
}

static void file_system_of_pipes(void)
{
	struct statfs st;
	int fds[2];

	CHECK(pipe(fds) == 0 && syscall(__NR_fstatfs, fds[0], &st) == 0);
	CHECK(st.f_type == 0x50495045 && st.f_bsize == 4096);
	CHECK(st.f_namelen == 255 && st.f_blocks == 0);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static char *map(unsigned length, int prot, int flags, int fd)
{
	return (char *)syscall(__NR_mmap2, NULL, length, prot, flags, fd, 0);
}

#define FAILED ((char *)-1)

static void zero_device(void)
{
	int fd = open("/dev/zero", O_RDWR), ro = open("/dev/zero", O_RDONLY);
	int null = open("/dev/null", O_RDWR), wo = open("/dev/zero", O_WRONLY);
	char *private = map(8192, 3, MAP_PRIVATE, ro);
	char *shared = map(8192, 3, MAP_SHARED, fd), *other;
	int child;

	CHECK(private != FAILED && shared != FAILED);
	CHECK(private[8191] == 0 && shared[0] == 0);
	CHECK(map(4096, 3, MAP_SHARED, ro) == FAILED && errno == EACCES);
	CHECK(map(4096, 1, MAP_PRIVATE, wo) == FAILED && errno == EACCES);
	CHECK(map(4096, 1, MAP_PRIVATE, null) == FAILED && errno == ENODEV);
	child = fork();
	if (child == 0) {
		private[0] = shared[4096] = 7;
		_exit(0);
	}
	CHECK(wait_status(child) == 0);
	CHECK(private[0] == 0 && shared[4096] == 7);
	other = map(8192, 3, MAP_SHARED, fd);
	CHECK(other != FAILED && other[4096] == 0);
	CHECK(munmap(other, 8192) == 0 && munmap(shared, 8192) == 0);
	CHECK(munmap(private, 8192) == 0 && close(wo) == 0);
	CHECK(close(fd) == 0 && close(ro) == 0 && close(null) == 0);
}

TESTS({ "pipe_sizes", "F_SETPIPE_SZ changes what a pipe holds", pipe_sizes },
      { "large_pipes", "but not beyond the limit", large_pipes },
      { "growing_wakes", "a writer gets the room", growing_wakes },
      { "locks_of_files", "locks that belong to an open file",
	locks_of_files },
      { "locks_that_wait", "they last as long as it", locks_that_wait },
      { "leases", "nobody can have a lease", leases },
      { "file_system_of_pipes", "fstatfs of a pipe", file_system_of_pipes },
      { "zero_device", "mapping /dev/zero, private and shared", zero_device })
