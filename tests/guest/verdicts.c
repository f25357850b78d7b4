/*
 * Linux's answers where several would do: whom signals to all count, what is
 * checked first, what is no change.
 */
#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define FILE_	"/tmp/verdicts-file"
#define LINK	"/tmp/verdicts-link"
#define STRANGER 12345
#define GIGABYTE (1u << 30)
#define PAGE 4096

/* Runs it as a process without privileges. */
static void as_stranger(void (*run)(void))
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(setgid(STRANGER) == 0 && setuid(STRANGER) == 0);
		run();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/*
 * Checks kill(-1) where others exist but may not be signalled: only -1 leaves
 * them out.
 */
static void kill_others(void)
{
	CHECK(kill(-1, 0) == 0);
	CHECK(kill(-1, SIGKILL) == 0);
	CHECK_ERRNO(kill(getppid(), SIGKILL), EPERM);
	CHECK_ERRNO(kill(-getpgrp(), 1000), EINVAL);
	CHECK_ERRNO(kill(1, SIGKILL), EPERM);
}

static void nobody_to_kill(void)
{
	as_stranger(kill_others);
	CHECK_ERRNO(kill(-1, 1000), EINVAL);
	CHECK_ERRNO(kill(INT_MIN, 0), ESRCH);
}

/*
 * Checks that a bad signal number is refused, even for a process that has
 * ended.
 */
static void no_signal(void)
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(0);
	CHECK_ERRNO(kill(pid, 1000), EINVAL);
	CHECK(kill(pid, 0) == 0 && wait_status(pid) == 0);
	CHECK_ERRNO(kill(pid, 1000), ESRCH);
	CHECK_ERRNO(kill(-pid, 1000), ESRCH);
	CHECK_ERRNO(syscall(__NR_tgkill, pid, pid, 1000), ESRCH);
	CHECK_ERRNO(kill(getpid(), -1), EINVAL);
}

static void make_file(int mode)
{
	int fd = open(FILE_, O_CREAT | O_RDWR, 0600);

	CHECK(fd >= 0 && close(fd) == 0 && chmod(FILE_, mode) == 0);
}

static int mode_of(const char *path)
{
	struct stat st;

	CHECK(stat(path, &st) == 0);
	return st.st_mode & 07777;
}

static void change_nothing(void)
{
	CHECK(chown(FILE_, -1, -1) == 0);
	CHECK_ERRNO(chown(FILE_, 0, -1), EPERM);
	CHECK_ERRNO(chown(FILE_, -1, 0), EPERM);
	CHECK_ERRNO(chown(FILE_, -1, STRANGER), EPERM);
}

static void take_bits(void)
{
	CHECK_ERRNO(chown(FILE_, -1, -1), EPERM);
}

static void own_file(void)
{
	CHECK(chown(FILE_, -1, -1) == 0);
}

/*
 * Checks chown to no owner: nobody needs a right for it, unless set-id bits are
 * lost.
 */
static void no_owner(void)
{
	make_file(0644);
	as_stranger(change_nothing);
	make_file(02644);
	CHECK(chown(FILE_, -1, -1) == 0 && mode_of(FILE_) == 02644);
	as_stranger(take_bits);
	make_file(04755);
	as_stranger(take_bits);
	make_file(02755);
	as_stranger(take_bits);
	CHECK(mode_of(FILE_) == 02755);
	CHECK(chown(FILE_, -1, -1) == 0 && mode_of(FILE_) == 0755);
	CHECK(chown(FILE_, STRANGER, 0) == 0 && chmod(FILE_, 02644) == 0);
	as_stranger(own_file);
	CHECK(mode_of(FILE_) == 0644);
	CHECK(unlink(FILE_) == 0);
}

static int set_times(const char *path, long first, long second, int flags)
{
	struct timespec times[2] = { { 1, first }, { 1, second } };

	return syscall(__NR_utimensat, AT_FDCWD, path, times, flags);
}

/*
 * Checks that two omitted times check nothing. Otherwise the file is looked up
 * before the times.
 */
static void no_times(void)
{
	make_file(0600);
	CHECK(set_times("/none", UTIME_OMIT, UTIME_OMIT, 0) == 0);
	CHECK(set_times("/none", UTIME_OMIT, UTIME_OMIT, -1) == 0);
	CHECK(set_times(NULL, UTIME_OMIT, UTIME_OMIT, 0) == 0);
	CHECK_ERRNO(set_times("/none", 1000000000, 0, 0), ENOENT);
	CHECK_ERRNO(set_times("/none", 1000000000, 0, 1), EINVAL);
	CHECK_ERRNO(set_times(FILE_, UTIME_OMIT, 1000000000, 0), EINVAL);
	CHECK_ERRNO(set_times(FILE_, 1000000000, UTIME_NOW, 0), EINVAL);
	CHECK(set_times(FILE_, UTIME_OMIT, UTIME_NOW, 0) == 0);
	CHECK(unlink(FILE_) == 0);
}

static void no_directory(void)
{
	make_file(0600);
	CHECK(symlink("/tmp", LINK) == 0);
	CHECK_ERRNO(open(LINK, O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK_ERRNO(open(LINK, O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
	CHECK_ERRNO(open(LINK, O_PATH | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
	CHECK_ERRNO(open(FILE_, O_WRONLY | O_DIRECTORY), ENOTDIR);
	CHECK_ERRNO(open(LINK, O_WRONLY | O_DIRECTORY), EISDIR);
	CHECK(close(open(LINK, O_RDONLY | O_DIRECTORY)) == 0);
	CHECK(unlink(LINK) == 0 && unlink(FILE_) == 0);
}

static void *map(int flags, int fd, unsigned length)
{
	return mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);
}

/*
 * Checks that any amount of a file can be mapped, since its pages can be read
 * again.
 */
static void shared_file(void)
{
	int fd = open(FILE_, O_CREAT | O_RDWR, 0600);
	char *p = map(MAP_SHARED, fd, GIGABYTE);

	CHECK(p != MAP_FAILED && munmap(p, GIGABYTE) == 0);
	p = map(MAP_SHARED, fd, PAGE);
	CHECK(p != MAP_FAILED);
	p = mremap(p, PAGE, GIGABYTE, MREMAP_MAYMOVE);
	CHECK(p != MAP_FAILED && munmap(p, GIGABYTE) == 0);
	CHECK(close(fd) == 0 && unlink(FILE_) == 0);
}

/* Checks that private memory of that size is refused, however it would grow. */
static void too_much(void)
{
	char *p;

	if (!on_cowix())
		return;			/* the machine may have as much */
	CHECK_ERRNO((int)map(MAP_PRIVATE | MAP_ANONYMOUS, -1, GIGABYTE),
		    ENOMEM);
	p = map(MAP_PRIVATE | MAP_ANONYMOUS, -1, 2 * PAGE);
	CHECK(p != MAP_FAILED);
	CHECK_ERRNO((int)mremap(p, PAGE, GIGABYTE, MREMAP_MAYMOVE), ENOMEM);
	CHECK_ERRNO((int)mremap(p + PAGE, PAGE, GIGABYTE, 0), ENOMEM);
	*p = p[PAGE] = 1;
}

/* Returns the log's last bytes. */
static char *end_of_log(int fd, unsigned length)
{
	static char log[9000];
	int at = 0, n;

	while ((n = read(fd, log + at, 1000)) > 0)
		at += n;
	CHECK(n == 0 && at > (int)length);
	log[at] = '\0';
	return log + at - length;
}

/* Checks that a message is kept as a whole, or refused. */
static void long_message(void)
{
	static char line[2000];
	int fd = open("/dev/kmsg", O_RDWR);

	for (unsigned i = 0; i < sizeof(line); i++)
		line[i] = 'a' + i % 23;
	CHECK(fd >= 0);
	CHECK_ERRNO(write(fd, line, sizeof(line)), EINVAL);
	line[899] = '\n';
	CHECK(write(fd, line, 900) == 900);
	CHECK(!on_cowix() || !memcmp(end_of_log(fd, 900), line, 900));
	CHECK_ERRNO(write(fd, NULL, 10), EFAULT);
	close(fd);
}

TESTS({ "nobody_to_kill", "kill(-1) where all belong to others",
	nobody_to_kill },
      { "no_signal", "a signal that there is not, for nobody", no_signal },
      { "no_owner", "chown() that changes nothing", no_owner },
      { "no_times", "utimensat() that changes nothing", no_times },
      { "no_directory", "open() of a link as a directory", no_directory },
      { "shared_file", "a file mapped far beyond memory", shared_file },
      { "too_much", "memory that could never be had", too_much },
      { "long_message", "/dev/kmsg keeps all or refuses", long_message })
