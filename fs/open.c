/* Opening files: open() and its relatives. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/* What open()'s access mode asks of permission(). */
static int access_mask(u32 flags)
{
	static const u8 masks[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };

	return masks[flags & O_ACCMODE] | (flags & O_TRUNC ? W_OK : 0);
}

/*
 * Make the file that O_CREAT wants, or find it if somebody was faster or it was
 * there. dir is locked.
 */
static int open_or_create(struct inode *dir, const char *last, u32 length,
			  u32 flags, u32 mode, struct inode **inode,
			  bool *created)
{
	const struct new_node file = {
		.mode = S_IFREG | (mode & 07777 & ~current->fs->umask),
	};
	int error = last[length] == '/' && !is_dot_dotdot(last, length)
			    ? -EISDIR
			    : lookup_in(dir, last, length, inode);

	*created = false;
	if (!error && flags & O_EXCL) {
		iput(*inode);
		return -EEXIST;
	}
	if (error != -ENOENT)
		return error;
	if (dir->i_nlink == 0)
		return -ENOENT;
	error = permission(dir, W_OK);
	if (!error)
		error = dir->i_op->create(dir, last, length, &file, inode);
	*created = !error;
	if (!error && dir->i_sb->s_cache_names)
		name_cache_add(dir, last, length, (*inode)->i_ino);
	if (!error)
		(*inode)->i_dir = dir->i_ino;
	return error;
}

/*
 * The name turned out to be a link: on to what it names. dir, in which the link
 * is, and the link are replaced by the directory and the name of the target;
 * *inode is the target itself where the link's text is not its name (/proc).
 * *text is the page that holds the path, taken for the first link.
 */
static int follow_created(struct inode **dir, struct inode **inode, char **text,
			  const char **last, u32 *length)
{
	struct inode *link = *inode, *from = *dir;
	int error = -ENOMEM;

	*dir = *inode = NULL;
	if (link->i_op->follow)
		error = link->i_op->follow(link, inode);
	else if (*text || (*text = kpage_alloc(OWNER_CALL)))
		error = link_parent(from, link, *text, dir, last, length);
	iput(link);
	iput(from);
	return error;
}

/*
 * With O_CREAT: find or make the file, also at the end of links that lead to
 * nothing yet. A link that is not to be followed is left to the caller.
 */
static int open_create(int dirfd, const char *path, u32 flags, u32 mode,
		       struct inode **inode, bool *created)
{
	const char *last;
	char *text = NULL;
	struct inode *dir = NULL;
	u32 length;
	int error = path_parent(dirfd, path, &dir, &last, &length);

	while (!error && dir) {
		lock_inode(dir);
		error = !S_ISDIR(dir->i_mode) ? -ENOTDIR
			: length == 0 ? flags & O_EXCL ? -EEXIST : -EISDIR
				      : open_or_create(dir, last, length, flags,
						       mode, inode, created);
		unlock_inode(dir);
		if (error || !S_ISLNK((*inode)->i_mode) || flags & O_NOFOLLOW)
			break;
		error = follow_created(&dir, inode, &text, &last, &length);
	}
	if (dir)
		iput(dir);
	if (text)
		kpage_free(text);
	return error;
}

static int empty_file(struct inode *inode)
{
	int error;

	inode->i_writers++;		/* nobody runs it while we sleep */
	lock_inode(inode);
	if (!fs_suser())
		drop_set_id(inode);
	error = inode->i_op->truncate(inode, 0);
	unlock_inode(inode);
	inode->i_writers--;
	return error;
}

/*
 * The inode for open(), made if O_CREAT wants it, with the permissions checked.
 */
static int open_inode(int dirfd, const char *path, u32 flags, u32 mode,
		      struct inode **inode)
{
	bool created = false, writes;
	int error =
		flags & O_CREAT
			? open_create(dirfd, path, flags, mode, inode, &created)
			: path_lookup(dirfd, path,
				      flags & O_NOFOLLOW ? NOFOLLOW : FOLLOW,
				      inode);

	if (error)
		return error;
	if (flags & O_DIRECTORY && !S_ISDIR((*inode)->i_mode))
		error = -ENOTDIR;
	else if (S_ISLNK((*inode)->i_mode) && !(flags & O_PATH))
		error = -ELOOP;
	else if (S_ISDIR((*inode)->i_mode) &&
		 flags & (O_ACCMODE | O_CREAT | O_TRUNC))
		error = -EISDIR;
	else if (!created && !(flags & O_PATH))
		error = permission(*inode, access_mask(flags));
	if (!error &&
	    (S_ISCHR((*inode)->i_mode) || S_ISBLK((*inode)->i_mode)) &&
	    !(flags & O_PATH))
		error = may_use_device(*inode);
	if (!error && flags & O_NOATIME && !is_owner(*inode))
		error = -EPERM;
	if (!error && access_mask(flags) & W_OK && (*inode)->i_running)
		error = -ETXTBSY;
	if (error) {
		iput(*inode);
		return error;
	}
	writes = flags & O_ACCMODE && S_ISREG((*inode)->i_mode);
	if (writes)
		(*inode)->i_writers++;		/* fput() counts down */
	if (flags & O_TRUNC && S_ISREG((*inode)->i_mode) && !created)
		error = empty_file(*inode);
	if (error) {
		(*inode)->i_writers -= writes;
		iput(*inode);
	}
	return error;
}

/* Of a file that is only named. */
static const struct file_ops path_fops;

/*
 * All that may be missing for the open file is looked for before the name is
 * made or the file emptied.
 */
static int do_open(int dirfd, const char *path, u32 flags, u32 mode)
{
	struct file *file;
	struct inode *inode;
	int error;

	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if (flags & O_DIRECT)
		return -EINVAL;		/* nothing goes past the cache */
	if (flags & (O_CREAT | O_TRUNC) && !fd_available())
		return -EMFILE;
	error = check_files();
	if (error)
		return error;
	file = file_alloc(NULL, flags & ~(O_CREAT | O_EXCL | O_NOCTTY |
					  O_TRUNC | O_CLOEXEC));
	if (!file)
		return -ENOMEM;
	error = open_inode(dirfd, path, flags, mode, &inode);
	if (error) {
		nr_files--;
		kfree(file);
		return error;
	}
	file->inode = inode;
	file->fop = flags & O_PATH ? &path_fops : inode->i_fop;
	file->seekable = has_position(inode);
	if (flags & O_NOCTTY)
		file->flags |= O_NOCTTY;
	error = file->fop->open ? file->fop->open(inode, file) : 0;
	if (error) {
		/* nothing was opened: nothing to release */
		file->fop = &path_fops;
		fput(file);
		return error;
	}
	error = fd_install(file, flags & O_CLOEXEC);
	if (error < 0)
		fput(file);
	return error;
}

int sys_openat(int dirfd, const char __user *path, int flags, u32 mode)
{
	char *name;
	int fd = getname(path, &name);

	if (fd)
		return fd;
	fd = do_open(dirfd, name, flags, mode);
	putname(name);
	return fd;
}

int sys_open(const char __user *path, int flags, u32 mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

int sys_creat(const char __user *path, u32 mode)
{
	return sys_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
