/*
 * The locks that are held on a file (see locks.c). An inode lists their owners,
 * in the order in which they came. An owner's locks never overlap, and those of
 * the same type do not touch. So they have the same order by their start and by
 * their end, and a balanced tree finds the ones at any byte. So a call costs
 * something for each owner, who are few, and hardly anything for each lock.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "fs/locks.h"

u32 nr_locks;

static struct lock_owner *owner_at(struct list *node)
{
	return list_entry(node, struct lock_owner, link);
}

static struct file_lock *lock_at(struct tree_node *node)
{
	return node ? tree_entry(node, struct file_lock, node) : NULL;
}

static struct file_lock *copy_lock(const struct file_lock *lock)
{
	struct file_lock *copy = kmalloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *lock;
	nr_locks++;
	return copy;
}

/* Frees a lock that is in no tree, or NULL. */
static void free_lock(struct file_lock *lock)
{
	if (lock)
		nr_locks--;
	kfree(lock);
}

/* Takes memory to set the lock `new`. Returns 0 or -ENOMEM, with nothing. */
int get_lock_memory(struct lock_memory *memory, const struct file_lock *new)
{
	memory->lock = copy_lock(new);
	memory->spare = copy_lock(new);
	memory->owner = kzalloc(sizeof(*memory->owner));
	if (memory->lock && memory->spare && memory->owner)
		return 0;
	free_lock_memory(memory);
	return -ENOMEM;
}

/* Frees what set_lock() has left. */
void free_lock_memory(struct lock_memory *memory)
{
	free_lock(memory->lock);
	free_lock(memory->spare);
	kfree(memory->owner);
}

static bool owns_lock(const struct lock_owner *owner,
		      const struct file_lock *lock)
{
	return owner->holder == lock->holder && owner->kind == lock->kind;
}

/* Returns the owner of a lock, or NULL if it holds none on the file. */
struct lock_owner *find_lock_owner(struct inode *inode,
				   const struct file_lock *lock)
{
	list_for_each(node, &inode->i_locks)
		if (owns_lock(owner_at(node), lock))
			return owner_at(node);
	return NULL;
}

/* Returns the lowest lock of an owner that ends at a byte or behind it. */
static struct file_lock *first_up_to(const struct lock_owner *owner, s64 byte)
{
	struct tree_node *node = owner->locks.root;
	struct file_lock *found = NULL;

	while (node) {
		struct file_lock *lock = lock_at(node);
		int side = lock->end < byte ? TREE_RIGHT : TREE_LEFT;

		if (side == TREE_LEFT)
			found = lock;
		node = node->child[side];
	}
	return found;
}

/* Returns the lowest lock of an owner that prevents the lock `new`, or NULL. */
static struct file_lock *first_against(const struct lock_owner *owner,
				       const struct file_lock *new)
{
	struct file_lock *lock = first_up_to(owner, new->start);

	while (lock && lock->start <= new->end) {
		if (lock->type == F_WRLCK || new->type == F_WRLCK)
			return lock;
		lock = lock_at(tree_next(&lock->node));
	}
	return NULL;
}

/* Returns a lock of another owner that prevents the lock `new`, or NULL. */
struct file_lock *find_conflict(struct inode *inode,
				const struct file_lock *new)
{
	bool whole = new->kind == WHOLE_FILE_LOCK;

	list_for_each(node, &inode->i_locks) {
		const struct lock_owner *owner = owner_at(node);
		struct file_lock *lock;

		if (whole != (owner->kind == WHOLE_FILE_LOCK) ||
		    owns_lock(owner, new))
			continue;
		lock = first_against(owner, new);
		if (lock)
			return lock;
	}
	return NULL;
}

static void add_lock(struct lock_owner *owner, struct file_lock *lock)
{
	struct tree_node *parent = NULL, *node = owner->locks.root;
	int side = TREE_LEFT;

	while (node) {
		parent = node;
		side = lock_at(node)->start < lock->start ? TREE_RIGHT
							  : TREE_LEFT;
		node = node->child[side];
	}
	tree_insert(&owner->locks, &lock->node, parent, side);
}

static void release_lock(struct lock_owner *owner, struct file_lock *lock)
{
	tree_remove(&owner->locks, &lock->node);
	free_lock(lock);
}

/*
 * Removes the bytes of new from the lock `own`, which overlaps or touches it.
 * If own reaches over one edge of new, it is cut. If it reaches over both, it
 * becomes two, which uses the spare lock.
 */
static void cut_lock(struct lock_owner *owner, struct file_lock *own,
		     const struct file_lock *new, struct lock_memory *memory)
{
	bool below = own->start < new->start, above = own->end > new->end;

	if (below && above) {
		struct file_lock *upper = memory->spare;

		*upper = *own;
		upper->start = new->end + 1;
		own->end = new->start - 1;
		add_lock(owner, upper);
		memory->spare = NULL;
	} else if (below) {
		own->end = new->start - 1;
	} else if (above) {
		own->start = new->end + 1;
	} else {
		release_lock(owner, own);
	}
}

/*
 * Removes the bytes of new from its owner's locks. Those of the same type that
 * touch it become part of it.
 */
static void make_room(struct lock_owner *owner, struct file_lock *new,
		      struct lock_memory *memory)
{
	struct file_lock *own = first_up_to(owner, new->start - 1);

	while (own && own->start - 1 <= new->end) {
		struct file_lock *next = lock_at(tree_next(&own->node));

		if (own->type == new->type) {
			if (own->start < new->start)
				new->start = own->start;
			if (own->end > new->end)
				new->end = own->end;
			release_lock(owner, own);
		} else {
			cut_lock(owner, own, new, memory);
		}
		own = next;
	}
}

/* Adds the owner of a lock to those of a file. */
static struct lock_owner *add_owner(struct inode *inode,
				    struct lock_memory *memory)
{
	struct lock_owner *owner = memory->owner;

	owner->kind = memory->lock->kind;
	owner->holder = memory->lock->holder;
	wait_queue_init(&owner->gone);
	list_add_tail(&owner->link, &inode->i_locks);
	memory->owner = NULL;
	return owner;
}

/* Wakes those who wait for an owner's locks. Frees it if it has none left. */
static void owner_changed(struct lock_owner *owner)
{
	wake_up(&owner->gone);
	if (owner->locks.root)
		return;
	abandon_queue(&owner->gone);
	list_del(&owner->link);
	kfree(owner);
}

/*
 * Grants the lock in memory, or releases the bytes of it. Uses of the memory
 * what it needs. Does not sleep.
 */
void set_lock(struct inode *inode, struct lock_memory *memory)
{
	struct file_lock *new = memory->lock;
	struct lock_owner *owner = find_lock_owner(inode, new);

	if (!owner && new->type == F_UNLCK)
		return;
	if (!owner)
		owner = add_owner(inode, memory);
	make_room(owner, new, memory);
	if (new->type != F_UNLCK) {
		add_lock(owner, new);
		memory->lock = NULL;
	}
	owner_changed(owner);
}

/* Releases all locks of an owner. */
void release_owner(struct lock_owner *owner)
{
	while (owner->locks.root)
		release_lock(owner, lock_at(tree_first(&owner->locks)));
	owner_changed(owner);
}

/*
 * Called when a descriptor is closed: the process loses all its record locks on
 * the file, as POSIX demands. Called with NULL when the open file goes:
 * releases the locks that are its own.
 */
void free_locks(struct file *file, struct files_struct *files)
{
	const void *holder = files ? (const void *)files : file;

	list_for_each_safe(node, &file->inode->i_locks)
		if (owner_at(node)->holder == holder)
			release_owner(owner_at(node));
}
