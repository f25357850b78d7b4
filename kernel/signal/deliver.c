/*
 * Delivering signals, on the way back to user mode: which signal comes first,
 * what its default action does, and what becomes of an interrupted call.
 */
#include <cowix/core.h>
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

#define SYSCALL_INSN	2		/* bytes of int 0x80 */

/* Returns true if a signal has interrupted the call that regs come from. */
static bool interrupted_call(const struct pt_regs *regs)
{
	s32 error = -regs->eax;

	return (s32)regs->orig_eax >= 0 &&
	       (error == ERESTARTSYS || error == ERESTARTNOINTR ||
		error == ERESTARTNOHAND || error == ERESTART_RESTARTBLOCK);
}

/* Steps back onto the int 0x80, with the call's number in EAX again. */
static void restart_call(struct pt_regs *regs)
{
	current->restarting = regs->orig_eax;
	regs->eax = regs->orig_eax;
	regs->eip -= SYSCALL_INSN;
	regs->orig_eax = -1;
}

/* Ends an interrupted call before its handler: begins it again, or -EINTR. */
static void end_call(struct pt_regs *regs, const struct k_sigaction *action)
{
	s32 error = -regs->eax;

	if (error == ERESTARTNOINTR ||
	    (error == ERESTARTSYS && action->flags & SA_RESTART))
		restart_call(regs);
	else
		regs->eax = -EINTR;
}

/*
 * Stops current until another task wakes it. If it is traced it traps instead:
 * at once, or when a tracer attaches to it in its sleep.
 */
static void stay_stopped(void)
{
	u32 flags = irq_save();

	if (current->ptrace) {
		ptrace_trap();
	} else if (group_work_of(current) == GROUP_STOP) {
		current->state = TASK_STOPPED;
		schedule();
		current->trace_code = 0;
		current->ptrace &= ~PT_LISTENING;
	}
	irq_restore(flags);
}

/*
 * Does what all threads of the process are to do: end, or stop until SIGCONT or
 * SIGKILL. When a thread has called exec all end but the first, which becomes
 * the new program.
 */
static void do_group_work(struct task_struct *process)
{
	u32 work;

	while ((work = group_work_of(current)) != 0)
		if (work == GROUP_STOP)
			stay_stopped();
		else if (work & GROUP_EXEC && current == process)
			exec_take_over();
		else
			do_exit(process->exit_status);
}

/* Returns true if a signal means that the program itself is wrong. */
static bool is_fault(int sig)
{
	return sig == SIGILL || sig == SIGTRAP || sig == SIGFPE ||
	       sig == SIGSEGV || sig == SIGBUS || sig == SIGSYS;
}

/*
 * Carries out the default action of a signal that is not ignored: stops or ends
 * the process. The terminal does not stop an orphaned group, which no process
 * would continue. Serious faults are told in the kernel's log.
 */
static void default_action(int sig, const struct pt_regs *regs,
			   const struct signal_source *source)
{
	if (default_stops(sig)) {
		if (sig == SIGSTOP || !is_orphaned(current->process->pgrp))
			begin_group_stop(current->process, sig);
		return;
	}
	if (is_fault(sig))
		printk("pid %d (%s): signal %d at eip %x, address %x\n",
		       current->pid, current->comm, sig, regs->eip,
		       current->fault_addr);
	if (dumps_core(sig))
		exit_with_core(sig, source);
	do_group_exit(sig);
}

/*
 * Takes out the lowest pending signal that is not blocked. Returns its number,
 * or 0 if there is none.
 */
static int take_signal(struct signal_source *source)
{
	u32 flags = irq_save();
	int sig = lowest_signal(pending_now() & ~current->sig_blocked);

	if (sig)
		dequeue_signal(sig, source);
	else
		recalc_signals(current);
	irq_restore(flags);
	return sig;
}

/*
 * Returns true if a signal has a handler. If it has none, its default action is
 * carried out, which may not return.
 */
static bool has_handler(int sig, const struct pt_regs *regs,
			const struct signal_source *source)
{
	struct k_sigaction *action = action_of(current, sig);

	if (action->handler == SIGNAL_DEFAULT &&
	    !ignores_by_default(current, sig))
		default_action(sig, regs, source);
	return action->handler != SIGNAL_DEFAULT &&
	       action->handler != SIGNAL_IGNORE;
}

/*
 * Returns true for a signal that would end or stop init: its tracer has seen
 * it, and nothing else happens. Its own faults are different.
 */
static bool spares_init(int sig, const struct signal_source *source)
{
	return current->process == init_task && current->ptrace &&
	       action_of(current, sig)->handler == SIGNAL_DEFAULT &&
	       !(is_fault(sig) && source->code > 0);
}

/*
 * Delivers the first pending signal that has a handler, and carries out the
 * default actions of those before it. A tracer sees each signal first. An
 * interrupted system call that no handler saw is restarted; one that sleeps for
 * a time keeps its end (see end_of_span()). Called by entry.asm before the
 * return to user mode.
 */
FROM_ASM void do_signal(struct pt_regs *regs)
{
	struct signal_source source;
	int sig;

	sti();
	for (;;) {
		do_group_work(current->process);
		if (current->ptrace & PT_TRAP) {
			ptrace_trap();
			continue;
		}
		sig = take_signal(&source);
		if (!sig)
			break;
		if (current->ptrace)
			sig = ptrace_signal(sig, &source);
		if (!sig || spares_init(sig, &source) ||
		    !has_handler(sig, regs, &source))
			continue;
		if (interrupted_call(regs))
			end_call(regs, action_of(current, sig));
		start_handler(sig, regs, &source);
		return;
	}
	if (interrupted_call(regs))
		restart_call(regs);
	restore_mask();
}
