/* ptrace(), as Linux i386 has it. */
#ifndef ABI_PTRACE_H
#define ABI_PTRACE_H

#define PTRACE_TRACEME		0
#define PTRACE_PEEKTEXT		1
#define PTRACE_PEEKDATA		2
#define PTRACE_PEEKUSER		3
#define PTRACE_POKETEXT		4
#define PTRACE_POKEDATA		5
#define PTRACE_POKEUSER		6
#define PTRACE_CONT		7
#define PTRACE_KILL		8
#define PTRACE_SINGLESTEP	9
#define PTRACE_GETREGS		12
#define PTRACE_SETREGS		13
#define PTRACE_DETACH		17
#define PTRACE_SYSCALL		24
#define PTRACE_SETOPTIONS	0x4200
#define PTRACE_GETSIGINFO	0x4202

#define PTRACE_O_TRACESYSGOOD	1

/* The signal of a system-call stop has this bit with PTRACE_O_TRACESYSGOOD. */
#define SYSGOOD_BIT		0x80

struct user_regs {
	unsigned long ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs,
		orig_eax, eip, cs, eflags, esp, ss;
};

/* of struct user, whose registers come first */
#define USER_SIZE		284

#endif
