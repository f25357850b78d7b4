/* fs/buffer.c: one block of a device in memory. */
#ifndef COWIX_BUFFER_H
#define COWIX_BUFFER_H

#include <cowix/blkdev.h>
#include <cowix/list.h>

struct buffer_head {
	struct list hash_link, lru_link;
	kdev_t dev;
	u32 block;
	u32 count;		/* users: brelse() drops what bread() gave */
	bool dirty, uptodate;
	bool reading;		/* was begun to be read; nobody has looked */
	u8 fresh;		/* to be durable before other dirty buffers */
	bool direct;		/* data is the device's own memory */
	u8 *data;
	struct request request;
};

struct buffer_head *bread(kdev_t dev, u32 block, int *error);
struct buffer_head *getblk(kdev_t dev, u32 block);
bool start_read(struct buffer_head *bh);
bool read_buffer_early(kdev_t dev, u32 block);
int finish_read(struct buffer_head *bh);
void brelse(struct buffer_head *bh);
void write_first(struct buffer_head *bh);
int begin_first(struct buffer_head *bh);
int begin_last(struct buffer_head *bh);
void forget_buffer(kdev_t dev, u32 block);
int clear_block(kdev_t dev, u32 block);
int sync_buffers(kdev_t dev);
void invalidate_buffers(kdev_t dev);
void discard_buffers(kdev_t dev);
int shrink_buffers(int wanted);
bool buffers_dirty(void);
void buffer_init(void);
extern u32 nr_buffers;
extern u32 nr_own_buffers;	/* those whose data is no device's memory */
extern u32 writes_begun;	/* of buffers to a disk, from 1 on */

/* Called after a buffer's contents were changed: they are to be written. */
static inline void mark_buffer_dirty(struct buffer_head *bh)
{
	bh->uptodate = bh->dirty = true;
}

#endif
