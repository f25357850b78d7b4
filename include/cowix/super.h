/* File systems: their types, and those that are mounted. */
#ifndef COWIX_SUPER_H
#define COWIX_SUPER_H

#include <cowix/list.h>

struct inode;
struct seq;
struct super_block;
struct write_batch;

struct file_system_type {
	struct list link;
	const char *name;
	bool needs_device;	/* else nothing is written: all is in memory */
	u32 flags;		/* that all of its mounts have */
	int (*read_super)(struct super_block *sb);
};

struct super_ops {
	int (*read_inode)(struct inode *inode);
	int (*write_inode)(struct inode *inode);
	/* or NULL: begins to write the blocks that have inodes; bitmaps */
	void (*begin_inode)(struct inode *inode, struct write_batch *batch);
	void (*begin_maps)(struct super_block *sb, struct write_batch *batch);
	/* last link and last reference gone: free it on the medium */
	void (*delete_inode)(struct inode *inode);
	void (*put_super)(struct super_block *sb);	/* or NULL */
	/* or NULL: all are 0 */
	void (*statfs)(struct super_block *sb, u32 *blocks, u32 *free,
		       u32 *inodes, u32 *free_inodes);
	/* options of mount(); absent: there are none */
	int (*set_options)(struct super_block *sb, char *options, bool remount);
	void (*show_options)(struct super_block *sb, struct seq *s);
};

struct super_block {
	struct list link;
	struct list s_inodes;	/* in memory, the longest unused first */
	const struct file_system_type *s_type;
	kdev_t s_dev;
	u32 s_synced;		/* what was done before that sync is durable */
	u32 s_linked;		/* sync_clock at the last link() */
	u32 s_flags;		/* MS_RDONLY, MS_NOSUID, MS_NODEV... */
	bool s_read_ahead;	/* its device is slower than memory */
	bool s_transient;	/* its inodes go with their last user */
	bool s_cache_names;	/* its names are remembered */
	bool s_keeps_names;	/* all of them are in the name cache */
	bool s_seconds;		/* times of files are u32, in seconds */
	u32 s_name_max, s_magic;
	const struct super_ops *s_op;
	struct inode *s_root, *s_covered;
	char *s_device;		/* as mount named it */
	char *s_dir;		/* the path from the root */
	void *s_private;
};

/* fs/filesystems.c */
void register_file_system(struct file_system_type *type);
const struct file_system_type *find_file_system(const char *name);
void show_filesystems(struct seq *s);

/* fs/super.c */
struct super_block *get_super(const struct file_system_type *type, kdev_t dev,
			      char *options, int *error);
void free_super(struct super_block *sb);
int set_options(struct super_block *sb, char *options, bool remount);

/* fs/mounts.c */
extern struct list mounts;
struct super_block *find_mount(kdev_t dev);
void begin_mounting(void);
void end_mounting(void);
void mounts_synced(u32 when);

/* fs/mount.c */
void show_mounts(struct seq *s);
void show_mountinfo(struct seq *s);

/* fs/root.c */
int mount_root(void);

/* fs/minix/minix_super.c, fs/proc/proc.c, fs/tmpfs/tmpfs.c, fs/devpts.c */
extern struct file_system_type minix_type, proc_type, tmpfs_type, devpts_type;

#endif
