/* stat(), statx() and statfs() in all their forms. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/statfs.h>

#define STAT_BLOCK 512

static u32 stat_blocks(const struct inode *inode)
{
	return (inode->i_size + STAT_BLOCK - 1) / STAT_BLOCK;
}

static int fill_stat(const struct inode *inode, struct old_stat __user *buf)
{
	const struct timespec64 a = split_time(inode->i_atime);
	const struct timespec64 m = split_time(inode->i_mtime);
	const struct timespec64 c = split_time(inode->i_ctime);
	struct old_stat st = {
		.st_dev = inode->i_dev,
		.st_ino = inode->i_ino,
		.st_mode = inode->i_mode,
		.st_nlink = inode->i_nlink,
		.st_uid = low_id(inode->i_uid, U16_MAX),
		.st_gid = low_id(inode->i_gid, U16_MAX),
		.st_rdev = inode->i_rdev,
		.st_size = inode->i_size,
		.st_blksize = PAGE_SIZE,
		.st_blocks = stat_blocks(inode),
		.st_atime = a.tv_sec,
		.st_atime_nsec = a.tv_nsec,
		.st_mtime = m.tv_sec,
		.st_mtime_nsec = m.tv_nsec,
		.st_ctime = c.tv_sec,
		.st_ctime_nsec = c.tv_nsec,
	};

	return copy_to_user(buf, &st, sizeof(st));
}

static int fill_stat64(const struct inode *inode, struct stat64 __user *buf)
{
	const struct timespec64 a = split_time(inode->i_atime);
	const struct timespec64 m = split_time(inode->i_mtime);
	const struct timespec64 c = split_time(inode->i_ctime);
	struct stat64 st = {
		.st_dev = inode->i_dev,
		.old_ino = inode->i_ino,
		.st_ino = inode->i_ino,
		.st_mode = inode->i_mode,
		.st_nlink = inode->i_nlink,
		.st_uid = inode->i_uid,
		.st_gid = inode->i_gid,
		.st_rdev = inode->i_rdev,
		.st_size = inode->i_size,
		.st_blksize = PAGE_SIZE,
		.st_blocks = stat_blocks(inode),
		.st_atime = a.tv_sec,
		.st_atime_nsec = a.tv_nsec,
		.st_mtime = m.tv_sec,
		.st_mtime_nsec = m.tv_nsec,
		.st_ctime = c.tv_sec,
		.st_ctime_nsec = c.tv_nsec,
	};

	return copy_to_user(buf, &st, sizeof(st));
}

static int stat_path(int dirfd, const char __user *path, u32 flags,
		     void __user *buf, bool wide)
{
	struct inode *inode;
	int error = user_path_at(dirfd, path, flags, &inode);

	if (error)
		return error;
	error = wide ? fill_stat64(inode, buf) : fill_stat(inode, buf);
	iput(inode);
	return error;
}

int sys_stat(const char __user *path, struct old_stat __user *buf)
{
	return stat_path(AT_FDCWD, path, 0, buf, false);
}

int sys_lstat(const char __user *path, struct old_stat __user *buf)
{
	return stat_path(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, buf, false);
}

int sys_stat64(const char __user *path, struct stat64 __user *buf)
{
	return stat_path(AT_FDCWD, path, 0, buf, true);
}

int sys_lstat64(const char __user *path, struct stat64 __user *buf)
{
	return stat_path(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, buf, true);
}

int sys_fstatat64(int dirfd, const char __user *path, struct stat64 __user *buf,
		  u32 flags)
{
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	return stat_path(dirfd, path, flags, buf, true);
}

int sys_fstat(int fd, struct old_stat __user *buf)
{
	struct file *file = fget_any(fd);

	return file ? fill_stat(file->inode, buf) : -EBADF;
}

int sys_fstat64(int fd, struct stat64 __user *buf)
{
	struct file *file = fget_any(fd);

	return file ? fill_stat64(file->inode, buf) : -EBADF;
}

static struct statx_timestamp statx_time(s64 time)
{
	const struct timespec64 ts = split_time(time);

	return (struct statx_timestamp){ ts.tv_sec, ts.tv_nsec, 0 };
}

static int fill_statx(const struct inode *inode, struct statx __user *buf)
{
	struct statx st = {
		.stx_mask = STATX_BASIC_STATS,
		.stx_blksize = PAGE_SIZE,
		.stx_nlink = inode->i_nlink,
		.stx_uid = inode->i_uid,
		.stx_gid = inode->i_gid,
		.stx_mode = inode->i_mode,
		.stx_ino = inode->i_ino,
		.stx_size = inode->i_size,
		.stx_blocks = stat_blocks(inode),
		.stx_atime = statx_time(inode->i_atime),
		.stx_ctime = statx_time(inode->i_ctime),
		.stx_mtime = statx_time(inode->i_mtime),
		.stx_rdev_major = MAJOR(inode->i_rdev),
		.stx_rdev_minor = MINOR(inode->i_rdev),
		.stx_dev_major = MAJOR(inode->i_dev),
		.stx_dev_minor = MINOR(inode->i_dev),
	};

	return copy_to_user(buf, &st, sizeof(st));
}

int sys_statx(int dirfd, const char __user *path, u32 flags, u32 mask,
	      struct statx __user *buf)
{
	struct inode *inode;
	int error;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH |
		      AT_STATX_SYNC_TYPE) ||
	    mask & STATX_RESERVED)
		return -EINVAL;
	if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;			/* both at once */
	error = user_path_at(dirfd, path, flags, &inode);
	if (error)
		return error;
	error = fill_statx(inode, buf);
	iput(inode);
	return error;
}

/* Fills it for what has no file system: a pipe, and whatever is like one. */
static void nameless_statfs(const struct inode *inode, struct statfs64 *st)
{
	u32 magic = ANON_INODE_MAGIC;

	if (S_ISFIFO(inode->i_mode))
		magic = PIPEFS_MAGIC;
	if ((inode->i_mode & S_IFMT) == S_IFSOCK)
		magic = SOCKFS_MAGIC;
	*st = (struct statfs64){ .f_type = magic, .f_bsize = PAGE_SIZE,
				 .f_namelen = NAME_MAX, .f_frsize = PAGE_SIZE,
				 .f_flags = ST_VALID };
}

/* Fills the wide structure for an inode's file system. */
static void get_statfs(const struct inode *inode, struct statfs64 *st)
{
	struct super_block *sb = inode->i_sb;
	u32 blocks = 0, free = 0, inodes = 0, free_inodes = 0;

	if (!sb) {
		nameless_statfs(inode, st);
		return;
	}
	if (sb->s_op->statfs)
		sb->s_op->statfs(sb, &blocks, &free, &inodes, &free_inodes);
	*st = (struct statfs64){
		.f_type = sb->s_magic,
		.f_bsize = BLOCK_SIZE,
		.f_blocks = blocks,
		.f_bfree = free,
		.f_bavail = free,
		.f_files = inodes,
		.f_ffree = free_inodes,
		.f_fsid = { sb->s_dev, 0 },
		.f_namelen = sb->s_name_max,
		.f_frsize = BLOCK_SIZE,
		.f_flags = ST_VALID | sb->s_flags,
	};
}

static int fill_statfs(const struct inode *inode, struct statfs __user *buf)
{
	struct statfs64 st;
	struct statfs narrow;

	get_statfs(inode, &st);
	narrow = (struct statfs){
		.f_type = st.f_type,
		.f_bsize = st.f_bsize,
		.f_blocks = st.f_blocks,
		.f_bfree = st.f_bfree,
		.f_bavail = st.f_bavail,
		.f_files = st.f_files,
		.f_ffree = st.f_ffree,
		.f_fsid = { st.f_fsid[0], 0 },
		.f_namelen = st.f_namelen,
		.f_frsize = st.f_frsize,
		.f_flags = st.f_flags,
	};
	return copy_to_user(buf, &narrow, sizeof(narrow));
}

static int fill_statfs64(const struct inode *inode, u32 size,
			 struct statfs64 __user *buf)
{
	struct statfs64 st;

	if (size != sizeof(st))
		return -EINVAL;
	get_statfs(inode, &st);
	return copy_to_user(buf, &st, sizeof(st));
}

int sys_statfs(const char __user *path, struct statfs __user *buf)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	error = fill_statfs(inode, buf);
	iput(inode);
	return error;
}

int sys_statfs64(const char __user *path, u32 size, struct statfs64 __user *buf)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	error = fill_statfs64(inode, size, buf);
	iput(inode);
	return error;
}

int sys_fstatfs(int fd, struct statfs __user *buf)
{
	struct file *file = fget_any(fd);

	return file ? fill_statfs(file->inode, buf) : -EBADF;
}

int sys_fstatfs64(int fd, u32 size, struct statfs64 __user *buf)
{
	struct file *file = fget_any(fd);

	return file ? fill_statfs64(file->inode, size, buf) : -EBADF;
}
