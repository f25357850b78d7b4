/*
 * Minix: inodes on the medium, and the way from a block of a file to its zone: seven direct pointers, one block of pointers, one block of
 * pointers to such blocks. Pointers come from the medium and are checked.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/time.h>
#include <abi/errno.h>

#define DIRECT_AND_SINGLE	(MINIX_DIRECT + MINIX_POINTERS_A_BLOCK)
#define MAX_BLOCKS		(DIRECT_AND_SINGLE + MINIX_POINTERS_A_BLOCK * MINIX_POINTERS_A_BLOCK)

/* The buffer with an inode's slot, referenced, and the slot. */
static struct minix_inode *read_slot(const struct inode *inode, struct buffer_head **bh, int *error)
{
	const struct minix_super *s = &minix_info(inode->i_sb)->super;
	u32 index = inode->i_ino - 1;

	if (inode->i_ino == 0 || inode->i_ino > s->inodes) {
		printk("minix: device %x: no inode %u\n", inode->i_dev, inode->i_ino);
		*error = -EIO;
		return NULL;
	}
	*bh = bread(inode->i_dev, MINIX_SUPER_BLOCK + 1 + s->inode_map_blocks + s->zone_map_blocks + index / MINIX_INODES_A_BLOCK,
		    error);
	return *bh ? &((struct minix_inode *)(*bh)->data)[index % MINIX_INODES_A_BLOCK] : NULL;
}

/* The operations that fit what the inode is. */
void minix_set_operations(struct inode *inode)
{
	inode->i_op = &minix_inode_ops;
	if (S_ISDIR(inode->i_mode))
		inode->i_fop = &minix_dir_fops;
	else if (S_ISCHR(inode->i_mode))
		inode->i_fop = &chrdev_fops;
	else if (S_ISBLK(inode->i_mode))
		inode->i_fop = &blkdev_fops;
	else if (S_ISFIFO(inode->i_mode))
		inode->i_fop = &pipe_fops;
	else
		inode->i_fop = &regular_fops;
}

static bool is_device(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode);
}

int minix_read_inode(struct inode *inode)
{
	struct buffer_head *bh;
	int error;
	const struct minix_inode *slot = read_slot(inode, &bh, &error);

	if (!slot)
		return error;
	inode->i_mode = slot->mode;
	inode->i_uid = slot->uid;
	inode->i_gid = slot->gid;
	inode->i_nlink = slot->nlinks;
	inode->i_size = slot->size;
	inode->i_atime = inode->i_mtime = inode->i_ctime = slot->mtime;
	for (u32 i = 0; i < MINIX_ZONES; i++)
		inode->i_zone[i] = slot->zone[i];
	if (is_device(inode))
		inode->i_rdev = slot->zone[0];
	brelse(bh);
	if (inode->i_nlink == 0 || inode->i_size > MAX_BLOCKS * BLOCK_SIZE) {
		printk("minix: device %x: inode %u is damaged\n", inode->i_dev, inode->i_ino);
		return -EIO;
	}
	minix_set_operations(inode);
	return 0;
}

int minix_write_inode(struct inode *inode)
{
	struct buffer_head *bh;
	int error;
	struct minix_inode *slot = read_slot(inode, &bh, &error);

	if (!slot)
		return error;
	slot->mode = inode->i_mode;
	slot->uid = inode->i_uid;
	slot->gid = inode->i_gid;
	slot->nlinks = inode->i_nlink;
	slot->size = inode->i_size;
	slot->mtime = inode->i_mtime;
	for (u32 i = 0; i < MINIX_ZONES; i++)
		slot->zone[i] = inode->i_zone[i];
	if (is_device(inode))
		slot->zone[0] = inode->i_rdev;
	mark_buffer_dirty(bh);
	brelse(bh);
	return 0;
}

/* A zone for a file; a block of pointers must start as zeroes. 0 with *error -ENOSPC, -ENOMEM. */
static u32 new_zone(struct inode *inode, bool clear, int *error)
{
	u32 zone = minix_new_zone(inode->i_sb);

	*error = zone ? 0 : -ENOSPC;
	if (zone && clear)
		*error = clear_block(inode->i_dev, zone);
	if (!*error)
		return zone;
	if (zone)
		minix_free_zone(inode->i_sb, zone);
	return 0;
}

static int check_zone(const struct inode *inode, u32 zone)
{
	if (zone == 0 || minix_valid_zone(inode->i_sb, zone))
		return 0;
	printk("minix: device %x: inode %u refers to zone %u\n", inode->i_dev, inode->i_ino, zone);
	return -EIO;
}

/* A pointer in the inode itself. */
static int direct_zone(struct inode *inode, u32 index, bool create, bool pointers, u32 *zone)
{
	int error = 0;

	*zone = inode->i_zone[index];
	if (*zone == 0 && create) {
		*zone = new_zone(inode, pointers, &error);
		if (*zone) {
			inode->i_zone[index] = *zone;
			mark_inode_dirty(inode);
		}
	}
	return error ? error : check_zone(inode, *zone);
}

/* A pointer in the block `table` of pointers. */
static int indirect_zone(struct inode *inode, u32 table, u32 index, bool create, bool pointers, u32 *zone)
{
	int error;
	struct buffer_head *bh = bread(inode->i_dev, table, &error);
	u16 *pointer;

	if (!bh)
		return error;
	pointer = (u16 *)bh->data + index;
	*zone = *pointer;
	if (*zone == 0 && create) {
		*zone = new_zone(inode, pointers, &error);
		if (*zone) {
			*pointer = *zone;
			mark_buffer_dirty(bh);
		}
	}
	brelse(bh);
	return error ? error : check_zone(inode, *zone);
}

/*
 * The zone that holds a block of a file: 0 for a hole, which create fills. -EFBIG beyond what the format can express, -ENOSPC, -EIO, -ENOMEM.
 * Called with the inode locked if create.
 */
int minix_bmap(struct inode *inode, u32 block, bool create, u32 *zone)
{
	u32 index;
	int error;

	*zone = 0;
	if (block < MINIX_DIRECT)
		return direct_zone(inode, block, create, false, zone);
	if (block >= MAX_BLOCKS)
		return -EFBIG;
	if (block < DIRECT_AND_SINGLE) {
		index = block - MINIX_DIRECT;
		error = direct_zone(inode, MINIX_INDIRECT, create, true, zone);
	} else {
		index = block - DIRECT_AND_SINGLE;
		error = direct_zone(inode, MINIX_DOUBLE, create, true, zone);
		if (error || *zone == 0)
			return error;
		error = indirect_zone(inode, *zone, index / MINIX_POINTERS_A_BLOCK, create, true, zone);
		index %= MINIX_POINTERS_A_BLOCK;
	}
	if (error || *zone == 0)
		return error;
	return indirect_zone(inode, *zone, index, create, false, zone);
}

static void release_zone(struct inode *inode, u32 zone)
{
	if (minix_valid_zone(inode->i_sb, zone))
		minix_free_zone(inode->i_sb, zone);
}

/*
 * Free what a block of pointers refers to from pointer number `from` on (levels 0: data), and the block itself if nothing is kept. Whether
 * it was freed. A block that cannot be read is kept with all it refers to: fsck's business.
 */
static bool free_pointers(struct inode *inode, u32 table, u32 from, u32 level)
{
	u32 span = level ? MINIX_POINTERS_A_BLOCK : 1;
	struct buffer_head *bh;
	int error;

	if (!minix_valid_zone(inode->i_sb, table))
		return true;
	bh = bread(inode->i_dev, table, &error);
	if (!bh)
		return false;
	for (u32 i = from / span; i < MINIX_POINTERS_A_BLOCK; i++) {
		u16 *pointer = (u16 *)bh->data + i;
		u32 skip = i == from / span ? from % span : 0;

		if (!*pointer)
			continue;
		if (level) {
			if (!free_pointers(inode, *pointer, skip, level - 1))
				continue;
		} else {
			release_zone(inode, *pointer);
		}
		*pointer = 0;
		mark_buffer_dirty(bh);
	}
	brelse(bh);
	if (from > 0)
		return false;
	release_zone(inode, table);
	return true;
}

static void free_tree(struct inode *inode, u32 slot, u32 first_block, u32 keep, u32 level)
{
	u32 from = keep > first_block ? keep - first_block : 0;

	if (inode->i_zone[slot] && free_pointers(inode, inode->i_zone[slot], from, level))
		inode->i_zone[slot] = 0;
}

/*
 * Cut or extend a file to size; extending makes a hole. Blocks beyond the end go, also those that a failed write has left there. Called with the
 * inode locked.
 */
int minix_truncate(struct inode *inode, u32 size)
{
	u32 keep = (size + BLOCK_SIZE - 1) / BLOCK_SIZE, old_size = inode->i_size;

	if (size > MAX_BLOCKS * BLOCK_SIZE)
		return -EFBIG;
	inode->i_size = size;		/* first: whoever is reading a page now clears what lies beyond */
	if (size < old_size)
		drop_inode_pages(inode, size);
	for (u32 i = keep; i < MINIX_DIRECT; i++) {
		release_zone(inode, inode->i_zone[i]);
		inode->i_zone[i] = 0;
	}
	if (keep < DIRECT_AND_SINGLE)
		free_tree(inode, MINIX_INDIRECT, MINIX_DIRECT, keep, 0);
	free_tree(inode, MINIX_DOUBLE, DIRECT_AND_SINGLE, keep, 1);
	inode->i_mtime = inode->i_ctime = current_time();
	mark_inode_dirty(inode);
	return 0;
}

/* Last link and last user are gone. */
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
