/*
 * nice() and its relatives: the priority of processes, one, a group or a
 * user's; and what the scheduler's POSIX calls can truthfully say.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/resource.h>
#include <abi/sched.h>
#include "kernel/kernel_internal.h"

#define NICE_MIN	(-20)
#define NICE_MAX	19
#define REALTIME_MAX	99
/* the system call answers 20 - nice, so that the result is never negative */
#define PRIO_BASE	20

static int clamp_nice(int nice)
{
	return nice < NICE_MIN ? NICE_MIN : nice > NICE_MAX ? NICE_MAX : nice;
}

static int nice_of(const struct task_struct *task)
{
	return task->priority - NICE_TO_PRIORITY(0);
}

static bool owns(const struct task_struct *task)
{
	return suser() || current->euid == task->uid ||
	       current->euid == task->euid;
}

/*
 * Only the superuser may touch another user's task, or make one more urgent
 * than RLIMIT_NICE lets it be.
 */
static int set_nice(struct task_struct *task, int nice)
{
	u32 urgency = PRIO_BASE - nice;		/* as the limit counts */

	if (!owns(task))
		return -EPERM;
	if (nice < nice_of(task) && !suser() &&
	    urgency > task->rlimits[RLIMIT_NICE].rlim_cur)
		return -EACCES;
	set_priority(task, NICE_TO_PRIORITY(nice));
	return 0;
}

static int set_process_nice(struct task_struct *process, int nice)
{
	int error = 0;

	for_each_thread(t, process)
		if (!error)
			error = set_nice(t, nice);
	return error;
}

int sys_nice(int increment)
{
	increment = increment < -PRIORITIES  ? -PRIORITIES
		    : increment > PRIORITIES ? PRIORITIES
					     : increment;
	increment = clamp_nice(nice_of(current) + increment);
	return set_process_nice(current->process, increment) < 0 ? -EPERM : 0;
}

/* The process that PRIO_PROCESS means; any of its threads may be named. */
static const struct task_struct *who_means(u32 who)
{
	const struct task_struct *task = who ? find_task(who) : current;

	return task ? task->process : NULL;
}

static bool selected(const struct task_struct *task, int which, u32 who)
{
	if (!task->mm)
		return false;
	if (which == PRIO_PROCESS)
		return task == who_means(who);
	if (which == PRIO_PGRP)
		return (u32)task->pgrp ==
		       (who ? who : (u32)current->process->pgrp);
	return task->uid == (who ? who : current->uid);
}

/* The most urgent of those that which and who select, as 20 - nice. */
int sys_getpriority(int which, u32 who)
{
	int best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (selected(task, which, who) &&
		    PRIO_BASE - nice_of(task) > best)
			best = PRIO_BASE - nice_of(task);
	}
	return best;
}

int sys_setpriority(int which, u32 who, int nice)
{
	int error = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	nice = clamp_nice(nice);
	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (selected(task, which, who)) {
			int result = set_process_nice(task, nice);

			error = error == -ESRCH || result ? result : error;
		}
	}
	return error;
}

/* The task that a scheduling call means; NULL: there is none. */
static struct task_struct *target(int pid)
{
	return pid ? find_task(pid) : current;
}

/*
 * There is one scheduling policy, SCHED_OTHER, whose only static priority is 0.
 */
int sys_sched_getscheduler(int pid)
{
	return pid < 0 ? -EINVAL : target(pid) ? SCHED_OTHER : -ESRCH;
}

int sys_sched_getparam(int pid, u32 __user *priority)
{
	if (pid < 0 || !priority)
		return -EINVAL;
	return target(pid) ? put_user_u32(0, priority) : -ESRCH;
}

/* Returns the highest static priority of a policy, or -EINVAL. */
static int highest(int policy)
{
	switch (policy) {
	case SCHED_OTHER:
	case SCHED_BATCH:
	case SCHED_IDLE:
		return 0;
	case SCHED_FIFO:
	case SCHED_RR:
		return REALTIME_MAX;
	}
	return -EINVAL;
}

/*
 * Nobody has the right to real time. Policies that Linux had later than others
 * are refused as it did before.
 */
static int set_policy(int pid, int policy, const u32 __user *user_priority)
{
	u32 priority;
	int error, most = highest(policy);

	if (pid < 0 || !user_priority)
		return -EINVAL;
	error = get_user_u32(&priority, user_priority);
	if (error)
		return error;
	if (!target(pid))
		return -ESRCH;
	if (most < 0 || priority > (u32)most || (most > 0 && priority == 0))
		return -EINVAL;
	if (policy != SCHED_OTHER && most == 0)
		return -EINVAL;
	return most > 0 || !owns(target(pid)) ? -EPERM : 0;
}

int sys_sched_setscheduler(int pid, int policy, const u32 __user *priority)
{
	return set_policy(pid, policy, priority);
}

int sys_sched_setparam(int pid, const u32 __user *priority)
{
	return set_policy(pid, SCHED_OTHER, priority);
}

int sys_sched_get_priority_max(int policy)
{
	return highest(policy);
}

int sys_sched_get_priority_min(int policy)
{
	int most = highest(policy);

	return most > 0 ? 1 : most;
}

static int get_interval(int pid, void __user *to, bool wide)
{
	struct task_struct *task = pid < 0 ? NULL : target(pid);
	struct timespec64 slice;

	if (!task)
		return pid < 0 ? -EINVAL : -ESRCH;
	slice = ticks_to_timespec(slice_ticks(task));
	return put_timespec(&slice, to, wide);
}

int sys_sched_rr_get_interval(int pid, struct timespec __user *to)
{
	return get_interval(pid, to, false);
}

int sys_sched_rr_get_interval_time64(int pid, struct timespec64 __user *to)
{
	return get_interval(pid, to, true);
}

/*
 * One CPU. Answers the bytes of the mask, as the C library expects of the call
 * itself.
 */
int sys_sched_getaffinity(int pid, u32 size, u32 __user *mask)
{
	int error;

	if (size % sizeof(u32) || size == 0)
		return -EINVAL;
	if (pid < 0 || !target(pid))
		return -ESRCH;
	error = put_user_u32(1, mask);
	return error ? error : (int)sizeof(u32);
}

/* Every task runs on that CPU, as long as the mask has it. */
int sys_sched_setaffinity(int pid, u32 size, const u8 __user *mask)
{
	u8 first = 0;

	if (size && copy_from_user(&first, mask, 1) < 0)
		return -EFAULT;
	if (pid < 0 || !target(pid))
		return -ESRCH;
	if (!owns(target(pid)))
		return -EPERM;
	return first & 1 ? 0 : -EINVAL;
}

int sys_getcpu(u32 __user *cpu, u32 __user *node)
{
	int error = cpu ? put_user_u32(0, cpu) : 0;

	return error || !node ? error : put_user_u32(0, node);
}
