/*
 * ptrace: a thread watches and steers another process's threads; strace and gdb
 * are made of this. A traced task stops at each signal and, if that is wanted,
 * before and after system calls and at events: ptrace_stop.c. Its tracer learns
 * of that by wait(), looks at memory (ptrace_memory.c) and registers
 * (ptrace_regs.c), and lets it go on. Who may trace whom: ptrace_attach.c.
 * Requests, numbers and structures are Linux's.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

#define UNBLOCKED	(SIGBIT(SIGKILL) | SIGBIT(SIGSTOP))

/*
 * Lets a stopped tracee go on with signal sig, or 0. mode says where it stops
 * again: PT_SYSCALL, PT_SYSEMU, PT_STEP. Returns 0, or -EIO for a signal that
 * does not exist.
 */
static int resume(struct task_struct *tracee, u32 mode, u32 sig)
{
	struct pt_regs *regs = task_regs(tracee);

	if (sig > NSIG_MAX)
		return -EIO;
	if (tracee->ptrace & PT_STEP)
		regs->eflags &= ~EFLAGS_TF;
	tracee->ptrace &= ~(PT_SYSCALL | PT_SYSEMU | PT_STEP);
	tracee->ptrace |= mode;
	if (mode & PT_STEP)
		regs->eflags |= EFLAGS_TF;
	tracee->trace_code = sig;
	wake_up_task(tracee);
	return 0;
}

/* Lets a stopped tracee go on untraced. Returns 0 or -EIO. */
static int detach(struct task_struct *tracee, u32 sig)
{
	if (sig > NSIG_MAX)
		return -EIO;
	tracee->trace_code = sig;
	untrace(tracee);
	return 0;
}

/* Has a seized tracee stop soon, without a signal. */
static int interrupt(struct task_struct *tracee)
{
	u32 flags;

	if (!(tracee->ptrace & PT_SEIZED))
		return -EIO;
	flags = irq_save();
	tracee->ptrace |= PT_INTERRUPT;
	tell_trap(tracee);
	irq_restore(flags);
	return 0;
}

/*
 * Lets a tracee stay stopped with its group. It stops anew, and so tells, when
 * the group does something else.
 */
static int listen_to_group(struct task_struct *tracee)
{
	if (!(tracee->ptrace & PT_SEIZED) ||
	    tracee->ptrace_source.code >> 8 != PTRACE_EVENT_STOP)
		return -EIO;
	tracee->ptrace |= PT_LISTENING;
	if (tracee->ptrace & PT_NOTIFY)
		tell_trap(tracee);
	return 0;
}

static int set_trace_options(struct task_struct *tracee, u32 options)
{
	if (options & ~PTRACE_O_MASK)
		return -EINVAL;
	tracee->ptrace_options = options;
	return 0;
}

static int get_siginfo(const struct task_struct *tracee,
		       struct siginfo __user *user)
{
	struct siginfo info;

	if (!tracee->ptrace_signal)
		return -EINVAL;
	fill_siginfo(&info, tracee->ptrace_signal, &tracee->ptrace_source);
	return copy_to_user(user, &info, sizeof(info));
}

/* Changes the signal's siginfo that the program will get. */
static int change_siginfo(int pid, const struct siginfo __user *user)
{
	struct task_struct *tracee;
	struct siginfo info;

	if (copy_from_user(&info, user, sizeof(info)) < 0)
		return -EFAULT;
	tracee = stopped_tracee(pid);
	if (!tracee)
		return -ESRCH;
	if (!tracee->ptrace_signal)
		return -EINVAL;
	tracee->ptrace_signal = info.si_signo;
	tracee->ptrace_source = (struct signal_source){
		.code = info.si_code, .pid = info.si_pid, .uid = info.si_uid,
		.value = info.si_status, .utime = info.si_utime,
		.stime = info.si_stime,
	};
	return 0;
}

/* Tells, or sets, which signals a tracee blocks. */
static int access_sigmask(int pid, u32 size, u64 __user *user, bool set)
{
	struct task_struct *tracee = stopped_tracee(pid);
	u64 mask = tracee->sig_blocked;

	if (size != sizeof(mask))
		return -EINVAL;
	if (!set)
		return copy_to_user(user, &mask, sizeof(mask));
	if (copy_from_user(&mask, user, sizeof(mask)) < 0)
		return -EFAULT;
	tracee = stopped_tracee(pid);
	if (!tracee)
		return -ESRCH;
	tracee->sig_blocked = mask & ~UNBLOCKED;
	recalc_signals(tracee);
	return 0;
}

/* Fills in what is known at a system-call stop. Returns the bytes of it. */
static u32 fill_syscall_info(struct task_struct *tracee,
			     struct ptrace_syscall_info *info)
{
	const struct pt_regs *r = task_regs(tracee);

	*info = (struct ptrace_syscall_info){
		.arch = AUDIT_ARCH_I386, .instruction_pointer = r->eip,
		.stack_pointer = r->esp,
	};
	if (tracee->ptrace_source.code != (SIGTRAP | SYSGOOD_BIT) ||
	    !tracee->ptrace_message)
		return offsetof(struct ptrace_syscall_info, entry);
	if (tracee->ptrace_message == PTRACE_EVENTMSG_SYSCALL_EXIT) {
		info->op = PTRACE_SYSCALL_INFO_EXIT;
		info->exit.rval = (s32)r->eax;
		info->exit.is_error = r->eax >= -4095u;
		return offsetof(struct ptrace_syscall_info, exit.is_error) + 1;
	}
	info->op = PTRACE_SYSCALL_INFO_ENTRY;
	info->entry.nr = r->orig_eax;
	info->entry.args[0] = r->ebx;
	info->entry.args[1] = r->ecx;
	info->entry.args[2] = r->edx;
	info->entry.args[3] = r->esi;
	info->entry.args[4] = r->edi;
	info->entry.args[5] = r->ebp;
	return sizeof(*info);
}

/* Tells of a system call as much as fits. Returns how much there is. */
static int get_syscall_info(struct task_struct *tracee, u32 size,
			    void __user *user)
{
	struct ptrace_syscall_info info;
	u32 n = fill_syscall_info(tracee, &info);
	int error = copy_to_user(user, &info, min_u32(n, size));

	return error ? error : (int)n;
}

/* Carries out a request that lets a stopped tracee go on. */
static int going_on(struct task_struct *tracee, u32 request, u32 sig)
{
	switch (request) {
	case PTRACE_CONT:
		return resume(tracee, 0, sig);
	case PTRACE_SYSCALL:
		return resume(tracee, PT_SYSCALL, sig);
	case PTRACE_SINGLESTEP:
		return resume(tracee, PT_STEP, sig);
	case PTRACE_SYSEMU:
		return resume(tracee, PT_SYSEMU, sig);
	case PTRACE_SYSEMU_SINGLESTEP:
		return resume(tracee, PT_SYSEMU | PT_STEP, sig);
	case PTRACE_DETACH:
		return detach(tracee, sig);
	case PTRACE_LISTEN:
		return listen_to_group(tracee);
	}
	return -EIO;
}

/* Carries out a request about memory or registers of a stopped tracee. */
static int state_request(struct task_struct *tracee, u32 request, u32 addr,
			 u32 data)
{
	void __user *user = (void __user *)data;

	switch (request) {
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
		return peek_word(tracee, addr, user);
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA:
		return poke_word(tracee, addr, data);
	case PTRACE_PEEKUSER:
		return peek_user(tracee, addr, user);
	case PTRACE_POKEUSER:
		return poke_user(tracee, addr, data);
	case PTRACE_GETREGS:
	case PTRACE_SETREGS:
		return regset_request(tracee, NT_PRSTATUS, user, -1u,
				      request == PTRACE_SETREGS);
	case PTRACE_GETFPREGS:
	case PTRACE_SETFPREGS:
		return regset_request(tracee, NT_PRFPREG, user, -1u,
				      request == PTRACE_SETFPREGS);
	case PTRACE_GETFPXREGS:
	case PTRACE_SETFPXREGS:
		return regset_request(tracee, NT_PRXFPREG, user, -1u,
				      request == PTRACE_SETFPXREGS);
	case PTRACE_GETREGSET:
	case PTRACE_SETREGSET:
		return regset_iovec(tracee, addr, user,
				    request == PTRACE_SETREGSET);
	case PTRACE_GET_THREAD_AREA:
	case PTRACE_SET_THREAD_AREA:
		return tracee_thread_area(tracee, addr, user,
					  request == PTRACE_SET_THREAD_AREA);
	}
	return going_on(tracee, request, data);
}

/* Carries out a request for a stopped tracee. */
static int tracee_request(struct task_struct *tracee, u32 request, u32 addr,
			  u32 data)
{
	void __user *user = (void __user *)data;

	switch (request) {
	case PTRACE_SETOPTIONS:
		return set_trace_options(tracee, data);
	case PTRACE_GETEVENTMSG:
		return put_user_u32(tracee->ptrace_message, user);
	case PTRACE_GETSIGINFO:
		return get_siginfo(tracee, user);
	case PTRACE_SETSIGINFO:
		return change_siginfo(tracee->pid, user);
	case PTRACE_GETSIGMASK:
	case PTRACE_SETSIGMASK:
		return access_sigmask(tracee->pid, addr, user,
				      request == PTRACE_SETSIGMASK);
	case PTRACE_GET_SYSCALL_INFO:
		return get_syscall_info(tracee, addr, user);
	}
	return state_request(tracee, request, addr, data);
}

/*
 * Carries out a request for a thread that current traces. Returns -ESRCH if pid
 * is none, or if it must be stopped and is not.
 */
int sys_ptrace(u32 request, int pid, u32 addr, u32 data)
{
	struct task_struct *tracee;

	if (request == PTRACE_TRACEME)
		return ptrace_traceme();
	if (request == PTRACE_ATTACH || request == PTRACE_SEIZE)
		return ptrace_attach(request, pid, addr, data);
	tracee = find_task(pid);
	if (!tracee || tracee->tracer != current)
		return -ESRCH;
	if (request == PTRACE_KILL) {
		send_signal(SIGKILL, tracee);
		return 0;
	}
	if (request == PTRACE_INTERRUPT)
		return interrupt(tracee);
	tracee = stopped_tracee(pid);
	return tracee ? tracee_request(tracee, request, addr, data) : -ESRCH;
}
