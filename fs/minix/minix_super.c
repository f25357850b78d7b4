/*
 * Mounting a Minix file system. Its super block is checked field by field
 * before anything relies on it.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <asm/system.h>
#include <abi/errno.h>

#define COMPLAINTS_MAX	8

/*
 * Returns the bits of the map of inodes. Bit 0 of each map is not used: inode n
 * is bit n, zone first_data_zone + n is bit n + 1.
 */
static u32 inode_bits(const struct minix_info *info)
{
	return info->inodes + 1;
}

static u32 zone_bits(const struct minix_info *info)
{
	return info->zones - info->first_data_zone + 1;
}

static u32 blocks_for(u32 bits)
{
	return (bits + MINIX_BITS_A_BLOCK - 1) / MINIX_BITS_A_BLOCK;
}

/*
 * Returns what is wrong with a super block, whose zones have a possible size,
 * or NULL. Each check comes after those on which it relies, so that no sum
 * overflows.
 */
static const char *check_counts(const struct minix_info *info,
				u32 device_blocks)
{
	u32 inodes_a_zone = info->zone_size / info->format->inode_size;
	u32 inode_table =
		MINIX_FIRST_MAP + info->inode_map_zones + info->zone_map_zones;
	u32 table_zones = (info->inodes + inodes_a_zone - 1) / inodes_a_zone;

	if (info->log_zone_size != 0)
		return "zones are larger than blocks";
	if (info->zones > device_blocks / (info->zone_size / BLOCK_SIZE))
		return "more zones than the device has";
	if (info->inodes == 0 ||
	    info->inodes / inodes_a_zone >= info->first_data_zone)
		return "impossible number of inodes";
	if (info->first_data_zone >= info->zones ||
	    info->first_data_zone < inode_table + table_zones)
		return "first data zone out of place";
	if (info->inode_map_zones * info->zone_size * 8 < inode_bits(info) ||
	    info->zone_map_zones * info->zone_size * 8 < zone_bits(info))
		return "bitmaps of the wrong size";
	if (blocks_for(inode_bits(info)) + blocks_for(zone_bits(info)) >
	    MINIX_MAPS)
		return "too large";
	return NULL;
}

/* The same for any super block. Other checks divide by the size of zones. */
static const char *check_super(const struct minix_info *info, u32 device_blocks)
{
	if (info->zone_size != BLOCK_SIZE &&
	    info->zone_size != 2 * BLOCK_SIZE &&
	    info->zone_size != 4 * BLOCK_SIZE)
		return "the block size is not 1, 2 or 4 KB";
	return check_counts(info, device_blocks);
}

/* Computes the sizes that follow from the format. */
static void derive_sizes(struct minix_info *info)
{
	const struct minix_format *format = info->format;
	u32 zones = MINIX_DIRECT;

	info->zone_shift = bit_scan_forward(info->zone_size / BLOCK_SIZE);
	info->pointer_shift =
		bit_scan_forward(info->zone_size / format->pointer_size);
	info->entry_size = format->number_size + format->name_size;
	for (u32 level = 1; level <= format->levels; level++)
		zones += 1u << level * info->pointer_shift;
	info->max_size = FILE_SIZE_MAX;
	if (zones <= FILE_SIZE_MAX / info->zone_size)
		info->max_size = zones * info->zone_size;
}

static LIST_HEAD(infos);

static void release_info(struct minix_info *info)
{
	struct buffer_head **blocks = info->inode_map.blocks;

	for (u32 i = 0; blocks && i < MINIX_MAPS; i++)
		if (blocks[i])
			brelse(blocks[i]);
	if (blocks)
		kpage_free(blocks);
	list_unlink(&info->link);
	kfree(info);
}

/* Reports the pages that hold the blocks of bitmaps to the audit. */
void recount_minix(found_page *found)
{
	list_for_each(node, &infos) {
		const struct minix_info *info =
			list_entry(node, struct minix_info, link);

		if (info->inode_map.blocks)
			found(OWNER_MOUNT, info->inode_map.blocks);
	}
}

static int read_map(struct super_block *sb, struct minix_map *map, u32 zone)
{
	u32 start = zone << minix_info(sb)->zone_shift;
	int error = 0;

	for (u32 i = 0; i < blocks_for(map->bits) && !error; i++)
		map->blocks[i] = bread(sb->s_dev, start + i, &error);
	return error;
}

static int read_maps(struct super_block *sb, struct minix_info *info)
{
	struct minix_map *inodes = &info->inode_map, *zones = &info->zone_map;
	int error;

	inodes->blocks = kpage_zalloc(OWNER_MOUNT);
	if (!inodes->blocks)
		return -ENOMEM;
	inodes->bits = inodes->freed = inode_bits(info);
	zones->bits = zones->freed = zone_bits(info);
	inodes->hint = zones->hint = 1;		/* 0 is never free */
	zones->blocks = inodes->blocks + blocks_for(inodes->bits);
	error = read_map(sb, inodes, MINIX_FIRST_MAP);
	if (error)
		return error;
	return read_map(sb, zones, MINIX_FIRST_MAP + info->inode_map_zones);
}

/*
 * Reads super block and bitmaps. Returns -EINVAL, and prints why, if the file
 * system cannot be trusted; -EIO, -ENOMEM.
 */
static int read_super(struct super_block *sb, struct minix_info *info)
{
	const char *fault = "not a Minix file system";
	struct buffer_head *bh;
	int error;

	bh = bread(sb->s_dev, MINIX_SUPER_BLOCK, &error);
	if (!bh)
		return error;
	info->format = minix_identify(bh->data);
	if (info->format) {
		info->format->read_super(info, bh->data);
		fault = check_super(info, blkdev_blocks(sb->s_dev));
	}
	brelse(bh);
	if (fault) {
		printk("minix: device %x: %s\n", sb->s_dev, fault);
		return -EINVAL;
	}
	derive_sizes(info);
	return read_maps(sb, info);
}

static void minix_put_super(struct super_block *sb)
{
	release_info(minix_info(sb));
}

static void minix_statfs(struct super_block *sb, u32 *blocks, u32 *free,
			 u32 *inodes, u32 *free_inodes)
{
	const struct minix_info *info = minix_info(sb);

	*blocks = info->zones << info->zone_shift;
	*free = minix_count_free(&info->zone_map) << info->zone_shift;
	*inodes = info->inodes;
	*free_inodes = minix_count_free(&info->inode_map);
}

static const struct super_ops minix_super_ops = {
	.read_inode = minix_read_inode,
	.write_inode = minix_write_inode,
	.begin_inode = minix_begin_inode,
	.begin_maps = minix_begin_maps,
	.delete_inode = minix_delete_inode,
	.put_super = minix_put_super,
	.statfs = minix_statfs,
};

/* Prints what is damaged, at most COMPLAINTS_MAX times a mount. */
void minix_damage(struct super_block *sb, const char *what, u32 number)
{
	if (minix_info(sb)->complaints++ < COMPLAINTS_MAX)
		printk("minix: device %x is damaged: %s %u\n", sb->s_dev, what,
		       number);
}

static int get_root(struct super_block *sb)
{
	int error;

	sb->s_root = iget(sb, MINIX_ROOT_INO, &error);
	if (error || S_ISDIR(sb->s_root->i_mode))
		return error;
	minix_damage(sb, "the root is no directory: inode", MINIX_ROOT_INO);
	iput(sb->s_root);
	drop_inodes(sb);
	return -EINVAL;
}

/* Fills sb from its device. Called by mount. Returns -EINVAL, -EIO, -ENOMEM. */
static int minix_read_super(struct super_block *sb)
{
	struct minix_info *info = kzalloc(sizeof(*info));
	int error;

	if (!info)
		return -ENOMEM;
	list_add(&info->link, &infos);
	sb->s_private = info;
	error = read_super(sb, info);
	if (!error) {
		sb->s_op = &minix_super_ops;
		sb->s_name_max = info->format->name_size;
		sb->s_cache_names = true;
		sb->s_magic = info->format->magic;
		sb->s_seconds = true;
		error = get_root(sb);
	}
	if (error)
		release_info(info);
	return error;
}

struct file_system_type minix_type = {
	.name = "minix", .needs_device = true,
	.read_super = minix_read_super,
};
