#ifndef SYS_STAT_H
#define SYS_STAT_H
#include <sys/types.h>
#include <abi/stat.h>

/* as statx() fills it in: ids of 32 bits, times of 64 */
struct stat {
	unsigned long st_dev, st_ino;
	unsigned st_mode, st_nlink, st_uid, st_gid;
	unsigned long st_rdev, st_size, st_blksize, st_blocks;
	long long st_atime, st_mtime, st_ctime;
	long st_atime_nsec, st_mtime_nsec, st_ctime_nsec;
};

int stat(const char *path, struct stat *st);
int lstat(const char *path, struct stat *st);
int fstat(int fd, struct stat *st);
int mkdir(const char *path, mode_t mode);
int mknod(const char *path, mode_t mode, unsigned dev);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
mode_t umask(mode_t mask);
#endif
