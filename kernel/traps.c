/*
 * The interrupt descriptor table, and the exceptions other than the page fault.
 * An exception in a program becomes the signal that POSIX names. In the kernel
 * it comes from an instruction that has a fixup, or it is the end: die().
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/irq.h>
#include <cowix/entry.h>
#include <cowix/sanitize.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "kernel/signal/signal_internal.h"

#define IDT_ENTRIES	256
#define SYSCALL_VECTOR	0x80

#define GATE_INTERRUPT	0x8E00u		/* 32 bits; masks interrupts */
#define GATE_TASK	0x8500u
#define GATE_DPL3	0x6000u		/* programs may raise it with INT */

struct exception {
	const char *name;
	u8 signal, code;
};

static const struct exception exceptions[] = {
	[0] = { "divide error", SIGFPE, FPE_INTDIV },
	[DEBUG_TRAP] = { "debug", SIGTRAP, TRAP_TRACE },
	[NON_MASKABLE] = { "non-maskable interrupt", 0, 0 },
	[BREAKPOINT] = { "breakpoint", SIGTRAP, SI_KERNEL },
	[OVERFLOW] = { "overflow", SIGSEGV, SI_KERNEL },
	[5] = { "bound range exceeded", SIGSEGV, SI_KERNEL },
	[6] = { "invalid opcode", SIGILL, ILL_ILLOPN },
	[NO_DEVICE] = { "device not available", 0, 0 },
	[DOUBLE_FAULT] = { "double fault", 0, 0 },
	[9] = { "coprocessor segment overrun", SIGFPE, SI_KERNEL },
	[10] = { "invalid TSS", SIGSEGV, SI_KERNEL },
	[11] = { "segment not present", SIGBUS, SI_KERNEL },
	[12] = { "stack segment fault", SIGBUS, SI_KERNEL },
	[GENERAL_PROTECTION] = { "general protection fault", SIGSEGV,
				 SI_KERNEL },
	[PAGE_FAULT] = { "page fault", 0, 0 },
	[X87_ERROR] = { "floating-point error", SIGFPE, FPE_FLTINV },
	[ALIGNMENT_CHECK] = { "alignment check", SIGBUS, BUS_ADRALN },
	[18] = { "machine check", 0, 0 },
	[SIMD_ERROR] = { "SIMD floating-point error", SIGFPE, FPE_FLTINV },
};

static u64 idt[IDT_ENTRIES];

static void set_gate(u32 vector, const void *handler, u16 selector, u32 type)
{
	u32 entry = (u32)handler;

	idt[vector] = (u64)((entry & 0xFFFF0000) | type) << 32 |
		      (u32)selector << 16 | (entry & 0xFFFF);
}

/*
 * Called once by start_kernel, after gdt_init. Programs may raise INT3, INTO
 * and INT 0x80, but no other vector.
 */
void traps_init(void)
{
	struct PACKED {
		u16 limit;
		u32 base;
	} descriptor = { sizeof(idt) - 1, (u32)idt };
	const u32 user_gate = GATE_INTERRUPT | GATE_DPL3;

	for (u32 i = 0; i < EXCEPTIONS; i++)
		set_gate(i, exception_entries[i], KERNEL_CS, GATE_INTERRUPT);
	set_gate(BREAKPOINT, exception_entries[BREAKPOINT], KERNEL_CS,
		 user_gate);
	set_gate(OVERFLOW, exception_entries[OVERFLOW], KERNEL_CS, user_gate);
	set_gate(PAGE_FAULT, page_fault, KERNEL_CS, GATE_INTERRUPT);
	set_gate(DOUBLE_FAULT, NULL, DF_TSS_SELECTOR, GATE_TASK);
	for (u32 i = 0; i < NR_IRQS; i++)
		set_gate(IRQ_VECTOR + i, interrupt_entries[i], KERNEL_CS,
			 GATE_INTERRUPT);
	set_gate(SYSCALL_VECTOR, system_call, KERNEL_CS, user_gate);
	lidt(&descriptor);
}

/*
 * Sends the signal for a program's exception. si_addr is the address of the
 * instruction, or 0 where Linux says only that the kernel sent the signal.
 */
static void user_trap(struct pt_regs *regs, u32 vector)
{
	const struct exception *e = &exceptions[vector];
	u32 addr = regs->eip;
	int code = e->code;

	if (vector == X87_ERROR || vector == SIMD_ERROR)
		code = fpu_exception_code(vector == SIMD_ERROR);
	if (vector == DEBUG_TRAP)
		code = debug_trap_code(regs);
	if (code == SI_KERNEL || vector == ALIGNMENT_CHECK)
		addr = 0;
	if (regs->eflags & EFLAGS_IF)
		sti();
	current->trap_vector = vector;
	current->trap_error = regs->orig_eax;
	send_fault_signal(e->signal, code, addr);
}

/*
 * Ends a program that has got into virtual-8086 mode. No program's IRET may
 * enter it, but QEMU's does. Nothing in regs is believed, and the signal cannot
 * be caught. Called by kernel/trap_entry.asm when regs is in its usual place.
 */
FROM_ASM void end_vm86(struct pt_regs *regs)
{
	regs->cs = USER_CS;
	regs->ds = regs->es = regs->ss = USER_DS;
	regs->eflags = EFLAGS_IF;
	action_of(current, SIGSEGV)->handler = SIGNAL_DEFAULT;
	send_fault_signal(SIGSEGV, SI_KERNEL, 0);
}

/*
 * Returns true if the kernel can go on after an exception of its own. A
 * program's debug trap is one: if MOV SS puts it off, it arrives at the
 * kernel's first instruction. Nor does it matter if the kernel uses memory that
 * a debugger watches.
 */
static bool is_harmless(struct pt_regs *regs, u32 vector)
{
	if (vector == DEBUG_TRAP) {
		debug_trap_code(regs);
		regs->eflags &= ~EFLAGS_TF;
		return true;
	}
	return fixup_exception(regs, -EFAULT);
}

/*
 * Gives current the FPU (exception 7). Waits until there is memory for its
 * state, or until current must end.
 */
static void wait_for_fpu(void)
{
	while (fpu_restore_current() < 0 && await_memory(0))
		;
}

static const char *exception_name(u32 vector)
{
	if (vector < ARRAY_SIZE(exceptions) && exceptions[vector].name)
		return exceptions[vector].name;
	return "reserved exception";
}

/* Called by kernel/trap_entry.asm for all but double and page faults. */
FROM_ASM void do_trap(struct pt_regs *regs, u32 vector)
{
	if (vector == NO_DEVICE && user_mode(regs)) {
		wait_for_fpu();
		return;
	}
	if (vector == NON_MASKABLE) {
		printk("non-maskable interrupt at %x: ignored\n", regs->eip);
		return;
	}
	if (user_mode(regs) && vector < ARRAY_SIZE(exceptions) &&
	    exceptions[vector].signal) {
		user_trap(regs, vector);
		return;
	}
	if (user_mode(regs) || !is_harmless(regs, vector))
		die(exception_name(vector), regs, regs->orig_eax);
}
