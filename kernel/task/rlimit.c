/*
 * Resource limits (getrlimit and its relatives). They are enforced elsewhere:
 * descriptors in file_table.c, stack and memory in mm/, processes in fork.c,
 * file size in fs/, CPU time by the tick.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

#define TASK_PART	16u	/* all users' tasks together: frames / 16 */
#define NPROC_PART	32u	/* one user's by default, as on Linux */
#define MEMLOCK_DEFAULT	65536u		/* bytes, as on Linux for long */
#define NOFILE_DEFAULT	1024u		/* as on Linux */
#define OLD_INFINITY	0x7FFFFFFFu	/* "no limit" of getrlimit, call 76 */

/*
 * Gives the idle task its limits; all others inherit them. Called once by
 * start_kernel, after frames_init.
 */
void rlimit_init(void)
{
	struct task_struct *task = idle_task;

	for (u32 i = 0; i < RLIM_NLIMITS; i++)
		task->rlimits[i] =
			(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	task->rlimits[RLIMIT_STACK].rlim_cur = STACK_MAX;
	task->rlimits[RLIMIT_CORE].rlim_cur = 0;
	task->rlimits[RLIMIT_NPROC] = task->rlimits[RLIMIT_SIGPENDING] =
		(struct rlimit){ nr_frames / NPROC_PART,
				 nr_frames / NPROC_PART };
	task->rlimits[RLIMIT_MEMLOCK] =
		(struct rlimit){ MEMLOCK_DEFAULT, MEMLOCK_DEFAULT };
	task->rlimits[RLIMIT_NOFILE] =
		(struct rlimit){ NOFILE_DEFAULT, OPEN_MAX };
	task->rlimits[RLIMIT_NICE] = task->rlimits[RLIMIT_RTPRIO] =
		(struct rlimit){ 0, 0 };
}

/*
 * Sets a limit of a process. Only the superuser may raise a hard limit, and
 * nobody may have more descriptors than the table holds. 0, -EINVAL, -EPERM.
 */
static int set_limit(struct task_struct *task, u32 resource,
		     const struct rlimit *new)
{
	const struct rlimit *limit = &task->rlimits[resource];

	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (new->rlim_max > limit->rlim_max && !suser())
		return -EPERM;
	if (resource == RLIMIT_NOFILE && new->rlim_max > OPEN_MAX)
		return -EPERM;
	for_each_thread(t, task)
		t->rlimits[resource] = *new;
	return 0;
}

int sys_ugetrlimit(u32 resource, struct rlimit __user *buf)
{
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(buf, &current->rlimits[resource], sizeof(*buf));
}

int sys_getrlimit(u32 resource, struct rlimit __user *buf)
{
	struct rlimit limit;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	limit.rlim_cur =
		min_u32(current->rlimits[resource].rlim_cur, OLD_INFINITY);
	limit.rlim_max =
		min_u32(current->rlimits[resource].rlim_max, OLD_INFINITY);
	return copy_to_user(buf, &limit, sizeof(limit));
}

int sys_setrlimit(u32 resource, const struct rlimit __user *user_limit)
{
	struct rlimit limit;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (copy_from_user(&limit, user_limit, sizeof(limit)) < 0)
		return -EFAULT;
	return set_limit(current, resource, &limit);
}

static u64 widen(u32 limit)
{
	return limit == RLIM_INFINITY ? RLIM64_INFINITY : limit;
}

static u32 narrow(u64 limit)
{
	return limit > RLIM_INFINITY ? RLIM_INFINITY : (u32)limit;
}

/* Returns true if current may set a task's limits: its own, or its user's. */
static bool may_limit(const struct task_struct *task)
{
	if (task->process == current->process || suser())
		return true;
	return has_ids(task, current->uid, current->gid);
}

/*
 * Reads and sets a limit in one call, for any process of the caller's user. The
 * program's argument is read first: that may sleep, and the process may end
 * meanwhile.
 */
int sys_prlimit64(int pid, u32 resource, const struct rlimit64 __user *new,
		  struct rlimit64 __user *old)
{
	struct rlimit64 before, wanted;
	struct task_struct *task;
	struct rlimit limit;
	int error = 0;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new && copy_from_user(&wanted, new, sizeof(wanted)) < 0)
		return -EFAULT;
	task = pid ? find_task(pid) : current;	/* after the copy */
	if (!task)
		return -ESRCH;
	if (!may_limit(task))
		return -EPERM;
	before.rlim_cur = widen(task->rlimits[resource].rlim_cur);
	before.rlim_max = widen(task->rlimits[resource].rlim_max);
	if (new) {
		limit = (struct rlimit){ narrow(wanted.rlim_cur),
					 narrow(wanted.rlim_max) };
		error = set_limit(task, resource, &limit);
	}
	if (!error && old)
		error = copy_to_user(old, &before, sizeof(before));
	return error;
}

/*
 * Returns 0 if current may let a file grow to size, or -EFBIG. Beyond its limit
 * current also gets SIGXFSZ.
 */
int check_file_size(u64 size)
{
	u32 limit = current->rlimits[RLIMIT_FSIZE].rlim_cur;

	if (size > FILE_SIZE_MAX)
		return -EFBIG;
	if (limit == RLIM_INFINITY || size <= limit)
		return 0;
	send_signal(SIGXFSZ, current);
	return -EFBIG;
}

/*
 * Returns true if current's user may have one more task. The superuser always
 * may, so ordinary users never have all there can be. Called by fork just
 * before the new task counts.
 */
bool may_fork(void)
{
	if (suser() || !current->uid)
		return true;
	return nr_tasks < nr_frames / TASK_PART &&
	       tasks_of(current->uid) < current->rlimits[RLIMIT_NPROC].rlim_cur;
}

static bool nproc_exceeded(void)
{
	return current->uid &&
	       tasks_of(current->uid) > current->rlimits[RLIMIT_NPROC].rlim_cur;
}

/*
 * Notes if current's new real user has too many tasks. Few programs check that
 * setuid() succeeded, so exec refuses such a user later. Called by the calls
 * that change the user.
 */
void note_new_user(void)
{
	current->over_nproc = nproc_exceeded();
}

/* Returns false if that user still has too many tasks. Called by exec. */
bool may_exec(void)
{
	current->over_nproc &= nproc_exceeded();
	return !current->over_nproc;
}

/*
 * Sends SIGXCPU from the soft limit on, and SIGKILL at the hard one. Called by
 * the tick each second of CPU time.
 */
void check_cpu_limit(void)
{
	u32 seconds = (current->process->utime + current->process->stime) / HZ;

	if (seconds >= current->rlimits[RLIMIT_CPU].rlim_max)
		send_signal(SIGKILL, current);
	else if (seconds >= current->rlimits[RLIMIT_CPU].rlim_cur)
		send_signal(SIGXCPU, current);
}
