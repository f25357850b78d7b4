/*
 * Stands in for include/asm/system.h where the kernel's files run in a program
 * of the host: privileged instructions are calls into the world's machine.
 */
#ifndef ASM_SYSTEM_H
#define ASM_SYSTEM_H

#include <cowix/types.h>

u32 read_cr0(void);
u32 read_cr2(void);
u32 read_cr3(void);
void write_cr3(u32 value);
void invlpg(u32 addr);

/* No interrupt comes. */
static inline void cli(void)
{
}

static inline void sti(void)
{
}

static inline u32 irq_save(void)
{
	return 0;
}

static inline void irq_restore(u32 flags)
{
	(void)flags;
}

#endif
