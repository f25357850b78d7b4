/* fs/locks.c and fs/lock_ranges.c: advisory locks. */
#ifndef FS_LOCKS_H
#define FS_LOCKS_H

#include <cowix/tree.h>
#include <cowix/wait.h>

struct inode;

/* The first two are record locks. They never conflict with flock()'s. */
enum lock_kind { PROCESS_LOCK, FILE_LOCK, WHOLE_FILE_LOCK };

/* A lock that is held, or what a task asks for. */
struct file_lock {
	struct tree_node node;		/* in its owner's tree */
	enum lock_kind kind;
	const void *holder;		/* descriptors, or the open file */
	int pid;			/* -1: an open file's */
	short type;			/* F_RDLCK, F_WRLCK or F_UNLCK */
	s64 start, end;			/* first and last byte */
};

/* One that holds locks of a kind on a file. They never overlap. */
struct lock_owner {
	struct list link;		/* in inode->i_locks */
	enum lock_kind kind;
	const void *holder;
	struct tree locks;		/* by start; never empty */
	struct wait_queue gone;		/* for others, until some change */
};

/* What set_lock() may need. */
struct lock_memory {
	struct file_lock *lock, *spare;
	struct lock_owner *owner;
};

/* fs/lock_ranges.c */
extern u32 nr_locks;
int get_lock_memory(struct lock_memory *memory, const struct file_lock *new);
void free_lock_memory(struct lock_memory *memory);
struct lock_owner *find_lock_owner(struct inode *inode,
				   const struct file_lock *lock);
struct file_lock *find_conflict(struct inode *inode,
				const struct file_lock *new);
void set_lock(struct inode *inode, struct lock_memory *memory);
void release_owner(struct lock_owner *owner);

#endif
