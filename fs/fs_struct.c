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

/* A search for the name of an inode in a directory. */
struct name_search {
	u32 ino;
	char *name;		/* the name found is put in front of it */
	u32 length;
};

/* Called by readdir for each entry. Returns 1 to stop at the inode's name. */
static int match_ino(void *context, const char *name, u32 length, u32 next,
		     u32 ino)
{
	struct name_search *s = context;

	(void)next;
	if (ino != s->ino || is_dot_dotdot(name, length))
		return 0;
	s->name -= length;
	memcpy(s->name, name, length);
	s->length = length;
	return 1;
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
 * Finds the parent directory of an inode and puts the name that it has there in
 * front of *path, above limit. *parent, if set, is referenced even on an error.
 */
static int name_in_parent(struct inode *at, struct inode **parent, char **path,
			  const char *limit)
{
	struct inode *named = at;
	struct name_search s = { .name = *path };
	struct file dir = { 0 };
	int error;

	if (S_ISDIR(at->i_mode))
		error = lookup_in(at, "..", 2, parent);
	else
		error = last_directory(at, parent);
	if (error)
		return error;
	if (!S_ISDIR((*parent)->i_mode))
		return -EIO;
	while (named == named->i_sb->s_root && named->i_sb->s_covered)
		named = named->i_sb->s_covered;
	s.ino = named->i_ino;
	if (s.name - limit < (int)named->i_sb->s_name_max + 1)
		return -ENAMETOOLONG;
	dir.inode = *parent;
	error = (*parent)->i_fop->readdir(&dir, match_ino, &s);
	if (!error && !s.length)
		error = -ENOENT;
	*path = s.name - 1;
	**path = '/';
	return error;
}

/*
 * Finds the path of an inode from current's root: walks up and looks for each
 * name in the parent. Drops the reference to the inode. The path is put at the
 * end of a page; *path points to its start. Returns -ENOENT if the inode has no
 * name or none is known.
 */
int inode_path(struct inode *at, char *page, char **path)
{
	struct inode *parent;
	int error = 0;

	*path = page + PATH_MAX - 1;
	**path = '\0';
	while (!error && at != current->fs->root &&
	       !(at->i_sb && at == at->i_sb->s_root && !at->i_sb->s_covered)) {
		parent = NULL;
		error = name_in_parent(at, &parent, path, page);
		iput(at);
		at = parent;
	}
	if (at)
		iput(at);
	if (!error && !**path) {	/* the root itself */
		--*path;
		**path = '/';
	}
	return error;
}

/* Returns the length with the NUL; -ERANGE if buf is too small. */
int sys_getcwd(char __user *buf, u32 size)
{
	char *page = kpage_alloc(OWNER_CALL), *path;
	u32 length;
	int error;

	if (!page)
		return -ENOMEM;
	error = inode_path(igrab(current->fs->cwd), page, &path);
	length = page + PATH_MAX - path;
	if (!error && length > size)
		error = -ERANGE;
	if (!error)
		error = copy_to_user(buf, path, length);
	kpage_free(page);
	return error ? error : (int)length;
}
