/*
 * Advisory locks on files: record locks (fcntl), which cover bytes and belong
 * to a process or to an open file, and whole-file locks (flock), which belong
 * to an open file. An inode lists the locks that are held. A task that must
 * wait sleeps until a lock is released. A wait that would close a circle of
 * processes fails (EDEADLK).
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
	/* of a record lock: descriptors, or the open file; NULL: flock's */
	const void *owner;
	struct file *file;		/* owns a flock() lock */
	int pid;			/* -1: an open file's */
	short type;			/* F_RDLCK or F_WRLCK */
	s64 start, end;			/* first and last byte */
};

#define TO_END 0x7FFFFFFFFFFFFFFFll
#define FRAMES_A_LOCK	2	/* of ordinary users' locks, all together */

static struct wait_queue lock_gone = WAIT_QUEUE_INIT(lock_gone);
static u32 nr_locks;

static struct file_lock *lock_at(struct list *node)
{
	return list_entry(node, struct file_lock, link);
}

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	if (a->owner || b->owner)
		return a->owner == b->owner;
	return a->file == b->file;
}

/* Returns true for a lock that goes when its process closes the file. */
static bool is_process_lock(const struct file_lock *lock)
{
	return lock->owner && lock->owner != lock->file;
}

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/*
 * Returns true if a and b cannot both be held. Record locks never conflict with
 * flock()'s.
 */
static bool in_conflict(const struct file_lock *a, const struct file_lock *b)
{
	return !a->owner == !b->owner && !same_owner(a, b) && overlap(a, b) &&
	       (a->type == F_WRLCK || b->type == F_WRLCK);
}

/*
 * Returns a lock that prevents new, or NULL. If its owner has several such
 * locks, it is the lowest one.
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

static bool locks_used_up(void)
{
	return nr_locks >= nr_frames / FRAMES_A_LOCK && !suser();
}

static struct file_lock *copy_lock(const struct file_lock *lock)
{
	struct file_lock *copy = kmalloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *lock;
	nr_locks++;
	return copy;
}

/* Frees a lock that is on no list, or NULL. */
static void free_lock(struct file_lock *lock)
{
	if (lock)
		nr_locks--;
	kfree(lock);
}

static void release_lock(struct file_lock *lock)
{
	list_del(&lock->link);
	free_lock(lock);
}

/*
 * Removes the bytes of new from the locks that its owner holds. Locks inside
 * new are released. Those that reach over one edge are cut. One that reaches
 * over both becomes two, which uses *spare.
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
			release_lock(lock);
	}
}

/* Extends lock over its owner's locks of the same type that touch it. */
static void join_own(struct inode *inode, struct file_lock *lock)
{
	list_for_each(node, &inode->i_locks) {
		const struct file_lock *own = lock_at(node);

		if (!same_owner(own, lock) || own->type != lock->type ||
		    own->start - 1 > lock->end || lock->start - 1 > own->end)
			continue;
		if (own->start < lock->start)
			lock->start = own->start;
		if (own->end > lock->end)
			lock->end = own->end;
	}
}

/*
 * Grants lock, or releases the bytes of it. Takes over lock and spare, which is
 * memory for one lock more, and frees what it does not need. Does not sleep.
 */
static void set_lock(struct inode *inode, struct file_lock *lock,
		     struct file_lock *spare)
{
	bool release = lock->type == F_UNLCK;

	if (!release)
		join_own(inode, lock);
	cut_own(inode, lock, &spare);
	if (release)
		free_lock(lock);
	else
		list_add_tail(&lock->link, &inode->i_locks);
	free_lock(spare);
	wake_up(&lock_gone);
}

/* Returns true if the holder waits for current, perhaps through others. */
static bool would_deadlock(const struct file_lock *conflict)
{
	const struct task_struct *holder = find_task(conflict->pid);

	for (int hops = 0; holder && hops < 64; hops++) {
		if (holder == current)
			return true;
		if (!holder->waits_for_lock_of)
			return false;
		holder = find_task(holder->waits_for_lock_of);
	}
	return false;
}

/*
 * Releases what the open file holds. flock() does so before it waits: two tasks
 * that share a lock may both want it exclusively.
 */
static void release_flock(struct inode *inode, const struct file_lock *new)
{
	/* such locks cover the whole file: none is cut in two */
	struct file_lock *spare = NULL;

	cut_own(inode, new, &spare);
	wake_up(&lock_gone);
}

/*
 * Waits until no other lock prevents new. Returns 0, -EAGAIN if it may not
 * wait, -EDEADLK or -ERESTARTSYS.
 */
static int await_lock(struct inode *inode, const struct file_lock *new,
		      bool wait)
{
	struct file_lock *conflict;
	int error = 0;

	if (new->type == F_UNLCK)
		return 0;
	if (!new->owner && find_conflict(inode, new))
		release_flock(inode, new);
	while (!error) {
		conflict = find_conflict(inode, new);
		if (!conflict)
			return 0;
		if (!wait)
			return -EAGAIN;
		if (is_process_lock(new) && would_deadlock(conflict))
			return -EDEADLK;
		current->waits_for_lock_of =
			is_process_lock(new) ? conflict->pid : 0;
		error = interruptible_sleep_on(&lock_gone);
		current->waits_for_lock_of = 0;
	}
	return error;
}

/*
 * Returns true if another thread closed the file while this one waited: nobody
 * would release the lock.
 */
static bool closed_meanwhile(const struct file_lock *new, int fd)
{
	return is_process_lock(new) && new->type != F_UNLCK &&
	       file_at(current->files, fd) != new->file;
}

/*
 * Gets a lock, or releases one, through the descriptor fd. Returns 0, an error
 * of await_lock(), -EBADF if fd was closed meanwhile, -ENOLCK or -ENOMEM.
 * Allocates before it waits: an allocation may sleep, and then another task
 * could take the lock in between.
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
	if (!error && closed_meanwhile(new, fd))
		error = -EBADF;
	if (!error) {
		set_lock(inode, lock, spare);
		return 0;
	}
	free_lock(lock);
	free_lock(spare);
	return error;
}

/*
 * Sets the range of lock to the bytes that fl means: from a base forward,
 * backward, or without end.
 */
static int set_range(const struct file *file, const struct flock64 *fl,
		     struct file_lock *lock)
{
	s64 base = 0;

	if (fl->l_whence == SEEK_CUR)
		base = file->pos;
	else if (fl->l_whence == SEEK_END)
		base = file->inode->i_size;
	else if (fl->l_whence != SEEK_SET)
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

static bool is_ofd_command(int command)
{
	return command >= F_OFD_GETLK && command <= F_OFD_SETLKW;
}

/* For an open file's lock no process must be named. Returns 0 or -EINVAL... */
static int fill_lock(struct file *file, int command, const struct flock64 *fl,
		     struct file_lock *lock)
{
	*lock = (struct file_lock){ .owner = current->files,
				    .file = file,
				    .pid = current->tgid,
				    .type = fl->l_type };
	if (is_ofd_command(command)) {
		if (fl->l_pid)
			return -EINVAL;
		lock->owner = file;
		lock->pid = -1;
	}
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK &&
	    fl->l_type != F_UNLCK)
		return -EINVAL;
	return set_range(file, fl, lock);
}

/* F_GETLK: describes in fl the lock that would prevent the one in fl. */
static int get_lock(struct file *file, int command, struct flock64 *fl)
{
	struct file_lock lock, *conflict;
	int error = fill_lock(file, command, fl, &lock);

	if (error)
		return error;
	if (fl->l_type == F_UNLCK)
		return -EINVAL;
	conflict = find_conflict(file->inode, &lock);
	if (!conflict) {
		fl->l_type = F_UNLCK;
		return 0;
	}
	*fl = (struct flock64){ .l_type = conflict->type,
				.l_whence = SEEK_SET,
				.l_start = conflict->start,
				.l_pid = conflict->pid };
	if (conflict->end != TO_END)
		fl->l_len = conflict->end - conflict->start + 1;
	return 0;
}

/*
 * Does a lock command. Called by fcntl(), which reads fl from the program
 * before and, for F_GETLK, writes it back.
 */
int fcntl_lock(int fd, struct file *file, int command, struct flock64 *fl)
{
	u32 mode = file->flags & O_ACCMODE;
	struct file_lock lock;
	int error;

	if (command == F_GETLK64 || command == F_OFD_GETLK)
		return get_lock(file, command, fl);
	error = fill_lock(file, command, fl, &lock);
	if (error)
		return error;
	if ((fl->l_type == F_RDLCK && mode == O_WRONLY) ||
	    (fl->l_type == F_WRLCK && mode == O_RDONLY))
		return -EBADF;
	return acquire(fd, file->inode, &lock,
		       command == F_SETLKW64 || command == F_OFD_SETLKW);
}

/* Does flock(): locks the whole file for the open file. */
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
 * Called when a descriptor is closed: the process loses all its record locks on
 * the file, as POSIX demands. Called with owner NULL when the open file goes:
 * releases the locks that are its own.
 */
void free_locks(struct file *file, struct files_struct *owner)
{
	struct inode *inode = file->inode;

	list_for_each_safe(node, &inode->i_locks) {
		struct file_lock *lock = lock_at(node);

		if (owner ? lock->owner == owner
			  : lock->file == file && !is_process_lock(lock))
			release_lock(lock);
	}
	wake_up(&lock_gone);
}
