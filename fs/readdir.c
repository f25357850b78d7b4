/*
 * getdents() in both layouts. The file system passes one entry after the other
 * to a fill function until the program's buffer is full.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/dirent.h>
#include <abi/errno.h>

#define NAME_MAX	255
#define STOP		1

/* The program's buffer. */
struct dirent_buffer {
	u8 __user *at;
	u32 room;
	int error;		/* an entry did not fit or was not copied */
};

/*
 * Lists `.` and `..`, the first two positions of a directory, for file systems
 * that do not store them. Returns 0, or what fill returned to stop.
 */
int readdir_dots(struct file *file, dirent_fill *fill, void *context,
		 u32 parent_ino)
{
	while (file->pos < FIRST_POSITION) {
		u32 ino = file->pos ? parent_ino : file->inode->i_ino;
		u32 next = file->pos + 1;	/* and the name's length */
		int stop = fill(context, "..", next, next, ino);

		if (stop)
			return stop;
		file->pos = next;
	}
	return 0;
}

static int copy_record(struct dirent_buffer *c, const void *record, u32 size)
{
	if (size > c->room) {
		c->error = -EINVAL;
		return STOP;
	}
	c->error = copy_to_user(c->at, record, size);
	if (c->error)
		return STOP;
	c->at += size;
	c->room -= size;
	return 0;
}

static int fill_dirent(void *context, const char *name, u32 length, u32 next,
		       u32 ino)
{
	u8 space[sizeof(struct linux_dirent) + NAME_MAX + 2] ALIGNED(4);
	struct linux_dirent *d = (struct linux_dirent *)space;
	u32 end = offsetof(struct linux_dirent, d_name) + length;
	u32 size = (end + 2 + 3) & ~3u;

	*(u64 *)(space + size - sizeof(u64)) = 0;	/* behind the name */
	d->d_ino = ino;
	d->d_off = next;
	d->d_reclen = size;
	memcpy(d->d_name, name, length);	/* the type is 0, unknown */
	return copy_record(context, d, size);
}

static int fill_dirent64(void *context, const char *name, u32 length, u32 next,
			 u32 ino)
{
	u8 space[sizeof(struct linux_dirent64) + NAME_MAX + 2] ALIGNED(4);
	struct linux_dirent64 *d = (struct linux_dirent64 *)space;
	u32 end = offsetof(struct linux_dirent64, d_name) + length;
	u32 size = (end + 1 + 7) & ~7u;

	*(u64 *)(space + size - sizeof(u64)) = 0;	/* behind the name */
	d->d_ino = ino;
	d->d_off = next;
	d->d_reclen = size;
	d->d_type = DT_UNKNOWN;
	memcpy(d->d_name, name, length);
	return copy_record(context, d, size);
}

static int do_getdents(int fd, void __user *buf, u32 size, dirent_fill *fill)
{
	struct dirent_buffer c = { .at = buf, .room = size };
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	if (!file->fop->readdir)
		return -ENOTDIR;
	lock_inode(file->inode);
	if (file->inode->i_nlink > 0)
		error = file->fop->readdir(file, fill, &c);
	else
		error = -ENOENT;		/* it was removed */
	unlock_inode(file->inode);
	if (error)
		return error;
	return c.room < size ? (int)(size - c.room) : c.error;
}

int sys_getdents(int fd, void __user *buf, u32 size)
{
	return do_getdents(fd, buf, size, fill_dirent);
}

int sys_getdents64(int fd, void __user *buf, u32 size)
{
	return do_getdents(fd, buf, size, fill_dirent64);
}
