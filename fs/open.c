/* Opening files: open() and its relatives. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/* Returns what the access mode of open() asks of permission(). */
static int access_mask(u32 flags)
{
	static const u8 masks[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };

	return masks[flags & O_ACCMODE] | (flags & O_TRUNC ? W_OK : 0);
}

/* Makes a regular file of a name in dir that is free. dir is locked. */
static int create_file(struct inode *dir, const char *last, u32 length,
		       u32 mode, struct inode **inode)
{
	const struct new_node file = {
		.mode = S_IFREG | (mode & 07777 & ~current->fs->umask),
	};
	int error;

	if (dir->i_nlink == 0)
		return -ENOENT;
	error = permission(dir, W_OK);
	if (error)
		return error;
	error = dir->i_op->create(dir, last, length, &file, inode);
	if (error)
		return error;
	name_cache_add(dir, last, length, *inode);
	(*inode)->i_dir = dir->i_ino;
	return 0;
}

/*
 * Makes the file that O_CREAT wants, or finds it if it is there. dir is locked.
 */
static int find_or_create(struct inode *dir, const char *last, u32 length,
			  u32 flags, u32 mode, struct inode **inode,
			  bool *created)
{
	int error;

	*created = false;
	if (!S_ISDIR(dir->i_mode))
		return -ENOTDIR;
	if (length == 0)
		return flags & O_EXCL ? -EEXIST : -EISDIR;
	if (last[length] == '/' && !is_dot_dotdot(last, length))
		return -EISDIR;
	error = lookup_in(dir, last, length, inode);
	if (error == -ENOENT) {
		error = create_file(dir, last, length, mode, inode);
		*created = !error;
	} else if (!error && flags & O_EXCL) {
		iput(*inode);
		error = -EEXIST;
	}
	return error;
}

/*
 * Goes on from a link to what it names. Replaces dir, in which the link is, and
 * the link: by the directory and the name of the target; or *inode by the
 * target itself, if the text of the link is not its name (/proc). *text is the
 * page for that name, allocated for the first link.
 */
static int follow_created(struct inode **dir, struct inode **inode, char **text,
			  const char **last, u32 *length)
{
	struct inode *link = *inode, *from = *dir;
	int error = -ENOMEM;

	*dir = *inode = NULL;
	if (link->i_op->follow) {
		error = link->i_op->follow(link, inode);
	} else {
		if (!*text)
			*text = kpage_alloc(OWNER_CALL);
		if (*text)
			error = link_parent(from, link, *text, dir, last,
					    length);
	}
	iput(link);
	iput(from);
	return error;
}

/*
 * Finds or makes the file for O_CREAT, also at the end of links that lead to
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
		error = find_or_create(dir, last, length, flags, mode, inode,
				       created);
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
 * Returns 0 if flags fit the type of an inode and current may open it so. Who
 * has just created a file may open it in any way.
 */
static int may_open(const struct inode *inode, u32 flags, bool created)
{
	u32 type = inode->i_mode & S_IFMT;
	int error = 0;

	if (flags & O_DIRECTORY && type != S_IFDIR)
		return -ENOTDIR;
	if (type == S_IFDIR && flags & (O_ACCMODE | O_CREAT | O_TRUNC))
		return -EISDIR;
	if (flags & O_PATH)
		return 0;
	if (type == S_IFLNK)
		return -ELOOP;
	if (!created)
		error = permission(inode, access_mask(flags));
	if (!error && (type == S_IFCHR || type == S_IFBLK))
		error = may_use_device(inode);
	if (!error && (type == 0 || type == S_IFSOCK))
		error = -ENXIO;		/* anonymous files, through /proc */
	if (!error && flags & O_NOATIME && !is_owner(inode))
		error = -EPERM;
	if (!error && inode->i_running && access_mask(flags) & W_OK)
		error = -ETXTBSY;
	return error;
}

/*
 * Finds the inode for open(), made if O_CREAT wants it and emptied by O_TRUNC.
 */
int open_inode(int dirfd, const char *path, u32 flags, u32 mode,
	       struct inode **found)
{
	struct inode *inode;
	bool created = false, writes;
	int error;

	if (flags & O_CREAT)
		error = open_create(dirfd, path, flags, mode, &inode, &created);
	else
		error = path_lookup(dirfd, path,
				    flags & O_NOFOLLOW ? NOFOLLOW : FOLLOW,
				    &inode);
	if (error)
		return error;
	error = may_open(inode, flags, created);
	if (error) {
		iput(inode);
		return error;
	}
	writes = flags & O_ACCMODE && S_ISREG(inode->i_mode);
	if (writes)
		inode->i_writers++;		/* fput() counts down */
	if (flags & O_TRUNC && S_ISREG(inode->i_mode) && !created)
		error = empty_file(inode);
	if (error) {
		inode->i_writers -= writes;
		iput(inode);
		return error;
	}
	*found = inode;
	return 0;
}

/* Of a file that is only named. */
static const struct file_ops path_fops;

/* Makes inode, whose reference it takes over, the one of an open file. */
static int attach_inode(struct file *file, struct inode *inode)
{
	int error;

	file->inode = inode;
	file->fop = file->flags & O_PATH ? &path_fops : inode->i_fop;
	file->seekable = has_position(inode);
	if (!file->fop->open)
		return 0;
	error = file->fop->open(inode, file);
	if (error)
		file->fop = &path_fops;	/* there is nothing to release */
	return error;
}

/*
 * All that may be missing for the open file is looked for before the name is
 * made or the file emptied.
 */
static int do_open(int dirfd, const char *path, u32 flags, u32 mode)
{
	const u32 kept = ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC);
	struct file *file;
	struct inode *inode;
	int error;

	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if (flags & O_DIRECT)
		return -EINVAL;		/* nothing goes past the cache */
	error = check_files();
	if (!error && flags & (O_CREAT | O_TRUNC))
		error = check_fd();
	if (error)
		return error;
	file = file_alloc(NULL, flags & kept);
	if (!file)
		return -ENOMEM;
	error = open_inode(dirfd, path, flags, mode, &inode);
	if (error) {
		nr_files--;
		kfree(file);
		return error;
	}
	error = attach_inode(file, inode);
	if (!error)
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
