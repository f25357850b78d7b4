/* Reading and writing several pieces of memory at once: readv() and writev(). */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/uio.h>

/* All pieces are looked at before the first is used. */
static int check_vector(const struct iovec __user *vector, int count)
{
	struct iovec piece;

	if (count < 0 || count > UIO_MAXIOV)
		return -EINVAL;
	for (int i = 0; i < count; i++) {
		if (copy_from_user(&piece, &vector[i], sizeof(piece)) < 0)
			return -EFAULT;
		if ((s32)piece.iov_len < 0)
			return -EINVAL;
		if (!access_ok(piece.iov_base, piece.iov_len))
			return -EFAULT;
	}
	return 0;
}

/* Whether a file would let its reader wait. */
static bool is_dry(struct file *file)
{
	return file->fop->poll && !(file->fop->poll(file, NULL) & POLLIN);
}

/*
 * readv() and writev(): piece by piece until one is short, or, once something
 * was read, until there is no more for now. pos is NULL for the file's own
 * position. file may be NULL; another thread may close it meanwhile.
 */
static COLD int do_vector(struct file *file, const struct iovec __user *vector,
			  int count, bool write, loff_t *pos)
{
	int total = 0, error = file ? check_vector(vector, count) : -EBADF;

	if (error)
		return error;
	for (int i = 0; i < count && (write || !total || !is_dry(file)); i++) {
		struct iovec piece;
		int n = copy_from_user(&piece, &vector[i], sizeof(piece));

		piece.iov_len = min_u32(piece.iov_len, TRANSFER_MAX - total);
		if (!n && piece.iov_len)
			n = transfer_file(file, (char __user *)piece.iov_base,
					  piece.iov_len, pos, write);
		if (n < 0)
			return total ? total : n;
		total += n;
		if ((u32)n < piece.iov_len)
			break;
	}
	return total;
}

asmlinkage int sys_readv(int fd, const struct iovec __user *vector, int count)
{
	return do_vector(fget(fd), vector, count, false, NULL);
}

asmlinkage int sys_writev(int fd, const struct iovec __user *vector, int count)
{
	return do_vector(fget(fd), vector, count, true, NULL);
}

asmlinkage COLD int sys_preadv(int fd, const struct iovec __user *vector, int count, loff_t pos)
{
	struct file *file;
	int error = get_seekable(fd, pos, &file);

	return error ? error : do_vector(file, vector, count, false, &pos);
}

asmlinkage COLD int sys_pwritev(int fd, const struct iovec __user *vector, int count, loff_t pos)
{
	struct file *file;
	int error = get_seekable(fd, pos, &file);

	return error ? error : do_vector(file, vector, count, true, &pos);
}
