/*
 * What a thread owes to others when it leaves its address space by exit or
 * exec: others may wait for its locks, for its end, or in vfork().
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

/*
 * Marks the locks that current holds, and writes 0 to the word that joining
 * threads wait for. Called before current leaves its address space.
 */
void leave_locks(void)
{
	u32 tid = current->clear_child_tid;
	int error;

	if (current->mm && current->robust_list)
		futex_owner_died();
	current->robust_list = current->clear_child_tid = 0;
	if (!tid || !current->mm || current->mm->users == 1)
		return;			/* nobody is left who could look */
	do {
		error = put_user_u32(0, (void __user *)tid);
	} while (error == -ENOMEM && await_memory(tid));
	if (!error)
		futex_wake_all(tid);
}

/* Frees the thread that ended last: it could not free its own stack. */
void free_dead_thread(struct task_struct *process)
{
	if (process->dead_thread)
		free_task(process->dead_thread);
	process->dead_thread = NULL;
}

/* Lets the parent that waits in vfork() go on. Called by exec and exit. */
void vfork_release(struct task_struct *task)
{
	struct vfork_wait *wait = task->vfork_wait;

	if (!wait)
		return;
	task->vfork_wait = NULL;
	wait->over = true;
	wake_up(&wait->queue);
}
