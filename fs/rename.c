/*
 * rename(): moves a name, also from one directory to another, where it may take
 * the place of what has the name there.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "fs/target.h"

/*
 * Finds out if dir lies below inode: a directory must not become its own
 * descendant. The way up from a damaged directory may go in circles. Then it
 * comes back to a milestone; those are set at the steps 1, 2, 4, 8...
 */
static int is_below(struct inode *dir, const struct inode *inode, bool *below)
{
	struct inode *at = igrab(dir), *up;
	u32 milestone = 0;
	int error = 0;

	for (u32 steps = 1;; steps++) {
		*below = at == inode;
		if (*below || at == at->i_sb->s_root)
			break;
		if (at->i_ino == milestone)
			error = -EIO;
		else
			error = lookup_in(at, "..", 2, &up);
		if (error)
			break;
		if ((steps & (steps - 1)) == 0)
			milestone = at->i_ino;
		iput(at);
		at = up;
	}
	iput(at);
	return error;
}

/*
 * Returns 0 if the moved inode may take the place of replaced. A directory that
 * is replaced is not the one that it comes from, nor above that: it would not
 * be empty.
 */
static int check_replaced(const struct target *from, const struct target *to,
			  const struct inode *inode,
			  const struct inode *replaced)
{
	bool above = false;
	int error = 0;

	if (replaced == to->dir)
		return -EBUSY;
	if (S_ISDIR(replaced->i_mode))
		error = is_below(from->dir, replaced, &above);
	if (error)
		return error;
	if (above)
		return -ENOTEMPTY;
	if (S_ISDIR(replaced->i_mode) && !S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISDIR(replaced->i_mode) && S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (is_mount_point(replaced))
		return -EBUSY;
	return may_delete(to, replaced);
}

/* Returns 0 if a directory may move to another one. */
static int check_moved_dir(const struct target *from, const struct target *to,
			   const struct inode *inode)
{
	bool below;
	int error = 0;

	if (from->dir != to->dir)
		error = permission(inode, W_OK);	/* its ".." changes */
	if (!error)
		error = is_below(to->dir, inode, &below);
	if (error)
		return error;
	return below ? -EINVAL : 0;
}

/* Returns 0 if an inode may leave from's directory for to's. */
static int check_moved(const struct target *from, const struct target *to,
		       const struct inode *inode)
{
	int error;

	if (!S_ISDIR(inode->i_mode) &&
	    (ends_in_slash(from) || ends_in_slash(to)))
		return -ENOTDIR;
	error = may_delete(from, inode);
	if (error)
		return error;
	if (is_mount_point(inode))
		return -EBUSY;
	if (to->dir->i_nlink == 0)
		return -ENOENT;
	error = permission(to->dir, W_OK);
	if (!error && S_ISDIR(inode->i_mode))
		error = check_moved_dir(from, to, inode);
	return error;
}

/*
 * Lets the file system move the name. replaced: what has the new one, or NULL.
 */
static int move_name(const struct target *from, const struct target *to,
		     struct inode *inode, struct inode *replaced)
{
	int error = 0;

	if (replaced) {
		lock_inode(replaced);
		error = may_vanish(replaced);
	}
	if (!error)
		error = from->dir->i_op->rename(from->dir, from->last,
						from->length, inode, to->dir,
						to->last, to->length, replaced);
	if (replaced)
		unlock_inode(replaced);
	if (error) {
		name_cache_forget(from->dir, from->last, from->length);
		name_cache_forget(to->dir, to->last, to->length);
		return error;
	}
	/* in this order, as each may sleep: the file always has a name */
	name_cache_set(to->dir, to->last, to->length, inode);
	name_cache_set(from->dir, from->last, from->length, NULL);
	inode->i_dir = to->dir->i_ino;
	inode_changed(inode);
	if (replaced)
		forget_name(replaced, to->dir);
	return 0;
}

/* Moves inode from a name to another. Both directories are locked. */
static int rename_inode(const struct target *from, const struct target *to,
			struct inode *inode, u32 flags)
{
	struct inode *replaced;
	int error = check_moved(from, to, inode);

	if (error)
		return error;
	error = lookup_in(to->dir, to->last, to->length, &replaced);
	if (error == -ENOENT)
		return move_name(from, to, inode, NULL);
	if (error)
		return error;
	if (flags & RENAME_NOREPLACE) {
		error = -EEXIST;
	} else if (replaced != inode) {		/* else two names of a file */
		error = check_replaced(from, to, inode, replaced);
		if (!error)
			error = move_name(from, to, inode, replaced);
	}
	iput(replaced);
	return error;
}

static bool renaming;
static struct wait_queue renamed = WAIT_QUEUE_INIT(renamed);

/*
 * Locks two directories, one that is above the other first. While a name moves
 * between them, no other moves between directories: the tree keeps its shape,
 * and two renames cannot put each other's directory below its own. Returns an
 * error of reading; both are locked all the same.
 */
static int lock_both(struct inode *a, struct inode *b)
{
	bool below = false;
	int error;

	if (a == b) {
		lock_inode(a);
		return 0;
	}
	while (renaming)
		sleep_on(&renamed);
	renaming = true;
	error = is_below(a, b, &below);
	lock_inode(below ? b : a);
	lock_inode(below ? a : b);
	return error;
}

static void unlock_both(struct inode *a, struct inode *b)
{
	unlock_inode(a);
	if (a == b)
		return;
	unlock_inode(b);
	renaming = false;
	wake_up(&renamed);
}

/* Finds the inode that a rename moves. Both directories are locked. */
static int find_moved(const struct target *from, const struct target *to,
		      struct inode **inode)
{
	if (is_dot_dotdot(from->last, from->length) ||
	    is_dot_dotdot(to->last, to->length))
		return -EBUSY;
	if (from->dir->i_sb != to->dir->i_sb)
		return -EXDEV;
	return lookup_in(from->dir, from->last, from->length, inode);
}

/* Moves a name between two targets, which are not locked. */
static int rename_target(const struct target *from, const struct target *to,
			 u32 flags)
{
	struct inode *inode;
	int error = lock_both(from->dir, to->dir);

	if (!error)
		error = find_moved(from, to, &inode);
	if (!error) {
		error = rename_inode(from, to, inode, flags);
		iput(inode);
	}
	unlock_both(from->dir, to->dir);
	return error;
}

/* As get_target(), but the directory is not locked afterwards. */
static int get_unlocked(int dirfd, const char __user *path, struct target *t)
{
	int error = get_target(dirfd, path, t);

	if (!error)
		unlock_inode(t->dir);
	return error == -EEXIST ? -EBUSY : error;
}

int sys_renameat2(int old_dirfd, const char __user *old, int new_dirfd,
		  const char __user *new, u32 flags)
{
	struct target from, to;
	int error;

	if (flags & ~RENAME_NOREPLACE)
		return -EINVAL;
	error = get_unlocked(old_dirfd, old, &from);
	if (error)
		return error;
	error = get_unlocked(new_dirfd, new, &to);
	if (!error) {
		error = rename_target(&from, &to, flags);
		put_target(&to);
	}
	put_target(&from);
	return error;
}

int sys_renameat(int old_dirfd, const char __user *old, int new_dirfd,
		 const char __user *new)
{
	return sys_renameat2(old_dirfd, old, new_dirfd, new, 0);
}

int sys_rename(const char __user *old, const char __user *new)
{
	return sys_renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}
