/*
 * Attempts of a program to leave ring 3: virtual-8086 mode, foreign flags,
 * gates, selectors, privileged instructions. Each ends the program or does
 * nothing. QEMU's IRET enters virtual-8086 mode for anybody.
 */
#include <check.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <abi/ldt.h>
#include <abi/ptrace.h>

#define TF 0x100
#define IF 0x200
#define IOPL 0x3000
#define NT 0x4000
#define VM 0x20000
#define AC 0x40000
#define LOW ((unsigned char *)0x2000)	/* code for virtual-8086 mode */

/*
 * Runs work in a child. Returns the signal it dies of, or 1000 plus its status.
 */
static int outcome(void (*work)(void))
{
	int pid = fork(), status;

	if (pid == 0) {
		work();
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status)
				   : 1000 + WEXITSTATUS(status);
}

static unsigned flags(void)
{
	unsigned value;

	__asm__ volatile("pushfl; popl %0" : "=r"(value));
	return value;
}

static void set_flags(unsigned value)
{
	__asm__ volatile("pushl %0; popfl" : : "r"(value) : "cc", "memory");
}

/*
 * Executes IRET with VM set and the frame of virtual-8086 mode. A kernel
 * without that mode takes its ES, DS, FS and GS for CS, EFLAGS, ESP and SS.
 */
static void enter_vm86(void)
{
	__asm__ volatile("pushl $0x10; pushl $0x7FF0; pushl $0x0002;"
			 "pushl $0x0008; pushl $0x5000; pushl $0x1000;"
			 "pushl $0x23202; pushl $0x200; pushl $0; iret"
			 : : : "memory");
}

static const unsigned char *code;
static int code_size;

static void run_code(void)
{
	void *at = (void *)0x1000;

	CHECK(mmap(at, 0xF000, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
	memset(at, 0xF4, 0xF000);		/* HLT */
	memcpy(LOW, code, code_size);
	alarm(20);
	enter_vm86();
}

static int vm86_outcome(const void *bytes, int n)
{
	code = bytes;
	code_size = n;
	return outcome(run_code);
}
#define IN_VM86(bytes) vm86_outcome(bytes, sizeof(bytes) - 1)

/*
 * Returns 1 for a 64-bit Linux in QEMU, which does not survive this: the
 * emulator enters the mode.
 */
static int emulator_fails(void)
{
	unsigned leaf = 0x40000000, name[3];

	if (!on_64_bits())
		return 0;
	__asm__("cpuid" : "+a"(leaf), "=b"(name[0]), "=c"(name[1]),
		"=d"(name[2]));
	return memcmp(name, "TCGTCGTCGTCG", sizeof(name)) == 0;
}

static void vm86(void)
{
	if (emulator_fails())
		return;
	CHECK(IN_VM86("\xEB\xFE") == SIGSEGV);			/* jmp $ */
	CHECK(IN_VM86("\x66\xB8\x14\0\0\0\xCD\x80\xEB\xFE") == SIGSEGV);
	CHECK(IN_VM86("\x66\xB8\x02\0\0\0\xCD\x80\xEB\xFE") == SIGSEGV);
	CHECK(IN_VM86("\x66\xB8\x72\0\0\0\xCD\x80\xEB\xFE") == SIGSEGV);
	CHECK(IN_VM86("\xCC\xEB\xFE") == SIGSEGV);		/* int3 */
	CHECK(IN_VM86("\x31\xC9\xF7\xF1\xEB\xFE") == SIGSEGV);	/* div 0 */
	CHECK(IN_VM86("\xF4") == SIGSEGV);
	CHECK(IN_VM86("\x0F\x0B") == SIGSEGV);			/* ud2 */
	CHECK(IN_VM86("\xA1\x00\xF0\xA1\xFF\xFF") == SIGSEGV);
	CHECK(IN_VM86("\xE4\x21") == SIGSEGV);		/* in al, 0x21 */
	CHECK(IN_VM86("\xD9\xE8\xEB\xFE") == SIGSEGV);		/* fld1 */
	CHECK(IN_VM86("\x9C\x58\x0D\x00\x41\x50\x9D\xEB\xFE") == SIGSEGV);
}

static void handler_exits(int sig)
{
	(void)sig;
	_exit(77);
}

static void caught_vm86(void)
{
	signal(SIGSEGV, handler_exits);
	run_code();
}

static void blocked_vm86(void)
{
	sigset_t set;

	signal(SIGSEGV, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_BLOCK, &set, NULL);
	run_code();
}

/*
 * Checks signals of that mode. Real processors refuse IRET, with a signal that
 * can be caught.
 */
static void vm86_signals(void)
{
	int end;

	if (emulator_fails())
		return;
	code = (const unsigned char *)"\xEB\xFE";
	code_size = 2;
	end = outcome(caught_vm86);
	CHECK(end == SIGSEGV || end == 1077);
	CHECK(outcome(blocked_vm86) == SIGSEGV);
}

static void nested_return(void)
{
	set_flags(flags() | NT);
	if (syscall(__NR_getppid) <= 0 || syscall(__NR_getpid) <= 0)
		_exit(1);
	__asm__ volatile("pushfl; orl $0x4000, (%%esp); popfl;"
			 "pushfl; pushl %%cs; pushl $1f; iret; 1:"
			 :
			 :
			 : "memory");
	_exit(2);
}

static void nested_fork(void)
{
	int pid;

	set_flags(flags() | NT);
	pid = fork();
	if (pid == 0)
		_exit(7);
	_exit(WEXITSTATUS(wait_status(pid)) == 7 ? 0 : 1);
}

static void nested_task(void)
{
	CHECK(outcome(nested_return) == SIGSEGV);
	CHECK(outcome(nested_fork) == 1000);
}

static volatile int steps;

static void count_step(int sig)
{
	(void)sig;
	steps++;
}

/* Steps over calls. No step is reported inside the kernel, and none is lost. */
static void stepping(void)
{
	int pid = getpid(), got = 0;

	signal(SIGTRAP, count_step);
	__asm__ volatile("pushfl; orl $0x100, (%%esp); popfl;"
			 "movl $20, %%eax; int $0x80; movl %%eax, %0;"
			 "movl %%ss, %%ecx; movl $20, %%eax; movl %%ecx, %%ss;"
			 "int $0x80; nop;"
			 "pushfl; andl $~0x100, (%%esp); popfl"
			 : "=&d"(got) : : "eax", "ecx", "memory");
	CHECK(got == pid);
	CHECK(steps >= 6 && steps < 16);
	CHECK(!(flags() & TF));
	set_flags(flags() | AC);
	CHECK(syscall(__NR_getpid) == pid);
	set_flags(flags() & ~AC);
}

#define INSTRUCTION(name, text) \
	static void name(void) { __asm__ volatile(text); }

INSTRUCTION(do_int1, "int $1")
INSTRUCTION(do_int2, "int $2")
INSTRUCTION(do_int8, "int $8")
INSTRUCTION(do_int14, "int $14")
INSTRUCTION(do_irq0, "int $0x20")
INSTRUCTION(do_int255, "int $255")
INSTRUCTION(do_icebp, ".byte 0xF1")
INSTRUCTION(do_int3, "int3")
INSTRUCTION(do_int3_long, ".byte 0xCD, 3")
INSTRUCTION(do_into, "movb $0x7F, %al; addb $1, %al; into")
INSTRUCTION(do_bound, "pushl $0; pushl $0; movl $9, %eax; bound %eax, (%esp)")
INSTRUCTION(do_hlt, "hlt")
INSTRUCTION(do_cli, "cli")
INSTRUCTION(do_sti, "sti")
INSTRUCTION(do_in, "inb $0x21, %al")
INSTRUCTION(do_out, "outb %al, $0x80")
INSTRUCTION(do_clts, "clts")
INSTRUCTION(do_lgdt, "lgdt (%esp)")
INSTRUCTION(do_lidt, "lidt (%esp)")
INSTRUCTION(do_lldt, "xorl %eax, %eax; lldt %ax")
INSTRUCTION(do_ltr, "movl $0x28, %eax; ltr %ax")
INSTRUCTION(do_lmsw, "smsw %ax; lmsw %ax")
INSTRUCTION(do_cr0, "movl %eax, %cr0")
INSTRUCTION(do_cr3, "movl %cr3, %eax")
INSTRUCTION(do_dr7, "movl %eax, %dr7")
INSTRUCTION(do_invlpg, "invlpg (%esp)")
INSTRUCTION(do_wbinvd, "wbinvd")
INSTRUCTION(do_kernel_cs, "ljmp $0x08, $0")
INSTRUCTION(do_tss, "ljmp $0x28, $0")
INSTRUCTION(do_df_tss, "lcall $0x4B, $0")
INSTRUCTION(do_ldt, "lcall $0x07, $0")
INSTRUCTION(do_beyond, "lcall $0xFFFB, $0")
INSTRUCTION(do_null, "lcall $0, $0")
INSTRUCTION(do_iret_kernel, "pushl $0x10; pushl %esp; pushfl; pushl $8; "
	    "pushl $0; iret")
INSTRUCTION(do_iret_null, "pushfl; pushl $0; pushl $0; iret")
INSTRUCTION(do_kernel_ss, "movl $0x10, %eax; movl %eax, %ss")
INSTRUCTION(do_null_ss, "xorl %eax, %eax; movl %eax, %ss")
INSTRUCTION(do_kernel_ds, "movl $0x10, %eax; movl %eax, %ds")
INSTRUCTION(do_tss_es, "movl $0x48, %eax; movl %eax, %es")
INSTRUCTION(do_kernel_jump, "movl $0xC0100000, %eax; jmp *%eax")
INSTRUCTION(do_top_jump, "movl $0xFFFFFFFF, %eax; jmp *%eax")
INSTRUCTION(do_no_stack, "xorl %esp, %esp; pushl %eax")
INSTRUCTION(do_top_read, "movl 0xFFFFFFFE, %eax")
INSTRUCTION(do_call_no_stack, "movl $3, %esp; movl $20, %eax; int $0x80; "
	    "pushl %eax")

static void instructions(void)
{
	static const struct {
		void (*run)(void);
		int sig;
	} all[] = {
		{ do_int1, SIGSEGV },          { do_int2, SIGSEGV },
		{ do_int8, SIGSEGV },          { do_int14, SIGSEGV },
		{ do_irq0, SIGSEGV },          { do_int255, SIGSEGV },
		{ do_int3, SIGTRAP },          { do_int3_long, SIGTRAP },
		{ do_into, SIGSEGV },          { do_bound, SIGSEGV },
		{ do_hlt, SIGSEGV },           { do_cli, SIGSEGV },
		{ do_sti, SIGSEGV },           { do_in, SIGSEGV },
		{ do_out, SIGSEGV },           { do_clts, SIGSEGV },
		{ do_lgdt, SIGSEGV },          { do_lidt, SIGSEGV },
		{ do_lldt, SIGSEGV },          { do_ltr, SIGSEGV },
		{ do_lmsw, SIGSEGV },          { do_cr0, SIGSEGV },
		{ do_cr3, SIGSEGV },           { do_dr7, SIGSEGV },
		{ do_invlpg, SIGSEGV },        { do_wbinvd, SIGSEGV },
		{ do_kernel_cs, SIGSEGV },     { do_tss, SIGSEGV },
		{ do_df_tss, SIGSEGV },        { do_ldt, SIGSEGV },
		{ do_beyond, SIGSEGV },        { do_null, SIGSEGV },
		{ do_iret_kernel, SIGSEGV },   { do_iret_null, SIGSEGV },
		{ do_kernel_ss, SIGSEGV },     { do_null_ss, SIGSEGV },
		{ do_kernel_ds, SIGSEGV },     { do_tss_es, SIGSEGV },
		{ do_kernel_jump, SIGSEGV },   { do_top_jump, SIGSEGV },
		{ do_no_stack, SIGSEGV },      { do_top_read, SIGSEGV },
		{ do_call_no_stack, SIGSEGV },
	};

	int end = outcome(do_icebp);

	CHECK(end == SIGTRAP || end == SIGILL);		/* QEMU: the latter */
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		end = outcome(all[i].run);
		if (end != all[i].sig)
			printf("  instruction %u: %d\n", i, end);
		CHECK(end == all[i].sig);
	}
}

static unsigned tls_selector(unsigned limit, int contents)
{
	struct user_desc d = {
		.entry_number = -1, .limit = limit, .contents = contents,
		.seg_32bit = 1, .limit_in_pages = 1, .useable = 1,
	};

	CHECK(syscall(__NR_set_thread_area, &d) == 0);
	return d.entry_number * 8 + 3;
}

static void drop_tls(unsigned selector)
{
	struct user_desc d = {
		.entry_number = selector / 8, .read_exec_only = 1,
		.seg_not_present = 1,
	};

	CHECK(syscall(__NR_set_thread_area, &d) == 0);
}

/* Drops the stack segment during a call. Only a signal can return then. */
static void lost_stack_segment(void)
{
	unsigned selector = tls_selector(0xFFFFF, 0);

	__asm__ volatile("movl %0, %%ss" : : "r"(selector) : "memory");
	drop_tls(selector);
	_exit(0);
}

static void lost_data_segments(void)
{
	unsigned selector = tls_selector(0xFFFFF, 0);

	__asm__ volatile("movl %0, %%fs; movl %0, %%gs" : : "r"(selector));
	drop_tls(selector);
	for (int i = 0; i < 20; i++)
		sleep_ms(1);
	_exit(0);
}

/* Uses a stack segment of one byte. A CPU checks that, but QEMU does not. */
static void small_stack_segment(void)
{
	unsigned selector = tls_selector(0, 0);

	__asm__ volatile(
		"movl %0, %%ss; movl $20, %%eax; int $0x80; pushl %%eax"
		:
		: "r"(selector)
		: "eax", "memory");
	_exit(0);
}

/* Uses a stack segment that grows down and has nothing below its limit. */
static void expanding_segment(void)
{
	unsigned selector = tls_selector(0x1000, 1);
	int got;

	__asm__ volatile("movl %1, %%ss; movl $20, %%eax; int $0x80;"
			 "movl %%ds, %%edx; movl %%edx, %%ss; movl %%eax, %0"
			 : "=&b"(got) : "c"(selector) : "eax", "edx", "memory");
	_exit(got == getpid() ? 0 : 1);
}

static void segments(void)
{
	int end = outcome(lost_stack_segment);

	CHECK(end == SIGSEGV || end == SIGBUS);
	CHECK(outcome(lost_data_segments) == 1000);
	end = outcome(small_stack_segment);
	CHECK(end == SIGBUS || end == SIGSEGV || end == 1000);
	CHECK(outcome(expanding_segment) == 1000);
}

static unsigned short wanted_segment;
static int keep_code;

static void forge(int sig, siginfo_t *info, void *context)
{
	struct sigcontext *sc = &((struct ucontext *)context)->uc_mcontext;

	(void)sig;
	(void)info;
	sc->eflags = ~TF;
	sc->ds = sc->es = sc->fs = sc->gs = wanted_segment;
	if (!keep_code)
		sc->cs = sc->ss = wanted_segment;
}

/* Forges a signal's frame, with all flags and the kernel's selectors. */
static void forged_frame(void)
{
	struct sigaction action = { .sa_sigaction = forge,
				    .sa_flags = SA_SIGINFO };
	unsigned now;

	alarm(20);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	now = flags();
	set_flags(now & ~AC);
	__asm__ volatile("cld");
	_exit(now & (IOPL | VM) || !(now & IF) ? 1 : 0);
}

/*
 * Checks frames with bad selectors. Linux ends the program; Cowix gives it its
 * own selectors.
 */
static void frames(void)
{
	static const unsigned short selectors[] = {
		0, 3, 4, 8, 0x10, 0x28, 0x2B, 0x48, 0x33, 0xFFFB, 0xFFFF,
	};

	for (keep_code = 0; keep_code < 2; keep_code++)
		for (unsigned i = 0; i < sizeof(selectors) / 2; i++) {
			int end;

			wanted_segment = selectors[i];
			end = outcome(forged_frame);
			CHECK(end == 1000 || end == SIGSEGV ||
			      (!on_cowix() && end == SIGBUS));
			CHECK(!on_cowix() || end == 1000);
		}
}

static int trace(int request, int pid, void *data)
{
	return syscall(__NR_ptrace, request, pid, 0, data);
}

/* Gives a traced child all flags and the kernel's segments. */
static void traced_registers(void)
{
	struct user_regs regs, now;
	int pid = fork(), status;

	if (pid == 0) {
		trace(PTRACE_TRACEME, 0, NULL);
		raise(SIGSTOP);
		_exit(flags() & (IOPL | VM) || !(flags() & IF) ? 1 : 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	CHECK(trace(PTRACE_GETREGS, pid, &regs) == 0);
	now = regs;
	now.eflags = ~(TF | AC | 0x400);
	now.cs = 8;
	now.ss = now.ds = now.es = 0x10;
	if (trace(PTRACE_SETREGS, pid, &now) != 0) {	/* Linux: EIO */
		now = regs;
		now.eflags = ~(TF | AC | 0x400);
		CHECK(trace(PTRACE_SETREGS, pid, &now) == 0);
	}
	CHECK(trace(PTRACE_GETREGS, pid, &now) == 0);
	CHECK((now.cs & 3) == 3 && (now.ss & 3) == 3);
	CHECK(!(now.eflags & (IOPL | VM)) && now.eflags & IF);
	CHECK(!(now.eflags & NT) || on_64_bits());
	CHECK(trace(PTRACE_CONT, pid, NULL) == 0);
	status = wait_status(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TESTS({ "vm86", "IRET into virtual-8086 mode, and each way out of it", vm86 },
      { "vm86_signals", "its signal caught, ignored, blocked", vm86_signals },
      { "nested_task", "the flag NT in calls, fork and IRET", nested_task },
      { "stepping", "the flags TF and AC over calls", stepping },
      { "instructions", "what only the kernel may do", instructions },
      { "segments", "segments that end too early or vanish", segments },
      { "frames", "signal frames with the kernel's flags and segments",
	frames },
      { "traced", "the same by a tracer", traced_registers })
