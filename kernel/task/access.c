/*
 * What one process may know of another. A process that may inspect another
 * reads its memory and registers; with ptrace it changes them. So it must have
 * all rights of the other. A set-id program must not get rights that a process
 * around it lacks. docs/tricks.md says why exec decides that last.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>

/* Returns true if all ids of a task are these. */
bool has_ids(const struct task_struct *task, u32 uid, u32 gid)
{
	return uid == task->uid && uid == task->euid && uid == task->suid &&
	       gid == task->gid && gid == task->egid && gid == task->sgid;
}

/*
 * Returns true if current may look into a process. uid and gid are current's:
 * the real ones for system calls, those for files when /proc is read.
 */
bool may_inspect(const struct task_struct *task, u32 uid, u32 gid)
{
	if (task->process == current->process || suser())
		return true;
	return has_ids(task, uid, gid) && (!task->mm || task->mm->dumpable);
}

/* Returns true if current belongs to a group, where files are concerned. */
bool in_group(u32 gid)
{
	if (gid == current->fsgid)
		return true;
	for (u32 i = 0; i < current->nr_groups; i++)
		if (current->groups[i] == gid)
			return true;
	return false;
}
