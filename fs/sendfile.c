/*
 * Copying from file to file inside the kernel. A window of the first file is
 * mapped into the caller's address space and written from there. The window's
 * pages are those of the page cache: nothing is copied on the way. It is a
 * mapping like one of mmap(), and goes when its part is written. A child that
 * another thread forks meanwhile does not get it.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

#define WINDOW		(16 * PAGE_SIZE)
#define LONG_FILE	0x7FFFFFFFFFFFFFFFll	/* no position is higher */

/* What is copied: from where to where. */
struct transfer {
	struct file *in, *out;
	loff_t from, to;
};

/* Returns the address of length bytes of a file, or -ENOMEM. */
static u32 open_window(const struct file *in, u32 offset, u32 length)
{
	struct vm_area area = {
		.flags = VM_READ | VM_NEVER_EXEC | VM_DONTFORK,
		.ops = &file_vm_ops, .object = in->inode, .offset = offset,
	};
	u32 at;

	mm_lock(current->mm);
	at = do_mmap(&area, 0, length, 0);
	mm_unlock(current->mm);
	return at;
}

/* Without memory the window stays: it is the program's as any mapping. */
static void close_window(u32 at, u32 length)
{
	mm_lock(current->mm);
	(void)unmap_range(current->mm, at, at + PAGE_ROUND_UP(length));
	mm_unlock(current->mm);
}

/*
 * Writes what fits into one window. Returns how many bytes were written, or an
 * error. -EIO: the first file cannot be read.
 */
static int send_window(struct transfer *t, u32 count)
{
	u32 skip = OFFSET_IN_PAGE((u32)t->from), at;
	int n;

	count = min_u32(count, WINDOW - skip);
	count = min_u32(count, t->in->inode->i_size - (u32)t->from);
	at = open_window(t->in, (u32)t->from - skip, skip + count);
	if (at > TASK_SIZE)
		return at;
	n = write_file(t->out, (char __user *)(at + skip), count, &t->to);
	close_window(at, skip + count);
	return n == -EFAULT ? -EIO : n;
}

/*
 * Copies up to count bytes, fewer at the end of the first file, where the
 * second would wait, or when a signal has come. Returns how many, or an error
 * if there are none.
 */
static int send_windows(struct transfer *t, u32 count)
{
	u32 done = 0;
	int n = 0;

	count = min_u32(count, TRANSFER_MAX);
	while (done < count && t->from < t->in->inode->i_size) {
		n = send_window(t, count - done);
		if (n <= 0)
			break;
		done += n;
		t->from += n;
		if (signal_pending(current))
			break;
		if (current->work & WORK_RESCHED)
			schedule();
	}
	return done ? (int)done : n;
}

/*
 * Finds the two files. The first is referenced: the second one's fget() would
 * let it go. Returns 0 or -EBADF.
 */
static int get_transfer(struct transfer *t, int in, int out)
{
	t->in = fget(in);
	if (!t->in)
		return -EBADF;
	t->in->count++;
	t->out = fget(out);
	if (t->out)
		return 0;
	fput(t->in);
	return -EBADF;
}

static bool may_read(const struct file *file)
{
	return (file->flags & O_ACCMODE) != O_WRONLY;
}

static bool may_write(const struct file *file)
{
	return file->flags & O_ACCMODE;
}

/* Returns true for a file with pages. Those of /proc show a size of 0. */
static bool has_pages(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) && inode->i_op->map_blocks;
}

/* Returns 0 if sendfile() can copy so. at: the program gave a position. */
static int check_sendfile(const struct transfer *t, u32 count, bool at)
{
	if (!may_read(t->in))
		return -EBADF;
	if (at && !t->in->seekable)
		return -ESPIPE;
	if (t->from < 0 || (s32)count < 0)
		return -EINVAL;
	if (!may_write(t->out))
		return -EBADF;
	if (!has_pages(t->in->inode) || t->out->flags & O_APPEND)
		return -EINVAL;
	return 0;
}

/*
 * Copies from *pos of the file `in`, which moves on; NULL means the file's own
 * position. Returns how many bytes, or an error.
 */
static int do_sendfile(int out, int in, loff_t *pos, u32 count, loff_t limit)
{
	struct transfer t;
	int n = get_transfer(&t, in, out);

	if (n)
		return n;
	t.from = pos ? *pos : t.in->pos;
	t.to = t.out->pos;
	n = check_sendfile(&t, count, pos != NULL);
	if (!n && t.from >= limit)
		n = -EOVERFLOW;
	if (!n)
		n = send_windows(&t, count);
	if (n > 0) {
		t.out->pos = t.to;
		if (pos)
			*pos = t.from;
		else
			t.in->pos = t.from;
	}
	fput(t.in);
	return n;
}

int sys_sendfile64(int out, int in, loff_t __user *user_pos, u32 count)
{
	loff_t pos;
	int n;

	if (!user_pos)
		return do_sendfile(out, in, NULL, count, LONG_FILE);
	if (copy_from_user(&pos, user_pos, sizeof(pos)) < 0)
		return -EFAULT;
	n = do_sendfile(out, in, &pos, count, LONG_FILE);
	return copy_to_user(user_pos, &pos, sizeof(pos)) < 0 ? -EFAULT : n;
}

int sys_sendfile(int out, int in, u32 __user *user_pos, u32 count)
{
	u32 narrow;
	loff_t pos;
	int n;

	if (!user_pos)
		return do_sendfile(out, in, NULL, count, FILE_SIZE_MAX);
	if (get_user_u32(&narrow, user_pos) < 0)
		return -EFAULT;
	pos = (s32)narrow;
	n = do_sendfile(out, in, &pos, count, FILE_SIZE_MAX);
	return put_user_u32(pos, user_pos) < 0 ? -EFAULT : n;
}

/* Returns true if the copy would overwrite, in one file, what it copies. */
static bool overlaps(const struct transfer *t, u32 count)
{
	s64 left = t->in->inode->i_size - t->from;

	if (left < count)
		count = left < 0 ? 0 : left;
	return t->to + count > t->from && t->to < t->from + count;
}

/* Returns 0 if copy_file_range() can copy so many bytes. */
static int check_range(const struct transfer *t, u32 count)
{
	const struct inode *in = t->in->inode, *out = t->out->inode;

	if (S_ISDIR(in->i_mode) || S_ISDIR(out->i_mode))
		return -EISDIR;
	if (!has_pages(in) || !S_ISREG(out->i_mode))
		return -EINVAL;
	if (!may_read(t->in) || !may_write(t->out) || t->out->flags & O_APPEND)
		return -EBADF;
	if (t->from < 0 || t->to < 0)
		return -EINVAL;
	if (t->from > LONG_FILE - count || t->to > LONG_FILE - count)
		return -EOVERFLOW;
	return in == out && overlaps(t, count) ? -EINVAL : 0;
}

/* Stores where a transfer has come to, in the file or for the program. */
static int store_position(loff_t pos, struct file *file, loff_t __user *to)
{
	if (to)
		return copy_to_user(to, &pos, sizeof(pos));
	file->pos = pos;
	return 0;
}

/* Copies between the positions that the program gives, or the files' own. */
static int copy_range(struct transfer *t, loff_t __user *in_pos,
		      loff_t __user *out_pos, u32 count)
{
	int n;

	t->from = t->in->pos;
	t->to = t->out->pos;
	if (in_pos && copy_from_user(&t->from, in_pos, sizeof(t->from)) < 0)
		return -EFAULT;
	if (out_pos && copy_from_user(&t->to, out_pos, sizeof(t->to)) < 0)
		return -EFAULT;
	n = check_range(t, count);
	if (!n)
		n = send_windows(t, count);
	if (n <= 0)
		return n;
	if (store_position(t->from, t->in, in_pos) < 0 ||
	    store_position(t->to, t->out, out_pos) < 0)
		return -EFAULT;
	return n;
}

int sys_copy_file_range(int in, loff_t __user *in_pos, int out,
			loff_t __user *out_pos, u32 count, u32 flags)
{
	struct transfer t;
	int n = get_transfer(&t, in, out);

	if (n)
		return n;
	n = flags ? -EINVAL : copy_range(&t, in_pos, out_pos, count);
	fput(t.in);
	return n;
}
