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

#define EFLAGS_TF	0x00000100

static inline u16 read_fs(void)
{
	return 0;
}

static inline u16 read_gs(void)
{
	return 0;
}

/* These are not privileged, and need no real machine. */
static inline u32 bit_scan_forward(u32 word)
{
	return __builtin_ctz(word);
}

static inline void bit_set(u32 *words, u32 index)
{
	words[index / 32] |= 1u << index % 32;
}

static inline void bit_clear(u32 *words, u32 index)
{
	words[index / 32] &= ~(1u << index % 32);
}

#endif
