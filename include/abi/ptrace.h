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
#define PTRACE_GETFPREGS	14
#define PTRACE_SETFPREGS	15
#define PTRACE_ATTACH		16
#define PTRACE_DETACH		17
#define PTRACE_GETFPXREGS	18
#define PTRACE_SETFPXREGS	19
#define PTRACE_SYSCALL		24
#define PTRACE_GET_THREAD_AREA	25
#define PTRACE_SET_THREAD_AREA	26
#define PTRACE_SYSEMU		31
#define PTRACE_SYSEMU_SINGLESTEP 32
#define PTRACE_SETOPTIONS	0x4200
#define PTRACE_GETEVENTMSG	0x4201
#define PTRACE_GETSIGINFO	0x4202
#define PTRACE_SETSIGINFO	0x4203
#define PTRACE_GETREGSET	0x4204
#define PTRACE_SETREGSET	0x4205
#define PTRACE_SEIZE		0x4206
#define PTRACE_INTERRUPT	0x4207
#define PTRACE_LISTEN		0x4208
#define PTRACE_GETSIGMASK	0x420A
#define PTRACE_SETSIGMASK	0x420B
#define PTRACE_GET_SYSCALL_INFO	0x420E

#define PTRACE_O_TRACESYSGOOD	0x01
#define PTRACE_O_TRACEFORK	0x02
#define PTRACE_O_TRACEVFORK	0x04
#define PTRACE_O_TRACECLONE	0x08
#define PTRACE_O_TRACEEXEC	0x10
#define PTRACE_O_TRACEVFORKDONE	0x20
#define PTRACE_O_TRACEEXIT	0x40
#define PTRACE_O_TRACESECCOMP	0x80	/* accepted: there are no filters */
#define PTRACE_O_EXITKILL	0x100000
#define PTRACE_O_MASK		0x1000FF

/* Event n is announced if the option with bit n is set. */
#define PTRACE_EVENT_FORK	1
#define PTRACE_EVENT_VFORK	2
#define PTRACE_EVENT_CLONE	3
#define PTRACE_EVENT_EXEC	4
#define PTRACE_EVENT_VFORK_DONE	5
#define PTRACE_EVENT_EXIT	6
#define PTRACE_EVENT_STOP	128

/* PTRACE_GETEVENTMSG at a system-call stop */
#define PTRACE_EVENTMSG_SYSCALL_ENTRY	1
#define PTRACE_EVENTMSG_SYSCALL_EXIT	2

/* The signal of a system-call stop has this bit with PTRACE_O_TRACESYSGOOD. */
#define SYSGOOD_BIT		0x80

struct user_regs {
	unsigned long ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs,
		orig_eax, eip, cs, eflags, esp, ss;
};

/* of struct user, whose registers come first */
#define USER_SIZE		284
#define USER_DEBUGREG		252	/* offset of the debug registers */

/* PTRACE_GETREGSET, and the notes of a core file */
#define NT_PRSTATUS		1
#define NT_PRFPREG		2
#define NT_PRPSINFO		3
#define NT_AUXV			6
#define NT_386_TLS		0x200
#define NT_X86_XSTATE		0x202
#define NT_FILE			0x46494C45
#define NT_PRXFPREG		0x46E62B7F
#define NT_SIGINFO		0x53494749

#define FPREGS_SIZE		108	/* as FNSAVE stores them */
#define FPXREGS_SIZE		512	/* as FXSAVE does */

#define PTRACE_SYSCALL_INFO_NONE	0
#define PTRACE_SYSCALL_INFO_ENTRY	1
#define PTRACE_SYSCALL_INFO_EXIT	2
#define AUDIT_ARCH_I386			0x40000003

struct ptrace_syscall_info {
	unsigned char op, pad[3];
	unsigned int arch;
	unsigned long long instruction_pointer, stack_pointer;
	union {
		struct {
			unsigned long long nr, args[6];
		} entry;
		struct {
			long long rval;
			unsigned char is_error;
		} exit;
	};
};

#endif
