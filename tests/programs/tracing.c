/*
 * A small debugger: it traces a child's system calls, single-steps it, sets a
 * breakpoint, and changes memory and registers.
 */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static volatile int variable = 1;
static const char message[] = "from the child\n";

/* Runs ten rounds of two instructions, and calls that need no library. */
static void __attribute__((noinline)) body(void)
{
	int n, pid;

	asm volatile("mov $10, %0\n1:\tdec %0\n\tjnz 1b" : "=r"(n));
	asm volatile("int $0x80" : "=a"(pid) : "a"(SYS_getpid) : "memory");
	asm volatile("int $0x80"
		     : "=a"(n)
		     : "a"(SYS_write), "b"(1), "c"(message),
		       "d"(sizeof(message) - 1)
		     : "memory");
	asm volatile("int $0x80" : : "a"(SYS_exit), "b"(variable));
}

static void __attribute__((noinline)) breakpoint_here(void)
{
	asm volatile("nop");
	variable++;
}

static pid_t start(void)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		breakpoint_here();
		body();
	}
	waitpid(pid, &status, 0);
	printf("stopped %d by %s\n", WIFSTOPPED(status),
	       sigabbrev_np(WSTOPSIG(status)));
	return pid;
}

static struct user_regs_struct registers(pid_t pid)
{
	struct user_regs_struct regs = { 0 };

	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	return regs;
}

static void calls(void)
{
	pid_t pid = start();
	int status, n = 0, entry = 1;

	CALL(ptrace(PTRACE_SETOPTIONS, pid, NULL,
		    (void *)PTRACE_O_TRACESYSGOOD));
	CALL(ptrace(PTRACE_POKEDATA, pid, (void *)&variable, (void *)40));
	for (;; entry = !entry, n++) {
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		waitpid(pid, &status, 0);
		if (!WIFSTOPPED(status))
			break;
		struct user_regs_struct regs = registers(pid);

		if (regs.orig_eax == SYS_getpid)
			printf("%s getpid: %d\n", entry ? "enter" : "leave",
			       entry ? (int)regs.eax : regs.eax == pid);
		else if (regs.orig_eax == SYS_write)
			printf("%s write %ld %ld: %ld\n",
			       entry ? "enter" : "leave", regs.ebx, regs.edx,
			       regs.eax);
		else if (regs.orig_eax == SYS_exit)
			printf("exit %ld\n", regs.ebx);
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			printf("stop signal %d\n", WSTOPSIG(status));
	}
	printf("status %d\n", WEXITSTATUS(status));
	CALL(ptrace(PTRACE_CONT, pid, NULL, NULL));
	CALL(variable);
}

static void breakpoint(void)
{
	pid_t pid = start();
	char *place = (char *)breakpoint_here;
	long old = ptrace(PTRACE_PEEKTEXT, pid, place, NULL);
	int status;

	printf("text read: %d\n", old == *(long *)place);
	CALL(ptrace(PTRACE_POKETEXT, pid, place,
		    (void *)((old & ~0xFFl) | 0xCC)));
	printf("own text unchanged: %d\n", *(long *)place == old);
	CALL(ptrace(PTRACE_CONT, pid, NULL, NULL));
	waitpid(pid, &status, 0);
	struct user_regs_struct regs = registers(pid);
	printf("stopped by %s after the breakpoint: %d\n",
	       sigabbrev_np(WSTOPSIG(status)), regs.eip == (long)place + 1);
	CALL(ptrace(PTRACE_POKETEXT, pid, place, (void *)old));
	regs.eip--;
	CALL(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	CALL(ptrace(PTRACE_POKEDATA, pid, (void *)&variable, (void *)70));
	CALL(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	waitpid(pid, &status, 0);
	printf("status %d\n", WEXITSTATUS(status));
}

/* Steps from the first instruction of body() to its first system call. */
static void steps(void)
{
	pid_t pid = start();
	int status, n = 0, inside = 0, rounds = 0;
	long last = 0;

	for (; n < 10000; n++) {
		ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL);
		waitpid(pid, &status, 0);
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
			break;
		struct user_regs_struct regs = registers(pid);

		inside |= regs.eip == (long)body;
		if (inside && regs.eip < last && last - regs.eip < 8)
			rounds++;
		last = regs.eip;
		if (inside &&
		    (ptrace(PTRACE_PEEKTEXT, pid, (void *)last, NULL) &
		     0xFFFF) == 0x80CD)
			break;
	}
	printf("inside %d, jumps back %d\n", inside, rounds);
	CALL(ptrace(PTRACE_PEEKUSER, pid,
		    (void *)offsetof(struct user_regs_struct, eax), NULL));
	CALL(ptrace(PTRACE_POKEUSER, pid,
		    (void *)offsetof(struct user_regs_struct, eax),
		    (void *)SYS_getppid));
	CALL(ptrace(PTRACE_PEEKDATA, pid, (void *)16, NULL));
	CALL(kill(pid, SIGUSR1));
	CALL(ptrace(PTRACE_CONT, pid, NULL, NULL));
	waitpid(pid, &status, 0);
	printf("before the signal: %s\n",
	       WIFSTOPPED(status) ? sigabbrev_np(WSTOPSIG(status)) : "gone");
	CALL(ptrace(PTRACE_CONT, pid, NULL, NULL));
	waitpid(pid, &status, 0);
	printf("status %d\n", WEXITSTATUS(status));
}

int main(void)
{
	calls();
	breakpoint();
	steps();
	return 0;
}
