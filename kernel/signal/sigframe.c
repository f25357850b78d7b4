/*
 * Frames of signal handlers. The program's registers are saved in a frame on
 * its own stack, and the program continues in the handler.
 * The handler returns to code that calls sigreturn(), which puts the registers
 * back. The frames are Linux's (i386), with and without SA_SIGINFO. Writing
 * them may break copy-on-write like any other write to the program's memory.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/unistd.h>
#include <asm/fpu.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

/* The code that a handler returns to if its sigaction named no restorer. */
static const u8 sigreturn_code[8] = { 0x58, 0xB8, __NR_sigreturn, 0,
				      0,    0,    0xCD,           0x80 };
static const u8 rt_sigreturn_code[8] = {
	0xB8, __NR_rt_sigreturn, 0, 0, 0, 0xCD, 0x80, 0
};

struct sigframe {
	u32 return_address;
	u32 sig;
	struct sigcontext context;
	u32 extra_mask;
	u8 code[8];
};

struct rt_sigframe {
	u32 return_address;
	u32 sig;
	u32 info_ptr, context_ptr;
	struct siginfo info;
	struct ucontext context;
	u8 code[8];
};

/* Fills in the registers of a frame. fpstate is an address in the program. */
static void save_context(struct sigcontext *sc, const struct pt_regs *regs,
			 u32 fpstate, u32 mask)
{
	*sc = (struct sigcontext){
		.gs = read_gs(),
		.fs = read_fs(),
		.es = regs->es,
		.ds = regs->ds,
		.edi = regs->edi,
		.esi = regs->esi,
		.ebp = regs->ebp,
		.esp = regs->esp,
		.ebx = regs->ebx,
		.edx = regs->edx,
		.ecx = regs->ecx,
		.eax = regs->eax,
		.trapno = current->trap_vector,
		.err = current->trap_error,
		.eip = regs->eip,
		.cs = regs->cs,
		.eflags = regs->eflags,
		.esp_at_signal = regs->esp,
		.ss = regs->ss,
		.fpstate = (void *)fpstate,
		.oldmask = mask,
		.cr2 = current->trap_cr2,
	};
}

/* Returns a selector with a program's privilege; 0 stays none. */
static u32 user_selector(u32 selector)
{
	return selector ? selector | 3 : 0;
}

/*
 * Puts the registers back. The frame is the program's and may hold anything.
 * Flags that protect the kernel are not taken from it; of the segments, only
 * those that the kernel does not use. A segment that does not exist becomes
 * none. Returns 0 or an error of the FPU's part.
 */
static int restore_context(const struct sigcontext *sc, struct pt_regs *regs)
{
	int error = 0;

	if (sc->fpstate)
		error = fpu_restore_from_user((void __user *)sc->fpstate);
	else
		fpu_reset_current();
	if (error)
		return error;
	regs->edi = sc->edi;
	regs->esi = sc->esi;
	regs->ebp = sc->ebp;
	regs->esp = sc->esp;
	regs->ebx = sc->ebx;
	regs->edx = sc->edx;
	regs->ecx = sc->ecx;
	regs->eax = sc->eax;
	regs->eip = sc->eip;
	regs->cs = USER_CS;
	regs->ss = regs->ds = regs->es = USER_DS;
	regs->eflags = (regs->eflags & ~EFLAGS_USER) |
		       (sc->eflags & EFLAGS_USER);
	regs->orig_eax = -1;
	set_fs_gs(user_selector(sc->fs), user_selector(sc->gs));
	return 0;
}

/*
 * Returns the stack pointer that a handler begins with: the program's, or the
 * top of the alternate stack if the action says so and it is not in use.
 */
static u32 handler_stack(const struct k_sigaction *action, u32 esp)
{
	if (action->flags & SA_ONSTACK && current->altstack_size &&
	    !on_altstack(esp))
		return current->altstack_sp + current->altstack_size;
	return esp;
}

/*
 * Returns where a frame of this size goes: below the stack pointer, aligned as
 * a function expects it on entry (esp + 4 a multiple of 16).
 */
static u32 frame_address(u32 esp, u32 size)
{
	return ((esp - size) & ~15u) - 4;
}

/*
 * Saves the FPU state below *esp and moves that. Returns the address of the
 * state, or 0 if the program has none. Stores 0 or -EFAULT in *error.
 */
static u32 push_fpstate(u32 *esp, int *error)
{
	u32 at = (*esp - FPU_FRAME_SIZE) & ~15u;

	*error = 0;
	if (!current->fpu)
		return 0;
	*error = fpu_save_to_user((void __user *)at);
	*esp = at;
	return at;
}

/*
 * Returns true if a frame at `at` would have to lie on the alternate stack and
 * does not. esp is the program's.
 */
static bool leaves_altstack(const struct k_sigaction *action, u32 esp, u32 at)
{
	bool alternate = on_altstack(esp) || handler_stack(action, esp) != esp;

	return alternate && !on_altstack(at);
}

/* Returns where a handler returns to: its restorer, or the frame's code. */
static u32 return_address(const struct k_sigaction *action, u32 code)
{
	return action->flags & SA_RESTORER ? action->restorer : code;
}

/*
 * Writes the frame for a handler without SA_SIGINFO to the program's stack.
 * Returns 0, -EFAULT or -ENOMEM.
 */
static int push_frame(int sig, const struct k_sigaction *action,
		      struct pt_regs *regs, u64 mask)
{
	struct sigframe frame;
	u32 esp = handler_stack(action, regs->esp), fpstate, at;
	int error;

	fpstate = push_fpstate(&esp, &error);
	if (error)
		return error;
	at = frame_address(esp, sizeof(frame));
	if (leaves_altstack(action, regs->esp, at))
		return -EFAULT;
	frame.return_address =
		return_address(action, at + offsetof(struct sigframe, code));
	frame.sig = sig;
	frame.extra_mask = (u32)(mask >> 32);
	save_context(&frame.context, regs, fpstate, (u32)mask);
	memcpy(frame.code, sigreturn_code, sizeof(frame.code));
	error = copy_to_user((void __user *)at, &frame, sizeof(frame));
	if (!error)
		regs->esp = at;
	return error;
}

/*
 * Writes the frame for a handler with SA_SIGINFO, which finds its arguments in
 * registers, too. Returns 0, -EFAULT or -ENOMEM.
 */
static int push_rt_frame(int sig, const struct k_sigaction *action,
			 struct pt_regs *regs, u64 mask,
			 const struct signal_source *source)
{
	struct rt_sigframe *frame = kzalloc(sizeof(*frame));
	u32 esp = handler_stack(action, regs->esp), fpstate, at;
	int error = -ENOMEM;

	if (!frame)
		return error;
	fpstate = push_fpstate(&esp, &error);
	if (error)
		goto out;
	at = frame_address(esp, sizeof(*frame));
	error = -EFAULT;
	if (leaves_altstack(action, regs->esp, at))
		goto out;
	frame->return_address =
		return_address(action, at + offsetof(struct rt_sigframe, code));
	frame->sig = sig;
	frame->info_ptr = at + offsetof(struct rt_sigframe, info);
	frame->context_ptr = at + offsetof(struct rt_sigframe, context);
	fill_siginfo(&frame->info, sig, source);
	frame->context.uc_stack = get_altstack(regs->esp);
	save_context(&frame->context.uc_mcontext, regs, fpstate, (u32)mask);
	sigset_from_u64(frame->context.uc_sigmask, mask);
	memcpy(frame->code, rt_sigreturn_code, sizeof(frame->code));
	error = copy_to_user((void __user *)at, frame, sizeof(*frame));
	if (error)
		goto out;
	regs->ecx = frame->context_ptr;
	regs->edx = frame->info_ptr;
	regs->esp = at;
out:
	kfree(frame);
	return error;
}

/*
 * Sends SIGSEGV because the stack cannot take the frame. Its own handler may
 * have another stack. If it was for SIGSEGV that the frame was, that kills.
 */
static void refuse_handler(int sig)
{
	if (sig == SIGSEGV)
		action_of(current, SIGSEGV)->handler = SIGNAL_DEFAULT;
	send_fault_signal(SIGSEGV, SI_KERNEL, 0);
}

/*
 * Writes the frame that a handler needs, and waits for memory if need be.
 * Returns 0, -EFAULT, or -ENOMEM if current is to end instead.
 */
static int push_any_frame(int sig, const struct k_sigaction *action,
			  struct pt_regs *regs,
			  const struct signal_source *source)
{
	u64 mask = current->restore_mask ? current->sig_saved
					 : current->sig_blocked;
	int error;

	do {
		if (action->flags & SA_SIGINFO)
			error = push_rt_frame(sig, action, regs, mask, source);
		else
			error = push_frame(sig, action, regs, mask);
	} while (error == -ENOMEM && await_memory(regs->esp));
	return error;
}

/* Lets the program continue in its handler. Called by do_signal(). */
void start_handler(int sig, struct pt_regs *regs,
		   const struct signal_source *source)
{
	/* a copy: other threads may change the action while current sleeps */
	struct k_sigaction action = *action_of(current, sig);
	bool stepped = current->ptrace & PT_STEP;
	u64 blocked = action.mask;
	int error;

	current->restarting = 0;
	if (stepped) {			/* the handler's registers have no TF */
		regs->eflags &= ~EFLAGS_TF;
		current->ptrace &= ~PT_STEP;
	}
	error = push_any_frame(sig, &action, regs, source);
	if (error == -ENOMEM)
		return;
	if (error) {
		refuse_handler(sig);
		return;
	}
	current->restore_mask = false;
	fpu_reset_current();
	regs->eax = sig;
	regs->eip = action.handler;
	regs->cs = USER_CS;
	regs->ds = regs->es = regs->ss = USER_DS;
	regs->eflags &= ~(EFLAGS_TF | EFLAGS_DF);
	if (!(action.flags & SA_NODEFER))
		blocked |= SIGBIT(sig);
	set_blocked(current->sig_blocked | blocked);
	if (action.flags & SA_RESETHAND)
		action_of(current, sig)->handler = SIGNAL_DEFAULT;
	if (stepped)
		ptrace_handler();
}

/* What the frame of sigreturn() or rt_sigreturn() says. */
struct saved_context {
	struct sigcontext sc;
	stack_t altstack;
	u64 mask;
};

static int read_frame(struct saved_context *saved, u32 at)
{
	const struct sigframe __user *frame = (void __user *)at;
	u32 high;
	int error = copy_from_user(&saved->sc, &frame->context,
				   sizeof(saved->sc));

	if (!error)
		error = get_user_u32(&high, &frame->extra_mask);
	if (!error)
		saved->mask = (u64)high << 32 | saved->sc.oldmask;
	return error;
}

static int read_rt_frame(struct saved_context *saved, u32 at)
{
	const struct rt_sigframe __user *frame = (void __user *)at;
	const struct ucontext __user *context = &frame->context;
	int error = copy_from_user(&saved->sc, &context->uc_mcontext,
				   sizeof(saved->sc));

	if (!error)
		error = copy_from_user(&saved->mask, &context->uc_sigmask,
				       sizeof(saved->mask));
	if (!error)
		error = copy_from_user(&saved->altstack, &context->uc_stack,
				       sizeof(saved->altstack));
	return error;
}

/*
 * Ends a handler, whose frame is at `at`. If there is no memory it is tried
 * again. A frame that cannot be read, or has a bad state of the FPU, is
 * SIGSEGV. Returns 0, or an error with the registers as they were.
 */
static int end_handler(struct saved_context *saved, u32 at,
		       int (*read)(struct saved_context *saved, u32 at))
{
	struct pt_regs *regs = task_regs(current);
	int error;

	do {
		error = read(saved, at);
		if (!error)
			error = restore_context(&saved->sc, regs);
	} while (error == -ENOMEM && await_memory(at));
	if (error && error != -ENOMEM)
		send_fault_signal(SIGSEGV, SI_KERNEL, 0);
	if (!error)
		set_blocked(saved->mask);
	regs->orig_eax = -1;
	return error;
}

/* Ends a handler. The return address and one word were popped off its frame. */
int sys_sigreturn(void)
{
	struct pt_regs *regs = task_regs(current);
	struct saved_context saved;

	end_handler(&saved, regs->esp - 8, read_frame);
	return regs->eax;
}

/* Ends a handler with SA_SIGINFO. The return address was popped. */
int sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_regs(current);
	struct saved_context saved;

	if (!end_handler(&saved, regs->esp - 4, read_rt_frame))
		set_altstack(&saved.altstack, regs->esp);	/* if it fits */
	return regs->eax;
}
