/*
 * Minix volumes: super block, inodes, directories and pointers. The input has
 * the super block, then the beginnings of a few blocks, which come again and
 * again over the device. The volume is mounted, and the root's names are looked
 * up.
 * Sources: fs/minix/minix_format.c fs/minix/minix_super.c
 *	fs/minix/minix_bitmap.c fs/minix/minix_inode.c fs/minix/minix_entry.c
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/mm.h>
#include <cowix/blkdev.h>
#include "native.h"

#define DEVICE_BLOCKS	400u
#define SUPER_SIZE	32u
#define KINDS		8u	/* blocks that differ */
#define CHUNK		128u	/* of a block; the rest is zero */

const struct inode_ops minix_inode_ops;
const struct file_ops minix_dir_fops;
u32 writes_begun, sync_clock;

static const u8 *input;
static size_t input_size;
static u32 in_use;		/* buffers */

static void copy_input(void *to, u32 from, u32 n)
{
	if (from < input_size)
		memcpy(to, input + from, min_u32(n, input_size - from));
}

struct buffer_head *bread(kdev_t dev, u32 block, int *error)
{
	struct buffer_head *bh = kzalloc(sizeof(*bh));

	must(block < DEVICE_BLOCKS);
	bh->dev = dev;
	bh->block = block;
	bh->data = kzalloc(BLOCK_SIZE);
	if (block == MINIX_SUPER_BLOCK)
		copy_input(bh->data, 0, SUPER_SIZE);
	else
		copy_input(bh->data, SUPER_SIZE + block % KINDS * CHUNK, CHUNK);
	in_use++;
	*error = 0;
	return bh;
}

void brelse(struct buffer_head *bh)
{
	kfree(bh->data);
	kfree(bh);
	in_use--;
}

u32 blkdev_blocks(kdev_t dev)
{
	(void)dev;
	return DEVICE_BLOCKS;
}

void *kpage_zalloc(enum page_owner owner)
{
	(void)owner;
	return kzalloc(PAGE_SIZE);
}

void kpage_free(void *page)
{
	kfree(page);
}

struct inode *iget(struct super_block *sb, u32 ino, int *error)
{
	struct inode *inode = kzalloc(sizeof(*inode));

	inode->i_sb = sb;
	inode->i_ino = ino;
	*error = sb->s_op->read_inode(inode);
	if (!*error)
		return inode;
	kfree(inode);
	return NULL;
}

void iput(struct inode *inode)
{
	kfree(inode);
}

void drop_inodes(struct super_block *sb)
{
	(void)sb;
}

void set_file_ops(struct inode *inode, const struct file_ops *directory)
{
	(void)inode;
	(void)directory;
}

static void look_up(struct inode *dir, const char *name)
{
	struct minix_place place;

	if (minix_find_entry(dir, name, strlen(name), &place))
		return;
	must(memcmp(minix_name_at(&place), name, strlen(name)) == 0);
	brelse(place.bh);
}

static void map_some(struct inode *inode)
{
	u32 where[8];

	for (u32 first = 0; first < 1u << 28; first = first * 5 + 1)
		if (!minix_map_blocks(inode, first, 8, false, where))
			for (u32 i = 0; i < 8; i++)
				must(where[i] < DEVICE_BLOCKS);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct super_block sb = { .s_dev = 1 };
	u32 blocks, free, inodes, free_inodes;

	input = data;
	input_size = size;
	if (minix_type.read_super(&sb) == 0) {
		look_up(sb.s_root, "a");
		look_up(sb.s_root, "longer than fourteen");
		map_some(sb.s_root);
		sb.s_op->statfs(&sb, &blocks, &free, &inodes, &free_inodes);
		must(free <= blocks && free_inodes <= inodes);
		iput(sb.s_root);
		sb.s_op->put_super(&sb);
	}
	must(in_use == 0);
	return 0;
}
