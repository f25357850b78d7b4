/* Signal frames without room for them, and returns from bad frames. */
#include <check.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <abi/mman.h>

#define GUARD	4096
#define SMALL	MINSIGSTKSZ

/* An alternate stack, and memory below it that nobody may write to. */
static struct area {
	char guard[GUARD], stack[SMALL];
} *area;

static void use_stack(char *at, int size)
{
	stack_t stack = { .ss_sp = at, .ss_size = size };

	CHECK(syscall(__NR_sigaltstack, &stack, NULL) == 0);
}

static void handle(int sig, void (*handler)(int), unsigned flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

/* Makes a call on another stack, without return. */
static void call_on(void *esp, int number, int a, int b)
{
	__asm__ volatile("movl %0, %%esp\n\tint $0x80\n\thlt"
			 : : "r"(esp), "a"(number), "b"(a), "c"(b) : "memory");
}

static void raise_at_the_end(int sig)
{
	call_on(area->stack + 64, __NR_kill, getpid(), sig);
}

/*
 * Checks that a full alternate stack is SIGSEGV and no write below it. A 64-bit
 * Linux does not check this for 32-bit programs: their frames run on for ever.
 */
static void overflow(void)
{
	static const unsigned kinds[] = { 0, SA_SIGINFO };
	int pid;

	if (on_64_bits())
		return;
	area = (void *)syscall(__NR_mmap2, NULL, sizeof(*area),
			       PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 2; i++) {
		pid = fork();
		if (pid == 0) {
			use_stack(area->stack, SMALL);
			handle(SIGUSR1, raise_at_the_end,
			       SA_ONSTACK | SA_NODEFER | kinds[i]);
			raise(SIGUSR1);
			_exit(0);
		}
		CHECK(WTERMSIG(wait_status(pid)) == SIGSEGV);
		for (int at = 0; at < GUARD; at++)
			CHECK(area->guard[at] == 0);
	}
}

static char other_stack[8192];

static void exit_3(int sig)
{
	(void)sig;
	_exit(3);
}

static void exit_4(int sig)
{
	(void)sig;
	_exit(4);
}

static int status_of_child(int number, int handled)
{
	int pid = fork();

	if (pid == 0) {
		if (handled) {
			use_stack(other_stack, sizeof(other_stack));
			handle(SIGSEGV, exit_3, SA_ONSTACK);
		}
		handle(SIGUSR1, exit_4, 0);
		call_on((void *)16, number, getpid(), SIGUSR1);
	}
	return wait_status(pid);
}

/* Checks that a frame without room is SIGSEGV. Its handler may have a stack. */
static void no_stack(void)
{
	CHECK(WEXITSTATUS(status_of_child(__NR_kill, 1)) == 3);
	CHECK(WTERMSIG(status_of_child(__NR_kill, 0)) == SIGSEGV);
}

static void wild_frames(void)
{
	CHECK(WEXITSTATUS(status_of_child(__NR_sigreturn, 1)) == 3);
	CHECK(WTERMSIG(status_of_child(__NR_sigreturn, 0)) == SIGSEGV);
	CHECK(WEXITSTATUS(status_of_child(__NR_rt_sigreturn, 1)) == 3);
	CHECK(WTERMSIG(status_of_child(__NR_rt_sigreturn, 0)) == SIGSEGV);
}

static int set_stack(int flags, int size)
{
	stack_t stack = { .ss_sp = other_stack, .ss_flags = flags,
			  .ss_size = size };

	return syscall(__NR_sigaltstack, &stack, NULL);
}

static void settings(void)
{
	CHECK_ERRNO(set_stack(SS_ONSTACK | SS_DISABLE, 8192), EINVAL);
	CHECK_ERRNO(set_stack(4, 8192), EINVAL);
	CHECK_ERRNO(set_stack(0x40000000, 8192), EINVAL);
	CHECK_ERRNO(set_stack(0, MINSIGSTKSZ - 1), ENOMEM);
	CHECK_ERRNO(syscall(__NR_sigaltstack, 16, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_sigaltstack, NULL, 16), EFAULT);
	CHECK(set_stack(SS_ONSTACK, MINSIGSTKSZ) == 0);
	CHECK(set_stack(SS_DISABLE, 0) == 0);
}

TESTS({ "overflow", "handlers that fill their other stack", overflow },
      { "no_stack", "no room for a frame", no_stack },
      { "wild_frames", "sigreturn without a frame", wild_frames },
      { "settings", "flags and sizes of another stack", settings })
