/*
 * System calls that make and remove names. Each finds the parent directory,
 * locks it, and lets the file system do the rest.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "fs/target.h"

/* Returns 0 if the name is free and may be made. */
static int may_create(const struct target *t)
{
	struct inode *inode;
	int error = lookup_in(t->dir, t->last, t->length, &inode);

	if (!error) {
		iput(inode);
		return -EEXIST;
	}
	if (error != -ENOENT)
		return error;
	if (t->dir->i_nlink == 0)
		return -ENOENT;		/* the directory itself was removed */
	return permission(t->dir, W_OK);
}

/*
 * Makes what node describes at a target that is free, and releases the target.
 * The caller gets a reference to the inode.
 */
static int make_target(struct target *t, const struct new_node *node,
		       struct inode **inode)
{
	int error = may_create(t);

	if (!error && ends_in_slash(t) && !S_ISDIR(node->mode))
		error = -ENOENT;
	if (!error)
		error = t->dir->i_op->create(t->dir, t->last, t->length, node,
					     inode);
	if (!error) {
		name_cache_set(t->dir, t->last, t->length, *inode);
		(*inode)->i_dir = t->dir->i_ino;
	}
	release_target(t);
	return error;
}

/* Makes a directory, link, device or empty file of a name that is free. */
static int make_node(int dirfd, const char __user *path,
		     const struct new_node *node)
{
	struct inode *inode;
	struct target t;
	int error = get_target(dirfd, path, &t);

	if (!error)
		error = make_target(&t, node, &inode);
	if (!error)
		iput(inode);
	return error;
}

/* Makes a node at a path of the kernel's. Called for the names of sockets. */
int create_node(const char *path, const struct new_node *node,
		struct inode **inode)
{
	struct target t;
	int error = find_target(AT_FDCWD, path, &t);

	return error ? error : make_target(&t, node, inode);
}

int sys_mkdirat(int dirfd, const char __user *path, u32 mode)
{
	const struct new_node directory = {
		.mode = S_IFDIR | (mode & 01777 & ~current->fs->umask),
	};

	return make_node(dirfd, path, &directory);
}

int sys_mkdir(const char __user *path, u32 mode)
{
	return sys_mkdirat(AT_FDCWD, path, mode);
}

/* Returns 0 if mknod() can make a file of this type for current. */
static int check_node(u32 type, u32 dev)
{
	switch (type) {
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFCHR:
	case S_IFBLK:
		if (!fs_suser())
			return -EPERM;
		return dev == (kdev_t)dev ? 0 : -EINVAL;
	case S_IFDIR:
		return -EPERM;
	}
	return -EINVAL;
}

int sys_mknodat(int dirfd, const char __user *path, u32 mode, u32 dev)
{
	u32 type = mode & S_IFMT ? mode & S_IFMT : S_IFREG;
	const struct new_node node = {
		.mode = type | (mode & 07777 & ~current->fs->umask),
		.rdev = dev,
	};
	int error = check_node(type, dev);

	return error ? error : make_node(dirfd, path, &node);
}

int sys_mknod(const char __user *path, u32 mode, u32 dev)
{
	return sys_mknodat(AT_FDCWD, path, mode, dev);
}

int sys_symlinkat(const char __user *user_target, int dirfd,
		  const char __user *path)
{
	struct new_node link = { .mode = S_IFLNK | 0777 };
	char *target;
	int error = getname(user_target, &target);

	if (error)
		return error;
	link.target = target;
	error = make_node(dirfd, path, &link);
	putname(target);
	return error;
}

int sys_symlink(const char __user *target, const char __user *path)
{
	return sys_symlinkat(target, AT_FDCWD, path);
}

/* Takes a name away, from unlink() or rmdir(). */
static int remove_locked(const struct target *t, struct inode *inode)
{
	const struct inode_ops *op = t->dir->i_op;
	int error;

	lock_inode(inode);
	error = may_vanish(inode);
	if (!error && S_ISDIR(inode->i_mode))
		error = op->rmdir(t->dir, t->last, t->length, inode);
	else if (!error)
		error = op->unlink(t->dir, t->last, t->length, inode);
	unlock_inode(inode);
	return error;
}

/* Returns 0 if unlink(), or rmdir() if directory is set, accepts a name. */
static int may_remove(const struct target *t, const struct inode *inode,
		      bool directory)
{
	int error = may_delete(t, inode);

	if (error)
		return error;
	if (S_ISDIR(inode->i_mode) != directory)
		return directory ? -ENOTDIR : -EISDIR;
	/* the second on damaged disks only */
	if (is_mount_point(inode) || inode == t->dir)
		return -EBUSY;
	return ends_in_slash(t) && !directory ? -ENOTDIR : 0;
}

/* Finds what unlink() or rmdir() removes. */
static int find_removed(const struct target *t, bool directory,
			struct inode **inode)
{
	if (!is_dot_dotdot(t->last, t->length))
		return lookup_in(t->dir, t->last, t->length, inode);
	if (!directory)
		return -EISDIR;
	return t->length == 1 ? -EINVAL : -ENOTEMPTY;
}

/* Removes the name of a target, which is given back. */
static int remove_target(struct target *t, bool directory)
{
	struct inode *inode;
	int error = find_removed(t, directory, &inode);

	if (error) {
		release_target(t);
		return error;
	}
	error = may_remove(t, inode, directory);
	if (!error)
		error = remove_locked(t, inode);
	if (error) {
		name_cache_forget(t->dir, t->last, t->length);
	} else {
		name_cache_set(t->dir, t->last, t->length, NULL);
		forget_name(inode, t->dir);
	}
	release_target(t);
	iput(inode);
	return error;
}

/* Removes a name in the working directory, for the kernel itself. */
int kernel_unlink(const char *name)
{
	struct target t;
	int error = find_target(AT_FDCWD, name, &t);

	return error ? error : remove_target(&t, false);
}

static int remove_name(int dirfd, const char __user *path, bool directory)
{
	struct target t;
	int error = get_target(dirfd, path, &t);

	if (error == -EEXIST)
		return directory ? -EBUSY : -EISDIR;
	return error ? error : remove_target(&t, directory);
}

int sys_unlinkat(int dirfd, const char __user *path, u32 flags)
{
	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	return remove_name(dirfd, path, flags & AT_REMOVEDIR);
}

int sys_unlink(const char __user *path)
{
	return remove_name(AT_FDCWD, path, false);
}

int sys_rmdir(const char __user *path)
{
	return remove_name(AT_FDCWD, path, true);
}

/* Returns 0 if inode may have the name of a target, too. */
static int may_link(const struct target *t, const struct inode *inode)
{
	int error = may_create(t);

	if (error)
		return error;
	if (ends_in_slash(t) || inode->i_nlink == 0)
		return -ENOENT;
	if (inode->i_sb != t->dir->i_sb)
		return -EXDEV;
	return S_ISDIR(inode->i_mode) ? -EPERM : 0;
}

/* Gives inode one more name. */
static int link_inode(int dirfd, const char __user *path, struct inode *inode)
{
	struct target t;
	int error = get_target(dirfd, path, &t);

	if (error)
		return error;
	error = may_link(&t, inode);
	if (!error)
		error = t.dir->i_op->link(t.dir, t.last, t.length, inode);
	if (!error) {
		name_cache_set(t.dir, t.last, t.length, inode);
		inode_changed(inode);
	}
	release_target(&t);
	return error;
}

int sys_linkat(int old_dirfd, const char __user *old, int new_dirfd,
	       const char __user *new, u32 flags)
{
	struct inode *inode;
	int error;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!suser())
		flags &= ~AT_EMPTY_PATH;	/* -ENOENT */
	if (!(flags & AT_SYMLINK_FOLLOW))
		flags |= AT_SYMLINK_NOFOLLOW;
	error = user_path_at(old_dirfd, old, flags, &inode);
	if (error)
		return error;
	error = link_inode(new_dirfd, new, inode);
	iput(inode);
	return error;
}

int sys_link(const char __user *old, const char __user *new)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}
