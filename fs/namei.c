/*
 * From a path to an inode: one component at a time, crossing mounts, following
 * symbolic links up to a limit. Inodes come back referenced; errors are what
 * POSIX says.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mount.h>

/* Returns whether a flag of mount() holds where an inode is. */
bool on_mount_with(const struct inode *inode, u32 flag)
{
	return inode->i_sb && inode->i_sb->s_flags & flag;
}

/* Returns whether a program's set-id bits mean nothing. */
bool inode_nosuid(const struct inode *inode)
{
	return on_mount_with(inode, MS_NOSUID);
}

/* A device's node is a file like others where the mount says so. */
int may_use_device(const struct inode *inode)
{
	return on_mount_with(inode, MS_NODEV) ? -EACCES : 0;
}

/*
 * May current do this? The first of owner, group and others that applies
 * decides; the superuser may, but not run what nobody may.
 */
int permission(const struct inode *inode, int mask)
{
	u32 mode = inode->i_mode;

	if (mask & W_OK && on_mount_with(inode, MS_RDONLY) &&
	    (S_ISREG(mode) || S_ISDIR(mode)) && !inode->i_writable)
		return -EROFS;
	if (mask & X_OK && on_mount_with(inode, MS_NOEXEC) && S_ISREG(mode))
		return -EACCES;
	if (fs_suser())
		return mask & X_OK && !S_ISDIR(mode) &&
				       !(mode & (S_IXUSR | S_IXGRP | S_IXOTH))
			       ? -EACCES
			       : 0;
	if (current->fsuid == inode->i_uid)
		mode >>= 6;
	else if (in_group(inode->i_gid))
		mode >>= 3;
	return (mode & mask) == (u32)mask ? 0 : -EACCES;
}

/*
 * Copy a path from the program into a page of its own. -ENOENT: empty,
 * -ENAMETOOLONG, -EFAULT, -ENOMEM.
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
 * Up and down over mount points. Both take over the reference that they are
 * given.
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

static struct inode *cross_up(struct inode *inode)
{
	while (inode == inode->i_sb->s_root && inode->i_sb->s_covered) {
		struct inode *covered = igrab(inode->i_sb->s_covered);

		iput(inode);
		inode = covered;
	}
	return inode;
}

/* The inode number of a name, from the cache or by searching the directory. */
static int lookup_number(struct inode *dir, const char *name, u32 length,
			 u32 *ino)
{
	int error;

	if (length > dir->i_sb->s_name_max)
		return -ENAMETOOLONG;
	*ino = dir->i_sb->s_cache_names ? name_cache_find(dir, name, length)
					: 0;
	if (*ino)
		return 0;
	error = dir->i_op->lookup(dir, name, length, ino);
	if (!error && dir->i_sb->s_cache_names)
		name_cache_add(dir, name, length, *ino);
	return error;
}

/*
 * "..": the root of what the process sees is its own parent, and the root of a
 * mounted file system lies where it is mounted.
 */
static int lookup_parent(struct inode *dir, struct inode **inode)
{
	u32 ino;
	int error;

	dir = igrab(dir);
	if (dir == current->fs->root) {
		*inode = dir;
		return 0;
	}
	dir = cross_up(dir);
	error = dir->i_op->lookup(dir, "..", 2, &ino);
	if (!error)
		*inode = iget(dir->i_sb, ino, &error);
	iput(dir);
	if (!error)
		*inode = cross_down(*inode);
	return error;
}

/*
 * The inode that has a name's number. Having it in memory may sleep, and the
 * number be another file's when the name is gone: then it is looked up again.
 */
static int lookup_inode(struct inode *dir, const char *name, u32 length,
			struct inode **inode)
{
	u32 ino, before;
	int error;

	for (;;) {
		before = names_gone;
		error = lookup_number(dir, name, length, &ino);
		if (error)
			return error;
		*inode = iget(dir->i_sb, ino, &error);
		if (before == names_gone)
			return error;
		if (!error)
			iput(*inode);
	}
}

/* The inode of a name in a directory. dir stays the caller's. */
int lookup_in(struct inode *dir, const char *name, u32 length,
	      struct inode **inode)
{
	int error = S_ISDIR(dir->i_mode) ? permission(dir, X_OK) : -ENOTDIR;

	if (error)
		return error;
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return lookup_parent(dir, inode);
	error = lookup_inode(dir, name, length, inode);
	if (error)
		return error;
	if (!is_dot_dotdot(name, length))
		(*inode)->i_dir = dir->i_ino;
	if ((*inode)->i_mount)
		*inode = cross_down(*inode);
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

/*
 * Symbolic links on the way: one inside the other, which takes stack, and all
 * together, which takes time.
 */
struct links {
	u32 depth, total;
};

static int walk(struct inode *dir, const char *path, int follow,
		struct links *links, struct inode **inode);

/* The text of a symbolic link: its length, or -errno. */
int read_link(struct inode *link, char *buf, u32 size)
{
	return link->i_op->readlink(link, buf, size);
}

/*
 * The link's text takes the place of its name: go on from its directory, unless
 * the file system knows better. Takes over the link's reference.
 */
static int follow_link(struct inode *dir, struct inode *link,
		       struct links *links, struct inode **inode)
{
	char *target;
	int error = -ELOOP, n;

	if (links->depth >= SYMLINKS_MAX || links->total++ >= SYMLINKS_TOTAL)
		goto out;
	if (link->i_op->follow) {
		error = link->i_op->follow(link, inode);
		goto out;
	}
	target = kpage_alloc(OWNER_CALL);
	error = -ENOMEM;
	if (!target)
		goto out;
	n = read_link(link, target, PATH_MAX - 1);
	error = n < 0 ? n : n == 0 ? -ENOENT : 0;
	if (!error) {
		target[n] = '\0';
		links->depth++;
		error = walk(dir, target, FOLLOW, links, inode);
		links->depth--;
	}
	kpage_free(target);
out:
	iput(link);
	return error;
}

/*
 * One step: the inode of the first component of path in dir, links followed if
 * more components come or follow says so.
 */
static int step(struct inode *dir, const char *path, u32 length, bool last,
		int follow, struct links *links, struct inode **inode)
{
	int error = lookup_in(dir, path, length, inode);

	if (error || !S_ISLNK((*inode)->i_mode) || (last && !follow))
		return error;
	return follow_link(dir, *inode, links, inode);
}

/*
 * Walk path from dir, which stays the caller's. A slash at the end demands a
 * directory.
 */
static int walk(struct inode *dir, const char *path, int follow,
		struct links *links, struct inode **inode)
{
	struct inode *at = igrab(*path == '/' ? current->fs->root : dir), *next;
	bool must_be_dir = false;

	for (path = skip_slashes(path); *path; at = next) {
		u32 length = component_length(path);
		const char *rest = skip_slashes(path + length);
		int error = step(at, path, length, !*rest && !path[length],
				 follow, links, &next);

		iput(at);
		if (error)
			return error;
		must_be_dir = path[length] == '/';
		path = rest;
	}
	if (must_be_dir && !S_ISDIR(at->i_mode)) {
		iput(at);
		return -ENOTDIR;
	}
	*inode = at;
	return 0;
}

/*
 * Where a relative path starts. No reference is taken: nothing here closes
 * dirfd.
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

int path_lookup(int dirfd, const char *path, int follow, struct inode **inode)
{
	struct inode *dir;
	int error = start_of(dirfd, path, &dir);

	return error ? error
		     : walk(dir, path, follow, &(struct links){ 0 }, inode);
}

/*
 * The directory in which the last component of path, which begins at start, is,
 * or would be, and that component (trailing slashes left out). For calls that
 * make or remove names. A path of slashes only has no last component: length 0.
 */
static int parent_of(struct inode *start, const char *path, struct inode **dir,
		     const char **last, u32 *length)
{
	const char *end = path + strlen(path);
	char *parent;
	int error;

	while (end > path && end[-1] == '/')
		end--;
	for (*last = end; *last > path && (*last)[-1] != '/'; (*last)--)
		;
	*length = end - *last;
	if (*last == path) {
		*dir = igrab(*path == '/' ? current->fs->root : start);
		return 0;
	}
	igrab(start);		/* another thread may leave it meanwhile */
	parent = kpage_alloc(OWNER_CALL);
	error = -ENOMEM;
	if (parent) {
		memcpy(parent, path, *last - path);
		parent[*last - path] = '\0';
		error = walk(start, parent, FOLLOW, &(struct links){ 0 }, dir);
		kpage_free(parent);
	}
	iput(start);
	return error;
}

int path_parent(int dirfd, const char *path, struct inode **dir,
		const char **last, u32 *length)
{
	struct inode *start;
	int error = start_of(dirfd, path, &start);

	current->links_followed = 0;
	return error ? error : parent_of(start, path, dir, last, length);
}

/*
 * The same for the target of a link that was found in start; text is a page,
 * into which last will point.
 */
int link_parent(struct inode *start, struct inode *link, char *text,
		struct inode **dir, const char **last, u32 *length)
{
	int n = read_link(link, text, PATH_MAX - 1);

	if (n <= 0 || current->links_followed++ >= SYMLINKS_TOTAL)
		return n < 0 ? n : n == 0 ? -ENOENT : -ELOOP;
	text[n] = '\0';
	return parent_of(start, text, dir, last, length);
}

int user_path(const char __user *path, int follow, struct inode **inode)
{
	return user_path_at(AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW,
			    inode);
}

/*
 * An empty path with AT_EMPTY_PATH: what dirfd itself has open, of whatever
 * kind.
 */
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

int user_path_at(int dirfd, const char __user *path, u32 flags,
		 struct inode **inode)
{
	char *name;
	int error;

	if (flags & AT_EMPTY_PATH && is_empty_path(path))
		return opened_inode(dirfd, inode);
	error = getname(path, &name);
	if (error)
		return error;
	error = path_lookup(dirfd, name,
			    flags & AT_SYMLINK_NOFOLLOW ? NOFOLLOW : FOLLOW,
			    inode);
	putname(name);
	return error;
}

/* The program to be run at a path: a regular file that current may execute. */
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
