/*
 * What poll() and select() have in common. They wait until one of several files
 * would not block. Each round calls the poll operation of every file. In the
 * first round it also enters the caller into the wait queues that announce a
 * change, unless it will not sleep. Waking any of them ends the sleep.
 * Interrupts are masked from the last round to the sleep, so that no change is
 * missed.
 *
 * A file must not be closed while the caller is in its queues. If other threads
 * share the descriptors, the files are held by a table of the call's own.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "ask.h"

/*
 * Returns the table in which the asked files are to be found until ask_end().
 * NULL if there was no memory.
 */
struct files_struct *ask_begin(void)
{
	if (current->files->users == 1)
		return current->files;
	return fd_table_new();
}

/* Puts an asked descriptor into that table, if it is the call's own. -ENOMEM */
int ask_add(struct files_struct *asked, u32 fd)
{
	struct file *file;

	if (fd >= OPEN_MAX || file_at(asked, fd))
		return 0;
	if (fd_make_room(asked, fd) < 0)
		return -ENOMEM;
	file = file_at(current->files, fd);	/* after a sleep */
	if (file) {
		file->count++;
		fd_enter(asked, fd, file, false);
	}
	return 0;
}

void ask_end(struct files_struct *asked)
{
	if (asked != current->files)
		drop_files(asked);
}

/*
 * Calls ask(request, table) for each round, until it returns something else
 * than 0, which is returned. It need not enter any queue once it has found
 * something. Returns 0 when the time is over, -ERESTARTNOHAND or -ENOMEM.
 */
int ask_until(int (*ask)(void *request, struct poll_table *table),
	      void *request, const struct deadline *end)
{
	int found, error = is_over(end) ? -ETIMEDOUT : 0;
	struct poll_sleep sleep = { .table = { error ? NULL : poll_enter } };
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	bool looked_again = false;
	u32 flags;

	flags = irq_save();
	for (;;) {
		found = ask(request, &sleep.table);
		sleep.table.enter = NULL;
		if (found || error)
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
	if (found || error == -ETIMEDOUT)
		return found;
	return error == -ERESTARTSYS ? -ERESTARTNOHAND : error;
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
