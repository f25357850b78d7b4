/* nice() and its relatives: the priority of processes, one, a group or a user's; and what the scheduler's POSIX calls can truthfully say. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/resource.h>
#include "internal.h"

#define NICE_MIN	(-20)
#define NICE_MAX	19
#define PRIO_BASE	20		/* the system call answers 20 - nice, so that the result is never negative */

static int clamp_nice(int nice)
{
	return nice < NICE_MIN ? NICE_MIN : nice > NICE_MAX ? NICE_MAX : nice;
}

static int nice_of(const struct task_struct *task)
{
	return task->priority - NICE_TO_PRIORITY(0);
}

/* Only the superuser may make a task more urgent, or touch another user's. */
static int set_nice(struct task_struct *task, int nice)
{
	if (!suser() && current->euid != task->uid && current->euid != task->euid)
		return -EPERM;
	if (nice < nice_of(task) && !suser())
		return -EACCES;
	for_each_thread(t, task)
		set_priority(t, NICE_TO_PRIORITY(nice));
	return 0;
}

asmlinkage int sys_nice(int increment)
{
	increment = increment < -PRIORITIES ? -PRIORITIES : increment > PRIORITIES ? PRIORITIES : increment;
	return set_nice(current, clamp_nice(nice_of(current) + increment)) < 0 ? -EPERM : 0;
}

static bool selected(const struct task_struct *task, int which, u32 who)
{
	if (!task->mm)
		return false;
	if (which == PRIO_PROCESS)
		return task->pid == (who ? (int)who : current->tgid);
	if (which == PRIO_PGRP)
		return (u32)task->pgrp == (who ? who : (u32)current->process->pgrp);
	return task->uid == (who ? who : current->uid);
}

/* The most urgent of those that which and who select, as 20 - nice. */
asmlinkage int sys_getpriority(int which, u32 who)
{
	int best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);

		if (selected(task, which, who) && PRIO_BASE - nice_of(task) > best)
			best = PRIO_BASE - nice_of(task);
	}
	return best;
}

asmlinkage int sys_setpriority(int which, u32 who, int nice)
{
	int error = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	nice = clamp_nice(nice);
	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);

		if (selected(task, which, who)) {
			int result = set_nice(task, nice);

			error = error == -ESRCH || result ? result : error;
		}
	}
	return error;
}

/* There is one scheduling policy, SCHED_OTHER, whose only static priority is 0. */
asmlinkage int sys_sched_getscheduler(int pid)
{
	return pid == 0 || find_task(pid) ? 0 : -ESRCH;
}

asmlinkage int sys_sched_getparam(int pid, u32 __user *priority)
{
	return pid == 0 || find_task(pid) ? put_user_u32(0, priority) : -ESRCH;
}

asmlinkage int sys_sched_setscheduler(int pid, int policy, const u32 __user *user_priority)
{
	u32 priority;
	int error = get_user_u32(&priority, user_priority);

	if (pid != 0 && !find_task(pid))
		return -ESRCH;
	return error ? error : policy != 0 || priority != 0 ? -EINVAL : 0;
}

asmlinkage int sys_sched_get_priority_max(int policy)
{
	return policy == 0 ? 0 : -EINVAL;
}

/* One CPU. Answers the bytes of the mask, as the C library expects of the call itself. */
asmlinkage int sys_sched_getaffinity(int pid, u32 size, u32 __user *mask)
{
	int error = pid != 0 && !find_task(pid) ? -ESRCH : size < sizeof(u32) ? -EINVAL : put_user_u32(1, mask);

	return error ? error : (int)sizeof(u32);
}
