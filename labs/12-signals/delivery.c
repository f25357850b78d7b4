/*
 * Lab 12: what signals do without a handler, and what a handler finds on its
 * stack and leaves behind.
 */
#include "catch.h"
#include <cowix.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <abi/resource.h>

#define CARRY 1u
#define DIRECTION 0x400u
#define HIGH 40			/* a signal in the upper half of the mask */
#define NOWHERE 0x1234		/* no program goes on there */
#define STACK 16384

/* What stands in the registers when the signal comes, and afterwards. */
enum { EBX, ECX, EDX, ESI, EDI, EBP, ESP, EAX, FLAGS, NR_VALUES };
unsigned before[NR_VALUES], after[NR_VALUES];
extern char after_kill[];

static int status_of(void (*work)(void))
{
	int pid = fork();

	if (pid == 0) {
		work();
		_exit(99);
	}
	return wait_status(pid);
}

static void unblock_two_of_three(void)
{
	sigset_t two = set_of(SIGTERM) | set_of(SIGUSR1);

	block(two | set_of(SIGHUP));
	raise(SIGTERM);
	raise(SIGUSR1);
	raise(SIGHUP);
	unblock(two);
}

static void lowest(void)
{
	CHECK(status_of(unblock_two_of_three) == SIGUSR1);
}

static void abort_with_core(void)
{
	unsigned limit[2] = { 0xFFFFFFFF, 0xFFFFFFFF };

	CHECK(syscall(__NR_setrlimit, RLIMIT_CORE, &limit) == 0);
	raise(SIGABRT);
}

static void write_nowhere(void)
{
	*(volatile int *)8 = 0;
}

static void core(void)
{
	CHECK(chdir("/tmp") == 0);
	CHECK(status_of(abort_with_core) == (SIGABRT | 0x80));
	CHECK(unlink("core") == 0);
	CHECK((status_of(write_nowhere) & 0x7F) == SIGSEGV);
	unlink("core");
}

/* Nobody could continue this group: its parent is in another session. */
static void stop_alone(void)
{
	CHECK(setsid() > 0);
	raise(SIGTSTP);
	raise(SIGTTIN);
	raise(SIGTTOU);
	_exit(7);
}

static void orphans(void)
{
	int status, pid = fork();

	if (pid == 0)
		stop_alone();
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && status == 7 << 8);
	pid = fork();
	if (pid == 0) {
		CHECK(setsid() > 0);
		raise(SIGSTOP);		/* that one is for everybody */
		_exit(7);
	}
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	CHECK(kill(pid, SIGCONT) == 0 && wait_status(pid) == 7 << 8);
}

/* Sends SIGUSR1 with known values in all registers. */
static void kill_with_values(void)
{
	before[EBX] = getpid();
	before[EAX] = 0;		/* the call's result */
	__asm__ volatile("push %%ebp\n\t"
			 "mov $0x51515151, %%esi\n\t"
			 "mov $0xD1D1D1D1, %%edi\n\t"
			 "mov $0xB9B9B9B9, %%ebp\n\t"
			 "mov %%esp, before + 24\n\t"
			 "std\n\t"
			 "stc\n\t"
			 "int $0x80\n"
			 "after_kill:\n\t"
			 "pushf\n\t"
			 "popl after + 32\n\t"
			 "cld\n\t"
			 "mov %%ebx, after\n\t"
			 "mov %%ecx, after + 4\n\t"
			 "mov %%edx, after + 8\n\t"
			 "mov %%esi, after + 12\n\t"
			 "mov %%edi, after + 16\n\t"
			 "mov %%ebp, after + 20\n\t"
			 "mov %%esp, after + 24\n\t"
			 "mov %%eax, after + 28\n\t"
			 "mov before + 24, %%esp\n\t"
			 "pop %%ebp"
			 :
			 : "a"(__NR_kill), "b"(before[EBX]), "c"(SIGUSR1),
			   "d"(0xD7D7D7D7)
			 : "esi", "edi", "memory", "cc");
}

/* Without SA_SIGINFO the registers lie behind the signal's number. */
static void look_at_frame(int sig, struct sigcontext context)
{
	CHECK(sig == SIGUSR1);
	CHECK((unsigned)&sig % 16 == 0);
	CHECK((unsigned)&context == (unsigned)&sig + 4);
	CHECK((unsigned)(&context + 1) < before[ESP]);
	CHECK(context.eip == (unsigned)after_kill);
	CHECK(context.esp == before[ESP]);
	CHECK(context.eax == 0 && context.ebx == before[EBX]);
	CHECK(context.ebp == 0xB9B9B9B9 && context.edi == 0xD1D1D1D1);
	CHECK(context.oldmask == (unsigned long)set_of(SIGUSR2));
	CHECK(context.eflags & CARRY && context.eflags & DIRECTION);
	_exit(0);
}

static void frame(void)
{
	block(set_of(SIGUSR2));
	handle(SIGUSR1, (sighandler_t)(void (*)(void))look_at_frame, 0);
	kill_with_values();
	CHECK(0);
}

/* Checks that the handler ran, and left no trace. */
static void check_values(void)
{
	CHECK(count == 1 && last == SIGUSR1);
	CHECK(after[EBX] == before[EBX] && after[ECX] == SIGUSR1);
	CHECK(after[EDX] == 0xD7D7D7D7 && after[ESI] == 0x51515151);
	CHECK(after[EDI] == 0xD1D1D1D1 && after[EBP] == 0xB9B9B9B9);
	CHECK(after[ESP] == before[ESP] && after[EAX] == 0);
	CHECK(after[FLAGS] & CARRY && after[FLAGS] & DIRECTION);
}

static void registers(void)
{
	handle(SIGUSR1, note, 0);
	kill_with_values();
	check_values();
}

/* A program as of old, which has no code of its own to return to. */
static void code_in_frame(void)
{
	struct {
		void (*handler)(int);
		unsigned flags, restorer;
		sigset_t mask;
	} action = { .handler = note, .restorer = 16 };

	CHECK(syscall(__NR_rt_sigaction, SIGUSR1, &action, NULL, 8) == 0);
	raise(SIGUSR1);
	CHECK(count == 1);
}

static sigset_t inside;

static void look_at_mask(int sig)
{
	note(sig);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &inside) == 0);
}

static void masks(void)
{
	sigset_t some = set_of(SIGUSR2) | set_of(HIGH), now;

	handle(SIGUSR1, look_at_mask, 0);
	block(some);
	raise(SIGUSR1);
	CHECK(count == 1 && inside == (some | set_of(SIGUSR1)));
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && now == some);
}

static void forge_state(int sig, siginfo_t *si, void *context)
{
	struct sigcontext *sc = &((struct ucontext *)context)->uc_mcontext;

	(void)sig;
	(void)si;
	sc->eip = NOWHERE;
	sc->fpstate = (void *)0xC0000000;
}

static void leave(int sig, siginfo_t *si, void *context)
{
	struct sigcontext *sc = &((struct ucontext *)context)->uc_mcontext;

	(void)sig;
	(void)si;
	CHECK(sc->eip != NOWHERE);
	_exit(0);
}

/* The sigreturn() that fails has changed no register. */
static void bad_state(void)
{
	handle_with(SIGUSR1, forge_state, 0);
	handle_with(SIGSEGV, leave, 0);
	raise(SIGUSR1);
	CHECK(0);
}

static unsigned data_segment;

static void forge_selectors(int sig, siginfo_t *si, void *context)
{
	struct sigcontext *sc = &((struct ucontext *)context)->uc_mcontext;

	(void)sig;
	(void)si;
	sc->fs = data_segment & ~3u;	/* with the kernel's privilege */
	sc->gs = 0;
}

static void selectors(void)
{
	unsigned fs, gs;

	__asm__("mov %%ds, %0" : "=r"(data_segment));
	handle_with(SIGUSR1, forge_selectors, 0);
	raise(SIGUSR1);
	__asm__ volatile("mov %%fs, %0" : "=r"(fs));
	__asm__ volatile("mov %%gs, %0" : "=r"(gs));
	CHECK(fs == data_segment && gs == 0);
}

/*
 * There is no memory for the page of the frame, at the first try. The rehearsal
 * brings in all other pages.
 */
static void no_memory(void)
{
	stack_t stack = { .ss_size = STACK };

	registers();
	count = 0;
	stack.ss_sp = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(stack.ss_sp != MAP_FAILED);
	CHECK(syscall(__NR_sigaltstack, &stack, NULL) == 0);
	handle(SIGUSR1, note, SA_ONSTACK);
	fail_alloc(1);
	kill_with_values();
	CHECK(fail_alloc(0) >= 1);
	check_values();
}

TESTS({ "lowest", "the lowest that is not blocked", lowest },
      { "core", "some leave a core file", core },
      { "orphans", "stops where nobody continues", orphans },
      { "frame", "what a handler finds on its stack", frame },
      { "registers", "they are the same afterwards", registers },
      { "code_in_frame", "a handler without a restorer", code_in_frame },
      { "masks", "what a handler blocks, and afterwards", masks },
      { "bad_state", "a state of the FPU that is none", bad_state },
      { "selectors", "segments of the program's own", selectors },
      { "no_memory", "a frame that is written twice", no_memory })
