/*
 * Minix: entries of directories. A directory is a file of entries of one size:
 * an inode number, 0 for a free entry, and a name padded with NULs. Its blocks
 * are used in the buffer cache.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/time.h>
#include <abi/errno.h>

#define MAPPED	8u		/* blocks whose places are found together */

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

/* Stores an inode number in the entry at place, 0 to make it free. */
void minix_set_ino(struct minix_place *place, u32 ino)
{
	if (!ino)
		place->dir->i_taken = min_u32(place->dir->i_taken, place->n);
	minix_put(place->entry, place->format->number_size, ino);
	mark_buffer_dirty(place->bh);
}

/*
 * Sets *place to entry number n of a directory, which is in `block`. The caller
 * releases its buffer. Returns -EIO also for a hole, as directories have none.
 */
static int read_place(struct inode *dir, u32 n, u32 block,
		      struct minix_place *place)
{
	const struct minix_info *info = minix_info(dir->i_sb);
	u32 a_block = entries_a_block(dir);
	int error;

	if (block == 0)
		return -EIO;
	place->dir = dir;
	place->n = n;
	place->size = info->entry_size;
	place->left = min_u32(a_block - n % a_block,
			      minix_entry_count(dir) - n);
	place->format = info->format;
	place->bh = bread(dir->i_dev, block, &error);
	if (place->bh)
		place->entry = place->bh->data + n % a_block * place->size;
	return error;
}

/* Like read_place(), but finds the block, too. */
int minix_get_place(struct inode *dir, u32 n, struct minix_place *place)
{
	u32 block;
	int error = minix_map_blocks(dir, n / entries_a_block(dir), 1, false,
				     &block);

	return error ? error : read_place(dir, n, block, place);
}

/*
 * Searches a name among n entries of `size` bytes from place on. Returns true
 * with place moved there.
 */
static bool search_name(struct minix_place *place, u32 n, u32 size,
			const char *name, u32 length)
{
	const struct minix_format *format = place->format;
	u32 number_size = format->number_size;
	u8 *entry = place->entry, *end = entry + n * size;
	char last = name[length - 1];	/* names often differ there */

	for (; entry < end; entry += size) {
		const char *here = (const char *)entry + number_size;

		if (here[0] == name[0] && here[length - 1] == last &&
		    minix_get(entry, number_size) &&
		    is_name(here, format->name_size, name, length)) {
			place->n += (entry - place->entry) / size;
			place->entry = entry;
			return true;
		}
	}
	return false;
}

/*
 * Finds where some blocks of a directory are, from number i on. An error leaves
 * 0 for the rest. From a disk they are read together.
 */
static void map_ahead(struct inode *dir, u32 i, u32 nr_blocks, u32 *blocks)
{
	u32 n = min_u32(MAPPED, nr_blocks - i);

	memset(blocks, 0, MAPPED * sizeof(*blocks));
	minix_map_blocks(dir, i, n, false, blocks);
	for (u32 k = 0; k < n && dir->i_sb->s_read_ahead; k++)
		if (blocks[k])
			read_buffer_early(dir->i_dev, blocks[k]);
}

/* Begins to read the blocks of a directory that has entry number n. */
void minix_read_dir_early(struct inode *dir, u32 n)
{
	u32 a_block = entries_a_block(dir), blocks[MAPPED];
	u32 nr_blocks = (minix_entry_count(dir) + a_block - 1) / a_block;

	if (dir->i_sb->s_read_ahead && n / a_block < nr_blocks)
		map_ahead(dir, n / a_block, nr_blocks, blocks);
}

/*
 * Finds a name. Returns 0, and the caller releases the place's buffer; or
 * -ENOENT, -EIO, -ENOMEM.
 */
int minix_find_entry(struct inode *dir, const char *name, u32 length,
		     struct minix_place *place)
{
	u32 size = minix_info(dir->i_sb)->entry_size;
	u32 count = minix_entry_count(dir), a_block = entries_a_block(dir);
	u32 nr_blocks = (count + a_block - 1) / a_block, blocks[MAPPED];

	for (u32 i = 0; i < nr_blocks; i++) {
		u32 n = i * a_block, entries = min_u32(a_block, count - n);
		int error;

		if (i % MAPPED == 0)
			map_ahead(dir, i, nr_blocks, blocks);
		if (blocks[i % MAPPED])
			error = read_place(dir, n, blocks[i % MAPPED], place);
		else
			error = minix_get_place(dir, n, place);
		if (error)
			return error;
		if (search_name(place, entries, size, name, length))
			return 0;
		brelse(place->bh);
	}
	return -ENOENT;
}

/* Stores a name and an inode number at place. */
void minix_set_entry(struct minix_place *place, const char *name, u32 length,
		     u32 ino)
{
	memset(minix_name_at(place), 0, place->format->name_size);
	memcpy(minix_name_at(place), name, length);
	minix_set_ino(place, ino);
}

/* Finds a free entry among those that there are. Returns as for a name. */
static int find_free_entry(struct inode *dir, struct minix_place *place)
{
	while (dir->i_taken < minix_entry_count(dir)) {
		int error = minix_get_place(dir, dir->i_taken, place);

		if (error)
			return error;
		do {
			dir->i_taken = place->n;
			if (!minix_ino_at(place))
				return 0;
		} while (minix_next_place(place));
		dir->i_taken++;
		brelse(place->bh);
	}
	return -ENOENT;
}

/* Finds a free entry; makes the directory longer if there is none. */
int minix_make_place(struct inode *dir, struct minix_place *place)
{
	int error = find_free_entry(dir, place);
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
	touch_inode(dir);
	if (place->bh->direct)
		return;
	wait_for(inode, place->bh->block);
	if (S_ISDIR(inode->i_mode))
		wait_for(dir, place->bh->block);
}
