/* The Minix file system, version 1, on the medium (A. Tanenbaum, "Operating Systems: Design and Implementation", 1987). */
#ifndef COWIX_MINIX_FS_H
#define COWIX_MINIX_FS_H

#include <cowix/fs.h>

#define MINIX_MAGIC_14		0x137F		/* names of 14 characters */
#define MINIX_MAGIC_30		0x138F		/* names of 30 characters */
#define MINIX_ROOT_INO		1
#define MINIX_SUPER_BLOCK	1
#define MINIX_DIRECT		7
#define MINIX_INDIRECT		7		/* index in zone[] */
#define MINIX_DOUBLE		8
#define MINIX_ZONES		9
#define MINIX_LINK_MAX		250
#define MINIX_MAPS		16		/* bitmap blocks at most: 65,535 inodes and zones take 8 each */
#define MINIX_STATE_CLEAN	1

struct minix_super {
	u16 inodes, zones, inode_map_blocks, zone_map_blocks, first_data_zone, log_zone_size;
	u32 max_size;
	u16 magic, state;
};

struct minix_inode {
	u16 mode, uid;
	u32 size, mtime;
	u8 gid, nlinks;
	u16 zone[MINIX_ZONES];
};

#define MINIX_INODES_A_BLOCK	(BLOCK_SIZE / sizeof(struct minix_inode))
#define MINIX_POINTERS_A_BLOCK	(BLOCK_SIZE / sizeof(u16))
#define MINIX_BITS_A_BLOCK	(BLOCK_SIZE * 8)

/* The super block in memory. The bitmaps stay loaded while mounted. */
struct minix_info {
	struct minix_super super;
	u32 name_size, entry_size;
	u32 inode_hint, zone_hint;		/* where the last free bit was found */
	struct buffer_head *super_bh, *inode_map[MINIX_MAPS], *zone_map[MINIX_MAPS];
};

static inline struct minix_info *minix_info(const struct super_block *sb)
{
	return sb->s_private;
}

/* minix_bitmap.c */
u32 minix_new_zone(struct super_block *sb);			/* marked used; 0: the disk is full */
void minix_free_zone(struct super_block *sb, u32 zone);
u32 minix_new_ino(struct super_block *sb);			/* 0: none left */
void minix_free_ino(struct super_block *sb, u32 ino);
u32 minix_count_free(struct buffer_head *const *map, u32 bits);
bool minix_valid_zone(const struct super_block *sb, u32 zone);

/* minix_inode.c */
void minix_set_operations(struct inode *inode);
int minix_read_inode(struct inode *inode);
int minix_write_inode(struct inode *inode);
void minix_delete_inode(struct inode *inode);
int minix_bmap(struct inode *inode, u32 block, bool create, u32 *zone);
int minix_truncate(struct inode *inode, u32 size);

/* minix_dir.c */
extern const struct inode_ops minix_inode_ops;
extern const struct file_ops minix_dir_fops;

#endif
