/*
 * ptrace: a process lets its parent watch and steer it (PTRACE_TRACEME); strace
 * is made of this. A traced process stops at each signal, at exec, and with
 * PTRACE_SYSCALL before and after each system call. Its parent learns of that
 * by wait(), looks at memory and registers, and lets it go on. Requests,
 * numbers and the register structure are Linux's.
 */
#include <cowix/kernel.h>
#include <cowix/entry.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/ptrace.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

#define WORD		sizeof(u32)

/*
 * Stops current for its parent, with sig as the reason. The parent leaves in
 * ptrace_signal what it wants delivered instead. current does not stop if its
 * process is to end. Masked: an interrupt must not wake a task that is about to
 * stop.
 */
static void stop_for_tracer(int sig)
{
	u32 flags = irq_save();

	current->ptrace_signal = sig;
	if (!(current->process->group_work & (GROUP_EXIT | GROUP_EXEC))) {
		current->stop_signal = sig;
		current->state = TASK_STOPPED;
		tell_parent(current, CLD_TRAPPED, sig);
		schedule();
	}
	irq_restore(flags);
}

/*
 * Shows a signal that arrives to the tracer. Returns the signal that it wants
 * delivered, or 0.
 */
int ptrace_signal(int sig, const struct signal_source *source)
{
	current->ptrace_source = *source;
	stop_for_tracer(sig);
	return current->ptrace_signal;
}

/*
 * Stops before and after a system call of a task with PT_SYSCALL. The tracer
 * may have a signal delivered. Called by entry.asm.
 */
void syscall_trace(void)
{
	int sig = SIGTRAP;

	if (!(current->ptrace & PT_SYSCALL))
		return;
	if (current->ptrace & PT_SYSGOOD)
		sig |= SYSGOOD_BIT;
	current->ptrace_source = (struct signal_source){ .code = sig };
	stop_for_tracer(sig);
	if (current->restarting != task_regs(current)->orig_eax)
		current->restarting = 0;	/* it makes another call */
	sig = current->ptrace_signal;
	if (sig && !(sig & SYSGOOD_BIT) && sig != SIGTRAP &&
	    reserve_signals(sig, 1) == 0) {
		send_signal(sig, current);
		release_reserved();
	}
}

/*
 * Stops a traced program before its first instruction. Called by exec at its
 * end.
 */
void ptrace_exec(void)
{
	if (current->ptrace)
		send_signal(SIGTRAP, current);
}

/* Returns the registers of a stopped task, as a tracer sees them. */
static struct user_regs get_regs(struct task_struct *task)
{
	const struct pt_regs *r = task_regs(task);
	const struct switch_frame *frame = task->switch_frame;

	return (struct user_regs){
		.ebx = r->ebx, .ecx = r->ecx, .edx = r->edx, .esi = r->esi,
		.edi = r->edi, .ebp = r->ebp, .eax = r->eax,
		.ds = r->ds, .es = r->es,
		.fs = (u16)frame->fs, .gs = (u16)frame->gs,
		.orig_eax = r->orig_eax, .eip = r->eip, .cs = r->cs,
		.eflags = r->eflags, .esp = r->esp, .ss = r->ss,
	};
}

/*
 * Sets the registers of a stopped task. Segments stay as they are, and so do
 * the flags that protect the kernel.
 */
static void set_regs(struct task_struct *task, const struct user_regs *from)
{
	struct pt_regs *r = task_regs(task);

	r->ebx = from->ebx;
	r->ecx = from->ecx;
	r->edx = from->edx;
	r->esi = from->esi;
	r->edi = from->edi;
	r->ebp = from->ebp;
	r->eax = from->eax;
	r->orig_eax = from->orig_eax;
	r->eip = from->eip;
	r->esp = from->esp;
	r->eflags = (r->eflags & ~EFLAGS_USER) | (from->eflags & EFLAGS_USER);
}

/*
 * Reads or writes a word of the child's memory. The child's address space is
 * loaded for that, so the access faults and breaks copy-on-write as the child's
 * own would. Private read-only memory, such as code, can be written, too:
 * breakpoints are set like that. Returns 0 or -EIO.
 */
static int access_word(struct task_struct *child, u32 addr, u32 *word,
		       bool write)
{
	struct mm *own = current->mm, *mm = child->mm;
	bool forced;
	int error;

	if (!mm->dumpable && !(child->ptrace & PT_PRIVILEGED))
		return -EIO;
	mm->users++;	/* the child may be killed while current sleeps */
	current->mm = mm;
	use_mm(mm);
	mm_lock(mm);
	forced = write && let_tracer_write(mm, addr, WORD);
	mm_unlock(mm);
	if (write)
		error = put_user_u32(*word, (void __user *)addr);
	else
		error = get_user_u32(word, (const void __user *)addr);
	mm_lock(mm);
	if (forced)
		stop_tracer_writing(mm, addr, WORD);
	mm_unlock(mm);
	current->mm = own;
	use_mm(own);
	mm_release(mm);
	return error ? -EIO : 0;
}

/*
 * Tells a word of the structure that PEEKUSER shows. The registers come first,
 * the rest is 0. Returns 0, -EIO or -EFAULT.
 */
static int peek_user(struct task_struct *child, u32 offset, u32 __user *to)
{
	struct user_regs regs = get_regs(child);
	u32 word = 0;

	if (offset % WORD || offset >= USER_SIZE)
		return -EIO;
	if (offset < sizeof(regs))
		word = ((u32 *)&regs)[offset / WORD];
	return put_user_u32(word, to);
}

/* Sets one register, named by its offset in that structure. 0 or -EIO. */
static int poke_user(struct task_struct *child, u32 offset, u32 value)
{
	struct user_regs regs = get_regs(child);

	if (offset % WORD || offset >= sizeof(regs))
		return -EIO;
	((u32 *)&regs)[offset / WORD] = value;
	set_regs(child, &regs);
	return 0;
}

/*
 * Lets a stopped child go on with signal sig, or 0. It stops again at system
 * calls if syscalls is PT_SYSCALL, after one instruction if step is set.
 * Returns 0, or -EIO for a signal that does not exist.
 */
static int resume_child(struct task_struct *child, u32 syscalls, bool step,
			u32 sig)
{
	struct pt_regs *regs = task_regs(child);

	if (sig > NSIG_MAX)
		return -EIO;
	child->ptrace = (child->ptrace & ~PT_SYSCALL) | syscalls;
	regs->eflags &= ~EFLAGS_TF;
	if (step)
		regs->eflags |= EFLAGS_TF;
	child->ptrace_signal = sig;
	child->stop_signal = 0;
	if (child->group_work & GROUP_STOP) {
		child->group_work &= ~GROUP_STOP;
		alert_group(child);
	}
	wake_up_task(child);
	return 0;
}

/*
 * Ends the tracing of a child. It no longer stands in front of its parent's
 * list.
 */
static void forget_tracer(struct task_struct *child)
{
	child->ptrace = 0;
	if (child->state != TASK_ZOMBIE)
		list_move_tail(&child->sibling, &child->parent->children);
}

/* Lets a stopped child go on untraced. Returns 0 or -EIO. */
static int detach_child(struct task_struct *child, u32 sig)
{
	int error = resume_child(child, 0, false, sig);

	if (!error)
		forget_tracer(child);
	return error;
}

/*
 * Lets a child whose tracer ends go on untraced. Called by exit for each child,
 * before init gets it.
 */
void tracer_exits(struct task_struct *child)
{
	if (!child->ptrace)
		return;
	if (child->state == TASK_STOPPED)
		resume_child(child, 0, false, 0);
	forget_tracer(child);
}

static int peek_data(struct task_struct *child, u32 addr, u32 __user *to)
{
	u32 word;
	int error = access_word(child, addr, &word, false);

	return error ? error : put_user_u32(word, to);
}

/* Returns current's child of that number if it is traced and stopped. */
static struct task_struct *stopped_child(int pid)
{
	struct task_struct *child = find_task(pid);

	if (!child || child->parent != current->process || !child->ptrace)
		return NULL;
	return child->state == TASK_STOPPED ? child : NULL;
}

static int copy_regs(struct task_struct *child, void __user *user, bool set)
{
	struct user_regs regs;
	int pid = child->pid;

	if (!set) {
		regs = get_regs(child);
		return copy_to_user(user, &regs, sizeof(regs));
	}
	if (copy_from_user(&regs, user, sizeof(regs)) < 0)
		return -EFAULT;
	child = stopped_child(pid);	/* it may have been killed meanwhile */
	if (!child)
		return -ESRCH;
	set_regs(child, &regs);
	return 0;
}

static int copy_siginfo(struct task_struct *child, struct siginfo __user *user)
{
	struct siginfo info;

	fill_siginfo(&info, child->ptrace_signal & ~SYSGOOD_BIT,
		     &child->ptrace_source);
	return copy_to_user(user, &info, sizeof(info));
}

/* Carries out a request for a stopped, traced child. */
static int child_request(struct task_struct *child, u32 request, u32 addr,
			 u32 data)
{
	void __user *user = (void __user *)data;

	switch (request) {
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
		return peek_data(child, addr, user);
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA:
		return access_word(child, addr, &data, true);
	case PTRACE_PEEKUSER:
		return peek_user(child, addr, user);
	case PTRACE_POKEUSER:
		return poke_user(child, addr, data);
	case PTRACE_GETREGS:
	case PTRACE_SETREGS:
		return copy_regs(child, user, request == PTRACE_SETREGS);
	case PTRACE_GETSIGINFO:
		return copy_siginfo(child, user);
	case PTRACE_SETOPTIONS:
		child->ptrace &= ~PT_SYSGOOD;
		if (data & PTRACE_O_TRACESYSGOOD)
			child->ptrace |= PT_SYSGOOD;
		return data & ~PTRACE_O_TRACESYSGOOD ? -EINVAL : 0;
	case PTRACE_CONT:
		return resume_child(child, 0, false, data);
	case PTRACE_SYSCALL:
		return resume_child(child, PT_SYSCALL, false, data);
	case PTRACE_SINGLESTEP:
		return resume_child(child, 0, true, data);
	case PTRACE_DETACH:
		return detach_child(child, data);
	}
	return -EIO;
}

/* Returns true if a task has, or can take back, the superuser's rights. */
static bool has_root(const struct task_struct *task)
{
	return !task->uid || !task->euid || !task->suid;
}

/*
 * Has current traced by its parent (PTRACE_TRACEME). PT_PRIVILEGED depends on
 * current, not on the parent: that may be a set-id program now and another
 * program soon.
 */
static int trace_me(void)
{
	struct task_struct *parent = current->parent;

	if (current->ptrace || current != current->process)
		return -EPERM;
	if (has_root(current) && !has_root(parent))
		return -EPERM;
	current->ptrace = PT_TRACED | (suser() ? PT_PRIVILEGED : 0);
	/* to the front of the list, where waitpid() looks */
	list_del(&current->sibling);
	list_add(&current->sibling, &parent->children);
	return 0;
}

/*
 * Carries out a request for a child of current that wants to be traced. Returns
 * -ESRCH if pid is none, or if it must be stopped and is not.
 */
int sys_ptrace(u32 request, int pid, u32 addr, u32 data)
{
	struct task_struct *child;

	if (request == PTRACE_TRACEME)
		return trace_me();
	child = find_task(pid);
	if (!child || child->parent != current->process || !child->ptrace)
		return -ESRCH;
	if (request == PTRACE_KILL) {
		send_signal(SIGKILL, child);
		return 0;
	}
	if (child->state != TASK_STOPPED)
		return -ESRCH;
	return child_request(child, request, addr, data);
}
