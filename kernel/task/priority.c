/*
 * nice() and its relatives set the priority of one process, a group or all of a
 * user. There is one scheduling policy and one CPU: that is what the POSIX
 * calls about scheduling say.
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
/* getpriority() returns 20 - nice, so that the result is never negative */
#define PRIO_BASE	20

static int clamp_nice(int nice)
{
	if (nice < NICE_MIN)
		return NICE_MIN;
	if (nice > NICE_MAX)
		return NICE_MAX;
	return nice;
}

static int nice_of(const struct task_struct *task)
{
	return task->priority - NICE_TO_PRIORITY(0);
}

/* Returns true if current may change how a task is scheduled. */
static bool owns(const struct task_struct *task)
{
	return suser() || current->euid == task->uid ||
	       current->euid == task->euid;
}

/*
 * Sets the nice value of a task. Only the superuser may touch another user's
 * task, or make one more urgent than RLIMIT_NICE lets it be. Returns 0, -EPERM
 * or -EACCES.
 */
static int set_nice(struct task_struct *task, int nice)
{
	u32 urgency = PRIO_BASE - nice;		/* as the limit counts */

	if (!owns(task))
		return -EPERM;
	if (nice < nice_of(task) && !suser() &&
	    urgency > task->rlimits[RLIMIT_NICE].rlim_cur)
		return -EACCES;
	/* a task in a queue moves when it is queued the next time */
	task->priority = NICE_TO_PRIORITY(nice);
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
	int nice;

	if (increment < -PRIORITIES)	/* the sum must not overflow */
		increment = -PRIORITIES;
	if (increment > PRIORITIES)
		increment = PRIORITIES;
	nice = clamp_nice(nice_of(current) + increment);
	return set_process_nice(current->process, nice) < 0 ? -EPERM : 0;
}

/* Returns the process of which `who` is a thread; 0 means current. */
static struct task_struct *process_of(u32 who)
{
	struct task_struct *task = who ? find_task(who) : current;

	return task ? task->process : NULL;
}

/* Returns true if a process is among those that which and who select. */
static bool selected(const struct task_struct *process, int which, u32 who)
{
	if (!process->mm)
		return false;
	if (which == PRIO_PGRP)
		return process->pgrp ==
		       (who ? (int)who : current->process->pgrp);
	return which == PRIO_PROCESS ||
	       process->uid == (who ? who : current->uid);
}

/*
 * Returns the next of the processes that which and who select, the first after
 * NULL; or NULL after the last.
 */
static struct task_struct *next_selected(struct task_struct *task, int which,
					 u32 who)
{
	int pgrp = EVERYBODY;

	if (which == PRIO_PGRP)
		pgrp = who ? (int)who : current->process->pgrp;
	do {
		if (which == PRIO_PROCESS)
			task = task ? NULL : process_of(who);
		else
			task = next_member(task, pgrp);
	} while (task && !selected(task, which, who));
	return task;
}

/* Returns the highest priority of the selected processes, as 20 - nice. */
int sys_getpriority(int which, u32 who)
{
	struct task_struct *task = NULL;
	int best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	while ((task = next_selected(task, which, who)))
		if (PRIO_BASE - nice_of(task) > best)
			best = PRIO_BASE - nice_of(task);
	return best;
}

int sys_setpriority(int which, u32 who, int nice)
{
	struct task_struct *task = NULL;
	int error = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	nice = clamp_nice(nice);
	while ((task = next_selected(task, which, who))) {
		int result = set_process_nice(task, nice);

		if (error == -ESRCH || result)
			error = result;
	}
	return error;
}

/* Returns the task that a scheduling call means, or NULL. */
static struct task_struct *sched_target(int pid)
{
	return pid ? find_task(pid) : current;
}

int sys_sched_getscheduler(int pid)
{
	if (pid < 0)
		return -EINVAL;
	return sched_target(pid) ? SCHED_OTHER : -ESRCH;
}

/* Tells the static priority of SCHED_OTHER, which is always 0. */
int sys_sched_getparam(int pid, u32 __user *priority)
{
	if (pid < 0 || !priority)
		return -EINVAL;
	return sched_target(pid) ? put_user_u32(0, priority) : -ESRCH;
}

/* Returns the highest static priority of a policy, or -EINVAL. */
static int highest_priority(int policy)
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
 * Checks what a program asks for, and changes nothing. No user has the right to
 * real time: -EPERM. SCHED_BATCH and SCHED_IDLE are refused as an old Linux
 * would: -EINVAL.
 */
static int set_policy(int pid, int policy, const u32 __user *user_priority)
{
	u32 priority;
	int error, most = highest_priority(policy);

	if (pid < 0 || !user_priority)
		return -EINVAL;
	error = get_user_u32(&priority, user_priority);
	if (error)
		return error;
	if (!sched_target(pid))
		return -ESRCH;
	if (most < 0 || priority > (u32)most || (most > 0 && priority == 0))
		return -EINVAL;
	if (policy != SCHED_OTHER && most == 0)
		return -EINVAL;
	return most > 0 || !owns(sched_target(pid)) ? -EPERM : 0;
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
	return highest_priority(policy);
}

int sys_sched_get_priority_min(int policy)
{
	int most = highest_priority(policy);

	return most > 0 ? 1 : most;
}

static int get_interval(int pid, void __user *to, bool wide)
{
	struct task_struct *task;
	struct timespec64 slice;

	if (pid < 0)
		return -EINVAL;
	task = sched_target(pid);
	if (!task)
		return -ESRCH;
	to_timespec((u64)slice_ticks(task) * NSEC_A_TICK, &slice);
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

/* Tells that there is one CPU. Returns the size of the mask, in bytes. */
int sys_sched_getaffinity(int pid, u32 size, u32 __user *mask)
{
	int error;

	if (size % sizeof(u32) || size == 0)
		return -EINVAL;
	if (pid < 0 || !sched_target(pid))
		return -ESRCH;
	error = put_user_u32(1, mask);
	return error ? error : (int)sizeof(u32);
}

/* Changes nothing, but refuses a mask without the only CPU. */
int sys_sched_setaffinity(int pid, u32 size, const u8 __user *mask)
{
	u8 first = 0;

	if (size && copy_from_user(&first, mask, 1) < 0)
		return -EFAULT;
	if (pid < 0 || !sched_target(pid))
		return -ESRCH;
	if (!owns(sched_target(pid)))
		return -EPERM;
	return first & 1 ? 0 : -EINVAL;
}

int sys_getcpu(u32 __user *cpu, u32 __user *node)
{
	int error = cpu ? put_user_u32(0, cpu) : 0;

	return error || !node ? error : put_user_u32(0, node);
}
