/*
 * select() and its forms. The calls of poll() are here, too, which have their
 * ends and signal masks in common with it.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "ask.h"

#define READABLE	(POLLIN | POLLRDNORM | POLLHUP | POLLERR)
#define WRITABLE	(POLLOUT | POLLWRNORM | POLLERR)
#define FEW_WORDS	2u	/* of a set for which no page is needed */
#define TIME_MAX	0x7FFFFFFF /* the last second that programs can name */

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

/*
 * The sets of one select(), one behind the other: readable, writable and
 * exceptional, and the same three of the result.
 */
struct fd_sets {
	const struct files_struct *files;
	u32 *set;
	u32 words;			/* of each */
	u32 few[6 * FEW_WORDS];		/* the memory, if it is enough */
};

_Static_assert(6 * OPEN_MAX / 8 <= PAGE_SIZE, "six sets fit in a page");

/* Copies what the program has of the sets, or the result to it. -EFAULT */
static int copy_sets(struct fd_sets *sets, u32 __user *const user[3], bool out)
{
	u32 bytes = sets->words * sizeof(u32);
	u32 *set = out ? sets->set + 3 * sets->words : sets->set;
	int error = 0;

	for (int i = 0; i < 3 && !error; i++, set += sets->words)
		if (user[i] && out)
			error = copy_to_user(user[i], set, bytes);
		else if (user[i])
			error = copy_from_user(set, user[i], bytes);
		else
			memset(set, 0, bytes);
	return error;
}

/* Clears the bits of descriptors from n on, which are in the last words. */
static void cut_sets(struct fd_sets *sets, u32 n)
{
	if (n % 32)
		for (int i = 1; i <= 3; i++)
			sets->set[i * sets->words - 1] &= (1u << n % 32) - 1;
}

/* Returns the bits that stand in any of the sets' words number i. */
static u32 asked_bits(const struct fd_sets *sets, u32 i)
{
	const u32 *word = &sets->set[i];

	return word[0] | word[sets->words] | word[2 * sets->words];
}

/* Adds a bit to a result. So current will not sleep. Returns 1. */
static int add_bit(u32 *result, u32 bit, struct poll_table *table)
{
	*result |= bit;
	table->enter = NULL;
	return 1;
}

/* Asks the files of the sets' words number i. Like ask_sets(). */
static int ask_word(struct fd_sets *sets, u32 i, struct poll_table *table)
{
	u32 *word = &sets->set[i], words = sets->words;
	u32 in = 0, out = 0, ex = 0;
	int found = 0;

	for (u32 bits = asked_bits(sets, i); bits; bits &= bits - 1) {
		u32 bit = bits & -bits, fd = i * 32 + __builtin_ctz(bits);
		u32 ready = ask_file(sets->files, fd, table);

		if (ready & POLLNVAL)
			return -EBADF;
		if (ready & READABLE && word[0] & bit)
			found += add_bit(&in, bit, table);
		if (ready & WRITABLE && word[words] & bit)
			found += add_bit(&out, bit, table);
		if (ready & POLLPRI && word[2 * words] & bit)
			found += add_bit(&ex, bit, table);
	}
	word[3 * words] = in;
	word[4 * words] = out;
	word[5 * words] = ex;
	return found;
}

/*
 * Asks all files once. Returns how many bits the result has, or -EBADF if one of
 * the files is not open.
 */
static int ask_sets(void *asked, struct poll_table *table)
{
	struct fd_sets *sets = asked;
	int found = 0;

	for (u32 i = 0; i < sets->words; i++) {
		int n = ask_word(sets, i, table);

		if (n < 0)
			return n;
		found += n;
	}
	return found;
}

/* Puts the descriptors of the sets into the table of asked ones. -ENOMEM */
static int add_asked(const struct fd_sets *sets, struct files_struct *asked)
{
	for (u32 i = 0; i < sets->words; i++)
		for (u32 bits = asked_bits(sets, i); bits; bits &= bits - 1)
			if (ask_add(asked, i * 32 + __builtin_ctz(bits)) < 0)
				return -ENOMEM;
	return 0;
}

/* Waits for the files of the sets. Returns like do_select(). */
static int select_files(struct fd_sets *sets, const struct deadline *end)
{
	struct files_struct *asked = ask_begin();
	int found = 0;

	if (!asked)
		return -ENOMEM;
	sets->files = asked;
	if (asked != current->files)
		found = add_asked(sets, asked);
	if (!found)
		found = ask_until(ask_sets, sets, end);
	ask_end(asked);
	return found;
}

/* Returns how many bits the results have, or an error. */
static int do_select(int n, u32 __user *const user[3],
		     const struct deadline *end)
{
	struct fd_sets sets;
	int found;

	if (n < 0)
		return -EINVAL;
	n = min_u32(n, OPEN_MAX);
	sets.words = (n + 31) / 32;
	sets.set = sets.words <= FEW_WORDS ? sets.few : kpage_alloc(OWNER_CALL);
	if (!sets.set)
		return -ENOMEM;
	found = copy_sets(&sets, user, false);
	if (!found) {
		cut_sets(&sets, n);
		found = select_files(&sets, end);
	}
	if (found >= 0 && copy_sets(&sets, user, true) < 0)
		found = -EFAULT;
	if (sets.set != sets.few)
		kpage_free(sets.set);
	return found;
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
