/* ptrace: threads, each traced for itself, and exec by one of them. */
#include "thread.h"
#include "tracing.h"

#define CLONES	(PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

static void call_and_end(void *unused)
{
	(void)unused;
	syscall(__NR_getppid);
}

static void with_thread(void)
{
	struct thread thread;

	start(&thread, call_and_end, NULL);
	join(&thread);
	_exit(6);
}

/* Checks that a thread stops alone, and stays until it was waited for. */
static void threads(void)
{
	int pid = traced_with(with_thread, CLONES), tid, status;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(CLONE));
	tid = message_of(pid);
	CHECK(status_of(tid) == STOPPED(SIGSTOP));
	CHECK(regs_of(tid).esp != regs_of(pid).esp);
	CHECK_ERRNO(waitpid(tid, &status, (int)__WCLONE | 0x100), EINVAL);
	CHECK(next_stop(tid, PTRACE_SYSCALL, 0) == STOPPED(SIGTRAP));
	CHECK(regs_of(tid).orig_eax == __NR_getppid);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(ptrace(PTRACE_CONT, tid, 0, 0) == 0);
	sleep_ms(50);
	/* the process is not dead for wait() before its thread is */
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(WIFEXITED(status_of(tid)));
	CHECK(status_of(pid) == 6 << 8);
}

static void waiting_thread(void *unused)
{
	(void)unused;
	wait_for_ever();
}

static void with_idle_thread(void)
{
	struct thread thread;

	start(&thread, waiting_thread, NULL);
	wait_for_ever();
}

/* Starts a process whose second thread is traced, too, and stopped. */
static int start_two(int *tid, int options)
{
	int pid = traced_with(with_idle_thread, CLONES | options);

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(CLONE));
	*tid = message_of(pid);
	CHECK(status_of(*tid) == STOPPED(SIGSTOP));
	return pid;
}

/* Checks that a signal for one thread is shown there, and kills all. */
static void signals(void)
{
	int tid, pid = start_two(&tid, PTRACE_O_TRACEEXIT);

	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(ptrace(PTRACE_CONT, tid, 0, 0) == 0);
	CHECK(syscall(__NR_tgkill, pid, tid, SIGUSR1) == 0);
	CHECK(status_of(tid) == STOPPED(SIGUSR1));
	CHECK(next_stop(tid, PTRACE_CONT, SIGUSR1) == AT_EVENT(EXIT));
	CHECK(message_of(tid) == SIGUSR1);
	CHECK(status_of(pid) == AT_EVENT(EXIT));
	CHECK(next_stop(tid, PTRACE_CONT, 0) == SIGUSR1);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == SIGUSR1);
}

/* Checks that both threads stop with their group, and each goes on alone. */
static void group_stop(void)
{
	int tid, pid = start_two(&tid, 0), status;

	CHECK(ptrace(PTRACE_CONT, tid, 0, 0) == 0);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(syscall(__NR_tgkill, pid, tid, SIGSTOP) == 0);
	CHECK(status_of(tid) == STOPPED(SIGSTOP));
	CHECK(next_stop(tid, PTRACE_CONT, SIGSTOP) == STOPPED(SIGSTOP));
	CHECK(status_of(pid) == STOPPED(SIGSTOP));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	sleep_ms(20);
	CHECK(waitpid(-1, &status, WNOHANG | (int)__WALL) == 0);
	CHECK(syscall(__NR_tgkill, pid, pid, SIGUSR1) == 0);
	CHECK(status_of(pid) == STOPPED(SIGUSR1));
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(status_of(tid) == SIGKILL && status_of(pid) == SIGKILL);
}

static void attach_to_thread(void)
{
	int pid = untraced(with_idle_thread), tid = pid + 1, status;

	CHECK(ptrace(PTRACE_ATTACH, tid, 0, 0) == 0);
	CHECK(status_of(tid) == STOPPED(SIGSTOP));
	/* the other one runs, and is not traced */
	CHECK_ERRNO(ptrace(PTRACE_CONT, pid, 0, 0), ESRCH);
	CHECK(ptrace(PTRACE_DETACH, tid, 0, 0) == 0);
	CHECK_ERRNO(waitpid(tid, &status, WNOHANG), ECHILD);
	end(pid);
}

static void run_true(void *unused)
{
	(void)unused;
	execve("/bin/true", (char *[]){ "true", NULL }, environ);
}

static void exec_in_thread(void)
{
	struct thread thread;

	start(&thread, run_true, NULL);
	wait_for_ever();
}

/*
 * Checks exec by the second thread: it gets the number of the process, and the
 * message tells the one it had. Nobody tells of its end, nor of the other's.
 */
static void exec_by_thread(void)
{
	int pid = traced_with(exec_in_thread, CLONES), tid, status;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(CLONE));
	tid = message_of(pid);
	CHECK(status_of(tid) == STOPPED(SIGSTOP));
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(next_stop(tid, PTRACE_SYSCALL, 0) == STOPPED(SIGTRAP));
	CHECK(regs_of(tid).orig_eax == __NR_execve);
	CHECK(ptrace(PTRACE_SYSCALL, tid, 0, 0) == 0);
	CHECK(status_of(pid) == AT_EVENT(EXEC));
	CHECK(message_of(pid) == (unsigned)tid);
	CHECK_ERRNO(waitpid(tid, &status, (int)__WALL), ECHILD);
	CHECK(next_stop(pid, PTRACE_SYSCALL, 0) == STOPPED(SIGTRAP));
	CHECK(regs_of(pid).orig_eax == __NR_execve && regs_of(pid).eax == 0);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 0);
}

/* Checks that exec ends even a first thread that is stopped. */
static void exec_with_stopped_thread(void)
{
	int pid = traced_with(exec_in_thread, CLONES), tid;

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(CLONE));
	tid = message_of(pid);
	CHECK(status_of(tid) == STOPPED(SIGSTOP));
	CHECK(ptrace(PTRACE_CONT, tid, 0, 0) == 0);
	CHECK(status_of(pid) == AT_EVENT(EXEC));
	CHECK(next_stop(pid, PTRACE_CONT, 0) == 0);
}

static void thread_asks(void *unused)
{
	(void)unused;
	CHECK(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
	syscall(__NR_tgkill, getpid(), my_tid(), SIGSTOP);
}

static void asking_thread(void)
{
	struct thread thread;

	start(&thread, thread_asks, NULL);
	join(&thread);
	_exit(2);
}

/* Checks that a thread may ask to be traced. */
static void traceme(void)
{
	int pid = untraced(asking_thread), status, tid;

	tid = waitpid(-1, &status, (int)__WALL);
	CHECK(tid > 0 && tid != pid && status == STOPPED(SIGSTOP));
	CHECK(WIFEXITED(next_stop(tid, PTRACE_CONT, 0)));
	CHECK(status_of(pid) == 2 << 8);
}

TESTS({ "threads", "a thread is traced", threads },
      { "signals", "a signal for a thread", signals },
      { "group_stop", "threads stop with their group", group_stop },
      { "attach", "attach to a thread", attach_to_thread },
      { "exec", "exec by a thread", exec_by_thread },
      { "exec_stopped", "exec, and the first one is stopped",
	exec_with_stopped_thread },
      { "traceme", "a thread asks for it", traceme })
