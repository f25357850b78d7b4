/*
 * Writing buffers back, so that a power cut at any moment leaves what was
 * synced. One list has all that are not clean, in the order in which they
 * became dirty. A buffer leaves it when it has no changes, its transfer is
 * over, and nobody sleeps on it: so a walk over the list may sleep.
 *
 * A fresh buffer is one for which others wait: it must be durable before they
 * are written. Those name its block (write_after). If it is written already,
 * they wait for no more than a flush. A buffer for which others wait names none
 * itself: begin_first() and begin_after() see to that, so there are no circles.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>

/*
 * How far a fresh buffer is from durable: not written, or written but perhaps
 * only in the cache of the disk.
 */
enum { NOT_FRESH, UNFLUSHED, UNWRITTEN };

#define ALL_FRESH	0xFFFFFFFFu	/* no block has this number */

static int write_before(struct buffer_head *bh);
static bool write_fresh(kdev_t dev, int *error);

static LIST_HEAD(dirty_buffers);
static u32 nr_fresh;
u32 writes_begun = 1;

static struct buffer_head *dirty_buffer(struct list *node)
{
	return list_entry(node, struct buffer_head, dirty_link);
}

static void set_fresh(struct buffer_head *bh, u8 fresh)
{
	nr_fresh += (fresh != NOT_FRESH) - (bh->fresh != NOT_FRESH);
	bh->fresh = fresh;
}

/* Takes a buffer from the inode whose block it was. */
static void disown_buffer(struct buffer_head *bh)
{
	bh->owner = NULL;
	list_del(&bh->owner_link);
}

static bool write_failed(const struct buffer_head *bh)
{
	return bh->request.done && bh->request.cmd == WRITE &&
	       bh->request.error;
}

/* Takes a clean buffer out of the lists. After a failed write it is dirty. */
static void settle_buffer(struct buffer_head *bh)
{
	if (bh->freed && write_failed(bh))
		bh->request.error = 0;	/* the block's next owner comes */
	bh->dirty |= write_failed(bh);
	if (bh->dirty || bh->fresh || bh->sleepers || !bh->request.done)
		return;
	list_del(&bh->dirty_link);
	disown_buffer(bh);
	bh->freed = false;
}

/* Keeps a buffer in the list, and in memory, until release_buffer(). */
void hold_buffer(struct buffer_head *bh)
{
	bh->count++;
	bh->sleepers++;
}

void release_buffer(struct buffer_head *bh)
{
	bh->sleepers--;
	settle_buffer(bh);
	brelse(bh);
}

/* Puts a buffer into the list of those that are not clean. */
void list_dirty_buffer(struct buffer_head *bh)
{
	list_add_tail(&bh->dirty_link, &dirty_buffers);
}

/* Puts a dirty buffer into the list of the inode whose block it is now. */
void adopt_buffer(struct buffer_head *bh, struct inode *inode)
{
	bh->owner = inode;
	list_move_tail(&bh->owner_link, &inode->i_blocks);
}

/*
 * Returns the buffer of an inode behind one on which the caller has slept. If
 * that is the inode's no more, begins again. NULL: there is none.
 */
struct buffer_head *next_owned(struct inode *inode, struct buffer_head *bh)
{
	struct list *node = &inode->i_blocks;

	if (bh && bh->owner == inode)
		node = &bh->owner_link;
	return node->next == &inode->i_blocks ? NULL : owned_buffer(node->next);
}

/* Called before an inode is freed: what it still has could not be freed. */
void disown_buffers(struct inode *inode)
{
	while (!list_empty(&inode->i_blocks))
		disown_buffer(next_owned(inode, NULL));
}

/* Forgets the changes of a buffer. */
void clean_buffer(struct buffer_head *bh)
{
	bh->dirty = bh->after_flush = bh->reading = false;
	if (write_failed(bh))
		bh->request.error = 0;
	set_fresh(bh, NOT_FRESH);
	disown_buffer(bh);
	settle_buffer(bh);
}

/* Returns true if something is to be written. */
bool buffers_dirty(void)
{
	return !list_empty(&dirty_buffers);
}

static bool any_fresh(kdev_t dev)
{
	if (!nr_fresh)
		return false;
	list_for_each(node, &dirty_buffers) {
		const struct buffer_head *bh = dirty_buffer(node);

		if (bh->fresh && buffer_is_on(bh, dev))
			return true;
	}
	return false;
}

/* Returns true if what waits for a block (0: for none) must still wait. */
bool block_is_fresh(kdev_t dev, u32 block)
{
	const struct buffer_head *bh;

	if (!block || !nr_fresh)
		return false;
	if (block == ALL_FRESH)
		return any_fresh(dev);
	bh = find_buffer(dev, block);
	return bh && bh->fresh;
}

/* Returns a block to wait for in the place of two. */
u32 later_block(kdev_t dev, u32 a, u32 b)
{
	if (a == b || !block_is_fresh(dev, b))
		return a;
	return block_is_fresh(dev, a) ? ALL_FRESH : b;
}

/* Returns true if a buffer waits for others that are not durable. */
static bool waits_for_blocks(const struct buffer_head *bh)
{
	for (u32 i = 0; i < AFTER_MAX; i++)
		if (block_is_fresh(bh->dev, bh->after[i]))
			return true;
	return false;
}

/* Returns true if a buffer must not be written yet. */
static bool must_wait(const struct buffer_head *bh)
{
	return bh->after_flush || waits_for_blocks(bh);
}

/*
 * Begins to write a dirty buffer, for which nothing is under way. A memory
 * device, which has the data, is only told for when it writes itself back.
 */
static void start_write(struct buffer_head *bh)
{
	bh->dirty = false;
	if (bh->fresh)
		set_fresh(bh, UNFLUSHED);
	memset(bh->after, 0, sizeof(bh->after));
	if (bh->direct) {
		blkdev_mark_dirty(bh->dev, bh->block);
		settle_buffer(bh);
		return;
	}
	bh->started = writes_begun++;
	start_io(bh, WRITE);
}

/* Tells a memory device of a dirty buffer, which is clean then. */
void write_direct(struct buffer_head *bh)
{
	if (bh->direct && bh->dirty)
		start_write(bh);
}

/*
 * Waits for a buffer that is being written. Returns an error of writing, after
 * which the buffer is dirty again.
 */
int end_buffer_write(struct buffer_head *bh)
{
	int error;

	if (bh->request.done && !bh->request.error)
		return 0;
	hold_buffer(bh);
	error = wait_request(&bh->request);
	if (bh->request.cmd != WRITE)
		error = 0;
	release_buffer(bh);
	return error;
}

/* Begins to write a buffer as it is now, after what it waits for. Sleeps. */
int begin_buffer_write(struct buffer_head *bh)
{
	int error = 0;

	while (!error && bh->dirty && (!bh->request.done || must_wait(bh))) {
		if (bh->request.done)
			error = write_before(bh);
		else
			end_buffer_write(bh);
	}
	if (!error && bh->dirty)
		start_write(bh);
	return error;
}

/* Writes a buffer for which others wait. Returns an error of writing. */
static int write_fresh_buffer(struct buffer_head *bh)
{
	int error = 0;

	hold_buffer(bh);
	while (!error && (bh->fresh == UNWRITTEN || !bh->request.done)) {
		if (bh->request.done)
			error = begin_buffer_write(bh);
		if (!error)
			error = end_buffer_write(bh);
	}
	release_buffer(bh);
	return error;
}

/* Returns true if a buffer is fresh no more if its disk is flushed now. */
static bool count_as_flushed(struct buffer_head *bh)
{
	if (!bh || bh->fresh != UNFLUSHED)
		return false;
	set_fresh(bh, NOT_FRESH);
	settle_buffer(bh);
	return true;
}

/*
 * Makes durable what a buffer waits for. Nothing written later passes a flush
 * in the queue. So the buffers count as durable as soon as it is there. Returns
 * the first error.
 */
static int write_before(struct buffer_head *bh)
{
	int error = 0, written;
	bool flush;

	for (u32 i = 0; i < AFTER_MAX; i++) {
		struct buffer_head *first = find_buffer(bh->dev, bh->after[i]);

		if (bh->after[i] == ALL_FRESH)
			write_fresh(bh->dev, &error);
		written = first && first->fresh ? write_fresh_buffer(first) : 0;
		if (!error)
			error = written;
	}
	flush = bh->after_flush;	/* may be new: writing slept */
	for (u32 i = 0; i < AFTER_MAX; i++)
		flush |= count_as_flushed(find_buffer(bh->dev, bh->after[i]));
	bh->after_flush = false;
	written = flush ? blkdev_sync(bh->dev) : 0;
	return error ? error : written;
}

/*
 * Called before a buffer changes so that others must wait for it: it must not
 * wait for others itself. Sleeps. Returns an error of writing.
 */
int begin_first(struct buffer_head *bh)
{
	int error = 0;

	while (!error && !bh->direct && waits_for_blocks(bh))
		error = write_before(bh);
	return error;
}

/* Marks a buffer as dirty and fresh. Called after begin_first(). */
void write_first(struct buffer_head *bh)
{
	mark_buffer_dirty(bh);
	if (bh->direct)
		return;
	memset(bh->after, 0, sizeof(bh->after));
	set_fresh(bh, UNWRITTEN);
}

static bool any_unwritten(struct inode *inode)
{
	list_for_each(node, &inode->i_blocks)
		if (owned_buffer(node)->fresh == UNWRITTEN)
			return true;
	return false;
}

/* Begins to write those buffers of an inode for which others wait. */
static int begin_unwritten(struct inode *inode)
{
	struct buffer_head *bh = next_owned(inode, NULL), *next;
	int error = 0;

	for (; bh && !error; bh = next) {
		hold_buffer(bh);
		if (bh->fresh == UNWRITTEN)
			error = begin_buffer_write(bh);
		next = next_owned(inode, bh);
		release_buffer(bh);
	}
	return error;
}

/*
 * Called before a buffer changes so that it must wait for the new blocks of an
 * inode, and for another block (0: for none). Begins to write the new blocks,
 * so that only a flush is missing. Writes the changes for which others wait,
 * and lets no transfer take the new ones along. Sleeps. Returns an error.
 */
int begin_after(struct buffer_head *bh, struct inode *inode, const u32 *block)
{
	int error = 0;

	while (!error && !bh->direct) {
		if (any_unwritten(inode))
			error = begin_unwritten(inode);
		else if (!bh->request.done)
			end_buffer_write(bh);
		else if (bh->fresh == UNWRITTEN &&
			 block_is_fresh(bh->dev, *block))
			error = begin_buffer_write(bh);
		else
			break;
	}
	return error;
}

/*
 * Called after that change. A buffer that waits for too many blocks waits for
 * all fresh ones.
 */
void write_after(struct buffer_head *bh, struct inode *inode, u32 block)
{
	u32 *after = bh->after;

	mark_buffer_dirty(bh);
	if (bh->direct)
		return;
	list_for_each(node, &inode->i_blocks)
		bh->after_flush |= owned_buffer(node)->fresh != NOT_FRESH;
	if (!block_is_fresh(bh->dev, block))
		return;
	for (u32 i = 0; i < AFTER_MAX; i++)
		if (after[i] == block || !block_is_fresh(bh->dev, after[i])) {
			after[i] = block;
			return;
		}
	after[0] = ALL_FRESH;
}

/* Returns true if write_buffers() is to write a buffer. */
static bool is_wanted(const struct buffer_head *bh, kdev_t dev, bool only_fresh)
{
	return bh->dirty && buffer_is_on(bh, dev) &&
	       (!only_fresh || bh->fresh == UNWRITTEN);
}

/*
 * Waits for a buffer. If what was under way began before write number `begun`,
 * and the buffer has changes or could not be written, writes it once more.
 */
static int finish_buffer(struct buffer_head *bh, u32 begun, bool only_fresh)
{
	int error = end_buffer_write(bh);

	if (bh->started >= begun || !is_wanted(bh, 0, only_fresh))
		return error;
	error = begin_buffer_write(bh);
	return error ? error : end_buffer_write(bh);
}

/*
 * Writes the dirty buffers of a device (0: of all), or only the fresh ones.
 * Returns the first error. All are queued before the first is waited for, so
 * that the elevator can sort them.
 */
static int write_buffers(kdev_t dev, bool only_fresh)
{
	u32 begun = writes_begun;
	int first_error = 0;

	list_for_each_safe(node, &dirty_buffers) {
		struct buffer_head *bh = dirty_buffer(node);

		if (bh->request.done && is_wanted(bh, dev, only_fresh) &&
		    !must_wait(bh))
			start_write(bh);
	}
	for (struct list *node = dirty_buffers.next, *next;
	     node != &dirty_buffers; node = next) {
		struct buffer_head *bh = dirty_buffer(node);
		int error = 0;

		hold_buffer(bh);
		if (buffer_is_on(bh, dev) && (!only_fresh || bh->fresh))
			error = finish_buffer(bh, begun, only_fresh);
		next = node->next;
		release_buffer(bh);
		if (!first_error)
			first_error = error;
	}
	return first_error;
}

/*
 * Flushes a device (0: all) if buffers on it wait for that, or are fresh no
 * more afterwards.
 */
static void flush_written(kdev_t dev)
{
	for (struct list *node = dirty_buffers.next, *next;
	     node != &dirty_buffers; node = next) {
		struct buffer_head *bh = dirty_buffer(node);

		hold_buffer(bh);
		if (buffer_is_on(bh, dev) &&
		    (count_as_flushed(bh) || bh->after_flush)) {
			bh->after_flush = false;
			blkdev_sync(bh->dev);	/* for the first of them only */
		}
		next = node->next;
		release_buffer(bh);
	}
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
	flush_written(dev);
	written = write_buffers(dev, true);
	flush_written(dev);
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
	written = write_buffers(dev, false);
	return error ? error : written;
}
