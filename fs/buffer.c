/*
 * The buffer cache: blocks of devices in memory, found by hash, reused in
 * least-recently-used order, written back late. Blocks of a memory device (the
 * ramdisk) are not copied: such a buffer points straight into the device.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/plan.h>
#include <abi/errno.h>

#define BUCKETS		1024
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)

/*
 * What a fresh buffer is: on its way to the disk but perhaps only in its cache.
 */
enum { NOT_FRESH, UNFLUSHED, UNWRITTEN };

static bool write_fresh(kdev_t dev, int *error);

static struct list buckets[BUCKETS];
static LIST_HEAD(lru);
u32 nr_buffers, nr_own_buffers;
u32 writes_begun = 1;

void buffer_init(void)
{
	for (u32 i = 0; i < BUCKETS; i++)
		list_init(&buckets[i]);
}

static struct list *bucket_of(kdev_t dev, u32 block)
{
	return &buckets[(dev ^ block) % BUCKETS];
}

static struct buffer_head *find_buffer(kdev_t dev, u32 block)
{
	list_for_each(node, bucket_of(dev, block)) {
		struct buffer_head *bh =
			list_entry(node, struct buffer_head, hash_link);

		if (bh->block == block && bh->dev == dev)
			return bh;
	}
	return NULL;
}

static struct buffer_head *buffer_at(struct list *node)
{
	return list_entry(node, struct buffer_head, lru_link);
}

/* A new buffer, not read yet unless its device is memory. NULL: no memory. */
static struct buffer_head *create_buffer(kdev_t dev, u32 block)
{
	u8 *direct = blkdev_direct(dev, block),
	   *data = direct ? direct : kmalloc(BLOCK_SIZE);
	struct buffer_head *bh = data ? kzalloc(sizeof(*bh)) : NULL;
	/* reclaim may have slept */
	struct buffer_head *other = find_buffer(dev, block);

	if (!bh || other) {
		kfree(bh);
		if (!direct)
			kfree(data);
		return other;
	}
	bh->data = data;
	bh->direct = bh->uptodate = direct != NULL;
	bh->dev = dev;
	bh->block = block;
	wait_queue_init(&bh->request.wait);
	bh->request.done = true;
	list_add(&bh->hash_link, bucket_of(dev, block));
	list_add_tail(&bh->lru_link, &lru);
	nr_buffers++;
	nr_own_buffers += !direct;
	return bh;
}

/* The buffer of a block, referenced, not necessarily read. NULL: no memory. */
struct buffer_head *getblk(kdev_t dev, u32 block)
{
	struct buffer_head *bh = find_buffer(dev, block);

	if (!bh)
		bh = create_buffer(dev, block);
	/* one in use keeps its place, so that sync_buffers() can sleep on it */
	if (bh && bh->count++ == 0) {
		list_move_tail(&bh->lru_link, &lru);
	}
	return bh;
}

static void start_io(struct buffer_head *bh, int cmd)
{
	bh->request.dev = bh->dev;
	bh->request.cmd = cmd;
	bh->request.sector = bh->block * SECTORS_A_BLOCK;
	bh->request.nr_sectors = SECTORS_A_BLOCK;
	bh->request.buffer = bh->data;
	submit_request(&bh->request);
}

/*
 * Begin reading a buffer, unless it has its contents. Two tasks may want it at
 * once: the second only waits.
 */
void start_read(struct buffer_head *bh)
{
	if (!bh->uptodate && bh->request.done)
		start_io(bh, READ);
}

/* Wait until a buffer has its contents, after start_read(). 0, or -EIO. */
int finish_read(struct buffer_head *bh)
{
	int error = bh->uptodate ? 0 : wait_request(&bh->request);

	if (!error)
		bh->uptodate = true;
	return error;
}

/*
 * The buffer of a block with its contents, referenced. NULL with *error -EIO or
 * -ENOMEM.
 */
struct buffer_head *bread(kdev_t dev, u32 block, int *error)
{
	struct buffer_head *bh = getblk(dev, block);

	*error = -ENOMEM;
	if (!bh)
		return NULL;
	start_read(bh);
	*error = finish_read(bh);
	planned(PLAN_READ);
	if (*error) {
		brelse(bh);
		return NULL;
	}
	return bh;
}

void brelse(struct buffer_head *bh)
{
	if (bh->count == 0)
		panic("brelse: block %u of device %x is not in use", bh->block,
		      bh->dev);
	bh->count--;
}

void mark_buffer_dirty(struct buffer_head *bh)
{
	bh->uptodate = bh->dirty = true;
}

/*
 * A dirty buffer holds what others wait for, or what waits for those, never
 * both. Called before it is changed: what it has of the other kind is written.
 * These sleep. Return an error of writing.
 */
int begin_first(struct buffer_head *bh)
{
	int error = 0;

	while (!error && bh->dirty && !bh->fresh && !bh->direct)
		error = sync_buffers(bh->dev);
	return error;
}

int begin_last(struct buffer_head *bh)
{
	int error = 0;

	while (!error && bh->fresh)
		write_fresh(bh->dev, &error);
	return error;
}

/* A buffer was changed, which others that are dirty must wait for. */
void write_first(struct buffer_head *bh)
{
	bh->fresh = bh->direct ? NOT_FRESH : UNWRITTEN;
	mark_buffer_dirty(bh);
}

/*
 * Fill a block with zeroes, without reading it. Who reads it just now, through
 * the device's file, must not do so over them. -ENOMEM The zeroes are durable
 * before what will refer to the block.
 */
int clear_block(kdev_t dev, u32 block)
{
	struct buffer_head *bh = getblk(dev, block);

	if (!bh)
		return -ENOMEM;
	wait_request(&bh->request);
	memset(bh->data, 0, BLOCK_SIZE);
	write_first(bh);
	brelse(bh);
	return 0;
}

/*
 * Start writing a dirty buffer, unless that is under way. It may become dirty
 * again meanwhile. The buffer of a memory device is the device: that is only
 * told, for when it writes itself back.
 */
static void start_write(struct buffer_head *bh)
{
	if (!bh->request.done)
		return;
	bh->dirty = false;
	bh->fresh = min_u32(bh->fresh, UNFLUSHED);
	if (bh->direct) {
		blkdev_mark_dirty(bh->dev, bh->block);
		return;
	}
	writes_begun++;
	start_io(bh, WRITE);
}

/* Returns whether a buffer is one of a device, or with 0 true. */
static bool is_on(const struct buffer_head *bh, kdev_t dev)
{
	return !dev || bh->dev == dev;
}

/* Waits for a buffer that is being written. One that could not be is dirty. */
static int end_write(struct buffer_head *bh)
{
	int error;

	if (bh->request.done &&
	    (!bh->request.error || bh->request.cmd != WRITE))
		return 0;
	bh->count++;
	error = wait_request(&bh->request);
	if (bh->request.cmd != WRITE)
		error = 0;
	if (error) {
		bh->request.error = 0;
		bh->dirty = true;
	}
	bh->count--;
	return error;
}

/*
 * Writes those dirty buffers of a device (0: of all) that are at least as fresh
 * as that. Returns the first error.
 */
static int write_buffers(kdev_t dev, u8 fresh)
{
	int first_error = 0;

	list_for_each(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (bh->dirty && bh->fresh >= fresh && is_on(bh, dev))
			start_write(bh);
	}
	list_for_each(node, &lru) {
		int error = end_write(buffer_at(node));

		if (!first_error)
			first_error = error;
	}
	return first_error;
}

/*
 * Makes durable what the buffers hold that others will refer to. Returns
 * whether there were any: then there may be more by now.
 */
static bool write_fresh(kdev_t dev, int *error)
{
	bool any = false;
	int written;

	list_for_each(node, &lru)
		any |= buffer_at(node)->fresh && is_on(buffer_at(node), dev);
	if (!any)
		return false;
	written = write_buffers(dev, UNWRITTEN);
	list_for_each(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (bh->fresh != UNFLUSHED || !is_on(bh, dev))
			continue;
		bh->fresh = NOT_FRESH;
		bh->count++;		/* keeps its place in the list */
		blkdev_sync(bh->dev);	/* flushes for the first of them only */
		bh->count--;
	}
	if (!*error)
		*error = written;
	return true;
}

/*
 * Writes all dirty buffers of a device (0: of all) and waits. Returns the first
 * error; a buffer that could not be written stays dirty. All are queued before
 * the first is waited for, so that the elevator can sort them.
 */
int sync_buffers(kdev_t dev)
{
	int error = 0, written;

	while (write_fresh(dev, &error))
		;
	written = write_buffers(dev, NOT_FRESH);
	return error ? error : written;
}

static void free_buffer(struct buffer_head *bh)
{
	list_del(&bh->hash_link);
	list_del(&bh->lru_link);
	if (!bh->direct)
		kfree(bh->data);
	nr_own_buffers -= !bh->direct;
	kfree(bh);
	nr_buffers--;
}

/*
 * A block is about to be free on its file system: what its buffer still holds
 * must not be written any more, not by a request that is under way, which the
 * next owner's could overtake, and not by another attempt of sync_buffers().
 */
void forget_buffer(kdev_t dev, u32 block)
{
	struct buffer_head *bh = find_buffer(dev, block);

	if (!bh)
		return;
	bh->count++;
	wait_request(&bh->request);
	if (bh->request.cmd == WRITE)
		bh->request.error = 0;
	bh->dirty = false;
	bh->fresh = NOT_FRESH;
	bh->count--;
}

static bool droppable(const struct buffer_head *bh)
{
	return bh->count == 0 && !bh->dirty && bh->request.done;
}

bool buffers_dirty(void)
{
	list_for_each(node, &lru)
		if (list_entry(node, struct buffer_head, lru_link)->dirty)
			return true;
	return false;
}

/* Forget a device's buffers when its medium goes. */
void invalidate_buffers(kdev_t dev)
{
	list_for_each_safe(node, &lru) {
		struct buffer_head *bh =
			list_entry(node, struct buffer_head, lru_link);

		if (bh->dev == dev && droppable(bh))
			free_buffer(bh);
	}
}

/*
 * A medium was replaced: of the old one nothing is kept, and nothing written.
 */
void discard_buffers(kdev_t dev)
{
	list_for_each(node, &lru) {
		struct buffer_head *bh =
			list_entry(node, struct buffer_head, lru_link);

		if (bh->dev != dev || !bh->request.done)
			continue;
		bh->dirty = bh->uptodate = false;
		bh->fresh = NOT_FRESH;
	}
	invalidate_buffers(dev);
}

/*
 * Called when memory is short: drop up to wanted clean buffers, the longest
 * unused first; how many.
 */
int shrink_buffers(int wanted)
{
	int dropped = 0;

	list_for_each_safe(node, &lru) {
		struct buffer_head *bh =
			list_entry(node, struct buffer_head, lru_link);

		if (dropped >= wanted)
			break;
		if (bh->direct && bh->dirty)
			start_write(bh);
		if (droppable(bh)) {
			free_buffer(bh);
			dropped++;
		}
	}
	return dropped;
}
