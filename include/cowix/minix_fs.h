/*
 * The Minix file system (A. Tanenbaum, "Operating Systems: Design and
 * Implementation"). Version 1 is of 1987. Version 2 has 32-bit zone numbers and
 * a third level of pointers. Version 3 has names of 60 characters and a choice
 * of block sizes. The medium holds, in zones: boot block, super block, bitmap
 * of inodes, bitmap of zones, inodes, data. Only fs/minix/minix_format.c knows
 * how the versions differ.
 *
 * The file system counts in zones. The caches count in blocks of BLOCK_SIZE, of
 * which a zone has 1, 2 or 4.
 */
#ifndef COWIX_MINIX_FS_H
#define COWIX_MINIX_FS_H

#include <cowix/fs.h>

#define MINIX_ROOT_INO		1
#define MINIX_SUPER_BLOCK	1	/* a block of the cache, not a zone */
#define MINIX_FIRST_MAP		2	/* a zone */
#define MINIX_DIRECT		7u	/* pointers in an inode to data */
#define MINIX_BITS_A_BLOCK	(BLOCK_SIZE * 8)
/* the most blocks of both bitmaps together: 8 million bits */
#define MINIX_MAPS		(PAGE_SIZE / sizeof(struct buffer_head *))

struct minix_info;

/* How a version differs from the others. */
struct minix_format {
	u16 magic, magic_offset;	/* in the super block */
	u8 name_size, number_size;	/* of a directory entry's parts */
	u8 inode_size, pointer_size;	/* bytes */
	u8 levels;			/* of blocks of pointers */
	u16 link_max;
	void (*read_super)(struct minix_info *info, const void *super);
	void (*read_inode)(struct inode *inode, const void *slot);
	void (*write_inode)(const struct inode *inode, void *slot);
};

/*
 * A bitmap of inodes or zones, loaded while mounted. The hint only goes
 * forward, so that a freed bit is taken again as late as possible.
 */
struct minix_map {
	struct buffer_head **blocks;
	u32 bits;
	u32 hint;		/* where the search for a free bit begins */
	u32 freed;		/* the first bit from there on that was freed */
	u32 freed_when;		/* sync_clock at the last freeing */
};

/* The super block in memory. */
struct minix_info {
	struct list link;	/* of all, even while they are mounted */
	const struct minix_format *format;
	u32 inodes, zones;
	u32 inode_map_zones, zone_map_zones, first_data_zone;
	u32 log_zone_size;	/* as on the medium: 0 */
	u32 zone_size;		/* bytes */
	u32 zone_shift;		/* zone << zone_shift: its first cache block */
	u32 pointer_shift;	/* 1 << pointer_shift: pointers a zone */
	u32 entry_size;		/* of a directory */
	u32 max_size;		/* of a file */
	u32 complaints;		/* printed so far */
	struct minix_map inode_map, zone_map;	/* share a page of blocks */
};

static inline struct minix_info *minix_info(const struct super_block *sb)
{
	return sb->s_private;
}

/* Returns a number of 2 or 4 bytes on the medium. */
static inline u32 minix_get(const void *number, u32 size)
{
	if (size == sizeof(u16))
		return *(const u16 *)number;
	return *(const u32 *)number;
}

static inline void minix_put(void *number, u32 size, u32 value)
{
	if (size == sizeof(u16))
		*(u16 *)number = value;
	else
		*(u32 *)number = value;
}

/* minix_format.c */
const struct minix_format *minix_identify(const void *super);

/* minix_super.c */
void minix_damage(struct super_block *sb, const char *what, u32 number);

/* minix_bitmap.c */
u32 minix_new_zone(struct super_block *sb);		/* 0: none left */
void minix_free_zone(struct super_block *sb, u32 zone);
u32 minix_new_ino(struct super_block *sb);		/* 0: none left */
void minix_free_ino(struct super_block *sb, u32 ino);
void minix_begin_maps(struct super_block *sb, struct write_batch *batch);
u32 minix_count_free(const struct minix_map *map);
bool minix_valid_zone(const struct super_block *sb, u32 zone);
bool minix_zone_in_use(const struct super_block *sb, u32 zone);

/* minix_inode.c */
void minix_set_operations(struct inode *inode);
int minix_read_inode(struct inode *inode);
int minix_write_inode(struct inode *inode);
int minix_write_new_inode(struct inode *inode);
bool minix_is_unwritten(const struct inode *inode);
int minix_begin_name(struct buffer_head *bh, struct inode *inode);
void minix_name_new(struct buffer_head *bh, struct inode *inode);
void minix_begin_inode(struct inode *inode, struct write_batch *batch);
void minix_delete_inode(struct inode *inode);
int minix_map_blocks(struct inode *inode, u32 first, u32 n, bool create,
		     u32 *where);

/* minix_truncate.c */
int minix_truncate(struct inode *inode, u32 size);

/* minix_entry.c */
/* The place of an entry in a directory. */
struct minix_place {
	struct inode *dir;
	u32 n;				/* the entry's number in dir */
	struct buffer_head *bh;		/* to be released by the caller */
	u8 *entry;			/* in bh: inode number, name */
	u32 size;			/* of an entry */
	u32 left;			/* entries in bh, with this one */
	const struct minix_format *format;
};

static inline u32 minix_ino_at(const struct minix_place *place)
{
	return minix_get(place->entry, place->format->number_size);
}

static inline char *minix_name_at(const struct minix_place *place)
{
	return (char *)place->entry + place->format->number_size;
}

/* Moves place to the next entry if the same block has one. */
static inline bool minix_next_place(struct minix_place *place)
{
	place->n++;
	place->entry += place->size;
	return --place->left > 0;
}

static inline u32 minix_entry_count(const struct inode *dir)
{
	return dir->i_size / minix_info(dir->i_sb)->entry_size;
}

void minix_set_ino(struct minix_place *place, u32 ino);
int minix_get_place(struct inode *dir, u32 n, struct minix_place *place);
void minix_read_dir_early(struct inode *dir, u32 n);
int minix_find_entry(struct inode *dir, const char *name, u32 length,
		     struct minix_place *place);
int minix_make_place(struct inode *dir, struct minix_place *place);
void minix_set_entry(struct minix_place *place, const char *name, u32 length,
		     u32 ino);
void minix_clear_entry(struct inode *dir, struct minix_place *place,
		       struct inode *inode);

/* minix_dir.c */
extern const struct inode_ops minix_inode_ops;
extern const struct file_ops minix_dir_fops;

#endif
