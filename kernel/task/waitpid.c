/*
 * Waiting for children and tracees: finding one that has news, and reporting
 * the news. A child that another process traces has died for its parent only
 * when its tracer knows.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
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
 * Frees a zombie child of current. Its times count for current's children, and
 * current gets what is left of its slice.
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
 * Returns true if a wait with these options is for this kind of child: one
 * whose end SIGCHLD tells, or with __WCLONE another signal or none.
 */
static bool right_kind(const struct task_struct *child, int options)
{
	if (options & __WNOTHREAD && child->maker != current->pid)
		return false;
	if (options & (int)__WALL)
		return true;
	return (child->exit_signal == SIGCHLD) == !(options & __WCLONE);
}

/* Returns true if a wait with these options may tell of a task. */
static bool may_wait_for(const struct task_struct *task, int options)
{
	if (traced_here(task))
		return !(options & __WNOTHREAD) || task->tracer == current;
	return task == task->process && task->parent == current->process &&
	       right_kind(task, options);
}

/* Returns true if waitpid(pid) means this child or tracee. */
static bool eligible(const struct task_struct *child, int pid, int options)
{
	int pgrp = child->process->pgrp;

	if (!may_wait_for(child, options))
		return false;
	if (pid > 0)
		return child->pid == pid;
	if (pid == 0)
		return pgrp == current->process->pgrp;
	return pid == -1 || pgrp == -pid;
}

/*
 * Returns true if a child or tracee has something to tell a wait with these
 * options. A tracer sees each thread stop, a parent the process.
 */
static bool has_news(const struct task_struct *child, int options)
{
	if (child->claimed)
		return false;
	if (child->state == TASK_ZOMBIE)
		return options & WEXITED &&
		       (!child->tracer || traced_here(child));
	if (traced_here(child) && child->state == TASK_TRACED &&
	    child->trace_code && !(child->ptrace & PT_LISTENING))
		return true;
	if (options & WUNTRACED && child->stop_signal && !traced_here(child))
		return true;
	return options & WCONTINUED && child->continued;
}

/* Like find_child(), among those whom current's process traces. */
static struct task_struct *find_tracee(int pid, int options, bool *any)
{
	for_each_thread(tracer, current) {
		list_for_each(node, &tracer->tracees) {
			struct task_struct *task = list_entry(
				node, struct task_struct, tracee_link);

			if (!eligible(task, pid, options))
				continue;
			*any = true;
			if (has_news(task, options))
				return task;
		}
	}
	return NULL;
}

/*
 * Returns a child that pid means and that has news, or NULL. *any says if pid
 * means any child at all.
 */
static struct task_struct *find_child(int pid, int options, bool *any)
{
	struct task_struct *child = pid > 0 ? find_task(pid) : NULL;

	*any = child && may_wait_for(child, options);
	if (pid > 0)
		return *any && has_news(child, options) ? child : NULL;
	child = find_tracee(pid, options, any);
	if (child)
		return child;
	list_for_each(node, &current->process->children) {
		child = list_entry(node, struct task_struct, sibling);
		if (!eligible(child, pid, options))
			continue;
		*any = true;
		if (has_news(child, options))
			return child;
		/* zombies stand in front */
		if (pid == -1 && !(options & (WUNTRACED | WCONTINUED)) &&
		    child->state != TASK_ZOMBIE)
			return NULL;
	}
	return NULL;
}

/* Returns what wait() reports of a child with news. */
static int child_status(const struct task_struct *child)
{
	if (child->state == TASK_ZOMBIE)
		return child->exit_status;
	if (traced_here(child) && child->trace_code)
		return W_STOPPED(child->trace_code);
	return child->stop_signal ? W_STOPPED(child->stop_signal) : W_CONTINUED;
}

static struct timeval ticks_to_timeval(u32 ticks)
{
	return (struct timeval){ ticks / HZ, ticks % HZ * (1000000 / HZ) };
}

/* Tells the program times, in ticks, and page faults. Returns 0 or -EFAULT. */
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

/* Tells what a child and the children that it waited for have used. */
static int put_child_rusage(const struct task_struct *child,
			    struct rusage __user *buf)
{
	return put_rusage(child->utime + child->cutime,
			  child->stime + child->cstime,
			  child->minor_faults + child->child_faults, buf);
}

/* Tells what current has used, or its children that were waited for. */
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
 * Sleeps until a child has news, and stores it in *child: NULL if WNOHANG is
 * set and none has. Returns 0, -ECHILD or -ERESTARTSYS.
 */
static int await_child(int pid, int options, struct task_struct **child)
{
	bool any;
	int error = 0;

	do {
		*child = find_child(pid, options, &any);
		if (*child)
			return 0;	/* SIGCHLD came with the news */
		if (error)
			return error;
		if (!any)
			return -ECHILD;
		if (options & WNOHANG)
			return 0;
		error = interruptible_sleep_on(&current->process->child_exit);
	} while (true);
}

/* What a wait tells of a child: that it is dead, or its last stop. */
struct news {
	bool dead, traced, continued;
	int stop_signal, trace_code;
};

/*
 * Takes a child's news, which news_told() must follow. Telling it may sleep.
 * Meanwhile the child is `claimed` and other threads keep away; it may have
 * further news.
 */
static struct news claim(struct task_struct *child)
{
	struct news news = {
		.dead = child->state == TASK_ZOMBIE,
		.traced = traced_here(child) && child->trace_code,
	};

	child->claimed = true;
	if (news.traced) {
		news.trace_code = child->trace_code;
		child->trace_code = 0;
	} else {
		news.stop_signal = child->stop_signal;
		news.continued = child->continued;
		child->stop_signal = child->continued = 0;
	}
	return news;
}

/*
 * Makes news of a child news again. Meanwhile it may have gone on, or there may
 * be other news.
 */
static void give_back(struct task_struct *child, const struct news *news)
{
	if (news->traced) {
		if (child->state == TASK_TRACED && !child->trace_code)
			child->trace_code = news->trace_code;
	} else if (!child->stop_signal && !child->continued) {
		child->stop_signal = news->stop_signal;
		child->continued = news->continued;
	}
}

/*
 * Removes a zombie that has been told. It stays if a process that traced it has
 * told of it: then its parent is next, who knows of it if the tracer has ended
 * meanwhile.
 */
static void remove_zombie(struct task_struct *task)
{
	if (task->parent == current->process && task == task->process) {
		if (task->tracer)
			untrace(task);
		release_task(task);
	} else if (task->tracer) {
		reap_traced(task);
	}
}

/*
 * Ends a claim: a zombie is freed, or, if not taken, the news is news again. A
 * thread that nobody traces any more is freed in any case when it has ended.
 */
static void news_told(struct task_struct *child, const struct news *news,
		      bool taken)
{
	child->claimed = false;
	/* others may wait for it, too */
	wake_up(&child->process->parent->child_exit);
	if (child->tracer)
		wake_up(&child->tracer->process->child_exit);
	if (!taken)
		give_back(child, news);
	if (child->state == TASK_ZOMBIE && child != child->process &&
	    !child->tracer)
		reap_traced(child);
	else if (taken && news->dead)
		remove_zombie(child);
	if (!single_threaded(current))
		wake_up(&current->process->child_exit);
}

/*
 * Waits for a child. Returns its pid, 0 if WNOHANG is set and none is ready,
 * -ECHILD, -ERESTARTSYS, -EINVAL or -EFAULT. A bad pointer is found before the
 * child is freed, so that no status is lost.
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
		error = put_child_rusage(child, usage);
	news_told(child, &news, !error);
	return error ? error : pid;
}

int sys_waitpid(int pid, int __user *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
}

/* Says in siginfo, for waitid(), what wait() packs into a status. */
static void fill_wait_info(struct siginfo *info,
			   const struct task_struct *child)
{
	int status = child->exit_status;
	struct signal_source source = { .pid = child->pid, .uid = child->uid };

	if (child->state == TASK_ZOMBIE && WTERMSIG(status)) {
		source.code = status & CORE_FLAG ? CLD_DUMPED : CLD_KILLED;
		source.value = WTERMSIG(status);
	} else if (child->state == TASK_ZOMBIE) {
		source.code = CLD_EXITED;
		source.value = WEXITSTATUS(status);
	} else if (traced_here(child) && child->trace_code) {
		source.code = CLD_TRAPPED;
		source.value = child->trace_code;
	} else if (child->stop_signal) {
		source.code = CLD_STOPPED;
		source.value = child->stop_signal;
	} else {
		source.code = CLD_CONTINUED;
		source.value = SIGCONT;
	}
	fill_siginfo(info, SIGCHLD, &source);
}

/* Finds the pid argument of wait4() that means the same. 0 or -EINVAL. */
static int wait_target(int type, int id, int *pid)
{
	switch (type) {
	case P_ALL:
		*pid = -1;
		return 0;
	case P_PID:
		*pid = id;
		return id > 0 ? 0 : -EINVAL;
	case P_PGID:
		*pid = -(u32)id;	/* also of INT_MIN */
		return id >= 0 ? 0 : -EINVAL;
	}
	return -EINVAL;
}

/*
 * Waits for a child and tells its news in siginfo. Returns 0 also when WNOHANG
 * is set and none is ready: si_pid is 0 then. With WNOWAIT the news stays news.
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
		error = put_child_rusage(child, usage);
	if (child)
		news_told(child, &news, !error && !(options & WNOWAIT));
	return error;
}
