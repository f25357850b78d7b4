/*
 * Making durable what was written, and in which order. The cache of a disk may
 * write in any order what it got since its last flush. Five rules keep what was
 * synced safe, with no more flushes than that needs; docs/tricks.md proves it.
 *
 * 1. A new block of pointers or entries is there before what refers to it
 *    (fs/buffer_write.c).
 * 2. A file's new name is there before an old one goes: sync_entry() in rename,
 *    make_durable() in unlink.
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

/* What is written so that an inode can be found. */
struct way {
	struct write_batch batch;
	u32 when;	/* all up to that sync_clock must be durable, too */
};

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

/* Makes what happened when sync_clock was `when` durable, if it is not. */
static int sync_since(struct super_block *sb, u32 when)
{
	return sb->s_synced > when ? 0 : sync_super(sb);
}

/* Does so if the medium keeps an order. Returns an error of writing. */
int make_durable(struct super_block *sb, u32 when)
{
	return is_durable(sb, when) ? 0 : sync_since(sb, when);
}

/*
 * Calls act for an inode and the directories above it, through which its name
 * is found, until it returns an error. Those that are not in memory have not
 * changed.
 */
static int on_the_way(struct inode *inode,
		      int (*act)(struct inode *inode, struct way *way),
		      struct way *way)
{
	struct super_block *sb = inode->i_sb;
	u32 ino = inode->i_ino;
	int error = 0;

	for (u32 n = 0; !error && n < DEPTH_MAX && inode_in_memory(sb, ino);
	     n++) {
		struct inode *next = iget(sb, ino, &error);

		if (!next)
			break;
		error = act(next, way);
		ino = next->i_dir != ino ? next->i_dir : 0;
		iput(next);
	}
	return error;
}

static int copy_inode(struct inode *inode, struct way *way)
{
	(void)way;
	return write_inode(inode);
}

/*
 * Begins to write the block that has an inode, and that with its name. If names
 * in several blocks have changed, notes when.
 */
static int begin_blocks(struct inode *inode, struct way *way)
{
	struct super_block *sb = inode->i_sb;

	sb->s_op->begin_inode(inode, &way->batch);
	if (sb->s_synced <= inode->i_name_at)
		batch_block(&way->batch, sb->s_dev, inode->i_name);
	way->when = max_u32(way->when, inode->i_names_at);
	return 0;
}

/* Begins to write an inode and what leads to it. Returns an error. */
static int begin_way(struct inode *inode, struct way *way)
{
	int error = on_the_way(inode, copy_inode, way);

	return error ? error : on_the_way(inode, begin_blocks, way);
}

/*
 * Flushes the disk, which does first what was begun, and makes durable all up
 * to the time noted, if that is not so. Returns begun if that is an error, else
 * the first one.
 */
static int finish_way(struct super_block *sb, struct way *way, int begun)
{
	int flushed = blkdev_sync(sb->s_dev), error = end_batch(&way->batch);

	error = first_of(begun, first_of(error, flushed));
	return error ? error : sync_since(sb, way->when);
}

/*
 * Makes a directory's entry durable through its buffer, but not the way to the
 * directory. Does nothing where no order is kept.
 */
int sync_entry(struct inode *dir, struct buffer_head *bh)
{
	struct way way = { .when = 0 };

	if (!keeps_order(dir->i_sb))
		return 0;
	batch_buffer(&way.batch, bh);
	return finish_way(dir->i_sb, &way, 0);
}

/*
 * Makes the number of a file's links durable before the file has one more name:
 * a power cut may leave a number too high, never one too low.
 */
int sync_links(struct inode *inode)
{
	struct way way = { .when = 0 };
	int error;

	if (!keeps_order(inode->i_sb))
		return 0;
	error = write_inode(inode);
	if (!error)
		inode->i_sb->s_op->begin_inode(inode, &way.batch);
	return finish_way(inode->i_sb, &way, error);
}

/* Makes a directory durable. The files in it are its contents. */
static int sync_directory(struct inode *dir)
{
	int error = write_inodes(dir->i_sb, write_inode);
	int written = sync_device(dir->i_dev);

	return first_of(error, written);
}

/* Begins to write the bitmaps. Called last: they have all blocks in use. */
static void begin_maps(struct super_block *sb, struct way *way)
{
	sb->s_op->begin_maps(sb, &way->batch);
}

/*
 * Called by rename before a file has a name in dir, too. Does sync_links(), and
 * makes the way to that directory durable. If the name is another file's, the
 * contents of this one come first.
 */
int sync_before_rename(struct inode *inode, struct inode *dir, bool replaces)
{
	struct way way = { .when = 0 };
	int error = 0;

	if (!keeps_order(inode->i_sb))
		return 0;
	if (replaces && S_ISDIR(inode->i_mode))
		error = sync_directory(inode);
	else if (replaces)
		error = write_inode_pages(inode);
	if (!error)
		error = write_inode(inode);
	if (!error)
		error = begin_way(dir, &way);
	if (!error)
		inode->i_sb->s_op->begin_inode(inode, &way.batch);
	if (!error && replaces)
		begin_maps(inode->i_sb, &way);
	return finish_way(inode->i_sb, &way, error);
}

/*
 * Returns the time up to which all must be durable so that a file's names are:
 * 0 if those are remembered that have changed.
 */
static u32 names_changed_at(const struct inode *inode)
{
	if (inode->i_nlink && !inode->i_dir && inode != inode->i_sb->s_root)
		return sync_clock;
	return inode->i_nlink > 1 ? inode->i_sb->s_linked : 0;
}

/*
 * Makes a file durable for fsync(): its pages, its inode and the way to its
 * name; or a block device. Leaves the data of other files alone. Returns the
 * first error.
 */
int sync_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	struct way way = { .when = 0 };
	int error;

	if (S_ISBLK(inode->i_mode))
		return sync_device(inode->i_rdev);
	if (!sb->s_type->needs_device)
		return 0;
	if (S_ISDIR(inode->i_mode))
		return sync_directory(inode);
	way.when = names_changed_at(inode);
	error = write_inode_pages(inode);
	if (!error)
		error = begin_way(inode, &way);
	if (!error)
		begin_maps(sb, &way);
	return finish_way(sb, &way, error);
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
