/*
 * poll() and select(): their arguments become a list of files (poll_list.c),
 * and what that found becomes their results.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "poll_list.h"

#define ALWAYS_REPORTED	(POLLERR | POLLHUP | POLLNVAL)
#define READABLE	(POLLIN | POLLRDNORM | POLLHUP | POLLERR)
#define WRITABLE	(POLLOUT | POLLWRNORM | POLLERR)
#define FEW_WORDS	2u	/* of a set for which no memory is needed */
#define TIME_MAX	0x7FFFFFFF /* the last second that programs can name */

/* Reads poll()'s array. -EFAULT, -ENOMEM */
static int read_fds(struct poll_list *list, const struct pollfd __user *from,
		    u32 n)
{
	struct poll_part *part = &list->first;
	int error;

	for (;;) {
		part->n = min_u32(n, part->room);
		error = copy_from_user(part->fds, from, part->n * sizeof(*from));
		from += part->n;
		n -= part->n;
		if (error || !n)
			return error;
		part = add_part(part);
		if (!part)
			return -ENOMEM;
	}
}

static int write_fds(struct poll_list *list, struct pollfd __user *to)
{
	int error = 0;

	for_each_part(part, list) {
		if (!error)
			error = copy_to_user(to, part->fds,
					     part->n * sizeof(*to));
		to += part->n;
	}
	return error;
}

static int do_poll(struct pollfd __user *user_fds, u32 n,
		   const struct deadline *end)
{
	struct poll_list list;
	int ready;

	if (n > current->rlimits[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	begin_list(&list);
	ready = read_fds(&list, user_fds, n);
	if (!ready)
		ready = poll_until(&list, ALWAYS_REPORTED, end);
	if (ready >= 0 && write_fds(&list, user_fds) < 0)
		ready = -EFAULT;
	free_parts(&list);
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

/* select()'s sets, one behind the other: readable, writable, exceptional. */
struct fd_sets {
	u32 *set;
	u32 words;			/* of each */
	u32 few[3 * FEW_WORDS];		/* the memory, if it is enough */
};

static const u16 select_events[3] = { READABLE, WRITABLE, POLLPRI };
/* of these events, the one that only this set asks for */
static const u16 select_marks[3] = { POLLIN, POLLOUT, POLLPRI };

/* Makes three empty sets for n descriptors. Returns 0, or -ENOMEM. */
static int begin_sets(struct fd_sets *sets, u32 n)
{
	u32 bytes;

	sets->words = (n + 31) / 32;
	bytes = 3 * sets->words * sizeof(u32);
	sets->set = sets->words <= FEW_WORDS ? sets->few : kmalloc(bytes);
	if (!sets->set)
		return -ENOMEM;
	memset(sets->set, 0, bytes);
	return 0;
}

static void free_sets(struct fd_sets *sets)
{
	if (sets->set != sets->few)
		kfree(sets->set);
}

static int copy_sets(struct fd_sets *sets, u32 __user *const user[3], bool out)
{
	u32 *set = sets->set, bytes = sets->words * sizeof(u32);
	int error = 0;

	for (int i = 0; i < 3 && !error; i++) {
		if (user[i] && out)
			error = copy_to_user(user[i], set, bytes);
		else if (user[i])
			error = copy_from_user(set, user[i], bytes);
		set += sets->words;
	}
	return error;
}

/* Returns the bits that stand in any of the sets' words number i. */
static u32 in_any(const struct fd_sets *sets, u32 i)
{
	const u32 *word = &sets->set[i];

	return word[0] | word[sets->words] | word[2 * sets->words];
}

/* Returns the events for which a bit stands in the sets' words number i. */
static u32 events_of(const struct fd_sets *sets, u32 i, u32 bit)
{
	const u32 *word = &sets->set[i];
	u32 events = 0;

	for (int k = 0; k < 3; k++, word += sets->words)
		if (*word & bit)
			events |= select_events[k];
	return events;
}

/* Turns the sets of n descriptors into a list for poll. -ENOMEM */
static int sets_to_list(const struct fd_sets *sets, u32 n,
			struct poll_list *list)
{
	struct poll_part *part = &list->first;

	for (u32 fd = 0; fd < n; fd += 32) {
		u32 i = fd / 32, bits = in_any(sets, i);

		if (n - fd < 32)
			bits &= (1u << (n - fd)) - 1;
		for (; bits; bits &= bits - 1) {
			if (part->n == part->room)
				part = add_part(part);
			if (!part)
				return -ENOMEM;
			part->fds[part->n++] = (struct pollfd){
				fd + __builtin_ctz(bits),
				events_of(sets, i, bits & -bits), 0
			};
		}
	}
	return 0;
}

/* Enters one result into the sets. Returns how many bits it has there. */
static int set_bits(struct fd_sets *sets, const struct pollfd *p)
{
	u32 *word = &sets->set[p->fd / 32];
	int bits = 0;

	for (int k = 0; k < 3; k++, word += sets->words)
		if (p->events & select_marks[k] &&
		    p->revents & select_events[k]) {
			*word |= 1u << p->fd % 32;
			bits++;
		}
	return bits;
}

/*
 * Turns the result of poll back into sets. Returns how many bits are set, or
 * -EBADF if one of the files is not open.
 */
static int list_to_sets(struct poll_list *list, struct fd_sets *sets)
{
	int bits = 0;

	memset(sets->set, 0, 3 * sets->words * sizeof(u32));
	for_each_part(part, list)
		for (u32 i = 0; i < part->n; i++) {
			const struct pollfd *p = &part->fds[i];

			if (p->revents & POLLNVAL)
				return -EBADF;
			if (p->revents)
				bits += set_bits(sets, p);
		}
	return bits;
}

/* Waits for the files of sets, and leaves in them those that are ready. */
static int select_until(struct fd_sets *sets, u32 n, const struct deadline *end)
{
	struct poll_list list;
	int result;

	begin_list(&list);
	result = sets_to_list(sets, n, &list);
	if (!result)
		result = poll_until(&list, 0, end);	/* and POLLNVAL */
	if (result >= 0)
		result = list_to_sets(&list, sets);
	free_parts(&list);
	return result;
}

static int do_select(int n, u32 __user *const user[3],
		     const struct deadline *end)
{
	struct fd_sets sets;
	int result;

	if (n < 0)
		return -EINVAL;
	n = min_u32(n, OPEN_MAX);
	result = begin_sets(&sets, n);
	if (result)
		return result;
	result = copy_sets(&sets, user, false);
	if (!result)
		result = select_until(&sets, n, end);
	if (result >= 0 && copy_sets(&sets, user, true) < 0)
		result = -EFAULT;
	free_sets(&sets);
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
