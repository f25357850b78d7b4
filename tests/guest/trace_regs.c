/* ptrace: registers of all kinds, watchpoints, steps, and what stops say. */
#include <abi/ldt.h>
#include <abi/uio.h>
#include "tracing.h"

#define DEBUGREG(n)	(USER_DEBUGREG + 4 * (n))
#define HITS		0xF		/* of DR6 */

static volatile int watched, other, noted;

static void use_fpu(void)
{
	static const double two = 2;
	double result = 0;

	__asm__ volatile("fldl %0" : : "m"(two));
	raise(SIGUSR1);
	__asm__ volatile("fstpl %0" : "=m"(result));
	_exit(result == 1 ? 1 : 2);
}

/* Checks that both formats show 2.0 on the FPU's stack, and 1.0 is taken. */
static void fpu_registers(void)
{
	static const unsigned char two[] = { 0, 0, 0, 0, 0, 0, 0, 0x80,
					     0x00, 0x40 },
				   one[] = { 0, 0, 0, 0, 0, 0, 0, 0x80,
					     0xFF, 0x3F };
	unsigned char old[108], new[512] __attribute__((aligned(16)));
	int pid = traced(use_fpu);

	CHECK(ptrace(PTRACE_GETFPREGS, pid, 0, (unsigned)old) == 0);
	CHECK(*(unsigned *)old % 0x10000 == 0x37F);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGUSR1));
	CHECK(ptrace(PTRACE_GETFPREGS, pid, 0, (unsigned)old) == 0);
	CHECK(memcmp(old + 28, two, 10) == 0);
	memcpy(old + 28, one, 10);
	if (ptrace(PTRACE_GETFPXREGS, pid, 0, (unsigned)new) == 0) {
		CHECK(memcmp(new + 32, two, 10) == 0);
		CHECK(new[0] == 0x7F && new[1] == 3 && new[4] == 0x80);
		new[24 + 2] = 0xFF;		/* MXCSR */
		CHECK_ERRNO(ptrace(PTRACE_SETFPXREGS, pid, 0, (unsigned)new),
			    EINVAL);
	} else {
		CHECK(errno == ENODEV || errno == EIO);
	}
	CHECK(ptrace(PTRACE_SETFPREGS, pid, 0, (unsigned)old) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 1 << 8);
}

static void register_sets(void)
{
	unsigned words[20];
	struct iovec piece = { words, sizeof(words) };
	int pid = traced(wait_for_ever);
	struct user_regs r = regs_of(pid);

	words[17] = 0x55;
	CHECK(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, (unsigned)&piece) ==
	      0);
	CHECK(piece.iov_len == sizeof(r) && words[17] == 0x55);
	CHECK(memcmp(words, &r, sizeof(r)) == 0);
	piece.iov_len = 8;
	words[0] = 0x1234;
	words[2] = 0x55;
	CHECK(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, (unsigned)&piece) ==
	      0);
	CHECK(piece.iov_len == 8 && regs_of(pid).ebx == 0x1234 &&
	      regs_of(pid).edx == r.edx);
	piece.iov_len = 7;
	CHECK_ERRNO(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS,
			   (unsigned)&piece),
		    EINVAL);
	piece.iov_len = 8;
	CHECK_ERRNO(ptrace(PTRACE_GETREGSET, pid, 77, (unsigned)&piece),
		    EINVAL);
	CHECK_ERRNO(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, 0), EFAULT);
	piece = (struct iovec){ words, 2000 };
	CHECK(ptrace(PTRACE_GETREGSET, pid, NT_386_TLS, (unsigned)&piece) ==
		      0 && piece.iov_len == 48);
	end(pid);
}

/* Checks that selectors and flags cannot harm the kernel. */
static void bad_registers(void)
{
	int pid = traced(wait_for_ever);
	struct user_regs r = regs_of(pid), bad = r;

	bad.cs = 8;
	CHECK_ERRNO(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&bad), EIO);
	bad = r;
	bad.ds = 0x10;
	CHECK_ERRNO(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&bad), EIO);
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, 16 * 4, 0x10), EIO);
	bad = r;
	bad.eflags = -1ul;
	CHECK(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&bad) == 0);
	CHECK(!((regs_of(pid).eflags ^ r.eflags) & 0x23200));
	CHECK_ERRNO(ptrace(PTRACE_SETREGS, pid, 0, 4), EFAULT);
	CHECK_ERRNO(ptrace(PTRACE_GETREGS, pid, 0, 4), EFAULT);
	if (!on_64_bits())		/* which ignores what it has not */
		CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, 200, 0), EIO);
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, 288, 0), EIO);
	end(pid);
}

static void thread_areas(void)
{
	struct user_desc d = { .base_addr = 0x1000, .limit = 0xFFFFF,
			       .seg_32bit = 1, .limit_in_pages = 1,
			       .useable = 1 };
	int pid = traced(wait_for_ever), first;

	for (first = 6; first < 13; first++)
		if (ptrace(PTRACE_GET_THREAD_AREA, pid, first, (unsigned)&d) ==
		    0)
			break;
	d = (struct user_desc){ .entry_number = first, .base_addr = 0x1000,
				.limit = 0xFFFFF, .seg_32bit = 1,
				.limit_in_pages = 1, .useable = 1 };
	CHECK(ptrace(PTRACE_SET_THREAD_AREA, pid, first, (unsigned)&d) == 0);
	d.base_addr = 0;
	CHECK(ptrace(PTRACE_GET_THREAD_AREA, pid, first, (unsigned)&d) == 0);
	CHECK(d.base_addr == 0x1000 && (int)d.entry_number == first);
	CHECK_ERRNO(ptrace(PTRACE_GET_THREAD_AREA, pid, 100, (unsigned)&d),
		    EINVAL);
	CHECK_ERRNO(ptrace(PTRACE_GET_THREAD_AREA, pid, -1, (unsigned)&d),
		    EIO);
	end(pid);
}

static unsigned debugreg(int pid, int n)
{
	unsigned value;

	CHECK(ptrace(PTRACE_PEEKUSER, pid, DEBUGREG(n), (unsigned)&value) ==
	      0);
	return value;
}

static void __attribute__((noinline)) change_watched(void)
{
	other = 1;
	watched = 7;
	other = watched;
	_exit(watched);
}

/* a call that the compiler cannot see through */
static void (*volatile change)(void) = change_watched;

static void call_change(void)
{
	change();
}

/* Checks that a write is reported after it, by the third breakpoint. */
static void watchpoint(void)
{
	int pid = traced(call_change), value;

	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(2), (unsigned)&watched) ==
	      0);
	/* on writes of four bytes */
	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(7), 0x0D000010) == 0);
	CHECK(debugreg(pid, 2) == (unsigned)&watched &&
	      debugreg(pid, 7) == 0x0D000010);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGTRAP));
	CHECK(siginfo_of(pid).si_code == TRAP_HWBKPT);
	CHECK((debugreg(pid, 6) & HITS) == 4);
	CHECK(ptrace(PTRACE_PEEKDATA, pid, (unsigned)&watched,
		     (unsigned)&value) == 0 && value == 7);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 7 << 8);
}

static void breakpoint(void)
{
	int pid = traced(call_change);

	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(0),
		     (unsigned)change_watched) == 0);
	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(7), 1) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGTRAP));
	CHECK(siginfo_of(pid).si_code == TRAP_HWBKPT);
	CHECK(regs_of(pid).eip == (unsigned)change_watched);
	CHECK((debugreg(pid, 6) & HITS) == 1);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 7 << 8);
}

static void bad_debug_registers(void)
{
	int pid = traced(wait_for_ever);

	if (!on_64_bits())
		CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(0),
				   0xFFFFF000),
			    EINVAL);
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(4), 0), EIO);
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(5), 0), EIO);
	CHECK(debugreg(pid, 4) == 0 && debugreg(pid, 0) == 0);
	/* a port; an instruction of two bytes; four bytes at an odd address */
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(7), 0x20001),
		    EINVAL);
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(7), 0x40001),
		    EINVAL);
	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(1), 0x8048001) == 0);
	CHECK_ERRNO(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(7), 0xD00004),
		    EINVAL);
	CHECK(debugreg(pid, 7) == 0);
	end(pid);
}

static void fork_and_change(void)
{
	int pid = fork();

	if (pid == 0)
		change_watched();
	_exit(wait_status(pid) >> 8);
}

/* Checks that neither a child nor a new program is watched. */
static void not_inherited(void)
{
	int pid = traced(fork_and_change);

	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(0), (unsigned)&watched) ==
	      0);
	CHECK(ptrace(PTRACE_POKEUSER, pid, DEBUGREG(7), 0xD0001) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 7 << 8);
}

static void note(int sig)
{
	(void)sig;
	noted++;
}

static void handle_signal(void)
{
	signal(SIGUSR1, note);
	raise(SIGUSR1);
	_exit(noted);
}

/* Checks that a step leads to the handler's first instruction. */
static void step_into_handler(void)
{
	int pid = traced(handle_signal);

	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGUSR1));
	CHECK(next_stop(pid, PTRACE_SINGLESTEP, SIGUSR1) == STOPPED(SIGTRAP));
	CHECK(regs_of(pid).eip == (unsigned)note);
	CHECK(!(regs_of(pid).eflags & 0x100));
	CHECK(next_stop(pid, PTRACE_SINGLESTEP, 0) == STOPPED(SIGTRAP));
	CHECK(regs_of(pid).eip != (unsigned)note &&
	      siginfo_of(pid).si_code == TRAP_TRACE);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 1 << 8);
}

static void one_call(void)
{
	int result = 0;

	__asm__ volatile("int3; mov %1, %%eax; int $0x80; inc %%eax"
			 : "=&a"(result)
			 : "i"(__NR_getppid)
			 : "memory");
	_exit(result == getppid() + 1 ? 5 : 6);
}

/* Checks that a step over a system call ends just behind it. */
static void step_over_call(void)
{
	int pid = traced(one_call);
	unsigned eip;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGTRAP));
	CHECK(siginfo_of(pid).si_code == SI_KERNEL);
	CHECK(next_stop(pid, PTRACE_SINGLESTEP, 0) == STOPPED(SIGTRAP));
	eip = regs_of(pid).eip;
	CHECK(next_stop(pid, PTRACE_SINGLESTEP, 0) == STOPPED(SIGTRAP));
	CHECK(regs_of(pid).eip == eip + 2 && (int)regs_of(pid).eax == getpid());
	CHECK(next_stop(pid, PTRACE_SINGLESTEP, 0) == STOPPED(SIGTRAP));
	CHECK((int)regs_of(pid).eax == getpid() + 1);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 5 << 8);
}

static void emulated(void)
{
	_exit(syscall(__NR_getppid) == 99 ? 5 : 6);
}

static void leave_calls_out(void)
{
	int pid = traced(emulated);
	struct user_regs r;

	CHECK(next_stop(pid, PTRACE_SYSEMU, 0) == STOPPED(SIGTRAP));
	r = regs_of(pid);
	CHECK(r.orig_eax == __NR_getppid && r.eax == (unsigned)-ENOSYS);
	r.eax = 99;
	CHECK(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&r) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 5 << 8);
}

static int info_of(int pid, struct ptrace_syscall_info *info)
{
	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(*info),
		      (unsigned)info);
}

static void close_none(void)
{
	syscall(__NR_close, -1);
}

static void call_info(void)
{
	int pid = traced_with(close_none, PTRACE_O_TRACESYSGOOD);
	struct ptrace_syscall_info info;

	CHECK(info_of(pid, &info) == 24 &&
	      info.op == PTRACE_SYSCALL_INFO_NONE);
	CHECK(info.arch == AUDIT_ARCH_I386 &&
	      info.instruction_pointer == regs_of(pid).eip &&
	      info.stack_pointer == regs_of(pid).esp);
	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == STOPPED(SYSGOOD));
	CHECK(message_of(pid) == PTRACE_EVENTMSG_SYSCALL_ENTRY);
	CHECK(info_of(pid, &info) == 80);
	CHECK(info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	      info.entry.nr == __NR_close && (int)info.entry.args[0] == -1);
	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == STOPPED(SYSGOOD));
	CHECK(message_of(pid) == PTRACE_EVENTMSG_SYSCALL_EXIT);
	CHECK(info_of(pid, &info) == 33);
	CHECK(info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.is_error &&
	      info.exit.rval == -EBADF);
	CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, 1, (unsigned)&info) == 33);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 0);
}

static void on_info(int sig, siginfo_t *info, void *unused)
{
	(void)sig;
	(void)unused;
	_exit(info->si_pid);
}

static void handle_info(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	action.sa_handler = (void *)on_info;
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

/* Checks that a tracer may change what the program learns of a signal. */
static void change_siginfo(void)
{
	int pid = traced(handle_info);
	siginfo_t info;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGUSR1));
	info = siginfo_of(pid);
	info.si_pid = 77;
	CHECK(ptrace(PTRACE_SETSIGINFO, pid, 0, (unsigned)&info) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, SIGUSR1) == 77 << 8);
	pid = traced(wait_for_ever);
	CHECK_ERRNO(ptrace(PTRACE_SETSIGINFO, pid, 0, 0), EFAULT);
	end(pid);
}

static void signal_mask(void)
{
	unsigned long long mask = 0;
	int pid = traced(handle_signal);

	CHECK_ERRNO(ptrace(PTRACE_GETSIGMASK, pid, 4, (unsigned)&mask),
		    EINVAL);
	mask = -1;
	CHECK(ptrace(PTRACE_SETSIGMASK, pid, 8, (unsigned)&mask) == 0);
	mask = 0;
	CHECK(ptrace(PTRACE_GETSIGMASK, pid, 8, (unsigned)&mask) == 0);
	CHECK(!(mask & 1 << (SIGKILL - 1)) && mask & 1 << (SIGUSR1 - 1));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 0);	/* never noted */
}

TESTS({ "fpu", "FPU registers", fpu_registers },
      { "sets", "register sets", register_sets },
      { "bad", "forbidden registers", bad_registers },
      { "areas", "thread areas", thread_areas },
      { "watchpoint", "a watchpoint", watchpoint },
      { "breakpoint", "a breakpoint of the CPU", breakpoint },
      { "bad_debug", "forbidden watchpoints", bad_debug_registers },
      { "not_inherited", "a child is not watched", not_inherited },
      { "handler", "a step into a handler", step_into_handler },
      { "call", "a step over a system call", step_over_call },
      { "emulate", "calls left out", leave_calls_out },
      { "info", "what a call was", call_info },
      { "siginfo", "another siginfo", change_siginfo },
      { "mask", "another mask", signal_mask })
