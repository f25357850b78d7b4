/*
 * ioctl(). Some requests are about the descriptor or the open file and have the
 * same meaning for all files; the others go to the file's own operation.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/ioctl.h>

/* FIONBIO: calls on the open file wait, or do not. */
static int set_nonblocking(struct file *file, const void __user *from)
{
	u32 on;
	int error = get_user_u32(&on, from);

	if (error)
		return error;
	if (on)
		file->flags |= O_NONBLOCK;
	else
		file->flags &= ~O_NONBLOCK;
	return 0;
}

/* FIOASYNC: nobody sends SIGIO, so it can only be switched off. */
static int set_async(const void __user *from)
{
	u32 on;
	int error = get_user_u32(&on, from);

	if (error)
		return error;
	return on ? -ENOTTY : 0;
}

/* FIONREAD of a regular file: tells how much there is behind the position. */
static int bytes_left(const struct file *file, void __user *to)
{
	return put_user_u32(file->inode->i_size - (u32)file->pos, to);
}

int sys_ioctl(int fd, u32 command, u32 arg)
{
	struct file *file = fget(fd);
	void __user *user = (void __user *)arg;

	if (!file)
		return -EBADF;
	switch (command) {
	case FIOCLEX:
	case FIONCLEX:
		fd_set_close_on_exec(current->files, fd, command == FIOCLEX);
		return 0;
	case FIONBIO:
		return set_nonblocking(file, user);
	case FIOASYNC:
		return set_async(user);
	case FIONREAD:
		if (S_ISREG(file->inode->i_mode))
			return bytes_left(file, user);
	}
	if (!file->fop->ioctl)
		return -ENOTTY;
	return file->fop->ioctl(file, command, arg);
}
