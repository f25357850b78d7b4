/* Tracers: of a working child, and of any process that lets them. */
#include <signal.h>
#include <sys/wait.h>
#include <abi/ptrace.h>
#include "fuzz.h"

#define WALL	0x40000000

static unsigned registers[140];

static unsigned any_signal(void)
{
	return chance(70) ? 0 : roll(70);
}

/* Changes some of the tracee's registers. */
static void change_registers(int pid)
{
	struct user_regs *r = (struct user_regs *)registers;

	if (call(__NR_ptrace, PTRACE_GETREGS, pid, 0, r) < 0)
		return;
	for (int i = roll(4); i > 0; i--)
		registers[roll(17)] = wild_word();
	if (chance(50))
		r->eip = (unsigned)landing;
	if (chance(30))
		r->eflags = word() & 0x003F7FD5;
	if (chance(20))
		r->orig_eax = wild_word();
	call(__NR_ptrace, PTRACE_SETREGS, pid, 0, r);
}

static void look(int pid)
{
	call(__NR_ptrace, PTRACE_PEEKDATA, pid, some_place(), registers);
	call(__NR_ptrace, PTRACE_PEEKUSER, pid, roll(75) * 4, registers);
	call(__NR_ptrace, 14 + roll(6), pid, 0, registers);
}

static void change(int pid)
{
	switch (roll(5)) {
	case 0:
		call(__NR_ptrace, PTRACE_POKEDATA, pid, some_place(), word());
		break;
	case 1:
		call(__NR_ptrace, PTRACE_POKETEXT, pid, landing, 0xCCCCCCCC);
		break;
	case 2:
		call(__NR_ptrace, PTRACE_POKEUSER, pid, roll(75) * 4,
		     wild_word());
		break;
	case 3:
		for (int i = 0; i < 140; i++)
			registers[i] = chance(50) ? word() : 0;
		call(__NR_ptrace, 15 + 4 * roll(2), pid, 0, registers);
		break;
	default:
		change_registers(pid);
	}
}

static void let_go(int pid)
{
	static const int requests[] = {
		PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SINGLESTEP,
	};

	call(__NR_ptrace, requests[roll(3)], pid, 0, any_signal());
}

/* Traces a child for some stops, and then leaves it to itself. */
void trace_child(void)
{
	int status, pid;

	if (depth_left <= 0)
		return;
	pid = call(__NR_fork);
	if (pid == 0) {
		call(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		kill(getpid(), SIGSTOP);
		work(word(), 40, 0);
	}
	if (pid < 0)
		return;
	add_pid(pid);
	for (int i = 10 + roll(30); i > 0; i--) {
		if (call(__NR_wait4, pid, &status, WALL, 0) < 0 ||
		    !WIFSTOPPED(status))
			return;
		if (chance(30))
			look(pid);
		if (chance(30))
			change(pid);
		let_go(pid);
	}
	if (chance(60))
		call(__NR_ptrace, PTRACE_DETACH, pid, 0, any_signal());
	else if (chance(60))
		call(__NR_ptrace, PTRACE_KILL, pid, 0, 0);
}

/* Traces any process that the pool knows, in any state. */
void trace_somebody(void)
{
	int pid = argument('i');

	if (chance(40))
		call(__NR_ptrace, 16, pid, 0, 0);	/* PTRACE_ATTACH */
	call(__NR_wait4, pid, registers, WALL | WNOHANG | WUNTRACED, 0);
	look(pid);
	change(pid);
	let_go(pid);
}
