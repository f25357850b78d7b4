/*
 * Advisory locks on files: record locks (fcntl), which cover bytes and belong
 * to a process or to an open file, and whole-file locks (flock), which belong
 * to an open file. lock_ranges.c keeps those that are held. A task that must
 * wait sleeps until the owner of a lock in its way releases some. A wait that
 * would close a circle of processes fails (EDEADLK).
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "fs/locks.h"

#define TO_END 0x7FFFFFFFFFFFFFFFll
#define FRAMES_A_LOCK	2	/* of ordinary users' locks, all together */

static bool locks_used_up(void)
{
	return nr_locks >= nr_frames / FRAMES_A_LOCK && !suser();
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
	struct lock_owner *owner = find_lock_owner(inode, new);

	if (owner)
		release_owner(owner);
}

/*
 * Waits until no other lock prevents new. Returns 0, -EAGAIN if it may not
 * wait, -EDEADLK or -ERESTARTSYS.
 */
static int await_lock(struct inode *inode, const struct file_lock *new,
		      bool wait)
{
	bool of_process = new->kind == PROCESS_LOCK;
	struct file_lock *conflict;
	int error = 0;

	if (new->type == F_UNLCK)
		return 0;
	while (!error) {
		conflict = find_conflict(inode, new);
		if (!conflict)
			return 0;
		if (new->kind == WHOLE_FILE_LOCK)
			release_flock(inode, new);
		if (!wait)
			return -EAGAIN;
		if (of_process && would_deadlock(conflict))
			return -EDEADLK;
		current->waits_for_lock_of = of_process ? conflict->pid : 0;
		error = interruptible_sleep_on(
			&find_lock_owner(inode, conflict)->gone);
		current->waits_for_lock_of = 0;
	}
	return error;
}

/*
 * Returns true if another thread closed the file while this one waited: nobody
 * would release the lock.
 */
static bool closed_meanwhile(int fd, const struct file *file,
			     const struct file_lock *new)
{
	return new->kind == PROCESS_LOCK && new->type != F_UNLCK &&
	       file_at(current->files, fd) != file;
}

/*
 * Gets a lock, or releases one, through the descriptor fd. Returns 0, an error
 * of await_lock(), -EBADF if fd was closed meanwhile, -ENOLCK or -ENOMEM.
 * Allocates before it waits: an allocation may sleep, and then another task
 * could take the lock in between.
 */
static int acquire(int fd, struct file *file, const struct file_lock *new,
		   bool wait)
{
	struct inode *inode = file->inode;
	struct lock_memory memory;
	int error;

	if (new->type != F_UNLCK && locks_used_up())
		return -ENOLCK;
	error = get_lock_memory(&memory, new);
	if (error)
		return error;
	error = await_lock(inode, new, wait);
	if (!error && closed_meanwhile(fd, file, new))
		error = -EBADF;
	if (!error)
		set_lock(inode, &memory);
	free_lock_memory(&memory);
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
	*lock = (struct file_lock){ .kind = PROCESS_LOCK,
				    .holder = current->files,
				    .pid = current->tgid,
				    .type = fl->l_type };
	if (is_ofd_command(command)) {
		if (fl->l_pid)
			return -EINVAL;
		lock->kind = FILE_LOCK;
		lock->holder = file;
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
	return acquire(fd, file, &lock,
		       command == F_SETLKW64 || command == F_OFD_SETLKW);
}

/* Does flock(): locks the whole file for the open file. */
int flock_file(int fd, struct file *file, u32 operation)
{
	struct file_lock lock = { .kind = WHOLE_FILE_LOCK,
				  .holder = file,
				  .pid = current->tgid,
				  .end = TO_END };

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
	return acquire(fd, file, &lock, !(operation & LOCK_NB));
}
