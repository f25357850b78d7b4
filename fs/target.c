/* Names that system calls make, move and remove: what those have in common. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "fs/target.h"

/* Lets go of a target that is not locked. */
void put_target(struct target *t)
{
	iput(t->dir);
	putname(t->path);
}

/* Unlocks a target and lets go of it. */
void release_target(struct target *t)
{
	unlock_inode(t->dir);
	put_target(t);
}

/* Returns 0 if the last component is a name that can be looked for. */
static int check_target(const struct target *t)
{
	if (!S_ISDIR(t->dir->i_mode))
		return -ENOTDIR;
	if (t->length == 0)
		return -EEXIST;
	if (t->length > t->dir->i_sb->s_name_max)
		return -ENAMETOOLONG;
	return permission(t->dir, X_OK);
}

/*
 * Fills a target and locks its directory; release_target() must follow. The
 * path is the kernel's and stays the caller's. Returns -EEXIST if the path has
 * no last component, or another error.
 */
int find_target(int dirfd, const char *path, struct target *t)
{
	int error = path_parent(dirfd, path, &t->dir, &t->last, &t->length);

	t->path = NULL;
	if (error)
		return error;
	lock_inode(t->dir);
	error = check_target(t);
	if (error)
		release_target(t);
	return error;
}

/* Like find_target(), for a program's path, which the target keeps. */
int get_target(int dirfd, const char __user *user_path, struct target *t)
{
	char *path;
	int error = getname(user_path, &path);

	if (error)
		return error;
	error = find_target(dirfd, path, t);
	if (error)
		putname(path);
	else
		t->path = path;
	return error;
}

/* Returns true if the path ends in a slash, which only directories may. */
bool ends_in_slash(const struct target *t)
{
	return t->last[t->length] == '/';
}

/*
 * Returns 0 if current may take a name of inode away. In a directory with the
 * sticky bit, only the owner of the file or of the directory and the superuser
 * may. Nobody may while the system swaps to the file: swapoff() needs the name.
 */
int may_delete(const struct target *t, const struct inode *inode)
{
	int error = permission(t->dir, W_OK | X_OK);

	if (error)
		return error;
	if (t->dir->i_mode & S_ISVTX && !is_owner(inode) &&
	    current->fsuid != t->dir->i_uid)
		return -EPERM;
	return is_swap_file(inode) ? -EPERM : 0;
}

/* Returns true for mount points and roots, which cannot go. */
bool is_mount_point(const struct inode *inode)
{
	return inode->i_mount || inode == inode->i_sb->s_root;
}

/*
 * Returns 0 if a locked inode may still lose its name. Until it is unlocked,
 * nobody makes a name in it, mounts on it or swaps to it: they all lock it.
 */
int may_vanish(const struct inode *inode)
{
	if (is_mount_point(inode))
		return -EBUSY;
	return is_swap_file(inode) ? -EPERM : 0;
}

/*
 * Called when a name of inode in dir is gone. If that was the name remembered,
 * another may be found later.
 */
void forget_name(struct inode *inode, const struct inode *dir)
{
	if (inode->i_dir == dir->i_ino)
		inode->i_dir = 0;
	inode_changed(inode);
}
