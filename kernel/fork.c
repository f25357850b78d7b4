/*
 * fork, vfork and kernel tasks. The parent's task structure is copied into a new frame and the fields that must differ are
 * set right; then memory, files and signals are shared or duplicated, each with its undo in the ladder at the end.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/traps.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/xfork.h>
#include <abi/signal.h>
#include "internal.h"

/* clone's flags, as Linux numbers them. */
#define CLONE_SIGNAL		0xFFu
#define CLONE_VM		0x100u
#define CLONE_VFORK		0x4000u
#define CLONE_CHILD_CLEARTID	0x200000u
#define CLONE_CHILD_SETTID	0x1000000u

/* What switch_to() pops on the first switch to a new task, lowest address first. */
struct start_frame {
	u32 edi, esi, ebx, ebp;
	void (*eip)(void);
};

/* Where the registers of a task's last entry from user mode lie. */
struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)task->stack_top - 1;
}

/* A frame with a copy of current's task structure that is nobody's yet: its own lists, no time used, no signals pending. */
static struct task_struct *task_dup(void)
{
	struct task_struct *task = kpage_alloc();

	if (!task)
		return NULL;
	*task = *current;
	task->stack_top = (u32)task + TASK_FRAME_SIZE;
	task->work = 0;
	task->sig_pending = 0;
	task->vfork_done = NULL;
	task->leader = task->continued = task->did_exec = false;
	task->stop_signal = 0;
	task->ptrace = task->set_child_tid = task->clear_child_tid = task->robust_list = 0;
	task->restarting = 0;
	task->utime = task->stime = task->cutime = task->cstime = 0;
	task->minor_faults = task->child_faults = 0;
	task->start_time = jiffies;
	list_init(&task->run_link);
	list_init(&task->children);
	list_init(&task->sibling);
	list_init(&task->alarm.link);
	list_init(&task->sig_queue);
	task->sig_queued = 0;
	memset(task->itimers, 0, sizeof(task->itimers));
	wait_queue_init(&task->child_exit);
	return task;
}

static int copy_mm(struct task_struct *child, u32 policy)
{
	if (policy == FORK_POLICY_THREAD)
		current->mm->users++;
	else if (current->mm)
		child->mm = mm_dup(current->mm, policy == FORK_POLICY_LAZY);
	return child->mm ? 0 : -ENOMEM;
}

/* The child returns from the same system call with 0: same registers, on its own kernel stack. */
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

/* Called by entry.asm when a child runs for the first time: CLONE_CHILD_SETTID wants its number in its own memory. */
void fork_returns(void)
{
	if (unlikely(current->set_child_tid)) {
		(void)put_user_u32(current->pid, (void __user *)current->set_child_tid);
		current->set_child_tid = 0;
	}
}

static void adopt(struct task_struct *child, struct task_struct *parent)
{
	child->parent = parent;
	list_add_tail(&child->sibling, &parent->children);
	hash_task(child);
}

/*
 * Make a child of current that runs from regs on. flags: FORK_SHARE_MM shares the address space instead of copying it
 * (vfork, which then waits in its caller). Its pid, -EAGAIN or -ENOMEM; on an error everything taken is given back.
 */
static int do_fork(const struct pt_regs *regs, u32 policy, struct wait_queue *vfork_done)
{
	struct task_struct *child = may_fork() ? task_dup() : NULL;
	int error = -ENOMEM;

	if (!child)
		return may_fork() ? -ENOMEM : -EAGAIN;
	child->pid = alloc_pid();
	if (child->pid < 0) {
		error = child->pid;
		goto free_task;
	}
	error = copy_signals(child);
	if (error)
		goto free_task;
	error = fpu_fork(child);
	if (error)
		goto free_signals;
	error = copy_fs(child);
	if (error)
		goto free_fpu;
	error = copy_files(child);
	if (error)
		goto free_fs;
	error = copy_mm(child, policy);
	if (error)
		goto free_files;
	trace_fork(child->pid);
	child->vfork_done = vfork_done;
	copy_thread(child, regs);
	adopt(child, current);
	sched_fork(child);
	return child->pid;

free_files:
	exit_files(child);
free_fs:
	exit_fs(child);
free_fpu:
	fpu_release(child);
free_signals:
	exit_signals(child);
free_task:
	kpage_free(child);
	return error;
}

asmlinkage int sys_fork(void)
{
	return do_fork(task_regs(current), FORK_POLICY_COW, NULL);
}

/* xfork(policy, stack) (512): fork by the policy that the program chooses, so that they can be compared. Only two of the four are here yet. */
asmlinkage int sys_xfork(u32 policy, u32 stack)
{
	(void)stack;
	if (policy < FORK_POLICY_OLD || policy > FORK_POLICY_LAZY)
		return -EINVAL;
	return policy == FORK_POLICY_COW || policy == FORK_POLICY_LAZY ? do_fork(task_regs(current), policy, NULL) : -ENOSYS;
}

/*
 * As fork, but parent and child share their memory, and the parent sleeps until the child has called exec or exit. The
 * queue it sleeps in is on its own kernel stack; the child forgets it when it wakes the parent.
 */
asmlinkage int sys_vfork(void)
{
	struct wait_queue done = WAIT_QUEUE_INIT(done);
	int pid = do_fork(task_regs(current), FORK_POLICY_THREAD, &done);

	if (pid > 0)
		sleep_on(&done);
	return pid;
}

/*
 * clone without threads: what a C library's fork, vfork and posix_spawn ask for. The child has memory of its own, or its parent's until it calls
 * exec or exit (CLONE_VM with CLONE_VFORK), and then a stack of its own. child_tid is where its start writes its number and its exit 0.
 */
asmlinkage int sys_clone(u32 flags, u32 stack, u32 parent_tid, u32 tls, u32 child_tid)
{
	struct wait_queue done = WAIT_QUEUE_INIT(done);
	bool vfork = flags & CLONE_VFORK;
	struct task_struct *child;
	int pid;

	(void)parent_tid;
	(void)tls;
	if (flags & ~(CLONE_SIGNAL | CLONE_VM | CLONE_VFORK | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID) || (flags & CLONE_SIGNAL) != SIGCHLD ||
	    (flags & CLONE_VM && !vfork))
		return -EINVAL;
	pid = do_fork(task_regs(current), flags & CLONE_VM ? FORK_POLICY_THREAD : FORK_POLICY_COW, vfork ? &done : NULL);
	if (pid < 0)
		return pid;
	child = find_task(pid);
	if (stack)
		task_regs(child)->esp = stack;
	if (flags & CLONE_CHILD_SETTID)
		child->set_child_tid = child_tid;
	if (flags & CLONE_CHILD_CLEARTID)
		child->clear_child_tid = child_tid;
	if (vfork)
		sleep_on(&done);
	return pid;
}

/* Called by exec and exit: the parent that waits in vfork() may go on. */
void vfork_release(struct task_struct *task)
{
	if (task->vfork_done) {
		wake_up(task->vfork_done);
		task->vfork_done = NULL;
	}
}

/* A task of the kernel itself: runs fn(arg) with no address space of its own. NULL: no memory. */
struct task_struct *kernel_thread(void (*fn)(void *), void *arg, const char *name)
{
	struct task_struct *task = task_dup();
	struct start_frame *frame;

	if (!task)
		return NULL;
	task->pid = alloc_pid();
	if (task->pid < 0 || copy_signals(task) < 0)
		goto free_task;
	if (copy_fs(task) < 0)
		goto free_signals;
	if (copy_files(task) < 0)
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
	adopt(task, current);
	sched_fork(task);
	return task;

free_fs:
	exit_fs(task);
free_signals:
	exit_signals(task);
free_task:
	kpage_free(task);
	return NULL;
}
