/*
 * Attributes of files: modes, links, times, kinds, through stat and its younger
 * relatives.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include "say.h"

static void show(const char *name)
{
	struct stat st;

	if (fstatat(AT_FDCWD, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		say(name, -1);
		return;
	}
	printf("%s: mode %o, links %d, size %ld, mine %d", name, st.st_mode,
	       S_ISDIR(st.st_mode) ? 0 : (int)st.st_nlink,
	       S_ISDIR(st.st_mode) ? 0 : (long)st.st_size,
	       st.st_uid == geteuid());
	if (S_ISCHR(st.st_mode))
		printf(", device %d %d", major(st.st_rdev), minor(st.st_rdev));
	putchar('\n');
}

static void modes(void)
{
	struct stat st;

	close(open("file", O_CREAT | O_WRONLY, 0666));
	show("file");
	CALL(umask(027));
	close(open("masked", O_CREAT | O_WRONLY, 0777));
	mkdir("folder", 0777);
	show("masked");
	show("folder");
	CALL(umask(022));
	CALL(chmod("file", 04751));
	show("file");
	CALL(chmod("file", 0600));
	int fd = open("file", O_RDWR);
	CALL(fchmod(fd, 0444));
	CALL(fstat(fd, &st));
	printf("%o\n", st.st_mode);
	CALL(fchmodat(AT_FDCWD, "file", 0640, 0));
	CALL(chown("file", -1, -1));
	CALL(fchown(fd, geteuid(), -1));
	CALL(lchown("file", -1, getegid()));
	CALL(fchownat(AT_FDCWD, "file", -1, -1, 0));
	close(fd);
	show("file");
	CALL(chmod("missing", 0600));
	CALL(fchmod(99, 0600));
	CALL(access("file", R_OK | W_OK));
	CALL(access("missing", F_OK));
	CALL(access("file", 99));
	CALL(faccessat(AT_FDCWD, "folder", X_OK, 0));
	CALL(chmod("file", 0755));
	CALL(access("file", X_OK));
	CALL(mkfifo("fifo", 0620));
	show("fifo");
	show("/dev/null");
	CALL(mknod("file", S_IFREG | 0600, 0));
	CALL(mknod("plain", S_IFREG | 0604, 0));
	show("plain");
}

static void links(void)
{
	struct stat a, b;

	CALL(link("file", "second"));
	CALL(link("file", "second"));
	CALL(link("missing", "third"));
	CALL(linkat(AT_FDCWD, "file", AT_FDCWD, "third", 0));
	show("third");
	stat("file", &a);
	stat("second", &b);
	printf("the same file: %d\n",
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	CALL(unlink("second"));
	show("file");
	CALL(rename("third", "file"));
	CALL(unlink("third"));
	show("file");
}

static void symbolic_links(void)
{
	char target[100] = "";
	struct stat a;

	CALL(symlink("file", "soft"));
	CALL(symlink("nowhere/at/all", "dangling"));
	CALL(symlink("x", "soft"));
	CALL(symlinkat("folder", AT_FDCWD, "to-folder"));
	show("soft");
	CALL(readlink("soft", target, 100));
	CALL(readlink("dangling", target, 5));
	printf("%.5s\n", target);
	CALL(readlink("file", target, 100));
	CALL(readlink("missing", target, 100));
	CALL(readlinkat(AT_FDCWD, "to-folder", target, 100));
	CALL(stat("soft", &a));
	printf("%o\n", a.st_mode);
	CALL(stat("dangling", &a));
	CALL(lstat("dangling", &a));
	CALL(open("soft", O_RDONLY | O_NOFOLLOW));
	CALL(open("dangling", O_RDONLY));
	CALL(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0600));
	CALL(stat("to-folder/.", &a));
	CALL(rmdir("to-folder"));
	CALL(unlink("soft"));
	CALL(unlink("dangling"));
	CALL(unlink("to-folder"));
	CALL(link("folder", "other"));
}

static void print_times(const char *name)
{
	struct stat st;

	stat(name, &st);
	printf("%s: %ld %ld\n", name, (long)st.st_atime, (long)st.st_mtime);
}

static void times(void)
{
	struct timespec both[2] = { { 1000000000, 0 }, { 1100000000, 0 } },
			one[2] = { { 0, UTIME_OMIT }, { 1200000000, 0 } };
	struct timespec current[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct stat st;
	struct statx stx;
	time_t now = time(NULL);

	CALL(utimensat(AT_FDCWD, "file", both, 0));
	stat("file", &st);
	printf("modified %ld\n", (long)st.st_mtime);
	CALL(utime("file", &(struct utimbuf){ 900000000, 900000001 }));
	stat("file", &st);
	printf("modified %ld\n", (long)st.st_mtime);
	int fd = open("file", O_RDWR);
	CALL(futimens(fd, one));
	fstat(fd, &st);
	printf("modified %ld\n", (long)st.st_mtime);
	CALL(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &stx));
	printf("statx: mode %o, links %u, size %llu, modified %lld, "
	       "the same inode %d\n",
	       stx.stx_mode, stx.stx_nlink, (unsigned long long)stx.stx_size,
	       (long long)stx.stx_mtime.tv_sec, stx.stx_ino == st.st_ino);
	CALL(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &stx));
	CALL(statx(AT_FDCWD, "missing", 0, STATX_SIZE, &stx));
	CALL(utimensat(AT_FDCWD, "file", current, 0));
	fstat(fd, &st);
	printf("now: %d\n", st.st_mtime >= now - 1 && st.st_mtime <= now + 5);
	utimes("file", (struct timeval[2]){ { 5, 0 }, { 6, 0 } });
	print_times("file");
	CALL(write(fd, "x", 1));
	fstat(fd, &st);
	printf("written now: %d\n",
	       st.st_mtime >= now - 1 && st.st_ctime >= now - 1);
	CALL(utimensat(AT_FDCWD, "missing", NULL, 0));
	close(fd);
}

static void systems(void)
{
	struct statvfs fs;

	CALL(statvfs(".", &fs));
	printf("sensible: %d\n", fs.f_bsize >= 512 &&
					 fs.f_blocks >= fs.f_bfree &&
					 fs.f_namemax >= 14);
	CALL(statvfs("missing", &fs));
	CALL(pathconf(".", _PC_PATH_MAX));
	CALL(fpathconf(0, _PC_PIPE_BUF));
}

int main(void)
{
	modes();
	links();
	symbolic_links();
	times();
	systems();
	return 0;
}
