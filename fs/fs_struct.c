/*
 * The root, working directory and umask of a process; getcwd() and the path of
 * an inode.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

#define DEFAULT_UMASK 022

/*
 * Gives a new task its fs_struct: the parent's if share is set, else a copy.
 * Called by fork, also before the root is mounted. Returns 0 or -ENOMEM.
 */
int copy_fs(struct task_struct *child, bool share)
{
	struct fs_struct *fs;

	if (share) {
		current->fs->users++;
		return 0;
	}
	fs = kzalloc(sizeof(*fs));
	if (!fs)
		return -ENOMEM;
	fs->umask = DEFAULT_UMASK;
	if (current->fs) {
		*fs = *current->fs;
		igrab(fs->root);
		igrab(fs->cwd);
	}
	fs->users = 1;
	child->fs = fs;
	return 0;
}

/* Drops a user of an fs_struct; the last one frees it, which may sleep. */
static void drop_fs(struct fs_struct *fs)
{
	if (--fs->users > 0)
		return;
	iput(fs->root);
	iput(fs->cwd);
	kfree(fs);
}

/* Called when a task ends. /proc must not find what is being freed. */
void exit_fs(struct task_struct *task)
{
	struct fs_struct *fs = task->fs;

	task->fs = NULL;
	drop_fs(fs);
}

/* Gives current an fs_struct of its own. Returns 0, or -ENOMEM. */
int unshare_fs(void)
{
	struct fs_struct *old = current->fs;

	if (old->users == 1)
		return 0;
	if (copy_fs(current, false) < 0)
		return -ENOMEM;
	drop_fs(old);			/* the others may have gone meanwhile */
	return 0;
}

/*
 * Makes inode the new root or working directory. Takes over the reference to
 * inode, also on an error.
 */
static int change_dir(struct inode **place, struct inode *inode)
{
	int error = S_ISDIR(inode->i_mode) ? permission(inode, X_OK) : -ENOTDIR;
	struct inode *old = inode;

	if (!error) {
		old = *place;
		*place = inode;
	}
	iput(old);
	return error;
}

int sys_chdir(const char __user *path)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	return error ? error : change_dir(&current->fs->cwd, inode);
}

int sys_fchdir(int fd)
{
	struct file *file = fget_any(fd);

	if (!file)
		return -EBADF;
	return change_dir(&current->fs->cwd, igrab(file->inode));
}

int sys_chroot(const char __user *path)
{
	struct inode *inode;
	int error = suser() ? user_path(path, FOLLOW, &inode) : -EPERM;

	return error ? error : change_dir(&current->fs->root, inode);
}

int sys_umask(u32 mask)
{
	u32 old = current->fs->umask;

	current->fs->umask = mask & 0777;
	return old;
}

/* A path that grows in front, towards its beginning. */
struct growing_path {
	char *start;
	const char *limit;
};

/* Puts a name and a slash in front of a path. Returns 0 or -ENAMETOOLONG. */
static int prepend(struct growing_path *path, const char *name, u32 length)
{
	if (path->start - path->limit < (int)length + 1)
		return -ENAMETOOLONG;
	path->start -= length;
	memcpy(path->start, name, length);
	*--path->start = '/';
	return 0;
}

/* A search for the name of an inode in a directory. */
struct name_search {
	u32 ino;
	struct growing_path *path;
	u32 length;		/* of the name, which was found; else 0 */
};

/* Called by readdir for each entry. Returns 1 to stop at the inode's name. */
static int match_ino(void *context, const char *name, u32 length, u32 next,
		     u32 ino)
{
	struct name_search *s = context;
	int error;

	(void)next;
	if (ino != s->ino || is_dot_dotdot(name, length))
		return 0;
	s->length = length;
	error = prepend(s->path, name, length);
	return error ? error : 1;
}

/* Finds the directory in which a file (no directory) was found last. */
static int last_directory(struct inode *inode, struct inode **dir)
{
	int error;

	if (!inode->i_dir || !inode->i_sb)
		return -ENOENT;
	*dir = iget(inode->i_sb, inode->i_dir, &error);
	if (error)
		return error;
	return S_ISDIR((*dir)->i_mode) ? 0 : -ENOTDIR;
}

/*
 * Reads the parent directory of an inode to find the name that it has there.
 * The name cache has it afterwards. *parent, if set, is referenced even on an
 * error.
 */
static int read_name(struct inode *at, struct inode **parent,
		     struct growing_path *path)
{
	struct name_search s = { .ino = at->i_ino, .path = path };
	struct file dir = { 0 };
	u32 before = name_changes;
	int error;

	if (S_ISDIR(at->i_mode))
		error = parent_inode(at, parent);
	else
		error = last_directory(at, parent);
	if (error)
		return error;
	if (!S_ISDIR((*parent)->i_mode))
		return -EIO;
	dir.inode = *parent;
	error = (*parent)->i_fop->readdir(&dir, match_ino, &s);
	if (error)
		return error;
	if (!s.length)
		return -ENOENT;
	if (before == name_changes)
		at->i_dir = (*parent)->i_ino;
	name_cache_found(*parent, path->start + 1, s.length, at, before);
	return 0;
}

/*
 * Goes up from an inode as far as names are known, but not above current's
 * root. Nobody else runs meanwhile. So no directory needs a reference but the
 * last, which replaces the inode. Returns 0 or -ENAMETOOLONG.
 */
static int climb(struct inode **at, struct growing_path *path)
{
	struct inode *dir = *at;
	const struct cached_name *name = name_of(dir);
	int error = 0;

	while (!error && name) {
		error = prepend(path, name->name, name->length);
		dir = name->dir;
		name = dir == current->fs->root ? NULL : name_of(dir);
	}
	igrab(dir);
	iput(*at);
	*at = dir;
	return error;
}

/*
 * Goes up from an inode to a directory above it and puts what leads from there
 * in front of the path. Replaces the reference to the inode by one to the
 * directory, or by NULL if an error came first.
 */
static int step_up(struct inode **at, struct growing_path *path)
{
	struct inode *inode = *at;
	int error = -ENOENT;

	if (name_of(inode))
		return climb(at, path);
	*at = NULL;
	if (!S_ISDIR(inode->i_mode) || inode->i_nlink)
		error = read_name(inode, at, path);
	iput(inode);
	return error;
}

/*
 * Finds the path of an inode from current's root, whose reference it drops. The
 * path is put at the end of a page; *path points to its start. Returns 0, 1 if
 * it begins at the root of all since current's does not lie above the inode, or
 * an error: -ENOENT if the inode has no name or none is known.
 */
static int path_from_root(struct inode *at, char *page, char **path)
{
	struct growing_path p = { page + PATH_MAX - 1, page };
	int error = 0;

	*p.start = '\0';
	while (!error && at != current->fs->root) {
		if (!at->i_sb || at != at->i_sb->s_root)
			error = step_up(&at, &p);
		else if (at->i_sb->s_covered)
			at = cross_up(at);
		else
			error = 1;
	}
	if (at)
		iput(at);
	if (error >= 0 && !*p.start)
		*--p.start = '/';
	*path = p.start;
	return error;
}

/* As path_from_root(), but does not tell where the path begins. */
int inode_path(struct inode *inode, char *page, char **path)
{
	int error = path_from_root(inode, page, path);

	return error > 0 ? 0 : error;
}

/* Puts what Linux has for such directories in front of a path. */
static int mark_unreachable(char *page, char **path)
{
	static const char mark[] = "(unreachable)";
	u32 length = sizeof(mark) - 1;

	if (*path - page < (int)length)
		return -ENAMETOOLONG;
	*path -= length;
	memcpy(*path, mark, length);
	return 0;
}

/* Returns the length with the NUL; -ERANGE if buf is too small. */
int sys_getcwd(char __user *buf, u32 size)
{
	char *page = kpage_alloc(OWNER_CALL), *path;
	u32 length;
	int error;

	if (!page)
		return -ENOMEM;
	error = path_from_root(igrab(current->fs->cwd), page, &path);
	if (error > 0)
		error = mark_unreachable(page, &path);
	length = page + PATH_MAX - path;
	if (!error && length > size)
		error = -ERANGE;
	if (!error)
		error = copy_to_user(buf, path, length);
	kpage_free(page);
	return error ? error : (int)length;
}
