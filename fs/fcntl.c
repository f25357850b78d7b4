/* fcntl() and flock(): settings of a descriptor and of an open file. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/* Does a lock command whose structure is the one for large files. */
static int lock_command(int fd, struct file *file, int command,
			struct flock64 __user *user)
{
	struct flock64 fl;
	int error = copy_from_user(&fl, user, sizeof(fl));

	if (error)
		return error;
	error = fcntl_lock(fd, file, command, &fl);
	if (error || (command != F_GETLK64 && command != F_OFD_GETLK))
		return error;
	return copy_to_user(user, &fl, sizeof(fl));
}

/* As lock_command(), with 32-bit offsets. */
static int old_lock_command(int fd, struct file *file, int command,
			    struct flock __user *user)
{
	struct flock fl;
	struct flock64 wide;
	int error = copy_from_user(&fl, user, sizeof(fl));

	if (error)
		return error;
	wide = (struct flock64){ fl.l_type, fl.l_whence, fl.l_start, fl.l_len,
				 fl.l_pid };
	error = fcntl_lock(fd, file, command - F_GETLK + F_GETLK64, &wide);
	if (error || command != F_GETLK)
		return error;
	fl = (struct flock){ wide.l_type, wide.l_whence, wide.l_start,
			     wide.l_len, wide.l_pid };
	return copy_to_user(user, &fl, sizeof(fl));
}

/*
 * Sets the flags that may change. Returns -EINVAL for O_ASYNC and O_DIRECT:
 * nobody sends SIGIO, and nothing goes past the cache.
 */
static int set_flags(struct file *file, u32 flags)
{
	const u32 changeable = O_APPEND | O_NONBLOCK | O_NOATIME;

	if (flags & (O_ASYNC | O_DIRECT))
		return -EINVAL;
	if (flags & ~file->flags & O_NOATIME && !is_owner(file->inode))
		return -EPERM;
	file->flags = (file->flags & ~changeable) | (flags & changeable);
	return 0;
}

/*
 * Returns true for the commands on the descriptor itself. A file that O_PATH
 * opened knows no others.
 */
static bool of_descriptor(int command)
{
	return command == F_DUPFD || command == F_DUPFD_CLOEXEC ||
	       command == F_GETFD || command == F_SETFD || command == F_GETFL;
}

/* Does the commands that few programs use. */
static int other_command(struct file *file, int command, u32 arg)
{
	switch (command) {
	case F_GETOWN:
		return 0;			/* nobody is sent SIGIO */
	case F_GETLEASE:
		return F_UNLCK;			/* nobody can have one */
	case F_GETPIPE_SZ:
		return pipe_size(file->inode);
	case F_SETPIPE_SZ:
		return set_pipe_size(file->inode, arg);
	}
	return -EINVAL;
}

int sys_fcntl(int fd, int command, u32 arg)
{
	struct file *file = of_descriptor(command) ? fget_any(fd) : fget(fd);

	if (!file)
		return -EBADF;
	switch (command) {
	case F_DUPFD:
		return dup_from(fd, arg, false);
	case F_DUPFD_CLOEXEC:
		return dup_from(fd, arg, true);
	case F_GETFD:
		return fd_close_on_exec(current->files, fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		fd_set_close_on_exec(current->files, fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return file->flags & ~O_NOCTTY;
	case F_SETFL:
		return set_flags(file, arg);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		return old_lock_command(fd, file, command,
					(struct flock __user *)arg);
	case F_GETLK64:
	case F_SETLK64:
	case F_SETLKW64:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_command(fd, file, command,
				    (struct flock64 __user *)arg);
	}
	return other_command(file, command, arg);
}

int sys_flock(int fd, u32 operation)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	return flock_file(fd, file, operation);
}
