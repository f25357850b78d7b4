/*
 * Pipes: a page as a ring between readers and writers. Writes of up to PIPE_BUF bytes go in whole or not at all. Readers and writers are counted
 * by open files; when one side is gone the other gets the end of file, or SIGPIPE and EPIPE.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

#define PIPE_BUF PAGE_SIZE

struct pipe {
	u8 *ring;
	u32 start, length;		/* the bytes in it */
	u32 readers, writers;
	struct wait_queue wait;		/* both sides: at most one of them sleeps for long */
};

/* Called by iput() for the last user. */
void pipe_free(struct inode *inode)
{
	kpage_free(inode->i_pipe->ring);
	kfree(inode->i_pipe);
	inode->i_pipe = NULL;
}

static int pipe_attach(struct inode *inode)
{
	struct pipe *pipe = kzalloc(sizeof(*pipe));

	if (!pipe)
		return -ENOMEM;
	pipe->ring = kpage_alloc();
	if (!pipe->ring) {
		kfree(pipe);
		return -ENOMEM;
	}
	wait_queue_init(&pipe->wait);
	inode->i_pipe = pipe;
	return 0;
}

/* Sleep until the other side has done something; -EAGAIN if the file must not block. */
static int pipe_sleep(struct file *file, struct pipe *pipe)
{
	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	return interruptible_sleep_on(&pipe->wait);
}

/* Copy n bytes out of the ring, n at most what is in it. They are taken only if all could be copied. */
static int ring_read(struct pipe *pipe, char __user *buf, u32 n)
{
	u32 first = min_u32(n, PAGE_SIZE - pipe->start);
	int error = copy_to_user(buf, pipe->ring + pipe->start, first);

	if (!error && n > first)
		error = copy_to_user(buf + first, pipe->ring, n - first);
	if (error)
		return error;
	pipe->start = (pipe->start + n) % PAGE_SIZE;
	pipe->length -= n;
	if (pipe->length == 0)
		pipe->start = 0;
	return 0;
}

static int ring_write(struct pipe *pipe, const char __user *buf, u32 n)
{
	u32 end = (pipe->start + pipe->length) % PAGE_SIZE, first = min_u32(n, PAGE_SIZE - end);
	int error = copy_from_user(pipe->ring + end, buf, first);

	if (!error && n > first)
		error = copy_from_user(pipe->ring, buf + first, n - first);
	if (!error)
		pipe->length += n;
	return error;
}

static int pipe_read(struct file *file, char __user *buf, u32 count, loff_t *pos)
{
	struct pipe *pipe = file->inode->i_pipe;
	u32 n;
	int error;

	(void)pos;
	if (count == 0)
		return 0;
	while (pipe->length == 0) {
		if (pipe->writers == 0)
			return 0;
		error = pipe_sleep(file, pipe);
		if (error)
			return error;
	}
	n = min_u32(count, pipe->length);
	error = ring_read(pipe, buf, n);
	if (!list_empty(&pipe->wait.sleepers))
		wake_up(&pipe->wait);
	return error ? error : (int)n;
}

static int broken_pipe(void)
{
	send_signal(SIGPIPE, current);
	return -EPIPE;
}

static int pipe_write(struct file *file, const char __user *buf, u32 count, loff_t *pos)
{
	struct pipe *pipe = file->inode->i_pipe;
	u32 done = 0, need = count <= PIPE_BUF ? count : 1;	/* room to wait for */
	int error = 0;

	(void)pos;
	while (done < count) {
		u32 part = min_u32(count - done, PAGE_SIZE - pipe->length);

		if (pipe->readers == 0) {
			error = broken_pipe();
			break;
		}
		if (PAGE_SIZE - pipe->length < need) {
			error = pipe_sleep(file, pipe);
			if (error)
				break;
			continue;
		}
		error = ring_write(pipe, buf + done, part);
		if (error)
			break;
		done += part;
		if (!list_empty(&pipe->wait.sleepers))
			wake_up(&pipe->wait);
	}
	return done ? (int)done : error;
}

static void count_sides(struct pipe *pipe, u32 flags, int change)
{
	if ((flags & O_ACCMODE) != O_WRONLY)
		pipe->readers += change;
	if ((flags & O_ACCMODE) != O_RDONLY)
		pipe->writers += change;
	wake_up(&pipe->wait);
}

/* Opening a named pipe waits for the other side, except with O_NONBLOCK: then a writer without readers gets ENXIO. */
static int fifo_open(struct inode *inode, struct file *file)
{
	u32 mode = file->flags & O_ACCMODE;
	struct pipe *pipe;
	int error = inode->i_pipe ? 0 : pipe_attach(inode);

	if (error)
		return error;
	pipe = inode->i_pipe;
	if (mode == O_WRONLY && file->flags & O_NONBLOCK && pipe->readers == 0)
		return -ENXIO;
	count_sides(pipe, file->flags, 1);
	while (!error && !(file->flags & O_NONBLOCK) &&
	       ((mode == O_RDONLY && pipe->writers == 0) || (mode == O_WRONLY && pipe->readers == 0)))
		error = interruptible_sleep_on(&pipe->wait);
	if (error)
		count_sides(pipe, file->flags, -1);
	return error;
}

static void pipe_release(struct inode *inode, struct file *file)
{
	count_sides(inode->i_pipe, file->flags, -1);
}

static u32 pipe_poll(struct file *file, struct poll_table *table)
{
	struct pipe *pipe = file->inode->i_pipe;
	u32 mode = file->flags & O_ACCMODE, ready = 0;

	poll_wait(&pipe->wait, table);
	if (mode != O_WRONLY) {
		if (pipe->length)
			ready |= POLLIN | POLLRDNORM;
		if (pipe->writers == 0)
			ready |= POLLHUP;
	}
	if (mode != O_RDONLY) {
		if (pipe->readers == 0)
			ready |= POLLERR;
		if (PAGE_SIZE - pipe->length >= PIPE_BUF)
			ready |= POLLOUT | POLLWRNORM;
	}
	return ready;
}

const struct file_ops pipe_fops = {
	.open = fifo_open, .release = pipe_release, .read = pipe_read, .write = pipe_write, .poll = pipe_poll,
};

/* One end of a new pipe. */
static struct file *pipe_end(struct inode *inode, u32 flags)
{
	struct file *file = file_alloc(igrab(inode), flags);

	if (!file)
		iput(inode);
	else
		count_sides(inode->i_pipe, flags, 1);
	return file;
}

static struct inode *pipe_inode(void)
{
	struct inode *inode = new_inode(NULL);

	if (!inode)
		return NULL;
	inode->i_mode = S_IFIFO | S_IRUSR | S_IWUSR;
	inode->i_uid = current->euid;
	inode->i_gid = current->egid;
	inode->i_nlink = 1;
	inode->i_fop = &pipe_fops;
	if (pipe_attach(inode) < 0) {
		iput(inode);
		return NULL;
	}
	return inode;
}

/* Give both ends a descriptor and tell the program; on failure the files stay the caller's. */
static int install_ends(struct file *reader, struct file *writer, int __user *fds, bool cloexec)
{
	int fd[2] = { fd_install(reader, cloexec), -1 }, error = fd[0];

	if (fd[0] >= 0)
		error = fd[1] = fd_install(writer, cloexec);
	if (fd[1] >= 0)
		error = copy_to_user(fds, fd, sizeof(fd));
	if (error >= 0)
		return 0;
	reader->count++;		/* closing the descriptors drops what the caller still owns */
	writer->count++;
	if (fd[0] >= 0)
		sys_close(fd[0]);
	else
		reader->count--;
	if (fd[1] >= 0)
		sys_close(fd[1]);
	else
		writer->count--;
	return error;
}

asmlinkage int sys_pipe2(int __user *fds, int flags)
{
	struct inode *inode;
	struct file *reader, *writer = NULL;
	int error = -ENOMEM;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	inode = pipe_inode();
	if (!inode)
		return error;
	reader = pipe_end(inode, O_RDONLY | (flags & O_NONBLOCK));
	if (reader)
		writer = pipe_end(inode, O_WRONLY | (flags & O_NONBLOCK));
	if (writer)
		error = install_ends(reader, writer, fds, flags & O_CLOEXEC);
	if (error && writer)
		fput(writer);
	if (error && reader)
		fput(reader);
	iput(inode);
	return error;
}

asmlinkage int sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}
