/*
 * fs/buffer.c: one block of a device in memory. fs/buffer_write.c: how it comes
 * back to the device.
 */
#ifndef COWIX_BUFFER_H
#define COWIX_BUFFER_H

#include <cowix/blkdev.h>
#include <cowix/list.h>

#define AFTER_MAX	4

struct inode;

struct buffer_head {
	struct list hash_link, lru_link;
	struct list dirty_link;		/* of those that are not clean */
	struct list owner_link;		/* of its inode's; most have none */
	kdev_t dev;
	u32 block;
	u32 count;		/* users: brelse() drops what bread() gave */
	bool dirty, uptodate;
	bool reading;		/* was begun to be read; nobody has looked */
	u8 fresh;		/* to be durable before those that wait */
	bool freed;		/* its block is; written for those that wait */
	bool after_flush;	/* to be written after its disk is flushed */
	u16 sleepers;		/* they need it to stay in its lists */
	bool direct;		/* data is the device's own memory */
	struct inode *owner;	/* whose list it is in, or NULL */
	u8 *data;
	u32 after[AFTER_MAX];	/* blocks that must be durable first */
	u32 started;		/* the number of the last write */
	struct request request;
};

/* Buffers that are written together. All zeroes at first. */
struct write_batch {
	struct buffer_head *buffers[8];
	u32 n;
	int error;		/* the first one so far */
};

/* fs/buffer.c */
struct buffer_head *bread(kdev_t dev, u32 block, int *error);
struct buffer_head *getblk(kdev_t dev, u32 block);
struct buffer_head *find_buffer(kdev_t dev, u32 block);
void start_io(struct buffer_head *bh, int cmd);
bool start_read(struct buffer_head *bh);
bool read_buffer_early(kdev_t dev, u32 block);
int finish_read(struct buffer_head *bh);
void brelse(struct buffer_head *bh);
int clear_block(struct inode *inode, u32 block);
bool block_is_clean(kdev_t dev, u32 block);
void forget_buffer(kdev_t dev, u32 block);
void invalidate_buffers(kdev_t dev);
void discard_buffers(kdev_t dev);
int shrink_buffers(int wanted);
void buffer_init(void);
extern u32 nr_buffers;
extern u32 nr_own_buffers;	/* those whose data is no device's memory */

/* fs/buffer_write.c */
void list_dirty_buffer(struct buffer_head *bh);
void adopt_buffer(struct buffer_head *bh, struct inode *inode);
struct buffer_head *next_owned(struct inode *inode, struct buffer_head *bh);
void disown_buffers(struct inode *inode);
void clean_buffer(struct buffer_head *bh);
void write_direct(struct buffer_head *bh);
bool buffers_dirty(void);
int begin_first(struct buffer_head *bh);
void write_first(struct buffer_head *bh);
int begin_after(struct buffer_head *bh, struct inode *inode, const u32 *block);
void write_after(struct buffer_head *bh, struct inode *inode, u32 block);
bool block_is_fresh(kdev_t dev, u32 block);
u32 later_block(kdev_t dev, u32 a, u32 b);
void hold_buffer(struct buffer_head *bh);
void release_buffer(struct buffer_head *bh);
int begin_buffer_write(struct buffer_head *bh);
int end_buffer_write(struct buffer_head *bh);
int sync_buffers(kdev_t dev);
extern u32 writes_begun;	/* of buffers to a disk, from 1 on */

/* Called after a buffer's contents were changed: they are to be written. */
static inline void mark_buffer_dirty(struct buffer_head *bh)
{
	bh->uptodate = bh->dirty = true;
	if (list_empty(&bh->dirty_link))
		list_dirty_buffer(bh);
}

/* Notes that a dirty buffer is a block of an inode. */
static inline void own_buffer(struct buffer_head *bh, struct inode *inode)
{
	if (bh->owner != inode)
		adopt_buffer(bh, inode);
}

/* Returns the buffer that is listed in an inode's i_blocks. */
static inline struct buffer_head *owned_buffer(struct list *node)
{
	return list_entry(node, struct buffer_head, owner_link);
}

/* fs/buffer_batch.c */
void batch_buffer(struct write_batch *batch, struct buffer_head *bh);
void batch_block(struct write_batch *batch, kdev_t dev, u32 block);
void batch_owned(struct write_batch *batch, struct inode *inode);
int end_batch(struct write_batch *batch);

/* Returns true if a buffer is one of a device. All are of device 0. */
static inline bool buffer_is_on(const struct buffer_head *bh, kdev_t dev)
{
	return !dev || bh->dev == dev;
}

#endif
