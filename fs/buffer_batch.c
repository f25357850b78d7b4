/*
 * Buffers that are written together: those that have an inode and what belongs
 * to it. All are begun before the first is waited for, but for what must be
 * durable before another (fs/buffer_write.c).
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>

/* Begins to write a buffer together with others; end_batch() must follow. */
void batch_buffer(struct write_batch *batch, struct buffer_head *bh)
{
	int error;

	hold_buffer(bh);
	if (batch->n == ARRAY_SIZE(batch->buffers))
		end_batch(batch);
	batch->buffers[batch->n++] = bh;
	error = begin_buffer_write(bh);
	if (!batch->error)
		batch->error = error;
}

/* Does so with the buffer of a block (0: none), unless that is clean. */
void batch_block(struct write_batch *batch, kdev_t dev, u32 block)
{
	if (!block_is_clean(dev, block))
		batch_buffer(batch, find_buffer(dev, block));
}

/* Does so with the buffers of an inode. */
void batch_owned(struct write_batch *batch, struct inode *inode)
{
	struct buffer_head *bh = next_owned(inode, NULL), *next;

	for (; bh; bh = next) {
		hold_buffer(bh);
		batch_buffer(batch, bh);
		next = next_owned(inode, bh);
		release_buffer(bh);
	}
}

/* Waits for the buffers of a batch. Returns the first error of them all. */
int end_batch(struct write_batch *batch)
{
	for (u32 i = 0; i < batch->n; i++) {
		struct buffer_head *bh = batch->buffers[i];
		int error = end_buffer_write(bh);

		release_buffer(bh);
		if (!batch->error)
			batch->error = error;
	}
	batch->n = 0;
	return batch->error;
}
