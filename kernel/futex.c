/*
 * futex: sleep while a word of the program's memory has an expected value, and wake those who sleep on it. Sleepers hang in a hash table by the
 * word's name: in a shared mapping the file and the offset in it, so that all who map it mean the same word; else the address space and the address.
 * A test and the sleep cannot be separated, because the kernel is not preempted and the word is read last.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/futex.h>
#include "internal.h"

#define BUCKETS		32
#define ROBUST_LIMIT	2048		/* locks a dying thread can hold */

/* Who sleeps by a file's name holds the file, and whose sleeps by an address its address space: neither can become another one meanwhile. */
struct futex_key {
	struct inode *file;		/* NULL: none, at is an address in mm */
	struct mm *mm;
	u32 at;
};

struct futex_sleeper {
	struct list link;
	struct futex_key key;
	u32 bits;
	bool woken;
	struct wait_queue wait;
};

static struct list buckets[BUCKETS];

void futex_init(void)
{
	for (u32 i = 0; i < BUCKETS; i++)
		list_init(&buckets[i]);
}

static struct list *bucket_of(const struct futex_key *key)
{
	return &buckets[key->at / 4 % BUCKETS];
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->at == b->at && a->mm == b->mm && a->file == b->file;
}

/*
 * The name of the word at addr in current's memory, without references: it holds until the caller sleeps. A program that promises to be the only one
 * (FUTEX_PRIVATE_FLAG in op) saves the search. -EFAULT: nothing is mapped there, -EINVAL.
 */
static int find_key(u32 addr, int op, struct futex_key *key)
{
	const struct vm_area *area;

	*key = (struct futex_key){ .mm = current->mm, .at = addr };
	if (addr % 4)
		return -EINVAL;
	if (op & FUTEX_PRIVATE_FLAG)
		return 0;
	area = find_area(current->mm, addr);
	if (!area)
		return -EFAULT;
	if (area->flags & VM_SHARED)
		*key = (struct futex_key){ .file = area->object, .at = area->offset + (addr - area->start) };
	return 0;
}

/* Wait while *addr is value; ticks 0: for ever. -EAGAIN: it is not, -ETIMEDOUT, -EINTR, -EFAULT. */
static int futex_wait(u32 addr, int op, u32 value, u32 ticks, u32 bits)
{
	struct futex_sleeper me = { .bits = bits };
	u32 now;
	int error = get_user_u32(&now, (const void __user *)addr);

	if (!error)
		error = find_key(addr, op, &me.key);
	if (error || bits == 0)
		return error ? error : -EINVAL;
	if (now != value)
		return -EAGAIN;
	wait_queue_init(&me.wait);
	list_add_tail(&me.link, bucket_of(&me.key));
	if (me.key.file)
		igrab(me.key.file);
	while (!me.woken && !error)
		error = ticks ? interruptible_sleep_on_timeout(&me.wait, ticks) : interruptible_sleep_on(&me.wait);
	list_del(&me.link);
	if (me.key.file)
		iput(me.key.file);
	return me.woken ? 0 : error;
}

/* s sleeps on under another name. Its reference to the file it had is not the last: the caller has one. */
static void rename_sleeper(struct futex_sleeper *s, const struct futex_key *to)
{
	if (s->key.file) {
		iput(s->key.file);
		igrab(to->file);
	}
	s->key = *to;
	list_move_tail(&s->link, bucket_of(to));
}

/* Wake up to count sleepers on from; the rest, up to requeue, then sleep on to. How many were woken or moved. Does not sleep. */
static int wake_key(const struct futex_key *from, u32 count, u32 requeue, const struct futex_key *to, u32 bits)
{
	u32 done = 0;

	list_for_each_safe(node, bucket_of(from)) {
		struct futex_sleeper *s = list_entry(node, struct futex_sleeper, link);

		if (!same_key(&s->key, from) || !(s->bits & bits) || s->woken)
			continue;
		if (done >= count + requeue)
			break;
		if (done++ < count) {
			s->woken = true;
			wake_up(&s->wait);
		} else if (!same_key(from, to)) {
			rename_sleeper(s, to);
		}
	}
	return done;
}

static int futex_wake(u32 addr, int op, u32 count, u32 bits)
{
	struct futex_key key;
	int error = find_key(addr, op, &key);

	return error ? error : wake_key(&key, count, 0, NULL, bits);
}

/* Who sleeps for a file may not come to sleep for an address space of which it has no part. */
static int futex_requeue(u32 addr, int op, u32 count, u32 requeue, u32 to_addr)
{
	struct futex_key from, to;
	int result = find_key(addr, op, &from);

	if (!result)
		result = find_key(to_addr, op, &to);
	if (result || !from.file != !to.file || (int)count < 0 || (int)requeue < 0)
		return result ? result : -EINVAL;
	if (from.file)
		igrab(from.file);
	result = wake_key(&from, count, requeue, &to, FUTEX_BITSET_ALL);
	if (from.file)
		iput(from.file);
	return result;
}

/* Called by exit through clear_child_tid: a joining thread waits there. */
void futex_wake_all(u32 addr)
{
	futex_wake(addr, FUTEX_WAKE, FUTEX_ALL, FUTEX_BITSET_ALL);
}

/* The timeout of a wait in ticks: relative for FUTEX_WAIT, a point in time for FUTEX_WAIT_BITSET. -ETIMEDOUT: it is past. */
static int wait_ticks(int op, const struct timespec64 *ts, u32 *ticks)
{
	int clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	u32 end;

	if (ts->tv_sec < 0 || (u32)ts->tv_nsec >= 1000000000)
		return -EINVAL;
	end = restart_end((op & FUTEX_CMD_MASK) == FUTEX_WAIT ? timespec_ticks(ts) : ticks_until(clock, ts));
	*ticks = time_after(end, jiffies) ? end - jiffies : 0;
	return *ticks ? 0 : -ETIMEDOUT;
}

static int do_futex(u32 addr, int op, u32 value, const struct timespec64 *timeout, u32 value2, u32 addr2, u32 value3)
{
	u32 ticks = 0, now;
	int command = op & FUTEX_CMD_MASK, error = 0;

	if (addr % 4)
		return -EINVAL;
	switch (command) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		if (timeout)
			error = wait_ticks(op, timeout, &ticks);
		current->restarting = 0;
		return error ? error : futex_wait(addr, op, value, ticks, command == FUTEX_WAIT ? FUTEX_BITSET_ALL : value3);
	case FUTEX_WAKE:
		return futex_wake(addr, op, value, FUTEX_BITSET_ALL);
	case FUTEX_WAKE_BITSET:
		return value3 ? futex_wake(addr, op, value, value3) : -EINVAL;
	case FUTEX_CMP_REQUEUE:
		error = get_user_u32(&now, (const void __user *)addr);
		if (error || now != value3)
			return error ? error : -EAGAIN;
		/* fall through */
	case FUTEX_REQUEUE:
		return futex_requeue(addr, op, value, value2, addr2);
	}
	return -ENOSYS;
}

static bool has_timeout(int op)
{
	return (op & FUTEX_CMD_MASK) == FUTEX_WAIT || (op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
}

asmlinkage int sys_futex(u32 addr, int op, u32 value, u32 timeout, u32 addr2, u32 value3)
{
	struct timespec ts;
	struct timespec64 wide;

	if (!has_timeout(op) || !timeout)
		return do_futex(addr, op, value, NULL, timeout, addr2, value3);
	if (copy_from_user(&ts, (const void __user *)timeout, sizeof(ts)) < 0)
		return -EFAULT;
	wide = (struct timespec64){ ts.tv_sec, ts.tv_nsec, 0 };
	return do_futex(addr, op, value, &wide, 0, addr2, value3);
}

asmlinkage int sys_futex_time64(u32 addr, int op, u32 value, u32 timeout, u32 addr2, u32 value3)
{
	struct timespec64 ts;

	if (!has_timeout(op) || !timeout)
		return do_futex(addr, op, value, NULL, timeout, addr2, value3);
	if (copy_from_user(&ts, (const void __user *)timeout, sizeof(ts)) < 0)
		return -EFAULT;
	return do_futex(addr, op, value, &ts, 0, addr2, value3);
}

/*
 * current dies and may hold the lock at addr: the next owner is to know. Whether the lock could be looked at. Others, who may run while the page is
 * fetched, say in the same word that they wait. If current was just changing it and has given it back, it may not have woken the next owner yet.
 */
static bool mark_dead(u32 addr, bool changing)
{
	u32 word, seen;

	if (addr % 4 || get_user_u32(&seen, (const void __user *)addr) < 0)
		return false;
	do {
		word = seen;
		if (!word && changing)
			futex_wake(addr, FUTEX_WAKE, 1, FUTEX_BITSET_ALL);
		if ((word & FUTEX_TID_MASK) != (u32)current->pid)
			return true;
		if (cmpxchg_user_u32(&seen, (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED, (void __user *)addr) < 0)
			return false;
	} while (seen != word);
	if (word & FUTEX_WAITERS)
		futex_wake(addr, FUTEX_WAKE, 1, FUTEX_BITSET_ALL);
	return true;
}

/*
 * Called by exit and exec: go through the list of locks that the thread holds. It is the program's, and may be anything. Its head has three words:
 * the first lock, where a lock's word is, the lock that is just being taken or given back.
 */
void futex_owner_died(void)
{
	u32 head[3], start = current->robust_list, entry;

	if (!start || copy_from_user(head, (const void __user *)start, sizeof(head)) < 0)
		return;
	entry = head[0];
	for (u32 n = 0; entry != start && n < ROBUST_LIMIT; n++) {
		u32 lock = entry;

		if (get_user_u32(&entry, (const void __user *)lock) < 0 || (lock != head[2] && !mark_dead(lock + head[1], false)))
			return;
	}
	if (head[2])
		mark_dead(head[2] + head[1], true);
}

/* The list of locks that a thread holds, for when it dies. */
asmlinkage int sys_set_robust_list(u32 head, u32 size)
{
	if (size != 3 * sizeof(u32))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

asmlinkage int sys_get_robust_list(int pid, u32 __user *head, u32 __user *size)
{
	struct task_struct *task = pid ? find_task(pid) : current;
	int error = task ? put_user_u32(task->robust_list, head) : -ESRCH;

	return error ? error : put_user_u32(3 * sizeof(u32), size);
}

/* Where the kernel writes 0 when this thread ends. */
asmlinkage int sys_set_tid_address(u32 addr)
{
	current->clear_child_tid = addr;
	return current->pid;
}
