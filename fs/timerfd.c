/*
 * timerfd: a timer as a file. A read waits until the timer has come, and tells
 * how often. Between its end and the next read the timer stands still, as on
 * Linux; what it has missed is counted then.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <asm/system.h>

struct timer_file {
	struct clock_timer timer;
	int clock;
	u64 count;			/* ends that no read has told yet */
	bool stands;			/* it has come */
	struct watcher set;	/* of clock_set: TFD_TIMER_CANCEL_ON_SET */
	bool canceled;			/* by somebody who set the clock */
	struct wait_queue wait;
};

static const struct file_ops timerfd_fops;

/* Counts an event. Called with interrupts masked. */
static void count_end(struct timer_file *tf)
{
	tf->count++;
	wake_up_poll(&tf->wait, POLLIN);
}

static void timerfd_expired(struct clock_timer *t)
{
	struct timer_file *tf = container_of(t, struct timer_file, timer);

	tf->stands = true;
	count_end(tf);
}

static void timerfd_clock_set(struct watcher *watcher, u32 events)
{
	struct timer_file *tf = watcher->owner;

	(void)events;
	tf->canceled = true;
	count_end(tf);
}

/* Lets a timer that has come go on. Interrupts are masked. */
static void go_on(struct timer_file *tf)
{
	if (tf->stands && tf->timer.interval) {
		tf->stands = false;
		tf->count += clock_timer_forward(&tf->timer, 0) - 1;
	}
}

/*
 * Takes the number of ends, once there are any. Returns 0, -EAGAIN,
 * -ERESTARTSYS, or -ECANCELED if the clock was set. Interrupts are masked.
 */
static int take_count(const struct file *file, u64 *count)
{
	struct timer_file *tf = file->private;
	int error = 0;

	while (!tf->count && !error) {
		error = -EAGAIN;
		if (!(file->flags & O_NONBLOCK))
			error = interruptible_sleep_on(&tf->wait);
	}
	if (error)
		return error;
	if (tf->canceled) {
		tf->canceled = tf->stands = false;
		error = -ECANCELED;
	}
	go_on(tf);
	*count = tf->count;
	tf->count = 0;
	return error;
}

static int timerfd_read(struct file *file, char __user *buf, u32 n, loff_t *pos)
{
	u64 count;
	u32 flags;
	int error;

	(void)pos;
	if (n < sizeof(count))
		return -EINVAL;
	flags = irq_save();
	error = take_count(file, &count);
	irq_restore(flags);
	if (!error)
		error = copy_to_user(buf, &count, sizeof(count));
	return error ? error : (int)sizeof(count);
}

static u32 timerfd_poll(struct file *file, struct poll_table *table)
{
	struct timer_file *tf = file->private;

	poll_wait(&tf->wait, table);
	return tf->count ? POLLIN : 0;
}

static void timerfd_release(struct inode *inode, struct file *file)
{
	struct timer_file *tf = file->private;

	clock_timer_stop(&tf->timer);
	unwatch_queue(&tf->set);
	anon_release(inode, file);
}

static const struct file_ops timerfd_fops = {
	.name = "timerfd",
	.release = timerfd_release,
	.read = timerfd_read,
	.poll = timerfd_poll,
};

int sys_timerfd_create(int clock, int flags)
{
	struct timer_file *tf;

	if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK) ||
	    (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC &&
	     clock != CLOCK_BOOTTIME))
		return -EINVAL;
	tf = kzalloc(sizeof(*tf));
	if (tf) {
		clock_timer_init(&tf->timer, timerfd_expired);
		list_init(&tf->set.sleeper.link);
		wait_queue_init(&tf->wait);
		tf->clock = clock;
	}
	return anon_fd(&timerfd_fops, tf, O_RDWR | flags);
}

/*
 * Lets setting the clock cancel a timer that waits for a time of day, or not.
 */
static void set_cancel(struct timer_file *tf, int flags)
{
	unwatch_queue(&tf->set);
	if (tf->clock == CLOCK_REALTIME &&
	    flags == (TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		watch_queue(&tf->set, &clock_set, timerfd_clock_set, tf);
	else
		tf->canceled = false;
}

/*
 * Sets a timer and tells what it was. Returns 0, or -ECANCELED if the one
 * before was canceled and nobody knows: the new one runs nevertheless.
 */
static int reset_timer(struct timer_file *tf, int flags,
		       const struct timer_setting *new,
		       struct timer_setting *old)
{
	u32 irq_flags = irq_save();
	int error = 0;

	go_on(tf);
	clock_timer_show(&tf->timer, old);
	set_cancel(tf, flags);
	tf->count = 0;
	tf->stands = false;
	clock_timer_set(&tf->timer, tf->clock, flags & TFD_TIMER_ABSTIME, new);
	if (tf->timer.end && tf->canceled) {
		tf->canceled = false;
		error = -ECANCELED;
	}
	irq_restore(irq_flags);
	return error;
}

static int timerfd_settime(int fd, int flags, const void __user *user_new,
			   void __user *user_old, bool wide)
{
	struct timer_setting new, old;
	struct timer_file *tf;
	int error = get_setting(&new, user_new, wide);

	if (!error && flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		error = -EINVAL;
	if (error)
		return error;
	tf = anon_private(fd, &timerfd_fops, &error);
	if (!tf)
		return error;
	error = reset_timer(tf, flags, &new, &old);
	if (!error && user_old)
		error = put_setting(&old, user_old, wide);
	return error;
}

int sys_timerfd_settime(int fd, int flags, const struct itimerspec __user *new,
			struct itimerspec __user *old)
{
	return timerfd_settime(fd, flags, new, old, false);
}

int sys_timerfd_settime64(int fd, int flags,
			  const struct itimerspec64 __user *new,
			  struct itimerspec64 __user *old)
{
	return timerfd_settime(fd, flags, new, old, true);
}

static int timerfd_gettime(int fd, void __user *to, bool wide)
{
	struct timer_setting now;
	struct timer_file *tf;
	int error;
	u32 flags;

	tf = anon_private(fd, &timerfd_fops, &error);
	if (!tf)
		return error;
	flags = irq_save();
	go_on(tf);
	clock_timer_show(&tf->timer, &now);
	irq_restore(flags);
	return put_setting(&now, to, wide);
}

int sys_timerfd_gettime(int fd, struct itimerspec __user *to)
{
	return timerfd_gettime(fd, to, false);
}

int sys_timerfd_gettime64(int fd, struct itimerspec64 __user *to)
{
	return timerfd_gettime(fd, to, true);
}
