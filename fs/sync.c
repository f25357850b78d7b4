/*
 * Making durable what was written, and in which order. The cache of a disk may
 * write in any order what it got since its last flush. Five rules keep what was
 * synced safe, with no more flushes than that needs; docs/tricks.md proves it.
 *
 * 1. A new block of pointers or entries is there before what refers to it
 *    (fs/buffer.c: fresh).
 * 2. A file's new name is there before an old one goes: make_durable() in link,
 *    unlink and rename.
 * 3. A zone that was freed has its next owner only when the medium knows that
 *    the old one is gone (fs/minix/minix_bitmap.c).
 * 4. The number of a file's links is never lower than that of its names:
 *    sync_links() before there is one more, write_first() when one goes.
 * 5. A new inode is there before its name (minix_write_new_inode()), and its
 *    number is free only when the medium knows that its old name is gone.
 *
 * The ramdisk writes back what changed without an order: rules 2 to 5 ask
 * nothing of it.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>

#define DEPTH_MAX (PATH_MAX / 2)	/* directories above a file */

u32 sync_clock = 1;

static int first_of(int a, int b)
{
	return a ? a : b;
}

/*
 * Writes the caches of a file system out, or all with NULL: the data of files,
 * inodes, then the blocks that hold both. Returns the first error, but tries
 * everything.
 */
int write_caches(struct super_block *sb)
{
	int pages = write_inodes(sb, write_inode_pages);
	int inodes = write_inodes(sb, write_inode);
	int buffers = sync_buffers(sb ? sb->s_dev : 0);

	return first_of(pages, first_of(inodes, buffers));
}

/* Makes a whole file system durable. Returns the first error. */
int sync_super(struct super_block *sb)
{
	u32 now = ++sync_clock;
	int error = write_caches(sb), flushed = blkdev_sync(sb->s_dev);

	if (!error && !flushed)
		sb->s_synced = max_u32(sb->s_synced, now);
	return first_of(error, flushed);
}

/*
 * Returns true if the order of writes to a file system can be kept. The ramdisk
 * writes back what has changed in any order.
 */
bool keeps_order(const struct super_block *sb)
{
	return !blkdev_direct(sb->s_dev, 0);
}

/* Makes the buffers of a device durable. */
static int sync_device(kdev_t dev)
{
	int error = sync_buffers(dev), flushed = blkdev_sync(dev);

	return first_of(error, flushed);
}

/*
 * Returns true if what happened when sync_clock was `when` is on the medium, or
 * if the medium keeps no order anyway.
 */
bool is_durable(const struct super_block *sb, u32 when)
{
	return sb->s_synced > when || !keeps_order(sb);
}

/*
 * Makes what happened then durable, if it is not. Returns an error of writing.
 */
int make_durable(struct super_block *sb, u32 when)
{
	if (is_durable(sb, when))
		return 0;
	return sync_super(sb);
}

/*
 * Copies an inode into its buffer, and the directories above it, through which
 * its name is found. Those that are not in memory have not changed.
 */
static int write_with_parents(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	int error = write_inode(inode);
	u32 ino = inode->i_dir;

	for (u32 n = 0; !error && n < DEPTH_MAX && inode_in_memory(sb, ino);
	     n++) {
		struct inode *dir = iget(sb, ino, &error);

		if (!dir)
			break;
		error = write_inode(dir);
		ino = dir->i_dir != ino ? dir->i_dir : 0;
		iput(dir);
	}
	return error;
}

/*
 * Makes the entries of a directory durable, but not what they refer to. Does
 * nothing where no order is kept.
 */
int sync_names(struct inode *dir)
{
	int error, flushed;

	if (!keeps_order(dir->i_sb))
		return 0;
	error = write_with_parents(dir);
	flushed = sync_device(dir->i_dev);
	return first_of(error, flushed);
}

/*
 * Makes the number of a file's links durable before the file has one more name:
 * a power cut may leave a number too high, never one too low.
 */
int sync_links(struct inode *inode)
{
	int error, flushed;

	if (!keeps_order(inode->i_sb))
		return 0;
	error = write_inode(inode);
	flushed = sync_device(inode->i_dev);
	return first_of(error, flushed);
}

/*
 * Copies the inodes that fsync() makes durable into their buffers. The files of
 * a directory are its content.
 */
static int write_own_inodes(struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		return write_inodes(inode->i_sb, write_inode);
	return write_with_parents(inode);
}

/*
 * Makes a file durable for fsync(): its pages, its inode and the way to its
 * name; or a block device. Leaves the data of other files alone. Returns the
 * first error.
 */
int sync_inode(struct inode *inode)
{
	int error, flushed;

	if (S_ISBLK(inode->i_mode))
		return sync_device(inode->i_rdev);
	if (!inode->i_sb->s_type->needs_device)
		return 0;
	error = write_inode_pages(inode);
	if (!error)
		error = write_own_inodes(inode);
	flushed = sync_device(inode->i_sb->s_dev);
	return first_of(error, flushed);
}

/* Called by rename: makes a file durable before it takes another's name. */
int sync_before_replace(struct inode *inode)
{
	if (!keeps_order(inode->i_sb))
		return 0;
	return sync_inode(inode);
}

/* Makes everything durable, also what the devices hold back. */
void sync_all(void)
{
	u32 now = ++sync_clock;
	int error = write_caches(NULL), flushed = blkdev_sync_all();

	if (!error && !flushed)
		mounts_synced(now);
}

int sys_sync(void)
{
	sync_all();
	return 0;
}

int sys_fsync(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	return file->fop->sync ? file->fop->sync(file->inode) : -EINVAL;
}

int sys_syncfs(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	return file->inode->i_sb ? sync_super(file->inode->i_sb) : 0;
}
