/* Single privileged instructions, each with its full constraints. */
#ifndef ASM_SYSTEM_H
#define ASM_SYSTEM_H

#include <cowix/types.h>

#define EFLAGS_CF	0x00000001
#define EFLAGS_TF	0x00000100
#define EFLAGS_IF	0x00000200
#define EFLAGS_DF	0x00000400
#define EFLAGS_IOPL	0x00003000
#define EFLAGS_NT	0x00004000
#define EFLAGS_RF	0x00010000
#define EFLAGS_VM	0x00020000
#define EFLAGS_AC	0x00040000
#define EFLAGS_ID	0x00200000
/* What a program may set: arithmetic flags, TF, DF, AC, RF. */
#define EFLAGS_USER	0x00050DD5u

static inline void cli(void)
{
	__asm__ volatile("cli" : : : "memory");
}

static inline void sti(void)
{
	__asm__ volatile("sti" : : : "memory");
}

static inline void hlt(void)
{
	__asm__ volatile("hlt");
}

static inline void raise_breakpoint(void)
{
	__asm__ volatile("int3");
}

/*
 * Enables interrupts and waits for one. No interrupt can come between the two
 * instructions.
 */
static inline void sti_hlt(void)
{
	__asm__ volatile("sti; hlt" : : : "memory");
}

static inline u32 read_eflags(void)
{
	u32 flags;
	__asm__ volatile("pushfl; popl %0" : "=r"(flags) : : "memory");
	return flags;
}

static inline void write_eflags(u32 flags)
{
	__asm__ volatile("pushl %0; popfl" : : "r"(flags) : "memory", "cc");
}

/* Masks interrupts. Returns the flags for irq_restore(). Pairs may nest. */
static inline u32 irq_save(void)
{
	u32 flags = read_eflags();
	cli();
	return flags;
}

static inline void irq_restore(u32 flags)
{
	write_eflags(flags);
}

static inline u32 read_cr0(void)
{
	u32 value;
	__asm__ volatile("movl %%cr0, %0" : "=r"(value));
	return value;
}

static inline void write_cr0(u32 value)
{
	__asm__ volatile("movl %0, %%cr0" : : "r"(value) : "memory");
}

static inline u32 read_cr2(void)
{
	u32 value;
	__asm__ volatile("movl %%cr2, %0" : "=r"(value));
	return value;
}

static inline u32 read_cr3(void)
{
	u32 value;
	__asm__ volatile("movl %%cr3, %0" : "=r"(value));
	return value;
}

/* Loads a page directory, which flushes every TLB entry that is not global. */
static inline void write_cr3(u32 value)
{
	__asm__ volatile("movl %0, %%cr3" : : "r"(value) : "memory");
}

static inline u32 read_cr4(void)
{
	u32 value;
	__asm__ volatile("movl %%cr4, %0" : "=r"(value));
	return value;
}

static inline void write_cr4(u32 value)
{
	__asm__ volatile("movl %0, %%cr4" : : "r"(value) : "memory");
}

static inline void invlpg(u32 addr)
{
	__asm__ volatile("invlpg (%0)" : : "r"(addr) : "memory");
}

static inline void clts(void)
{
	__asm__ volatile("clts" : : : "memory");
}

static inline void lgdt(const void *descriptor)
{
	__asm__ volatile("lgdt (%0)" : : "r"(descriptor) : "memory");
}

static inline void lidt(const void *descriptor)
{
	__asm__ volatile("lidt (%0)" : : "r"(descriptor) : "memory");
}

static inline void ltr(u16 selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

static inline void lldt(u16 selector)
{
	__asm__ volatile("lldt %0" : : "r"(selector) : "memory");
}

/*
 * Loads every segment register after a new GDT: CS by a far return, FS and GS
 * with the null selector.
 */
static inline void load_segments(u32 code, u32 data)
{
	__asm__ volatile("pushl %0; pushl $1f; lret\n"
			 "1:\n\t"
			 "movl %1, %%ds; movl %1, %%es; movl %1, %%ss\n\t"
			 "movl %2, %%fs; movl %2, %%gs"
			 :
			 : "r"(code), "r"(data), "r"(0)
			 : "memory");
}

void set_fs_gs(u32 fs, u32 gs);		/* kernel/switch.asm */

static inline void cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	__asm__ volatile("cpuid"
			 : "=a"(*eax), "=b"(*ebx), "=c"(*ecx), "=d"(*edx)
			 : "0"(leaf), "2"(0));
}

/* Returns the index of the lowest set bit. word must not be 0. */
static inline u32 bit_scan_forward(u32 word)
{
	u32 index;
	__asm__("bsfl %1, %0" : "=r"(index) : "r"(word) : "cc");
	return index;
}

/*
 * Set or clear a bit of an array of words, counted from the first one's lowest.
 */
static inline void bit_set(u32 *words, u32 index)
{
	__asm__ volatile("btsl %1, %0"
			 : "+m"(*words)
			 : "r"(index)
			 : "memory", "cc");
}

static inline void bit_clear(u32 *words, u32 index)
{
	__asm__ volatile("btrl %1, %0"
			 : "+m"(*words)
			 : "r"(index)
			 : "memory", "cc");
}

static inline u16 read_gs(void)
{
	u16 value;
	__asm__ volatile("movw %%gs, %0" : "=r"(value));
	return value;
}

static inline u16 read_fs(void)
{
	u16 value;
	__asm__ volatile("movw %%fs, %0" : "=r"(value));
	return value;
}

#endif
