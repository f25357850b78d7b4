/*
 * Numbers that assembly needs from C structures. Compiled to assembly text
 * only; the Makefile turns each "->NAME value" text into a nasm constant in
 * build/offsets.inc.
 */
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <asm/system.h>

#define DEFINE(name, value) \
	__asm__ volatile(".ascii \"->" #name " %c0\"" : : "i"(value))

void asm_offsets(void);

void asm_offsets(void)
{
	DEFINE(REGS_EDI, offsetof(struct pt_regs, edi));
	DEFINE(REGS_ESI, offsetof(struct pt_regs, esi));
	DEFINE(REGS_EBP, offsetof(struct pt_regs, ebp));
	DEFINE(REGS_EBX, offsetof(struct pt_regs, ebx));
	DEFINE(REGS_ECX, offsetof(struct pt_regs, ecx));
	DEFINE(REGS_EAX, offsetof(struct pt_regs, eax));
	DEFINE(REGS_EDX, offsetof(struct pt_regs, edx));
	DEFINE(REGS_DS, offsetof(struct pt_regs, ds));
	DEFINE(REGS_ES, offsetof(struct pt_regs, es));
	DEFINE(REGS_ORIG_EAX, offsetof(struct pt_regs, orig_eax));
	DEFINE(REGS_CS, offsetof(struct pt_regs, cs));
	DEFINE(REGS_EFLAGS, offsetof(struct pt_regs, eflags));
	DEFINE(REGS_SIZE, sizeof(struct pt_regs));
	DEFINE(EFLAGS_VM, EFLAGS_VM);
	DEFINE(TASK_WORK, offsetof(struct task_struct, work));
	DEFINE(TASK_PTRACE, offsetof(struct task_struct, ptrace));
	DEFINE(PT_ENTRY, PT_ENTRY);
	DEFINE(PT_EXIT, PT_EXIT);
	DEFINE(WORK_RESCHED, WORK_RESCHED);
	DEFINE(WORK_FILE, WORK_FILE);
	DEFINE(SYSCALLS, NR_SYSCALLS);
}
