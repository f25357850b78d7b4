/*
 * fork, vfork, threads and kernel tasks. The parent's task structure is copied
 * into a new frame, and the members that must differ are set. Then memory,
 * files and signals are shared or duplicated. The ladder at the end undoes
 * each of these steps.
 */
#include <cowix/kernel.h>
#include <cowix/params.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/trace.h>
#include <cowix/ptrace.h>
#include <cowix/traps.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/clone.h>
#include <abi/errno.h>
#include <abi/signal.h>
#include <abi/xfork.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

#define LARGE	(4u * 1024 * 1024 / PAGE_SIZE)	/* pages of a process */

/* A fork lends the page tables of a process that has more resident pages. */
static u32 lend_above = ~0u;

/* Makes a task the only thread of a process of its own. */
static void init_thread(struct task_struct *task)
{
	task->process = task;
	list_init(&task->threads);
	task->group_work = 0;
	task->dead_thread = NULL;
	task->dumper = NULL;
	task->parked = task->waits_for_core = false;
	task->set_child_tid = task->clear_child_tid = task->robust_list = 0;
}

/* A new task has no children, and nothing to tell its parent. */
static void init_family(struct task_struct *task)
{
	list_init(&task->all_link);
	list_init(&task->group_link);
	list_init(&task->session_link);
	list_init(&task->children);
	list_init(&task->sibling);
	wait_queue_init(&task->child_exit);
	task->vfork_wait = NULL;
	task->stop_signal = 0;
	task->parent_signal = 0;
	task->continued = task->claimed = task->did_exec = false;
	task->leader = false;
}

static void init_pending(struct pending_signals *pending)
{
	pending->set = 0;
	pending->queued = 0;
	list_init(&pending->queue);
}

/* Nobody traces a new task, and it traces nobody. */
static void init_tracing(struct task_struct *task)
{
	task->ptrace = task->ptrace_options = 0;
	task->tracer = NULL;
	task->trace_code = 0;
	task->debug = NULL;
	list_init(&task->tracees);
	list_init(&task->tracee_link);
}

/* A new task has used no time, and has no timers. */
static void init_times(struct task_struct *task)
{
	task->start_time = jiffies;
	task->run_ticks = task->utime = task->stime = 0;
	task->cutime = task->cstime = 0;
	task->minor_faults = task->child_faults = 0;
	timer_clear(&task->alarm);
	memset(task->itimers, 0, sizeof(task->itimers));
	list_init(&task->timers);
	task->nr_timers = task->next_timer = 0;
}

/*
 * Returns a frame with a copy of current's task structure that nobody knows
 * yet: its lists are empty, no time is used, no signals are pending. NULL if
 * there was no memory.
 */
static struct task_struct *task_dup(void)
{
	struct task_struct *task = kpage_alloc(OWNER_CALL);

	if (!task)
		return NULL;
	memcpy(task, current, offsetof(struct task_struct, sig_sources));
	task->stack_guard = STACK_GUARD_VALUE;
	task->stack_top = (u32)task + TASK_FRAME_SIZE;
	if (!take_stack(task)) {
		kpage_free(task);
		return NULL;
	}
	paint_stack(task);
	task->work = 0;
	list_init(&task->pid_link);
	list_init(&task->run_link);
	init_thread(task);
	init_family(task);
	init_pending(&task->pending);
	init_pending(&task->shared);
	init_tracing(task);
	wait_queue_init(&task->signal_wait);
	task->restarting = 0;
	task->held_file = NULL;
	task->oom_since = 0;
	init_times(task);
	return task;
}

/* Gives a child its address space: a share of current's, or a copy. */
static int copy_mm(struct task_struct *child, const struct fork_request *want)
{
	struct mm *mm = current->mm;

	if (want->flags & CLONE_VM) {
		mm->users++;
		if (!(want->flags & CLONE_VFORK))
			child->altstack_size = 0;	/* it is the parent's */
		return 0;
	}
	if (!mm)
		return -ENOMEM;
	mm_lock(mm);
	child->mm = mm_dup(mm, want->copy_mm);
	mm_unlock(mm);
	return child->mm ? 0 : -ENOMEM;
}

/*
 * Prepares the child's kernel stack: it returns from the same system call with
 * the same registers, but with 0.
 */
static void copy_thread(struct task_struct *child, const struct pt_regs *regs)
{
	struct pt_regs *child_regs = task_regs(child);
	struct switch_frame *frame = (struct switch_frame *)child_regs - 1;

	*child_regs = *regs;
	child_regs->eax = 0;
	if (current->ptrace & PT_STEP)	/* the parent's, and not its own */
		child_regs->eflags &= ~EFLAGS_TF;
	frame->fs = read_fs();
	frame->gs = read_gs();
	frame->eip = ret_from_fork;
	child->switch_frame = frame;
}

/*
 * Writes the number of a child into the child's own memory if
 * CLONE_CHILD_SETTID asked for that. Called by entry.asm when a child runs for
 * the first time.
 */
void fork_returns(void)
{
	u32 at = current->set_child_tid;
	int error;

	if (!at)
		return;
	current->set_child_tid = 0;
	do {
		error = put_user_u32(current->pid, (void __user *)at);
	} while (error == -ENOMEM && await_memory(at));
}

/* Sets what tells of the child's end. A sibling's is told as current's is. */
static void set_exit_signal(struct task_struct *child,
			    const struct fork_request *want)
{
	if (want->flags & CLONE_PARENT) {
		child->exit_signal = current->process->exit_signal;
		child->maker = current->process->maker;
	} else {
		child->exit_signal = want->exit_signal;
		child->maker = current->pid;
	}
}

/*
 * Makes a finished child known to the others. What they may have changed while
 * it was made, the child takes over now.
 */
static void adopt(struct task_struct *child, const struct fork_request *want)
{
	struct task_struct *parent = current->process;

	if (want->flags & CLONE_PARENT)
		parent = parent->parent;
	set_exit_signal(child, want);
	own_page(__pa(child), OWNER_TASK);
	child->pgrp = current->process->pgrp;
	child->session = current->process->session;
	child->tty = current->process->tty;
	if (child == child->process) {
		child->parent = parent;
		list_add_tail(&child->sibling, &parent->children);
	}
	hash_task(child);
	/* the process may have been sent a signal meanwhile */
	if (child != child->process)
		recalc_signals(child);
}

/*
 * Sets the child's stack and thread-local storage, and where the program wants
 * its number written. A bad address for a number is the program's own concern.
 * Returns 0, -ENOMEM, or an error of set_thread_area().
 */
static int set_thread(struct task_struct *child,
		      const struct fork_request *want)
{
	void __user *tls = (void __user *)want->tls;
	int error = 0;

	if (want->flags & CLONE_SETTLS)
		error = set_thread_area(child, tls, false);
	if (error)
		return error;
	if (want->stack)
		task_regs(child)->esp = want->stack;
	if (want->flags & CLONE_PARENT_SETTID)
		error = put_user_u32(child->pid,
				     (u32 __user *)want->parent_tid);
	if (want->flags & CLONE_CHILD_SETTID)
		child->set_child_tid = want->child_tid;
	if (want->flags & CLONE_CHILD_CLEARTID)
		child->clear_child_tid = want->child_tid;
	return error == -ENOMEM ? error : 0;
}

/*
 * Returns true if a signal has come since the fork began. One to the process
 * group is meant for the child as well, which could not be found yet. So it is
 * handled first, and the fork begins again. A timer's signals do not count:
 * they are for one process, and might always be faster than a fork.
 */
static bool fork_overtaken(void)
{
	return current->process->group_work ||
	       pending_now() & ~current->sig_blocked & ~TIMER_SIGNALS;
}

/*
 * Gives a child that has a number everything else: a copy of what current has,
 * or a share of it. Returns 0, -EAGAIN, -ENOMEM, -EFAULT, -EINVAL or
 * -ERESTARTNOINTR. On an error all that was taken is given back.
 */
static int copy_task(struct task_struct *child, const struct fork_request *want)
{
	int error = copy_signals(child, want->flags & CLONE_SIGHAND);

	if (error)
		return error;
	error = fpu_fork(child);
	if (error)
		goto free_signals;
	error = copy_fs(child, want->flags & CLONE_FS);
	if (error)
		goto free_fpu;
	error = copy_files(child, want->flags & CLONE_FILES);
	if (error)
		goto free_fs;
	copy_thread(child, task_regs(current));
	if (want->clear_handlers)
		clear_handlers(child);
	error = set_thread(child, want);
	if (error)
		goto free_files;
	error = copy_mm(child, want);
	if (error)
		goto free_files;
	trace_fork(child->pid);
	if (!signal_pending(current) || !fork_overtaken())
		return 0;
	error = -ERESTARTNOINTR;
	mm_release(child->mm);
free_files:
	exit_files(child);
free_fs:
	exit_fs(child);
free_fpu:
	fpu_release(child);
free_signals:
	exit_signals(child);
	return error;
}

/*
 * Sleeps until a vfork child has called exec or exit. current must not run in
 * the meantime, not even a handler, because the child has its stack. If current
 * is to end it does so at once. The memory stays as long as the child uses it.
 */
static void await_vfork(struct task_struct *child, struct vfork_wait *wait)
{
	int error = 0;

	while (!wait->over && !error)
		error = killable_sleep_on(&wait->queue);
	if (wait->over)
		return;
	child->vfork_wait = NULL;
	if (!(current->process->group_work & (GROUP_EXIT | GROUP_EXEC)))
		do_group_exit(fatal_signal(current));
}

/*
 * Makes a child of current, or another thread of its process, that goes on from
 * here as well. Waits for it if CLONE_VFORK is set. Returns the child's pid,
 * -EAGAIN, -ENOMEM or an error of copy_task(). Called by all calls that make
 * tasks.
 */
int do_fork(const struct fork_request *want)
{
	struct task_struct *child = task_dup();
	struct vfork_wait wait = { WAIT_QUEUE_INIT(wait.queue), false };
	int error, pid, event = 0;

	if (!child)
		return -ENOMEM;
	error = may_fork() ? hold_pid(child, want->pid) : -EAGAIN;
	if (error)
		goto free_child;
	pid = child->pid;
	if (want->flags & CLONE_THREAD) {
		child->process = current->process;
		child->tgid = current->tgid;
	}
	error = copy_task(child, want);
	if (error)
		goto free_pid;
	if (want->flags & CLONE_VFORK)
		child->vfork_wait = &wait;
	adopt(child, want);
	if (current->ptrace)
		event = ptrace_fork(child, want);
	sched_fork(child);
	if (event)
		ptrace_event(event, pid);
	if (want->flags & CLONE_VFORK) {
		await_vfork(child, &wait);
		ptrace_event(PTRACE_EVENT_VFORK_DONE, pid);
	}
	return pid;

free_pid:
	drop_pid(child);
free_child:
	give_stack(child);
	kpage_free(child);
	return error;
}

/*
 * Reads the parameter fork=: cow, lazy or auto. Called once by start_kernel.
 */
void fork_init(void)
{
	const char *value = param_get("fork");

	if (!value || strcmp(value, "cow") == 0)
		return;
	if (strcmp(value, "lazy") == 0)
		lend_above = 0;
	else if (strcmp(value, "auto") == 0)
		lend_above = LARGE;
	else
		printk("fork=%s: not cow, lazy or auto; cow is taken\n",
		       value);
}

/* Gives the child the parent's pages in the way that fork= says. -ENOMEM */
int copy_memory(struct mm *child, struct mm *parent)
{
	if (parent->nr_resident > lend_above)
		return share_page_tables(child, parent);
	return copy_page_table(child, parent);
}

/* Makes a child with a copy of current's memory, shared copy-on-write. */
int sys_fork(void)
{
	static const struct fork_request want = {
		.copy_mm = copy_memory, .exit_signal = SIGCHLD,
	};

	return do_fork(&want);
}

/*
 * Makes a child that shares its parent's memory. The parent sleeps until the
 * child has called exec or exit.
 */
int sys_vfork(void)
{
	static const struct fork_request want = {
		.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD,
	};

	return do_fork(&want);
}

/*
 * Forks in the way that policy says, so that the ways can be compared (call
 * 512). Two tasks that share their memory need two stacks; the other policies
 * ignore stack.
 */
int sys_xfork(u32 policy, u32 stack)
{
	static const struct fork_request requests[] = {
		[FORK_POLICY_OLD] = { .copy_mm = copy_pages_now },
		[FORK_POLICY_COW] = { .copy_mm = copy_page_table },
		[FORK_POLICY_THREAD] = { .flags = CLONE_VM },
		[FORK_POLICY_LAZY] = { .copy_mm = share_page_tables },
	};
	struct fork_request want;

	if (policy < FORK_POLICY_OLD || policy > FORK_POLICY_LAZY ||
	    (policy == FORK_POLICY_THREAD && !stack))
		return -EINVAL;
	want = requests[policy];
	want.exit_signal = SIGCHLD;
	if (policy == FORK_POLICY_THREAD)
		want.stack = stack;
	return do_fork(&want);
}

/*
 * Makes a task of the kernel itself, which runs fn(arg) without an address
 * space of its own. Returns NULL if there was no memory.
 */
struct task_struct *kernel_thread(void (*fn)(void *), void *arg,
				  const char *name)
{
	static const struct fork_request want = { .exit_signal = SIGCHLD };
	struct task_struct *task = task_dup();
	struct switch_frame *frame;

	if (!task)
		return NULL;
	if (hold_pid(task, 0) < 0)
		goto free_task;
	if (copy_signals(task, false) < 0)
		goto free_pid;
	if (copy_fs(task, false) < 0)
		goto free_signals;
	if (copy_files(task, false) < 0)
		goto free_fs;
	task->mm = NULL;
	task->fpu = NULL;
	task->priority = NICE_TO_PRIORITY(0);
	strlcpy(task->comm, name, sizeof(task->comm));
	frame = (struct switch_frame *)task_regs(task) - 1;
	*frame = (struct switch_frame){
		.ebx = (u32)fn, .esi = (u32)arg, .eip = kernel_thread_start,
	};
	task->switch_frame = frame;
	adopt(task, &want);
	sched_fork(task);
	return task;

free_fs:
	exit_fs(task);
free_signals:
	exit_signals(task);
free_pid:
	drop_pid(task);
free_task:
	give_stack(task);
	kpage_free(task);
	return NULL;
}
