/*
 * Who traces whom: attaching to running, stopped and forbidden processes, stops
 * of the whole group, and what parent and tracer learn.
 */
#include "thread.h"
#include "tracing.h"

static void attach(void)
{
	int pid = untraced(wait_for_ever);

	CHECK(ptrace(PTRACE_ATTACH, pid, 0, 0) == 0);
	CHECK(status_of(pid) == STOPPED(SIGSTOP));
	CHECK(siginfo_of(pid).si_signo == SIGSTOP);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, pid, 0, 0), EPERM);
	CHECK(ptrace(PTRACE_DETACH, pid, 0, 0) == 0);
	sleep_ms(20);
	CHECK(waitpid(pid, NULL, WNOHANG | WUNTRACED) == 0);
	CHECK_ERRNO(ptrace(PTRACE_DETACH, pid, 0, 0), ESRCH);
	CHECK(ptrace(PTRACE_ATTACH, pid, 0, 0) == 0);
	CHECK(status_of(pid) == STOPPED(SIGSTOP));
	CHECK_ERRNO(ptrace(PTRACE_DETACH, pid, 0, 100), EIO);
	CHECK(ptrace(PTRACE_DETACH, pid, 0, SIGTERM) == 0);
	CHECK(status_of(pid) == SIGTERM);
}

/* Checks that a process that is stopped already is at hand at once. */
static void attach_stopped(void)
{
	int pid = untraced(wait_for_ever), status;

	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(ptrace(PTRACE_ATTACH, pid, 0, 0) == 0);
	CHECK(waitpid(pid, &status, WNOHANG) == pid);
	CHECK(status == STOPPED(SIGSTOP));
	CHECK(regs_of(pid).esp != 0);
	/* the SIGSTOP that attaching sends */
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGSTOP));
	CHECK(siginfo_of(pid).si_signo == SIGSTOP);
	CHECK(ptrace(PTRACE_DETACH, pid, 0, 0) == 0);
	/* it belongs to a group that has stopped */
	sleep_ms(20);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid && status == 0xFFFF);
	end(pid);
}

static void try_as_user(int pid)
{
	int child = fork();

	if (child == 0) {
		CHECK(setuid(1000) == 0);
		CHECK_ERRNO(ptrace(PTRACE_ATTACH, pid, 0, 0), EPERM);
		CHECK_ERRNO(ptrace(PTRACE_SEIZE, pid, 0, 0), EPERM);
		CHECK_ERRNO(ptrace(PTRACE_ATTACH, 1, 0, 0), EPERM);
		_exit(0);
	}
	CHECK(wait_status(child) == 0);
}

static void just_wait(void *unused)
{
	(void)unused;
	await_word(1);
}

static void refusals(void)
{
	int pid = fork();
	struct thread thread;

	if (pid == 0)
		_exit(0);
	sleep_ms(20);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, pid, 0, 0), EPERM);	/* a zombie */
	CHECK(wait_status(pid) == 0);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, pid, 0, 0), ESRCH);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, 0, 0, 0), ESRCH);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, -5, 0, 0), ESRCH);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, getpid(), 0, 0), EPERM);
	start(&thread, just_wait, NULL);
	CHECK_ERRNO(ptrace(PTRACE_ATTACH, thread.id, 0, 0), EPERM);
	word = 1;
	join(&thread);
	pid = untraced(wait_for_ever);
	try_as_user(pid);
	CHECK_ERRNO(ptrace(PTRACE_SEIZE, pid, 4, 0), EIO);
	CHECK_ERRNO(ptrace(PTRACE_SEIZE, pid, 0, 0x10000), EIO);
	CHECK_ERRNO(ptrace(PTRACE_SEIZE, 0, 4, 0), ESRCH);
	end(pid);
}

static void seize(void)
{
	int pid = untraced(wait_for_ever), status;
	siginfo_t info;

	CHECK(ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) == 0);
	sleep_ms(20);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK_ERRNO(ptrace(PTRACE_CONT, pid, 0, 0), ESRCH);
	CHECK_ERRNO(ptrace(PTRACE_LISTEN, pid, 0, 0), ESRCH);
	CHECK(ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0);
	CHECK(status_of(pid) == AT_EVENT(STOP));
	info = siginfo_of(pid);
	CHECK(info.si_signo == SIGTRAP && info.si_pid == pid);
	CHECK(info.si_code == (SIGTRAP | PTRACE_EVENT_STOP << 8));
	/* while it is stopped: one more stop */
	CHECK(ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(STOP));
	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == STOPPED(SYSGOOD) &&
	      regs_of(pid).eax == (unsigned)-ENOSYS);
	CHECK_ERRNO(ptrace(PTRACE_LISTEN, pid, 0, 0), EIO);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	end(pid);
	pid = traced(wait_for_ever);
	CHECK_ERRNO(ptrace(PTRACE_INTERRUPT, pid, 0, 0), EIO);
	CHECK_ERRNO(ptrace(PTRACE_LISTEN, pid, 0, 0), EIO);
	end(pid);
}

/* Checks that a seized process can stay stopped with its group. */
static void listen_to_group(void)
{
	int pid = untraced(wait_for_ever), status;

	CHECK(ptrace(PTRACE_SEIZE, pid, 0, 0) == 0);
	CHECK(kill(pid, SIGSTOP) == 0 && status_of(pid) == STOPPED(SIGSTOP));
	CHECK(next_stop(pid, PTRACE_CONT, SIGSTOP) ==
	      EVENT(PTRACE_EVENT_STOP, SIGSTOP));
	CHECK(siginfo_of(pid).si_code ==
	      (SIGSTOP | PTRACE_EVENT_STOP << 8));
	CHECK(ptrace(PTRACE_LISTEN, pid, 0, 0) == 0);
	CHECK_ERRNO(ptrace(PTRACE_CONT, pid, 0, 0), ESRCH);
	sleep_ms(20);
	CHECK(waitpid(pid, &status, WNOHANG | WUNTRACED) == 0);
	CHECK(ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0);
	CHECK(status_of(pid) == EVENT(PTRACE_EVENT_STOP, SIGSTOP));
	CHECK(ptrace(PTRACE_LISTEN, pid, 0, 0) == 0);
	CHECK(kill(pid, SIGCONT) == 0 && status_of(pid) == AT_EVENT(STOP));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGCONT));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	/* SIGCONT is told also while it runs */
	CHECK(kill(pid, SIGCONT) == 0 && status_of(pid) == AT_EVENT(STOP));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	end(pid);
}

/* Without PTRACE_SEIZE the stop looks like the signal, but has no siginfo. */
static void old_group_stop(void)
{
	int pid = traced(wait_for_ever), status;
	siginfo_t info;

	CHECK(next_stop(pid, PTRACE_CONT, SIGSTOP) == STOPPED(SIGSTOP));
	CHECK_ERRNO(ptrace(PTRACE_GETSIGINFO, pid, 0, (unsigned)&info),
		    EINVAL);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	sleep_ms(20);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);	/* it runs */
	CHECK(kill(pid, SIGUSR1) == 0 && status_of(pid) == STOPPED(SIGUSR1));
	end(pid);
}

/* A tracer that is not the parent: traces pid until it has ended. */
static int start_tracer(int pid, int options, int *ready)
{
	int tracer = fork(), status;
	char byte;

	if (tracer == 0) {
		CHECK(ptrace(PTRACE_SEIZE, pid, 0, options) == 0);
		CHECK(write(ready[1], "x", 1) == 1);
		CHECK(waitpid(pid, &status, (int)__WALL) == pid);
		CHECK(status == STOPPED(SIGUSR1));
		CHECK(next_stop(pid, PTRACE_CONT, SIGUSR1) == SIGUSR1);
		CHECK(write(ready[1], "y", 1) == 1);
		_exit(0);
	}
	CHECK(read(ready[0], &byte, 1) == 1 && byte == 'x');
	return tracer;
}

/* Checks that the tracer sees an end first, then the parent. */
static void two_waiters(void)
{
	int pid = untraced(wait_for_ever), ready[2], tracer;
	char byte;

	CHECK(pipe(ready) == 0);
	tracer = start_tracer(pid, 0, ready);
	CHECK(waitpid(pid, NULL, WNOHANG | WUNTRACED) == 0);
	CHECK(kill(pid, SIGUSR1) == 0);
	CHECK(status_of(pid) == SIGUSR1);
	CHECK(read(ready[0], &byte, 1) == 1 && byte == 'y');
	CHECK(wait_status(tracer) == 0);
}

/* A tracer that attaches, waits for a stop, and dies. */
static void dying_tracer(int pid, int options)
{
	int tracer = fork();

	if (tracer == 0) {
		CHECK(ptrace(PTRACE_SEIZE, pid, 0, options) == 0);
		CHECK(ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0);
		CHECK(status_of(pid) == AT_EVENT(STOP));
		_exit(0);
	}
	CHECK(wait_status(tracer) == 0);
}

static void tracer_dies(void)
{
	int pid = untraced(wait_for_ever), status;

	dying_tracer(pid, 0);
	sleep_ms(20);
	CHECK(waitpid(pid, &status, WNOHANG | WUNTRACED) == 0);
	dying_tracer(pid, PTRACE_O_EXITKILL);
	CHECK(status_of(pid) == SIGKILL);
}

static int thread_tracee;

static void trace_and_end(void *unused)
{
	(void)unused;
	CHECK(ptrace(PTRACE_ATTACH, thread_tracee, 0, 0) == 0);
	word = 1;
	await_word(2);
}

/* Checks that a tracer is a thread: others wait, but cannot steer. */
static void tracing_thread(void)
{
	struct thread thread;
	int status;

	thread_tracee = untraced(wait_for_ever);
	start(&thread, trace_and_end, NULL);
	await_word(1);
	CHECK(status_of(thread_tracee) == STOPPED(SIGSTOP));
	CHECK_ERRNO(ptrace(PTRACE_CONT, thread_tracee, 0, 0), ESRCH);
	word = 2;
	join(&thread);
	sleep_ms(20);
	CHECK(waitpid(thread_tracee, &status, WNOHANG) == 0);
	CHECK(ptrace(PTRACE_ATTACH, thread_tracee, 0, 0) == 0);
	CHECK(status_of(thread_tracee) == STOPPED(SIGSTOP));
	end(thread_tracee);
}

/* Checks that SIGKILL ends a stop, but not the one that tells of the end. */
static void killed_while_stopped(void)
{
	int pid = traced_with(wait_for_ever, PTRACE_O_TRACEEXIT), status;

	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(status_of(pid) == AT_EVENT(EXIT) && message_of(pid) == SIGKILL);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == SIGKILL);
	pid = traced_with(wait_for_ever, PTRACE_O_TRACEEXIT);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(status_of(pid) == AT_EVENT(EXIT));
	CHECK(kill(pid, SIGKILL) == 0);
	sleep_ms(20);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == SIGKILL);
}

TESTS({ "attach", "attach, detach", attach },
      { "attach_stopped", "attach to a stopped process", attach_stopped },
      { "refusals", "zombies, itself, strangers", refusals },
      { "seize", "seize and interrupt", seize },
      { "listen", "stopped with the group", listen_to_group },
      { "old_group_stop", "the same without seizing", old_group_stop },
      { "two_waiters", "a tracer and a parent", two_waiters },
      { "tracer_dies", "a tracer dies", tracer_dies },
      { "tracing_thread", "a thread traces", tracing_thread },
      { "killed", "a stopped process is killed", killed_while_stopped })
