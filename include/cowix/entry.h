/* What the assembly of kernel/ defines for C, and what it calls. */
#ifndef COWIX_ENTRY_H
#define COWIX_ENTRY_H

#include <asm/ptrace.h>
#include <cowix/traps.h>

extern const u8 exception_entries[][EXCEPTION_ENTRY_SIZE],
	interrupt_entries[][INTERRUPT_ENTRY_SIZE];
void system_call(void);
void page_fault(void);
void ret_from_fork(void);
void kernel_thread_start(void);
NORETURN void enter_user_mode(struct pt_regs *regs);

/*
 * The top of the stack of a task that does not run, the lowest address first.
 * The registers are what switch_to() takes.
 */
struct switch_frame {
	u32 gs, fs, edi, esi, ebx, ebp;
	void (*eip)(void);
};

void switch_to(struct switch_frame **save, struct switch_frame *next);

void do_trap(struct pt_regs *regs, u32 vector);
void do_irq(struct pt_regs *regs, u32 irq);
void end_vm86(struct pt_regs *regs);
void fork_returns(void);

#endif
