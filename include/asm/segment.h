/*
 * Segment selectors and the task-state segment; the GDT itself is in
 * kernel/gdt.c. Also read by nasm (see asm/mmu.h).
 */
#ifndef ASM_SEGMENT_H
#define ASM_SEGMENT_H

#define KERNEL_CS	0x08
#define KERNEL_DS	0x10
#define USER_CS		0x1B
#define USER_DS		0x23
#define TSS_SELECTOR	0x28
#define TLS_SELECTOR	0x33
#define TLS_ENTRIES	3
#define DF_TSS_SELECTOR	0x48
#define GDT_ENTRIES	10

#ifndef __ASSEMBLER__
#include <cowix/types.h>

/* A task-state segment (Intel SDM volume 3, "Task-State Segment"). */
struct tss {
	u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs, ldt;
	u16 trap, iomap;
};

_Static_assert(sizeof(struct tss) == 104, "the CPU's layout");

extern struct tss tss;

/* Where the CPU puts its stack on entry from user mode. */
static inline void set_kernel_stack(u32 esp0)
{
	tss.esp0 = esp0;
}
#endif

#endif
