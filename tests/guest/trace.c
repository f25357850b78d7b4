/* ptrace: what a tracer sees and changes, from system calls to single steps. */
#include "tracing.h"

static volatile int count;
static int word = 1000;

static void note(int sig)
{
	(void)sig;
	count++;
}

/*
 * Lets the child go on. Returns the signal it stops with, or 1000 plus its
 * status, or 2000 plus its deadly signal.
 */
static int go_on(int pid, int request, int sig)
{
	int status;

	CHECK(ptrace(request, pid, 0, sig) == 0 &&
	      waitpid(pid, &status, 0) == pid);
	if (WIFSTOPPED(status))
		return WSTOPSIG(status);
	if (WIFEXITED(status))
		return 1000 + WEXITSTATUS(status);
	return 2000 + WTERMSIG(status);
}

static int peek(int pid, void *addr)
{
	int value;

	CHECK(ptrace(PTRACE_PEEKDATA, pid, (unsigned)addr, (unsigned)&value) ==
	      0);
	return value;
}

static void some_calls(void)
{
	if (syscall(__NR_getpid) != getpid())
		_exit(1);
	word = syscall(__NR_getuid);
	_exit(word == 77 ? 7 : 8);
}

static void system_calls(void)
{
	struct user_regs r;
	int pid = traced(some_calls);

	CHECK(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD) == 0);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD);
	r = regs_of(pid);
	CHECK(r.orig_eax == __NR_getpid && r.eax == (unsigned)-ENOSYS);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD &&
	      regs_of(pid).eax == (unsigned)pid);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD &&
	      go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD &&
	      regs_of(pid).orig_eax == __NR_getuid);
	r = regs_of(pid);
	r.orig_eax = __NR_getppid;		/* another call in its place, */
	CHECK(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&r) == 0);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD &&
	      regs_of(pid).eax == (unsigned)getpid());
	r = regs_of(pid);
	r.eax = 77;					/* and another result */
	CHECK(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&r) == 0);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SYSGOOD);
	CHECK((regs_of(pid).orig_eax == __NR_exit ||
	       regs_of(pid).orig_eax == __NR_exit_group) &&
	      regs_of(pid).ebx == 7);
	CHECK(peek(pid, &word) == 77 && word == 1000);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == 1007);
}

static void skipped_call(void)
{
	_exit(syscall(__NR_getppid) != 77);
}

/* Skips a system call, and sets its result. */
static void no_call(void)
{
	int pid = traced(skipped_call);
	struct user_regs r;

	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SIGTRAP);
	r = regs_of(pid);
	CHECK(r.orig_eax == __NR_getppid);
	r.orig_eax = -1;
	r.eax = 77;
	CHECK(ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&r) == 0);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SIGTRAP &&
	      regs_of(pid).eax == 77);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1000);
}

static void failing_call(void)
{
	CHECK_ERRNO(syscall(__NR_close, 3000), EBADF);
}

static void results(void)
{
	int pid = traced(failing_call);

	/* without the option only a SIGTRAP */
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SIGTRAP &&
	      regs_of(pid).ebx == 3000);
	CHECK(go_on(pid, PTRACE_SYSCALL, 0) == SIGTRAP &&
	      regs_of(pid).eax == (unsigned)-EBADF);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1000);
}

static int text_word(int n)
{
	return n + 1;
}

/* a call that the compiler cannot foresee */
static int (*volatile call)(int) = text_word;

static void check_poked(void)
{
	CHECK(word == 2000);
	word++;
	raise(SIGTRAP);
}

/*
 * Checks that a tracer's write copies memory still shared with the parent.
 * Program text can be written for a breakpoint.
 */
static void peek_and_poke(void)
{
	int pid = traced(check_poked), value, *text = (int *)text_word;

	CHECK(peek(pid, &word) == 1000);
	CHECK(ptrace(PTRACE_POKEDATA, pid, (unsigned)&word, 2000) == 0);
	CHECK(word == 1000 && peek(pid, &word) == 2000);
	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGTRAP &&
	      peek(pid, &word) == 2001 && word == 1000);
	CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, pid, 0x10, (unsigned)&value), EIO);
	CHECK_ERRNO(ptrace(PTRACE_POKEDATA, pid, 0x10, 1), EIO);
	CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, pid, 0xC0100000, (unsigned)&value),
		    EIO);
	value = peek(pid, text);
	CHECK(value == *text &&
	      ptrace(PTRACE_POKETEXT, pid, (unsigned)text, 0xCCCCCCCC) == 0);
	CHECK(peek(pid, text) == (int)0xCCCCCCCC && *text == value &&
	      call(1) == 2);
	CHECK(ptrace(PTRACE_POKETEXT, pid, (unsigned)text, value) == 0);
	CHECK(ptrace(PTRACE_PEEKUSER, pid, 12 * 4, (unsigned)&value) == 0 &&
	      value == (int)regs_of(pid).eip);
	CHECK_ERRNO(ptrace(PTRACE_PEEKUSER, pid, 13, (unsigned)&value), EIO);
	CHECK_ERRNO(ptrace(PTRACE_PEEKUSER, pid, 100000, (unsigned)&value),
		    EIO);
	CHECK_ERRNO(ptrace(12345, pid, 0, 0), EIO);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1000);
}

static void write_text(void)
{
	*(volatile int *)text_word = 0;
}

/* Checks that a tracer's write leaves the text as closed as it was. */
static void poked_text(void)
{
	int pid = traced(write_text), *text = (int *)text_word;

	CHECK(ptrace(PTRACE_POKETEXT, pid, (unsigned)text, peek(pid, text)) ==
	      0);
	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGSEGV);
	CHECK(go_on(pid, PTRACE_CONT, SIGSEGV) == 2000 + SIGSEGV);
}

static void use_text(void)
{
	signal(SIGTRAP, SIG_DFL);
	_exit(call(41));
}

/*
 * Sets a breakpoint as debuggers do: int3 in the text, the byte put back, one
 * step back.
 */
static void breakpoint(void)
{
	int pid = traced(use_text), *text = (int *)text_word,
	    saved = peek(pid, text);
	struct user_regs r;

	CHECK(ptrace(PTRACE_POKETEXT, pid, (unsigned)text,
		     (saved & ~0xFF) | 0xCC) == 0);
	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGTRAP);
	r = regs_of(pid);
	CHECK(r.eip == (unsigned)text + 1);
	r.eip--;
	CHECK(ptrace(PTRACE_POKETEXT, pid, (unsigned)text, saved) == 0 &&
	      ptrace(PTRACE_SETREGS, pid, 0, (unsigned)&r) == 0);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1042);
}

static void count_signals(void)
{
	signal(SIGUSR1, note);
	signal(SIGUSR2, note);
	raise(SIGUSR1);
	_exit(count);
}

static void signals(void)
{
	int pid = traced(count_signals);
	siginfo_t info;

	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGUSR1 &&
	      ptrace(PTRACE_GETSIGINFO, pid, 0, (unsigned)&info) == 0);
	CHECK(info.si_signo == SIGUSR1 && info.si_code <= 0 &&
	      info.si_pid == pid);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1000);		/* taken away */
	pid = traced(count_signals);
	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGUSR1 &&
	      go_on(pid, PTRACE_CONT, SIGUSR1) == 1001);
	pid = traced(count_signals);
	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGUSR1 &&
	      go_on(pid, PTRACE_CONT, SIGUSR2) == 1001);
	pid = traced(count_signals);
	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGUSR1 &&
	      go_on(pid, PTRACE_CONT, SIGTERM) == 2000 + SIGTERM);
	pid = traced(count_signals);
	CHECK_ERRNO(ptrace(PTRACE_CONT, pid, 0, 1000), EIO);
	CHECK(ptrace(PTRACE_DETACH, pid, 0, 0) == 0 &&
	      wait_status(pid) == 1 << 8);
	CHECK_ERRNO(ptrace(PTRACE_CONT, pid, 0, 0), ESRCH);
}

static void deaths(void)
{
	int pid = traced(wait_for_ever);

	CHECK(kill(pid, SIGKILL) == 0 && WTERMSIG(wait_status(pid)) == SIGKILL);
	pid = traced(wait_for_ever);
	CHECK(ptrace(PTRACE_KILL, pid, 0, 0) == 0 &&
	      WTERMSIG(wait_status(pid)) == SIGKILL);
	pid = traced(wait_for_ever);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK_ERRNO(ptrace(PTRACE_CONT, pid, 0, 0), ESRCH);	/* it runs */
	CHECK_ERRNO(ptrace(PTRACE_CONT, getppid(), 0, 0), ESRCH);
	CHECK(kill(pid, SIGKILL) == 0 && WTERMSIG(wait_status(pid)) == SIGKILL);
}

/*
 * Checks that wait() for any child reports a traced one's stops and another's
 * end.
 */
static void two_children(void)
{
	int a = traced(wait_for_ever), b = fork(), status;

	if (b == 0) {
		sleep_ms(50);
		_exit(4);
	}
	CHECK(waitpid(-1, &status, 0) == b && WEXITSTATUS(status) == 4);
	CHECK(ptrace(PTRACE_CONT, a, 0, 0) == 0 && kill(a, SIGUSR1) == 0);
	CHECK(waitpid(-1, &status, 0) == a && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGUSR1);
	CHECK(ptrace(PTRACE_CONT, a, 0, SIGUSR1) == 0 &&
	      waitpid(-1, &status, 0) == a && WTERMSIG(status) == SIGUSR1);
}

static void run_shell(void)
{
	execve("/bin/sh", (char *[]){ "sh", "-c", "exit 5", NULL }, environ);
	_exit(99);
}

static void exec_stop(void)
{
	int pid = traced(run_shell);

	CHECK(go_on(pid, PTRACE_CONT, 0) == SIGTRAP &&
	      regs_of(pid).esp > 0x1000);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1005);
}

static void few_instructions(void)
{
	__asm__ volatile(
		"mov $1, %%eax; mov $2, %%eax; mov $3, %%eax; mov %0, %%eax; "
		"int $0x80"
		:
		: "i"(__NR_getpid)
		: "eax", "memory");
	_exit(3);
}

static void single_steps(void)
{
	unsigned seen[3] = { 0 }, in_order = 0, last = 0;
	int pid = traced(few_instructions), steps = 0;

	for (;;) {
		struct user_regs r;

		CHECK(go_on(pid, PTRACE_SINGLESTEP, 0) == SIGTRAP);
		r = regs_of(pid);
		if (r.eax >= 1 && r.eax <= 3 &&
		    r.eip >= (unsigned)few_instructions &&
		    r.eip < (unsigned)few_instructions + 30) {
			in_order += !seen[r.eax - 1]++ && r.eax == last + 1;
			last = r.eax;
		}
		if (r.eax == (unsigned)pid || ++steps > 500)
			break;
	}
	CHECK(steps < 500 && in_order == 3);
	CHECK(go_on(pid, PTRACE_CONT, 0) == 1003);
}

/* Checks that a traced child goes on untraced when its tracer has gone. */
static void orphan(void)
{
	int fds[2], pid, alive = 0;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		int child = fork();

		if (child == 0) {
			ptrace(PTRACE_TRACEME, 0, 0, 0);
			raise(SIGSTOP);
			raise(SIGCONT);
			write(fds[1], "x", 1);
			_exit(0);
		}
		CHECK(waitpid(child, NULL, 0) == child);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	close(fds[1]);
	alarm(5);
	CHECK(read(fds[0], &alive, 1) == 1 && alive == 'x');
}

TESTS({ "system_calls", "calls seen and changed", system_calls },
      { "results", "results seen", results },
      { "no_call", "a call left out", no_call },
      { "peek_and_poke", "memory shared and text", peek_and_poke },
      { "poked_text", "text that was written", poked_text },
      { "breakpoint", "a breakpoint", breakpoint },
      { "signals", "signals taken, changed, sent", signals },
      { "deaths", "a traced child is killed", deaths },
      { "two_children", "wait for any child", two_children },
      { "exec_stop", "a stop at exec", exec_stop },
      { "single_steps", "instruction by instruction", single_steps },
      { "orphan", "the tracer dies", orphan })
