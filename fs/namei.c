/*
 * From a path to an inode: one component at a time, crossing mounts, following symbolic links up to a limit. Inodes come back
 * referenced; errors are what POSIX says.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/* May current do this? The first of owner, group and others that applies decides; the superuser may, but not run what nobody may. */
int permission(const struct inode *inode, int mask)
{
	u32 mode = inode->i_mode;

	if (mask & W_OK && inode->i_sb && inode->i_sb->s_readonly && (S_ISREG(mode) || S_ISDIR(mode)))
		return -EROFS;
	if (suser())
		return mask & X_OK && !S_ISDIR(mode) && !(mode & (S_IXUSR | S_IXGRP | S_IXOTH)) ? -EACCES : 0;
	if (current->euid == inode->i_uid)
		mode >>= 6;
	else if (current->egid == inode->i_gid)
		mode >>= 3;
	return (mode & mask) == (u32)mask ? 0 : -EACCES;
}

/* Copy a path from the program into a page of its own. -ENOENT: empty, -ENAMETOOLONG, -EFAULT, -ENOMEM. */
int getname(const char __user *path, char **name)
{
	int length;

	*name = kpage_alloc();
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

/* Up and down over mount points. Both take over the reference that they are given. */
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

/* The inode of a name in a directory. dir stays the caller's. */
int lookup_in(struct inode *dir, const char *name, u32 length, struct inode **inode)
{
	struct inode *start;
	u32 ino;
	int error;

	if (!S_ISDIR(dir->i_mode))
		return -ENOTDIR;
	error = permission(dir, X_OK);
	if (error)
		return error;
	start = igrab(dir);
	if (length == 2 && name[0] == '.' && name[1] == '.') {
		if (dir == current->fs->root) {
			*inode = start;
			return 0;
		}
		start = cross_up(start);
	}
	error = length > start->i_sb->s_name_max ? -ENAMETOOLONG : start->i_op->lookup(start, name, length, &ino);
	if (!error)
		*inode = iget(start->i_sb, ino, &error);
	iput(start);
	if (!error)
		*inode = cross_down(*inode);
	return error;
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

/* Symbolic links on the way: one inside the other, which takes stack, and all together, which takes time. */
struct links {
	u32 depth, total;
};

static int walk(struct inode *dir, const char *path, int follow, struct links *links, struct inode **inode);

/* The link's text takes the place of its name: go on from its directory. Takes over the link's reference. */
static int follow_link(struct inode *dir, struct inode *link, struct links *links, struct inode **inode)
{
	char *target;
	int error = -ELOOP, n;

	if (links->depth >= SYMLINKS_MAX || links->total++ >= SYMLINKS_TOTAL)
		goto out;
	target = kpage_alloc();
	error = -ENOMEM;
	if (!target)
		goto out;
	n = kernel_read(link, 0, target, PATH_MAX - 1);
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

/* One step: the inode of the first component of path in dir, links followed if more components come or follow says so. */
static int step(struct inode *dir, const char *path, u32 length, bool last, int follow, struct links *links,
		struct inode **inode)
{
	int error = lookup_in(dir, path, length, inode);

	if (error || !S_ISLNK((*inode)->i_mode) || (last && !follow))
		return error;
	return follow_link(dir, *inode, links, inode);
}

/* Walk path from dir, which stays the caller's. A slash at the end demands a directory. */
static int walk(struct inode *dir, const char *path, int follow, struct links *links, struct inode **inode)
{
	struct inode *at = igrab(*path == '/' ? current->fs->root : dir), *next;
	bool must_be_dir = false;

	for (path = skip_slashes(path); *path; at = next) {
		u32 length = component_length(path);
		const char *rest = skip_slashes(path + length);
		int error = step(at, path, length, !*rest && !path[length], follow, links, &next);

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

int path_lookup(const char *path, int follow, struct inode **inode)
{
	if (!*path)
		return -ENOENT;
	return walk(current->fs->cwd, path, follow, &(struct links){ 0 }, inode);
}

/*
 * The directory in which the last component of path is, or would be, and that component (trailing slashes left out). For calls that make
 * or remove names. A path of slashes only has no last component: length 0.
 */
int path_parent(const char *path, struct inode **dir, const char **last, u32 *length)
{
	const char *end = path + strlen(path);
	char *parent;
	int error;

	if (!*path)
		return -ENOENT;
	while (end > path && end[-1] == '/')
		end--;
	for (*last = end; *last > path && (*last)[-1] != '/'; (*last)--)
		;
	*length = end - *last;
	if (*last == path) {
		*dir = igrab(*path == '/' ? current->fs->root : current->fs->cwd);
		return 0;
	}
	parent = kpage_alloc();
	if (!parent)
		return -ENOMEM;
	memcpy(parent, path, *last - path);
	parent[*last - path] = '\0';
	error = walk(current->fs->cwd, parent, FOLLOW, &(struct links){ 0 }, dir);
	kpage_free(parent);
	return error;
}

int user_path(const char __user *path, int follow, struct inode **inode)
{
	char *name;
	int error = getname(path, &name);

	if (error)
		return error;
	error = path_lookup(name, follow, inode);
	putname(name);
	return error;
}

/* The program to be run at a path: a regular file that current may execute. */
int open_exec(const char *path, struct inode **inode)
{
	int error = path_lookup(path, FOLLOW, inode);

	if (error)
		return error;
	error = S_ISREG((*inode)->i_mode) ? permission(*inode, X_OK) : -EACCES;
	if (error) {
		iput(*inode);
		*inode = NULL;
	}
	return error;
}
