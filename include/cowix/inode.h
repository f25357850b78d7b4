/* fs/inode.c: inodes in memory, and what a file system does with them. */
#ifndef COWIX_INODE_H
#define COWIX_INODE_H

#include <cowix/list.h>
#include <cowix/wait.h>
#include <abi/stat.h>

struct file;
struct file_ops;
struct pipe;
struct super_block;

#define FILE_SIZE_MAX	0x7FFFFFFFu
#define FILE_TYPES	16
#define FILE_TYPE(mode)	(((mode) & S_IFMT) >> 12)

/* What create() is to make: it is whole before it has a name. */
struct new_node {
	u32 mode;
	kdev_t rdev;			/* of a device */
	const char *target;		/* of a symbolic link, else NULL */
};

/* What a file system does with names and files. Directories are locked. */
struct inode_ops {
	/* finds the number of a name; -ENOENT */
	int (*lookup)(struct inode *dir, const char *name, u32 length,
		      u32 *ino);
	int (*create)(struct inode *dir, const char *name, u32 length,
		      const struct new_node *node, struct inode **inode);
	int (*link)(struct inode *dir, const char *name, u32 length,
		    struct inode *inode);
	int (*unlink)(struct inode *dir, const char *name, u32 length,
		      struct inode *inode);
	int (*rmdir)(struct inode *dir, const char *name, u32 length,
		     struct inode *inode);
	int (*rename)(struct inode *from_dir, const char *from, u32 from_length,
		      struct inode *inode, struct inode *to_dir, const char *to,
		      u32 to_length, struct inode *replaced);
	int (*truncate)(struct inode *inode, u32 size);
	/* makes a hole of whole pages; NULL: files have none; locked */
	void (*punch)(struct inode *inode, u32 start, u32 end);
	/* finds n blocks of the device; 0: a hole, and after an error */
	int (*map_blocks)(struct inode *inode, u32 first, u32 n, bool create,
			  u32 *where);
	/* the text of a symbolic link: its length or an error */
	int (*readlink)(struct inode *link, char *buf, u32 size);
	/* where the text only describes it: the inode itself, referenced */
	int (*follow)(struct inode *link, struct inode **inode);
};

struct inode {
	struct list hash_link, sb_link;
	struct list dirty_link;	/* of those that have something to write */
	struct super_block *i_sb;	/* NULL: nameless */
	const struct inode_ops *i_op;
	const struct file_ops *i_fop;
	kdev_t i_dev, i_rdev;
	u16 i_mode;
	u16 i_syncs;		/* writers that need it to stay in that list */
	u16 i_window;		/* how many pages are read ahead at a time */
	bool i_dirty : 1, i_locked : 1, i_valid : 1;
	bool i_lost : 1;	/* data was lost: the next sync must say so */
	bool i_writable : 1;	/* although the file system is not */
	u32 i_ino, i_count;
	u32 i_dir;		/* a directory that has its name; 0: unknown */
	u32 i_named;		/* writes_begun at its only name, or 0 */
	u32 i_name;		/* the block in which its name has changed */
	u32 i_name_at;		/* sync_clock then */
	u32 i_names_at;		/* ... when that was so in several blocks */
	u32 i_after;		/* the block that must be durable before it */
	struct list i_blocks;	/* its buffers that are not clean */
	u32 i_uid, i_gid, i_nlink, i_size;
	s64 i_atime, i_mtime, i_ctime;	/* fs/times.c */
	struct wait_queue i_wait;	/* for the lock */
	struct super_block *i_mount;	/* mounted on this directory */
	struct pipe *i_pipe;
	struct list pages;	/* in the page cache */
	struct list dirty_pages;	/* and perhaps some that were */
	u32 i_nr_dirty;		/* how many are dirty */
	u32 i_page_end;		/* no page has this number or a higher one */
	struct list i_names;	/* in the name cache */
	struct list i_entries;	/* there, too: the names in a directory */
	union {
		u32 i_read_next; /* the next page of a sequential reader */
		u32 i_taken;	/* Minix: entries before it are not free */
	};
	u32 i_ahead;		/* the first page that was not read ahead */
	u32 i_cuts;		/* how often the file was cut short */
	struct list i_locks;	/* owners of advisory locks */
	u32 i_mappings;		/* areas of address spaces that map it */
	/* These two are never both above 0: */
	u32 i_writers;		/* files and mappings that may write */
	u32 i_running;		/* programs, and areas of programs */
	u32 i_zone[10];
};

_Static_assert(sizeof(struct inode) <= 256, "the next size is a third more");

struct inode *iget(struct super_block *sb, u32 ino, int *error);
struct inode *new_inode(struct super_block *sb);
void hash_inode(struct inode *inode);
void iput(struct inode *inode);
void lock_inode(struct inode *inode);
void unlock_inode(struct inode *inode);
void queue_inode(struct inode *inode);
int write_inode(struct inode *inode);
int write_inodes(struct super_block *sb, int (*write)(struct inode *inode));
int shrink_inodes(int wanted);
bool inode_in_memory(const struct super_block *sb, u32 ino);
bool inodes_busy(struct super_block *sb);
bool inodes_written(struct super_block *sb);
void await_inodes(struct super_block *sb);
void drop_inodes(struct super_block *sb);
void inode_init(void);
void register_file_ops(u32 type, const struct file_ops *ops);
void set_file_ops(struct inode *inode, const struct file_ops *directory);
void set_maker(struct inode *inode, const struct inode *dir);
u32 set_id_bits(const struct inode *inode);
void drop_set_id(struct inode *inode);
bool is_owner(const struct inode *inode);
extern u32 nr_inodes;

/* Takes one more reference. */
static inline struct inode *igrab(struct inode *inode)
{
	inode->i_count++;
	return inode;
}

/* Called after an inode was changed: it is to be written. */
static inline void mark_inode_dirty(struct inode *inode)
{
	inode->i_dirty = true;
	if (list_empty(&inode->dirty_link))
		queue_inode(inode);
}

/* Returns an id as it is where there is room up to max only. */
static inline u32 low_id(u32 id, u32 max)
{
	return id > max ? max - 1 : id;
}

#endif
