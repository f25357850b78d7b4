/*
 * futex: sleeps while a word of the program's memory has an expected value, and
 * wakes those that sleep on it. Sleepers stand in a hash table under a key. In
 * a shared mapping that is the file and the offset, so that all that map the
 * file mean the same word; else it is the address space and the address.
 * Nothing comes between the test and the sleep, because the kernel is not
 * preempted and the word is read last.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/futex.h>
#include "kernel/kernel_internal.h"

#define ROBUST_LIMIT	2048		/* locks marked for one thread */
#define PI_LOCK		1u	/* in a list: that lock inherits priority */
#define VM_ACCESS	(VM_READ | VM_WRITE | VM_EXEC)
#define BUCKETS_MIN	256u
#define FRAMES_A_BUCKET	32u

/*
 * The name of a word. A sleeper holds a reference to the file, and its thread
 * one to the address space. So neither can become another one meanwhile.
 */
struct futex_key {
	struct inode *file;		/* of a shared mapping, or NULL */
	struct mm *mm;			/* NULL with a file */
	u32 at;				/* offset in the file, or address */
};

/* On the stack of a thread that waits. */
struct futex_sleeper {
	struct list link;		/* in its bucket */
	struct futex_key key;
	u32 bits;			/* woken only by these (BITSET) */
	bool woken;
	struct wait_queue wait;
};

static struct hash_table futex_table;

/* Called once by start_kernel. */
void futex_init(void)
{
	hash_init(&futex_table,
		  max_u32(BUCKETS_MIN, nr_frames / FRAMES_A_BUCKET));
}

static struct list *futex_bucket(const struct futex_key *key)
{
	u32 owner = (u32)key->file | (u32)key->mm;	/* one is NULL */

	return hash_bucket(&futex_table, owner, key->at / 4);
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->at == b->at && a->mm == b->mm && a->file == b->file;
}

/*
 * Finds the key of the word at addr in current's memory. It has no references
 * and is good until the caller sleeps. With FUTEX_PRIVATE_FLAG in op the
 * program promises that no other uses the word, and the search is saved.
 * Returns 0, -EFAULT or -EINVAL.
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
	if (area->flags & VM_SHARED) {
		key->file = area->object;
		key->mm = NULL;
		key->at = area->offset + (addr - area->start);
	}
	return 0;
}

static int find_keys(u32 addr, u32 addr2, int op, struct futex_key keys[2])
{
	int error = find_key(addr, op, &keys[0]);

	return error ? error : find_key(addr2, op, &keys[1]);
}

/* Returns 0 if the word at addr is value, or -EAGAIN, -EFAULT, -EINVAL. */
static int check_word(u32 addr, u32 value)
{
	u32 now;
	int error;

	if (addr % 4)
		return -EINVAL;
	error = get_user_u32(&now, (const void __user *)addr);
	if (error)
		return error;
	return now == value ? 0 : -EAGAIN;
}

/*
 * Waits until woken, or until end. Returns 0, -EAGAIN if *addr is not value,
 * -ETIMEDOUT, -EFAULT, -EINVAL, or an error that says how the interrupted call
 * goes on.
 */
static int futex_wait(u32 addr, int op, u32 value, const struct deadline *end,
		      u32 bits)
{
	struct futex_sleeper me = { .bits = bits };
	int error = bits ? check_word(addr, value) : -EINVAL;

	if (!error)
		error = find_key(addr, op, &me.key);
	if (error)
		return error;
	wait_queue_init(&me.wait);
	list_add_tail(&me.link, futex_bucket(&me.key));
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
 * Lets s sleep on under another key. Its reference to the old file is not the
 * last, because the caller has one: nothing here sleeps.
 */
static void rename_sleeper(struct futex_sleeper *s, const struct futex_key *to)
{
	if (s->key.file) {
		iput(s->key.file);
		igrab(to->file);
	}
	s->key = *to;
	list_move_tail(&s->link, futex_bucket(to));
}

/*
 * Wakes at most count sleepers on a key, and moves at most requeue more to
 * another. Returns how many were woken or moved. Does not sleep.
 */
static int wake_key(const struct futex_key *from, u32 count, u32 requeue,
		    const struct futex_key *to, u32 bits)
{
	u32 done = 0;

	list_for_each_safe(node, futex_bucket(from)) {
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

/* A program that asks for none wakes one, as on Linux. */
static u32 at_least_one(u32 count)
{
	return (int)count < 1 ? 1 : count;
}

/* Wakes sleepers on the word at addr. Returns how many, -EFAULT or -EINVAL. */
static int futex_wake(u32 addr, int op, u32 count, u32 bits)
{
	struct futex_key key;
	int error = bits ? find_key(addr, op, &key) : -EINVAL;

	if (error)
		return error;
	return wake_key(&key, at_least_one(count), 0, NULL, bits);
}

/*
 * Wakes count sleepers on a word, and moves requeue others to another word.
 * Both must be in files or both in address spaces: a sleeper on a file's word
 * may have another address space than the second word.
 */
static int futex_requeue(u32 addr, int op, u32 count, u32 requeue, u32 to_addr)
{
	struct futex_key keys[2], *from = &keys[0], *to = &keys[1];
	int result = find_keys(addr, to_addr, op, keys);

	if ((int)count < 0 || (int)requeue < 0)
		return -EINVAL;
	if (result)
		return result;
	if (!from->file != !to->file)
		return -EINVAL;
	if (from->file)
		igrab(from->file);
	result = wake_key(from, count, requeue, to, FUTEX_BITSET_ALL);
	if (from->file)
		iput(from->file);
	return result;
}

/* Does the same only if the word still has the expected value, or -EAGAIN. */
static int futex_cmp_requeue(u32 addr, int op, u32 count, u32 requeue,
			     u32 to_addr, u32 expected)
{
	int error = check_word(addr, expected);

	return error ? error : futex_requeue(addr, op, count, requeue, to_addr);
}

static s32 sign_extend_12(u32 field)
{
	return (s32)(field << 20) >> 20;
}

/* Stores in *result what FUTEX_WAKE_OP makes of a word. 0 or -ENOSYS. */
static int wake_op_result(u32 encoded, u32 word, u32 *result)
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

/* Returns 1 if a word's old value passes the comparison, 0 or -ENOSYS. */
static int wake_op_passes(u32 encoded, s32 word)
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

/* Changes the word at addr in one step. Returns what wake_op_passes() says. */
static int change_word(u32 encoded, void __user *addr)
{
	u32 before, seen, after = 0;
	int error = get_user_u32(&seen, addr);

	do {
		before = seen;
		if (!error)
			error = wake_op_result(encoded, before, &after);
		if (!error)
			error = cmpxchg_user_u32(&seen, after, addr);
	} while (!error && seen != before);
	return error ? error : wake_op_passes(encoded, before);
}

/*
 * Changes a second word, wakes sleepers on the first, and sleepers on the
 * second if its old value passes a comparison. The change may sleep, so the
 * keys are found again.
 */
static int futex_wake_op(u32 addr, int op, u32 count, u32 count2, u32 addr2,
			 u32 encoded)
{
	struct futex_key keys[2];
	int error = find_keys(addr, addr2, op, keys), passed, done;

	if (error)
		return error;
	passed = change_word(encoded, (void __user *)addr2);
	if (passed < 0)
		return passed;
	error = find_keys(addr, addr2, op, keys);
	if (error)
		return error;
	done = wake_key(&keys[0], at_least_one(count), 0, NULL,
			FUTEX_BITSET_ALL);
	if (passed)
		done += wake_key(&keys[1], at_least_one(count2), 0, NULL,
				 FUTEX_BITSET_ALL);
	return done;
}

/* Wakes all that wait for the end of a thread. Called by leave_locks(). */
void futex_wake_all(u32 addr)
{
	futex_wake(addr, FUTEX_WAKE, FUTEX_ALL, FUTEX_BITSET_ALL);
}

/*
 * Waits with a timeout. That is a span for FUTEX_WAIT and a point in time for
 * FUTEX_WAIT_BITSET: of uptime, or with FUTEX_CLOCK_REALTIME of the day.
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

/* Carries out a futex command. For some, timeout is a second count. */
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
 * Marks the lock at addr, if current holds it, so that the next owner knows
 * that current has died. Returns false if the lock could not be looked at.
 * Other threads may run while the page is fetched, and say in the same word
 * that they wait. If current was just giving the lock back, it may not have
 * woken the next owner yet.
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
 * Marks the locks in current's list of those that it holds. The list is the
 * program's and may be anything. Its head has three words: the first lock, the
 * offset of a lock's word, and the lock that is just being taken or given back.
 * Called by exit and exec.
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

/* Sets the head of the list of locks that current holds. */
int sys_set_robust_list(u32 head, u32 size)
{
	if (size != 3 * sizeof(u32))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

/* Tells the program that head of a task, and its size. */
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

/* Sets where 0 is written when this thread ends. Returns its number. */
int sys_set_tid_address(u32 addr)
{
	current->clear_child_tid = addr;
	return current->pid;
}
