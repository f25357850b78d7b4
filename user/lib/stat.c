/* stat() and its relatives, by statx(): it alone has times of 64 bits. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns a device's number in the form of the other system calls. */
static unsigned long number(unsigned major, unsigned minor)
{
	return (minor & 0xFF) | major << 8 | (minor & ~0xFFu) << 12;
}

static int get(int dirfd, const char *path, int flags, struct stat *st)
{
	struct statx x;

	if (syscall(__NR_statx, dirfd, path, flags, STATX_BASIC_STATS, &x) < 0)
		return -1;
	*st = (struct stat){
		.st_dev = number(x.stx_dev_major, x.stx_dev_minor),
		.st_ino = x.stx_ino, .st_mode = x.stx_mode,
		.st_nlink = x.stx_nlink, .st_uid = x.stx_uid,
		.st_gid = x.stx_gid,
		.st_rdev = number(x.stx_rdev_major, x.stx_rdev_minor),
		.st_size = x.stx_size, .st_blksize = x.stx_blksize,
		.st_blocks = x.stx_blocks, .st_atime = x.stx_atime.tv_sec,
		.st_mtime = x.stx_mtime.tv_sec, .st_ctime = x.stx_ctime.tv_sec,
		.st_atime_nsec = x.stx_atime.tv_nsec,
		.st_mtime_nsec = x.stx_mtime.tv_nsec,
		.st_ctime_nsec = x.stx_ctime.tv_nsec,
	};
	return 0;
}

int stat(const char *path, struct stat *st)
{
	return get(AT_FDCWD, path, 0, st);
}

int lstat(const char *path, struct stat *st)
{
	return get(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, st);
}

int fstat(int fd, struct stat *st)
{
	return get(fd, "", AT_EMPTY_PATH, st);
}
