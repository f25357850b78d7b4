/*
 * Minix: entries of directories. A directory is a file of entries of one size:
 * an inode number, 0 for a free entry, and a name padded with NULs. Its blocks
 * are used in the buffer cache.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/time.h>
#include <abi/errno.h>

static u32 entries_a_block(const struct inode *dir)
{
	return BLOCK_SIZE / minix_info(dir->i_sb)->entry_size;
}

/* Returns true if the name stored at here is `name`. */
static bool is_name(const char *here, u32 name_size, const char *name,
		    u32 length)
{
	for (u32 i = 0; i < length; i++)
		if (here[i] != name[i])
			return false;
	return length == name_size || here[length] == '\0';
}

/* Stores an inode number in the entry at place. */
void minix_set_ino(struct minix_place *place, u32 ino)
{
	minix_put(place->entry, place->format->number_size, ino);
	mark_buffer_dirty(place->bh);
}

/*
 * Sets *place to entry number n of a directory. The caller releases its buffer.
 * Returns -EIO also for a hole, as directories have none.
 */
int minix_get_place(struct inode *dir, u32 n, struct minix_place *place)
{
	const struct minix_info *info = minix_info(dir->i_sb);
	u32 block;
	int error = minix_map_blocks(dir, n / entries_a_block(dir), 1, false,
				     &block);

	if (!error && block == 0)
		error = -EIO;
	if (error)
		return error;
	place->format = info->format;
	place->bh = bread(dir->i_dev, block, &error);
	if (place->bh)
		place->entry = place->bh->data +
			       n % entries_a_block(dir) * info->entry_size;
	return error;
}

/*
 * Searches n entries of `size` bytes from place on for a free one. Returns true
 * with place moved there.
 */
static bool search_free(struct minix_place *place, u32 n, u32 size)
{
	u32 number_size = place->format->number_size;
	u8 *entry = place->entry, *end = entry + n * size;

	for (; entry < end; entry += size) {
		if (!minix_get(entry, number_size)) {
			place->entry = entry;
			return true;
		}
	}
	return false;
}

/* Searches in the same way for a name. */
static bool search_name(struct minix_place *place, u32 n, u32 size,
			const char *name, u32 length)
{
	const struct minix_format *format = place->format;
	u32 number_size = format->number_size;
	u8 *entry = place->entry, *end = entry + n * size;

	for (; entry < end; entry += size) {
		const char *here = (const char *)entry + number_size;

		if (here[0] == name[0] && minix_get(entry, number_size) &&
		    is_name(here, format->name_size, name, length)) {
			place->entry = entry;
			return true;
		}
	}
	return false;
}

/*
 * Finds a name or, with length 0, a free entry. Returns 0, and the caller
 * releases the place's buffer; or -ENOENT, -EIO, -ENOMEM.
 */
int minix_find_entry(struct inode *dir, const char *name, u32 length,
		     struct minix_place *place)
{
	u32 size = minix_info(dir->i_sb)->entry_size;
	u32 count = minix_entry_count(dir), a_block = entries_a_block(dir);

	for (u32 n = 0; n < count; n += a_block) {
		u32 entries = min_u32(a_block, count - n);
		int error = minix_get_place(dir, n, place);
		bool found;

		if (error)
			return error;
		if (length)
			found = search_name(place, entries, size, name, length);
		else
			found = search_free(place, entries, size);
		if (found)
			return 0;
		brelse(place->bh);
	}
	return -ENOENT;
}

/* Notes that an inode's contents have changed now. */
void minix_touch(struct inode *inode)
{
	inode->i_mtime = inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

/* Stores a name and an inode number at place. */
void minix_set_entry(struct minix_place *place, const char *name, u32 length,
		     u32 ino)
{
	memset(minix_name_at(place), 0, place->format->name_size);
	memcpy(minix_name_at(place), name, length);
	minix_set_ino(place, ino);
}

/* Finds a free entry; makes the directory longer if there is none. */
int minix_make_place(struct inode *dir, struct minix_place *place)
{
	int error = minix_find_entry(dir, NULL, 0, place);
	u32 n = minix_entry_count(dir), block;

	if (error != -ENOENT)
		return error;
	error = minix_map_blocks(dir, n / entries_a_block(dir), 1, true,
				 &block);
	if (error)
		return error;
	if (n % entries_a_block(dir) == 0)
		error = clear_block(dir, block);
	if (!error)
		error = minix_get_place(dir, n, place);
	if (!error) {
		dir->i_size += minix_info(dir->i_sb)->entry_size;
		mark_inode_dirty(dir);
	}
	return error;
}

static void wait_for(struct inode *inode, u32 block)
{
	inode->i_after = later_block(inode->i_dev, inode->i_after, block);
}

/*
 * Removes the entry of an inode at place. The medium gets this before any
 * change of the inode, and before the count of links in dir.
 */
void minix_clear_entry(struct inode *dir, struct minix_place *place,
		       struct inode *inode)
{
	minix_set_ino(place, 0);
	write_first(place->bh);
	minix_touch(dir);
	if (place->bh->direct)
		return;
	wait_for(inode, place->bh->block);
	if (S_ISDIR(inode->i_mode))
		wait_for(dir, place->bh->block);
}
