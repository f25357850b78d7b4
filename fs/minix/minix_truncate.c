/* Minix: freeing the zones of a file beyond a size, through all levels. */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/time.h>
#include <abi/errno.h>

#define PATIENCE 50			/* ticks */

static bool free_tree(struct inode *inode, u32 zone, u32 from, u32 level);

/*
 * Reads a block of pointers. Without memory tries again for a while: nobody can
 * be told that zones of a file which is gone stay in use. It may hold locks, so
 * it does not have a process end for it. Returns NULL if it cannot be read.
 */
static struct buffer_head *read_pointers(kdev_t dev, u32 block)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);

	for (u32 ticks = 0;; ticks++) {
		int error;
		struct buffer_head *bh = bread(dev, block, &error);

		if (bh || error != -ENOMEM || ticks == PATIENCE)
			return bh;
		sleep_on_timeout(&nobody, 1);
	}
}

/*
 * Frees what hangs below the pointers in one block of the cache, from number
 * `first` on; below the first pointer only from zone number `from` on. Returns
 * true if all of it is free. Clears each pointer before it follows it: a
 * damaged tree may lead back here, and no pointer must be followed twice.
 */
static bool free_pointers(struct inode *inode, u32 block, u32 first, u32 from,
			  u32 level)
{
	u32 size = minix_info(inode->i_sb)->format->pointer_size;
	struct buffer_head *bh;
	bool all = true;

	bh = read_pointers(inode->i_dev, block);
	if (!bh)
		return false;
	for (u8 *pointer = bh->data + first * size;
	     pointer < bh->data + BLOCK_SIZE; pointer += size, from = 0) {
		u32 zone = minix_get(pointer, size);

		if (!zone)
			continue;
		minix_put(pointer, size, 0);
		mark_buffer_dirty(bh);
		if (!free_tree(inode, zone, from, level)) {
			minix_put(pointer, size, zone);
			all = false;
		}
	}
	if (bh->dirty)
		own_buffer(bh, inode);
	brelse(bh);
	return all;
}

/*
 * Frees what hangs below a zone of pointers from zone number `from` on. Returns
 * true if all of it is free.
 */
static bool free_table(struct inode *inode, u32 zone, u32 from, u32 level)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 below = (level - 1) * info->pointer_shift;
	u32 a_block = BLOCK_SIZE / info->format->pointer_size;
	u32 first = from >> below;
	bool all = true;

	from &= (1u << below) - 1;
	for (u32 i = first / a_block; i < 1u << info->zone_shift; i++) {
		u32 block = (zone << info->zone_shift) + i;

		all &= free_pointers(inode, block, first % a_block, from,
				     level - 1);
		first = from = 0;
	}
	return all;
}

/*
 * Frees what hangs below a pointer (level 0: the zone is data) from zone number
 * `from` on, and the zone itself if nothing is left below. Returns true if the
 * pointer can go. A block that cannot be read is kept with all it refers to:
 * that is left to fsck. A zone that is not marked as used is not freed.
 */
static bool free_tree(struct inode *inode, u32 zone, u32 from, u32 level)
{
	bool all = from == 0;

	if (!minix_zone_in_use(inode->i_sb, zone)) {
		minix_damage(inode->i_sb, "a file refers to the free zone",
			     zone);
		return true;
	}
	if (level > 0)
		all &= free_table(inode, zone, from, level);
	if (all)
		minix_free_zone(inode->i_sb, zone);
	return all;
}

/* Frees what hangs below a pointer in the inode from zone number `from` on. */
static void free_slot(struct inode *inode, u32 slot, u32 from, u32 level)
{
	u32 zone = inode->i_zone[slot];

	if (zone && free_tree(inode, zone, from, level))
		inode->i_zone[slot] = 0;
}

/* Frees all zones of a file but the first `keep`. */
static void free_zones(struct inode *inode, u32 keep)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 start = MINIX_DIRECT;

	for (u32 slot = keep; slot < MINIX_DIRECT; slot++)
		free_slot(inode, slot, 0, 0);
	for (u32 level = 1; level <= info->format->levels; level++) {
		u32 span = 1u << level * info->pointer_shift;
		u32 from = keep > start ? keep - start : 0;

		if (from < span)
			free_slot(inode, MINIX_DIRECT + level - 1, from, level);
		start += span;
	}
}

/*
 * Returns the page in which a shorter file will end, held: its rest must be
 * cleared on the medium, too. Returns NULL with *error 0 if there is none.
 */
static struct cached_page *last_page(struct inode *inode, u32 size, int *error)
{
	*error = 0;
	if (size >= inode->i_size || OFFSET_IN_PAGE(size) == 0)
		return NULL;
	return get_cached_page(inode, size / PAGE_SIZE, GET_READ, error);
}

/*
 * Cuts a file to size, or extends it with a hole. Frees the blocks beyond the
 * end, also those that a failed write has left there. Called with the inode
 * locked.
 */
int minix_truncate(struct inode *inode, u32 size)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 old_size = inode->i_size;
	struct cached_page *page;
	int error;

	if (size > info->max_size)
		return -EFBIG;
	page = last_page(inode, size, &error);
	if (error)
		return error;
	inode->i_size = size;	/* first: readers of a page clear its rest */
	/* Even for size == old_size: a failed write may have left pages. */
	if (size <= old_size)
		drop_inode_pages(inode, size);
	if (page) {
		set_page_dirty(page);
		put_cached_page(page);
	}
	free_zones(inode, (size + info->zone_size - 1) / info->zone_size);
	inode->i_cuts++;	/* blocks found meanwhile may be another's */
	touch_inode(inode);
	return 0;
}
