/* The system calls that send signals: who may send which signal to whom. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

/* Returns true if current may send this signal to a task. */
static bool may_kill(int sig, const struct task_struct *task)
{
	if (suser() || current->euid == task->suid ||
	    current->uid == task->suid || current->euid == task->uid ||
	    current->uid == task->uid)
		return true;
	return sig == SIGCONT &&
	       current->process->session == task->process->session;
}

/* Sends a signal, or with 0 only checks. 0, -EINVAL, -EPERM or -EAGAIN. */
static int kill_one(int sig, struct task_struct *task, bool alone,
		    const struct signal_source *source)
{
	if (sig && !valid_signal(sig))
		return -EINVAL;
	if (!may_kill(sig, task))
		return -EPERM;
	return sig ? post_signal(sig, task, alone, source) : 0;
}

/*
 * Signals all processes of a group, from the kernel (the terminal). Returns 0,
 * or -ESRCH if the group has no member.
 */
int kill_pgrp(int pgrp, int sig)
{
	int error = -ESRCH;

	for_each_member(task, pgrp) {
		if (task->state == TASK_ZOMBIE)
			continue;
		send_signal(sig, task);
		error = 0;
	}
	return error;
}

/*
 * Signals a process group, or EVERYBODY that current may signal but init and
 * its own process. Returns 0 if one was signalled, else the last error, -ESRCH
 * if there is no process. It is no error that current may signal none of all.
 */
static int kill_many(int pgrp, int sig, const struct signal_source *source)
{
	int error = -ESRCH;

	for_each_member(task, pgrp) {
		int result;

		if (pgrp == EVERYBODY &&
		    (task == init_task || task == current->process))
			continue;
		result = kill_one(sig, task, false, source);
		if (pgrp == EVERYBODY && result == -EPERM)
			result = error == -ESRCH ? 0 : error;
		if (error)
			error = result;
	}
	return error;
}

static struct signal_source current_source(int code)
{
	return (struct signal_source){ .code = code,
				       .pid = current->tgid,
				       .uid = current->uid };
}

/*
 * Called when the maker of a child ends. Tells the child by the signals that
 * its threads have chosen, if current may send them.
 */
void tell_child(struct task_struct *child)
{
	struct signal_source source = current_source(SI_USER);

	for_each_thread(t, child)
		if (t->parent_signal)
			kill_one(t->parent_signal, t, false, &source);
}

/*
 * Sends a signal to the task with a number, which must belong to the process
 * tgid unless that is 0. Returns 0, -ESRCH, or an error of kill_one().
 */
static int send_to(int tgid, int pid, int sig, bool alone,
		   const struct signal_source *source)
{
	int error = reserve_signals(sig, 1);
	struct task_struct *task;

	if (error)
		return error;
	task = find_task(pid);
	if (!task || (tgid && task->tgid != tgid))
		error = -ESRCH;
	else
		error = kill_one(sig, task, alone, source);
	release_reserved();
	return error;
}

static u32 nr_members(int pgrp)
{
	u32 n = 0;

	for_each_member(task, pgrp)
		n++;
	return n;
}

/*
 * Reserves sig for each process of a group, or for all. Allocating may sleep,
 * and processes may be made meanwhile, so they are counted again. Returns 0, or
 * -EAGAIN if there was no memory.
 */
static int reserve_for_all(int sig, int pgrp)
{
	u32 n;
	int error;

	do {
		n = nr_members(pgrp);
		error = reserve_signals(sig, n);
	} while (!error && nr_members(pgrp) > n);
	return error;
}

/* Signals a process, current's group (0), all (-1), or a group (-pgrp). */
int sys_kill(int pid, int sig)
{
	struct signal_source source = current_source(SI_USER);
	int error, pgrp = -(u32)pid;	/* INT_MIN stays, as no group */

	if (pid > 0)
		return send_to(0, pid, sig, false, &source);
	if (pid == 0)
		pgrp = current->process->pgrp;
	if (pid == -1)
		pgrp = EVERYBODY;
	error = reserve_for_all(sig, pgrp);
	if (error)
		return error;
	error = kill_many(pgrp, sig, &source);
	release_reserved();
	return error;
}

/* Signals one thread of a process. */
int sys_tgkill(int tgid, int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);

	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	return send_to(tgid, pid, sig, true, &source);
}

/* Signals one thread, whatever process it belongs to. */
int sys_tkill(int pid, int sig)
{
	struct signal_source source = current_source(SI_TKILL);

	return pid <= 0 ? -EINVAL : send_to(0, pid, sig, true, &source);
}

/*
 * Sends a signal with the program's siginfo. A program must not pretend to
 * others that it is the kernel or kill(): -EPERM.
 */
static int queue_signal(int tgid, int pid, int sig,
			const struct siginfo __user *user_info, bool alone)
{
	struct siginfo info;
	struct signal_source source;

	if (copy_from_user(&info, user_info, sizeof(info)) < 0)
		return -EFAULT;
	if ((info.si_code >= 0 || info.si_code == SI_TKILL) &&
	    pid != current->pid)
		return -EPERM;
	source = (struct signal_source){ .code = info.si_code,
					 .pid = info.si_pid,
					 .uid = info.si_uid,
					 .value = info.si_status };
	return send_to(tgid, pid, sig, alone, &source);
}

/* Sends a process a signal with a value: sigqueue(). */
int sys_rt_sigqueueinfo(int pid, int sig,
			const struct siginfo __user *user_info)
{
	return queue_signal(0, pid, sig, user_info, false);
}

/* Sends one thread a signal with a value: pthread_sigqueue(). */
int sys_rt_tgsigqueueinfo(int tgid, int pid, int sig,
			  const struct siginfo __user *user_info)
{
	if (tgid <= 0 || pid <= 0)
		return -EINVAL;
	return queue_signal(tgid, pid, sig, user_info, true);
}
