/*
 * Open files and descriptors. An open file (struct file: position, flags) is
 * shared by the descriptors that dup() and fork() made from one open(); each
 * descriptor holds one of its references.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

u32 nr_files;

#define FILES_A_FRAME	2 / 5	/* Linux: 10 % of the memory, at a KB a file */

/*
 * Returns -ENFILE if there are as many open files as ordinary users may have
 * together. The superuser may go beyond.
 */
int check_files(void)
{
	return nr_files >= nr_frames * FILES_A_FRAME && !suser() ? -ENFILE : 0;
}

/*
 * Returns an open file that takes over the reference to inode, which may be
 * NULL if open() fills it in later. NULL if there was no memory.
 */
struct file *file_alloc(struct inode *inode, u32 flags)
{
	struct file *file = kmalloc(sizeof(*file));

	if (!file)
		return NULL;
	file->count = 1;
	file->flags = flags;
	file->inode = inode;
	file->fop = inode ? inode->i_fop : NULL;
	file->seekable = file->moving = file->watched = false;
	file->pos = 0;
	file->private = NULL;
	nr_files++;
	return file;
}

/* Drops a reference. The last one closes the file. */
void fput(struct file *file)
{
	if (--file->count > 0)
		return;
	if (file->watched)
		epoll_forget(file);
	release_locks(file, NULL);
	if (file->fop->release)
		file->fop->release(file->inode, file);
	if (file->flags & O_ACCMODE && S_ISREG(file->inode->i_mode))
		file->inode->i_writers--;
	iput(file->inode);
	nr_files--;
	kfree(file);
}

/* Holds a reference to file for current, instead of the one it held before. */
static void hold_file(struct file *file)
{
	file->count++;
	drop_held_file();
	current->held_file = file;
	current->work |= WORK_FILE;
}

/*
 * Returns the open file of fd, or NULL. The caller need not give it back: only
 * another thread could close it, and if there is one a reference is held until
 * the system call ends or looks for another file.
 */
struct file *fget_any(int fd)
{
	struct file *file = file_at(current->files, fd);

	if (file && current->files->users > 1)
		hold_file(file);
	return file;
}

/* Like fget_any(), but NULL for what O_PATH opened, which only names a file. */
struct file *fget(int fd)
{
	struct file *file = file_at(current->files, fd);

	if (!file || file->flags & O_PATH)
		return NULL;
	if (current->files->users > 1)
		hold_file(file);
	return file;
}

/* Called at the end of a system call, and of a task. */
void drop_held_file(void)
{
	struct file *file = current->held_file;

	current->held_file = NULL;
	current->work &= ~WORK_FILE;
	if (file)
		fput(file);
}

/* Returns true if fd is the lowest free descriptor from `from` on. */
static bool is_lowest(u32 fd, u32 from)
{
	return fd_lowest_free(current->files, from) == fd;
}

/*
 * Returns the lowest free descriptor from `from` on, for which there is room.
 * Making room may sleep. -EMFILE, -ENOMEM
 */
static int find_free(u32 from)
{
	struct files_struct *files = current->files;
	u32 fd;

	do {
		fd = fd_lowest_free(files, from);
		if (fd >= current->rlimits[RLIMIT_NOFILE].rlim_cur)
			return -EMFILE;
		if (fd_has_room(files, fd))
			return fd;
	} while (fd_make_room(files, fd) == 0);
	return -ENOMEM;
}

/*
 * Returns 0 if there is a descriptor for one more file, until current sleeps.
 * Looking may sleep, too. -EMFILE, -ENOMEM
 */
int check_fd(void)
{
	int fd = find_free(0);

	return fd < 0 ? fd : 0;
}

/*
 * Puts a file, whose reference it takes over, into the lowest free descriptor.
 * Returns that, -EMFILE or -ENOMEM: then the file stays the caller's.
 */
int fd_install(struct file *file, bool cloexec)
{
	int fd = find_free(0);

	if (fd >= 0)
		fd_enter(current->files, fd, file, cloexec);
	return fd;
}

/*
 * Like fd_install(), but tells the program first, which may sleep. Returns 0,
 * -EMFILE, -ENOMEM or -EFAULT: then the file stays the caller's.
 */
int fd_install_at(struct file *file, u32 __user *where, bool cloexec)
{
	int fd, error;

	do {
		fd = find_free(0);
		if (fd < 0)
			return fd;
		error = put_user_u32(fd, where);
		if (error)
			return error;
	} while (!is_lowest(fd, 0));
	fd_enter(current->files, fd, file, cloexec);
	return 0;
}

/*
 * Puts two files into the lowest descriptors. Tells the program first, which
 * may sleep: another thread may take one of them, but meets none that is half
 * open. Returns 0, -EMFILE, -ENOMEM or -EFAULT: then the files stay the
 * caller's.
 */
int fd_install_two(struct file *first, struct file *second, int __user *fds,
		   bool cloexec)
{
	int fd[2], error;

	do {
		fd[0] = find_free(0);
		if (fd[0] < 0)
			return fd[0];
		fd[1] = find_free(fd[0] + 1);
		if (fd[1] < 0)
			return fd[1];
		error = copy_to_user(fds, fd, sizeof(fd));
		if (error)
			return error;
	} while (!is_lowest(fd[0], 0) || !is_lowest(fd[1], fd[0] + 1));
	fd_enter(current->files, fd[0], first, cloexec);
	fd_enter(current->files, fd[1], second, cloexec);
	return 0;
}

int sys_close(int fd)
{
	struct files_struct *files = current->files;
	struct file *file = file_at(files, fd);

	if (!file)
		return -EBADF;
	release_locks(file, files);
	fd_remove(files, fd);
	fput(file);
	return 0;
}

/*
 * Closes the descriptors from first to last, or only marks them to be closed by
 * exec. With CLOSE_RANGE_UNSHARE other tasks that share the table keep theirs.
 */
int sys_close_range(u32 first, u32 last, u32 flags)
{
	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) ||
	    first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE && unshare_files() < 0)
		return -ENOMEM;
	for_each_fd_from(fd, current->files, first) {
		if (fd > last)
			break;
		if (flags & CLOSE_RANGE_CLOEXEC)
			fd_set_close_on_exec(current->files, fd, true);
		else
			sys_close(fd);
	}
	return 0;
}

/*
 * Makes `to`, for which there is room, one more descriptor of fd's file. What
 * was open there is closed afterwards. Returns `to`, or -EBADF.
 */
static int dup_to(int fd, int to, bool cloexec)
{
	struct files_struct *files = current->files;
	struct file *file = file_at(files, fd), *old = file_at(files, to);

	if (!file)
		return -EBADF;
	file->count++;
	fd_enter(files, to, file, cloexec);
	if (old) {
		release_locks(old, files);
		fput(old);
	}
	return to;
}

/* Duplicates fd to the lowest free descriptor from lowest on. Returns that. */
int dup_from(int fd, u32 lowest, bool cloexec)
{
	int to;

	if (!file_at(current->files, fd))
		return -EBADF;
	if (lowest >= current->rlimits[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	to = find_free(lowest);
	return to < 0 ? to : dup_to(fd, to, cloexec);
}

int sys_dup(int fd)
{
	return dup_from(fd, 0, false);
}

/* Duplicates fd to `to`, whether that is free or not. */
static int dup_over(int fd, int to, bool cloexec)
{
	if (!file_at(current->files, fd) ||
	    (u32)to >= current->rlimits[RLIMIT_NOFILE].rlim_cur)
		return -EBADF;
	if (fd_make_room(current->files, to) < 0)
		return -ENOMEM;
	return dup_to(fd, to, cloexec);
}

int sys_dup2(int fd, int to)
{
	if (fd == to && file_at(current->files, fd))
		return to;
	return dup_over(fd, to, false);
}

int sys_dup3(int fd, int to, u32 flags)
{
	if (fd == to || flags & ~O_CLOEXEC)
		return -EINVAL;
	return dup_over(fd, to, flags & O_CLOEXEC);
}

/*
 * Called by fork: the child shares the table, or has one of its own with the
 * same open files, each with one more reference. The first child of a kernel
 * task starts with none. Returns 0, or -ENOMEM.
 */
int copy_files(struct task_struct *child, bool share)
{
	struct files_struct *files;

	if (share) {
		current->files->users++;
		return 0;
	}
	files = fd_table_copy(current->files);
	if (!files)
		return -ENOMEM;
	child->files = files;
	return 0;
}

/* Closes the files of a chunk, whose table nobody uses any more. */
static void drop_chunk(struct files_struct *files, const struct fd_chunk *chunk)
{
	for (u32 open = chunk->open; open; open &= open - 1) {
		struct file *file = chunk->file[__builtin_ctz(open)];

		release_locks(file, files);
		fput(file);
	}
}

/* Drops a user of a table; the last one closes its files, which may sleep. */
void drop_files(struct files_struct *files)
{
	if (--files->users > 0)
		return;
	for (u32 i = 0; i < files->chunks; i++)
		if (files->chunk[i])
			drop_chunk(files, files->chunk[i]);
	fd_table_free(files);
}

/* Called when a task ends. /proc must not find a table that is going. */
void exit_files(struct task_struct *task)
{
	struct files_struct *files = task->files;

	task->files = NULL;
	drop_files(files);
}

/* Called by exec: gives current a table of its own. Returns 0, or -ENOMEM. */
int unshare_files(void)
{
	struct files_struct *old = current->files;

	if (old->users == 1)
		return 0;
	if (copy_files(current, false) < 0)
		return -ENOMEM;
	drop_files(old);		/* the others may have gone meanwhile */
	return 0;
}

/* Called by exec: closes the descriptors that are marked. */
void close_on_exec(struct task_struct *task)
{
	const struct files_struct *files = task->files;

	for (u32 i = 0; i < files->chunks; i++) {
		const struct fd_chunk *chunk = files->chunk[i];
		u32 bits = chunk ? chunk->open & chunk->close_on_exec : 0;

		for (; bits; bits &= bits - 1)
			sys_close(i * CHUNK_FDS + __builtin_ctz(bits));
	}
}
