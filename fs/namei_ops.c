/*
 * System calls that make, move and remove names. Each finds the parent
 * directory, locks it, and lets the file system do the rest.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/*
 * A name on its way to be made or removed: the path, its locked parent, the
 * last component.
 */
struct target {
	char *path;
	struct inode *dir;
	const char *last;
	u32 length;
};

static void put_target(struct target *t)
{
	iput(t->dir);
	putname(t->path);
}

static void release_target(struct target *t)
{
	unlock_inode(t->dir);
	put_target(t);
}

/* Fill and lock a target. The last component must be a proper name. */
static int get_target(int dirfd, const char __user *user_path, struct target *t)
{
	int error = getname(user_path, &t->path);

	if (error)
		return error;
	error = path_parent(dirfd, t->path, &t->dir, &t->last, &t->length);
	if (error) {
		putname(t->path);
		return error;
	}
	lock_inode(t->dir);
	if (!S_ISDIR(t->dir->i_mode))
		error = -ENOTDIR;
	else if (t->length == 0)
		error = -EEXIST;
	else if (t->length > t->dir->i_sb->s_name_max)
		error = -ENAMETOOLONG;
	else
		error = permission(t->dir, X_OK);
	if (error)
		release_target(t);
	return error;
}

/* That is for directories only. */
static bool ends_in_slash(const struct target *t)
{
	return t->last[t->length] == '/';
}

/* 0 if the name is free and may be made. */
static int may_create(const struct target *t)
{
	u32 ino;
	int error = t->dir->i_op->lookup(t->dir, t->last, t->length, &ino);

	if (error != -ENOENT)
		return error ? error : -EEXIST;
	if (t->dir->i_nlink == 0)
		return -ENOENT;		/* the directory itself was removed */
	return permission(t->dir, W_OK);
}

/* Makes a directory, link, device or empty file of a name that is free. */
static int make_node(int dirfd, const char __user *path,
		     const struct new_node *node)
{
	struct inode *inode;
	struct target t;
	int error = get_target(dirfd, path, &t);

	if (error)
		return error;
	error = may_create(&t);
	if (!error && ends_in_slash(&t) && !S_ISDIR(node->mode))
		error = -ENOENT;
	if (!error)
		error = t.dir->i_op->create(t.dir, t.last, t.length, node,
					    &inode);
	if (!error) {
		inode->i_dir = t.dir->i_ino;
		iput(inode);
	}
	release_target(&t);
	return error;
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

int sys_mknodat(int dirfd, const char __user *path, u32 mode, u32 dev)
{
	u32 type = mode & S_IFMT ? mode & S_IFMT : S_IFREG;
	const struct new_node node = {
		.mode = type | (mode & 07777 & ~current->fs->umask),
		.rdev = dev,
	};

	if (type != S_IFREG && type != S_IFIFO && type != S_IFCHR &&
	    type != S_IFBLK)
		return type == S_IFDIR ? -EPERM : -EINVAL;
	if (type != S_IFREG && type != S_IFIFO && !fs_suser())
		return -EPERM;
	if (type != S_IFREG && type != S_IFIFO && dev != (kdev_t)dev)
		return -EINVAL;
	return make_node(dirfd, path, &node);
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

/*
 * Returns 0 if a name may be taken away. In a directory with the sticky bit the
 * owner of the file, of the directory or the superuser may. Nobody may while
 * the system swaps to the file: swapoff() needs the name.
 */
static int may_delete(const struct target *t, const struct inode *inode)
{
	int error = permission(t->dir, W_OK | X_OK);

	if (!error && t->dir->i_mode & S_ISVTX && !is_owner(inode) &&
	    current->fsuid != t->dir->i_uid)
		error = -EPERM;
	return error ? error : is_swap_file(inode) ? -EPERM : 0;
}

/* Whether an inode can go: mount points and roots cannot. */
static bool is_mount_point(const struct inode *inode)
{
	return inode->i_mount || inode == inode->i_sb->s_root;
}

/* An inode has other names than before. */
static void names_changed(struct inode *inode)
{
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

/*
 * A name of inode in dir is gone: if it was the one that is remembered, another
 * may be found later.
 */
static void forget_name(struct inode *inode, const struct inode *dir)
{
	if (inode->i_dir == dir->i_ino)
		inode->i_dir = 0;
	names_changed(inode);
}

/*
 * Takes a name away. Between the look and the end nobody makes a name in a
 * directory, or swaps to a file: both lock it.
 */
static int remove_locked(const struct target *t, struct inode *inode)
{
	const struct inode_ops *op = t->dir->i_op;
	int error;

	lock_inode(inode);
	if (is_mount_point(inode))
		error = -EBUSY;
	else if (is_swap_file(inode))
		error = -EPERM;
	else if (S_ISDIR(inode->i_mode))
		error = op->rmdir(t->dir, t->last, t->length, inode);
	else
		error = op->unlink(t->dir, t->last, t->length, inode);
	unlock_inode(inode);
	return error;
}

/* unlink() and rmdir() differ in what they accept and in the operation. */
static int remove_name(int dirfd, const char __user *path, bool directory)
{
	struct target t;
	struct inode *inode;
	int error = get_target(dirfd, path, &t);

	if (error)
		return error != -EEXIST ? error : directory ? -EBUSY : -EISDIR;
	if (is_dot_dotdot(t.last, t.length))
		error = directory ? t.length == 1 ? -EINVAL : -ENOTEMPTY
				  : -EISDIR;
	else
		error = lookup_in(t.dir, t.last, t.length, &inode);
	if (error) {
		release_target(&t);
		return error;
	}
	error = may_delete(&t, inode);
	if (!error && S_ISDIR(inode->i_mode) != directory)
		error = directory ? -ENOTDIR : -EISDIR;
	/* the second on damaged disks only */
	if (!error && (is_mount_point(inode) || inode == t.dir))
		error = -EBUSY;
	if (!error && !directory && ends_in_slash(&t))
		error = -ENOTDIR;
	if (!error)
		error = remove_locked(&t, inode);
	name_cache_forget(t.dir, t.last, t.length);
	if (!error)
		forget_name(inode, t.dir);
	release_target(&t);
	iput(inode);
	return error;
}

int sys_unlinkat(int dirfd, const char __user *path, u32 flags)
{
	return flags & ~AT_REMOVEDIR
		       ? -EINVAL
		       : remove_name(dirfd, path, flags & AT_REMOVEDIR);
}

int sys_unlink(const char __user *path)
{
	return remove_name(AT_FDCWD, path, false);
}

int sys_rmdir(const char __user *path)
{
	return remove_name(AT_FDCWD, path, true);
}

int sys_linkat(int old_dirfd, const char __user *old, int new_dirfd,
	       const char __user *new, u32 flags)
{
	struct target t;
	struct inode *inode;
	int error = flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH) ? -EINVAL : 0;

	if (!suser())
		flags &= ~AT_EMPTY_PATH;	/* -ENOENT */
	if (!error)
		error = user_path_at(old_dirfd, old,
				     flags & AT_SYMLINK_FOLLOW
					     ? flags
					     : flags | AT_SYMLINK_NOFOLLOW,
				     &inode);
	if (error)
		return error;
	error = get_target(new_dirfd, new, &t);
	if (!error) {
		error = may_create(&t);
		if (!error)
			error = ends_in_slash(&t) || inode->i_nlink == 0
					? -ENOENT
				: inode->i_sb != t.dir->i_sb ? -EXDEV
				: S_ISDIR(inode->i_mode)     ? -EPERM
							     : 0;
		if (!error)
			error = t.dir->i_op->link(t.dir, t.last, t.length,
						  inode);
		if (!error)
			names_changed(inode);
		release_target(&t);
	}
	iput(inode);
	return error;
}

int sys_link(const char __user *old, const char __user *new)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

/*
 * Whether dir lies below inode: a directory must not become its own descendant.
 * The way up from a damaged directory may go in circles, and then comes back to
 * one of the milestones, which are set at the first step, the second, the
 * fourth, the eighth...
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
		error = at->i_ino == milestone ? -EIO
					       : lookup_in(at, "..", 2, &up);
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
 * May the moved inode take the place of what has the new name? A directory that
 * is not the one it comes from or above it, which would not be empty.
 */
static int check_replaced(const struct target *from, const struct target *to,
			  const struct inode *inode,
			  const struct inode *replaced)
{
	bool above = false;
	int error = 0;

	if (S_ISDIR(replaced->i_mode))
		error = replaced == to->dir
				? -EBUSY
				: is_below(from->dir, replaced, &above);
	if (error || above)
		return error ? error : -ENOTEMPTY;
	if (S_ISDIR(replaced->i_mode) && !S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISDIR(replaced->i_mode) && S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	return is_mount_point(replaced) ? -EBUSY : may_delete(to, replaced);
}

/* Whether an inode may leave from's directory for to's. */
static int check_moved(const struct target *from, const struct target *to,
		       struct inode *inode)
{
	bool below = false;
	int error = may_delete(from, inode);

	if (!error && is_mount_point(inode))
		error = -EBUSY;
	if (!error)
		error = to->dir->i_nlink == 0 ? -ENOENT
					      : permission(to->dir, W_OK);
	if (!error && S_ISDIR(inode->i_mode) && from->dir != to->dir)
		error = permission(inode, W_OK);	/* its ".." changes */
	if (!error && S_ISDIR(inode->i_mode))
		error = is_below(to->dir, inode, &below);
	return !error && below ? -EINVAL : error;
}

/* With both parents at hand: the checks, then the file system's part. */
static int rename_target(struct target *from, struct target *to,
			 struct inode *inode, u32 flags)
{
	struct inode *replaced = NULL;
	int error = !S_ISDIR(inode->i_mode) &&
				    (ends_in_slash(from) || ends_in_slash(to))
			    ? -ENOTDIR
			    : check_moved(from, to, inode);

	if (error)
		return error;
	error = lookup_in(to->dir, to->last, to->length, &replaced);
	if (error == -ENOENT)
		error = 0;
	else if (!error && flags & RENAME_NOREPLACE)
		error = -EEXIST;
	else if (!error && replaced == inode)
		goto out;	/* two names of one file: nothing to do */
	else if (!error)
		error = check_replaced(from, to, inode, replaced);
	if (!error) {
		struct inode *victim = replaced;

		if (victim)
			lock_inode(victim);
		error = victim && is_mount_point(victim) ? -EBUSY
			: victim && is_swap_file(victim)
				? -EPERM
				: from->dir->i_op->rename(from->dir, from->last,
							  from->length, inode,
							  to->dir, to->last,
							  to->length, replaced);
		if (victim)
			unlock_inode(victim);
	}
	name_cache_forget(from->dir, from->last, from->length);
	name_cache_forget(to->dir, to->last, to->length);
	if (!error) {
		inode->i_dir = to->dir->i_ino;
		names_changed(inode);
	}
	if (!error && replaced)
		forget_name(replaced, to->dir);
out:
	if (replaced)
		iput(replaced);
	return error;
}

static bool renaming;
static struct wait_queue renamed = WAIT_QUEUE_INIT(renamed);

/*
 * Lock two directories, one above the other first. While a name moves between
 * them no other moves from one directory to another: what lies below what stays
 * as it is, and two renames cannot put each other's directory below its own.
 */
static int lock_both(struct inode *a, struct inode *b)
{
	bool below = false;
	int error = 0;

	if (a != b) {
		while (renaming)
			sleep_on(&renamed);
		renaming = true;
		error = is_below(a, b, &below);
		lock_inode(below ? b : a);
		lock_inode(below ? a : b);
	} else {
		lock_inode(a);
	}
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

int sys_renameat2(int old_dirfd, const char __user *old, int new_dirfd,
		  const char __user *new, u32 flags)
{
	struct target from, to;
	struct inode *inode;
	int error = flags & ~RENAME_NOREPLACE
			    ? -EINVAL
			    : get_target(old_dirfd, old, &from);

	if (error)
		return error == -EEXIST ? -EBUSY : error;
	unlock_inode(from.dir);
	error = get_target(new_dirfd, new, &to);
	if (error) {
		put_target(&from);
		return error == -EEXIST ? -EBUSY : error;
	}
	unlock_inode(to.dir);
	error = lock_both(from.dir, to.dir);
	if (!error && (is_dot_dotdot(from.last, from.length) ||
		       is_dot_dotdot(to.last, to.length)))
		error = -EBUSY;
	else if (!error)
		error = from.dir->i_sb != to.dir->i_sb
				? -EXDEV
				: lookup_in(from.dir, from.last, from.length,
					    &inode);
	if (!error) {
		error = rename_target(&from, &to, inode, flags);
		iput(inode);
	}
	unlock_both(from.dir, to.dir);
	put_target(&to);
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
