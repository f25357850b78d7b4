/* Mounting a Minix v1 file system: its super block and bitmaps, checked field by field before anything relies on them. */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <abi/errno.h>

static u32 blocks_for(u32 bits)
{
	return (bits + MINIX_BITS_A_BLOCK - 1) / MINIX_BITS_A_BLOCK;
}

/* Bit 0 of each map is not used: inode n is bit n, zone first_data_zone + n is bit n + 1. */
static u32 zone_bits(const struct minix_super *s)
{
	return s->zones - s->first_data_zone + 1;
}

static const char *check_super(const struct minix_super *s, u32 device_blocks)
{
	u32 inode_blocks = (s->inodes + MINIX_INODES_A_BLOCK - 1) / MINIX_INODES_A_BLOCK;

	if (s->magic != MINIX_MAGIC_14 && s->magic != MINIX_MAGIC_30)
		return "wrong magic number";
	if (s->log_zone_size != 0)
		return "zones are larger than blocks";
	if (s->inodes == 0 || s->zones > device_blocks)
		return "more zones than the device has";
	if (s->first_data_zone >= s->zones ||
	    s->first_data_zone < 2u + s->inode_map_blocks + s->zone_map_blocks + inode_blocks)
		return "first data zone out of place";
	if (s->inode_map_blocks > MINIX_MAPS || s->zone_map_blocks > MINIX_MAPS ||
	    s->inode_map_blocks < blocks_for(s->inodes + 1u) || s->zone_map_blocks < blocks_for(zone_bits(s)))
		return "bitmaps of the wrong size";
	return NULL;
}

static void release_info(struct minix_info *info)
{
	for (u32 i = 0; i < MINIX_MAPS; i++) {
		if (info->inode_map[i])
			brelse(info->inode_map[i]);
		if (info->zone_map[i])
			brelse(info->zone_map[i]);
	}
	if (info->super_bh)
		brelse(info->super_bh);
	kfree(info);
}

static int read_maps(struct super_block *sb, struct minix_info *info)
{
	u32 block = MINIX_SUPER_BLOCK + 1;
	int error = 0;

	for (u32 i = 0; i < info->super.inode_map_blocks && !error; i++)
		info->inode_map[i] = bread(sb->s_dev, block++, &error);
	for (u32 i = 0; i < info->super.zone_map_blocks && !error; i++)
		info->zone_map[i] = bread(sb->s_dev, block++, &error);
	return error;
}

static void minix_put_super(struct super_block *sb)
{
	release_info(minix_info(sb));
}

static void minix_statfs(struct super_block *sb, u32 *blocks, u32 *free, u32 *inodes, u32 *free_inodes)
{
	struct minix_info *info = minix_info(sb);

	*blocks = info->super.zones;
	*free = minix_count_free(info->zone_map, zone_bits(&info->super));
	*inodes = info->super.inodes;
	*free_inodes = minix_count_free(info->inode_map, info->super.inodes + 1);
}

static const struct super_ops minix_super_ops = {
	.read_inode = minix_read_inode,
	.write_inode = minix_write_inode,
	.delete_inode = minix_delete_inode,
	.put_super = minix_put_super,
	.statfs = minix_statfs,
};

/* Fill sb from its device. Called by mount. -EINVAL: not a Minix file system, with a line that says why; -EIO, -ENOMEM. */
int minix_read_super(struct super_block *sb)
{
	struct minix_info *info = kzalloc(sizeof(*info));
	const char *fault;
	int error = -ENOMEM;

	if (!info)
		return error;
	info->super_bh = bread(sb->s_dev, MINIX_SUPER_BLOCK, &error);
	if (!info->super_bh)
		goto fail;
	info->super = *(struct minix_super *)info->super_bh->data;
	fault = check_super(&info->super, blkdev_blocks(sb->s_dev));
	if (fault) {
		printk("minix: device %x: %s\n", sb->s_dev, fault);
		error = -EINVAL;
		goto fail;
	}
	error = read_maps(sb, info);
	if (error)
		goto fail;
	info->name_size = info->super.magic == MINIX_MAGIC_30 ? 30 : 14;
	info->entry_size = info->name_size + sizeof(u16);
	sb->s_private = info;
	sb->s_op = &minix_super_ops;
	sb->s_name_max = info->name_size;
	sb->s_cache_names = true;
	sb->s_magic = info->super.magic;
	sb->s_root = iget(sb, MINIX_ROOT_INO, &error);
	if (!error && !S_ISDIR(sb->s_root->i_mode)) {
		printk("minix: device %x: the root is no directory\n", sb->s_dev);
		iput(sb->s_root);
		drop_inodes(sb);
		error = -EINVAL;
	}
	if (!error)
		return 0;
fail:
	release_info(info);
	return error;
}
