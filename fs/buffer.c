/*
 * The buffer cache: blocks of devices in memory, found by device and number,
 * and dropped in least-recently-used order. fs/buffer_write.c writes them back,
 * late. Blocks of a memory device (the ramdisk) are not copied: such a buffer
 * points into the device.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <cowix/plan.h>
#include <abi/errno.h>

#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)

static struct hash_table buffer_table;
static LIST_HEAD(lru);			/* the longest unused first */
u32 nr_buffers;
u32 nr_own_buffers;

void buffer_init(void)
{
	hash_init(&buffer_table, nr_frames / 4, boot_alloc);
}

/* Returns the buffer of a block without a reference, or NULL. */
struct buffer_head *find_buffer(kdev_t dev, u32 block)
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
	list_init(&bh->dirty_link);
	list_init(&bh->owner_link);
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
	if (bh && bh->count++ == 0)
		list_move_tail(&bh->lru_link, &lru);
	return bh;
}

/* Begins to transfer a buffer. */
void start_io(struct buffer_head *bh, int cmd)
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
 * Fills a block of an inode with zeroes, without reading it. They are durable
 * before what will refer to the block. If the block is being read, through the
 * file of its device, waits first: the transfer would overwrite the zeroes.
 * Returns -ENOMEM.
 */
int clear_block(struct inode *inode, u32 block)
{
	struct buffer_head *bh = getblk(inode->i_dev, block);

	if (!bh)
		return -ENOMEM;
	wait_request(&bh->request);
	bh->freed = false;
	memset(bh->data, 0, BLOCK_SIZE);
	write_first(bh);
	own_buffer(bh, inode);
	brelse(bh);
	return 0;
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

/* Returns true if a block (0: none) is as its disk has it. */
bool block_is_clean(kdev_t dev, u32 block)
{
	const struct buffer_head *bh = block ? find_buffer(dev, block) : NULL;

	return !bh || list_empty(&bh->dirty_link);
}

/* Returns true if others may wait for a buffer, and the medium knows it. */
static bool is_awaited(const struct buffer_head *bh)
{
	return bh->fresh && (!bh->owner || bh->started);
}

/*
 * Called when a block becomes free on its file system: what its buffer holds
 * must not be written any more. Waits for a request that is under way, which a
 * request of the next owner could overtake. But if others wait for the buffer,
 * it is still written: the next owner comes after a sync.
 */
void forget_buffer(kdev_t dev, u32 block)
{
	struct buffer_head *bh = find_buffer(dev, block);

	if (!bh)
		return;
	bh->freed = is_awaited(bh);
	if (bh->freed)
		return;
	bh->count++;
	wait_request(&bh->request);
	clean_buffer(bh);
	bh->count--;
}

static bool buffer_droppable(const struct buffer_head *bh)
{
	return bh->count == 0 && list_empty(&bh->dirty_link) &&
	       bh->request.done;
}

/* Waits for a transfer, as one that was begun early may be under way. */
static void await_buffer(struct buffer_head *bh)
{
	bh->count++;
	wait_request(&bh->request);
	bh->count--;
}

/*
 * Drops the unused clean buffers of a device (0: of all) whose medium goes.
 * None is left that will have the old medium's contents.
 */
void invalidate_buffers(kdev_t dev)
{
	list_for_each_safe(node, &lru) {
		struct buffer_head *bh = buffer_at(node);

		if (!buffer_is_on(bh, dev))
			continue;
		if (!bh->request.done) {
			await_buffer(bh);
			node_next = node->next;	/* others may have gone */
		}
		if (buffer_droppable(bh))
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

		if (!buffer_is_on(bh, dev))
			continue;
		bh->reading = false;	/* what comes is the old medium's */
		if (!bh->request.done)
			continue;
		bh->uptodate = false;
		clean_buffer(bh);
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
		write_direct(bh);
		if (buffer_droppable(bh)) {
			free_buffer(bh);
			dropped++;
		}
	}
	return dropped;
}
