/* ptrace: the events that a tracer can ask for, and new children. */
#include <abi/clone.h>
#include "tracing.h"

#define FORKS \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

static void fork_once(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(3);
	_exit(wait_status(pid) == 3 << 8 ? 4 : 5);
}

/* Checks that a new child is traced from its birth, and ends as one. */
static void forks(void)
{
	int pid = traced_with(fork_once, FORKS), child;
	siginfo_t info;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(FORK));
	child = message_of(pid);
	CHECK(child > 0 && child != pid);
	info = siginfo_of(pid);
	CHECK(info.si_signo == SIGTRAP &&
	      info.si_code == (SIGTRAP | PTRACE_EVENT_FORK << 8));
	CHECK(status_of(child) == STOPPED(SIGSTOP));
	CHECK(regs_of(child).eax == 0);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(next_stop(child, PTRACE_CONT, 0) == 3 << 8);
	CHECK(status_of(pid) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, SIGCHLD) == 4 << 8);
}

/* Without the option children are not traced. */
static void without(void)
{
	int pid = traced_with(fork_once, PTRACE_O_TRACECLONE);

	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, SIGCHLD) == 4 << 8);
}

static void vfork_once(void)
{
	int pid = vfork();

	if (pid == 0)
		_exit(3);
	_exit(wait_status(pid) == 3 << 8 ? 4 : 5);
}

static void vforks(void)
{
	int pid = traced_with(vfork_once, FORKS | PTRACE_O_TRACEVFORKDONE);
	int child;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(VFORK));
	child = message_of(pid);
	CHECK(status_of(child) == STOPPED(SIGSTOP));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(next_stop(child, PTRACE_CONT, 0) == 3 << 8);
	CHECK(status_of(pid) == AT_EVENT(VFORK_DONE));
	CHECK(message_of(pid) == (unsigned)child);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, SIGCHLD) == 4 << 8);
}

static void clone_some(void)
{
	static const unsigned flags[] = { 0, SIGUSR1, SIGCHLD | CLONE_UNTRACED,
					  SIGCHLD | CLONE_PTRACE };

	for (int i = 0; i < 4; i++) {
		int pid = syscall(__NR_clone, flags[i], 0, 0, 0, 0), status;

		if (pid == 0)
			_exit(i);
		CHECK(waitpid(pid, &status, (int)__WALL) == pid);
	}
}

/* Checks the events of clone(), which depend on the signal of the end. */
static void clones(void)
{
	int pid = traced_with(clone_some, FORKS | PTRACE_O_EXITKILL), child;

	for (int i = 0; i < 2; i++) {
		CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(CLONE));
		child = message_of(pid);
		CHECK(status_of(child) == STOPPED(SIGSTOP));
		CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
		if (i == 0) {	/* before the end, which tells nobody */
			kill(pid, SIGUSR2);
			CHECK(status_of(pid) == STOPPED(SIGUSR2));
		}
		CHECK(next_stop(child, PTRACE_CONT, 0) == i << 8);
	}
	CHECK(status_of(pid) == STOPPED(SIGUSR1));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(FORK));
	child = message_of(pid);
	CHECK(status_of(child) == STOPPED(SIGSTOP));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(next_stop(child, PTRACE_CONT, 0) == 3 << 8);
	CHECK(status_of(pid) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 0);
}

static void run_true(void)
{
	execve("/bin/true", (char *[]){ "true", NULL }, environ);
	_exit(99);
}

static void execs(void)
{
	int pid = traced_with(run_true, PTRACE_O_TRACEEXEC |
						PTRACE_O_TRACESYSGOOD);

	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == STOPPED(SYSGOOD));
	CHECK(regs_of(pid).orig_eax == __NR_execve);
	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == AT_EVENT(EXEC));
	CHECK(message_of(pid) == (unsigned)pid);
	/* and the exit of the call */
	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == STOPPED(SYSGOOD));
	CHECK(regs_of(pid).eax == 0 && regs_of(pid).orig_eax == __NR_execve);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 0);
}

static void exit_7(void)
{
	_exit(7);
}

static void exits(void)
{
	int pid = traced_with(exit_7, PTRACE_O_TRACEEXIT);

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(EXIT));
	CHECK(message_of(pid) == 7 << 8 && regs_of(pid).esp > 0x1000);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 7 << 8);
	pid = traced_with(wait_for_ever, PTRACE_O_TRACEEXIT);
	CHECK(next_stop(pid, PTRACE_CONT, SIGTERM) == AT_EVENT(EXIT));
	CHECK(message_of(pid) == SIGTERM);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == SIGTERM);
}

static volatile int go;

static void fork_when_told(void)
{
	while (!go)
		sleep_ms(1);
	fork_once();
}

/* A seized process's child stops without a signal. */
static void seized_child(void)
{
	int pid = untraced(fork_when_told), child;

	CHECK(ptrace(PTRACE_SEIZE, pid, 0, FORKS) == 0);
	CHECK(ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0);
	CHECK(status_of(pid) == AT_EVENT(STOP));
	CHECK(ptrace(PTRACE_POKEDATA, pid, (unsigned)&go, 1) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(FORK));
	child = message_of(pid);
	CHECK(status_of(child) == AT_EVENT(STOP));
	CHECK(ptrace(PTRACE_INTERRUPT, child, 0, 0) == 0);
	CHECK(next_stop(child, PTRACE_CONT, 0) == AT_EVENT(STOP));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(next_stop(child, PTRACE_CONT, 0) == 3 << 8);
	CHECK(status_of(pid) == STOPPED(SIGCHLD));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 4 << 8);
}

static void options(void)
{
	int pid = traced(wait_for_ever);

	CHECK_ERRNO(ptrace(PTRACE_SETOPTIONS, pid, 0, 0x80000000), EINVAL);
	CHECK_ERRNO(ptrace(PTRACE_SETOPTIONS, pid, 0, 0x101), EINVAL);
	CHECK(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_MASK) == 0);
	CHECK(ptrace(PTRACE_SETOPTIONS, pid, 0, 0) == 0);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK_ERRNO(ptrace(PTRACE_SETOPTIONS, pid, 0, 0), ESRCH);
	end(pid);
}

/* Checks what waitid() says of a tracee. */
static void waitid_news(void)
{
	int pid = traced_with(exit_7, PTRACE_O_TRACEEXIT);
	siginfo_t info;

	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(syscall(__NR_waitid, P_PID, pid, &info, WEXITED | WNOWAIT,
		      NULL) == 0);
	CHECK(info.si_code == CLD_TRAPPED && info.si_pid == pid);
	CHECK(info.si_status == (SIGTRAP | PTRACE_EVENT_EXIT << 8));
	CHECK(status_of(pid) == AT_EVENT(EXIT));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 7 << 8);
}

TESTS({ "forks", "fork()", forks }, { "without", "no option", without },
      { "vforks", "vfork() and its end", vforks },
      { "clones", "kinds of clone()", clones }, { "execs", "exec", execs },
      { "exits", "the end", exits },
      { "seized_child", "a seized process's child", seized_child },
      { "options", "options that do not exist", options },
      { "waitid", "waitid()", waitid_news })
