/*
 * Signal handlers: what they learn of a fault, how they nest, their stacks, and
 * what they may change.
 */
#include "catch.h"
#include <sys/resource.h>
#include <sys/wait.h>

static volatile int depth, deepest;

static char *volatile where;

/* Ends the process with the fault's code. */
static void leave_with_code(int sig, siginfo_t *si, void *context)
{
	(void)context;
	_exit(sig == SIGSEGV && si->si_addr == where ? si->si_code : 99);
}

static int code_of_access(char *address, int write)
{
	int pid = fork();

	if (pid == 0) {
		where = address;
		handle_with(SIGSEGV, leave_with_code, 0);
		if (write)
			*where = 1;
		else
			last = *where;
		_exit(98);
	}
	return WEXITSTATUS(wait_status(pid));
}

static void faults(void)
{
	int pid, status;

	CHECK(code_of_access((char *)0x10, 0) == SEGV_MAPERR);
	CHECK(code_of_access((char *)faults, 1) == SEGV_ACCERR);
	pid = fork();
	if (pid == 0) {				/* blocked: it kills at once */
		handle(SIGSEGV, note, 0);
		block(set_of(SIGSEGV));
		*(volatile char *)0x10 = 1;
		_exit(1);
	}
	status = wait_status(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_IGN);
		*(volatile char *)0x10 = 1;
		_exit(1);
	}
	status = wait_status(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void deeper(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (count++ == 0)
		raise(sig);
	depth--;
}

static void flags_of_actions(void)
{
	struct sigaction action;

	handle(SIGUSR1, deeper, 0);
	raise(SIGUSR1);
	/* the second came after the first was done */
	CHECK(deepest == 1 && count == 2);
	count = deepest = 0;
	handle(SIGUSR1, deeper, SA_NODEFER);
	raise(SIGUSR1);
	CHECK(deepest == 2 && count == 2);
	count = 0;
	handle(SIGUSR1, note, SA_RESETHAND);
	CHECK(sigaction(SIGUSR1, NULL, &action) == 0 &&
	      action.sa_handler == note && action.sa_flags == SA_RESETHAND);
	raise(SIGUSR1);
	CHECK(count == 1 && sigaction(SIGUSR1, NULL, &action) == 0 &&
	      action.sa_handler == SIG_DFL);
}

static char altstack[8192];
static volatile int on_it;

static int is_on_altstack(void)
{
	char here;
	stack_t now;

	CHECK(syscall(__NR_sigaltstack, NULL, &now) == 0);
	CHECK((now.ss_flags == SS_ONSTACK) ==
	      (&here >= altstack && &here < altstack + sizeof(altstack)));
	return now.ss_flags == SS_ONSTACK;
}

static void note_stack(int sig)
{
	stack_t off = { .ss_flags = SS_DISABLE };

	note(sig);
	on_it = is_on_altstack();
	if (on_it)
		CHECK_ERRNO(syscall(__NR_sigaltstack, &off, NULL), EPERM);
}

/* Ends an endless recursion, on the other stack. */
static void overflow(int sig)
{
	note_stack(sig);
	_exit(on_it ? 42 : 1);
}

static int recurse(int n)
{
	volatile char room[2000];

	room[0] = n;
	return n < 0 ? 0 : recurse(n + 1) + room[0];
}

/* Recurses until the stack's limit, which is less than all memory. */
static int recurse_to_the_limit(void)
{
	struct rlimit limit = { 200000, 200000 };

	CHECK(syscall(__NR_setrlimit, RLIMIT_STACK, &limit) == 0);
	return recurse(0);
}

static void alternate_stack(void)
{
	stack_t stack = { .ss_sp = altstack, .ss_size = sizeof(altstack) }, now,
		small = { .ss_sp = altstack, .ss_size = 1000 };
	int pid;

	CHECK(syscall(__NR_sigaltstack, NULL, &now) == 0 &&
	      now.ss_flags == SS_DISABLE);
	CHECK_ERRNO(syscall(__NR_sigaltstack, &small, NULL), ENOMEM);
	CHECK(syscall(__NR_sigaltstack, &stack, NULL) == 0 &&
	      !is_on_altstack());
	handle(SIGUSR1, note_stack, SA_ONSTACK);
	raise(SIGUSR1);
	CHECK(on_it == 1 && !is_on_altstack());
	handle(SIGUSR1, note_stack, 0);
	raise(SIGUSR1);
	CHECK(on_it == 0 && count == 2);
	pid = fork();				/* the child has it too */
	if (pid == 0) {
		handle(SIGSEGV, overflow, SA_ONSTACK);
		_exit(recurse_to_the_limit());
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 42);
	pid = fork();		/* without it SIGSEGV has no stack to run on */
	if (pid == 0) {
		handle(SIGSEGV, overflow, 0);
		_exit(recurse_to_the_limit());
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGSEGV);
	stack.ss_flags = SS_DISABLE;
	CHECK(syscall(__NR_sigaltstack, &stack, &now) == 0 &&
	      now.ss_sp == altstack && now.ss_size == sizeof(altstack));
}

/*
 * Changes the saved registers, which is allowed, and the flags that protect the
 * kernel, which is not.
 */
static void change_context(int sig, siginfo_t *si, void *context)
{
	struct ucontext *uc = context;

	(void)si;
	note(sig);
	uc->uc_mcontext.eax = 1234;
	uc->uc_mcontext.eflags |= 0x3200;		/* IOPL 3, IF */
	uc->uc_sigmask[0] |= (unsigned long)set_of(SIGUSR2);
}

static void contexts(void)
{
	unsigned value, flags;
	sigset_t now;

	handle_with(SIGUSR1, change_context, 0);
	__asm__ volatile("int $0x80; pushf; pop %1"
			 : "=a"(value), "=r"(flags)
			 : "0"(__NR_kill), "b"(getpid()), "c"(SIGUSR1)
			 : "memory");
	CHECK(value == 1234 && count == 1 && (flags & 0x3000) == 0);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 &&
	      sigismember(&now, SIGUSR2));
}

TESTS({ "faults", "SIGSEGV's codes, blocked and ignored", faults },
      { "flags_of_actions", "SA_NODEFER, SA_RESETHAND", flags_of_actions },
      { "alternate_stack", "sigaltstack, also for a stack overflow",
	alternate_stack },
      { "contexts", "what a handler may change", contexts })
