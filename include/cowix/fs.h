/*
 * Files. Three layers, each knowing only the one below: system calls (names,
 * descriptors), inodes with the operations of their file system or device, and
 * the caches: buffers for a file system's own blocks, pages for the data of
 * files.
 *
 * Locks. lock_inode() serialises whatever changes an inode or a directory and
 * may sleep; a directory before what it contains. Only rename() locks two of
 * which neither contains the other, and there is but one such rename at a time.
 * Buffers and pages are not locked: whoever needs their contents, or wants them
 * gone, waits for their transfer.
 */
#ifndef COWIX_FS_H
#define COWIX_FS_H

#include <cowix/list.h>
#include <cowix/wait.h>
#include <cowix/blkdev.h>
#include <cowix/mm.h>
#include <cowix/sched.h>
#include <abi/stat.h>

struct audit_report;
struct poll_table;
struct file_lock;
struct pipe;
struct file;
struct inode;
struct super_block;

#define FILE_SIZE_MAX	0x7FFFFFFFu
#define PATH_MAX	4096
#define OPEN_MAX	256		/* descriptors a process */
#define SYMLINKS_MAX	8		/* one inside the other */
#define SYMLINKS_TOTAL	40		/* in one path */

/*
 * fs/buffer.c: one block of a device in memory. brelse() drops the reference
 * that bread() gave.
 */
struct buffer_head {
	/* lru: all buffers, the longest unused first */
	struct list hash_link, lru_link;
	kdev_t dev;
	u32 block;
	u32 count;
	bool dirty, uptodate;
	u8 fresh;		/* to be durable before what waits for it */
	bool direct;			/* data is the device's own memory */
	u8 *data;
	struct request request;
};

/* NULL: -EIO, -ENOMEM */
struct buffer_head *bread(kdev_t dev, u32 block, int *error);
/* not necessarily read; NULL: no memory */
struct buffer_head *getblk(kdev_t dev, u32 block);
/* of what getblk() gave; then, before its contents are looked at: */
void start_read(struct buffer_head *bh);
int finish_read(struct buffer_head *bh);			/* 0, -EIO */
void brelse(struct buffer_head *bh);
void mark_buffer_dirty(struct buffer_head *bh);
void write_first(struct buffer_head *bh);	/* durable before the others */
int begin_first(struct buffer_head *bh);
int begin_last(struct buffer_head *bh);
/* if there is one: not to be written */
void forget_buffer(kdev_t dev, u32 block);
int clear_block(kdev_t dev, u32 block);			/* -ENOMEM */
int sync_buffers(kdev_t dev);			/* 0: all devices */
void invalidate_buffers(kdev_t dev);
void discard_buffers(kdev_t dev);
int shrink_buffers(int wanted);
bool buffers_dirty(void);
void buffer_init(void);
extern u32 nr_own_buffers;	/* whose data is no device's memory */
extern u32 nr_buffers;
extern u32 writes_begun; /* of blocks that are not in memory, from 1 on */

/*
 * fs/page_cache.c: pages of regular files. A page's frame has one reference by
 * the cache.
 */
struct cached_page {
	struct list hash_link, inode_link, lru_link;
	struct inode *inode;
	u32 index;				/* page number in the file */
	u32 frame;
	u32 users;	/* who work on it right now: not to be dropped */
	bool dirty, uptodate;
	bool failed;			/* it could not be written; dirty too */
	/*
	 * programs may write to it through a mapping: dirty for as long as it
	 * is mapped
	 */
	bool mapped_writable;
	bool busy; /* being transferred, or how that ended is not noted yet */
	struct request request;
};

/* how to get a page: as it is; read; perhaps together with its neighbours */
enum { GET_ONLY, GET_READ, GET_AROUND };

/* NULL: not there; no reference */
struct cached_page *find_page(const struct inode *inode, u32 index);
/* held; NULL: error */
struct cached_page *get_cached_page(struct inode *inode, u32 index, int how,
				    int *error);
void put_cached_page(struct cached_page *page);
int write_inode_pages(struct inode *inode);
/* those wholly beyond a size; clears the rest of its last page */
void drop_inode_pages(struct inode *inode, u32 from_size);
void drop_hole(struct inode *inode, u32 start, u32 end);
void prepare_growth(struct inode *inode);
int shrink_page_cache(int wanted);
bool writing_frees_pages(void);
bool wait_cached_page(void);
void page_cache_init(void);
extern u32 nr_cached_pages;

/* fs/filemap.c */
extern const struct vm_ops file_vm_ops;		/* exec maps files with these */

/* fs/inode.c */

/* What is to be made: it is whole before it has a name. */
struct new_node {
	u32 mode;
	kdev_t rdev;			/* of a device */
	const char *target;		/* of a symbolic link; else NULL */
};

struct inode_ops {
	/* -ENOENT */
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
	/* Makes a hole of whole pages; NULL: files have none. Locked. */
	void (*punch)(struct inode *inode, u32 start, u32 end);
	/*
	 * Which blocks of the device n blocks of the file are; 0: a hole, and
	 * after an error.
	 */
	int (*map_blocks)(struct inode *inode, u32 first, u32 n, bool create,
			  u32 *where);
	/*
	 * Links that are not stored: the text, and, where that is only a
	 * description, the inode itself, referenced.
	 */
	int (*readlink)(struct inode *link, char *buf, u32 size);
	int (*follow)(struct inode *link, struct inode **inode);
};

/* Called by readdir for each entry. Returns 0, or something else to stop. */
typedef int dirent_fill(void *context, const char *name, u32 length, u32 next,
			u32 ino);

struct file_ops {
	int (*open)(struct inode *inode, struct file *file);
	void (*release)(struct inode *inode, struct file *file);
	int (*read)(struct file *file, char __user *buf, u32 count,
		    loff_t *pos);
	int (*write)(struct file *file, const char __user *buf, u32 count,
		     loff_t *pos);
	/* what would not block now (POLLIN...); absent: everything */
	u32 (*poll)(struct file *file, struct poll_table *table);
	int (*ioctl)(struct file *file, u32 command, u32 arg);
	int (*sync)(struct inode *inode);	/* fsync(); absent: -EINVAL */
	/* a pipe's end, at the last iput() */
	void (*drop)(struct inode *inode);
	int (*readdir)(struct file *file, dirent_fill *fill, void *context);
};

/* fs/readdir.c: `.` and `..`, for a file system that does not store them */
#define FIRST_POSITION	2	/* of the entry behind them */
int readdir_dots(struct file *file, dirent_fill *fill, void *context,
		 u32 parent_ino);

struct inode {
	struct list hash_link, all_link;
	struct super_block *i_sb;
	const struct inode_ops *i_op;
	const struct file_ops *i_fop;
	kdev_t i_dev, i_rdev;
	u32 i_ino, i_count;
	u32 i_dir; /* a directory that has a name of this file, 0: none known */
	u32 i_named;	/* writes_begun when it had its only name, or 0 */
	u32 i_mode, i_uid, i_gid, i_nlink, i_size;
	s64 i_atime, i_mtime, i_ctime;		/* seconds since 1970 */
	bool i_dirty, i_locked, i_valid;
	/* data that could not be written is gone: for the next who syncs */
	bool i_lost;
	bool i_writable;		/* although the file system is not */
	struct wait_queue i_wait;
	/* a file system mounted on this directory */
	struct super_block *i_mount;
	struct pipe *i_pipe;
	struct list pages;			/* of the page cache */
	/* the page that comes next if the file is read in order, */
	u32 i_read_next;
	/* the first that was not begun to be read, how many are at a time */
	u32 i_ahead, i_window;
	u32 i_cuts;			/* how often the file was cut short */
	struct list i_locks;			/* advisory locks */
	u32 i_mappings;		/* areas of address spaces that map it */
	/*
	 * files open for writing and mappings that may write; programs and
	 * areas of programs: never both
	 */
	u32 i_writers, i_running;
	u32 i_zone[10];
};

/* An id as it is where there is room up to max only: some are nobody's then. */
static inline u32 low_id(u32 id, u32 max)
{
	return id > max ? max - 1 : id;
}

struct inode *iget(struct super_block *sb, u32 ino, int *error);
/* unhashed, count 1; NULL: no memory */
struct inode *new_inode(struct super_block *sb);
void hash_inode(struct inode *inode);
void iput(struct inode *inode);

/* One more reference. */
static inline struct inode *igrab(struct inode *inode)
{
	inode->i_count++;
	return inode;
}

void lock_inode(struct inode *inode);
void unlock_inode(struct inode *inode);
void mark_inode_dirty(struct inode *inode);
int write_inode(struct inode *inode);
/* write_inode or write_inode_pages; NULL: all */
int write_inodes(struct super_block *sb, int (*write)(struct inode *inode));
int shrink_inodes(void);
bool inode_in_memory(const struct super_block *sb, u32 ino);
bool inodes_busy(struct super_block *sb);
bool inodes_written(struct super_block *sb);
void await_inodes(struct super_block *sb);
void drop_inodes(struct super_block *sb);
void inode_init(void);
extern u32 nr_inodes;
#define FILE_TYPES	16
#define FILE_TYPE(mode)	(((mode) & S_IFMT) >> 12)
void register_file_ops(u32 type, const struct file_ops *ops);
void set_file_ops(struct inode *inode, const struct file_ops *directory);
/* owner and group of a new file */
void set_maker(struct inode *inode, const struct inode *dir);
u32 set_id_bits(const struct inode *inode);
void drop_set_id(struct inode *inode);
bool is_owner(const struct inode *inode);

/* fs/filesystems.c */
struct seq;
struct file_system_type {
	struct list link;
	const char *name;
	/*
	 * without one, nothing is ever written, and what is dirty stays in
	 * memory
	 */
	bool needs_device;
	u32 flags;			/* that all of its mounts have */
	int (*read_super)(struct super_block *sb);
};

void register_file_system(struct file_system_type *type);
/* NULL: unknown */
const struct file_system_type *find_file_system(const char *name);
void show_filesystems(struct seq *s);

/* fs/minix/minix_super.c, fs/proc/proc.c, fs/tmpfs/tmpfs.c, fs/devpts.c */
extern struct file_system_type minix_type, proc_type, tmpfs_type, devpts_type;
bool devpts_alive(const struct inode *inode); /* its pseudo-terminal is there */
extern u32 tmpfs_pages;			/* in all memory file systems */

/* fs/super.c */
struct super_ops {
	int (*read_inode)(struct inode *inode);
	int (*write_inode)(struct inode *inode);
	/* last link and last reference gone: free it on the medium */
	void (*delete_inode)(struct inode *inode);
	void (*put_super)(struct super_block *sb);	/* or NULL */
	/* or NULL: all are 0 */
	void (*statfs)(struct super_block *sb, u32 *blocks, u32 *free,
		       u32 *inodes, u32 *free_inodes);
	/* of mount(); absent: there are none */
	int (*set_options)(struct super_block *sb, char *options, bool remount);
	void (*show_options)(struct super_block *sb, struct seq *s);
};

struct super_block {
	struct list link;
	const struct file_system_type *s_type;
	kdev_t s_dev;
	u32 s_synced;		/* all done before that sync began is durable */
	u32 s_linked;			/* sync_clock at the last link() */
	u32 s_flags; /* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME */
	bool s_read_ahead;		/* its device is slower than memory */
	bool s_transient;		/* its inodes go with their last user */
	/* a name means the same inode until it is removed or renamed */
	bool s_cache_names;
	u32 s_name_max, s_magic;
	s64 s_time_min, s_time_max;		/* times that it can keep */
	const struct super_ops *s_op;
	struct inode *s_root, *s_covered;
	char *s_device, *s_dir;	/* as mount named it; the path from the root */
	void *s_private;
};

/* fs/root.c */
int mount_root(void);

/* fs/super.c */
struct super_block *get_super(const struct file_system_type *type, kdev_t dev,
			      char *options, int *error);
void free_super(struct super_block *sb);
int set_options(struct super_block *sb, char *options, bool remount);

/* fs/mounts.c: the file systems in the tree */
extern struct list mounts;
struct super_block *find_mount(kdev_t dev);	/* NULL: it is not mounted */
void begin_mounting(void);		/* one task at a time */
void end_mounting(void);
void mounts_synced(u32 when);

/* fs/init.c */
void fs_init(void);

/* fs/caches.c */
int reclaim_caches(int wanted);
void fs_drop_caches(void);
void fs_audit_counts(struct audit_report *report);

/* fs/mount.c */
void show_mounts(struct seq *s);

/* fs/sync.c */
extern u32 sync_clock;				/* syncs that were ever begun */
int write_caches(struct super_block *sb);	/* NULL: all */
int sync_super(struct super_block *sb);
int sync_inode(struct inode *inode);		/* fsync() */
int sync_names(struct inode *dir);
int sync_links(struct inode *inode);
int sync_before_replace(struct inode *inode);
bool keeps_order(const struct super_block *sb);
bool is_durable(const struct super_block *sb, u32 when);
int make_durable(struct super_block *sb, u32 when);
void sync_all(void);

/* fs/swapon.c */
/* the number of the swap area that is a device; -1: none */
int find_swap(kdev_t dev);
bool is_swap_file(const struct inode *inode);
void show_swaps(struct seq *s);

/*
 * fs/namei.c: paths are kernel strings; inodes come back referenced. A path
 * that does not begin with a slash starts at the directory that dirfd has open:
 * AT_FDCWD is the working directory.
 */
enum { FOLLOW = 1, NOFOLLOW = 0 };
int path_lookup(int dirfd, const char *path, int follow, struct inode **inode);
/* all but the last component */
int path_parent(int dirfd, const char *path, struct inode **dir,
		const char **last, u32 *length);
int link_parent(struct inode *start, struct inode *link, char *text,
		struct inode **dir, const char **last, u32 *length);
int lookup_in(struct inode *dir, const char *name, u32 length,
	      struct inode **inode);
int read_link(struct inode *link, char *buf, u32 size);
int permission(const struct inode *inode, int mask);	/* R_OK, W_OK, X_OK */
bool on_mount_with(const struct inode *inode, u32 flag);
int may_use_device(const struct inode *inode);
bool inode_nosuid(const struct inode *inode);
bool is_empty_path(const char __user *path);
/* a page; putname() frees it */
int getname(const char __user *path, char **name);
void putname(char *name);
/* from the working directory */
int user_path(const char __user *path, int follow, struct inode **inode);
/* flags: AT_* of the *at calls */
int user_path_at(int dirfd, const char __user *path, u32 flags,
		 struct inode **inode);
int open_exec(const char *path, struct inode **inode);

/* . or .. */
static inline bool is_dot_dotdot(const char *name, u32 length)
{
	return name[0] == '.' &&
	       (length == 1 || (length == 2 && name[1] == '.'));
}

/* fs/name_cache.c */
u32 name_cache_find(const struct inode *dir, const char *name, u32 length);
void name_cache_add(const struct inode *dir, const char *name, u32 length,
		    u32 ino);
void name_cache_forget(const struct inode *dir, const char *name, u32 length);
extern u32 names_gone;		/* how many were forgotten so far */
void name_cache_forget_all(const struct super_block *sb);

/* fs/file_table.c */
struct file {
	u32 count;		/* descriptors and calls that use it */
	u32 flags;		/* O_* */
	struct inode *inode;
	const struct file_ops *fop;
	bool seekable;		/* pos has a meaning */
	bool moving;		/* a call uses pos, which others share */
	loff_t pos;
	u32 tty;		/* an open terminal's handle (cowix/tty.h) */
};

struct files_struct {
	u32 users;				/* tasks that share it */
	u32 end;		/* all descriptors in use are below it */
	struct file *fd[OPEN_MAX];
	bool close_on_exec[OPEN_MAX];
};

static inline struct file *file_at(const struct files_struct *files, u32 fd)
{
	return fd < files->end ? files->fd[fd] : NULL;
}

struct file *fget(int fd);
struct file *fget_any(int fd);		/* also one that O_PATH opened */

int check_files(void);
/* takes over the inode's reference; NULL: no memory */
struct file *file_alloc(struct inode *inode, u32 flags);
void fput(struct file *file);
bool fd_available(void);
int fd_install_two(struct file *first, struct file *second, int __user *fds,
		   bool cloexec);	/* -EMFILE, -EFAULT */
/* lowest free descriptor, or -EMFILE */
int fd_install(struct file *file, bool cloexec);
int dup_from(int fd, u32 lowest, bool cloexec);	/* a new descriptor */
extern u32 nr_files;

/* fs/locks.c */
struct flock64;
int fcntl_lock(int fd, struct file *file, int command, struct flock64 *fl);
int flock_file(int fd, struct file *file, u32 operation);
void free_locks(struct file *file, struct files_struct *owner);

static inline void release_locks(struct file *file, struct files_struct *owner)
{
	if (unlikely(!list_empty(&file->inode->i_locks)))
		free_locks(file, owner);
}

/* fs/tmpfs/tmpfs.c */
int tmpfs_init(void);				/* -ENOMEM */
/* a file for shared anonymous memory: it goes with its last mapping */
struct inode *tmpfs_nameless(u32 size, int *error);
u32 tmpfs_size(const struct inode *inode);	/* its pages in memory */

/* fs/fs_struct.c */
struct fs_struct {
	u32 users;
	struct inode *root, *cwd;
	u32 umask;
};

/* drops the reference */
int inode_path(struct inode *inode, char *page, char **path);

/* fs/read_write.c */
extern const struct file_ops regular_fops;
int finish_write(struct file *file, int n);

/* The most that one call transfers, whole pages: its answer is signed. */
#define TRANSFER_MAX	PAGE_ROUND_DOWN(0x7FFFFFFFu)
bool has_position(const struct inode *inode);
bool hold_position(struct file *file);
void release_position(struct file *file);
int read_file(struct file *file, char __user *buf, u32 count, loff_t *pos);
int write_file(struct file *file, const char __user *buf, u32 count,
	       loff_t *pos);
int get_seekable(int fd, loff_t pos, struct file **file);	/* -ESPIPE */

int kernel_read(struct inode *inode, u32 offset, void *buf, u32 n);
int inode_write(struct inode *inode, const void *buf, u32 count, loff_t *pos,
		bool user);	/* inode locked */
int write_link(struct inode *inode, const char *target);
int read_link_text(struct inode *link, char *buf, u32 size);

/* fs/devices.c, fs/pipe.c */
extern const struct file_ops chrdev_fops, blkdev_fops, fifo_fops;
int open_device(kdev_t dev);		/* -ENXIO, -EIO */

/* The frames that each of these holds, for the audit. */
found_pages recount_pages, recount_pipes, recount_media;
found_pages recount_minix;

#endif
