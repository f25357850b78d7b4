/*
 * fork, vfork, threads and kernel tasks. The parent's task structure is copied
 * into a new frame and the fields that must differ are set right; then memory,
 * files and signals are shared or duplicated, each with its undo in the ladder
 * at the end.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/traps.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/clone.h>
#include <abi/errno.h>
#include <abi/signal.h>
#include <abi/xfork.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

/*
 * What switch_to() pops on the first switch to a new task, lowest address
 * first.
 */
struct start_frame {
	u32 edi, esi, ebx, ebp;
	void (*eip)(void);
};

/*
 * A frame with a copy of current's task structure that is nobody's yet: its own
 * lists, no time used, no signals pending.
 */
static struct task_struct *task_dup(void)
{
	struct task_struct *task = kpage_alloc(OWNER_CALL);

	if (!task)
		return NULL;
	memcpy(task, current, offsetof(struct task_struct, sig_sources));
	task->stack_guard = STACK_GUARD_VALUE;
	task->stack_top = (u32)task + TASK_FRAME_SIZE;
	paint_stack(task);
	task->work = 0;
	task->pending.set = task->shared.set = 0;
	task->process = task;
	task->group_work = 0;
	task->dead_thread = NULL;
	task->held_file = NULL;
	task->vfork_wait = NULL;
	task->leader = task->continued = task->claimed = task->did_exec = false;
	task->stop_signal = 0;
	task->ptrace = task->set_child_tid = task->clear_child_tid =
		task->robust_list = 0;
	task->restarting = 0;
	task->run_ticks = task->utime = task->stime = task->cutime =
		task->cstime = 0;
	task->minor_faults = task->child_faults = 0;
	task->oom_since = 0;
	task->start_time = jiffies;
	list_init(&task->run_link);
	list_init(&task->children);
	list_init(&task->sibling);
	list_init(&task->alarm.link);
	list_init(&task->pid_link);
	list_init(&task->all_link);
	list_init(&task->threads);
	task->pending.queued = task->shared.queued = 0;
	list_init(&task->pending.queue);
	list_init(&task->shared.queue);
	memset(task->itimers, 0, sizeof(task->itimers));
	wait_queue_init(&task->child_exit);
	return task;
}

static int copy_mm(struct task_struct *child, const struct fork_request *want)
{
	struct mm *mm = current->mm;

	if (want->flags & CLONE_VM) {
		mm->users++;
		if (!(want->flags & CLONE_VFORK))
			/* it is the parent's, which uses it at the same time */
			child->altstack_size = 0;
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
 * The child returns from the same system call with 0: same registers, on its
 * own kernel stack.
 */
static void copy_thread(struct task_struct *child, const struct pt_regs *regs)
{
	struct pt_regs *child_regs = task_regs(child);
	struct start_frame *frame = (struct start_frame *)child_regs - 1;

	*child_regs = *regs;
	child_regs->eax = 0;
	frame->eip = ret_from_fork;
	child->kernel_esp = (u32)frame;
	save_fs_gs(&child->user_fs, &child->user_gs);
}

/*
 * Called by entry.asm when a child runs for the first time: CLONE_CHILD_SETTID
 * wants its number in its own memory.
 */
void fork_returns(void)
{
	u32 at = current->set_child_tid;

	while (unlikely(at) &&
	       put_user_u32(current->pid, (void __user *)at) == -ENOMEM &&
	       await_memory(at))
		;
	current->set_child_tid = 0;
}

/* What tells of the child's end: a brother's is told as current's will be. */
static void set_exit_signal(struct task_struct *child,
			    const struct fork_request *want)
{
	child->exit_signal = want->flags & CLONE_PARENT ?
		current->process->exit_signal : want->exit_signal;
	child->maker = want->flags & CLONE_PARENT ?
		current->process->maker : current->pid;
}

/*
 * The child is there. What others may have changed while it was made, and for
 * all processes that could be found, it takes over now.
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
	if (child != child->process)
		/* the process may have been told something meanwhile */
		recalc_signals(child);
}

/*
 * Where the program wants the numbers of threads written, and the new one's
 * thread-local storage. Addresses that are no good are its own concern.
 */
static int set_thread(struct task_struct *child,
		      const struct fork_request *want)
{
	int error = want->flags & CLONE_SETTLS
			    ? set_thread_area(child, (void __user *)want->tls,
					      false)
			    : 0;

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
 * Whether a signal has come since the fork began: one to the process group was
 * meant for the child as well, which was not to be found yet. It is handled
 * first, and the fork begins again. A timer's are for one process, and might
 * always be faster than a fork.
 */
static bool fork_overtaken(void)
{
	return current->process->group_work ||
	       pending_now() & ~current->sig_blocked & ~TIMER_SIGNALS;
}

/*
 * Give child, which has a number and is nobody's yet, everything else: its own
 * copy, or a share of current's. 0; -EAGAIN, -ENOMEM, -EFAULT, -EINVAL,
 * -ERESTARTNOINTR: all that was taken is given back.
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
	if (likely(!signal_pending(current)) || !fork_overtaken())
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
 * Sleeps until a vfork child has called exec or exit. A parent that is to end
 * does so at once: it must not run in the meantime, not even a handler, for the
 * child has its stack. The memory stays as long as the child uses it.
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
 * Make a child of current, or another thread of its process, that goes on from
 * here as well; with CLONE_VFORK wait for it. The child's pid, or -EAGAIN,
 * -ENOMEM or what copy_task() says: no child.
 */
int do_fork(const struct fork_request *want)
{
	struct task_struct *child = task_dup();
	struct vfork_wait wait = { WAIT_QUEUE_INIT(wait.queue), false };
	int error, pid;

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
	sched_fork(child);
	if (want->flags & CLONE_VFORK)
		await_vfork(child, &wait);
	return pid;

free_pid:
	drop_pid(child);
free_child:
	kpage_free(child);
	return error;
}

int sys_fork(void)
{
	static const struct fork_request want = {
		.copy_mm = copy_page_table, .exit_signal = SIGCHLD,
	};

	return do_fork(&want);
}

/*
 * As fork, but parent and child share their memory, and the parent sleeps until
 * the child has called exec or exit.
 */
int sys_vfork(void)
{
	static const struct fork_request want = {
		.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD,
	};

	return do_fork(&want);
}

/*
 * xfork(policy, stack) (512): fork in the way that policy says, so that they
 * can be compared. Two that share their memory need two stacks; the other
 * policies ignore stack.
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
 * A task of the kernel itself: runs fn(arg) with no address space of its own.
 * NULL: no memory.
 */
struct task_struct *kernel_thread(void (*fn)(void *), void *arg,
				  const char *name)
{
	static const struct fork_request want = { .exit_signal = SIGCHLD };
	struct task_struct *task = task_dup();
	struct start_frame *frame;

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
	frame = (struct start_frame *)task_regs(task) - 1;
	frame->ebx = (u32)fn;
	frame->esi = (u32)arg;
	frame->eip = kernel_thread_start;
	task->kernel_esp = (u32)frame;
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
	kpage_free(task);
	return NULL;
}
