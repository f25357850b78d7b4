/*
 * Minix: giving back the zones of a file beyond a size, through all levels of
 * pointers.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/time.h>
#include <abi/errno.h>

static bool free_tree(struct inode *inode, u32 zone, u32 from, u32 level);

/*
 * Free what hangs below the pointers in one cache block, from number `first`
 * on; of the first only from zone number `from` on. Whether all went. A pointer
 * is cleared before it is followed: in a damaged tree, which may lead back
 * here, each is followed once.
 */
static bool free_pointers(struct inode *inode, u32 block, u32 first, u32 from,
			  u32 level)
{
	u32 size = minix_info(inode->i_sb)->format->pointer_size;
	int error;
	struct buffer_head *bh = bread(inode->i_dev, block, &error);
	bool all = true;

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
	brelse(bh);
	return all;
}

/*
 * Free what hangs below a pointer (level 0: the zone is data) from zone number
 * `from` on, and its own zone if nothing is left below. Whether it went. A
 * block that cannot be read is kept with all it refers to: fsck's business. A
 * zone that is not marked as used is not ours, but the pointer goes.
 */
static bool free_tree(struct inode *inode, u32 zone, u32 from, u32 level)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	bool all = from == 0;

	if (!minix_zone_in_use(inode->i_sb, zone)) {
		minix_damage(inode->i_sb, "a file refers to the free zone",
			     zone);
		return true;
	}
	if (level > 0) {
		u32 below = (level - 1) * info->pointer_shift,
		    a_block = BLOCK_SIZE / info->format->pointer_size;
		u32 first = from >> below;

		from &= (1u << below) - 1;
		for (u32 i = first / a_block; i < 1u << info->zone_shift;
		     i++, first = from = 0)
			all &= free_pointers(inode,
					     (zone << info->zone_shift) + i,
					     first % a_block, from, level - 1);
	}
	if (all)
		minix_free_zone(inode->i_sb, zone);
	return all;
}

static void free_zones(struct inode *inode, u32 keep)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 start = 0;

	for (u32 slot = 0; slot < MINIX_DIRECT + info->format->levels; slot++) {
		u32 level = slot < MINIX_DIRECT ? 0 : slot - MINIX_DIRECT + 1,
		    span = 1u << level * info->pointer_shift;
		u32 from = keep > start ? keep - start : 0;

		if (from < span && inode->i_zone[slot] &&
		    free_tree(inode, inode->i_zone[slot], from, level))
			inode->i_zone[slot] = 0;
		start += span;
	}
}

/*
 * The page that a shorter file will end in, held, so that what lies beyond can
 * be cleared on the medium too. NULL, *error 0: not needed.
 */
static struct cached_page *last_page(struct inode *inode, u32 size, int *error)
{
	*error = 0;
	if (size >= inode->i_size || OFFSET_IN_PAGE(size) == 0)
		return NULL;
	return get_cached_page(inode, size / PAGE_SIZE, GET_READ, error);
}

/*
 * Cut or extend a file to size; extending makes a hole. Blocks beyond the end
 * go, also those that a failed write has left there. Called with the inode
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
	/* first: whoever is reading a page now clears what lies beyond */
	inode->i_size = size;
	/*
	 * also for what a failed write has left: no block goes while it is
	 * being transferred
	 */
	if (size <= old_size)
		drop_inode_pages(inode, size);
	if (page) {
		page->dirty = true;
		put_cached_page(page);
	}
	free_zones(inode, (size + info->zone_size - 1) / info->zone_size);
	inode->i_mtime = inode->i_ctime = current_time();
	mark_inode_dirty(inode);
	return 0;
}
