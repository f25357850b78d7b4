/*
 * Open files that no directory names: event counters, timers, sockets. Each has
 * an inode of its own, as a pipe has, and an object that its operations know.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

/*
 * Returns an open file with these operations, or NULL if there was no memory.
 * The file owns private from then on: the release operation frees it. Of flags
 * the file keeps O_RDWR and the like, and O_NONBLOCK. The inode has no type and
 * belongs to the superuser, as on Linux; the caller may change that.
 */
struct file *anon_file(const struct file_ops *fop, void *private, u32 flags)
{
	struct inode *inode = new_inode(NULL);
	struct file *file;

	if (!inode)
		return NULL;
	inode->i_mode = S_IRUSR | S_IWUSR;
	inode->i_nlink = 1;
	inode->i_fop = fop;
	file = file_alloc(inode, flags & (O_ACCMODE | O_NONBLOCK));
	if (!file) {
		iput(inode);
		return NULL;
	}
	file->private = private;
	return file;
}

/* The release operation for an object that is nothing but memory. */
void anon_release(struct inode *inode, struct file *file)
{
	(void)inode;
	kfree(file->private);
}

/*
 * Puts a new anonymous file into a descriptor. Takes over private in any case,
 * an object of kmalloc; NULL stands for one that could not be allocated.
 * Returns the descriptor, -ENFILE, -EMFILE or -ENOMEM.
 */
int anon_fd(const struct file_ops *fop, void *private, u32 flags)
{
	int fd = check_files();
	struct file *file = NULL;

	if (private && !fd)
		file = anon_file(fop, private, flags);
	if (!file) {
		kfree(private);
		return fd ? fd : -ENOMEM;
	}
	fd = fd_install(file, flags & O_CLOEXEC);
	if (fd < 0)
		fput(file);
	return fd;
}

/*
 * Finds the object of a descriptor whose file must have these operations.
 * Returns NULL with *error -EBADF or, for another kind of file, -EINVAL. What
 * fget() says of references holds.
 */
void *anon_private(int fd, const struct file_ops *fop, int *error)
{
	struct file *file = fget(fd);

	*error = file ? -EINVAL : -EBADF;
	return file && file->fop == fop ? file->private : NULL;
}
