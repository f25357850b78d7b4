/*
 * The frame that kernel/entry.asm builds on the kernel stack at every entry,
 * lowest address first (pusha's order).
 */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <cowix/types.h>
#include <asm/segment.h>

struct pt_regs {
	u32 edi, esi, ebp, pusha_esp, ebx, edx, ecx, eax;
	u32 ds, es;
	/*
	 * system call: its number; exception: the error code; interrupt: -1 -
	 * irq
	 */
	u32 orig_eax;
	u32 eip, cs, eflags;
	u32 esp, ss;		/* only when the entry came from user mode */
};

static inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}

#endif
