/*
 * Names and attributes: the calls with a directory descriptor, links, times,
 * modes, chroot.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/statfs.h>
#include "names.h"

static void relative_to_directories(void)
{
	char buf[20];
	int file;

	enter();
	CHECK(at(__NR_mkdirat, "sub", 0700, 0, 0) == 0 &&
	      S_ISDIR(stat_of("sub", 0).st_mode));
	make("sub/a");
	CHECK(syscall(__NR_linkat, dir, "sub/a", dir, "b", 0) == 0 &&
	      stat_of("b", 0).st_nlink == 2);
	CHECK(syscall(__NR_symlinkat, "sub/a", dir, "link") == 0 &&
	      S_ISLNK(stat_of("link", AT_SYMLINK_NOFOLLOW).st_mode));
	CHECK(stat_of("link", 0).st_ino == stat_of("b", 0).st_ino);
	CHECK(at(__NR_readlinkat, "link", (int)buf, 20, 0) == 5 &&
	      memcmp(buf, "sub/a", 5) == 0);
	CHECK(at(__NR_readlinkat, "link", (int)buf, 3, 0) == 3);
	CHECK_ERRNO(at(__NR_readlinkat, "b", (int)buf, 20, 0), EINVAL);
	CHECK_ERRNO(at(__NR_readlinkat, "link", (int)buf, 0, 0), EINVAL);
	CHECK(syscall(__NR_renameat, dir, "b", dir, "sub/c") == 0 &&
	      !exists("b") && exists("sub/c"));
	CHECK(at(__NR_mknodat, "fifo", S_IFIFO | 0600, 0, 0) == 0 &&
	      S_ISFIFO(stat_of("fifo", 0).st_mode));
	CHECK(at(__NR_fchmodat, "sub/c", 0601, 0, 0) == 0 &&
	      (stat_of("sub/c", 0).st_mode & 07777) == 0601);
	CHECK_ERRNO(at(__NR_unlinkat, "sub", 0, 0, 0), EISDIR);
	CHECK_ERRNO(at(__NR_unlinkat, "sub", AT_REMOVEDIR, 0, 0), ENOTEMPTY);
	CHECK_ERRNO(at(__NR_unlinkat, "fifo", AT_REMOVEDIR, 0, 0), ENOTDIR);
	CHECK_ERRNO(at(__NR_unlinkat, "fifo", 1, 0, 0), EINVAL);
	file = at(__NR_openat, "sub/a", O_RDONLY, 0, 0);
	CHECK_ERRNO(syscall(__NR_openat, file, "x", O_RDONLY), ENOTDIR);
	CHECK_ERRNO(syscall(__NR_openat, 99, "x", O_RDONLY), EBADF);
	CHECK(close(syscall(__NR_openat, 99, "/etc/passwd", O_RDONLY)) == 0);
	CHECK_ERRNO(syscall(__NR_openat, dir, "", O_RDONLY), ENOENT);
	CHECK(close(file) == 0);
	gone("sub/a");
	gone("sub/c");
	gone("link");
	gone("fifo");
	CHECK(at(__NR_unlinkat, "sub", AT_REMOVEDIR, 0, 0) == 0);
	leave();
}

/* Checks that a directory that is gone takes nothing. */
static void removed_directory(void)
{
	enter();
	CHECK(rmdir(DIR) == 0);
	CHECK_ERRNO(at(__NR_openat, "x", O_WRONLY | O_CREAT, 0644, 0), ENOENT);
	CHECK_ERRNO(at(__NR_mkdirat, "x", 0755, 0, 0), ENOENT);
	CHECK_ERRNO(syscall(__NR_linkat, AT_FDCWD, "/etc/passwd", dir, "x", 0),
		    ENOENT);
	close(dir);
}

static void empty_paths(void)
{
	struct statx sx;
	struct stat64 st;
	int fd;

	enter();
	make("a");
	fd = at(__NR_openat, "a", O_RDONLY, 0, 0);
	CHECK(syscall(__NR_fstatat64, fd, "", &st, AT_EMPTY_PATH) == 0 &&
	      st.st_size == 1 && S_ISREG(st.st_mode));
	CHECK_ERRNO(syscall(__NR_fstatat64, fd, "", &st, 0), ENOENT);
	CHECK_ERRNO(syscall(__NR_fstatat64, fd, "", &st, 0x10000), EINVAL);
	CHECK(syscall(__NR_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS,
		      &sx) == 0);
	CHECK(sx.stx_size == 1 && sx.stx_ino == st.st_ino &&
	      sx.stx_mode == st.st_mode && sx.stx_nlink == 1 &&
	      sx.stx_mtime.tv_sec == st.st_mtime);
	CHECK((sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
	CHECK_ERRNO(syscall(__NR_statx, fd, "", 0, STATX_BASIC_STATS, &sx),
		    ENOENT);
	CHECK_ERRNO(syscall(__NR_statx, fd, "", 0x10000, STATX_BASIC_STATS,
			    &sx),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_statx, fd, "", AT_EMPTY_PATH, STATX_RESERVED,
			    &sx),
		    EINVAL);
	CHECK(syscall(__NR_faccessat2, fd, "", R_OK, AT_EMPTY_PATH) == 0);
	CHECK_ERRNO(syscall(__NR_faccessat2, fd, "a", R_OK, 0x10000), EINVAL);
	CHECK_ERRNO(syscall(__NR_faccessat, dir, "a", 8), EINVAL);
	close(fd);
	gone("a");
	leave();
}

static void link_errors(void)
{
	struct stat st;

	enter();
	CHECK(fchdir(dir) == 0 && symlink("nowhere", "l") == 0);
	CHECK_ERRNO(mkdir("l", 0755), EEXIST);
	CHECK_ERRNO(mknod("l", S_IFREG | 0644, 0), EEXIST);
	CHECK_ERRNO(link("none", "x"), ENOENT);
	CHECK_ERRNO(rmdir("l"), ENOTDIR);
	CHECK_ERRNO(rename("l", "none/x"), ENOENT);
	CHECK_ERRNO(symlink("", "e"), ENOENT);
	CHECK_ERRNO(open("l/", O_WRONLY | O_CREAT, 0644), EISDIR);
	CHECK_ERRNO(mkdir("l/", 0755), EEXIST);
	CHECK_ERRNO(unlink("l/"), ENOTDIR);
	CHECK(link("l", "l2") == 0 && lstat("l2", &st) == 0 &&
	      S_ISLNK(st.st_mode) && st.st_nlink == 2);
	CHECK(rename("l", "l2") == 0 && unlink("l") == 0 && unlink("l2") == 0);
	make("f");
	CHECK(mkdir("a", 0755) == 0);
	CHECK_ERRNO(rename("f", "a"), EISDIR);
	CHECK_ERRNO(rename("a", "f"), ENOTDIR);
	CHECK_ERRNO(link("f", "a"), EEXIST);
	CHECK_ERRNO(chdir("f"), ENOTDIR);
	CHECK_ERRNO(symlink("x", "f/y"), ENOTDIR);
	CHECK(unlink("f") == 0 && rmdir("a") == 0 && chdir("/") == 0);
	leave();
}

static void directory_errors(void)
{
	enter();
	CHECK(fchdir(dir) == 0 && mkdir("a/", 0755) == 0 &&
	      mkdir("a/b", 0755) == 0);
	CHECK_ERRNO(rename("a/b", "a"), ENOTEMPTY);
	CHECK_ERRNO(rename("a", "a/b"), EINVAL);
	CHECK_ERRNO(rename("a/b/.", "x"), EBUSY);
	CHECK_ERRNO(rmdir("a/b/."), EINVAL);
	CHECK_ERRNO(rmdir("a/b/.."), ENOTEMPTY);
	CHECK_ERRNO(unlink("a/b/.."), EISDIR);
	CHECK_ERRNO(mkdir("a/..", 0755), EEXIST);
	CHECK_ERRNO(mkdir("/", 0755), EEXIST);
	CHECK_ERRNO(rmdir("/"), EBUSY);
	CHECK_ERRNO(unlink("/"), EISDIR);
	CHECK_ERRNO(rename("/", "x"), EBUSY);
	CHECK_ERRNO(open("/", O_CREAT | O_EXCL, 0644), EEXIST);
	CHECK_ERRNO(open("a", O_CREAT | O_EXCL, 0644), EEXIST);
	CHECK_ERRNO(open("a/.", O_CREAT, 0644), EISDIR);
	CHECK_ERRNO(mknod("n", S_IFDIR | 0755, 0), EPERM);
	CHECK(rmdir("a/b") == 0 && rmdir("a") == 0 && chdir("/") == 0);
	leave();
}

static int rename_flags(const char *from, const char *to, int flags)
{
	return syscall(__NR_renameat2, dir, from, dir, to, flags);
}

static void renames(void)
{
	enter();
	make("a");
	make("b");
	CHECK_ERRNO(rename_flags("a", "b", RENAME_NOREPLACE), EEXIST);
	CHECK(rename_flags("a", "c", RENAME_NOREPLACE) == 0 && !exists("a") &&
	      exists("c"));
	CHECK_ERRNO(rename_flags("c", "b", 0x100), EINVAL);
	CHECK_ERRNO(rename_flags("c", ".", 0), EBUSY);
	CHECK_ERRNO(rename_flags("..", "x", 0), EBUSY);
	CHECK_ERRNO(rename_flags("nothing", "x", 0), ENOENT);
	CHECK(rename_flags("c", "b", 0) == 0 && !exists("c") &&
	      stat_of("b", 0).st_nlink == 1);
	CHECK(rename_flags("b", "b", 0) == 0 && exists("b"));
	gone("b");
	leave();
}

/*
 * Checks that forty links may follow one another. More are a loop, even if they
 * end. The work must not grow with their product.
 */
static void many_links(void)
{
	char name[20], target[20];
	int fd;

	enter();
	make("f0");
	for (int i = 1; i <= 50; i++) {
		sprintf(name, "f%d", i);
		sprintf(target, "f%d", i - 1);
		CHECK(syscall(__NR_symlinkat, target, dir, name) == 0);
	}
	fd = at(__NR_openat, "f8", O_RDONLY, 0, 0);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK_ERRNO(at(__NR_openat, "f50", O_RDONLY, 0, 0), ELOOP);
	for (int i = 0; i <= 50; i++) {
		sprintf(name, "f%d", i);
		gone(name);
	}
	CHECK(syscall(__NR_symlinkat, "./././././././.", dir, "g0") == 0);
	for (int i = 1; i <= 7; i++) {
		char text[160] = "";

		sprintf(name, "g%d", i);
		for (int k = 0; k < 50; k++)
			sprintf(text + strlen(text), "g%d/", i - 1);
		CHECK(syscall(__NR_symlinkat, text, dir, name) == 0);
	}
	CHECK_ERRNO(at(__NR_openat, "g7/x", O_RDONLY, 0, 0), ELOOP);
	for (int i = 0; i <= 7; i++) {
		sprintf(name, "g%d", i);
		gone(name);
	}
	leave();
}

static int set_times(const char *name, long a, long a_ns, long m, long m_ns,
		     int flags)
{
	struct timespec ts[2] = { { a, a_ns }, { m, m_ns } };

	return syscall(__NR_utimensat, dir, name, ts, flags);
}

static int times_are(const char *name, unsigned long a, unsigned long m)
{
	struct stat64 st = stat_of(name, AT_SYMLINK_NOFOLLOW);

	return st.st_atime == a && st.st_mtime == m;
}

static int is_now(unsigned long t)
{
	unsigned long now = time(NULL);

	return now - t <= 5;
}

static void times(void)
{
	struct timeval tv[2] = { { 1000, 1 }, { 2000, 999999 } };
	struct timespec64 wide[2] = { { 5000, 0, 0 }, { 6000, 0, 0 } };
	struct stat64 st;
	long u[2] = { 100, 200 };

	enter();
	make("a");
	CHECK(syscall(__NR_utime, DIR "/a", u) == 0 &&
	      times_are("a", 100, 200) && is_now(stat_of("a", 0).st_ctime));
	CHECK(syscall(__NR_utimes, DIR "/a", tv) == 0 &&
	      times_are("a", 1000, 2000));
	CHECK(set_times("a", 3000, 0, 4000, 999999999, 0) == 0 &&
	      times_are("a", 3000, 4000));
	CHECK(syscall(__NR_utimensat_time64, dir, "a", wide, 0) == 0 &&
	      times_are("a", 5000, 6000));
	CHECK(set_times("a", 1, UTIME_OMIT, 7000, 0, 0) == 0 &&
	      times_are("a", 5000, 7000));
	CHECK(set_times("a", 8000, 0, 1, UTIME_OMIT, 0) == 0 &&
	      times_are("a", 8000, 7000));
	CHECK(set_times("a", 1, UTIME_NOW, 1, UTIME_OMIT, 0) == 0);
	st = stat_of("a", 0);
	CHECK(is_now(st.st_atime) && st.st_mtime == 7000);
	/* nothing to do: not even looked at */
	CHECK(set_times("nothing", 1, UTIME_OMIT, 1, UTIME_OMIT, 0) == 0);
	CHECK_ERRNO(set_times("a", 1, 1000000000, 1, 0, 0), EINVAL);
	CHECK_ERRNO(set_times("a", 1, 0, 1, -1, 0), EINVAL);
	CHECK_ERRNO(set_times("a", 1, 0, 1, 0, 1), EINVAL);
	CHECK_ERRNO(set_times("nothing", 1, 0, 1, 0, 0), ENOENT);
	tv[0].tv_usec = 1000000;
	CHECK_ERRNO(syscall(__NR_utimes, DIR "/a", tv), EINVAL);
	CHECK(syscall(__NR_utimensat, dir, "a", NULL, 0) == 0 &&
	      is_now(stat_of("a", 0).st_mtime));
	gone("a");
	leave();
}

/* Acts by a descriptor, on a link, and through one. */
static void times_of_links(void)
{
	struct timespec64 wide[2] = { { 9000, 0, 0 }, { 6000, 0, 0 } };
	int fd;

	enter();
	make("a");
	fd = at(__NR_openat, "a", O_RDONLY, 0, 0);
	CHECK(syscall(__NR_utimensat_time64, fd, NULL, wide, 0) == 0 &&
	      times_are("a", 9000, 6000));
	CHECK(syscall(__NR_symlinkat, "a", dir, "l") == 0 &&
	      set_times("l", 11, 0, 12, 0, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(times_are("l", 11, 12) && times_are("a", 9000, 6000));
	CHECK(set_times("l", 21, 0, 22, 0, 0) == 0 && times_are("a", 21, 22));
	close(fd);
	gone("a");
	gone("l");
	leave();
}

static void umasks(void)
{
	enter();
	CHECK(umask(07777) < 01000 && umask(027) == 0777);
	close(at(__NR_openat, "a", O_WRONLY | O_CREAT, 0666, 0));
	CHECK(at(__NR_mkdirat, "d", 0777, 0, 0) == 0 &&
	      at(__NR_mknodat, "f", S_IFIFO | 0666, 0, 0) == 0);
	CHECK((stat_of("a", 0).st_mode & 07777) == 0640 &&
	      (stat_of("d", 0).st_mode & 07777) == 0750 &&
	      (stat_of("f", 0).st_mode & 07777) == 0640);
	if (fork() == 0)
		_exit(umask(0) != 027);
	CHECK(wait(NULL) > 0 && umask(022) == 027);
	CHECK(at(__NR_fchmodat, "a", 07777, 0, 0) == 0 &&
	      (stat_of("a", 0).st_mode & 07777) == 07777);
	gone("a");
	gone("f");
	CHECK(at(__NR_unlinkat, "d", AT_REMOVEDIR, 0, 0) == 0);
	leave();
}

static void change_root(void)
{
	char cwd[64];
	int pid;

	if (geteuid() != 0)
		return;
	enter();
	CHECK(at(__NR_mkdirat, "sub", 0755, 0, 0) == 0);
	make("here");
	pid = fork();
	if (pid == 0) {
		CHECK_ERRNO(chroot(DIR "/here"), ENOTDIR);
		CHECK_ERRNO(chroot(DIR "/nothing"), ENOENT);
		CHECK(chroot(DIR) == 0 && chdir("/sub") == 0);
		CHECK(access("/here", F_OK) == 0 &&
		      access("../here", F_OK) == 0 &&
		      access("../../../here", F_OK) == 0);
		CHECK(access("/etc/passwd", F_OK) == -1 &&
		      getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/sub") == 0);
		CHECK(symlink("/here", "/sub/l") == 0 &&
		      access("/sub/l", R_OK) == 0 && unlink("/sub/l") == 0);
		CHECK(setuid(1000) == 0);
		CHECK_ERRNO(chroot("/"), EPERM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && access("/etc/passwd", F_OK) == 0);
	gone("here");
	CHECK(at(__NR_unlinkat, "sub", AT_REMOVEDIR, 0, 0) == 0);
	leave();
}

static void file_systems(void)
{
	struct statfs64 wide;
	struct statfs st;
	int fd = open("/tmp", O_RDONLY);

	CHECK(syscall(__NR_statfs64, "/tmp", sizeof(wide), &wide) == 0 &&
	      syscall(__NR_statfs, "/tmp", &st) == 0);
	CHECK(wide.f_type == (unsigned)st.f_type &&
	      wide.f_bsize == (unsigned)st.f_bsize &&
	      wide.f_blocks >= wide.f_bfree && wide.f_bfree >= wide.f_bavail);
	CHECK(wide.f_namelen == (unsigned)st.f_namelen && wide.f_namelen >= 14);
	CHECK(syscall(__NR_fstatfs64, fd, sizeof(wide), &wide) == 0 &&
	      wide.f_type == (unsigned)st.f_type);
	CHECK_ERRNO(syscall(__NR_statfs64, "/tmp", sizeof(wide) - 8, &wide),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_statfs64, "/nothing", sizeof(wide), &wide),
		    ENOENT);
	CHECK_ERRNO(syscall(__NR_fstatfs64, 99, sizeof(wide), &wide), EBADF);
}

TESTS({ "relative_to_directories", "the *at calls", relative_to_directories },
      { "removed_directory", "and in one that is gone", removed_directory },
      { "empty_paths", "statx, fstatat, AT_EMPTY_PATH", empty_paths },
      { "link_errors", "what links refuse", link_errors },
      { "directory_errors", "what directories refuse", directory_errors },
      { "renames", "renameat2", renames },
      { "many_links", "how many links may follow", many_links },
      { "times", "five forms of utime", times },
      { "times_of_links", "by a descriptor, of a link", times_of_links },
      { "umasks", "umask", umasks },
      { "change_root", "chroot", change_root },
      { "file_systems", "statfs64", file_systems })
