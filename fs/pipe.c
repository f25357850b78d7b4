/*
 * Pipes: a ring of pages between readers and writers. Pages are allocated as
 * they are written to. Writes of up to PIPE_BUF bytes go in whole or not at
 * all. Open files count as readers and writers. When one side is gone, the
 * other gets the end of file, or SIGPIPE and EPIPE.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/termios.h>

#define PIPE_BUF	PAGE_SIZE
#define PIPE_PAGES	16u
#define PIPE_SIZE	(PIPE_PAGES * PAGE_SIZE)
#define SMALL_SIZE	(2 * PAGE_SIZE)	/* least that keeps PIPE_BUF whole */
#define USER_PART	8u		/* of all frames, for a user's pipes */

struct pipe {
	u8 *pages[PIPE_PAGES];		/* NULL: it holds nothing unread */
	u32 head, tail;			/* bytes ever written and ever read */
	u32 readers, writers;
	u32 reader_opens, writer_opens;	/* how often a side was ever opened */
	u32 size;			/* of the part of the ring in use */
	u32 uid;			/* its maker */
	struct list link;		/* all pipes */
	bool copying;			/* somebody is, and may sleep */
	struct wait_queue wait;		/* of both sides */
};

static LIST_HEAD(pipes);

/* Reports the frames of all pipes to the audit. */
void recount_pipes(found_page *found)
{
	list_for_each(node, &pipes) {
		struct pipe *pipe = list_entry(node, struct pipe, link);

		for (u32 i = 0; i < PIPE_PAGES; i++)
			if (pipe->pages[i])
				found(OWNER_PIPE, pipe->pages[i]);
	}
}

/*
 * Returns the size of a new pipe. As in Linux, a user who has many pipes gets
 * small ones.
 */
static u32 size_for(u32 uid)
{
	u32 size = PIPE_SIZE;

	if (suser())
		return size;
	list_for_each(node, &pipes) {
		const struct pipe *pipe = list_entry(node, struct pipe, link);

		if (pipe->uid == uid)
			size += pipe->size;
	}
	if (size / PAGE_SIZE > nr_frames / USER_PART)
		return SMALL_SIZE;
	return PIPE_SIZE;
}

/* Frees the pipe of an inode. Called for its last user, or its last opener. */
static void pipe_free(struct inode *inode)
{
	for (u32 i = 0; i < PIPE_PAGES; i++)
		if (inode->i_pipe->pages[i])
			kpage_free(inode->i_pipe->pages[i]);
	list_unlink(&inode->i_pipe->link);
	kfree(inode->i_pipe);
	inode->i_pipe = NULL;
}

/* Makes an inode a pipe, unless it is one. Returns 0, or -ENOMEM. */
static int pipe_attach(struct inode *inode)
{
	struct pipe *pipe = inode->i_pipe ? NULL : kzalloc(sizeof(*pipe));

	if (inode->i_pipe) {		/* perhaps another's since the sleep */
		kfree(pipe);
		return 0;
	}
	if (!pipe)
		return -ENOMEM;
	wait_queue_init(&pipe->wait);
	pipe->uid = current->uid;
	pipe->size = size_for(pipe->uid);
	list_add(&pipe->link, &pipes);
	inode->i_pipe = pipe;
	return 0;
}

/*
 * Returns how many bytes can be written. Writing never enters the page that is
 * being read.
 */
static inline u32 pipe_room(const struct pipe *pipe)
{
	return PAGE_ROUND_DOWN(pipe->tail) + pipe->size - pipe->head;
}

static inline u8 **page_slot(struct pipe *pipe, u32 at)
{
	return &pipe->pages[at / PAGE_SIZE % PIPE_PAGES];
}

/*
 * Sleeps until the pipe has changed. Returns 0, -ERESTARTSYS after a signal, or
 * -EAGAIN if the file must not block.
 */
static int pipe_sleep(struct file *file, struct pipe *pipe)
{
	if (file->flags & O_NONBLOCK && !pipe->copying)
		return -EAGAIN;
	return interruptible_sleep_on(&pipe->wait);
}

/*
 * Called after a change: whoever waits for bytes, for room or for the end of
 * copying looks again.
 */
static inline void pipe_changed(struct pipe *pipe, u32 events)
{
	if (!list_empty(&pipe->wait.sleepers))
		wake_up_poll(&pipe->wait, events);
}

/*
 * Reads at most n bytes, no further than the end of a page, which is then
 * freed. Returns how many, or -EFAULT: then none were taken.
 */
static inline int copy_out(struct pipe *pipe, char __user *buf, u32 n)
{
	u32 offset = OFFSET_IN_PAGE(pipe->tail);
	u8 **slot = page_slot(pipe, pipe->tail);
	int error;

	n = min_u32(n, min_u32(pipe->head - pipe->tail, PAGE_SIZE - offset));
	pipe->copying = true;
	error = __copy_to_user(buf, *slot + offset, n);
	pipe->copying = false;
	if (error)
		return error;
	pipe->tail += n;
	if (offset + n == PAGE_SIZE) {
		kpage_free(*slot);
		*slot = NULL;
	}
	return n;
}

/*
 * Writes at most n bytes, no further than the end of a page, which is allocated
 * if need be; room never ends within one. Returns how many, -ENOMEM or -EFAULT.
 */
static inline int copy_in(struct pipe *pipe, const char __user *buf, u32 n)
{
	u32 offset = OFFSET_IN_PAGE(pipe->head);
	u8 **slot = page_slot(pipe, pipe->head);
	int error;

	n = min_u32(n, PAGE_SIZE - offset);
	pipe->copying = true;		/* first: finding a page may sleep */
	if (!*slot)
		*slot = kpage_alloc(OWNER_PIPE);
	error = *slot ? __copy_from_user(*slot + offset, buf, n) : -ENOMEM;
	pipe->copying = false;
	if (!error)
		pipe->head += n;
	pipe_changed(pipe, POLLIN | POLLRDNORM);
	return error ? error : (int)n;
}

/*
 * Sleeps until there is something to read. Returns how many bytes, 0 at the end
 * of the file, -EAGAIN or -ERESTARTSYS.
 */
static inline int wait_for_bytes(struct file *file, struct pipe *pipe)
{
	for (;;) {
		int error;

		if (!pipe->copying &&
		    (pipe->head != pipe->tail || pipe->writers == 0))
			return pipe->head - pipe->tail;
		error = pipe_sleep(file, pipe);
		if (error)
			return error;
	}
}

static int pipe_read(struct file *file, char __user *buf, u32 count,
		     loff_t *pos)
{
	struct pipe *pipe = file->inode->i_pipe;
	u32 left = count;
	int n = count ? wait_for_bytes(file, pipe) : 0;

	(void)pos;
	if (n <= 0)
		return n;
	do {
		n = copy_out(pipe, buf, left);
		if (n < 0)
			break;
		buf += n;
		left -= n;
	} while (left > 0 && pipe->head != pipe->tail);
	pipe_changed(pipe, POLLOUT | POLLWRNORM);
	return left < count ? (int)(count - left) : n;
}

static int broken_pipe(void)
{
	send_signal(SIGPIPE, current);
	return -EPIPE;
}

/*
 * Sleeps until there is room for a number of bytes, at least one. Returns 0,
 * -EPIPE, -EAGAIN or -ERESTARTSYS.
 */
static inline int wait_for_room(struct file *file, struct pipe *pipe, u32 bytes)
{
	for (;;) {
		int error;

		if (unlikely(pipe->readers == 0))
			return broken_pipe();
		if (!pipe->copying && pipe_room(pipe) >= bytes)
			return 0;
		error = pipe_sleep(file, pipe);
		if (error)
			return error;
	}
}

/*
 * The parts of a write that goes in whole cannot be separated: nobody else runs
 * between them unless copying is set. So nobody has read the first ones when a
 * later one fails, and they are taken back.
 */
static int pipe_write(struct file *file, const char __user *buf, u32 count,
		      loff_t *pos)
{
	struct pipe *pipe = file->inode->i_pipe;
	u32 left = count;
	int n = 0;

	(void)pos;
	while (left > 0) {
		n = wait_for_room(file, pipe, count <= PIPE_BUF ? left : 1);
		if (n == 0)
			n = copy_in(pipe, buf, left);
		if (n < 0)
			break;
		buf += n;
		left -= n;
	}
	if (n < 0 && count <= PIPE_BUF) {
		pipe->head -= count - left;
		return n;
	}
	return left < count ? (int)(count - left) : n;
}

/* Counts an open file in or out (change is 1 or -1). */
static void count_sides(struct pipe *pipe, u32 flags, int change)
{
	if ((flags & O_ACCMODE) != O_WRONLY) {
		pipe->readers += change;
		pipe->reader_opens += change > 0;
	}
	if ((flags & O_ACCMODE) != O_RDONLY) {
		pipe->writers += change;
		pipe->writer_opens += change > 0;
	}
	wake_up(&pipe->wait);
}

/* F_GETPIPE_SZ. Returns -EBADF for what is no pipe. */
int pipe_size(const struct inode *inode)
{
	return inode->i_pipe ? (int)inode->i_pipe->size : -EBADF;
}

/*
 * F_SETPIPE_SZ: makes the pipe hold as many bytes, in whole pages, and at least
 * SMALL_SIZE. Returns the new size; -EPERM if it would be more than a pipe may
 * ever have, or than this user may have now; -EBUSY if the pipe holds more, or
 * somebody is just copying.
 */
int set_pipe_size(struct inode *inode, u32 bytes)
{
	struct pipe *pipe = inode->i_pipe;
	u32 size = PAGE_ROUND_UP(max_u32(bytes, SMALL_SIZE));

	if (!pipe)
		return -EBADF;
	if (bytes > PIPE_SIZE ||
	    (size > pipe->size && size > size_for(current->uid)))
		return -EPERM;
	if (pipe->copying || pipe->head - PAGE_ROUND_DOWN(pipe->tail) > size)
		return -EBUSY;
	pipe->size = size;
	wake_up(&pipe->wait);
	return size;
}

/* A pipe that nobody has open holds nothing, though it may have a name. */
static void pipe_release(struct inode *inode, struct file *file)
{
	struct pipe *pipe = inode->i_pipe;

	count_sides(pipe, file->flags, -1);
	if (!pipe->readers && !pipe->writers)
		pipe_free(inode);
}

/* Returns true if an open waits for the other side of a named pipe. */
static bool is_alone(const struct inode *inode, u32 mode)
{
	/* one of pipe(), opened through /proc, waits for nobody */
	if (!inode->i_sb)
		return false;
	if (mode == O_WRONLY)
		return !inode->i_pipe || inode->i_pipe->readers == 0;
	return mode == O_RDONLY && inode->i_pipe->writers == 0;
}

/*
 * Opens a pipe that has a name. Waits until the other side has come, even if it
 * is gone again by the time that this task runs. Does not wait with O_NONBLOCK:
 * then a writer without readers gets -ENXIO, and a reader that never had a
 * writer has not lost one. The position, unused in a pipe, tells pipe_poll().
 */
static int fifo_open(struct inode *inode, struct file *file)
{
	u32 mode = file->flags & O_ACCMODE, before;
	struct pipe *pipe;
	const u32 *opens;
	int error;

	/* first, or there would be a pipe that nobody has open */
	if (mode == O_WRONLY && file->flags & O_NONBLOCK &&
	    is_alone(inode, mode))
		return -ENXIO;
	error = pipe_attach(inode);
	if (error)
		return error;
	pipe = inode->i_pipe;
	opens = mode == O_RDONLY ? &pipe->writer_opens : &pipe->reader_opens;
	before = *opens;
	count_sides(pipe, file->flags, 1);
	if (!is_alone(inode, mode))
		return 0;
	if (file->flags & O_NONBLOCK) {
		file->pos = before;
		return 0;
	}
	while (!error && *opens == before)
		error = interruptible_sleep_on(&pipe->wait);
	if (error)
		pipe_release(inode, file);
	return error;
}

static u32 pipe_poll(struct file *file, struct poll_table *table)
{
	struct pipe *pipe = file->inode->i_pipe;
	u32 mode = file->flags & O_ACCMODE, ready = 0;

	poll_wait(&pipe->wait, table);
	if (mode != O_WRONLY) {
		if (pipe->head != pipe->tail)
			ready |= POLLIN | POLLRDNORM;
		if (pipe->writers == 0 && file->pos != pipe->writer_opens)
			ready |= POLLHUP;
	}
	if (mode != O_RDONLY) {
		if (pipe->readers == 0)
			ready |= POLLERR;
		if (pipe_room(pipe) >= PIPE_BUF)
			ready |= POLLOUT | POLLWRNORM;
	}
	return ready;
}

/* FIONREAD: tells how many bytes can be read. */
static int pipe_ioctl(struct file *file, u32 command, u32 arg)
{
	const struct pipe *pipe = file->inode->i_pipe;

	if (command != FIONREAD)
		return -ENOTTY;
	return put_user_u32(pipe->head - pipe->tail, (void __user *)arg);
}

/* Writes to a pipe with a name: a file whose time of change others see. */
static int fifo_write(struct file *file, const char __user *buf, u32 count,
		      loff_t *pos)
{
	struct inode *inode = file->inode;
	int n = pipe_write(file, buf, count, pos);

	if (n > 0)
		touch_inode(inode);
	return n;
}

const struct file_ops fifo_fops = {
	.open = fifo_open,
	.release = pipe_release,
	.read = pipe_read,
	.write = fifo_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.drop = pipe_free,
};

static const struct file_ops pipe_fops = {
	.name = "pipe",
	.open = fifo_open,
	.release = pipe_release,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.drop = pipe_free,
};

/* Returns an open file for one end of a new pipe, or NULL. */
static struct file *pipe_end(struct inode *inode, u32 flags)
{
	struct file *file = file_alloc(igrab(inode), flags);

	if (!file)
		iput(inode);
	else
		count_sides(inode->i_pipe, flags, 1);
	return file;
}

/* Returns the inode of a new pipe, or NULL if there was no memory. */
static struct inode *pipe_inode(void)
{
	struct inode *inode = new_inode(NULL);

	if (!inode)
		return NULL;
	inode->i_mode = S_IFIFO | S_IRUSR | S_IWUSR;
	set_maker(inode, NULL);
	inode->i_nlink = 1;
	inode->i_fop = &pipe_fops;
	if (pipe_attach(inode) < 0) {
		iput(inode);
		return NULL;
	}
	return inode;
}

int sys_pipe2(int __user *fds, int flags)
{
	struct inode *inode;
	struct file *reader, *writer = NULL;
	int error;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	error = check_files();
	if (error)
		return error;
	inode = pipe_inode();
	if (!inode)
		return -ENOMEM;
	error = -ENOMEM;
	reader = pipe_end(inode, O_RDONLY | (flags & O_NONBLOCK));
	if (reader)
		writer = pipe_end(inode, O_WRONLY | (flags & O_NONBLOCK));
	if (writer)
		error = fd_install_two(reader, writer, fds, flags & O_CLOEXEC);
	if (error && writer)
		fput(writer);
	if (error && reader)
		fput(reader);
	iput(inode);
	return error;
}

int sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}
