/*
 * The calls that change or ask what an inode says: size, mode, owner, times,
 * access, the text of a link.
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
#define NOT_CHANGED_16	0xFFFFu	/* the same in the calls with 16-bit ids */

/* Of a regular file; the caller has checked that it may be written. */
static int truncate_inode(struct inode *inode, s64 size)
{
	int error = size > inode->i_size ? check_file_size(size) : 0;

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
	int error = size < 0 ? -EINVAL : user_path(path, FOLLOW, &inode);

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

	if (size < 0 || !file)
		return size < 0 ? -EINVAL : -EBADF;
	return file->flags & O_ACCMODE && S_ISREG(file->inode->i_mode)
		       ? truncate_inode(file->inode, size)
		       : -EINVAL;
}

int sys_ftruncate(int fd, s32 size)
{
	return sys_ftruncate64(fd, size);
}

static bool readonly(const struct inode *inode)
{
	return on_mount_with(inode, MS_RDONLY) && !inode->i_sb->s_transient;
}

/* Only the owner and the superuser may change what an inode says. */
static int may_change(const struct inode *inode)
{
	if (readonly(inode))
		return -EROFS;
	return is_owner(inode) ? 0 : -EPERM;
}

static void changed(struct inode *inode)
{
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

/* Who is not in a file's group may not make it run with that group's rights. */
static int change_mode(struct inode *inode, u32 mode)
{
	int error = may_change(inode);

	if (error)
		return error;
	if (!fs_suser() && !in_group(inode->i_gid))
		mode &= ~S_ISGID;
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	changed(inode);
	return 0;
}

/*
 * The owner may give a file to a group of his own; everything else is the
 * superuser's. Anybody may change nothing, unless that takes set-id bits.
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

/* Giving a program away takes its set-id bits. */
static int change_owner(struct inode *inode, u32 uid, u32 gid)
{
	if (readonly(inode))
		return -EROFS;
	if (!may_give(inode, uid, gid))
		return -EPERM;
	if (uid != NOT_CHANGED)
		inode->i_uid = uid;
	if (gid != NOT_CHANGED)
		inode->i_gid = gid;
	drop_set_id(inode);
	changed(inode);
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
	int error = flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
			    ? -EINVAL
			    : user_path_at(dirfd, path, flags, &inode);

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

static u32 wide_id(u32 id)
{
	return (id & NOT_CHANGED_16) == NOT_CHANGED_16 ? NOT_CHANGED
						       : id & NOT_CHANGED_16;
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
 * access() asks for the real user, not the effective one. Only what counts for
 * files is changed: to others current stays who it is, while this sleeps.
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

int sys_readlinkat(int dirfd, const char __user *path,
			      char __user *buf, int size)
{
	struct inode *inode;
	char *text;
	int n, error;

	if (size <= 0)
		return -EINVAL;
	error = user_path_at(dirfd, path, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
			     &inode);
	if (error)
		return error;
	text = S_ISLNK(inode->i_mode) ? kpage_alloc(OWNER_CALL) : NULL;
	n = -ENOMEM;
	if (!S_ISLNK(inode->i_mode))	/* an empty path means an opened link */
		n = is_empty_path(path) ? -ENOENT : -EINVAL;
	if (text) {
		n = read_link(inode, text, min_u32(size, PATH_MAX));
		if (n > 0 && copy_to_user(buf, text, n) < 0)
			n = -EFAULT;
		kpage_free(text);
	}
	iput(inode);
	return n;
}

int sys_readlink(const char __user *path, char __user *buf,
			    int size)
{
	return sys_readlinkat(AT_FDCWD, path, buf, size);
}

/*
 * The five forms of utime() differ in the structure they take; all come down to
 * two times in seconds, which is what the file systems keep. set tells which of
 * them change; now: both become the current time, which whoever may write the
 * file may ask for. A time that the file system has no number for becomes the
 * nearest one that it has. invalid: one is no time, which is said once the file
 * is found.
 */
struct new_times {
	s64 time[2];			/* access, modification */
	bool set[2], now, invalid;
};

static s64 nearest_time(const struct super_block *sb, s64 time)
{
	if (!sb)
		return time;
	if (time < sb->s_time_min)
		return sb->s_time_min;
	return time > sb->s_time_max ? sb->s_time_max : time;
}

static int set_times(struct inode *inode, const struct new_times *t)
{
	int error = t->invalid ? -EINVAL : may_change(inode);

	if (error == -EPERM && t->now)
		error = permission(inode, W_OK);
	if (error)
		return error;
	if (t->set[0])
		inode->i_atime = nearest_time(inode->i_sb, t->time[0]);
	if (t->set[1])
		inode->i_mtime = nearest_time(inode->i_sb, t->time[1]);
	changed(inode);
	return 0;
}

/* No path at all means the file that is open as dirfd. */
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
	if (!path && (dirfd == AT_FDCWD || flags))
		return dirfd == AT_FDCWD ? -EFAULT : -EINVAL;
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
	u32 now = current_time();

	return (struct new_times){ { now, now }, { true, true }, true, false };
}

int sys_utime(const char __user *path, const struct utimbuf __user *user_times)
{
	struct new_times t = times_now();
	struct utimbuf times;

	if (user_times) {
		if (copy_from_user(&times, user_times, sizeof(times)) < 0)
			return -EFAULT;
		t = (struct new_times){ { times.actime, times.modtime },
					{ true, true },
					false,
					false };
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
		t = (struct new_times){ { times[0].tv_sec, times[1].tv_sec },
					{ true, true },
					false,
					false };
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
	t->time[which] = seconds;
	t->invalid |= nanoseconds >= 1000000000;
}

int sys_utimensat(int dirfd, const char __user *path,
		  const struct timespec __user *user_times, u32 flags)
{
	struct new_times t = times_now();
	struct timespec times[2];

	if (user_times && copy_from_user(times, user_times, sizeof(times)) < 0)
		return -EFAULT;
	for (int i = 0; i < 2 && user_times; i++)
		take_time(&t, i, times[i].tv_sec, times[i].tv_nsec);
	return set_times_at(dirfd, path, &t, flags);
}

int sys_utimensat_time64(int dirfd, const char __user *path,
			 const struct timespec64 __user *user_times, u32 flags)
{
	struct new_times t = times_now();
	struct timespec64 times[2];

	if (user_times && copy_from_user(times, user_times, sizeof(times)) < 0)
		return -EFAULT;
	for (int i = 0; i < 2 && user_times; i++)
		take_time(&t, i, times[i].tv_sec, times[i].tv_nsec);
	return set_times_at(dirfd, path, &t, flags);
}
