/*
 * Reading and writing several pieces of memory at once: readv() and writev().
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/uio.h>

/*
 * Checks all pieces before the first is used. Finds their length in bytes,
 * which a call's answer can tell. Returns 0, -EINVAL or -EFAULT.
 */
int check_vector(const struct iovec __user *vector, u32 count, u32 *length)
{
	struct iovec piece;

	if (count > UIO_MAXIOV)
		return -EINVAL;
	*length = 0;
	for (u32 i = 0; i < count; i++) {
		if (copy_from_user(&piece, &vector[i], sizeof(piece)) < 0)
			return -EFAULT;
		if ((s32)piece.iov_len < 0)
			return -EINVAL;
		if (!access_ok(piece.iov_base, piece.iov_len))
			return -EFAULT;
		*length += min_u32(piece.iov_len, TRANSFER_MAX - *length);
	}
	return 0;
}

/* Returns true if a file would let its reader wait. */
static bool is_dry(struct file *file)
{
	return file->fop->poll && !(file->fop->poll(file, NULL) & POLLIN);
}

static int transfer_piece(struct file *file, const struct iovec *piece,
			  loff_t *pos, bool write)
{
	char __user *buf = (char __user *)piece->iov_base;

	if (write)
		return write_file(file, buf, piece->iov_len, pos);
	return read_file(file, buf, piece->iov_len, pos);
}

/*
 * Reads or writes piece by piece until one is short. Once something was read,
 * stops also where the next piece would have to wait.
 */
static int do_vector(struct file *file, const struct iovec __user *vector,
		     int count, bool write, loff_t *pos)
{
	u32 length;
	int total = 0, error = check_vector(vector, count, &length);

	if (error)
		return error;
	if (file->fop->vector)
		return file->fop->vector(file, vector, count, write);
	for (int i = 0; i < count && (write || !total || !is_dry(file)); i++) {
		struct iovec piece;
		int n = copy_from_user(&piece, &vector[i], sizeof(piece));

		piece.iov_len = min_u32(piece.iov_len, TRANSFER_MAX - total);
		if (!n && piece.iov_len)
			n = transfer_piece(file, &piece, pos, write);
		if (n < 0)
			return total ? total : n;
		total += n;
		if ((u32)n < piece.iov_len)
			break;
	}
	return total;
}

static int do_vector_here(int fd, const struct iovec __user *vector, int count,
			  bool write)
{
	struct file *file = fget(fd);
	bool held;
	int n;

	if (!file)
		return -EBADF;
	held = hold_position(file);
	n = do_vector(file, vector, count, write, &file->pos);
	if (held)
		release_position(file);
	return n;
}

int sys_readv(int fd, const struct iovec __user *vector, int count)
{
	return do_vector_here(fd, vector, count, false);
}

int sys_writev(int fd, const struct iovec __user *vector, int count)
{
	return do_vector_here(fd, vector, count, true);
}

/* Transfers at pos, which is not the file's own position. */
static int do_vector_at(int fd, const struct iovec __user *vector, int count,
			loff_t pos, bool write)
{
	struct file *file;
	int error = get_seekable(fd, pos, &file);

	return error ? error : do_vector(file, vector, count, write, &pos);
}

int sys_preadv(int fd, const struct iovec __user *vector, int count, loff_t pos)
{
	return do_vector_at(fd, vector, count, pos, false);
}

int sys_pwritev(int fd, const struct iovec __user *vector, int count,
		loff_t pos)
{
	return do_vector_at(fd, vector, count, pos, true);
}

/*
 * A position of -1 means the file's own. No flag is known: they ask for what
 * this kernel does not do for a single call.
 */
static int do_vector_flags(int fd, const struct iovec __user *vector, int count,
			   loff_t pos, u32 flags, bool write)
{
	if (flags)
		return fget(fd) ? -EOPNOTSUPP : -EBADF;
	if (pos == -1)
		return do_vector_here(fd, vector, count, write);
	return do_vector_at(fd, vector, count, pos, write);
}

int sys_preadv2(int fd, const struct iovec __user *vector, int count,
		loff_t pos, u32 flags)
{
	return do_vector_flags(fd, vector, count, pos, flags, false);
}

int sys_pwritev2(int fd, const struct iovec __user *vector, int count,
		 loff_t pos, u32 flags)
{
	return do_vector_flags(fd, vector, count, pos, flags, true);
}
