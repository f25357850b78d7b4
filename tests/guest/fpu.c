/*
 * Hostile FPU states: exceptions pending at exit, exec, fork, a signal or a
 * switch, and forged frames. Other processes must still find their own state.
 * Bochs has a CPU without FXSAVE.
 */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>

#define UNMASKED 0x0340		/* control word: nothing is masked */
#define MXCSR 24			/* in the FXSAVE image */
#define OLD_STATE 112			/* before it in a frame */

static void use(void)
{
	__asm__ volatile("fninit; fld1; fstp %%st(0)" : : : "memory");
}

/* Divides by zero. The next FPU instruction that waits raises SIGFPE. */
static void pend(void)
{
	unsigned short control = UNMASKED;

	__asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp"
			 : : "m"(control));
}

static int sum_works(void)
{
	int three = 0, one = 1, two = 2;

	__asm__ volatile("fninit; fildl %1; fildl %2; faddp; fistpl %0; fwait"
			 : "=m"(three) : "m"(one), "m"(two));
	return three == 3;
}

/* Runs work in a child, then uses the FPU. Returns the child's raw status. */
static int in_child(void (*work)(void))
{
	int pid = fork(), status;

	if (pid == 0) {
		use();
		work();
		_exit(0);
	}
	status = wait_status(pid);
	CHECK(sum_works());
	return status;
}

static void execute(void)
{
	pend();
	execve("/bin/true", (char *[]){ "true", NULL }, (char *[]){ NULL });
	_exit(1);
}

static void fork_with_it(void)
{
	int pid;

	pend();
	pid = fork();
	if (pid == 0)
		_exit(0);
	_exit(WEXITSTATUS(wait_status(pid)));
}

static void wait_with_it(void)
{
	__asm__ volatile("fwait");
}

static void raise_it(void)
{
	pend();
	wait_with_it();
	_exit(0);
}

static void raise_ignored(void)
{
	signal(SIGFPE, SIG_IGN);
	raise_it();
}

static void pending(void)
{
	int status;

	for (int i = 0; i < 3; i++) {
		CHECK(in_child(pend) == 0);
		CHECK(in_child(use) == 0);
	}
	status = in_child(execute);
	CHECK(WIFEXITED(status));
	CHECK(in_child(fork_with_it) == 0);
	CHECK(WTERMSIG(in_child(raise_it)) == SIGFPE);
	CHECK(WTERMSIG(in_child(raise_ignored)) == SIGFPE);
}

/* Checks a process that computes while another has an exception pending. */
static void switches(void)
{
	int pid = fork();

	if (pid == 0) {
		pend();
		for (;;)
			syscall(__NR_sched_yield);
	}
	for (int i = 0; i < 50; i++) {
		CHECK(sum_works());
		syscall(__NR_sched_yield);
	}
	CHECK(kill(pid, SIGKILL) == 0);
	wait_status(pid);
	CHECK(sum_works());
}

static volatile int handled;

static void compute(int sig)
{
	(void)sig;
	handled += sum_works();
}

static void interrupted(void)
{
	signal(SIGUSR1, compute);
	pend();
	raise(SIGUSR1);
	_exit(handled == 1 ? 0 : 1);
}

static void interrupted_then_waits(void)
{
	signal(SIGUSR1, compute);
	pend();
	raise(SIGUSR1);
	wait_with_it();
	_exit(0);
}

static void handlers(void)
{
	CHECK(in_child(interrupted) == 0);
	CHECK(WTERMSIG(in_child(interrupted_then_waits)) == SIGFPE);
}

static int fill;

/* Fills all FPU state of the frame with any bytes. */
static void forge(int sig, siginfo_t *info, void *context)
{
	struct sigcontext *sc = &((struct ucontext *)context)->uc_mcontext;
	unsigned char *state = sc->fpstate;
	unsigned short magic;

	(void)sig;
	(void)info;
	CHECK(state);
	memcpy(&magic, state + 110, sizeof(magic));
	memset(state, fill, 110);
	if (!magic)
		memset(state + OLD_STATE, fill, 416);
	if (fill == 0)
		sc->fpstate = (void *)0xFFFFFFF0;
	if (fill == 1)
		sc->fpstate = (void *)0xC0000000;
	if (fill == 2)
		sc->fpstate = (char *)sc->fpstate + 1;
}

static void come_back(void)
{
	struct sigaction action = { .sa_sigaction = forge,
				    .sa_flags = SA_SIGINFO };

	use();
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	_exit(0);
}

static void come_back_and_compute(void)
{
	struct sigaction action = { .sa_sigaction = forge,
				    .sa_flags = SA_SIGINFO };

	use();
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	__asm__ volatile("fld1; fwait");
	_exit(0);
}

static void frames(void)
{
	for (fill = 0; fill < 256; fill += fill < 3 ? 1 : 21) {
		int status = in_child(come_back);

		CHECK(WIFEXITED(status) || WTERMSIG(status) == SIGSEGV);
		CHECK(fill > 1 || WTERMSIG(status) == SIGSEGV);
		status = in_child(come_back_and_compute);
		CHECK(WIFEXITED(status) || WTERMSIG(status) == SIGFPE ||
		      WTERMSIG(status) == SIGSEGV);
	}
}

TESTS({ "pending", "exit, exec, fork with an exception pending", pending },
      { "switches", "others go on meanwhile", switches },
      { "handlers", "handlers start clean and give it back", handlers },
      { "frames", "signal frames with any FPU state", frames })
