/*
 * From a path to an inode: one component at a time, crossing mounts and
 * following symbolic links, up to a limit. Paths are kernel strings. A path
 * that does not begin with a slash starts at the directory that dirfd has open;
 * AT_FDCWD is the working directory. Inodes come back referenced; errors are
 * those of POSIX.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mount.h>

/* Returns true if the file system of an inode is mounted with a flag (MS_*). */
bool on_mount_with(const struct inode *inode, u32 flag)
{
	return inode->i_sb && inode->i_sb->s_flags & flag;
}

/* Returns true if the set-id bits of a program have no effect. */
bool inode_nosuid(const struct inode *inode)
{
	return on_mount_with(inode, MS_NOSUID);
}

/* Returns -EACCES for a device node on a file system mounted with MS_NODEV. */
int may_use_device(const struct inode *inode)
{
	return on_mount_with(inode, MS_NODEV) ? -EACCES : 0;
}

/* The superuser may do everything but run what nobody may run. */
static int superuser_permission(u32 mode, int mask)
{
	bool may_run = S_ISDIR(mode) || mode & (S_IXUSR | S_IXGRP | S_IXOTH);

	return mask & X_OK && !may_run ? -EACCES : 0;
}

/*
 * Returns 0 if current may use an inode as mask says (R_OK, W_OK, X_OK). The
 * first of owner, group and others that applies decides. -EACCES, -EROFS.
 */
int permission(const struct inode *inode, int mask)
{
	u32 mode = inode->i_mode;

	if (mask & W_OK && on_mount_with(inode, MS_RDONLY) &&
	    (S_ISREG(mode) || S_ISDIR(mode)) && !inode->i_writable)
		return -EROFS;
	if (mask & X_OK && S_ISREG(mode) && on_mount_with(inode, MS_NOEXEC))
		return -EACCES;
	if (fs_suser())
		return superuser_permission(mode, mask);
	if (current->fsuid == inode->i_uid)
		mode >>= 6;
	else if (in_group(inode->i_gid))
		mode >>= 3;
	return (mode & mask) == (u32)mask ? 0 : -EACCES;
}

/*
 * Copies a path from the program into a page, which putname() frees. Returns 0,
 * -ENOENT if it is empty, -ENAMETOOLONG, -EFAULT or -ENOMEM.
 */
int getname(const char __user *path, char **name)
{
	int length;

	*name = kpage_alloc(OWNER_CALL);
	if (!*name)
		return -ENOMEM;
	length = strncpy_from_user(*name, path, PATH_MAX);
	if (length > 0)
		return 0;
	putname(*name);
	*name = NULL;
	return length < 0 ? length : -ENOENT;
}

void putname(char *name)
{
	if (name)
		kpage_free(name);
}

/*
 * Returns the root of what is mounted on inode, or inode if nothing is. Takes
 * over the caller's reference.
 */
static struct inode *cross_down(struct inode *inode)
{
	while (inode->i_mount) {
		struct inode *root = igrab(inode->i_mount->s_root);

		iput(inode);
		inode = root;
	}
	return inode;
}

/*
 * Returns the directory on which a file system is mounted if inode is its root,
 * else inode. Takes over the caller's reference.
 */
struct inode *cross_up(struct inode *inode)
{
	while (inode == inode->i_sb->s_root && inode->i_sb->s_covered) {
		struct inode *covered = igrab(inode->i_sb->s_covered);

		iput(inode);
		inode = covered;
	}
	return inode;
}

/* Finds the directory that dir's ".." names, in its own file system. */
int parent_inode(struct inode *dir, struct inode **parent)
{
	u32 ino;
	int error = dir->i_op->lookup(dir, "..", 2, &ino);

	if (!error)
		*parent = iget(dir->i_sb, ino, &error);
	return error;
}

/*
 * Finds "..". The root of what the process sees is its own parent. The parent
 * of a mounted root is that of the directory on which it is mounted.
 */
static int lookup_parent(struct inode *dir, struct inode **inode)
{
	int error;

	dir = igrab(dir);
	if (dir == current->fs->root) {
		*inode = dir;
		return 0;
	}
	dir = cross_up(dir);
	error = parent_inode(dir, inode);
	iput(dir);
	if (!error)
		*inode = cross_down(*inode);
	return error;
}

/*
 * Searches dir for a name. iget() may sleep: the name may go meanwhile and its
 * number be another file's. So if any name has changed, it searches again.
 */
static int search_directory(struct inode *dir, const char *name, u32 length,
			    struct inode **inode)
{
	u32 ino, before;
	int error;

	if (length > dir->i_sb->s_name_max)
		return -ENAMETOOLONG;
	for (;;) {
		before = name_changes;
		error = dir->i_op->lookup(dir, name, length, &ino);
		if (error == -ENOENT)
			name_cache_found(dir, name, length, NULL, before);
		if (error)
			return error;
		*inode = iget(dir->i_sb, ino, &error);
		if (before == name_changes)
			break;
		if (!error)
			iput(*inode);
	}
	if (error)
		return error;
	(*inode)->i_dir = dir->i_ino;	/* first: the next one may sleep */
	name_cache_found(dir, name, length, *inode, before);
	return 0;
}

/*
 * Finds the inode of a name in dir, below what is mounted there. Returns
 * -ENOTDIR, -EACCES, -ENOENT, -ENAMETOOLONG, -ENOMEM or -EIO.
 */
int lookup_in(struct inode *dir, const char *name, u32 length,
	      struct inode **inode)
{
	const struct cached_name *known;
	struct inode *found;
	int error;

	if (!S_ISDIR(dir->i_mode))
		return -ENOTDIR;
	error = permission(dir, X_OK);
	if (error)
		return error;
	if (is_dot_dotdot(name, length)) {
		if (length == 2)
			return lookup_parent(dir, inode);
		*inode = igrab(dir);
		return 0;
	}
	known = name_cache_find(dir, name, length);
	if (known) {
		if (!known->inode)
			return -ENOENT;
		found = igrab(known->inode);
		found->i_dir = dir->i_ino;
	} else {
		error = search_directory(dir, name, length, &found);
		if (error)
			return error;
	}
	*inode = cross_down(found);
	return 0;
}

static u32 component_length(const char *path)
{
	u32 n = 0;

	while (path[n] && path[n] != '/')
		n++;
	return n;
}

static const char *skip_slashes(const char *path)
{
	while (*path == '/')
		path++;
	return path;
}

/* The symbolic links met so far. */
struct links {
	u32 depth;		/* one inside the other: that takes stack */
	u32 total;		/* in all: that takes time */
};

static int walk(struct inode *dir, const char *path, const char *end,
		int follow, struct links *links, struct inode **inode);

/* Reads the text of a symbolic link. Returns its length, or -errno. */
int read_link(struct inode *link, char *buf, u32 size)
{
	return link->i_op->readlink(link, buf, size);
}

/* Reads the text of a link and walks on from dir, in which the link is. */
static int follow_text(struct inode *dir, struct inode *link,
		       struct links *links, struct inode **inode)
{
	char *target = kpage_alloc(OWNER_CALL);
	int error, n;

	if (!target)
		return -ENOMEM;
	n = read_link(link, target, PATH_MAX - 1);
	if (n > 0) {
		target[n] = '\0';
		links->depth++;
		error = walk(dir, target, NULL, FOLLOW, links, inode);
		links->depth--;
	} else {
		error = n < 0 ? n : -ENOENT;
	}
	kpage_free(target);
	return error;
}

/*
 * Finds what a link in dir leads to: its text takes the place of its name,
 * unless the file system knows better. Takes over the link's reference.
 */
static int follow_link(struct inode *dir, struct inode *link,
		       struct links *links, struct inode **inode)
{
	int error;

	if (links->depth >= SYMLINKS_MAX || links->total++ >= SYMLINKS_TOTAL)
		error = -ELOOP;
	else if (link->i_op->follow)
		error = link->i_op->follow(link, inode);
	else
		error = follow_text(dir, link, links, inode);
	iput(link);
	return error;
}

/*
 * Walks the path from path to end (NULL: to its NUL), beginning at dir, which
 * stays the caller's. A link in the last place is followed if follow says so,
 * others always. A slash at the end demands a directory.
 */
static int walk(struct inode *dir, const char *path, const char *end,
		int follow, struct links *links, struct inode **inode)
{
	struct inode *at = igrab(*path == '/' ? current->fs->root : dir), *next;
	bool must_be_dir = false;
	int error;

	path = skip_slashes(path);
	while (*path && path != end) {
		u32 length = component_length(path);

		error = lookup_in(at, path, length, &next);
		path += length;
		must_be_dir = *path == '/';
		if (!error && S_ISLNK(next->i_mode) && (must_be_dir || follow))
			error = follow_link(at, next, links, &next);
		iput(at);
		if (error)
			return error;
		at = next;
		path = skip_slashes(path);
	}
	if (must_be_dir && !S_ISDIR(at->i_mode)) {
		iput(at);
		return -ENOTDIR;
	}
	*inode = at;
	return 0;
}

/*
 * Finds where a path starts. The path must not be empty. Takes no reference:
 * nothing here closes dirfd.
 */
static int start_of(int dirfd, const char *path, struct inode **dir)
{
	struct file *file;

	*dir = current->fs->cwd;
	if (dirfd == AT_FDCWD || *path == '/')
		return *path ? 0 : -ENOENT;
	file = fget_any(dirfd);
	if (!file)
		return -EBADF;
	*dir = file->inode;
	if (!*path)
		return -ENOENT;
	return S_ISDIR(file->inode->i_mode) ? 0 : -ENOTDIR;
}

/* Finds the inode of a path. follow: FOLLOW, NOFOLLOW. */
int path_lookup(int dirfd, const char *path, int follow, struct inode **inode)
{
	struct links links = { .depth = 0, .total = 0 };
	struct inode *dir;
	int error = start_of(dirfd, path, &dir);

	if (error)
		return error;
	return walk(dir, path, NULL, follow, &links, inode);
}

/*
 * Finds the directory of the last component of a path that begins at start, and
 * that component, without slashes behind it. For calls that make or remove
 * names: the component need not exist. A path of slashes has none: length 0.
 */
static int parent_of(struct inode *start, const char *path, struct inode **dir,
		     const char **last, u32 *length)
{
	struct links links = { .depth = 0, .total = 0 };
	const char *end = path + strlen(path), *begin;

	while (end > path && end[-1] == '/')
		end--;
	begin = end;
	while (begin > path && begin[-1] != '/')
		begin--;
	*last = begin;
	*length = end - begin;
	return walk(start, path, begin, FOLLOW, &links, dir);
}

/* As parent_of(), for the path of a system call. */
int path_parent(int dirfd, const char *path, struct inode **dir,
		const char **last, u32 *length)
{
	struct inode *start;
	int error = start_of(dirfd, path, &start);

	current->links_followed = 0;
	return error ? error : parent_of(start, path, dir, last, length);
}

/*
 * As parent_of(), for the target of a link that was found in start. text is a
 * page for that target, into which last will point.
 */
int link_parent(struct inode *start, struct inode *link, char *text,
		struct inode **dir, const char **last, u32 *length)
{
	int n = read_link(link, text, PATH_MAX - 1);

	if (n < 0)
		return n;
	if (n == 0)
		return -ENOENT;
	if (current->links_followed++ >= SYMLINKS_TOTAL)
		return -ELOOP;
	text[n] = '\0';
	return parent_of(start, text, dir, last, length);
}

/* Finds the inode of a program's path, from the working directory. */
int user_path(const char __user *path, int follow, struct inode **inode)
{
	return user_path_at(AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW,
			    inode);
}

/* Finds the inode that dirfd itself has open: an empty path means that. */
static int opened_inode(int dirfd, struct inode **inode)
{
	struct file *file;

	if (dirfd == AT_FDCWD) {
		*inode = igrab(current->fs->cwd);
		return 0;
	}
	file = fget_any(dirfd);
	if (!file)
		return -EBADF;
	*inode = igrab(file->inode);
	return 0;
}

/* Returns true if AT_EMPTY_PATH applies. Takes no memory, as for fstat(). */
bool is_empty_path(const char __user *path)
{
	char first;

	return copy_from_user(&first, path, 1) == 0 && !first;
}

/* As user_path(), but from dirfd. flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. */
int user_path_at(int dirfd, const char __user *path, u32 flags,
		 struct inode **inode)
{
	int error, follow = flags & AT_SYMLINK_NOFOLLOW ? NOFOLLOW : FOLLOW;
	char *name;

	if (flags & AT_EMPTY_PATH && is_empty_path(path))
		return opened_inode(dirfd, inode);
	error = getname(path, &name);
	if (error)
		return error;
	error = path_lookup(dirfd, name, follow, inode);
	putname(name);
	return error;
}

/* Finds the program at a path: a regular file that current may run. */
int open_exec(const char *path, struct inode **inode)
{
	int error = path_lookup(AT_FDCWD, path, FOLLOW, inode);

	if (error)
		return error;
	error = S_ISREG((*inode)->i_mode) ? permission(*inode, X_OK) : -EACCES;
	if (error) {
		iput(*inode);
		*inode = NULL;
	}
	return error;
}
