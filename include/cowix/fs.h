/*
 * Files. There are three layers, each knowing only the one below. System calls
 * have names and descriptors. Inodes have the operations of their file system
 * or device. The caches are buffers for a file system's own blocks, and pages
 * for the data of files.
 *
 * Locks. lock_inode() serialises whatever changes an inode or a directory and
 * may sleep; a directory before what it contains. Only rename() locks two of
 * which neither contains the other, and there is but one such rename at a time.
 * Buffers and pages are not locked: whoever needs their contents, or wants them
 * gone, waits for their transfer.
 */
#ifndef COWIX_FS_H
#define COWIX_FS_H

#include <cowix/buffer.h>
#include <cowix/file.h>
#include <cowix/inode.h>
#include <cowix/mm.h>
#include <cowix/name_cache.h>
#include <cowix/page_cache.h>
#include <cowix/sched.h>
#include <cowix/super.h>

struct audit_report;
struct file_lock;
struct flock64;
struct signal_source;

#define PATH_MAX	4096
#define SYMLINKS_MAX	8		/* one inside the other */
#define SYMLINKS_TOTAL	40		/* in one path */

/* The most that one call transfers, whole pages: its answer is signed. */
#define TRANSFER_MAX	PAGE_ROUND_DOWN(0x7FFFFFFFu)

/* fs/init.c */
void fs_tables_init(void);
void fs_init(void);

/* fs/caches.c */
int reclaim_caches(int wanted);
void fs_drop_caches(void);
void fs_audit_counts(struct audit_report *report);

/* fs/namei.c */
enum { FOLLOW = 1, NOFOLLOW = 0 };
int path_lookup(int dirfd, const char *path, int follow, struct inode **inode);
int path_parent(int dirfd, const char *path, struct inode **dir,
		const char **last, u32 *length);
int link_parent(struct inode *start, struct inode *link, char *text,
		struct inode **dir, const char **last, u32 *length);
struct inode *cross_up(struct inode *inode);
int parent_inode(struct inode *dir, struct inode **parent);
int lookup_in(struct inode *dir, const char *name, u32 length,
	      struct inode **inode);
int read_link(struct inode *link, char *buf, u32 size);
int permission(const struct inode *inode, int mask);
bool on_mount_with(const struct inode *inode, u32 flag);
int may_use_device(const struct inode *inode);
bool inode_nosuid(const struct inode *inode);
bool is_empty_path(const char __user *path);
int getname(const char __user *path, char **name);
void putname(char *name);
int user_path(const char __user *path, int follow, struct inode **inode);
int user_path_at(int dirfd, const char __user *path, u32 flags,
		 struct inode **inode);
int open_exec(const char *path, struct inode **inode);
int open_inode(int dirfd, const char *path, u32 flags, u32 mode,
	       struct inode **found);
int kernel_unlink(const char *name);
bool write_core(int sig, const struct signal_source *source);

/* Returns true for "." and "..". */
static inline bool is_dot_dotdot(const char *name, u32 length)
{
	return name[0] == '.' &&
	       (length == 1 || (length == 2 && name[1] == '.'));
}

/* fs/namei_ops.c */
int create_node(const char *path, const struct new_node *node,
		struct inode **inode);

/* fs/fs_struct.c */
struct fs_struct {
	u32 users;
	struct inode *root, *cwd;
	u32 umask;
};

int inode_path(struct inode *inode, char *page, char **path);

/* fs/times.c */
s64 inode_time(const struct inode *inode);
s64 nearest_time(const struct inode *inode, s64 time);
void touch_inode(struct inode *inode);
void inode_changed(struct inode *inode);
struct timespec64 split_time(s64 time);
s64 join_time(s64 seconds, u32 nanoseconds);

static inline s64 from_seconds(u32 seconds)
{
	return (s64)seconds * NSEC_A_SECOND;
}

/* fs/read_write.c */
extern const struct file_ops regular_fops;
bool has_position(const struct inode *inode);
bool hold_position(struct file *file);
void release_position(struct file *file);
int read_file(struct file *file, char __user *buf, u32 count, loff_t *pos);
int write_file(struct file *file, const char __user *buf, u32 count,
	       loff_t *pos);
int finish_write(struct file *file, int n);
int get_seekable(int fd, loff_t pos, struct file **file);
int kernel_read(struct inode *inode, u32 offset, void *buf, u32 n);
int inode_write(struct inode *inode, const void *buf, u32 count, loff_t *pos,
		bool user);
int write_link(struct inode *inode, const char *target);
int read_link_text(struct inode *link, char *buf, u32 size);

/* fs/pieces.c: memory from where a call takes data, or where it puts it */
struct pieces {
	const struct iovec __user *next;
	u32 count;			/* pieces there */
	u8 __user *at;			/* the rest of the piece before */
	u32 left;
};

int get_pieces(struct pieces *pieces, const struct iovec __user *vector,
	       u32 count, bool own, u32 *length);
int begin_piece(struct pieces *pieces);
void skip_in_piece(struct pieces *pieces, u32 n);
int move_pieces(struct pieces *pieces, u8 *data, u32 n, bool to_user);

/* fs/devices.c, fs/pipe.c */
extern const struct file_ops chrdev_fops, blkdev_fops, fifo_fops;
int pipe_size(const struct inode *inode);
int set_pipe_size(struct inode *inode, u32 bytes);
int open_device(kdev_t dev);
bool is_zero_device(const struct inode *inode);

/* fs/readdir.c: "." and "..", for a file system that does not store them */
#define FIRST_POSITION	2	/* of the entry behind them */
int readdir_dots(struct file *file, dirent_fill *fill, void *context,
		 u32 parent_ino);

/* fs/filemap.c */
extern const struct vm_ops file_vm_ops;		/* exec maps files with these */

/* fs/locks.c, fs/lock_ranges.c */
int fcntl_lock(int fd, struct file *file, int command, struct flock64 *fl);
int flock_file(int fd, struct file *file, u32 operation);
void free_locks(struct file *file, struct files_struct *files);

static inline void release_locks(struct file *file, struct files_struct *files)
{
	if (!list_empty(&file->inode->i_locks))
		free_locks(file, files);
}

/* fs/sync.c */
extern u32 sync_clock;		/* syncs that were ever begun */
int write_caches(struct super_block *sb);
int sync_super(struct super_block *sb);
int sync_inode(struct inode *inode);
int sync_entry(struct inode *dir, struct buffer_head *bh);
int sync_links(struct inode *inode);
int sync_before_rename(struct inode *inode, struct inode *dir, bool replaces);
bool keeps_order(const struct super_block *sb);
bool is_durable(const struct super_block *sb, u32 when);
int make_durable(struct super_block *sb, u32 when);
void sync_all(void);

/* fs/swapon.c */
int find_swap(kdev_t dev);	/* the area that is on dev, or -1 */
bool is_swap_file(const struct inode *inode);
void show_swaps(struct seq *s);

/* fs/tmpfs/tmpfs.c */
int tmpfs_init(void);
struct inode *tmpfs_nameless(u32 size, int *error);
u32 tmpfs_size(const struct inode *inode);	/* its pages in memory */
extern u32 tmpfs_pages;		/* in all memory file systems */

/* fs/devpts.c */
bool devpts_alive(const struct inode *inode);	/* its pty is there */

/* The frames that each of these holds, for the audit. */
found_pages recount_pages, recount_pipes, recount_media, recount_minix;

#endif
