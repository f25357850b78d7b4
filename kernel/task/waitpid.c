/*
 * Waiting for children: which of them is meant, what it has to tell, its end.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/wait.h>
#include <abi/resource.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

#define THREAD_OPTIONS	(__WNOTHREAD | (int)__WALL | (int)__WCLONE)
#define INT_MIN		(-0x7FFFFFFF - 1)
#define SAVED_SLICE_MAX	10	/* ticks: a shell must not save up seconds */

/*
 * Reap a zombie child of current: its times count for current's children, what
 * is left of its slice comes home.
 */
static void release_task(struct task_struct *task)
{
	struct task_struct *process = current->process;

	process->cutime += task->utime + task->cutime;
	process->cstime += task->stime + task->cstime;
	process->child_faults += task->minor_faults + task->child_faults;
	if (task->time_slice > 0 && task->epoch == current->epoch &&
	    current->time_slice < SAVED_SLICE_MAX)
		current->time_slice += task->time_slice;
	list_del(&task->sibling);
	unhash_task(task);
	free_task(task);
}

/*
 * Returns whether a wait with these options is for this kind of child: one
 * whose end is told by SIGCHLD, or with __WCLONE by another signal or none.
 */
static bool right_kind(const struct task_struct *child, int options)
{
	if (options & __WNOTHREAD && child->maker != current->pid)
		return false;
	if (child->ptrace || options & (int)__WALL)
		return true;
	return (child->exit_signal == SIGCHLD) == !(options & __WCLONE);
}

/* Whether waitpid(pid) means this child. */
static bool eligible(const struct task_struct *child, int pid, int options)
{
	if (!right_kind(child, options))
		return false;
	if (pid > 0)
		return child->pid == pid;
	if (pid == 0)
		return child->pgrp == current->process->pgrp;
	return pid == -1 || child->pgrp == -pid;
}

/* Whether a child has something to tell a wait with these options. */
static bool has_news(const struct task_struct *child, int options)
{
	if (child->claimed)
		return false;
	return (options & WEXITED && child->state == TASK_ZOMBIE) ||
	       ((options & WUNTRACED || child->ptrace) && child->stop_signal) ||
	       (options & WCONTINUED && child->continued);
}

/*
 * A child that pid means and that has news. NULL with *any telling whether
 * there are such children at all.
 */
static struct task_struct *find_child(int pid, int options, bool *any)
{
	*any = false;
	if (pid > 0) {
		struct task_struct *child = find_task(pid);

		*any = child && child == child->process &&
		       child->parent == current->process &&
		       right_kind(child, options);
		return *any && has_news(child, options) ? child : NULL;
	}
	list_for_each(node, &current->process->children) {
		struct task_struct *child =
			list_entry(node, struct task_struct, sibling);

		if (!eligible(child, pid, options))
			continue;
		*any = true;
		if (has_news(child, options))
			return child;
		if (pid == -1 && !(options & (WUNTRACED | WCONTINUED)) &&
		    !child->ptrace && !child->claimed)
			/*
			 * zombies stand in front, and who traces one child
			 * traces all
			 */
			return NULL;
	}
	return NULL;
}

/* What wait() reports of a child with news. */
static int child_status(const struct task_struct *child)
{
	if (child->state == TASK_ZOMBIE)
		return child->exit_status;
	return child->stop_signal ? W_STOPPED(child->stop_signal) : W_CONTINUED;
}

static struct timeval ticks_to_timeval(u32 ticks)
{
	return (struct timeval){ ticks / HZ, ticks % HZ * (1000000 / HZ) };
}

static int put_rusage(u32 utime, u32 stime, u32 faults,
		      struct rusage __user *buf)
{
	struct rusage usage = {
		.ru_utime = ticks_to_timeval(utime),
		.ru_stime = ticks_to_timeval(stime),
		.ru_minflt = faults,
	};

	return copy_to_user(buf, &usage, sizeof(usage));
}

/* Time and page faults of current, or of its children that were waited for. */
int sys_getrusage(int who, struct rusage __user *buf)
{
	const struct task_struct *process = current->process;

	if (who == RUSAGE_THREAD)
		return put_rusage(current->run_ticks, 0, current->minor_faults,
				  buf);
	if (who == RUSAGE_SELF)
		return put_rusage(process->utime, process->stime,
				  process->minor_faults, buf);
	if (who == RUSAGE_CHILDREN)
		return put_rusage(process->cutime, process->cstime,
				  process->child_faults, buf);
	return -EINVAL;
}

/*
 * Sleep until a child has news. *child NULL: none has, with WNOHANG. -ECHILD,
 * -ERESTARTSYS.
 */
static int await_child(int pid, int options, struct task_struct **child)
{
	bool any;
	int error = 0;

	while (!(*child = find_child(pid, options, &any)) && !error) {
		if (!any)
			return -ECHILD;
		if (options & WNOHANG)
			return 0;
		error = interruptible_sleep_on(&current->process->child_exit);
	}
	return error;
}

/* What a wait tells of a child: that it is dead, or its last stop. */
struct news {
	bool dead, continued;
	int stop_signal;
};

/*
 * Takes a child's news. Telling it may sleep; meanwhile the child is `claimed`,
 * other threads keep away, and it may have other news.
 */
static struct news claim(struct task_struct *child)
{
	struct news news = { child->state == TASK_ZOMBIE, child->continued,
			     child->stop_signal };

	child->claimed = true;
	child->stop_signal = child->continued = 0;
	return news;
}

/* The news is told, and a zombie goes; or, not taken, it is news again. */
static void news_told(struct task_struct *child, const struct news *news,
		      bool taken)
{
	child->claimed = false;
	if (taken && news->dead) {
		release_task(child);
	} else if (!taken && !child->stop_signal && !child->continued) {
		child->stop_signal = news->stop_signal;
		child->continued = news->continued;
	}
	if (!single_threaded(current))
		wake_up(&current->process->child_exit);
}

/*
 * Wait for a child: its pid, 0 (WNOHANG and none is ready), -ECHILD,
 * -ERESTARTSYS, -EINVAL, -EFAULT. A bad pointer is found before the child is
 * reaped, so that no status is lost.
 */
int sys_wait4(int pid, int __user *status, int options,
	      struct rusage __user *usage)
{
	struct task_struct *child;
	struct news news;
	int error, code;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | THREAD_OPTIONS))
		return -EINVAL;
	if (pid == INT_MIN)
		return -ESRCH;
	error = await_child(pid, options | WEXITED, &child);
	if (error || !child)
		return error;
	code = child_status(child);
	news = claim(child);
	pid = child->pid;
	error = status ? put_user_u32(code, status) : 0;
	if (!error && usage)
		error = put_rusage(child->utime + child->cutime,
				   child->stime + child->cstime,
				   child->minor_faults + child->child_faults,
				   usage);
	news_told(child, &news, !error);
	return error ? error : pid;
}

int sys_waitpid(int pid, int __user *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
}

/* waitid() says in siginfo what wait() packs into a status. */
static void fill_wait_info(struct siginfo *info,
			   const struct task_struct *child)
{
	int status = child->exit_status;
	struct signal_source source = { .pid = child->pid, .uid = child->uid };

	if (child->state == TASK_ZOMBIE) {
		source.code = WTERMSIG(status) ? CLD_KILLED : CLD_EXITED;
		source.value = WTERMSIG(status) ? WTERMSIG(status)
						: status >> 8;
	} else if (child->stop_signal) {
		source.code = child->ptrace ? CLD_TRAPPED : CLD_STOPPED;
		source.value = child->stop_signal;
	} else {
		source.code = CLD_CONTINUED;
		source.value = SIGCONT;
	}
	fill_siginfo(info, SIGCHLD, &source);
}

/* The pid argument of wait4() that says the same; -EINVAL. */
static int wait_target(int type, int id, int *pid)
{
	*pid = type == P_ALL ? -1 : type == P_PID ? id : -id;
	if (type < P_ALL || type > P_PGID)
		return -EINVAL;
	return (type == P_PID && id <= 0) || (type == P_PGID && id < 0)
		       ? -EINVAL
		       : 0;
}

/*
 * 0 also when WNOHANG found nothing: then si_pid is 0. With WNOWAIT the news
 * stays news.
 */
int sys_waitid(int type, int id, struct siginfo __user *user_info, int options,
	       struct rusage __user *usage)
{
	struct task_struct *child = NULL;
	struct siginfo info = { 0 };
	struct news news;
	int pid, error = wait_target(type, id, &pid);

	if (error ||
	    options & ~(WNOHANG | WEXITED | WSTOPPED | WCONTINUED | WNOWAIT |
			THREAD_OPTIONS) ||
	    !(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	error = await_child(pid, options, &child);
	if (!error && child) {
		fill_wait_info(&info, child);
		news = claim(child);
	}
	if (!error && user_info)
		error = copy_to_user(user_info, &info, sizeof(info));
	if (!error && child && usage)
		error = put_rusage(child->utime + child->cutime,
				   child->stime + child->cstime,
				   child->minor_faults + child->child_faults,
				   usage);
	if (child)
		news_told(child, &news, !error && !(options & WNOWAIT));
	return error;
}
