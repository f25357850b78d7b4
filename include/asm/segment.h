/* Segment selectors; the GDT itself is in kernel/gdt.c. Also read by nasm (see asm/mmu.h). */
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

#endif
