/*
 * What a process knows of the tree: its root, its working directory, its umask.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

#define DEFAULT_UMASK 022

/* fork. Before the root is mounted there is nothing to reference. */
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

/* iput() may sleep, and /proc must not find what is going. */
void exit_fs(struct task_struct *task)
{
	struct fs_struct *fs = task->fs;

	task->fs = NULL;
	if (--fs->users > 0)
		return;
	iput(fs->root);
	iput(fs->cwd);
	kfree(fs);
}

/*
 * Take inode, whose reference is handed over, as the new root or working
 * directory.
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

	return file ? change_dir(&current->fs->cwd, igrab(file->inode))
		    : -EBADF;
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

/* Looking for the entry of a directory that has a given inode number. */
struct search {
	u32 ino;
	char *name;		/* where it is copied, ending at */
	u32 length;
};

static int match(void *context, const char *name, u32 length, u32 next, u32 ino)
{
	struct search *s = context;

	(void)next;
	if (ino != s->ino ||
	    (length <= 2 && name[0] == '.' && (length == 1 || name[1] == '.')))
		return 0;
	s->name -= length;
	memcpy(s->name, name, length);
	s->length = length;
	return 1;
}

/* The directory in which a file that is no directory was found last. */
static int last_directory(struct inode *inode, struct inode **dir)
{
	int error = -ENOENT;

	if (!inode->i_dir || !inode->i_sb)
		return error;
	*dir = iget(inode->i_sb, inode->i_dir, &error);
	return !error && !S_ISDIR((*dir)->i_mode) ? -ENOTDIR : error;
}

/*
 * The directory above at, and the name that at has there, put in front of
 * *path.
 */
static int name_in_parent(struct inode *at, struct inode **parent, char **path,
			  const char *limit)
{
	struct inode *named = at;
	struct search s = { .name = *path };
	struct file dir = { 0 };
	int error = S_ISDIR(at->i_mode) ? lookup_in(at, "..", 2, parent)
					: last_directory(at, parent);

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
	error = (*parent)->i_fop->readdir(&dir, match, &s);
	if (!error && !s.length)
		error = -ENOENT;
	*path = s.name;
	*--*path = '/';
	return error;
}

/*
 * The path of an inode, which is given up, from current's root: walk up, each
 * name found in its parent. It is written to the end of a page and begins at
 * *path. -ENOENT: it has no name, or none that is known.
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
	if (!error && !**path)
		*--*path = '/';
	return error;
}

/* getcwd(): the length with the NUL; -ERANGE: buf is too small. */
int sys_getcwd(char __user *buf, u32 size)
{
	char *page = kpage_alloc(OWNER_CALL), *path;
	u32 length;
	int error;

	if (!page)
		return -ENOMEM;
	error = inode_path(igrab(current->fs->cwd), page, &path);
	length = page + PATH_MAX - path;
	if (!error)
		error = length > size ? -ERANGE
				      : copy_to_user(buf, path, length);
	kpage_free(page);
	return error ? error : (int)length;
}
