/*
 * The frame that every way into the kernel builds on the stack (asm/entry.inc),
 * the lowest address first. The first eight words are in PUSHA's order.
 */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <cowix/types.h>
#include <asm/segment.h>

struct pt_regs {
	u32 edi, esi, ebp, pusha_esp, ebx, edx, ecx, eax;
	u32 ds, es;
	u32 orig_eax;	/* a call's number, an error code, or -1 - irq */
	u32 eip, cs, eflags;
	u32 esp, ss;		/* only when the entry came from user mode */
};

static inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}

#endif
