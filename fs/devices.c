/* Device files: the character devices (memory and terminals), and block devices through the buffer cache. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/tty.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

#define MEM_MAJOR	1
enum { MINOR_MEM = 1, MINOR_NULL = 3, MINOR_ZERO = 5, MINOR_FULL = 7 };

static bool is_memory(kdev_t dev)
{
	u32 minor = MINOR(dev);

	return MAJOR(dev) == MEM_MAJOR &&
	       (minor == MINOR_MEM || minor == MINOR_NULL || minor == MINOR_ZERO || minor == MINOR_FULL);
}

static int chrdev_open(struct inode *inode, struct file *file)
{
	if (is_tty(inode->i_rdev))
		return tty_open(inode->i_rdev, file->flags & O_NOCTTY, &file->tty);
	return is_memory(inode->i_rdev) ? 0 : -ENXIO;
}

static void chrdev_release(struct inode *inode, struct file *file)
{
	if (is_tty(inode->i_rdev))
		tty_close(file->tty);
}

/* /dev/mem: physical memory, to look at. */
static int read_mem(char __user *buf, u32 count, u32 *pos)
{
	u32 end = nr_frames << PAGE_SHIFT;
	int error;

	if (*pos >= end)
		return 0;
	count = min_u32(count, end - *pos);
	error = copy_to_user(buf, __va(*pos), count);
	if (error)
		return error;
	*pos += count;
	return count;
}

static int chrdev_read(struct file *file, char __user *buf, u32 count, u32 *pos)
{
	int error;

	if (is_tty(file->inode->i_rdev))
		return tty_read(file->tty, buf, count, file->flags & O_NONBLOCK);
	switch (MINOR(file->inode->i_rdev)) {
	case MINOR_NULL:
		return 0;
	case MINOR_MEM:
		return read_mem(buf, count, pos);
	default:
		error = clear_user(buf, count);
		return error ? error : (int)count;
	}
}

static int chrdev_write(struct file *file, const char __user *buf, u32 count, u32 *pos)
{
	(void)pos;
	if (is_tty(file->inode->i_rdev))
		return tty_write(file->tty, buf, count, file->flags & O_NONBLOCK);
	switch (MINOR(file->inode->i_rdev)) {
	case MINOR_FULL:
		return -ENOSPC;
	case MINOR_MEM:
		return -EPERM;
	default:
		return count;
	}
}

static int chrdev_ioctl(struct file *file, u32 command, u32 arg)
{
	return is_tty(file->inode->i_rdev) ? tty_ioctl(file->tty, command, arg) : -ENOTTY;
}

const struct file_ops chrdev_fops = {
	.open = chrdev_open, .release = chrdev_release, .read = chrdev_read, .write = chrdev_write, .ioctl = chrdev_ioctl,
};

static int bdev_open(struct inode *inode, struct file *file)
{
	(void)file;
	return blkdev_open(inode->i_rdev);
}

/* One block's part of a transfer: bytes, or -errno. */
static int transfer_block(kdev_t dev, char __user *buf, u32 pos, u32 count, bool write)
{
	u32 offset = pos % BLOCK_SIZE, n = min_u32(count, BLOCK_SIZE - offset);
	int error;
	struct buffer_head *bh = bread(dev, pos / BLOCK_SIZE, &error);

	if (!bh)
		return error;
	error = write ? copy_from_user(bh->data + offset, buf, n) : copy_to_user(buf, bh->data + offset, n);
	if (write)
		mark_buffer_dirty(bh);
	brelse(bh);
	return error ? error : (int)n;
}

static int transfer(struct file *file, char __user *buf, u32 count, u32 *pos, bool write)
{
	kdev_t dev = file->inode->i_rdev;
	u32 size = blkdev_sectors(dev) * SECTOR_SIZE, done = 0;

	if (*pos >= size)
		return write && count ? -ENOSPC : 0;
	count = min_u32(count, size - *pos);
	while (done < count) {
		int n = transfer_block(dev, buf + done, *pos, count - done, write);

		if (n < 0)
			return done ? (int)done : n;
		done += n;
		*pos += n;
	}
	return done;
}

static int bdev_read(struct file *file, char __user *buf, u32 count, u32 *pos)
{
	return transfer(file, buf, count, pos, false);
}

static int bdev_write(struct file *file, const char __user *buf, u32 count, u32 *pos)
{
	return transfer(file, (char __user *)buf, count, pos, true);
}

const struct file_ops blkdev_fops = { .open = bdev_open, .read = bdev_read, .write = bdev_write };
