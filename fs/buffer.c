/*
 * The buffer cache: blocks of devices in memory, found by device and number,
 * dropped in least-recently-used order, written back late. Blocks of a memory
 * device (the ramdisk) are not copied: such a buffer points into the device.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <cowix/plan.h>
#include <abi/errno.h>

#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)

/*
 * How far a fresh buffer is from durable: not written, or written but perhaps
 * only in the cache of the disk.
 */
enum { NOT_FRESH, UNFLUSHED, UNWRITTEN };

static bool write_fresh(kdev_t dev, int *error);

static struct hash_table buffer_table;
static LIST_HEAD(lru);			/* the longest unused first */
u32 nr_buffers;
u32 nr_own_buffers;
u32 writes_begun = 1;

void buffer_init(void)
{
	hash_init(&buffer_table, 1024);
}

static struct buffer_head *find_buffer(kdev_t dev, u32 block)
{
	list_for_each(node, hash_bucket(&buffer_table, dev, block)) {
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

/*
 * Returns a new buffer, not read yet unless its device is memory, or the one
 * that another task made meanwhile. NULL if there was no memory.
 */
static struct buffer_head *create_buffer(kdev_t dev, u32 block)
{
	struct buffer_head *bh = kzalloc(sizeof(*bh)), *other;
	u8 *direct = blkdev_direct(dev, block), *data = direct;

	if (!direct)
		data = kmalloc(BLOCK_SIZE);
	other = find_buffer(dev, block);	/* reclaim may have slept */
	if (!bh || !data || other) {
		if (!direct)
			kfree(data);
		kfree(bh);
		return other;
	}
	bh->data = data;
	bh->direct = bh->uptodate = direct != NULL;
	bh->dev = dev;
	bh->block = block;
	wait_queue_init(&bh->request.wait);
	bh->request.done = true;
	list_add(&bh->hash_link, hash_bucket(&buffer_table, dev, block));
	list_add_tail(&bh->lru_link, &lru);
	nr_buffers++;
	nr_own_buffers += !direct;
	return bh;
}

/*
 * Returns the buffer of a block, referenced, not necessarily read. NULL if
 * there was no memory.
 */
struct buffer_head *getblk(kdev_t dev, u32 block)
{
	struct buffer_head *bh = find_buffer(dev, block);

	if (!bh)
		bh = create_buffer(dev, block);
	/* one in use keeps its place, so that sync_buffers() can sleep on it */
	if (bh && bh->count++ == 0)
		list_move_tail(&bh->lru_link, &lru);
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
 * Begins to read a buffer. Returns false if it has its contents or was begun
 * before. finish_read() must follow before the contents are looked at; for a
 * block that may be wanted it is the next reader's.
 */
bool start_read(struct buffer_head *bh)
{
	if (bh->uptodate || bh->reading || !bh->request.done)
		return false;
	bh->reading = true;
	start_io(bh, READ);
	return true;
}

/* Waits until a buffer has its contents. Returns 0, or -EIO. */
int finish_read(struct buffer_head *bh)
{
	int error = bh->uptodate ? 0 : wait_request(&bh->request);

	bh->reading = false;
	if (!error)
		bh->uptodate = true;
	return error;
}

/*
 * Begins to read a block that may be wanted soon. Returns false if it was begun
 * before, or if there was no memory: nothing is written to get some.
 */
bool read_buffer_early(kdev_t dev, u32 block)
{
	struct buffer_head *bh = nr_free_pages ? getblk(dev, block) : NULL;
	bool begun;

	if (!bh)
		return false;
	begun = start_read(bh);
	brelse(bh);
	return begun;
}

/*
 * Returns the buffer of a block with its contents, referenced; brelse() drops
 * the reference. NULL with *error -EIO or -ENOMEM.
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

/*
 * A dirty buffer holds either what must be durable first (it is fresh) or what
 * must wait for that, never both. Called before a change of the first kind:
 * writes what the buffer has of the second. Sleeps. Returns an error of
 * writing.
 */
int begin_first(struct buffer_head *bh)
{
	int error = 0;

	while (!error && bh->dirty && !bh->fresh && !bh->direct)
		error = sync_buffers(bh->dev);
	return error;
}

/* Called before a change of the second kind: writes what is of the first. */
int begin_last(struct buffer_head *bh)
{
	int error = 0;

	while (!error && bh->fresh)
		write_fresh(bh->dev, &error);
	return error;
}

/* Marks a changed buffer as one that all other dirty ones must wait for. */
void write_first(struct buffer_head *bh)
{
	bh->fresh = bh->direct ? NOT_FRESH : UNWRITTEN;
	mark_buffer_dirty(bh);
}

/*
 * Fills a block with zeroes, without reading it. They are durable before what
 * will refer to the block. If the block is being read, through the file of its
 * device, waits first: the transfer would overwrite the zeroes. Returns
 * -ENOMEM.
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
 * Begins to write a dirty buffer, unless a transfer is under way. It may become
 * dirty again meanwhile. The buffer of a memory device is the device: that is
 * only told, for when it writes itself back.
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

/* Returns true if a buffer is one of a device. All are of device 0. */
static bool buffer_is_on(const struct buffer_head *bh, kdev_t dev)
{
	return !dev || bh->dev == dev;
}

/*
 * Waits for a buffer that is being written. Returns an error of writing, after
 * which the buffer is dirty again.
 */
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
 * Writes the dirty buffers of a device (0: of all) that are at least as fresh
 * as least. Returns the first error. All are queued before the first is waited
 * for, so that the elevator can sort them.
 */
static int write_buffers(kdev_t dev, u8 least)
{
	int first_error = 0;

	list_for_each(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (bh->dirty && bh->fresh >= least && buffer_is_on(bh, dev))
			start_write(bh);
	}
	list_for_each(node, &lru) {
		int error = end_write(buffer_at(node));

		if (!first_error)
			first_error = error;
	}
	return first_error;
}

static bool any_fresh(kdev_t dev)
{
	list_for_each(node, &lru) {
		const struct buffer_head *bh = buffer_at(node);

		if (bh->fresh && buffer_is_on(bh, dev))
			return true;
	}
	return false;
}

/*
 * Makes the fresh buffers of a device durable. Returns false if there were
 * none; else there may be new ones by now. *error becomes the first error.
 */
static bool write_fresh(kdev_t dev, int *error)
{
	int written;

	if (!any_fresh(dev))
		return false;
	written = write_buffers(dev, UNWRITTEN);
	list_for_each(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (bh->fresh != UNFLUSHED || !buffer_is_on(bh, dev))
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
 * Writes all dirty buffers of a device (0: of all) and waits, the fresh ones
 * first. Returns the first error; a buffer that could not be written stays
 * dirty.
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
 * Called when a block becomes free on its file system: what its buffer holds
 * must not be written any more. Waits for a request that is under way, which a
 * request of the next owner could overtake.
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
	bh->dirty = bh->reading = false;
	bh->fresh = NOT_FRESH;
	bh->count--;
}

static bool buffer_droppable(const struct buffer_head *bh)
{
	return bh->count == 0 && !bh->dirty && bh->request.done;
}

bool buffers_dirty(void)
{
	list_for_each(node, &lru)
		if (buffer_at(node)->dirty)
			return true;
	return false;
}

/* Drops the unused clean buffers of a device whose medium goes. */
void invalidate_buffers(kdev_t dev)
{
	list_for_each_safe(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (bh->dev == dev && buffer_droppable(bh))
			free_buffer(bh);
	}
}

/*
 * Called when a medium was replaced: nothing of the old one is kept or written.
 */
void discard_buffers(kdev_t dev)
{
	list_for_each(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (bh->dev != dev)
			continue;
		bh->reading = false;	/* what comes is the old medium's */
		if (!bh->request.done)
			continue;
		bh->dirty = bh->uptodate = false;
		bh->fresh = NOT_FRESH;
	}
	invalidate_buffers(dev);
}

/*
 * Called when memory is short: drops up to wanted clean buffers, the longest
 * unused first. Returns how many.
 */
int shrink_buffers(int wanted)
{
	int dropped = 0;

	list_for_each_safe(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (dropped >= wanted)
			break;
		if (bh->direct && bh->dirty)
			start_write(bh);
		if (buffer_droppable(bh)) {
			free_buffer(bh);
			dropped++;
		}
	}
	return dropped;
}
