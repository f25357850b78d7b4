/* A parent in vfork() waits for its child, and may be killed meanwhile. */
#include <fcntl.h>
#include <signal.h>
#include "thread.h"

static int report[2];

/* Starts a child that calls vfork(), whose child reports its pid and waits. */
static int waiting_parent(void)
{
	int pid = fork(), own;

	if (pid == 0) {
		if (vfork() == 0) {
			own = syscall(__NR_getpid);
			syscall(__NR_write, report[1], &own, sizeof(own));
			for (;;)
				syscall(__NR_pause);
		}
		_exit(7);
	}
	return pid;
}

static void killed_by(int sig)
{
	int parent, child;

	CHECK(pipe(report) == 0);
	parent = waiting_parent();
	CHECK(read(report[0], &child, sizeof(child)) == sizeof(child));
	sleep_ms(20);
	alarm(5);
	CHECK(kill(parent, sig) == 0);
	CHECK(WTERMSIG(wait_status(parent)) == sig);
	CHECK(kill(child, 0) == 0);	/* it lives on, an orphan */
	CHECK(kill(child, SIGKILL) == 0);
	CHECK(close(report[0]) == 0 && close(report[1]) == 0);
}

static void killed(void)
{
	if (!on_cowix())		/* emulators of Linux fork instead */
		return;
	killed_by(SIGKILL);
	killed_by(SIGTERM);
	killed_by(SIGINT);
}

static volatile int handled;

static void note(int sig)
{
	handled = sig;
}

/*
 * Checks that signals which do not end the parent wait until the child has
 * gone.
 */
static void not_killed(void)
{
	int parent = getpid(), pid, status;

	signal(SIGUSR1, note);
	pid = vfork();
	if (pid == 0) {
		syscall(__NR_kill, parent, SIGUSR1);
		sleep_ms(50);
		_exit(handled);
	}
	CHECK(handled == SIGUSR1);
	status = wait_status(pid);
	CHECK(!on_cowix() || status == 0);
}

/* Checks that a stopped parent stops only when its child lets it go. */
static void stopped(void)
{
	int parent, child, status;

	if (!on_cowix())
		return;
	CHECK(pipe(report) == 0);
	parent = waiting_parent();
	CHECK(read(report[0], &child, sizeof(child)) == sizeof(child));
	CHECK(kill(parent, SIGSTOP) == 0);
	sleep_ms(50);
	CHECK(kill(child, SIGKILL) == 0);
	CHECK(waitpid(parent, &status, WUNTRACED) == parent);
	CHECK(WIFSTOPPED(status));
	CHECK(kill(parent, SIGCONT) == 0);
	CHECK(waitpid(parent, &status, 0) == parent);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static volatile int *told;	/* the other thread's number; a handler ran */

static void sit(void *unused)
{
	sigset_t all;

	(void)unused;
	sigfillset(&all);		/* they are the first thread's */
	sigprocmask(SIG_BLOCK, &all, NULL);
	told[0] = my_tid();
	for (;;)
		syscall(__NR_pause);
}

static void tell(int sig)
{
	told[1] = sig;
}

/* Starts a process of two threads, of which the first is in vfork(). */
static int waiting_pair(void)
{
	struct sigaction action = { .sa_handler = tell };
	struct thread t;
	int pid = fork();

	if (pid)
		return pid;
	sigfillset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	start(&t, sit, NULL);
	if (vfork() == 0) {
		pid = syscall(__NR_getpid);
		syscall(__NR_write, report[1], &pid, sizeof(pid));
		for (;;)
			syscall(__NR_pause);
	}
	_exit(7);
}

/*
 * Checks that a kill ends it without running a handler first, even if the other
 * thread has stopped it.
 */
static void killed_when_stopped(void)
{
	int parent, child, status;

	if (!on_cowix())
		return;
	told = (int *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	CHECK(pipe(report) == 0);
	parent = waiting_pair();
	CHECK(read(report[0], &child, sizeof(child)) == sizeof(child));
	while (!told[0])
		sleep_ms(1);
	CHECK(syscall(__NR_tgkill, parent, told[0], SIGSTOP) == 0);
	CHECK(waitpid(parent, &status, WUNTRACED) == parent);
	CHECK(WIFSTOPPED(status));
	CHECK(kill(parent, SIGUSR1) == 0 && kill(parent, SIGTERM) == 0);
	sleep_ms(20);
	CHECK(kill(parent, SIGCONT) == 0);
	CHECK(WTERMSIG(wait_status(parent)) == SIGTERM && !told[1]);
	CHECK(kill(child, SIGKILL) == 0);
}

static void vfork_in_thread(void *unused)
{
	(void)unused;
	if (vfork() == 0) {
		word = 1;
		for (;;)
			syscall(__NR_pause);
	}
	word = 2;
}

/* Replaces the program in another thread while one is in vfork(). */
static void exec_beside(void)
{
	struct thread t;
	int pid;

	if (!on_cowix())
		return;
	pid = fork();
	if (pid == 0) {
		start(&t, vfork_in_thread, NULL);
		await_word(1);
		execve("/bin/false", (char *[]){ "false", NULL }, environ);
		_exit(9);
	}
	alarm(5);
	CHECK(WEXITSTATUS(wait_status(pid)) == 1);
}

/* Checks that the child's exec, exit and death all let the parent go on. */
static void many(void)
{
	for (volatile int i = 0; i < 60; i++) {
		int pid = vfork();

		if (pid == 0) {
			if (i % 3 == 0)
				execve("/bin/true", (char *[]){ "true", NULL },
				       environ);
			if (i % 3 == 1)
				syscall(__NR_kill, syscall(__NR_getpid),
					SIGKILL);
			_exit(0);
		}
		CHECK(pid > 0 &&
		      wait_status(pid) == (i % 3 == 1 ? SIGKILL : 0));
	}
}

TESTS({ "killed", "a parent in vfork() can be killed", killed },
      { "not_killed", "a handler waits for the child", not_killed },
      { "stopped", "so does SIGSTOP", stopped },
      { "killed_when_stopped", "by another thread", killed_when_stopped },
      { "exec_beside", "another thread's exec", exec_beside },
      { "many", "exec, exit and death of the child", many })
