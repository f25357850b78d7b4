/* Opening: the flags of open and dup3, and what they change later. */
#include <sys/wait.h>
#include "names.h"

static void open_flags(void)
{
	int fd;

	enter();
	make("a");
	CHECK(syscall(__NR_symlinkat, "a", dir, "l") == 0 &&
	      syscall(__NR_symlinkat, "new", dir, "m") == 0);
	CHECK_ERRNO(at(__NR_openat, "a", O_WRONLY | O_CREAT | O_EXCL, 0644, 0),
		    EEXIST);
	CHECK_ERRNO(at(__NR_openat, "m", O_WRONLY | O_CREAT | O_EXCL, 0644, 0),
		    EEXIST);
	CHECK_ERRNO(at(__NR_openat, "l", O_RDONLY | O_NOFOLLOW, 0, 0), ELOOP);
	CHECK_ERRNO(at(__NR_openat, "l", O_RDONLY | O_CREAT | O_NOFOLLOW, 0644,
		       0),
		    ELOOP);
	CHECK_ERRNO(at(__NR_openat, "a", O_RDONLY | O_DIRECTORY, 0, 0),
		    ENOTDIR);
	CHECK_ERRNO(at(__NR_openat, ".", O_RDWR, 0, 0), EISDIR);
	CHECK_ERRNO(at(__NR_openat, "a/", O_RDONLY, 0, 0), ENOTDIR);
	CHECK_ERRNO(open("/", O_RDONLY | O_CREAT, 0644), EISDIR);
	/* a link to a missing name: that name is made */
	fd = at(__NR_openat, "m", O_WRONLY | O_CREAT, 0640, 0);
	CHECK(fd >= 0 && close(fd) == 0 &&
	      (stat_of("new", AT_SYMLINK_NOFOLLOW).st_mode & 07777) == 0640);
	gone("new");
	fd = at(__NR_openat, "a", O_WRONLY | O_TRUNC, 0, 0);
	CHECK(fd >= 0 && stat_of("a", 0).st_size == 0);
	/* O_TMPFILE */
	CHECK(!on_cowix() ||
	      (open(DIR, O_RDWR | 020200000, 0600) == -1 && errno == EISDIR));
	gone("a");
	gone("l");
	gone("m");
	leave();
}

static void appending(void)
{
	char buf[10];
	int fd;

	enter();
	make("a");
	fd = at(__NR_openat, "a", O_RDWR | O_APPEND, 0, 0);
	CHECK((fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND)) ==
	      (O_RDWR | O_APPEND));
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && write(fd, "bc", 2) == 2 &&
	      lseek(fd, 0, SEEK_CUR) == 3);
	CHECK(fcntl(fd, F_SETFL, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
	      write(fd, "A", 1) == 1);
	CHECK(syscall(__NR_pread64, fd, buf, 10, 0, 0) == 3 &&
	      memcmp(buf, "Abc", 3) == 0);
	close(fd);
	gone("a");
	leave();
}

static void close_on_exec(void)
{
	int fd, pid;

	enter();
	make("a");
	fd = at(__NR_openat, "a", O_RDWR | O_CLOEXEC, 0, 0);
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(syscall(__NR_dup3, fd, 20, O_CLOEXEC) == 20 &&
	      fcntl(20, F_GETFD) == FD_CLOEXEC);
	CHECK(syscall(__NR_dup3, fd, 20, 0) == 20 && fcntl(20, F_GETFD) == 0);
	CHECK_ERRNO(syscall(__NR_dup3, fd, fd, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_dup3, fd, 21, O_APPEND), EINVAL);
	CHECK_ERRNO(syscall(__NR_dup3, fd, 100000, 0), EBADF);
	CHECK_ERRNO(syscall(__NR_dup3, 99, 20, 0), EBADF);
	CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 30) == 30 &&
	      fcntl(30, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_DUPFD, 30) == 31);
	pid = fork();
	if (pid == 0) {
		execve("/bin/sh",
		       (char *[]){
			       "sh", "-c",
			       "(echo >&20) 2>/dev/null && ! (echo >&30) "
			       "2>/dev/null",
			       NULL },
		       environ);
		_exit(9);
	}
	/* other shells know no descriptors above 9 */
	CHECK(!on_cowix() || wait_status(pid) == 0);
	close(fd);
	gone("a");
	leave();
}

TESTS({ "open_flags", "flags of open", open_flags },
      { "appending", "O_APPEND, set and cleared", appending },
      { "close_on_exec", "dup3, and what exec closes", close_on_exec })
