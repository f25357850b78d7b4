/*
 * Who traces whom. A tracer is a thread. It begins with PTRACE_ATTACH or
 * PTRACE_SEIZE, or the tracee asks for it with PTRACE_TRACEME. New children of
 * a tracee can be traced from their birth. Tracing ends with PTRACE_DETACH, or
 * with one of the two. A zombie that is traced is shown to its tracer first: a
 * thread ends there, a process then becomes news for its parent.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <abi/clone.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

/* what a child inherits, and the new program of another thread */
#define PT_LASTING	(PT_TRACED | PT_SEIZED | PT_PRIVILEGED)

static void link_tracee(struct task_struct *task, struct task_struct *tracer,
			u32 flags, u32 options)
{
	task->tracer = tracer;
	task->ptrace = flags;
	task->ptrace_options = options;
	list_add_tail(&task->tracee_link, &tracer->tracees);
}

/* Returns the flags of a tracing that current's rights begin. */
static u32 first_flags(void)
{
	return PT_TRACED | (suser() ? PT_PRIVILEGED : 0);
}

/* Returns true if a task has, or can take back, the superuser's rights. */
static bool has_root(const struct task_struct *task)
{
	return !task->uid || !task->euid || !task->suid;
}

/* Returns the thread of its parent that made current's process. */
static struct task_struct *maker_of(const struct task_struct *process)
{
	struct task_struct *maker = find_task(process->maker);

	if (!maker || maker->process != process->parent || !maker->sigactions)
		return process->parent;
	return maker;
}

/*
 * Has current traced by its parent (PTRACE_TRACEME). PT_PRIVILEGED depends on
 * current, not on the parent: that may be a set-id program now and another
 * program soon.
 */
int ptrace_traceme(void)
{
	struct task_struct *parent = current->process->parent;

	if (current->ptrace || current->process == init_task)
		return -EPERM;
	if (has_root(current) && !has_root(parent))
		return -EPERM;
	link_tracee(current, maker_of(current->process), first_flags(), 0);
	return 0;
}

/* Returns true if current may begin to trace a task. */
static bool may_trace(const struct task_struct *task)
{
	return task->process != current->process && task->mm && !task->tracer &&
	       task->state != TASK_ZOMBIE &&
	       may_inspect(task, current->uid, current->gid);
}

/*
 * Makes current the tracer of a task, which stops soon unless it is seized.
 * Returns 0, -ESRCH, -EPERM or, for bad options, -EIO.
 */
int ptrace_attach(u32 request, int pid, u32 addr, u32 options)
{
	static const struct signal_source kernel = { .code = SI_KERNEL };
	struct task_struct *task = find_task(pid);
	bool seize = request == PTRACE_SEIZE;

	if (!task)
		return -ESRCH;
	if (seize && (addr || options & ~PTRACE_O_MASK))
		return -EIO;
	if (!may_trace(task))
		return -EPERM;
	link_tracee(task, current, first_flags() | (seize ? PT_SEIZED : 0),
		    seize ? options : 0);
	if (!seize)
		post_signal(SIGSTOP, task, true, &kernel);
	trap_in_place(task);
	return 0;
}

/* Returns the event that announces a child. */
static int fork_event(const struct fork_request *want)
{
	if (want->flags & CLONE_UNTRACED)
		return 0;
	if (want->flags & CLONE_VFORK)
		return PTRACE_EVENT_VFORK;
	return want->exit_signal == SIGCHLD ? PTRACE_EVENT_FORK
					    : PTRACE_EVENT_CLONE;
}

/*
 * Has a new child traced, too, and stopped before its first instruction, if
 * current's tracer wants that. Returns the event that tells of it, or 0.
 */
int ptrace_fork(struct task_struct *child, const struct fork_request *want)
{
	int event = fork_event(want);

	if (!(current->ptrace_options & 1u << event & ~1u))
		event = 0;
	if (!event && !(want->flags & CLONE_PTRACE))
		return 0;
	link_tracee(child, current->tracer, current->ptrace & PT_LASTING,
		    current->ptrace_options);
	if (child->ptrace & PT_SEIZED) {
		child->ptrace |= PT_INTERRUPT;
	} else {
		child->sig_sources[SIGSTOP - 1] = (struct signal_source){ 0 };
		child->pending.set |= SIGBIT(SIGSTOP);
	}
	recalc_signals(child);
	return event;
}

/*
 * Ends the tracing of a task. If it has stopped for its tracer it goes on, but
 * stops again if its group has stopped.
 */
void untrace(struct task_struct *task)
{
	u32 flags = irq_save();

	list_del(&task->tracee_link);
	if (task->ptrace & PT_STEP)
		task_regs(task)->eflags &= ~EFLAGS_TF;
	task->ptrace = task->ptrace_options = 0;
	task->tracer = NULL;
	if (task->state == TASK_TRACED)
		wake_up_task(task);
	if (task->process->group_work & GROUP_STOP)
		alert_group(task->process);
	irq_restore(flags);
}

/*
 * Gives current's tracer and tracees to the first thread of its process, which
 * goes on for it with the new program. That thread's own tracer loses it.
 */
void ptrace_hand_over(struct task_struct *to)
{
	if (to->tracer)
		untrace(to);
	if (current->tracer) {
		link_tracee(to, current->tracer,
			    current->ptrace & (PT_LASTING | PT_SYSCALL),
			    current->ptrace_options);
		untrace(current);
	}
	list_for_each_safe(node, &current->tracees) {
		list_entry(node, struct task_struct, tracee_link)->tracer = to;
		list_move_tail(node, &to->tracees);
	}
}

/*
 * Does with a zombie what its tracer kept from happening: a thread is freed, by
 * news_told() if it is claimed; a process's parent is told. A real-time signal
 * for that is not sent: no memory is reserved for it.
 */
void reap_traced(struct task_struct *task)
{
	struct task_struct *process = task->process;

	if (task->tracer)
		untrace(task);
	if (task == process) {
		announce_end(task);
		return;
	}
	if (task->claimed)
		return;
	unhash_task(task);
	free_task(task);
	if (single_threaded(process))
		wake_up(&process->child_exit);
}

/* Lets a tracee go whose tracer ends. */
static void let_go(struct task_struct *task)
{
	bool own = task == task->process && traced_here(task) &&
		   task->parent == task->tracer->process;

	if (task->ptrace_options & PTRACE_O_EXITKILL)
		send_signal(SIGKILL, task);
	untrace(task);
	if (task->state == TASK_ZOMBIE && !own)
		reap_traced(task);
}

/* Ends all tracing by a thread that ends. Does not sleep. */
void exit_tracer(struct task_struct *task)
{
	while (!list_empty(&task->tracees))
		let_go(list_entry(task->tracees.next, struct task_struct,
				  tracee_link));
}

/*
 * Returns current's tracee of that number if it is stopped for current, or
 * NULL.
 */
struct task_struct *stopped_tracee(int pid)
{
	struct task_struct *task = find_task(pid);

	if (!task || task->tracer != current || task->state != TASK_TRACED)
		return NULL;
	return task->ptrace & PT_LISTENING ? NULL : task;
}
