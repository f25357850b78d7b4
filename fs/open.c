/* Opening and closing files, and the calls that change what an inode says: size, mode, owner, times. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/time.h>

/* What open()'s access mode asks of permission(). */
static int access_mask(u32 flags)
{
	static const u8 masks[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };

	return masks[flags & O_ACCMODE] | (flags & O_TRUNC ? W_OK : 0);
}

/* Make the file that O_CREAT wants, or find it if somebody was faster or it was there. dir is locked. */
static int open_or_create(struct inode *dir, const char *last, u32 length, u32 flags, u32 mode, struct inode **inode, bool *created)
{
	int error = lookup_in(dir, last, length, inode);

	*created = false;
	if (!error && flags & O_EXCL) {
		iput(*inode);
		return -EEXIST;
	}
	if (error != -ENOENT)
		return error;
	if (last[length] == '/')
		return -EISDIR;
	if (dir->i_nlink == 0)
		return -ENOENT;
	error = permission(dir, W_OK);
	if (!error)
		error = dir->i_op->create(dir, last, length, S_IFREG | (mode & 07777 & ~current->fs->umask), 0, inode);
	*created = !error;
	if (!error)
		(*inode)->i_dir = dir->i_ino;
	return error;
}

static int open_create(const char *path, u32 flags, u32 mode, struct inode **inode, bool *created)
{
	const char *last;
	struct inode *dir;
	u32 length;
	int error = path_parent(path, &dir, &last, &length);

	if (error)
		return error;
	lock_inode(dir);
	error = !S_ISDIR(dir->i_mode) ? -ENOTDIR : length == 0 ? -EISDIR :
		open_or_create(dir, last, length, flags, mode, inode, created);
	unlock_inode(dir);
	iput(dir);
	if (!error && S_ISLNK((*inode)->i_mode)) {	/* a link to an existing file */
		iput(*inode);
		error = flags & O_NOFOLLOW ? -ELOOP : path_lookup(path, FOLLOW, inode);
	}
	return error;
}

/* The inode for open(), made if O_CREAT wants it, with the permissions checked. */
static int open_inode(const char *path, u32 flags, u32 mode, struct inode **inode)
{
	bool created = false;
	int error = flags & O_CREAT ? open_create(path, flags, mode, inode, &created) :
				      path_lookup(path, flags & O_NOFOLLOW ? NOFOLLOW : FOLLOW, inode);

	if (error)
		return error;
	if (S_ISLNK((*inode)->i_mode))
		error = -ELOOP;
	else if (S_ISDIR((*inode)->i_mode) && (flags & O_ACCMODE || flags & O_CREAT))
		error = -EISDIR;
	else if (flags & O_DIRECTORY && !S_ISDIR((*inode)->i_mode))
		error = -ENOTDIR;
	else if (!created)
		error = permission(*inode, access_mask(flags));
	if (!error && flags & O_TRUNC && S_ISREG((*inode)->i_mode) && !created) {
		lock_inode(*inode);
		error = (*inode)->i_op->truncate(*inode, 0);
		unlock_inode(*inode);
	}
	if (error)
		iput(*inode);
	return error;
}

static int do_open(const char *path, u32 flags, u32 mode)
{
	struct inode *inode;
	struct file *file;
	int error = open_inode(path, flags, mode, &inode);

	if (error)
		return error;
	file = file_alloc(inode, flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC));
	if (!file) {
		iput(inode);
		return -ENOMEM;
	}
	if (flags & O_NOCTTY)
		file->flags |= O_NOCTTY;
	error = file->fop->open ? file->fop->open(inode, file) : 0;
	if (error) {
		file->fop = &(const struct file_ops){ 0 };	/* nothing was opened: nothing to release */
		fput(file);
		return error;
	}
	error = fd_install(file, flags & O_CLOEXEC);
	if (error < 0)
		fput(file);
	return error;
}

asmlinkage int sys_open(const char __user *path, int flags, u32 mode)
{
	char *name;
	int fd = getname(path, &name);

	if (fd)
		return fd;
	fd = do_open(name, flags, mode);
	putname(name);
	return fd;
}

asmlinkage int sys_creat(const char __user *path, u32 mode)
{
	return sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

static int truncate_inode(struct inode *inode, s32 size)
{
	int error;

	if (size < 0)
		return -EINVAL;
	if (!S_ISREG(inode->i_mode))
		return S_ISDIR(inode->i_mode) ? -EISDIR : -EINVAL;
	lock_inode(inode);
	error = inode->i_op->truncate(inode, size);
	unlock_inode(inode);
	return error;
}

asmlinkage int sys_truncate(const char __user *path, s32 size)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	error = permission(inode, W_OK);
	if (!error)
		error = truncate_inode(inode, size);
	iput(inode);
	return error;
}

asmlinkage int sys_ftruncate(int fd, s32 size)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	return file->flags & O_ACCMODE ? truncate_inode(file->inode, size) : -EINVAL;
}

/* Only the owner and the superuser may change what an inode says. */
static int may_change(const struct inode *inode)
{
	if (inode->i_sb && inode->i_sb->s_readonly)
		return -EROFS;
	return suser() || current->euid == inode->i_uid ? 0 : -EPERM;
}

static int change_mode(struct inode *inode, u32 mode)
{
	int error = may_change(inode);

	if (error)
		return error;
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
	return 0;
}

/* uid or gid -1: leave it. Giving a program away takes its set-id bits. */
static int change_owner(struct inode *inode, u32 uid, u32 gid)
{
	if (inode->i_sb && inode->i_sb->s_readonly)
		return -EROFS;
	if (!suser())
		return -EPERM;
	if ((u16)uid != (u16)-1)
		inode->i_uid = uid;
	if ((u16)gid != (u16)-1)
		inode->i_gid = gid;
	if (S_ISREG(inode->i_mode))
		inode->i_mode &= ~(S_ISUID | S_ISGID);
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
	return 0;
}

asmlinkage int sys_chmod(const char __user *path, u32 mode)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	error = change_mode(inode, mode);
	iput(inode);
	return error;
}

asmlinkage int sys_fchmod(int fd, u32 mode)
{
	struct file *file = fget(fd);

	return file ? change_mode(file->inode, mode) : -EBADF;
}

asmlinkage int sys_chown(const char __user *path, u32 uid, u32 gid)
{
	struct inode *inode;
	int error = user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	error = change_owner(inode, uid, gid);
	iput(inode);
	return error;
}

asmlinkage int sys_fchown(int fd, u32 uid, u32 gid)
{
	struct file *file = fget(fd);

	return file ? change_owner(file->inode, uid, gid) : -EBADF;
}

asmlinkage int sys_utime(const char __user *path, const struct utimbuf __user *user_times)
{
	struct utimbuf times = { current_time(), current_time() };
	struct inode *inode;
	int error = user_times ? copy_from_user(&times, user_times, sizeof(times)) : 0;

	if (!error)
		error = user_path(path, FOLLOW, &inode);
	if (error)
		return error;
	error = may_change(inode);
	if (error == -EPERM && !user_times)
		error = permission(inode, W_OK);
	if (!error) {
		inode->i_atime = times.actime;
		inode->i_mtime = times.modtime;
		mark_inode_dirty(inode);
	}
	iput(inode);
	return error;
}

/* access() asks for the real user, not the effective one. */
asmlinkage int sys_access(const char __user *path, int mode)
{
	u32 euid = current->euid, egid = current->egid;
	struct inode *inode;
	int error;

	if (mode & ~(R_OK | W_OK | X_OK))
		return -EINVAL;
	current->euid = current->uid;
	current->egid = current->gid;
	error = user_path(path, FOLLOW, &inode);
	if (!error) {
		error = permission(inode, mode);
		iput(inode);
	}
	current->euid = euid;
	current->egid = egid;
	return error;
}
