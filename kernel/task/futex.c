/*
 * futex: sleep while a word of the program's memory has an expected value, and
 * wake those who sleep on it. Sleepers hang in a hash table by the word's name:
 * in a shared mapping the file and the offset in it, so that all who map it
 * mean the same word; else the address space and the address. A test and the
 * sleep cannot be separated, because the kernel is not preempted and the word
 * is read last.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/futex.h>
#include "kernel/kernel_internal.h"

#define BUCKETS		32
#define ROBUST_LIMIT	2048		/* locks a dying thread can hold */
#define PI_LOCK		1u	/* in a list: that lock inherits priority */
#define VM_ACCESS	(VM_READ | VM_WRITE | VM_EXEC)

/*
 * Who sleeps by a file's name holds the file, and whose sleeps by an address
 * its address space: neither can become another one meanwhile.
 */
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
 * Finds the name of the word at addr in current's memory, without references:
 * it holds until the caller sleeps. A program that promises to be the only one
 * (FUTEX_PRIVATE_FLAG in op) saves the search. -EFAULT, -EINVAL.
 */
static int find_key(u32 addr, int op, struct futex_key *key)
{
	const struct vm_area *area;

	*key = (struct futex_key){ .mm = current->mm, .at = addr };
	if (addr % 4)
		return -EINVAL;
	if (!access_ok((const void __user *)addr, 4))
		return -EFAULT;
	if (op & FUTEX_PRIVATE_FLAG)
		return 0;
	area = find_area(current->mm, addr);
	if (!area || !(area->flags & VM_ACCESS))
		return -EFAULT;
	if (area->flags & VM_SHARED)
		*key = (struct futex_key){ .file = area->object,
					   .at = area->offset +
						 (addr - area->start) };
	return 0;
}

static int find_keys(u32 addr, u32 addr2, int op, struct futex_key keys[2])
{
	int error = find_key(addr, op, &keys[0]);

	return error ? error : find_key(addr2, op, &keys[1]);
}

/*
 * Waits while *addr is value, until end. Returns -EAGAIN when it is not,
 * -ETIMEDOUT, -EFAULT, -EINVAL or how the interrupted call goes on.
 */
static int futex_wait(u32 addr, int op, u32 value, const struct deadline *end,
		      u32 bits)
{
	struct futex_sleeper me = { .bits = bits };
	u32 now;
	int error = bits && addr % 4 == 0 ? 0 : -EINVAL;

	if (!error)
		error = get_user_u32(&now, (const void __user *)addr);
	if (!error)
		error = find_key(addr, op, &me.key);
	if (error || now != value)
		return error ? error : -EAGAIN;
	wait_queue_init(&me.wait);
	list_add_tail(&me.link, bucket_of(&me.key));
	if (me.key.file)
		igrab(me.key.file);
	while (!me.woken && !error)
		error = sleep_until(&me.wait, end);
	list_del(&me.link);
	if (me.key.file)
		iput(me.key.file);
	if (error == -ERESTARTSYS && end->kind != DEADLINE_NEVER)
		error = -ERESTART_RESTARTBLOCK;
	return me.woken ? 0 : error;
}

/*
 * s sleeps on under another name. Its reference to the file it had is not the
 * last: the caller has one.
 */
static void rename_sleeper(struct futex_sleeper *s, const struct futex_key *to)
{
	if (s->key.file) {
		iput(s->key.file);
		igrab(to->file);
	}
	s->key = *to;
	list_move_tail(&s->link, bucket_of(to));
}

/*
 * Wake up to count sleepers on from; the rest, up to requeue, then sleep on to.
 * How many were woken or moved. Does not sleep.
 */
static int wake_key(const struct futex_key *from, u32 count, u32 requeue,
		    const struct futex_key *to, u32 bits)
{
	u32 done = 0;

	list_for_each_safe(node, bucket_of(from)) {
		struct futex_sleeper *s =
			list_entry(node, struct futex_sleeper, link);

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

/* Whoever asks for none, or for fewer, wakes one: as Linux does. */
static u32 at_least_one(u32 count)
{
	return (int)count < 1 ? 1 : count;
}

static int futex_wake(u32 addr, int op, u32 count, u32 bits)
{
	struct futex_key key;
	int error = bits ? find_key(addr, op, &key) : -EINVAL;

	if (error)
		return error;
	return wake_key(&key, at_least_one(count), 0, NULL, bits);
}

/*
 * Who sleeps for a file may not come to sleep for an address space of which it
 * has no part.
 */
static int futex_requeue(u32 addr, int op, u32 count, u32 requeue, u32 to_addr)
{
	struct futex_key keys[2], *from = &keys[0], *to = &keys[1];
	int result = find_keys(addr, to_addr, op, keys);

	if ((int)count < 0 || (int)requeue < 0)
		return -EINVAL;
	if (result || !from->file != !to->file)
		return result ? result : -EINVAL;
	if (from->file)
		igrab(from->file);
	result = wake_key(from, count, requeue, to, FUTEX_BITSET_ALL);
	if (from->file)
		iput(from->file);
	return result;
}

/* FUTEX_CMP_REQUEUE: only if the word still has the expected value. */
static int futex_cmp_requeue(u32 addr, int op, u32 count, u32 requeue,
			     u32 to_addr, u32 expected)
{
	u32 now;
	int error = addr % 4 ? -EINVAL :
		    get_user_u32(&now, (const void __user *)addr);

	if (error || now != expected)
		return error ? error : -EAGAIN;
	return futex_requeue(addr, op, count, requeue, to_addr);
}

static s32 sign_extend_12(u32 field)
{
	return (s32)(field << 20) >> 20;
}

/* Returns what a word becomes, in *result; -ENOSYS. */
static int operate(u32 encoded, u32 word, u32 *result)
{
	u32 arg = sign_extend_12(encoded >> 12);

	if (encoded >> 28 & FUTEX_OP_ARG_SHIFT)
		arg = 1u << (arg & 31);
	switch (encoded >> 28 & 7) {
	case FUTEX_OP_SET:
		*result = arg;
		return 0;
	case FUTEX_OP_ADD:
		*result = word + arg;
		return 0;
	case FUTEX_OP_OR:
		*result = word | arg;
		return 0;
	case FUTEX_OP_ANDN:
		*result = word & ~arg;
		return 0;
	case FUTEX_OP_XOR:
		*result = word ^ arg;
		return 0;
	}
	return -ENOSYS;
}

/* Returns whether a word's old value passes the comparison; -ENOSYS. */
static int compare(u32 encoded, s32 word)
{
	s32 with = sign_extend_12(encoded);

	switch (encoded >> 24 & 15) {
	case FUTEX_OP_CMP_EQ:
		return word == with;
	case FUTEX_OP_CMP_NE:
		return word != with;
	case FUTEX_OP_CMP_LT:
		return word < with;
	case FUTEX_OP_CMP_LE:
		return word <= with;
	case FUTEX_OP_CMP_GT:
		return word > with;
	case FUTEX_OP_CMP_GE:
		return word >= with;
	}
	return -ENOSYS;
}

/* Changes the word at addr in one step. Returns what compare() says. */
static int change_word(u32 encoded, void __user *addr)
{
	u32 before, seen, after = 0;
	int error = get_user_u32(&seen, addr);

	do {
		before = seen;
		if (!error)
			error = operate(encoded, before, &after);
		if (!error)
			error = cmpxchg_user_u32(&seen, after, addr);
	} while (!error && seen != before);
	return error ? error : compare(encoded, before);
}

/*
 * FUTEX_WAKE_OP: changes a second word, wakes sleepers on the first, and on the
 * second if its old value passes. The change may sleep: keys are found again.
 */
static int futex_wake_op(u32 addr, int op, u32 count, u32 count2, u32 addr2,
			 u32 encoded)
{
	struct futex_key keys[2];
	int error = find_keys(addr, addr2, op, keys), passed, done;

	if (error)
		return error;
	passed = change_word(encoded, (void __user *)addr2);
	error = passed < 0 ? passed : find_keys(addr, addr2, op, keys);
	if (error)
		return error;
	done = wake_key(&keys[0], at_least_one(count), 0, NULL,
			FUTEX_BITSET_ALL);
	if (passed)
		done += wake_key(&keys[1], at_least_one(count2), 0, NULL,
				 FUTEX_BITSET_ALL);
	return done;
}

/* Called by exit through clear_child_tid: a joining thread waits there. */
void futex_wake_all(u32 addr)
{
	futex_wake(addr, FUTEX_WAKE, FUTEX_ALL, FUTEX_BITSET_ALL);
}

/*
 * The timeout of a wait is a span for FUTEX_WAIT and a point in time for
 * FUTEX_WAIT_BITSET, of uptime unless FUTEX_CLOCK_REALTIME is there.
 */
static int wait_command(u32 addr, int op, u32 value, const void __user *timeout,
			u32 bits, bool wide)
{
	bool absolute = (op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
	int clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME
					      : CLOCK_MONOTONIC;
	struct deadline end;
	int error = get_deadline(&end, clock, absolute, timeout, wide);

	if (!error && clock == CLOCK_REALTIME && !absolute)
		error = -ENOSYS;
	return error ? error : futex_wait(addr, op, value, &end, bits);
}

/* What is a timeout for waits is a second count for others. */
static int do_futex(u32 addr, int op, u32 value, u32 timeout, u32 addr2,
		    u32 value3, bool wide)
{
	const void __user *time = (const void __user *)timeout;
	int command = op & FUTEX_CMD_MASK;

	if (op & FUTEX_CLOCK_REALTIME && command != FUTEX_WAIT &&
	    command != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (command) {
	case FUTEX_WAIT:
		return wait_command(addr, op, value, time, FUTEX_BITSET_ALL,
				    wide);
	case FUTEX_WAIT_BITSET:
		return wait_command(addr, op, value, time, value3, wide);
	case FUTEX_WAKE:
		return futex_wake(addr, op, value, FUTEX_BITSET_ALL);
	case FUTEX_WAKE_BITSET:
		return futex_wake(addr, op, value, value3);
	case FUTEX_REQUEUE:
		return futex_requeue(addr, op, value, timeout, addr2);
	case FUTEX_CMP_REQUEUE:
		return futex_cmp_requeue(addr, op, value, timeout, addr2,
					 value3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(addr, op, value, timeout, addr2, value3);
	}
	return -ENOSYS;
}

int sys_futex(u32 addr, int op, u32 value, u32 timeout, u32 addr2, u32 value3)
{
	return do_futex(addr, op, value, timeout, addr2, value3, false);
}

int sys_futex_time64(u32 addr, int op, u32 value, u32 timeout, u32 addr2,
		     u32 value3)
{
	return do_futex(addr, op, value, timeout, addr2, value3, true);
}

/* Reads a word of the list, or waits for the memory that it needs. */
static int read_word(u32 *word, u32 addr)
{
	int error;

	do {
		error = get_user_u32(word, (const void __user *)addr);
	} while (error == -ENOMEM && await_memory(addr));
	return error;
}

/*
 * current dies and may hold the lock at addr: the next owner is to know.
 * Whether the lock could be looked at. Others, who may run while the page is
 * fetched, say in the same word that they wait. If current was just changing it
 * and has given it back, it may not have woken the next owner yet.
 */
static bool mark_dead(u32 addr, bool changing)
{
	u32 word, seen;
	int error;

	if (addr % 4 || read_word(&seen, addr) < 0)
		return false;
	do {
		word = seen;
		if (!word && changing)
			futex_wake(addr, FUTEX_WAKE, 1, FUTEX_BITSET_ALL);
		if ((word & FUTEX_TID_MASK) != (u32)current->pid)
			return true;
		error = cmpxchg_user_u32(&seen, (word & FUTEX_WAITERS) |
					 FUTEX_OWNER_DIED, (void __user *)addr);
		if (error && (error != -ENOMEM || !await_memory(addr)))
			return false;
	} while (error || seen != word);
	if (word & FUTEX_WAITERS)
		futex_wake(addr, FUTEX_WAKE, 1, FUTEX_BITSET_ALL);
	return true;
}

/*
 * Called by exit and exec: go through the list of locks that the thread holds.
 * It is the program's, and may be anything. Its head has three words: the first
 * lock, where a lock's word is, the lock that is just being taken or given
 * back.
 */
void futex_owner_died(void)
{
	u32 head[3], start = current->robust_list, entry;

	for (u32 i = 0; i < 3; i++)
		if (!start || read_word(&head[i], start + 4 * i) < 0)
			return;
	head[2] &= ~PI_LOCK;
	entry = head[0] & ~PI_LOCK;
	for (u32 n = 0; entry != start && n < ROBUST_LIMIT; n++) {
		u32 lock = entry;

		if (read_word(&entry, lock) < 0 ||
		    (lock != head[2] && !mark_dead(lock + head[1], false)))
			return;
		entry &= ~PI_LOCK;
	}
	if (head[2])
		mark_dead(head[2] + head[1], true);
}

/* The list of locks that a thread holds, for when it dies. */
int sys_set_robust_list(u32 head, u32 size)
{
	if (size != 3 * sizeof(u32))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

int sys_get_robust_list(int pid, u32 __user *head, u32 __user *size)
{
	struct task_struct *task = pid ? find_task(pid) : current;
	int error;

	if (!task)
		return -ESRCH;
	if (!may_inspect(task, current->uid, current->gid))
		return -EPERM;
	error = put_user_u32(task->robust_list, head);
	return error ? error : put_user_u32(3 * sizeof(u32), size);
}

/* Where the kernel writes 0 when this thread ends. */
int sys_set_tid_address(u32 addr)
{
	current->clear_child_tid = addr;
	return current->pid;
}
