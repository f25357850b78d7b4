/* Shared by the files of tmpfs. */
#ifndef FS_TMPFS_H
#define FS_TMPFS_H

#include <cowix/fs.h>

struct tmpfs_options {
	u32 pages, inodes;		/* limits; 0: none */
	u32 mode, uid, gid;		/* of the root */
};

/* A mounted file system. */
struct tmpfs {
	u32 pages, inodes;		/* in use */
	struct tmpfs_options options;
	u32 last_ino;
};

/* Lies in an inode where other file systems have zones. */
struct tmpfs_node {
	struct list *reader;		/* the entry that the last one wants */
	u32 next_position;		/* of the next entry */
	u32 parent;			/* inode number of its `..` */
	u32 pages;			/* with data, for the limit */
};

_Static_assert(sizeof(struct tmpfs_node) <=
		       sizeof(((struct inode *)0)->i_zone),
	       "a node lies where the zones do");

static inline struct tmpfs *tmpfs_of(const struct inode *inode)
{
	return inode->i_sb->s_private;
}

static inline struct tmpfs_node *tmpfs_node(struct inode *inode)
{
	return (struct tmpfs_node *)inode->i_zone;
}

/* tmpfs.c */
struct inode *tmpfs_new_inode(struct super_block *sb, struct inode *dir,
			      u32 mode, kdev_t rdev, int *error);

/* tmpfs_dir.c */
void tmpfs_init_dir(struct inode *inode, u32 parent_ino);
int tmpfs_lookup(struct inode *dir, const char *name, u32 length, u32 *ino);
int tmpfs_create(struct inode *dir, const char *name, u32 length,
		 const struct new_node *node, struct inode **result);
int tmpfs_link(struct inode *dir, const char *name, u32 length,
	       struct inode *inode);
int tmpfs_unlink(struct inode *dir, const char *name, u32 length,
		 struct inode *inode);
int tmpfs_rmdir(struct inode *dir, const char *name, u32 length,
		struct inode *inode);
int tmpfs_rename(struct inode *from_dir, const char *from, u32 from_length,
		 struct inode *inode, struct inode *to_dir, const char *to,
		 u32 to_length, struct inode *replaced);
int tmpfs_readdir(struct file *file, dirent_fill *fill, void *context);

/* tmpfs_options.c */
int tmpfs_parse(struct tmpfs_options *o, char *list);

#endif
