/*
 * Where a traced task stops: at signals, events and system calls, and with its
 * group. It is TASK_TRACED then. Its tracer learns why from wait(): trace_code
 * is the signal, above it the event. Telling clears that. When the tracer lets
 * the task go on trace_code is the signal that it wants delivered. A task whose
 * tracer is gone goes on with the signal if nobody was told of it.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

#define EVENT(code)	((code) >> 8)

/* Stops a task that its tracer traces. Interrupts are masked. */
static void stop_task(struct task_struct *task, int code, int why)
{
	task->trace_code = code;
	task->state = TASK_TRACED;
	task->ptrace &= ~PT_INTERRUPT;
	if (EVENT(code) == PTRACE_EVENT_STOP)
		task->ptrace &= ~PT_NOTIFY;
	tell_tracer(task, why, code & 0x7F);
}

/* Returns true if current's thread ends, or becomes another program. */
static bool must_not_stop(void)
{
	return current->process->group_work & (GROUP_EXIT | GROUP_EXEC);
}

/*
 * Stops current for its tracer. Returns the signal to deliver. current does not
 * stop if its process is to end, but it may tell its own end. Masked: an
 * interrupt must not wake a task that is about to stop.
 */
static int stop_for_tracer(int code, int why)
{
	u32 flags = irq_save();

	if (current->ptrace &&
	    (!must_not_stop() || EVENT(code) == PTRACE_EVENT_EXIT)) {
		stop_task(current, code, why);
		schedule();
		code = current->trace_code;
		current->trace_code = 0;
		current->ptrace &= ~PT_LISTENING;
	}
	irq_restore(flags);
	return code;
}

/* Sets what PTRACE_GETSIGINFO tells of a stop that is no signal's. */
static void set_siginfo(struct task_struct *task, int code)
{
	task->ptrace_signal = code & 0x7F;
	task->ptrace_source = (struct signal_source){
		.code = code, .pid = task->pid, .uid = task->uid,
	};
}

/* Stops for something else than a signal. Returns the signal to deliver. */
static int notify_tracer(int code, u32 message)
{
	set_siginfo(current, code);
	current->ptrace_message = message;
	return stop_for_tracer(code, CLD_TRAPPED);
}

/*
 * Shows a signal that arrives to the tracer. Returns the signal that it wants
 * delivered, or 0. Another signal than this comes from the tracer. One that is
 * blocked by now waits.
 */
int ptrace_signal(int sig, struct signal_source *source)
{
	const struct task_struct *from;

	current->ptrace_signal = sig;
	current->ptrace_source = *source;
	current->ptrace_message = 0;
	sig = stop_for_tracer(sig, CLD_TRAPPED);
	*source = current->ptrace_source;
	from = current->tracer ? current->tracer : current->process->parent;
	if (sig && sig != current->ptrace_signal)
		*source = (struct signal_source){
			.code = SI_USER, .pid = from->tgid, .uid = from->uid,
		};
	if (!sig || !(current->sig_blocked & SIGBIT(sig)))
		return sig;
	if (reserve_signals(sig, 1) == 0) {
		post_signal(sig, current, true, source);
		release_reserved();
	}
	return 0;
}

/* Announces an event if the tracer has asked for it. */
void ptrace_event(int event, u32 message)
{
	if (current->ptrace && current->ptrace_options & 1u << event)
		notify_tracer(SIGTRAP | event << 8, message);
}

/*
 * Prepares a trap: a stop with the group, or one that PTRACE_INTERRUPT asked
 * for. Returns its code. Without PTRACE_SEIZE it has no siginfo.
 */
static int trap_code(struct task_struct *task)
{
	bool group = task->process->group_work & GROUP_STOP;
	int code = group ? task->process->stopped_by : SIGTRAP;

	if (group)
		task->ptrace |= PT_TOOK_PART;
	task->ptrace_message = 0;
	if (task->ptrace & PT_SEIZED) {
		code |= PTRACE_EVENT_STOP << 8;
		set_siginfo(task, code);
	} else {
		task->ptrace_signal = 0;
	}
	return code;
}

/* Traps. Called by do_signal(). */
void ptrace_trap(void)
{
	stop_for_tracer(trap_code(current), CLD_STOPPED);
}

/* Turns the stop of a task, which has just got a tracer, into a trap. */
void trap_in_place(struct task_struct *task)
{
	u32 flags = irq_save();

	if (task->state == TASK_STOPPED)
		stop_task(task, trap_code(task), CLD_STOPPED);
	irq_restore(flags);
}

/* Sends current alone a signal that its tracer wants after a system call. */
static void send_chosen(int sig)
{
	static const struct signal_source kernel = { .code = SI_KERNEL };

	if (!valid_signal(sig) || must_not_stop() ||
	    reserve_signals(sig, 1) < 0)
		return;
	post_signal(sig, current, true, &kernel);
	release_reserved();
}

static void syscall_stop(u32 message)
{
	int sig = SIGTRAP;

	if (current->ptrace_options & PTRACE_O_TRACESYSGOOD)
		sig |= SYSGOOD_BIT;
	sig = notify_tracer(sig, message);
	if (current->restarting != task_regs(current)->orig_eax)
		current->restarting = 0;	/* it makes another call */
	send_chosen(sig);
}

/*
 * Stops before a system call. Returns the number of the call to make, which the
 * tracer may have changed, or -1 if none is wanted. Called by entry.asm.
 */
u32 syscall_trace_enter(void)
{
	bool left_out = current->ptrace & PT_SYSEMU;

	syscall_stop(PTRACE_EVENTMSG_SYSCALL_ENTRY);
	if (left_out || must_not_stop())
		return -1;
	return task_regs(current)->orig_eax;
}

/*
 * Stops after a system call. A single step ends here: the CPU would trap only
 * after one more instruction. Called by entry.asm.
 */
void syscall_trace_exit(void)
{
	if (current->ptrace & PT_STEP)
		send_fault_signal(SIGTRAP, TRAP_BRKPT,
				  task_regs(current)->eip);
	else
		syscall_stop(PTRACE_EVENTMSG_SYSCALL_EXIT);
}

/*
 * Stops a traced program before its first instruction, which stops as an event
 * or by SIGTRAP. If another thread has called exec this one returns from its
 * call. Called by exec at its end.
 */
void ptrace_exec(int caller)
{
	if (!current->ptrace)
		return;
	if (current->ptrace_options & PTRACE_O_TRACEEXEC)
		ptrace_event(PTRACE_EVENT_EXEC, caller);
	else if (!(current->ptrace & PT_SEIZED))
		send_chosen(SIGTRAP);
	if (caller != current->pid && current->ptrace & PT_SYSCALL)
		syscall_stop(PTRACE_EVENTMSG_SYSCALL_EXIT);
}

/*
 * Ends a single step that came to a signal handler, before its first
 * instruction. Called when the handler's frame is complete.
 */
void ptrace_handler(void)
{
	notify_tracer(SIGTRAP, 0);
}
