/* Calls on files must do what they say, or fail. */
#include <abi/uio.h>
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NAME "honest-file"
#define MAX_RW_COUNT 0x7FFFF000

static int temporary(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && unlink(NAME) == 0);
	return fd;
}

/* Runs a test with /proc mounted. */
static void with_proc(void (*test)(void))
{
	int there = access("/proc/self", F_OK) == 0;

	CHECK(there || mount("proc", "/proc", "proc", 0, NULL) == 0);
	test();
	CHECK(there || umount("/proc") == 0);
}

static int advise(int fd, long long length, int advice)
{
	return syscall(__NR_fadvise64_64, fd, 0, 0, (unsigned)length,
		       (unsigned)(length >> 32), advice);
}

static void advice(void)
{
	int fds[2], fd = temporary();

	CHECK(pipe(fds) == 0);
	CHECK_ERRNO(advise(fds[0], 0, 0), ESPIPE);
	CHECK_ERRNO(advise(fd, 0, 6), EINVAL);
	CHECK_ERRNO(advise(fd, 0, -1), EINVAL);
	CHECK_ERRNO(advise(fd, -1, 0), EINVAL);
	CHECK_ERRNO(advise(99, 0, 0), EBADF);
	CHECK(advise(fd, 1ll << 40, 5) == 0);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(fd) == 0);
}

static void sync_what_has_no_disk(void)
{
	int fds[2], null = open("/dev/null", O_RDWR), fd = temporary();

	CHECK(pipe(fds) == 0 && mknod(NAME, S_IFIFO | 0600, 0) == 0);
	CHECK_ERRNO(fsync(fds[0]), EINVAL);
	CHECK_ERRNO(fsync(null), EINVAL);
	CHECK_ERRNO(syscall(__NR_fdatasync, null), EINVAL);
	CHECK(fsync(fd) == 0 && syscall(__NR_fdatasync, fd) == 0 &&
	      close(fd) == 0);
	fd = open(NAME, O_RDWR);
	CHECK(fd >= 0);
	CHECK_ERRNO(fsync(fd), EINVAL);
	CHECK(close(fd) == 0 && unlink(NAME) == 0);
	fd = open(".", O_RDONLY);
	CHECK(fsync(fd) == 0 && close(fd) == 0);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(null) == 0);
}

static void removed_directory(void)
{
	char buf[200];
	int fd;

	CHECK(mkdir(NAME, 0755) == 0);
	fd = open(NAME, O_RDONLY);
	CHECK(fd >= 0 && rmdir(NAME) == 0);
	CHECK_ERRNO(syscall(__NR_getdents64, fd, buf, sizeof(buf)), ENOENT);
	CHECK_ERRNO(syscall(__NR_getdents, fd, buf, sizeof(buf)), ENOENT);
	CHECK(close(fd) == 0);
}

/* Checks that one call transfers at most the whole pages in 2^31 - 1 bytes. */
static void largest_transfer(void)
{
	struct iovec two[2] = { { (void *)4096, 0x7FFFFFFF },
				{ (void *)4096, 0x7FFFFFFF } };
	struct iovec bad[2] = { { (void *)4096, 10 },
				{ (void *)4096, 0x80000000 } };
	int null = open("/dev/null", O_RDWR);

	CHECK(syscall(__NR_writev, null, two, 2) == MAX_RW_COUNT);
	CHECK(write(null, (void *)4096, 0x7FFFFFFF) == MAX_RW_COUNT);
	CHECK(write(null, (void *)4096, MAX_RW_COUNT - 1) == MAX_RW_COUNT - 1);
	CHECK(write(null, (void *)4096, 0x80000000) == MAX_RW_COUNT);
	CHECK_ERRNO(syscall(__NR_writev, null, bad, 2), EINVAL);
	CHECK_ERRNO(syscall(__NR_writev, null, two, -1), EINVAL);
	CHECK_ERRNO(syscall(__NR_writev, null, two, 1025), EINVAL);
	bad[1] = (struct iovec){ (void *)0xFFFFF000, 10 };
	if (!on_64_bits())
		CHECK_ERRNO(syscall(__NR_writev, null, bad, 2), EFAULT);
	CHECK(syscall(__NR_readv, null, two, 2) == 0 && close(null) == 0);
}

static void read_far(void)
{
	char buf[64];
	int fd = open("/proc/self/stat", O_RDONLY);

	CHECK(fd >= 0 && syscall(__NR_pread64, fd, buf, 64, 0, 0) > 0);
	CHECK(syscall(__NR_pread64, fd, buf, 64, 0, 1) == 0);
	CHECK(syscall(__NR_pread64, fd, buf, 64, 0, 1 << 20) == 0);
	CHECK(close(fd) == 0);
}

static void map_text(void)
{
	int fd = open("/proc/self/stat", O_RDONLY);

	CHECK(fd >= 0);
	for (int flags = MAP_SHARED; flags <= MAP_PRIVATE; flags++)
		CHECK_ERRNO(syscall(__NR_mmap2, 0, 4096, PROT_READ, flags, fd,
				    0),
			    ENODEV);
	CHECK(close(fd) == 0);
}

static void no_pages(void)
{
	with_proc(map_text);
}

static void far_positions(void)
{
	with_proc(read_far);
}

/* Checks that opening a pipe by its name in /proc waits for nobody. */
static void reopen_pipe(void)
{
	char way[32], c = 0;
	int fds[2], again;

	CHECK(pipe(fds) == 0 && write(fds[1], "x", 1) == 1 &&
	      close(fds[1]) == 0);
	sprintf(way, "/proc/self/fd/%d", fds[0]);
	again = open(way, O_RDONLY);
	CHECK(again >= 0 && read(again, &c, 1) == 1 && c == 'x');
	CHECK(read(again, &c, 1) == 0 && close(again) == 0);
	again = open(way, O_WRONLY);
	CHECK(again >= 0 && write(again, "y", 1) == 1 &&
	      read(fds[0], &c, 1) == 1 && c == 'y');
	CHECK(close(again) == 0 && close(fds[0]) == 0);
}

static void pipe_through_proc(void)
{
	with_proc(reopen_pipe);
}

/* Checks that a named pipe loses its data with the last open descriptor. */
static void fifo_forgets(void)
{
	char c;
	int named, fd;

	CHECK(mknod(NAME, S_IFIFO | 0600, 0) == 0);
	named = open(NAME, O_PATH);
	fd = open(NAME, O_RDWR);
	CHECK(named >= 0 && fd >= 0 && write(fd, "x", 1) == 1 &&
	      close(fd) == 0);
	fd = open(NAME, O_RDONLY | O_NONBLOCK);
	CHECK(fd >= 0 && read(fd, &c, 1) == 0 && close(fd) == 0);
	CHECK(close(named) == 0 && unlink(NAME) == 0);
}

static void note(int sig)
{
	(void)sig;
}

/* Opens the named pipe for reading, and gets a signal instead. */
static void open_in_vain(void)
{
	struct sigaction action = { .sa_handler = note };

	sigaction(SIGUSR1, &action, NULL);
	nice(19);			/* so that the writer is faster */
	open(NAME, O_RDONLY);
	_exit(0);
}

/*
 * Checks that a reader whose open ends by a signal leaves nothing behind. A
 * writer came and went before the reader could run.
 */
static void fifo_open_in_vain(void)
{
	char c;
	int named, fd, pid;

	CHECK(mknod(NAME, S_IFIFO | 0600, 0) == 0);
	named = open(NAME, O_PATH);
	signal(SIGPIPE, SIG_IGN);
	pid = fork();
	if (pid == 0)
		open_in_vain();
	while ((fd = open(NAME, O_WRONLY | O_NONBLOCK)) < 0)
		sched_yield();
	CHECK((write(fd, "x", 1) == 1 || errno == EPIPE) && close(fd) == 0);
	CHECK(kill(pid, SIGUSR1) == 0 && wait_status(pid) == 0);
	fd = open(NAME, O_RDONLY | O_NONBLOCK);
	CHECK(fd >= 0 && read(fd, &c, 1) == 0 && close(fd) == 0);
	CHECK(close(named) == 0 && unlink(NAME) == 0);
}

/* Checks that a record goes into a pipe whole, or not at all. */
static void record_or_nothing(void)
{
	enum { PAGE = 4096, HALF = PAGE / 2 };
	char *buf = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fds[2], n = 0;

	CHECK(buf != MAP_FAILED && munmap(buf + PAGE, PAGE) == 0);
	CHECK(pipe(fds) == 0 && write(fds[1], buf, HALF) == HALF);
	CHECK_ERRNO(write(fds[1], buf + HALF, PAGE), EFAULT);
	CHECK(ioctl(fds[0], FIONREAD, &n) == 0 && n == HALF);
	close(fds[0]);
	close(fds[1]);
}

static struct flock64 lock(int type, long long start, long long length)
{
	return (struct flock64){ .l_type = type,
				 .l_start = start,
				 .l_len = length };
}

static void first_lock(void)
{
	struct flock64 read_lock = lock(F_RDLCK, 1, 4),
		       write_lock = lock(F_WRLCK, 10, 5);
	int fd = temporary(), child;

	CHECK(syscall(__NR_fcntl64, fd, F_SETLK64, &write_lock) == 0);
	CHECK(syscall(__NR_fcntl64, fd, F_SETLK64, &read_lock) == 0);
	child = fork();
	if (child == 0) {
		struct flock64 all = lock(F_WRLCK, 0, 0);

		CHECK(syscall(__NR_fcntl64, fd, F_GETLK64, &all) == 0);
		_exit(all.l_type == F_RDLCK && all.l_start == 1 &&
				      all.l_len == 4
			      ? 0
			      : 1);
	}
	CHECK(wait_status(child) == 0 && close(fd) == 0);
}

static void link_without_name(void)
{
	char way[32];
	int fd = temporary();

	sprintf(way, "/proc/self/fd/%d", fd);	/* it has no name any more */
	CHECK_ERRNO(syscall(__NR_linkat, AT_FDCWD, way, AT_FDCWD, NAME,
			    AT_SYMLINK_FOLLOW),
		    ENOENT);
	CHECK(close(fd) == 0);
}

static void nodes_and_links(void)
{
	CHECK_ERRNO(syscall(__NR_mknod, NAME, 0170000 | 0600, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_mknod, NAME, S_IFLNK | 0600, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_mknod, NAME, S_IFDIR | 0600, 0), EPERM);
	with_proc(link_without_name);
}

/*
 * Checks that O_NOATIME is for owners, and that SIGIO and direct transfers are
 * refused.
 */
static void flags(void)
{
	int child, fd = open(NAME, O_RDWR | O_CREAT, 0644);

	CHECK(fd >= 0);
	if (on_cowix()) {
		CHECK_ERRNO(open(NAME, O_RDONLY | O_DIRECT), EINVAL);
		CHECK_ERRNO(fcntl(fd, F_SETFL, O_ASYNC), EINVAL);
		CHECK_ERRNO(fcntl(fd, F_SETOWN, getpid()), EINVAL);
	}
	CHECK_ERRNO(fcntl(fd, 999, 0), EINVAL);
	CHECK(open(NAME, O_RDONLY | O_NOATIME) >= 0);
	child = fork();
	if (child == 0) {
		if (setuid(1000) == 0 && getuid() == 1000) {
			CHECK_ERRNO(open(NAME, O_RDONLY | O_NOATIME), EPERM);
			CHECK_ERRNO(fcntl(fd, F_SETFL, O_NOATIME), EPERM);
		}
		_exit(0);
	}
	CHECK(wait_status(child) == 0 && unlink(NAME) == 0);
}

TESTS({ "advice", "posix_fadvise of a pipe, unknown advice", advice },
      { "sync_what_has_no_disk",
	"fsync of pipes, FIFOs and /dev/null is EINVAL",
	sync_what_has_no_disk },
      { "removed_directory", "a removed directory has no entries to read",
	removed_directory },
      { "largest_transfer", "a call transfers 0x7FFFF000 bytes at most",
	largest_transfer },
      { "no_pages", "a file of /proc cannot be mapped", no_pages },
      { "far_positions", "beyond 4 GB a file of /proc is at its end",
	far_positions },
      { "pipe_through_proc", "a pipe opened through /proc waits for nobody",
	pipe_through_proc },
      { "fifo_forgets", "a FIFO that nobody has open is empty", fifo_forgets },
      { "fifo_open_in_vain", "so is one whose reader's open was interrupted",
	fifo_open_in_vain },
      { "record_or_nothing", "a record that fails leaves nothing in a pipe",
	record_or_nothing },
      { "first_lock", "F_GETLK finds the first lock by position", first_lock },
      { "nodes_and_links",
	"mknod of unknown types, a link to a file without names",
	nodes_and_links },
      { "flags", "open flags that are kept or refused", flags })
