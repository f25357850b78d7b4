/* Seeking: the calls that move the position of an open file. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

#define SEEK_LIMIT	0x7FFFFFFFFFFFFFFFll	/* of a loff_t */

/* Returns the size of a file or block device. */
static s64 end_of(const struct inode *inode)
{
	if (S_ISBLK(inode->i_mode))
		return (s64)blkdev_blocks(inode->i_rdev) << BLOCK_SHIFT;
	return inode->i_size;
}

/*
 * Finds the next data or the next hole at or behind an offset. There are no
 * holes but the one at the end, since files do not tell where they have more.
 * Returns 0 or -ENXIO.
 */
static int find_data(const struct inode *inode, s64 offset, int whence,
		     s64 *found)
{
	if (offset < 0 || offset >= inode->i_size)
		return -ENXIO;
	*found = whence == SEEK_DATA ? offset : inode->i_size;
	return 0;
}

/*
 * Moves the position, to *pos. Beyond the end is allowed: writing there makes a
 * hole. Returns 0, -ESPIPE, -EINVAL, -ENXIO, or -EOVERFLOW beyond limit: then
 * nothing has moved.
 */
static int move_position(struct file *file, s64 offset, int whence, s64 limit,
			 loff_t *pos)
{
	s64 base;
	int error;

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
	case SEEK_DATA:
	case SEEK_HOLE:
		if (!S_ISREG(file->inode->i_mode))
			return -EINVAL;
		error = find_data(file->inode, offset, whence, &base);
		if (error)
			return error;
		offset = 0;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, offset, &base) || base < 0)
		return -EINVAL;
	if (base > limit)
		return -EOVERFLOW;
	*pos = file->pos = base;
	return 0;
}

/* As move_position(), after the calls that use a shared position now. */
static int do_lseek(int fd, s64 offset, int whence, s64 limit, loff_t *pos)
{
	struct file *file = fget(fd);
	bool held;
	int error;

	if (!file)
		return -EBADF;
	held = hold_position(file);
	error = move_position(file, offset, whence, limit, pos);
	if (held)
		release_position(file);
	return error;
}

int sys_lseek(int fd, s32 offset, int whence)
{
	loff_t pos;
	int error = do_lseek(fd, offset, whence, FILE_SIZE_MAX, &pos);

	return error ? error : (int)pos;
}

int sys__llseek(int fd, u32 high, u32 low, loff_t __user *result, int whence)
{
	s64 offset = (u64)high << 32 | low;
	loff_t pos;
	int error = do_lseek(fd, offset, whence, SEEK_LIMIT, &pos);

	return error ? error : copy_to_user(result, &pos, sizeof(pos));
}
