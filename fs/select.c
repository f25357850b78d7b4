/*
 * poll() and select(): wait until one of several files would not block. Each
 * round calls the poll operation of every file. In the first round it also
 * enters the caller into the wait queues that announce a change. Waking any of
 * them ends the sleep. Interrupts are masked from the last round to the sleep,
 * so that no change is missed.
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

#define ALWAYS_REPORTED	(POLLERR | POLLHUP | POLLNVAL)
#define READABLE	(POLLIN | POLLRDNORM | POLLHUP | POLLERR)
#define WRITABLE	(POLLOUT | POLLWRNORM | POLLERR)
#define SET_WORDS	(OPEN_MAX / 32)
#define TIME_MAX	0x7FFFFFFF /* the last second that programs can name */

/*
 * The files of one call; fits in a page. Each open file is referenced while
 * current is in its wait queues, since another thread may close it.
 */
struct poll_list {
	struct pollfd fds[OPEN_MAX];
	struct file *files[OPEN_MAX];
};

static void hold_files(struct poll_list *list, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		struct file *file = file_at(current->files, list->fds[i].fd);

		if (file && file->flags & O_PATH)
			file = NULL;
		list->files[i] = file;
		if (file)
			file->count++;
	}
}

static void put_files(struct poll_list *list, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (list->files[i])
			fput(list->files[i]);
}

/* Returns the events of one file: those that p asks for and those in always. */
static u32 poll_file(const struct pollfd *p, struct file *file, u32 always,
		     struct poll_table *table)
{
	u32 ready;

	if (p->fd < 0)
		return 0;
	if (!file)
		return POLLNVAL;
	ready = file->fop->poll ? file->fop->poll(file, table) : POLL_READY;
	return ready & ((u16)p->events | always);
}

/* Asks all files once. Returns how many of them have events. */
static int poll_all(struct poll_list *list, u32 n, u32 always,
		    struct poll_table *table)
{
	struct pollfd *fds = list->fds;
	int ready = 0;

	for (u32 i = 0; i < n; i++) {
		fds[i].revents =
			poll_file(&fds[i], list->files[i], always, table);
		ready += fds[i].revents != 0;
	}
	table->enter = NULL;
	return ready;
}

/*
 * Waits until a file is ready. Returns how many are, 0 when the time is over,
 * -ERESTARTNOHAND or -ENOMEM.
 */
static int poll_until(struct poll_list *list, u32 n, u32 always,
		      const struct deadline *end)
{
	struct poll_sleep sleep = { .table = { poll_enter } };
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	bool looked_again = false;
	u32 flags;
	int ready, error = 0;

	hold_files(list, n);
	flags = irq_save();
	for (;;) {
		ready = poll_all(list, n, always, &sleep.table);
		if (ready || error)
			break;
		if (sleep.no_memory)
			error = -ENOMEM;
		else if (sleep.pages && !looked_again)
			looked_again = true;	/* the allocation may sleep */
		else
			error = sleep_until(&nobody, end);
	}
	poll_leave(&sleep);
	irq_restore(flags);
	put_files(list, n);
	if (ready || error == -ETIMEDOUT)
		return ready;
	return error == -ERESTARTSYS ? -ERESTARTNOHAND : error;
}

static int do_poll(struct pollfd __user *user_fds, u32 n,
		   const struct deadline *end)
{
	struct poll_list *list;
	int ready;

	if (n > OPEN_MAX)
		return -EINVAL;
	list = kpage_alloc(OWNER_CALL);
	if (!list)
		return -ENOMEM;
	ready = copy_from_user(list->fds, user_fds, n * sizeof(*user_fds));
	if (!ready)
		ready = poll_until(list, n, ALWAYS_REPORTED, end);
	if (ready >= 0 &&
	    copy_to_user(user_fds, list->fds, n * sizeof(*user_fds)) < 0)
		ready = -EFAULT;
	kpage_free(list);
	return ready;
}

int sys_poll(struct pollfd __user *fds, u32 n, int milliseconds)
{
	struct timespec64 ts = { milliseconds / 1000,
				 milliseconds % 1000 * 1000000, 0 };
	struct deadline end;
	int ready;

	set_deadline(&end, CLOCK_MONOTONIC, false,
		     milliseconds < 0 ? NULL : &ts);
	ready = do_poll(fds, n, &end);
	return ready == -ERESTARTNOHAND ? -ERESTART_RESTARTBLOCK : ready;
}

/*
 * Like Linux's select(), pselect() and ppoll(), leaves in the timeout what was
 * not used. One that cannot be written is left as it is.
 */
static int put_left(void __user *to, const struct deadline *end, bool wide,
		    int result)
{
	if (to)
		(void)put_time_left(end, to, wide);
	return result;
}

/*
 * Sets the signal mask for the time that ppoll(), pselect() or epoll_pwait()
 * waits. If a signal ends the wait, the old mask returns after its handler.
 */
int swap_mask(const u64 __user *user_mask, u32 size)
{
	u64 mask;

	if (!user_mask)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, user_mask, sizeof(mask)) < 0)
		return -EFAULT;
	wait_with_mask(mask);
	return 0;
}

static int poll_with_mask(struct pollfd __user *fds, u32 n,
			  const struct deadline *end, const u64 __user *mask,
			  u32 size)
{
	int ready = swap_mask(mask, size);

	if (ready)
		return ready;
	ready = do_poll(fds, n, end);
	if (ready != -ERESTARTNOHAND)
		restore_mask();
	return ready;
}

static int do_ppoll(struct pollfd __user *fds, u32 n, void __user *timeout,
		    bool wide, const u64 __user *mask, u32 size)
{
	struct deadline end;
	int error = get_deadline(&end, CLOCK_MONOTONIC, false, timeout, wide);

	if (error)
		return error;
	error = poll_with_mask(fds, n, &end, mask, size);
	return put_left(timeout, &end, wide, error);
}

int sys_ppoll(struct pollfd __user *fds, u32 n, struct timespec __user *timeout,
	      const u64 __user *mask, u32 size)
{
	return do_ppoll(fds, n, timeout, false, mask, size);
}

int sys_ppoll_time64(struct pollfd __user *fds, u32 n,
		     struct timespec64 __user *timeout, const u64 __user *mask,
		     u32 size)
{
	return do_ppoll(fds, n, timeout, true, mask, size);
}

/* select()'s three sets: readable, writable, exceptional. */
struct fd_sets {
	u32 set[3][SET_WORDS];
};

static const u16 select_events[3] = { READABLE, WRITABLE, POLLPRI };

static int copy_sets(struct fd_sets *sets, u32 __user *const user[3], u32 n,
		     bool out)
{
	u32 bytes = (n + 31) / 32 * 4;
	int error = 0;

	for (int i = 0; i < 3 && !error; i++) {
		u32 *set = sets->set[i];

		if (user[i] && out)
			error = copy_to_user(user[i], set, bytes);
		else if (user[i])
			error = copy_from_user(set, user[i], bytes);
	}
	return error;
}

/* Turns the sets into a list for poll. Returns its length. */
static u32 sets_to_fds(const struct fd_sets *sets, u32 n, struct pollfd *fds)
{
	u32 count = 0;

	for (u32 fd = 0; fd < n; fd++) {
		u32 events = 0;

		for (int i = 0; i < 3; i++)
			if (sets->set[i][fd / 32] & 1u << fd % 32)
				events |= select_events[i];
		if (events)
			fds[count++] = (struct pollfd){ fd, events, 0 };
	}
	return count;
}

/*
 * Turns the result of poll back into sets. Returns how many bits are set, or
 * -EBADF if one of the files is not open.
 */
static int fds_to_sets(const struct pollfd *fds, u32 count,
		       struct fd_sets *sets)
{
	struct fd_sets asked = *sets;
	int bits = 0;

	memset(sets, 0, sizeof(*sets));
	for (u32 k = 0; k < count; k++) {
		u32 fd = fds[k].fd, mask = 1u << fd % 32;

		if (fds[k].revents & POLLNVAL)
			return -EBADF;
		for (int i = 0; i < 3; i++)
			if (asked.set[i][fd / 32] & mask &&
			    (u16)fds[k].revents & select_events[i]) {
				sets->set[i][fd / 32] |= mask;
				bits++;
			}
	}
	return bits;
}

static int do_select(int n, u32 __user *const user[3],
		     const struct deadline *end)
{
	struct fd_sets sets = { { { 0 } } };
	struct poll_list *list;
	u32 count;
	int result;

	if (n < 0)
		return -EINVAL;
	n = min_u32(n, OPEN_MAX);
	result = copy_sets(&sets, user, n, false);
	if (result)
		return result;
	list = kpage_alloc(OWNER_CALL);
	if (!list)
		return -ENOMEM;
	count = sets_to_fds(&sets, n, list->fds);
	result = poll_until(list, count, 0, end);	/* and POLLNVAL */
	if (result >= 0)
		result = fds_to_sets(list->fds, count, &sets);
	kpage_free(list);
	if (result >= 0 && copy_sets(&sets, user, n, true) < 0)
		result = -EFAULT;
	return result;
}

/*
 * Reads select()'s timeout. As on Linux the microseconds may be more than a
 * second.
 */
static int get_select_end(struct deadline *end,
			  const struct timeval __user *from)
{
	struct timeval tv;
	struct timespec64 ts;

	if (!from)
		return set_deadline(end, CLOCK_MONOTONIC, false, NULL);
	if (copy_from_user(&tv, from, sizeof(tv)) < 0)
		return no_deadline(-EFAULT);
	if (tv.tv_sec < 0 || tv.tv_usec < 0)
		return no_deadline(-EINVAL);
	ts.tv_sec = (s64)tv.tv_sec + tv.tv_usec / 1000000;
	ts.tv_nsec = tv.tv_usec % 1000000 * 1000;
	return set_deadline(end, CLOCK_MONOTONIC, false, &ts);
}

static void put_select_left(struct timeval __user *to,
			    const struct deadline *end)
{
	struct timespec64 left;
	struct timeval tv;

	time_left(end, &left);
	tv.tv_sec = left.tv_sec;
	tv.tv_usec = left.tv_nsec / 1000;
	if (left.tv_sec > TIME_MAX)
		tv.tv_sec = TIME_MAX;
	(void)copy_to_user(to, &tv, sizeof(tv));
}

int sys__newselect(int n, u32 __user *in, u32 __user *out, u32 __user *ex,
		   struct timeval __user *timeout)
{
	u32 __user *const user[3] = { in, out, ex };
	struct deadline end;
	int result = get_select_end(&end, timeout);

	if (result)
		return result;
	result = do_select(n, user, &end);
	if (timeout)
		put_select_left(timeout, &end);
	return result;
}

/* The oldest select (82): user_args points to its five arguments. */
int sys_select(const u32 __user *user_args)
{
	u32 a[5];

	if (copy_from_user(a, user_args, sizeof(a)) < 0)
		return no_deadline(-EFAULT);
	return sys__newselect(a[0], (u32 __user *)a[1], (u32 __user *)a[2],
			      (u32 __user *)a[3],
			      (struct timeval __user *)a[4]);
}

/* The sixth argument of pselect6 is the address of mask and size. */
static int select_with_mask(int n, u32 __user *const user[3],
			    const struct deadline *end,
			    const u32 __user *mask_and_size)
{
	u32 pair[2] = { 0, 0 };
	int result = 0;

	if (mask_and_size)
		result = copy_from_user(pair, mask_and_size, sizeof(pair));
	if (!result)
		result = swap_mask((const u64 __user *)pair[0], pair[1]);
	if (result)
		return result;
	result = do_select(n, user, end);
	if (result != -ERESTARTNOHAND)
		restore_mask();
	return result;
}

static int do_pselect(int n, u32 __user *const user[3], void __user *timeout,
		      bool wide, const u32 __user *mask_and_size)
{
	struct deadline end;
	int error = get_deadline(&end, CLOCK_MONOTONIC, false, timeout, wide);

	if (error)
		return error;
	error = select_with_mask(n, user, &end, mask_and_size);
	return put_left(timeout, &end, wide, error);
}

int sys_pselect6(int n, u32 __user *in, u32 __user *out, u32 __user *ex,
		 struct timespec __user *timeout,
		 const u32 __user *mask_and_size)
{
	u32 __user *const user[3] = { in, out, ex };

	return do_pselect(n, user, timeout, false, mask_and_size);
}

int sys_pselect6_time64(int n, u32 __user *in, u32 __user *out, u32 __user *ex,
			struct timespec64 __user *timeout,
			const u32 __user *mask_and_size)
{
	u32 __user *const user[3] = { in, out, ex };

	return do_pselect(n, user, timeout, true, mask_and_size);
}
