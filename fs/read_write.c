/*
 * Reading and writing: the system calls, and what they do for regular files,
 * which is all done in the page cache.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/*
 * Read from a file's pages into buf, a program's address if user. Bytes, fewer
 * at the end of the file or after an error, or -errno.
 */
static int read_pages(struct inode *inode, u32 pos, void *buf, u32 count,
		      bool user)
{
	u32 done = 0;
	int error = 0;

	if (pos >= inode->i_size)
		return 0;
	count = min_u32(count, inode->i_size - pos);
	while (done < count) {
		u32 offset = OFFSET_IN_PAGE(pos + done),
		    part = min_u32(count - done, PAGE_SIZE - offset);
		struct cached_page *page = get_cached_page(
			inode, (pos + done) / PAGE_SIZE, GET_READ, &error);
		const u8 *data;

		if (!page)
			break;
		data = (u8 *)__va(page->frame) + offset;
		if (user)
			error = copy_to_user((u8 __user *)buf + done, data,
					     part);
		else
			memcpy((u8 *)buf + done, data, part);
		put_cached_page(page);
		if (error)
			break;
		done += part;
	}
	return done ? (int)done : error;
}

int kernel_read(struct inode *inode, u32 offset, void *buf, u32 n)
{
	return read_pages(inode, offset, buf, n, false);
}

static int generic_read(struct file *file, char __user *buf, u32 count,
			loff_t *pos)
{
	int n = *pos > FILE_SIZE_MAX
			? 0
			: read_pages(file->inode, *pos, (__force void *)buf,
				     count, true);

	if (n > 0)
		*pos += n;
	return n;
}

/*
 * Have blocks for [start, start + count) of a page before it is written to: a
 * full disk is found out now, not at sync.
 */
static inline int allocate_blocks(struct inode *inode, u32 start, u32 count)
{
	u32 first = start / BLOCK_SIZE, where[PAGE_SIZE / BLOCK_SIZE];

	return inode->i_op->map_blocks(
		inode, first, (start + count - 1) / BLOCK_SIZE - first + 1,
		true, where);
}

/*
 * Find out that a program's buffer of at most a page cannot be read before
 * anything is changed: it touches two pages at most.
 */
static int check_readable(const void *buf, u32 count)
{
	u32 word, first = (u32)buf & ~3u, last = ((u32)buf + count - 1) & ~3u;
	int error = get_user_u32(&word, (const void __user *)first);

	return error ? error : get_user_u32(&word, (const void __user *)last);
}

/*
 * Copy into a page that has its blocks; one that is new and not overwritten
 * whole is cleared first.
 */
static int fill_page(struct cached_page *page, u32 offset, const void *buf,
		     u32 count, bool user)
{
	u8 *data = __va(page->frame);
	int error = 0;

	if (!page->uptodate && count < PAGE_SIZE) {
		memset(data, 0, offset);
		memset(data + offset + count, 0, PAGE_SIZE - offset - count);
	}
	if (user)
		error = copy_from_user(data + offset, (const void __user *)buf,
				       count);
	else
		memcpy(data + offset, buf, count);
	return error;
}

/*
 * Write part of one page. A page inside the file is read first, so that holes
 * that get blocks now are written as zeroes; one beyond its end is new. When
 * the disk is full, blocks taken beyond the end of the file are given back.
 */
static int write_part(struct inode *inode, u32 pos, const void *buf, u32 count,
		      bool user)
{
	bool inside = pos - OFFSET_IN_PAGE(pos) < inode->i_size;
	int error = user ? check_readable(buf, count) : 0;
	struct cached_page *page;

	if (error)
		return error;
	page = get_cached_page(inode, pos / PAGE_SIZE,
			       inside ? GET_READ : GET_ONLY, &error);
	if (!page)
		return error;
	error = allocate_blocks(inode, pos, count);
	if (!error && pos + count > inode->i_size)
		prepare_growth(inode);
	if (!error)
		error = fill_page(page, OFFSET_IN_PAGE(pos), buf, count, user);
	if (!error) {
		page->uptodate = true;
		inode->i_size = max_u32(inode->i_size, pos + count);
	}
	/* blocks that were had hold old contents */
	page->dirty |= page->uptodate &&
		       (!error || inode->i_sb->s_type->needs_device);
	put_cached_page(page);
	if (error && pos + count > inode->i_size)
		inode->i_op->truncate(inode, inode->i_size);
	return error;
}

static u32 block_room(u32 pos)
{
	return BLOCK_SIZE - pos % BLOCK_SIZE;
}

/*
 * Write to a regular file or, for the kernel, a link, locked by the caller.
 * Bytes written, or -errno if none were.
 */
int inode_write(struct inode *inode, const void *buf, u32 count, loff_t *pos,
		bool user)
{
	u32 done = 0;
	int error = user ? check_file_size((u64)*pos + (count != 0)) : 0;

	if (error)
		return error;
	if (user)
		count = min_u32(
			count,
			min_u32(FILE_SIZE_MAX,
				current->rlimits[RLIMIT_FSIZE].rlim_cur) -
				(u32)*pos);
	while (done < count && !error) {
		u32 part =
			min_u32(count - done, PAGE_SIZE - OFFSET_IN_PAGE(*pos));

		error = write_part(inode, *pos, (const u8 *)buf + done, part,
				   user);
		/* as much as fits */
		if (error == -ENOSPC && part > block_room(*pos)) {
			part = block_room(*pos);
			error = write_part(inode, *pos, (const u8 *)buf + done,
					   part, user);
		}
		if (!error) {
			done += part;
			*pos += part;
		}
	}
	if (done) {
		inode->i_mtime = inode->i_ctime = current_time();
		mark_inode_dirty(inode);
	}
	return done ? (int)done : error;
}

/* The readlink operation of file systems that keep a link's text as data. */
int read_link_text(struct inode *link, char *buf, u32 size)
{
	return kernel_read(link, 0, buf, size);
}

/*
 * Called by file systems while they make a link, which nobody else knows yet:
 * its text, all of it. -ENOSPC, -ENOMEM, -EIO.
 */
int write_link(struct inode *inode, const char *target)
{
	u32 length = strlen(target);
	loff_t pos = 0;
	int n;

	lock_inode(inode);
	n = inode_write(inode, target, length, &pos, false);
	unlock_inode(inode);
	return n < 0 ? n : (u32)n < length ? -ENOSPC : 0;
}

/* Called after n bytes were written. With O_SYNC they are to be durable now. */
int finish_write(struct file *file, int n)
{
	int error = file->flags & O_DSYNC ? sync_inode(file->inode) : 0;

	return error ? error : n;
}

static int generic_write(struct file *file, const char __user *buf, u32 count,
			 loff_t *pos)
{
	struct inode *inode = file->inode;
	int n;

	lock_inode(inode);
	if (file->flags & O_APPEND)
		*pos = inode->i_size;
	if (!fs_suser())
		drop_set_id(inode);
	n = inode_write(inode, (__force const void *)buf, count, pos, true);
	unlock_inode(inode);
	return n > 0 ? finish_write(file, n) : n;
}

const struct file_ops regular_fops = {
	.read = generic_read, .write = generic_write, .sync = sync_inode,
};

/*
 * Returns false for what gives and takes bytes in their order, as terminals do.
 */
bool has_position(const struct inode *inode)
{
	if (S_ISCHR(inode->i_mode))
		return MAJOR(inode->i_rdev) == MEM_MAJOR;
	return !S_ISFIFO(inode->i_mode);
}

static struct wait_queue position_free = WAIT_QUEUE_INIT(position_free);

/*
 * Waits until no other call uses the position of an open file. Descriptors made
 * by dup() and fork() share it, and a read may sleep before it moves on. Does
 * nothing for a file that only one descriptor has or that has no position.
 * Returns whether release_position() is to be called.
 */
bool hold_position(struct file *file)
{
	if (!file->seekable || file->count == 1)
		return false;
	while (file->moving)
		sleep_on(&position_free);
	file->moving = true;
	return true;
}

void release_position(struct file *file)
{
	file->moving = false;
	wake_up(&position_free);
}

/*
 * Reads from an open file at pos, which moves on. file is NULL for a descriptor
 * that is not open. Returns the number of bytes, or -errno.
 */
inline int read_file(struct file *file, char __user *buf, u32 count,
		     loff_t *pos)
{
	if (!file || (file->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (!file->fop->read)
		return S_ISDIR(file->inode->i_mode) ? -EISDIR : -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	return file->fop->read(file, buf, min_u32(count, TRANSFER_MAX), pos);
}

/* Like read_file(), for writing. */
inline int write_file(struct file *file, const char __user *buf, u32 count,
	       loff_t *pos)
{
	if (!file || (file->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (!file->fop->write)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	return file->fop->write(file, buf, min_u32(count, TRANSFER_MAX), pos);
}

int sys_read(int fd, char __user *buf, u32 count)
{
	struct file *file = fget(fd);
	bool held;
	int n;

	if (!file)
		return -EBADF;
	held = hold_position(file);
	n = read_file(file, buf, count, &file->pos);
	if (held)
		release_position(file);
	return n;
}

int sys_write(int fd, const char __user *buf, u32 count)
{
	struct file *file = fget(fd);
	bool held;
	int n;

	if (!file)
		return -EBADF;
	held = hold_position(file);
	n = write_file(file, buf, count, &file->pos);
	if (held)
		release_position(file);
	return n;
}

/* Finds the open file of fd for a transfer at pos. -EBADF, -ESPIPE, -EINVAL */
int get_seekable(int fd, loff_t pos, struct file **file)
{
	*file = fget(fd);
	if (!*file)
		return -EBADF;
	if (!(*file)->seekable)
		return -ESPIPE;
	return pos < 0 ? -EINVAL : 0;
}

int sys_pread64(int fd, char __user *buf, u32 count, loff_t pos)
{
	struct file *file;
	int error = get_seekable(fd, pos, &file);

	return error ? error : read_file(file, buf, count, &pos);
}

int sys_pwrite64(int fd, const char __user *buf, u32 count, loff_t pos)
{
	struct file *file;
	int error = get_seekable(fd, pos, &file);

	return error ? error : write_file(file, buf, count, &pos);
}

/* The end of what can be read: of a device, of a file. */
static s64 end_of(const struct inode *inode)
{
	return S_ISBLK(inode->i_mode)
		       ? (s64)blkdev_blocks(inode->i_rdev) << BLOCK_SHIFT
		       : inode->i_size;
}

/* Move the position. Beyond the end is allowed: writing there makes a hole. */
static int move_position(struct file *file, s64 offset, int whence)
{
	s64 base;

	if (!file->seekable)
		return -ESPIPE;
	switch (whence) {
	case SEEK_SET:
		base = 0;
		break;
	case SEEK_CUR:
		base = file->pos;
		break;
	case SEEK_END:
		base = end_of(file->inode);
		break;
	default:
		return -EINVAL;
	}
	base += offset;
	if (base < 0)
		return -EINVAL;
	file->pos = base;
	return 0;
}

/* The same, after those who use a shared position just now. */
static int do_lseek(struct file *file, s64 offset, int whence)
{
	bool held = hold_position(file);
	int error = move_position(file, offset, whence);

	if (held)
		release_position(file);
	return error;
}

int sys_lseek(int fd, s32 offset, int whence)
{
	struct file *file = fget(fd);
	loff_t before;
	int error;

	if (!file)
		return -EBADF;
	before = file->pos;
	error = do_lseek(file, offset, whence);
	/* the answer would not fit */
	if (!error && file->pos > FILE_SIZE_MAX) {
		file->pos = before;
		error = -EOVERFLOW;
	}
	return error ? error : (int)file->pos;
}

int sys__llseek(int fd, u32 high, u32 low, loff_t __user *result, int whence)
{
	struct file *file = fget(fd);
	int error = file ? do_lseek(file, (s64)((u64)high << 32 | low), whence)
			 : -EBADF;

	return error ? error
		     : copy_to_user(result, &file->pos, sizeof(file->pos));
}

int sys_ioctl(int fd, u32 command, u32 arg)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	return file->fop->ioctl ? file->fop->ioctl(file, command, arg)
				: -ENOTTY;
}

/*
 * Advice on how a file will be read is taken, and of no consequence. Returns
 * -EINVAL for advice that nobody knows.
 */
int sys_fadvise64_64(int fd, loff_t start, loff_t length, int advice)
{
	struct file *file = fget(fd);

	(void)start;
	if (!file)
		return -EBADF;
	if (S_ISFIFO(file->inode->i_mode))
		return -ESPIPE;
	if (length < 0 || advice < 0 || advice > POSIX_FADV_NOREUSE)
		return -EINVAL;
	return 0;
}

int sys_fadvise64(int fd, loff_t start, u32 length, int advice)
{
	return sys_fadvise64_64(fd, start, length, advice);
}
