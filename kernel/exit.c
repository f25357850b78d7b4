/*
 * The end of a process, and waiting for it. exit gives back everything but the task frame, which keeps the status until the parent has waited for it;
 * orphans become children of init. Each process is in exactly one list of children. A thread leaves nothing behind; the first one of a process ends
 * when the others have.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/plan.h>
#include <cowix/traps.h>
#include <cowix/entry.h>
#include <cowix/tty.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/wait.h>
#include <abi/resource.h>
#include "internal.h"
#include "signal_internal.h"

#define THREAD_OPTIONS	(__WNOTHREAD | (int)__WALL | (int)__WCLONE)
#define INT_MIN		(-0x7FFFFFFF - 1)
#define SAVED_SLICE_MAX	10		/* ticks: who has more gets none from its children, or a shell would save up seconds */

/* Whether a parent is one that could continue its child's group: same session, another group. */
static bool keeps_group(const struct task_struct *parent, const struct task_struct *child)
{
	return parent->session == child->session && parent->pgrp != child->pgrp;
}

/* init inherits the children; a zombie among them is news for it. Groups that only this parent could continue are orphaned now. */
static void reparent_children(struct task_struct *task)
{
	while (!list_empty(&task->children)) {
		struct task_struct *child = list_entry(task->children.next, struct task_struct, sibling);

		tracer_exits(child);
		sched_independent(child);
		child->exit_signal = SIGCHLD;
		list_del(&child->sibling);
		child->parent = init_task;
		if (child->state == TASK_ZOMBIE) {
			list_add(&child->sibling, &init_task->children);
			wake_up(&init_task->child_exit);
		} else {
			list_add_tail(&child->sibling, &init_task->children);
		}
		if (keeps_group(task, child))
			hangup_if_orphaned(child->pgrp);
	}
}

/* A parent that ignores SIGCHLD wants no zombies (POSIX, "sigaction"): init takes them. */
static bool unwanted(const struct task_struct *zombie)
{
	const struct k_sigaction *action = &zombie->parent->sigactions->action[SIGCHLD - 1];

	if (zombie->exit_signal != SIGCHLD)
		return false;
	return action->handler == SIGNAL_IGNORE || action->flags & SA_NOCLDWAIT;
}

/* Tell the parent; a zombie goes to the front of its list, where waitpid() finds it at once. Who wants no zombies is told of the end all the same. */
static void notify_parent(struct task_struct *task)
{
	list_del(&task->sibling);
	if (unwanted(task)) {
		tell_end(task);
		task->parent = init_task;
	}
	list_add(&task->sibling, &task->parent->children);
	tell_end(task);
}

/*
 * What a thread library wants done before current leaves its address space, by exit or exec: mark its locks; write 0 to the word that joining threads
 * wait for.
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

static void exit_mm(struct task_struct *task)
{
	struct mm *mm = task->mm;

	if (!mm)
		return;
	use_mm(NULL);
	task->mm = NULL;
	mm_release(mm);
}

static void exit_session(struct task_struct *task)
{
	if (task->leader && task->tty)
		tty_hangup_session(task->session);
}

/* The frame of the thread that ended last: it could not free what it stood on. */
static void free_dead_thread(struct task_struct *process)
{
	if (process->dead_thread)
		free_task(process->dead_thread);
	process->dead_thread = NULL;
}

/* The end of a thread that is not the process's first. The last of them lets that one go on. */
static NORETURN void exit_thread(struct task_struct *task)
{
	struct task_struct *process = task->process;

	process->minor_faults += task->minor_faults;
	list_for_each(node, &process->children) {
		struct task_struct *child = list_entry(node, struct task_struct, sibling);

		if (child->maker == task->pid)
			child->maker = process->pid;
	}
	unhash_task(task);
	free_dead_thread(process);
	process->dead_thread = task;
	task->state = TASK_ZOMBIE;
	if (single_threaded(process))
		wake_up(&process->child_exit);
	schedule();
	panic("exit_thread: a dead thread ran");
}

/* The first thread, current, waits until there are no others. Called by exit and by exec. */
void await_threads(void)
{
	while (!single_threaded(current))
		sleep_on(&current->child_exit);
	free_dead_thread(current);
}

/* The first thread ends: with it the process does, when the others have, or it becomes what one of them has called exec for. */
static void outlive_threads(struct task_struct *process)
{
	set_blocked(~0ull);
	process->sig_blocked = ~0ull;		/* not even SIGSTOP is for this thread */
	await_threads();
	if (process->group_work & GROUP_EXEC) {
		exec_take_over();
		enter_user_mode(task_regs(process));
	}
}

/*
 * End current with a status as wait() reports it; the process with it, if it is its first thread. Does not return; the frame is
 * freed by release_task(), from another stack.
 */
NORETURN void do_exit(int status)
{
	struct task_struct *task = current, *process = task->process;

	if (task == init_task)
		panic("init died: status %x", status);
	leave_locks();
	if (!(process->group_work & GROUP_EXIT))
		process->exit_status = status;		/* the last thread's counts */
	if (task == process) {
		if (!single_threaded(task) || task->dead_thread)
			outlive_threads(task);
		timer_cancel(&task->alarm);
	}
	if (task->held_file)
		drop_held_file();
	exit_mm(task);
	vfork_release(task);
	exit_files(task);
	if (task == process)
		exit_session(task);
	exit_fs(task);
	fpu_release(task);
	if (task == process)
		reparent_children(task);
	exit_signals(task);
	planned(PLAN_END);
	if (task != process)
		exit_thread(task);
	(void)reserve_signals(task->exit_signal, 1);
	task->state = TASK_ZOMBIE;
	if (keeps_group(task->parent, task))
		hangup_if_orphaned(task->pgrp);
	notify_parent(task);
	release_reserved();
	schedule();
	panic("do_exit: a zombie ran");
}

/* End current's process: all threads. */
NORETURN void do_group_exit(int status)
{
	struct task_struct *process = current->process;

	if (!(process->group_work & GROUP_EXIT)) {
		process->group_work |= GROUP_EXIT;
		process->exit_status = status;
		if (!single_threaded(process))
			alert_group(process);
	}
	do_exit(process->exit_status);
}

asmlinkage int sys_exit(int status)
{
	do_exit((status & 0xFF) << 8);
}

asmlinkage int sys_exit_group(int status)
{
	do_group_exit((status & 0xFF) << 8);
}

/* Reap a zombie child of current: its times count for current's children, what is left of its slice comes home. */
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
 * Returns whether a wait with these options is for this kind of child: one whose
 * end is told by SIGCHLD, or with __WCLONE by another signal or none.
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
	return (options & WEXITED && child->state == TASK_ZOMBIE) || ((options & WUNTRACED || child->ptrace) && child->stop_signal) ||
	       (options & WCONTINUED && child->continued);
}

/* A child that pid means and that has news. NULL with *any telling whether there are such children at all. */
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
		struct task_struct *child = list_entry(node, struct task_struct, sibling);

		if (!eligible(child, pid, options))
			continue;
		*any = true;
		if (has_news(child, options))
			return child;
		if (pid == -1 && !(options & (WUNTRACED | WCONTINUED)) && !child->ptrace && !child->claimed)
			return NULL;	/* zombies stand in front, and who traces one child traces all */
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

static int put_rusage(u32 utime, u32 stime, u32 faults, struct rusage __user *buf)
{
	struct rusage usage = {
		.ru_utime = ticks_to_timeval(utime), .ru_stime = ticks_to_timeval(stime), .ru_minflt = faults,
	};

	return copy_to_user(buf, &usage, sizeof(usage));
}

/* Time and page faults of current, or of its children that were waited for. */
asmlinkage int sys_getrusage(int who, struct rusage __user *buf)
{
	const struct task_struct *process = current->process;

	if (who == RUSAGE_THREAD)
		return put_rusage(current->run_ticks, 0, current->minor_faults, buf);
	if (who == RUSAGE_SELF)
		return put_rusage(process->utime, process->stime, process->minor_faults, buf);
	if (who == RUSAGE_CHILDREN)
		return put_rusage(process->cutime, process->cstime, process->child_faults, buf);
	return -EINVAL;
}

/* Sleep until a child has news. *child NULL: none has, with WNOHANG. -ECHILD, -ERESTARTSYS. */
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
 * Wait for a child: its pid, 0 (WNOHANG and none is ready), -ECHILD, -ERESTARTSYS, -EINVAL, -EFAULT. A bad pointer is found before the
 * child is reaped, so that no status is lost.
 */
asmlinkage int sys_wait4(int pid, int __user *status, int options, struct rusage __user *usage)
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
		error = put_rusage(child->utime + child->cutime, child->stime + child->cstime,
				   child->minor_faults + child->child_faults, usage);
	news_told(child, &news, !error);
	return error ? error : pid;
}

asmlinkage int sys_waitpid(int pid, int __user *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
}

/* waitid() says in siginfo what wait() packs into a status. */
static void fill_wait_info(struct siginfo *info, const struct task_struct *child)
{
	int status = child->exit_status;
	struct signal_source source = { .pid = child->pid, .uid = child->uid };

	if (child->state == TASK_ZOMBIE) {
		source.code = WTERMSIG(status) ? CLD_KILLED : CLD_EXITED;
		source.value = WTERMSIG(status) ? WTERMSIG(status) : status >> 8;
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
	return (type == P_PID && id <= 0) || (type == P_PGID && id < 0) ? -EINVAL : 0;
}

/* 0 also when WNOHANG found nothing: then si_pid is 0. With WNOWAIT the news stays news. */
asmlinkage int sys_waitid(int type, int id, struct siginfo __user *user_info, int options, struct rusage __user *usage)
{
	struct task_struct *child = NULL;
	struct siginfo info = { 0 };
	struct news news;
	int pid, error = wait_target(type, id, &pid);

	if (error || options & ~(WNOHANG | WEXITED | WSTOPPED | WCONTINUED | WNOWAIT | THREAD_OPTIONS) ||
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
		error = put_rusage(child->utime + child->cutime, child->stime + child->cstime,
				   child->minor_faults + child->child_faults, usage);
	if (child)
		news_told(child, &news, !error && !(options & WNOWAIT));
	return error;
}
