/* stat and its relatives: three ways to name a file, two structures to fill. And statfs. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/statfs.h>

#define STAT_BLOCK 512

static int fill_stat(const struct inode *inode, struct stat __user *buf)
{
	struct stat st = {
		.st_dev = inode->i_dev, .st_ino = inode->i_ino, .st_mode = inode->i_mode, .st_nlink = inode->i_nlink,
		.st_uid = inode->i_uid, .st_gid = inode->i_gid, .st_rdev = inode->i_rdev, .st_size = inode->i_size,
		.st_blksize = PAGE_SIZE, .st_blocks = (inode->i_size + STAT_BLOCK - 1) / STAT_BLOCK,
		.st_atime = inode->i_atime, .st_mtime = inode->i_mtime, .st_ctime = inode->i_ctime,
	};

	return copy_to_user(buf, &st, sizeof(st));
}

static int fill_stat64(const struct inode *inode, struct stat64 __user *buf)
{
	struct stat64 st = {
		.st_dev = inode->i_dev, .old_ino = inode->i_ino, .st_ino = inode->i_ino, .st_mode = inode->i_mode,
		.st_nlink = inode->i_nlink, .st_uid = inode->i_uid, .st_gid = inode->i_gid, .st_rdev = inode->i_rdev,
		.st_size = inode->i_size, .st_blksize = PAGE_SIZE, .st_blocks = (inode->i_size + STAT_BLOCK - 1) / STAT_BLOCK,
		.st_atime = inode->i_atime, .st_mtime = inode->i_mtime, .st_ctime = inode->i_ctime,
	};

	return copy_to_user(buf, &st, sizeof(st));
}

static int stat_path(const char __user *path, int follow, void __user *buf, bool wide)
{
	struct inode *inode;
	int error = user_path(path, follow, &inode);

	if (error)
		return error;
	error = wide ? fill_stat64(inode, buf) : fill_stat(inode, buf);
	iput(inode);
	return error;
}

asmlinkage int sys_stat(const char __user *path, struct stat __user *buf)
{
	return stat_path(path, FOLLOW, buf, false);
}

asmlinkage int sys_lstat(const char __user *path, struct stat __user *buf)
{
	return stat_path(path, NOFOLLOW, buf, false);
}

asmlinkage int sys_stat64(const char __user *path, struct stat64 __user *buf)
{
	return stat_path(path, FOLLOW, buf, true);
}

asmlinkage int sys_lstat64(const char __user *path, struct stat64 __user *buf)
{
	return stat_path(path, NOFOLLOW, buf, true);
}

asmlinkage int sys_fstat(int fd, struct stat __user *buf)
{
	struct file *file = fget(fd);

	return file ? fill_stat(file->inode, buf) : -EBADF;
}

asmlinkage int sys_fstat64(int fd, struct stat64 __user *buf)
{
	struct file *file = fget(fd);

	return file ? fill_stat64(file->inode, buf) : -EBADF;
}

static int fill_statfs(const struct inode *inode, struct statfs __user *buf)
{
	struct statfs st = { .f_bsize = BLOCK_SIZE, .f_frsize = BLOCK_SIZE };
	struct super_block *sb = inode->i_sb;
	u32 blocks, free, inodes, free_inodes;

	if (!sb)
		return -ENOSYS;
	sb->s_op->statfs(sb, &blocks, &free, &inodes, &free_inodes);
	st.f_type = sb->s_magic;
	st.f_blocks = blocks;
	st.f_bfree = st.f_bavail = free;
	st.f_files = inodes;
	st.f_ffree = free_inodes;
	st.f_namelen = sb->s_name_max;
	return copy_to_user(buf, &st, sizeof(st));
}

asmlinkage int sys_statfs(const char __user *path, struct statfs __user *buf)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	error = fill_statfs(inode, buf);
	iput(inode);
	return error;
}

asmlinkage int sys_fstatfs(int fd, struct statfs __user *buf)
{
	struct file *file = fget(fd);

	return file ? fill_statfs(file->inode, buf) : -EBADF;
}
