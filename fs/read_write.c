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
 * Reads from the pages of a file into buf, which is a program's if user is set;
 * access_ok() has approved it. Returns how many bytes, fewer at the end of the
 * file or after an error, or -errno.
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
		u32 offset = OFFSET_IN_PAGE(pos + done);
		u32 part = min_u32(count - done, PAGE_SIZE - offset);
		struct cached_page *page;
		const u8 *data;

		page = get_cached_page(inode, (pos + done) / PAGE_SIZE,
				       GET_READ, &error);
		if (!page)
			break;
		data = (u8 *)__va(page->frame) + offset;
		if (user)
			error = __copy_to_user((u8 __user *)buf + done, data,
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

/* Reads from a file for the kernel. Returns how many bytes, or -errno. */
int kernel_read(struct inode *inode, u32 offset, void *buf, u32 n)
{
	return read_pages(inode, offset, buf, n, false);
}

static int generic_read(struct file *file, char __user *buf, u32 count,
			loff_t *pos)
{
	int n;

	if (*pos > FILE_SIZE_MAX)
		return 0;
	n = read_pages(file->inode, *pos, (__force void *)buf, count, true);
	if (n > 0)
		*pos += n;
	return n;
}

/*
 * Makes sure that [start, start + count), part of a page, has blocks before it
 * is written to: a full disk is found out now, not at sync.
 */
static inline int allocate_blocks(struct inode *inode, u32 start, u32 count)
{
	u32 where[PAGE_SIZE / BLOCK_SIZE];
	u32 first = start / BLOCK_SIZE, last = (start + count - 1) / BLOCK_SIZE;

	return inode->i_op->map_blocks(inode, first, last - first + 1, true,
				       where);
}

/*
 * Returns -EFAULT if a program's buffer of at most a page cannot be read,
 * before anything is changed. It touches two pages at most.
 */
static int check_readable(const void *buf, u32 count)
{
	u32 word, first = (u32)buf & ~3u, last = ((u32)buf + count - 1) & ~3u;
	int error = get_user_u32(&word, (const void __user *)first);

	if (error || PAGE_ROUND_DOWN(first) == PAGE_ROUND_DOWN(last))
		return error;
	return get_user_u32(&word, (const void __user *)last);
}

/*
 * Copies into a page that has its blocks. A new page that is not overwritten
 * whole is cleared first.
 */
static int fill_page(struct cached_page *page, u32 offset, const void *buf,
		     u32 count, bool user)
{
	u8 *data = __va(page->frame);

	if (!page->uptodate && count < PAGE_SIZE) {
		memset(data, 0, offset);
		memset(data + offset + count, 0, PAGE_SIZE - offset - count);
	}
	if (user)
		return __copy_from_user(data + offset, (const void __user *)buf,
					count);
	memcpy(data + offset, buf, count);
	return 0;
}

/*
 * Writes part of one page. A page inside the file is read first, so that holes
 * that get blocks now are written as zeroes; one beyond its end is new. When
 * the disk is full, blocks taken beyond the end of the file are given back.
 */
static int write_part(struct inode *inode, u32 pos, const void *buf, u32 count,
		      bool user)
{
	bool inside = PAGE_ROUND_DOWN(pos) < inode->i_size;
	bool grows = pos + count > inode->i_size;
	int error = user ? check_readable(buf, count) : 0;
	struct cached_page *page;

	if (error)
		return error;
	page = get_cached_page(inode, pos / PAGE_SIZE,
			       inside ? GET_READ : GET_ONLY, &error);
	if (!page)
		return error;
	error = allocate_blocks(inode, pos, count);
	if (!error && grows && OFFSET_IN_PAGE(inode->i_size))
		prepare_growth(inode);
	if (!error)
		error = fill_page(page, OFFSET_IN_PAGE(pos), buf, count, user);
	if (!error) {
		page->uptodate = true;
		set_page_dirty(page);
		if (grows)
			inode->i_size = pos + count;
	} else if (page->uptodate && inode->i_sb->s_type->needs_device) {
		set_page_dirty(page);	/* new blocks hold stale data */
	}
	put_cached_page(page);
	if (error && grows)
		inode->i_op->truncate(inode, inode->i_size);
	return error;
}

/*
 * As write_part(), but writes only up to the end of a block if there is no room
 * for more. Returns how many bytes, or -errno.
 */
static int write_what_fits(struct inode *inode, u32 pos, const void *buf,
			   u32 count, bool user)
{
	u32 room = BLOCK_SIZE - pos % BLOCK_SIZE;
	int error = write_part(inode, pos, buf, count, user);

	if (error == -ENOSPC && count > room) {
		count = room;
		error = write_part(inode, pos, buf, count, user);
	}
	return error ? error : (int)count;
}

/*
 * Makes *count what may be written at pos by current. Returns 0, or -EFBIG if
 * that is nothing.
 */
static int limit_write(u64 pos, u32 *count)
{
	u32 limit = min_u32(FILE_SIZE_MAX,
			    current->rlimits[RLIMIT_FSIZE].rlim_cur);
	int error = 0;

	if (pos + *count > limit) {
		error = check_file_size(pos + (*count != 0));
		*count = limit - (u32)pos;
	}
	return error;
}

/*
 * Writes to a regular file or, for the kernel, to a link. The inode is locked.
 * buf is a program's if user is set; access_ok() has approved it. Returns how
 * many bytes were written, or -errno if none were.
 */
int inode_write(struct inode *inode, const void *buf, u32 count, loff_t *pos,
		bool user)
{
	u32 done = 0, at = *pos;
	int n = user ? limit_write(*pos, &count) : 0;

	if (n < 0)
		return n;
	while (done < count) {
		u32 room = PAGE_SIZE - OFFSET_IN_PAGE(at);

		n = write_what_fits(inode, at, (const u8 *)buf + done,
				    min_u32(count - done, room), user);
		if (n < 0)
			break;
		done += n;
		at += n;
	}
	if (!done)
		return n;
	*pos = at;
	touch_inode(inode);
	return done;
}

/* The readlink operation of file systems that keep a link's text as data. */
int read_link_text(struct inode *link, char *buf, u32 size)
{
	return kernel_read(link, 0, buf, size);
}

/*
 * Called by file systems that make a link, which nobody else knows yet: writes
 * its text, all of it. Returns 0, -ENOSPC, -ENOMEM or -EIO.
 */
int write_link(struct inode *inode, const char *target)
{
	u32 length = strlen(target);
	loff_t pos = 0;
	int n;

	lock_inode(inode);
	n = inode_write(inode, target, length, &pos, false);
	unlock_inode(inode);
	if (n < 0)
		return n;
	return (u32)n < length ? -ENOSPC : 0;
}

/* Called after n bytes were written. With O_SYNC they become durable now. */
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
 * Returns true if a position in a file has a meaning. Terminals and pipes give
 * and take bytes in their order.
 */
bool has_position(const struct inode *inode)
{
	if (S_ISCHR(inode->i_mode))
		return MAJOR(inode->i_rdev) == MEM_MAJOR;
	return !S_ISFIFO(inode->i_mode);
}

static struct wait_queue position_free = WAIT_QUEUE_INIT(position_free);

/*
 * Waits until no other call uses the position of an open file, which
 * descriptors made by dup() and fork() share: a read may sleep before it moves
 * on. Returns true if release_position() must follow; false if the file has no
 * position or only one descriptor.
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

/*
 * Finds the open file of fd for a transfer at pos. Returns 0, -EBADF, -ESPIPE
 * or -EINVAL.
 */
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

/*
 * Takes advice on how a file will be read, which changes nothing. Returns
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
