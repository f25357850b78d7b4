/* fs/file_table.c, fs/fd_table.c: open files and descriptors. */
#ifndef COWIX_FILE_H
#define COWIX_FILE_H

#include <cowix/types.h>

struct file;
struct inode;
struct pieces;
struct poll_table;

#define OPEN_MAX	4096		/* descriptors of a process */

/* Called by readdir for each entry. Returns 0, or something else to stop. */
typedef int dirent_fill(void *context, const char *name, u32 length, u32 next,
			u32 ino);

/* What open files of a type do. An operation may be absent. */
struct file_ops {
	const char *name;	/* in /proc, if no directory names the file */
	int (*open)(struct inode *inode, struct file *file);
	void (*release)(struct inode *inode, struct file *file);
	int (*read)(struct file *file, char __user *buf, u32 count,
		    loff_t *pos);
	int (*write)(struct file *file, const char __user *buf, u32 count,
		     loff_t *pos);
	/* readv() and writev(); absent: piece by piece */
	int (*vector)(struct file *file, const struct pieces *data, u32 length,
		      bool write);
	/* what would not block now (POLLIN...); absent: everything */
	u32 (*poll)(struct file *file, struct poll_table *table);
	int (*ioctl)(struct file *file, u32 command, u32 arg);
	int (*sync)(struct inode *inode);	/* fsync() */
	void (*drop)(struct inode *inode);	/* a pipe's, at the last iput */
	int (*readdir)(struct file *file, dirent_fill *fill, void *context);
};

struct file {
	u32 count;		/* descriptors and calls that use it */
	u32 flags;		/* O_* */
	struct inode *inode;
	const struct file_ops *fop;
	bool seekable;		/* pos has a meaning */
	bool moving;		/* a call uses pos, which others share */
	bool watched;		/* an epoll has it among its interests */
	loff_t pos;
	union {
		u32 tty;	/* an open terminal's handle (cowix/tty.h) */
		void *private;	/* the object of an anonymous file */
	};
};

#define CHUNK_FDS	32u		/* a word of each bitmap */
#define FD_CHUNKS	(OPEN_MAX / CHUNK_FDS)

/* Descriptors that follow each other. */
struct fd_chunk {
	u32 open;			/* bitmap of those in use */
	u32 close_on_exec;		/* bitmap, of those only */
	struct file *file[CHUNK_FDS];	/* NULL: not in use */
};

/* The descriptors of a process. */
struct files_struct {
	u32 users;			/* tasks that share it */
	u32 chunks;			/* those from it on do not exist */
	u32 full[FD_CHUNKS / 32];	/* bitmap of chunks: all in use */
	struct fd_chunk first;		/* enough for most programs */
	struct fd_chunk *chunk[FD_CHUNKS]; /* NULL: does not exist */
};

struct file *far_file(const struct files_struct *files, u32 fd);

/* Returns the open file of a descriptor, or NULL. */
static inline struct file *file_at(const struct files_struct *files, u32 fd)
{
	return fd < CHUNK_FDS ? files->first.file[fd] : far_file(files, fd);
}

/* fs/fd_table.c */
struct files_struct *fd_table_copy(const struct files_struct *from);
void fd_table_free(struct files_struct *files);
int fd_make_room(struct files_struct *files, u32 fd);
void fd_turn_full(struct files_struct *files, u32 fd);
u32 far_lowest_free(const struct files_struct *files, u32 from);
u32 fd_next_open(const struct files_struct *files, u32 fd);
bool fd_close_on_exec(const struct files_struct *files, u32 fd);
void fd_set_close_on_exec(struct files_struct *files, u32 fd, bool on);

/* Returns the chunk of a descriptor, or NULL if it does not exist. */
static inline struct fd_chunk *fd_chunk(const struct files_struct *files,
					u32 fd)
{
	u32 i = fd / CHUNK_FDS;

	return i < files->chunks ? files->chunk[i] : NULL;
}

/* Returns true if a descriptor's chunk exists. */
static inline bool fd_has_room(const struct files_struct *files, u32 fd)
{
	return fd < CHUNK_FDS || fd_chunk(files, fd);
}

/*
 * Returns the lowest free descriptor from `from` on, which is at most OPEN_MAX.
 * There may be no room for it. If it is OPEN_MAX all are in use.
 */
static inline u32 fd_lowest_free(const struct files_struct *files, u32 from)
{
	u32 free = ~files->first.open;

	if (from == 0 && free)
		return __builtin_ctz(free);
	return far_lowest_free(files, from);
}

static inline u32 fd_bit(u32 n)
{
	return 1u << n % 32;
}

/* Sets the file of a descriptor for which there is room. */
static inline void fd_enter(struct files_struct *files, u32 fd,
			    struct file *file, bool close_on_exec)
{
	struct fd_chunk *chunk = files->chunk[fd / CHUNK_FDS];
	u32 bit = fd_bit(fd);

	chunk->file[fd % CHUNK_FDS] = file;
	chunk->close_on_exec &= ~bit;
	if (close_on_exec)
		chunk->close_on_exec |= bit;
	chunk->open |= bit;
	if (chunk->open == ~0u)
		fd_turn_full(files, fd);
}

/* Makes an open descriptor a free one. */
static inline void fd_remove(struct files_struct *files, u32 fd)
{
	struct fd_chunk *chunk = files->chunk[fd / CHUNK_FDS];

	if (chunk->open == ~0u)
		fd_turn_full(files, fd);
	chunk->file[fd % CHUNK_FDS] = NULL;
	chunk->open &= ~fd_bit(fd);
}

/* Goes over the open descriptors from `from` on. The body may sleep. */
#define for_each_fd_from(fd, files, from) \
	for (u32 fd = fd_next_open(files, from); fd < OPEN_MAX; \
	     fd = fd_next_open(files, fd + 1))

struct file *fget(int fd);
struct file *fget_any(int fd);
int check_files(void);
struct file *file_alloc(struct inode *inode, u32 flags);
void fput(struct file *file);
int check_fd(void);
int fd_install(struct file *file, bool cloexec);
int fd_install_at(struct file *file, u32 __user *where, bool cloexec);
int fd_install_two(struct file *first, struct file *second, int __user *fds,
		   bool cloexec);
int dup_from(int fd, u32 lowest, bool cloexec);
extern u32 nr_files;

/* fs/epoll.c */
void epoll_init(void);
void epoll_forget(struct file *file);

/* fs/anon_file.c */
struct file *anon_file(const struct file_ops *fop, void *private, u32 flags);
void anon_release(struct inode *inode, struct file *file);
int anon_fd(const struct file_ops *fop, void *private, u32 flags);
void *anon_private(int fd, const struct file_ops *fop, int *error);

#endif
