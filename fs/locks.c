/*
 * Advisory locks on files: POSIX record locks (fcntl), which belong to a
 * process and cover bytes, and whole-file locks (flock), which belong to an
 * open file. An inode has a list of those that hold; who must wait sleeps until
 * one goes, and a circle of waiting processes is refused (EDEADLK).
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>

struct file_lock {
	struct list link;		/* in inode->i_locks */
	/* of a record lock; NULL: flock's, which belongs to file */
	struct files_struct *owner;
	struct file *file;
	int pid;
	short type;			/* F_RDLCK or F_WRLCK */
	s64 start, end;			/* first and last byte */
};

#define TO_END 0x7FFFFFFFFFFFFFFFll

static struct wait_queue lock_gone = WAIT_QUEUE_INIT(lock_gone);

static struct file_lock *lock_at(struct list *node)
{
	return list_entry(node, struct file_lock, link);
}

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	return a->owner ? a->owner == b->owner
			: !b->owner && a->file == b->file;
}

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* The two kinds do not see each other. */
static bool in_conflict(const struct file_lock *a, const struct file_lock *b)
{
	return !a->owner == !b->owner && !same_owner(a, b) && overlap(a, b) &&
	       (a->type == F_WRLCK || b->type == F_WRLCK);
}

/*
 * Returns the lock that keeps new from being granted, or NULL. Of one owner's
 * it is the one with the lowest position.
 */
static struct file_lock *find_conflict(struct inode *inode,
				       const struct file_lock *new)
{
	struct file_lock *first = NULL;

	list_for_each(node, &inode->i_locks) {
		struct file_lock *lock = lock_at(node);

		if (!in_conflict(lock, new))
			continue;
		if (!first ||
		    (same_owner(lock, first) && lock->start < first->start))
			first = lock;
	}
	return first;
}

#define FRAMES_A_LOCK	2	/* of ordinary users' locks, all together */

static u32 nr_locks;

static bool locks_used_up(void)
{
	return nr_locks >= nr_frames / FRAMES_A_LOCK && !suser();
}

static struct file_lock *copy_lock(const struct file_lock *lock)
{
	struct file_lock *copy = kmalloc(sizeof(*copy));

	if (copy)
		*copy = *lock;
	nr_locks += copy != NULL;
	return copy;
}

/* Frees a lock that is on no list, or NULL. */
static void drop_lock(struct file_lock *lock)
{
	nr_locks -= lock != NULL;
	kfree(lock);
}

static void free_lock(struct file_lock *lock)
{
	list_del(&lock->link);
	drop_lock(lock);
}

/*
 * Take the bytes of new out of what its owner holds already: locks inside go,
 * those that reach over an edge are cut, one that reaches over both becomes
 * two, for which spare is used.
 */
static void cut_own(struct inode *inode, const struct file_lock *new,
		    struct file_lock **spare)
{
	list_for_each_safe(node, &inode->i_locks) {
		struct file_lock *lock = lock_at(node);

		if (!same_owner(lock, new) || !overlap(lock, new))
			continue;
		if (lock->start < new->start && lock->end > new->end) {
			struct file_lock *upper = *spare;

			*upper = *lock;
			upper->start = new->end + 1;
			list_add(&upper->link, &lock->link);
			*spare = NULL;
		}
		if (lock->start < new->start)
			lock->end = new->start - 1;
		else if (lock->end > new->end)
			lock->start = new->end + 1;
		else
			free_lock(lock);
	}
}

/* What the owner holds of the same type and next to lock becomes part of it. */
static void join_own(struct inode *inode, struct file_lock *lock)
{
	list_for_each(node, &inode->i_locks) {
		const struct file_lock *own = lock_at(node);

		if (!same_owner(own, lock) || own->type != lock->type ||
		    own->start - 1 > lock->end || lock->start - 1 > own->end)
			continue;
		lock->start = own->start < lock->start ? own->start
						       : lock->start;
		lock->end = own->end > lock->end ? own->end : lock->end;
	}
}

/*
 * Grant or release lock, which becomes the inode's; spare is memory for one
 * more. What is not needed of them is freed. Does not sleep.
 */
static void set_lock(struct inode *inode, struct file_lock *lock,
		     struct file_lock *spare)
{
	bool release = lock->type == F_UNLCK;

	if (!release)
		join_own(inode, lock);
	cut_own(inode, lock, &spare);
	if (release)
		drop_lock(lock);
	else
		list_add_tail(&lock->link, &inode->i_locks);
	drop_lock(spare);
	wake_up(&lock_gone);
}

/* Whether the holder waits, through any number of others, for us. */
static bool would_deadlock(const struct file_lock *conflict)
{
	const struct task_struct *holder = find_task(conflict->pid);

	for (int hops = 0; holder && hops < 64; hops++) {
		if (holder == current)
			return true;
		holder = holder->waits_for_lock_of
				 ? find_task(holder->waits_for_lock_of)
				 : NULL;
	}
	return false;
}

/*
 * flock() gives up what it has before it waits for more: two who share a lock
 * may both want it alone.
 */
static void give_up(struct inode *inode, const struct file_lock *new)
{
	/* such locks cover the whole file: none is cut in two */
	struct file_lock *spare = NULL;

	cut_own(inode, new, &spare);
	wake_up(&lock_gone);
}

/*
 * Wait, if wait says so, until nothing is in the way of a lock. -EAGAIN,
 * -EDEADLK, -ERESTARTSYS.
 */
static int await_lock(struct inode *inode, const struct file_lock *new,
		      bool wait)
{
	struct file_lock *conflict;
	int error = 0;

	if (!new->owner && new->type != F_UNLCK && find_conflict(inode, new))
		give_up(inode, new);
	while (new->type != F_UNLCK && !error &&
	       (conflict = find_conflict(inode, new)) != NULL) {
		if (!wait)
			return -EAGAIN;
		if (new->owner && would_deadlock(conflict))
			return -EDEADLK;
		current->waits_for_lock_of = new->owner ? conflict->pid : 0;
		error = interruptible_sleep_on(&lock_gone);
		current->waits_for_lock_of = 0;
	}
	return error;
}

/* Another thread may close the file while we wait: nobody would unlock it. */
static bool closed(const struct file_lock *new, int fd)
{
	return new->owner && new->type != F_UNLCK &&
	       file_at(current->files, fd) != new->file;
}

/*
 * Gets a lock, or releases one, through the descriptor fd. The same errors;
 * -EBADF if fd was closed meanwhile; -ENOMEM, which changes nothing. Memory is
 * found first: that may sleep, and behind the wait would let others in between.
 */
static int acquire(int fd, struct inode *inode, const struct file_lock *new,
		   bool wait)
{
	struct file_lock *lock, *spare;
	int error;

	if (new->type != F_UNLCK && locks_used_up())
		return -ENOLCK;
	lock = copy_lock(new);
	spare = copy_lock(new);
	error = lock && spare ? await_lock(inode, new, wait) : -ENOMEM;
	if (!error && closed(new, fd))
		error = -EBADF;
	if (!error) {
		set_lock(inode, lock, spare);
		return 0;
	}
	drop_lock(lock);
	drop_lock(spare);
	return error;
}

/*
 * The bytes that a struct flock means: from a base, forward, backward, or to
 * the end of the file and beyond.
 */
static int to_range(const struct file *file, const struct flock64 *fl,
		    struct file_lock *lock)
{
	s64 base = fl->l_whence == SEEK_CUR   ? file->pos
		   : fl->l_whence == SEEK_END ? file->inode->i_size
					      : 0;

	if (fl->l_whence != SEEK_SET && fl->l_whence != SEEK_CUR &&
	    fl->l_whence != SEEK_END)
		return -EINVAL;
	if (fl->l_start > TO_END - base)
		return -EOVERFLOW;
	lock->start = base + fl->l_start;
	if (lock->start < 0)
		return -EINVAL;
	if (fl->l_len > 0) {
		if (fl->l_len - 1 > TO_END - lock->start)
			return -EOVERFLOW;
		lock->end = lock->start + fl->l_len - 1;
	} else if (fl->l_len == 0) {
		lock->end = TO_END;
	} else {
		lock->end = lock->start - 1;
		lock->start += fl->l_len;
	}
	return lock->start < 0 ? -EINVAL : 0;
}

static int fill_lock(struct file *file, const struct flock64 *fl,
		     struct file_lock *lock)
{
	*lock = (struct file_lock){ .owner = current->files,
				    .file = file,
				    .pid = current->tgid,
				    .type = fl->l_type };
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK &&
	    fl->l_type != F_UNLCK)
		return -EINVAL;
	return to_range(file, fl, lock);
}

/* F_GETLK: what would be in the way, in fl itself. */
static int get_lock(struct file *file, struct flock64 *fl)
{
	struct file_lock lock, *conflict;
	int error = fill_lock(file, fl, &lock);

	if (error || fl->l_type == F_UNLCK)
		return error ? error : -EINVAL;
	conflict = find_conflict(file->inode, &lock);
	if (!conflict) {
		fl->l_type = F_UNLCK;
		return 0;
	}
	*fl = (struct flock64){ conflict->type, SEEK_SET, conflict->start,
				conflict->end == TO_END
					? 0
					: conflict->end - conflict->start + 1,
				conflict->pid };
	return 0;
}

/*
 * Called by fcntl(fd): the lock commands, after their structure was read and,
 * for F_GETLK, before it is written back.
 */
int fcntl_lock(int fd, struct file *file, int command, struct flock64 *fl)
{
	u32 mode = file->flags & O_ACCMODE;
	struct file_lock lock;
	int error;

	if (command == F_GETLK64)
		return get_lock(file, fl);
	error = fill_lock(file, fl, &lock);
	if (error)
		return error;
	if ((fl->l_type == F_RDLCK && mode == O_WRONLY) ||
	    (fl->l_type == F_WRLCK && mode == O_RDONLY))
		return -EBADF;
	return acquire(fd, file->inode, &lock, command == F_SETLKW64);
}

/* flock(): a lock on the whole file, which belongs to the open file. */
int flock_file(int fd, struct file *file, u32 operation)
{
	struct file_lock lock = {
		.file = file, .pid = current->tgid, .start = 0, .end = TO_END
	};

	switch (operation & ~LOCK_NB) {
	case LOCK_SH:
		lock.type = F_RDLCK;
		break;
	case LOCK_EX:
		lock.type = F_WRLCK;
		break;
	case LOCK_UN:
		lock.type = F_UNLCK;
		break;
	default:
		return -EINVAL;
	}
	return acquire(fd, file->inode, &lock, !(operation & LOCK_NB));
}

/*
 * A descriptor is closed: the process loses its record locks on the file, all
 * of them, as POSIX wants. With owner NULL it was the last: flock's go.
 */
void free_locks(struct file *file, struct files_struct *owner)
{
	struct inode *inode = file->inode;

	list_for_each_safe(node, &inode->i_locks) {
		struct file_lock *lock = lock_at(node);

		if (lock->owner == owner && (owner || lock->file == file))
			free_lock(lock);
	}
	wake_up(&lock_gone);
}
