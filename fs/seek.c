/* Seeking: the calls that move the position of an open file. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/* Returns the size of a file or block device. */
static s64 end_of(const struct inode *inode)
{
	if (S_ISBLK(inode->i_mode))
		return (s64)blkdev_blocks(inode->i_rdev) << BLOCK_SHIFT;
	return inode->i_size;
}

/* Moves the position. Beyond the end is allowed: writing there makes a hole. */
static int move_position(struct file *file, s64 offset, int whence)
{
	s64 base;

	if (!file->seekable)
		return -ESPIPE;
	switch (whence) {
	case SEEK_SET:
		base = 0;
		break;
	case SEEK_CUR:
		base = file->pos;
		break;
	case SEEK_END:
		base = end_of(file->inode);
		break;
	default:
		return -EINVAL;
	}
	base += offset;
	if (base < 0)
		return -EINVAL;
	file->pos = base;
	return 0;
}

/* As move_position(), after the calls that use a shared position now. */
static int do_lseek(struct file *file, s64 offset, int whence)
{
	bool held = hold_position(file);
	int error = move_position(file, offset, whence);

	if (held)
		release_position(file);
	return error;
}

int sys_lseek(int fd, s32 offset, int whence)
{
	struct file *file = fget(fd);
	loff_t before;
	int error;

	if (!file)
		return -EBADF;
	before = file->pos;
	error = do_lseek(file, offset, whence);
	/* the answer would not fit */
	if (!error && file->pos > FILE_SIZE_MAX) {
		file->pos = before;
		error = -EOVERFLOW;
	}
	return error ? error : (int)file->pos;
}

int sys__llseek(int fd, u32 high, u32 low, loff_t __user *result, int whence)
{
	struct file *file = fget(fd);
	s64 offset = (u64)high << 32 | low;
	int error;

	if (!file)
		return -EBADF;
	error = do_lseek(file, offset, whence);
	if (error)
		return error;
	return copy_to_user(result, &file->pos, sizeof(file->pos));
}
