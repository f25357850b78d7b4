/*
 * Minix: inodes on the medium, and the zones of a file: seven direct pointers,
 * then a tree of blocks of pointers for each level. All pointers come from the
 * medium and are checked.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/time.h>
#include <abi/errno.h>

/* Returns the number of the block that has an inode. */
static u32 inode_block(const struct inode *inode)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 table = MINIX_FIRST_MAP + info->inode_map_zones +
		    info->zone_map_zones;

	return (table << info->zone_shift) +
	       (inode->i_ino - 1) * info->format->inode_size / BLOCK_SIZE;
}

#define TABLE_AHEAD	16u		/* blocks */

/*
 * Begins to read a block of the inode table. If it is not in memory the next
 * ones are begun, too: inodes that were made together are used together, and a
 * disk has them in one transfer.
 */
static void begin_table_read(const struct super_block *sb, u32 block)
{
	const struct minix_info *info = minix_info(sb);
	u32 end = info->first_data_zone << info->zone_shift;

	end = min_u32(end, block + TABLE_AHEAD);
	while (block < end && read_buffer_early(sb->s_dev, block))
		block++;
}

/*
 * Returns an inode's slot in the table on the medium; *bh is its buffer, which
 * the caller releases. Returns NULL with *error on failure.
 */
static void *read_inode_slot(const struct inode *inode, struct buffer_head **bh,
			     int *error)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 size = info->format->inode_size;
	u32 block = inode_block(inode);

	if (inode->i_ino == 0 || inode->i_ino > info->inodes) {
		minix_damage(inode->i_sb, "a name for inode", inode->i_ino);
		*error = -EIO;
		return NULL;
	}
	if (inode->i_sb->s_read_ahead)
		begin_table_read(inode->i_sb, block);
	*bh = bread(inode->i_dev, block, error);
	if (!*bh)
		return NULL;
	return (*bh)->data + (inode->i_ino - 1) * size % BLOCK_SIZE;
}

/* Sets the operations for the inode's type. */
void minix_set_operations(struct inode *inode)
{
	inode->i_op = &minix_inode_ops;
	set_file_ops(inode, &minix_dir_fops);
}

static bool is_device(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode);
}

/*
 * Returns true if an inode from the medium is possible. A directory has no
 * holes; it must not be larger than the device, so that a search ends.
 */
static bool is_possible(const struct inode *inode)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 mode = inode->i_mode;

	if (S_ISDIR(mode) && inode->i_size / info->zone_size > info->zones)
		return false;
	if (!S_ISDIR(mode) && inode->i_size > info->max_size)
		return false;
	return inode->i_nlink > 0 &&
	       (S_ISDIR(mode) || S_ISREG(mode) || S_ISLNK(mode) ||
		S_ISFIFO(mode) || S_ISSOCK(mode) || is_device(inode));
}

int minix_read_inode(struct inode *inode)
{
	struct buffer_head *bh;
	int error;
	const void *slot = read_inode_slot(inode, &bh, &error);

	if (!slot)
		return error;
	minix_info(inode->i_sb)->format->read_inode(inode, slot);
	brelse(bh);
	if (!is_possible(inode)) {
		minix_damage(inode->i_sb, "inode", inode->i_ino);
		return -EIO;
	}
	if (is_device(inode))
		inode->i_rdev = inode->i_zone[0];
	minix_set_operations(inode);
	return 0;
}

/*
 * Returns true if nothing was written to the medium since the inode got its
 * only name.
 */
bool minix_is_unwritten(const struct inode *inode)
{
	return inode->i_named == writes_begun;
}

static void fill_inode_slot(struct inode *inode, void *slot)
{
	if (is_device(inode))
		inode->i_zone[0] = inode->i_rdev;
	minix_info(inode->i_sb)->format->write_inode(inode, slot);
}

/*
 * Called before the name of a new inode is stored in a buffer, which must then
 * wait for the inode. Sleeps. Returns an error of writing.
 */
int minix_begin_name(struct buffer_head *bh, struct inode *inode)
{
	u32 block;

	if (bh->direct)
		return 0;
	block = inode_block(inode);
	return begin_after(bh, inode, &block);
}

/* Called after it was stored. */
void minix_name_new(struct buffer_head *bh, struct inode *inode)
{
	if (!bh->direct)
		write_after(bh, inode, inode_block(inode));
}

/*
 * Writes an inode to its buffer. If it must wait for others on its way to the
 * medium, so must the whole buffer.
 */
int minix_write_inode(struct inode *inode)
{
	struct buffer_head *bh;
	int error;
	void *slot = read_inode_slot(inode, &bh, &error);

	if (!slot)
		return error;
	if (!bh->direct)
		error = begin_after(bh, inode, &inode->i_after);
	if (!error) {
		fill_inode_slot(inode, slot);
		write_after(bh, inode, inode->i_after);
	}
	brelse(bh);
	return error;
}

/* Writes a new inode before it has a name: the medium must get it first. */
int minix_write_new_inode(struct inode *inode)
{
	struct buffer_head *bh;
	int error;
	void *slot;

	if (!keeps_order(inode->i_sb))
		return 0;
	slot = read_inode_slot(inode, &bh, &error);
	if (!slot)
		return error;
	error = begin_first(bh);
	if (!error) {
		fill_inode_slot(inode, slot);
		write_first(bh);
	}
	brelse(bh);
	return error;
}

/* Begins to write an inode, after the blocks of pointers in its file. */
void minix_begin_inode(struct inode *inode, struct write_batch *batch)
{
	batch_owned(batch, inode);
	batch_block(batch, inode->i_dev, inode_block(inode));
}

/* Zeroes a zone: as a table of pointers it must start with holes. */
static int clear_zone(struct inode *inode, u32 zone)
{
	u32 shift = minix_info(inode->i_sb)->zone_shift;

	int error = 0;

	for (u32 i = 0; i < 1u << shift && !error; i++)
		error = clear_block(inode, (zone << shift) + i);
	return error;
}

/*
 * Returns a zone for a file, cleared if it is for pointers. Returns 0 with
 * *error -ENOSPC or -ENOMEM.
 */
static u32 new_zone(struct inode *inode, bool pointers, int *error)
{
	u32 zone = minix_new_zone(inode->i_sb);

	*error = zone ? 0 : -ENOSPC;
	if (!zone || !pointers)
		return zone;
	*error = clear_zone(inode, zone);
	if (!*error)
		return zone;
	minix_free_zone(inode->i_sb, zone);
	return 0;
}

static int check_zone(const struct inode *inode, u32 zone)
{
	if (zone == 0 || minix_valid_zone(inode->i_sb, zone))
		return 0;
	minix_damage(inode->i_sb, "a file refers to zone", zone);
	return -EIO;
}

/*
 * Finds the zone that a pointer in the inode names, or 0 for a hole, which
 * create fills; `pointers`: with a zone of pointers.
 */
static int direct_zone(struct inode *inode, u32 slot, bool create,
		       bool pointers, u32 *zone)
{
	int error = 0;

	*zone = inode->i_zone[slot];
	if (*zone == 0 && create) {
		*zone = new_zone(inode, pointers, &error);
		if (*zone) {
			inode->i_zone[slot] = *zone;
			mark_inode_dirty(inode);
		}
	}
	return error ? error : check_zone(inode, *zone);
}

/*
 * Returns a new zone of pointers for a pointer in the block that bh has, or 0
 * with *error. The medium must have the zone first.
 */
static u32 table_below(struct inode *inode, struct buffer_head *bh, int *error)
{
	static const u32 no_block;
	u32 zone = new_zone(inode, true, error);

	if (!zone)
		return 0;
	*error = begin_after(bh, inode, &no_block);
	if (!*error)
		return zone;
	minix_free_zone(inode->i_sb, zone);
	return 0;
}

/* Called when pointers in a block of an inode were stored. */
static void change_table(struct inode *inode, struct buffer_head *bh,
			 bool pointers)
{
	if (pointers)
		write_after(bh, inode, 0);
	else
		mark_buffer_dirty(bh);
	own_buffer(bh, inode);
}

/*
 * Begins to read the block of pointers that a pointer names, which a file that
 * is read from front to back needs next.
 */
static void read_pointers_early(const struct inode *inode, u32 zone)
{
	if (inode->i_sb->s_read_ahead && zone &&
	    minix_valid_zone(inode->i_sb, zone))
		read_buffer_early(inode->i_dev,
				  zone << minix_info(inode->i_sb)->zone_shift);
}

/*
 * Finds the zones for up to n pointers in the zone `table`, from number index
 * on, as far as they lie in one block. Stores the zones from zone[0] on and
 * their number in *found. create and pointers are as above.
 */
static int indirect_zones(struct inode *inode, u32 table, u32 index, u32 n,
			  bool create, bool pointers, u32 *zone, u32 *found)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 size = info->format->pointer_size, offset = index * size;
	u32 block = (table << info->zone_shift) + offset / BLOCK_SIZE;
	struct buffer_head *bh;
	u32 done = 0;
	u8 *pointer;
	bool changed = false;
	int error;

	bh = bread(inode->i_dev, block, &error);
	if (!bh)
		return error;
	pointer = bh->data + offset % BLOCK_SIZE;
	n = min_u32(n, (BLOCK_SIZE - offset % BLOCK_SIZE) / size);
	for (; done < n && !error; done++, pointer += size) {
		u32 at = minix_get(pointer, size);

		if (at != 0) {
			error = check_zone(inode, at);
		} else if (create) {
			at = pointers ? table_below(inode, bh, &error) :
					new_zone(inode, false, &error);
			minix_put(pointer, size, at);
			changed = true;
		}
		zone[done] = error ? 0 : at;
	}
	*found = done;
	if (changed)
		change_table(inode, bh, pointers);
	if (pointers && !error && offset % BLOCK_SIZE + size < BLOCK_SIZE)
		read_pointers_early(inode, minix_get(pointer, size));
	brelse(bh);
	return error;
}

/*
 * Finds the way to zone number *n of a file: the pointer in the inode, the
 * levels of pointers below that (0: it names the zone itself), and in *n the
 * number among the zones below. Returns false if the format has no such zone.
 */
static bool locate(const struct minix_info *info, u32 *n, u32 *slot, u32 *level)
{
	*slot = *n;
	*level = 0;
	if (*n < MINIX_DIRECT)
		return true;
	*n -= MINIX_DIRECT;
	while (++*level <= info->format->levels) {
		u32 span = 1u << *level * info->pointer_shift;

		*slot = MINIX_DIRECT + *level - 1;
		if (*n < span)
			return true;
		*n -= span;
	}
	return false;
}

/*
 * Finds up to `wanted` zones of a file from zone number n on, as far as their
 * pointers lie in one block. Stores the zones from zone[0] on, 0 for holes, and
 * their number in *found.
 */
static int find_zones(struct inode *inode, u32 n, u32 wanted, bool create,
		      u32 *zone, u32 *found)
{
	const struct minix_info *info = minix_info(inode->i_sb);
	u32 slot, level, table;
	int error;

	*found = 1;
	*zone = 0;
	if (!locate(info, &n, &slot, &level))
		return -EFBIG;
	error = direct_zone(inode, slot, create, level > 0, &table);
	while (!error && table && level > 1) {
		u32 shift = --level * info->pointer_shift;

		error = indirect_zones(inode, table, n >> shift, 1, create,
				       true, &table, found);
		n &= (1u << shift) - 1;
	}
	if (error || !table)
		return error;
	if (level == 1)
		return indirect_zones(inode, table, n, wanted, create, false,
				      zone, found);
	*zone = table;
	return 0;
}

/*
 * Stores in where[] the device's blocks that hold n blocks of a file: 0 for a
 * hole, which create fills. With create the caller has locked the inode.
 * Returns -EFBIG beyond the format's limit, -ENOSPC, -EIO, -ENOMEM.
 */
int minix_map_blocks(struct inode *inode, u32 first, u32 n, bool create,
		     u32 *where)
{
	u32 shift = minix_info(inode->i_sb)->zone_shift;
	u32 rest = (1u << shift) - 1, found;
	int error = 0;

	for (u32 done = 0; done < n && !error; done += found) {
		u32 block = first + done;

		error = find_zones(inode, block >> shift, shift ? 1 : n - done,
				   create, where + done, &found);
		if (where[done] && shift)
			where[done] = (where[done] << shift) + (block & rest);
	}
	return error;
}

/* Frees an inode on the medium when its last link and last user are gone. */
void minix_delete_inode(struct inode *inode)
{
	if (!is_device(inode))
		minix_truncate(inode, 0);
	inode->i_mode = 0;
	inode->i_size = 0;
	inode->i_rdev = 0;
	memset(inode->i_zone, 0, sizeof(inode->i_zone));
	minix_write_inode(inode);
	minix_free_ino(inode->i_sb, inode->i_ino);
}
