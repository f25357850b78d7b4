/*
 * Device files: character devices (memory and terminals), and block devices
 * through the buffer cache.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/tty.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/ioctl.h>

enum {
	MINOR_MEM = 1,
	MINOR_NULL = 3,
	MINOR_ZERO = 5,
	MINOR_FULL = 7,
	MINOR_RANDOM = 8,
	MINOR_URANDOM = 9,
	MINOR_KMSG = 11
};
#define MEMORY_MINORS \
	(1u << MINOR_MEM | 1u << MINOR_NULL | 1u << MINOR_ZERO | \
	 1u << MINOR_FULL | 1u << MINOR_RANDOM | 1u << MINOR_URANDOM | \
	 1u << MINOR_KMSG)
#define KMSG_MAX	992	/* bytes of a message, as on Linux */
#define BATCH		64	/* blocks read at once */

static const struct file_ops memory_fops;

static bool is_memory(kdev_t dev)
{
	return MAJOR(dev) == MEM_MAJOR && MINOR(dev) < 32 &&
	       MEMORY_MINORS >> MINOR(dev) & 1;
}

/* Returns true for /dev/zero: mapped, it is memory that begins as zeroes. */
bool is_zero_device(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) &&
	       inode->i_rdev == MKDEV(MEM_MAJOR, MINOR_ZERO);
}

static int chrdev_open(struct inode *inode, struct file *file)
{
	if (MAJOR(inode->i_rdev) == PTS_MAJOR && !devpts_alive(inode))
		return -EIO;	/* another terminal may have the number now */
	if (is_tty(inode->i_rdev))
		return tty_open(inode->i_rdev, file->flags & O_NOCTTY,
				&file->tty);
	file->fop = &memory_fops;
	return is_memory(inode->i_rdev) ? 0 : -ENXIO;
}

static void chrdev_release(struct inode *inode, struct file *file)
{
	(void)inode;
	tty_close(file->tty);
}

/* Reads physical memory: /dev/mem. */
static int read_mem(char __user *buf, u32 count, loff_t *pos)
{
	u32 end = nr_frames << PAGE_SHIFT, start = *pos;
	int error;

	if (*pos >= end)
		return 0;
	count = min_u32(count, end - start);
	error = copy_to_user(buf, __va(start), count);
	if (error)
		return error;
	*pos += count;
	return count;
}

/* Reads random bytes. A signal can end a long read. */
static int read_random(char __user *buf, u32 count)
{
	u32 words[32];

	for (u32 done = 0, part; done < count; done += part) {
		for (u32 i = 0; i < ARRAY_SIZE(words); i++)
			words[i] = random_u32();
		part = min_u32(count - done, sizeof(words));
		if (copy_to_user(buf + done, words, part) < 0)
			return -EFAULT;
		if (signal_pending(current))
			return done + part;
	}
	return count;
}

/*
 * Writes one message to the console and the log: /dev/kmsg. Returns -EINVAL if
 * it is too long.
 */
static int write_kmsg(const char __user *buf, u32 count)
{
	char *line;
	u32 n = count;
	int error;

	if (count > KMSG_MAX)
		return -EINVAL;
	line = kpage_alloc(OWNER_CALL);
	if (!line)
		return -ENOMEM;
	error = copy_from_user(line, buf, n);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\0'))
		n--;
	line[n] = '\0';
	if (!error)
		printk("%s\n", line);
	kpage_free(line);
	return error ? error : (int)count;
}

static int chrdev_read(struct file *file, char __user *buf, u32 count,
		       loff_t *pos)
{
	int error;

	if (is_tty(file->inode->i_rdev))
		return tty_read(file->tty, buf, count,
				file->flags & O_NONBLOCK);
	switch (MINOR(file->inode->i_rdev)) {
	case MINOR_NULL:
		return 0;
	case MINOR_MEM:
		return read_mem(buf, count, pos);
	case MINOR_RANDOM:
	case MINOR_URANDOM:
		return read_random(buf, count);
	case MINOR_KMSG:
		return log_read(buf, count, pos);
	default:
		error = clear_user(buf, count);
		return error ? error : (int)count;
	}
}

static int chrdev_write(struct file *file, const char __user *buf, u32 count,
			loff_t *pos)
{
	(void)pos;
	if (is_tty(file->inode->i_rdev))
		return tty_write(file->tty, buf, count,
				 file->flags & O_NONBLOCK);
	switch (MINOR(file->inode->i_rdev)) {
	case MINOR_FULL:
		return -ENOSPC;
	case MINOR_MEM:
		return -EPERM;
	case MINOR_KMSG:
		return write_kmsg(buf, count);
	default:
		return count;
	}
}

static int chrdev_ioctl(struct file *file, u32 command, u32 arg)
{
	if (!is_tty(file->inode->i_rdev))
		return -ENOTTY;
	return tty_ioctl(file->tty, command, arg);
}

static u32 chrdev_poll(struct file *file, struct poll_table *table)
{
	return tty_poll(file->tty, table);
}

/* Of what never lets anybody wait: epoll refuses it. */
static const struct file_ops memory_fops = {
	.read = chrdev_read,
	.write = chrdev_write,
	.ioctl = chrdev_ioctl,
};

const struct file_ops chrdev_fops = {
	.open = chrdev_open,
	.release = chrdev_release,
	.read = chrdev_read,
	.write = chrdev_write,
	.ioctl = chrdev_ioctl,
	.poll = chrdev_poll,
};

/*
 * Opens a block device. Forgets the buffers of a medium that was replaced. A
 * mounted device is left alone: it must still have the medium of the mount.
 */
int open_device(kdev_t dev)
{
	int error;

	if (find_mount(dev))
		return 0;
	error = blkdev_open(dev);
	if (!error && !find_mount(dev) && blkdev_replaced(dev))
		discard_buffers(dev);
	return error;
}

static int bdev_open(struct inode *inode, struct file *file)
{
	(void)file;
	return open_device(inode->i_rdev);
}

/* Copies between a program and the part of a block from offset on. */
static int copy_block(struct buffer_head *bh, u32 offset, char __user *buf,
		      u32 n, bool write)
{
	int error;

	if (!write)
		return copy_to_user(buf, bh->data + offset, n);
	error = copy_from_user(bh->data + offset, buf, n);
	mark_buffer_dirty(bh);
	return error;
}

/*
 * Gets up to `blocks` buffers from `block` on and starts to read them all, so
 * that the driver can read them at once. Returns how many there was memory for.
 */
static u32 start_batch(kdev_t dev, u32 block, u32 blocks,
		       struct buffer_head **batch)
{
	for (u32 got = 0; got < blocks; got++) {
		batch[got] = getblk(dev, block + got);
		if (!batch[got])
			return got;
		start_read(batch[got]);
	}
	return blocks;
}

/*
 * Transfers up to BATCH blocks. Sets *done to the number of bytes copied.
 * Returns 0 or the first error.
 */
static int transfer_batch(kdev_t dev, char __user *buf, loff_t pos, u32 count,
			  bool write, u32 *done)
{
	struct buffer_head *batch[BATCH];
	u32 block = pos >> BLOCK_SHIFT;
	u32 blocks = (u32)((pos + count - 1) >> BLOCK_SHIFT) - block + 1;
	u32 got = start_batch(dev, block, min_u32(blocks, BATCH), batch);
	int error = 0;

	*done = 0;
	for (u32 i = 0; i < got; i++) {
		u32 offset = ((u32)pos + *done) % BLOCK_SIZE;
		u32 n = min_u32(count - *done, BLOCK_SIZE - offset);

		if (!error)
			error = finish_read(batch[i]);
		if (!error)
			error = copy_block(batch[i], offset, buf + *done, n,
					   write);
		if (!error)
			*done += n;
		brelse(batch[i]);
	}
	return got ? error : -ENOMEM;
}

static int bdev_transfer(struct file *file, char __user *buf, u32 count,
			 loff_t *pos, bool write)
{
	kdev_t dev = file->inode->i_rdev;
	s64 size = (s64)blkdev_blocks(dev) << BLOCK_SHIFT;
	u32 done = 0;
	int error = 0;

	if (*pos >= size)
		return write && count ? -ENOSPC : 0;
	if (count > size - *pos)
		count = size - *pos;
	while (done < count && !error) {
		u32 n;

		error = transfer_batch(dev, buf + done, *pos, count - done,
				       write, &n);
		done += n;
		*pos += n;
	}
	return done ? (int)done : error;
}

static int bdev_read(struct file *file, char __user *buf, u32 count,
		     loff_t *pos)
{
	return bdev_transfer(file, buf, count, pos, false);
}

static int bdev_write(struct file *file, const char __user *buf, u32 count,
		      loff_t *pos)
{
	int n = bdev_transfer(file, (char __user *)buf, count, pos, true);

	return n > 0 ? finish_write(file, n) : n;
}

/* BLKFLSBUF: writes what the cache has of the device, then forgets it. */
static int flush_device(struct inode *inode)
{
	int error = suser() ? sync_inode(inode) : -EACCES;

	if (!error)
		invalidate_buffers(inode->i_rdev);
	return error;
}

/*
 * Tells the size of a device and of its parts. None says by itself that it is
 * read-only: a floppy's tab shows when it is written to.
 */
static int bdev_ioctl(struct file *file, u32 command, u32 arg)
{
	u32 sectors = blkdev_sectors(file->inode->i_rdev);
	u64 bytes = (u64)sectors * SECTOR_SIZE;
	void __user *to = (void __user *)arg;

	switch (command) {
	case BLKGETSIZE:
		return put_user_u32(sectors, to);
	case BLKGETSIZE64:
		return copy_to_user(to, &bytes, sizeof(bytes));
	case BLKSSZGET:
		return put_user_u32(SECTOR_SIZE, to);
	case BLKBSZGET:
		return put_user_u32(BLOCK_SIZE, to);
	case BLKROGET:
		return put_user_u32(0, to);
	case BLKFLSBUF:
		return flush_device(file->inode);
	}
	return -ENOTTY;
}

const struct file_ops blkdev_fops = {
	.open = bdev_open, .read = bdev_read, .write = bdev_write,
	.ioctl = bdev_ioctl, .sync = sync_inode,
};
