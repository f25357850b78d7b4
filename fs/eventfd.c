/*
 * eventfd: a counter as a file. A write adds to it; a read waits until it is
 * not 0, and takes it all or, as from a semaphore, 1.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/eventfd.h>
#include <abi/fcntl.h>

#define COUNT_MAX	(~0ull - 1)

struct event_counter {
	u64 count;
	bool semaphore;
	struct wait_queue wait;		/* of readers and writers */
};

/* Sleeps until the counter has changed, if the file may wait. */
static int await_change(const struct file *file, struct event_counter *counter)
{
	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	return interruptible_sleep_on(&counter->wait);
}

static int eventfd_read(struct file *file, char __user *buf, u32 n, loff_t *pos)
{
	struct event_counter *counter = file->private;
	u64 value;
	int error = 0;

	(void)pos;
	if (n < sizeof(value))
		return -EINVAL;
	while (!counter->count && !error)
		error = await_change(file, counter);
	if (error)
		return error;
	value = counter->semaphore ? 1 : counter->count;
	counter->count -= value;
	wake_up_poll(&counter->wait, POLLOUT);
	error = copy_to_user(buf, &value, sizeof(value));
	return error ? error : (int)sizeof(value);
}

static int eventfd_write(struct file *file, const char __user *buf, u32 n,
			 loff_t *pos)
{
	struct event_counter *counter = file->private;
	u64 value;
	int error;

	(void)pos;
	if (n < sizeof(value))
		return -EINVAL;
	error = copy_from_user(&value, buf, sizeof(value));
	if (!error && value > COUNT_MAX)
		error = -EINVAL;
	while (!error && value > COUNT_MAX - counter->count)
		error = await_change(file, counter);
	if (error)
		return error;
	counter->count += value;
	wake_up_poll(&counter->wait, POLLIN);
	return sizeof(value);
}

static u32 eventfd_poll(struct file *file, struct poll_table *table)
{
	struct event_counter *counter = file->private;

	poll_wait(&counter->wait, table);
	return (counter->count ? POLLIN : 0) |
	       (counter->count < COUNT_MAX ? POLLOUT : 0);
}

static const struct file_ops eventfd_fops = {
	.name = "eventfd",
	.release = anon_release,
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
};

int sys_eventfd2(u32 count, int flags)
{
	struct event_counter *counter;

	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	counter = kmalloc(sizeof(*counter));
	if (counter) {
		counter->count = count;
		counter->semaphore = flags & EFD_SEMAPHORE;
		wait_queue_init(&counter->wait);
	}
	return anon_fd(&eventfd_fops, counter,
		       O_RDWR | (flags & ~EFD_SEMAPHORE));
}

int sys_eventfd(u32 count)
{
	return sys_eventfd2(count, 0);
}
