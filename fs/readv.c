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

/* Returns true if a file would let its reader wait. */
static bool is_dry(struct file *file)
{
	return file->fop->poll && !(file->fop->poll(file, NULL) & POLLIN);
}

/*
 * Reads or writes piece by piece until one is short. Once something was read,
 * stops also where the next piece would have to wait.
 */
static int do_vector(struct file *file, const struct iovec __user *vector,
		     int count, bool write, loff_t *pos)
{
	struct pieces p;
	u32 length, done = 0;
	int n = get_pieces(&p, vector, count, true, &length);

	if (n)
		return n;
	/* no bytes: no empty datagram is sent, as on Linux */
	if (file->fop->vector)
		return length ? file->fop->vector(file, &p, length, write) : 0;
	while (done < length && (write || !done || !is_dry(file))) {
		u32 part;

		n = begin_piece(&p);
		part = min_u32(p.left, length - done);
		if (!n && write)
			n = write_file(file, (char __user *)p.at, part, pos);
		else if (!n)
			n = read_file(file, (char __user *)p.at, part, pos);
		if (n > 0)
			done += n;
		if (n < (int)part)
			break;
		p.left = 0;
	}
	return done ? (int)done : n;
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
