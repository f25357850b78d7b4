/*
 * ptrace: tracers and tracees that end at an awkward time. A planned sleep
 * holds up a wait() after it has chosen whom to tell of.
 */
#include <cowix.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include "sleeping.h"
#include "thread.h"
#include "tracing.h"

#define CLONES	PTRACE_O_TRACECLONE
#define FILLED	256		/* pages */

/* Makes the next call's copy to the program sleep while others run. */
static void sleep_in_copy(void)
{
	if (on_cowix())
		plan_event(1, PLAN_SLEEP | PLAN_COPY);
}

static void yield_until(int value)
{
	while (word < value)
		sched_yield();
}

/* Returns the status of a child that must end soon. */
static int end_of(int pid)
{
	int status;

	for (int i = 0; i < 300; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		sleep_ms(10);
	}
	CHECK(!"ended");
	return -1;
}

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

/* Starts a process that runs, and whose second thread is stopped. */
static int start_two(int *tid)
{
	int pid = traced_with(with_thread, CLONES);

	CHECK(next_stop(pid, PTRACE_CONT, 0) == AT_EVENT(CLONE));
	*tid = message_of(pid);
	CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	return pid;
}

static int tid, status_told;

static void wait_slowly(void *unused)
{
	(void)unused;
	sleep_in_copy();
	word = 1;
	if (waitpid(tid, &status_told, (int)__WALL) < 0)
		CHECK(errno == ECHILD);
}

/*
 * Checks that a thread that ends untraced stays while a wait() tells of its
 * last stop. Others use its kernel memory if it does not.
 */
static void claimed_thread(void)
{
	static char filled[FILLED * PAGE];
	struct thread thread;
	int pid = start_two(&tid);

	sleep_ms(20);
	start(&thread, wait_slowly, NULL);
	yield_until(1);
	CHECK(ptrace(PTRACE_DETACH, tid, 0, 0) == 0);
	CHECK(status_of(pid) == 6 << 8);
	memset(filled, 0xA7, sizeof(filled));
	join(&thread);
	CHECK(!status_told || status_told == STOPPED(SIGSTOP));
	for (unsigned i = 0; i < sizeof(filled); i++)
		CHECK(filled[i] == (char)0xA7);
}

static int process;

/* Traces a thread until it has ended, and ends as tracer. */
static void trace_two(void *unused)
{
	(void)unused;
	process = start_two(&tid);
	CHECK(status_of(tid) == STOPPED(SIGSTOP));
	CHECK(ptrace(PTRACE_CONT, tid, 0, 0) == 0);
	sleep_ms(20);
	word = 1;
	yield_until(2);
}

/* Tells of an end, which stays news, while the tracer ends. */
static void look_slowly(int pid)
{
	siginfo_t info;

	sleep_in_copy();
	word = 2;
	if (syscall(__NR_waitid, P_PID, pid, &info,
		    WEXITED | WNOWAIT | (int)__WALL, NULL) < 0)
		CHECK(errno == ECHILD);
}

/* Checks that a dead thread goes when its tracer ends in another's wait(). */
static void looked_at_thread(void)
{
	struct thread thread;

	start(&thread, trace_two, NULL);
	await_word(1);
	look_slowly(tid);
	join(&thread);
	CHECK(end_of(process) == 6 << 8);
}

static void seize_process(void *unused)
{
	(void)unused;
	CHECK(ptrace(PTRACE_SEIZE, process, 0, 0) == 0);
	word = 1;
	yield_until(2);
}

static void trace_process(void)
{
	struct thread thread;

	start(&thread, seize_process, NULL);
	await_word(1);
	sleep_ms(50);			/* the parent waits already */
	CHECK(kill(process, SIGKILL) == 0);
	sleep_ms(20);
	look_slowly(process);
	wait_for_ever();
}

/* The same for a process, whose parent waits. */
static void looked_at_process(void)
{
	int tracer;

	process = untraced(wait_for_ever);
	tracer = untraced(trace_process);
	alarm(5);
	CHECK(status_of(process) == SIGKILL);
	end(tracer);
}

static volatile struct {
	int tids[2], tracers;
} *shared;

static void just_wait(void *unused)
{
	(void)unused;
	wait_for_ever();
}

/* Traces the other process's second thread. */
static void trace_other(int me)
{
	struct thread thread;

	start(&thread, just_wait, NULL);
	shared->tids[me] = thread.id;
	while (!shared->tids[!me])
		sleep_ms(1);
	CHECK(ptrace(PTRACE_SEIZE, shared->tids[!me], 0, 0) == 0);
	__sync_fetch_and_add(&shared->tracers, 1);
	while (shared->tracers < 2)
		sleep_ms(1);
}

static void run_true(void)
{
	execve("/bin/true", (char *[]){ "true", NULL }, environ);
}

/* Kills two processes that trace each other's second threads. */
static void kill_two(void (*work)(void))
{
	int pids[2];

	shared = (void *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			trace_other(i);
			work();
			_exit(0);
		}
	}
	while (shared->tracers < 2)
		sleep_ms(1);
	sleep_ms(50);
	for (int i = 0; i < 2; i++)
		CHECK(kill(pids[i], SIGKILL) == 0);
	for (int i = 0; i < 2; i++)
		end_of(pids[i]);
}

static void each_other(void)
{
	kill_two(wait_for_ever);
}

/* The same when each waits in exec for its thread, which the other traces. */
static void each_other_in_exec(void)
{
	kill_two(run_true);
}

/* Checks what /proc tells of a tracer. */
static void tracer_pid(void)
{
	int pid = traced(wait_for_ever), fd, number = -1;
	char path[40], text[800] = "", *line;

	sprintf(path, "/proc/%d/status", pid);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	line = strstr(text, "TracerPid:\t");
	if (line)
		number = atoi(line + 11);
	CHECK(number == getpid());
	CHECK(close(fd) == 0);
	end(pid);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "claimed_thread", "a thread ends while it is told of",
		  claimed_thread },
		{ "looked_at_thread", "a tracer ends in another's wait",
		  looked_at_thread },
		{ "looked_at_process", "the same, and the parent waits",
		  looked_at_process },
		{ "each_other", "two that trace each other are killed",
		  each_other },
		{ "in_exec", "the same in exec", each_other_in_exec },
		{ "tracer_pid", "/proc tells who traces", tracer_pid },
		{ 0 }
	};

	return run_with_proc(tests, argc, argv);
}
