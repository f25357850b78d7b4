/*
 * System calls that change or read a file's attributes: size, mode, owner,
 * times, access rights, the text of a link.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mount.h>
#include <abi/time.h>

#define NOT_CHANGED	0xFFFFFFFFu	/* a uid or gid that stays as it is */

/*
 * Sets the size of a regular file. The caller has checked that it may be
 * written.
 */
static int truncate_inode(struct inode *inode, s64 size)
{
	int error = 0;

	if (size > inode->i_size)
		error = check_file_size(size);
	if (!error && inode->i_running)
		error = -ETXTBSY;
	if (error)
		return error;
	inode->i_writers++;		/* nobody runs it while we sleep */
	lock_inode(inode);
	if (!fs_suser())
		drop_set_id(inode);
	if (size > inode->i_size)
		prepare_growth(inode);
	error = inode->i_op->truncate(inode, size);
	unlock_inode(inode);
	inode->i_writers--;
	return error;
}

int sys_truncate64(const char __user *path, s64 size)
{
	struct inode *inode;
	int error;

	if (size < 0)
		return -EINVAL;
	error = user_path(path, FOLLOW, &inode);
	if (error)
		return error;
	if (S_ISREG(inode->i_mode))
		error = permission(inode, W_OK);
	else
		error = S_ISDIR(inode->i_mode) ? -EISDIR : -EINVAL;
	if (!error)
		error = truncate_inode(inode, size);
	iput(inode);
	return error;
}

int sys_truncate(const char __user *path, s32 size)
{
	return sys_truncate64(path, size);
}

int sys_ftruncate64(int fd, s64 size)
{
	struct file *file = fget(fd);

	if (size < 0)
		return -EINVAL;
	if (!file)
		return -EBADF;
	if (!(file->flags & O_ACCMODE) || !S_ISREG(file->inode->i_mode))
		return -EINVAL;
	return truncate_inode(file->inode, size);
}

int sys_ftruncate(int fd, s32 size)
{
	return sys_ftruncate64(fd, size);
}

/*
 * Reserves room in a file, or makes a hole. No file system does either when it
 * is asked so: the C library then writes zeroes. Returns -EOPNOTSUPP, or what
 * is wrong with the arguments.
 */
int sys_fallocate(int fd, u32 mode, s64 start, s64 length)
{
	struct file *file = fget(fd);
	u32 type = file ? file->inode->i_mode & S_IFMT : 0;

	if (!file)
		return -EBADF;
	if (start < 0 || length <= 0)
		return -EINVAL;
	if (mode & ~(FALLOC_KEEP_SIZE | FALLOC_PUNCH_HOLE) ||
	    mode == FALLOC_PUNCH_HOLE)
		return -EOPNOTSUPP;
	if (!(file->flags & O_ACCMODE))
		return -EBADF;
	if (type == S_IFIFO)
		return -ESPIPE;
	if (type != S_IFREG && type != S_IFBLK)
		return -ENODEV;
	return length > FILE_SIZE_MAX - start ? -EFBIG : -EOPNOTSUPP;
}

static bool is_readonly(const struct inode *inode)
{
	return on_mount_with(inode, MS_RDONLY) && !inode->i_sb->s_transient;
}

/* Returns 0 if current is the owner or the superuser; -EROFS, -EPERM. */
static int may_change(const struct inode *inode)
{
	if (is_readonly(inode))
		return -EROFS;
	return is_owner(inode) ? 0 : -EPERM;
}

/*
 * Sets a file's permissions. Drops the set-group-id bit unless current is in
 * the file's group.
 */
static int change_mode(struct inode *inode, u32 mode)
{
	int error = may_change(inode);

	if (error)
		return error;
	if (!fs_suser() && !in_group(inode->i_gid))
		mode &= ~S_ISGID;
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	inode_changed(inode);
	return 0;
}

/*
 * Returns true if current may change owner and group to uid and gid. The
 * superuser may do anything. The owner may give the file to one of his groups.
 * Others may only change nothing, unless even that would clear set-id bits.
 */
static bool may_give(const struct inode *inode, u32 uid, u32 gid)
{
	if (fs_suser())
		return true;
	if (current->fsuid != inode->i_uid)
		return uid == NOT_CHANGED && gid == NOT_CHANGED &&
		       !set_id_bits(inode);
	return (uid == NOT_CHANGED || uid == inode->i_uid) &&
	       (gid == NOT_CHANGED || gid == inode->i_gid || in_group(gid));
}

/* Sets owner and group, and clears the set-id bits. */
static int change_owner(struct inode *inode, u32 uid, u32 gid)
{
	if (is_readonly(inode))
		return -EROFS;
	if (!may_give(inode, uid, gid))
		return -EPERM;
	if (uid != NOT_CHANGED)
		inode->i_uid = uid;
	if (gid != NOT_CHANGED)
		inode->i_gid = gid;
	drop_set_id(inode);
	inode_changed(inode);
	return 0;
}

int sys_fchmodat(int dirfd, const char __user *path, u32 mode)
{
	struct inode *inode;
	int error = user_path_at(dirfd, path, 0, &inode);

	if (error)
		return error;
	error = change_mode(inode, mode);
	iput(inode);
	return error;
}

int sys_chmod(const char __user *path, u32 mode)
{
	return sys_fchmodat(AT_FDCWD, path, mode);
}

int sys_fchmod(int fd, u32 mode)
{
	struct file *file = fget(fd);

	return file ? change_mode(file->inode, mode) : -EBADF;
}

int sys_fchownat(int dirfd, const char __user *path, u32 uid, u32 gid,
		 u32 flags)
{
	struct inode *inode;
	int error;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	error = user_path_at(dirfd, path, flags, &inode);
	if (error)
		return error;
	error = change_owner(inode, uid, gid);
	iput(inode);
	return error;
}

int sys_chown32(const char __user *path, u32 uid, u32 gid)
{
	return sys_fchownat(AT_FDCWD, path, uid, gid, 0);
}

int sys_lchown32(const char __user *path, u32 uid, u32 gid)
{
	return sys_fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int sys_fchown32(int fd, u32 uid, u32 gid)
{
	struct file *file = fget(fd);

	return file ? change_owner(file->inode, uid, gid) : -EBADF;
}

int sys_chown(const char __user *path, u32 uid, u32 gid)
{
	return sys_chown32(path, wide_id(uid), wide_id(gid));
}

int sys_lchown(const char __user *path, u32 uid, u32 gid)
{
	return sys_lchown32(path, wide_id(uid), wide_id(gid));
}

int sys_fchown(int fd, u32 uid, u32 gid)
{
	return sys_fchown32(fd, wide_id(uid), wide_id(gid));
}

/*
 * Checks access for the real user, not the effective one, unless AT_EACCESS is
 * set. It changes only fsuid and fsgid: this may sleep, and to other processes
 * current must keep its identity.
 */
int sys_faccessat2(int dirfd, const char __user *path, int mode, u32 flags)
{
	u32 fsuid = current->fsuid, fsgid = current->fsgid;
	struct inode *inode;
	int error;

	if (mode & ~(R_OK | W_OK | X_OK) ||
	    flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!(flags & AT_EACCESS)) {
		current->fsuid = current->uid;
		current->fsgid = current->gid;
	}
	error = user_path_at(dirfd, path, flags, &inode);
	if (!error) {
		error = permission(inode, mode);
		iput(inode);
	}
	current->fsuid = fsuid;
	current->fsgid = fsgid;
	return error;
}

int sys_faccessat(int dirfd, const char __user *path, int mode)
{
	return sys_faccessat2(dirfd, path, mode, 0);
}

int sys_access(const char __user *path, int mode)
{
	return sys_faccessat2(AT_FDCWD, path, mode, 0);
}

/* Copies a link's text to a program. Returns its length or an error. */
static int copy_link(struct inode *link, char __user *buf, u32 size)
{
	char *text = kpage_alloc(OWNER_CALL);
	int n;

	if (!text)
		return -ENOMEM;
	n = read_link(link, text, size);
	if (n > 0 && copy_to_user(buf, text, n) < 0)
		n = -EFAULT;
	kpage_free(text);
	return n;
}

int sys_readlinkat(int dirfd, const char __user *path, char __user *buf,
		   int size)
{
	struct inode *inode;
	int n, error;

	if (size <= 0)
		return -EINVAL;
	error = user_path_at(dirfd, path, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
			     &inode);
	if (error)
		return error;
	if (S_ISLNK(inode->i_mode))
		n = copy_link(inode, buf, min_u32(size, PATH_MAX));
	else		/* with an empty path dirfd should be an open link */
		n = is_empty_path(path) ? -ENOENT : -EINVAL;
	iput(inode);
	return n;
}

int sys_readlink(const char __user *path, char __user *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, path, buf, size);
}

/*
 * The five forms of utime() take different structures. All of them are turned
 * into this one: two times in nanoseconds, as inodes keep them.
 */
struct new_times {
	s64 time[2];		/* access, modification */
	bool set[2];		/* which of them change */
	bool now;		/* both become now: a writer may do that, too */
	bool invalid;		/* -EINVAL, but only if the file is found */
};

static int set_times(struct inode *inode, const struct new_times *t)
{
	int error = t->invalid ? -EINVAL : may_change(inode);

	if (error == -EPERM && t->now)
		error = permission(inode, W_OK);
	if (error)
		return error;
	if (t->set[0])
		inode->i_atime = nearest_time(inode, t->time[0]);
	if (t->set[1])
		inode->i_mtime = nearest_time(inode, t->time[1]);
	inode_changed(inode);
	return 0;
}

/* Sets the times of the file at path. If path is NULL it is the file dirfd. */
static int set_times_at(int dirfd, const char __user *path,
			const struct new_times *t, u32 flags)
{
	struct inode *inode;
	struct file *file = path ? NULL : fget(dirfd);
	int error;

	if (!t->set[0] && !t->set[1])
		return 0;
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!path && dirfd == AT_FDCWD)
		return -EFAULT;
	if (!path && flags)
		return -EINVAL;
	if (!path)
		return file ? set_times(file->inode, t) : -EBADF;
	error = user_path_at(dirfd, path, flags, &inode);
	if (error)
		return error;
	error = set_times(inode, t);
	iput(inode);
	return error;
}

static struct new_times times_now(void)
{
	s64 now = coarse_time();

	return (struct new_times){ .time = { now, now },
				   .set = { true, true },
				   .now = true };
}

static struct new_times times_at(s64 access, s64 modification)
{
	return (struct new_times){ .time = { access, modification },
				   .set = { true, true } };
}

int sys_utime(const char __user *path, const struct utimbuf __user *user_times)
{
	struct new_times t = times_now();
	struct utimbuf times;

	if (user_times) {
		if (copy_from_user(&times, user_times, sizeof(times)) < 0)
			return -EFAULT;
		t = times_at(join_time(times.actime, 0),
			     join_time(times.modtime, 0));
	}
	return set_times_at(AT_FDCWD, path, &t, 0);
}

int sys_futimesat(int dirfd, const char __user *path,
		  const struct timeval __user *user_times)
{
	struct new_times t = times_now();
	struct timeval times[2];

	if (user_times) {
		if (copy_from_user(times, user_times, sizeof(times)) < 0)
			return -EFAULT;
		if ((u32)times[0].tv_usec >= 1000000 ||
		    (u32)times[1].tv_usec >= 1000000)
			return -EINVAL;
		t = times_at(join_time(times[0].tv_sec,
				       times[0].tv_usec * 1000),
			     join_time(times[1].tv_sec,
				       times[1].tv_usec * 1000));
	}
	return set_times_at(dirfd, path, &t, 0);
}

int sys_utimes(const char __user *path, const struct timeval __user *times)
{
	return sys_futimesat(AT_FDCWD, path, times);
}

/*
 * One of the two times of utimensat(), in nanoseconds with two special values.
 */
static void take_time(struct new_times *t, int which, s64 seconds,
		      u32 nanoseconds)
{
	t->set[which] = nanoseconds != UTIME_OMIT;
	t->now &= nanoseconds == UTIME_NOW;
	if (nanoseconds == UTIME_NOW || nanoseconds == UTIME_OMIT)
		return;
	t->time[which] = join_time(seconds, nanoseconds);
	t->invalid |= nanoseconds >= 1000000000;
}

static int do_utimensat(int dirfd, const char __user *path,
			const void __user *times, u32 flags, bool wide)
{
	u32 size = wide ? sizeof(struct timespec64) : sizeof(struct timespec);
	const u8 __user *from = times;
	struct new_times t = times_now();
	struct timespec64 ts;

	for (int i = 0; i < 2 && times; i++) {
		if (get_timespec(&ts, from + i * size, wide) < 0)
			return -EFAULT;
		take_time(&t, i, ts.tv_sec, ts.tv_nsec);
	}
	return set_times_at(dirfd, path, &t, flags);
}

int sys_utimensat(int dirfd, const char __user *path,
		  const struct timespec __user *times, u32 flags)
{
	return do_utimensat(dirfd, path, times, flags, false);
}

int sys_utimensat_time64(int dirfd, const char __user *path,
			 const struct timespec64 __user *times, u32 flags)
{
	return do_utimensat(dirfd, path, times, flags, true);
}
