/*
 * Resource limits (getrlimit and its relatives). Who keeps which: descriptors
 * file_table.c, the stack and memory mm/, processes fork.c, file size fs/, CPU
 * time the tick.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

/* ordinary users' tasks all together: frames / 16 */
#define TASK_PART	16u
#define NPROC_PART	32u	/* those of one user by default, as on Linux */
#define MEMLOCK_DEFAULT	65536u		/* bytes, as on Linux for long */
#define OLD_INFINITY \
	0x7FFFFFFFu /* what the first getrlimit (76) says for "no limit" */

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
	task->rlimits[RLIMIT_NOFILE] = (struct rlimit){ OPEN_MAX, OPEN_MAX };
	task->rlimits[RLIMIT_NICE] = task->rlimits[RLIMIT_RTPRIO] =
		(struct rlimit){ 0, 0 };
}

/*
 * Raising a hard limit is the superuser's; more descriptors than the table
 * holds are nobody's.
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
	return resource < RLIM_NLIMITS
		       ? copy_to_user(buf, &current->rlimits[resource],
				      sizeof(*buf))
		       : -EINVAL;
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

/* Of another task all ids must be the caller's. */
static bool may_limit(const struct task_struct *task)
{
	if (task->process == current->process || suser())
		return true;
	return has_ids(task, current->uid, current->gid);
}

/*
 * Read and set in one call, for any process of the caller's user. What the
 * program wants is read first: that may sleep, and the process end meanwhile.
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
	task = pid ? find_task(pid) : current;	/* behind the copy */
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
	return !error && old ? copy_to_user(old, &before, sizeof(before))
			     : error;
}

/*
 * Before a file of current's grows to size. -EFBIG, and SIGXFSZ for who does
 * not expect it.
 */
int check_file_size(u64 size)
{
	u32 limit = current->rlimits[RLIMIT_FSIZE].rlim_cur;

	if (size > FILE_SIZE_MAX)
		return -EFBIG;
	if (likely(limit == RLIM_INFINITY || size <= limit))
		return 0;
	send_signal(SIGXFSZ, current);
	return -EFBIG;
}

/*
 * Called by fork just before the new task counts. Returns true if current's
 * user may have one more task. The superuser always may, so ordinary users
 * never have all there can be.
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
 * Called when current's real user has changed. Few programs look whether
 * setuid() succeeded, so a user with too many tasks is refused by exec later.
 */
void note_new_user(void)
{
	current->over_nproc = nproc_exceeded();
}

/* Called by exec. Returns false if that refusal still holds. */
bool may_exec(void)
{
	current->over_nproc &= nproc_exceeded();
	return !current->over_nproc;
}

/*
 * Called by the tick each second of CPU time: SIGXCPU from the soft limit on,
 * SIGKILL at the hard one.
 */
void check_cpu_limit(void)
{
	u32 seconds = (current->process->utime + current->process->stime) / HZ;

	if (seconds >= current->rlimits[RLIMIT_CPU].rlim_max)
		send_signal(SIGKILL, current);
	else if (seconds >= current->rlimits[RLIMIT_CPU].rlim_cur)
		send_signal(SIGXCPU, current);
}
