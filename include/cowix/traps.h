/* Exceptions: kernel/traps.c, kernel/gdt.c, kernel/fpu.c. */
#ifndef COWIX_TRAPS_H
#define COWIX_TRAPS_H

#include <asm/ptrace.h>

/* Vectors. Also read by nasm (see asm/mmu.h). */
#define EXCEPTIONS	32
#define DEBUG_TRAP	1
#define NON_MASKABLE	2
#define BREAKPOINT	3
#define OVERFLOW	4
#define NO_DEVICE	7
#define DOUBLE_FAULT	8
#define GENERAL_PROTECTION 13
#define PAGE_FAULT	14
#define X87_ERROR	16
#define ALIGNMENT_CHECK	17
#define SIMD_ERROR	19

/* bytes of code for each vector in kernel/trap_entry.asm */
#define EXCEPTION_ENTRY_SIZE 9
#define INTERRUPT_ENTRY_SIZE 4

struct fpu_state;
struct task_struct;

/* kernel/gdt.c */
void gdt_init(void);			/* GDT, TSS and the double-fault TSS */
void load_tls(const u64 *tls);		/* a task's own segments into the GDT */

/* kernel/traps.c */
void traps_init(void);			/* IDT */

/* kernel/fixup.c */
bool fixup_exception(struct pt_regs *regs, int error);

/* kernel/panic.c */
NORETURN void die(const char *what, struct pt_regs *regs, u32 code);

/* kernel/backtrace.c */
void show_address(u32 addr);
void show_backtrace(u32 ebp);
void show_regs(const struct pt_regs *regs);

/* kernel/fpu.c */
extern struct task_struct *fpu_owner;	/* whose state the FPU holds, or NULL */
void fpu_init(void);
void fpu_switch(struct task_struct *next);
int fpu_restore_current(void);
int fpu_fork(struct task_struct *child);
void fpu_release(struct task_struct *task);
void fpu_reset_current(void);
int fpu_exception_code(bool simd);
int fpu_save_to_user(void __user *to);
int fpu_restore_from_user(const void __user *frame);
struct fpu_state *fpu_new_state(void);
int fpu_get_regs(struct task_struct *task, u8 *to, bool fxsave_format);
int fpu_set_regs(struct task_struct *task, const u8 *from, bool fxsave_format);

/* kernel/debugreg.c */
void load_debugregs(const struct task_struct *task);
int debug_trap_code(struct pt_regs *regs);

#endif
