/* Shared by the tests of ptrace: requests, and how their stops are read. */
#ifndef GUEST_TRACING_H
#define GUEST_TRACING_H

#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <abi/ptrace.h>

#define SYSGOOD		(SIGTRAP | SYSGOOD_BIT)
/* a status of wait(): stopped by sig, at an event */
#define STOPPED(sig)	((sig) << 8 | 0x7F)
#define EVENT(n, sig)	((n) << 16 | STOPPED(sig))
#define AT_EVENT(n)	EVENT(PTRACE_EVENT_##n, SIGTRAP)

static inline int ptrace(int request, int pid, unsigned addr, unsigned data)
{
	return syscall(__NR_ptrace, request, pid, addr, data);
}

/* Waits for any thread. Returns its status. */
static inline int status_of(int pid)
{
	int status = -1;

	CHECK(waitpid(pid, &status, (int)__WALL) == pid);
	return status;
}

/* Lets a tracee go on with sig. Returns the status of its next stop. */
static inline int next_stop(int pid, int request, int sig)
{
	CHECK(ptrace(request, pid, 0, sig) == 0);
	return status_of(pid);
}

/* Starts a child that asks to be traced, and stops before its work. */
static inline int traced(void (*work)(void))
{
	int pid = fork();

	if (pid == 0) {
		CHECK(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
		raise(SIGSTOP);
		work();
		_exit(0);
	}
	CHECK(status_of(pid) == STOPPED(SIGSTOP));
	return pid;
}

/* The same, with options. */
static inline int traced_with(void (*work)(void), int options)
{
	int pid = traced(work);

	CHECK(ptrace(PTRACE_SETOPTIONS, pid, 0, options) == 0);
	return pid;
}

static inline struct user_regs regs_of(int pid)
{
	struct user_regs r;

	CHECK(ptrace(PTRACE_GETREGS, pid, 0, (unsigned)&r) == 0);
	return r;
}

static inline unsigned message_of(int pid)
{
	unsigned message = -1;

	CHECK(ptrace(PTRACE_GETEVENTMSG, pid, 0, (unsigned)&message) == 0);
	return message;
}

static inline siginfo_t siginfo_of(int pid)
{
	siginfo_t info;

	CHECK(ptrace(PTRACE_GETSIGINFO, pid, 0, (unsigned)&info) == 0);
	return info;
}

static inline void wait_for_ever(void)
{
	for (;;)
		pause();
}

/* Starts a child that is not traced. */
static inline int untraced(void (*work)(void))
{
	int pid = fork();

	if (pid == 0) {
		work();
		_exit(0);
	}
	sleep_ms(20);
	return pid;
}

static inline void end(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0 && status_of(pid) == SIGKILL);
}

#endif
