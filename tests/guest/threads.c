/* Threads by the system calls alone: clone, tgkill, exit_group. */
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <abi/ldt.h>
#include "thread.h"

#define MANY	100

static void note_ids(void *arg)
{
	int *ids = arg;

	ids[0] = getpid();
	ids[1] = my_tid();
	ids[2] = getppid();
	counter++;
}

static void identities(void)
{
	static char stack[STACK];
	struct thread t;
	int ids[3];

	start(&t, note_ids, ids);
	join(&t);
	CHECK(counter == 1 && ids[0] == getpid() && ids[1] == t.id &&
	      ids[1] != getpid() && ids[2] == getppid());
	CHECK(my_tid() == getpid());
	t.tid = 0;
	CHECK(start_on(__NR_clone,
		       CLONE_VM | CLONE_CHILD_SETTID | CLONE_VFORK | SIGCHLD,
		       stack, note_ids, ids, NULL, NULL, &t.tid) == t.tid);
	CHECK(wait_status(t.tid) == 0 && ids[0] == t.tid && ids[1] == t.tid &&
	      ids[2] == getpid());
}

static void refusals(void)
{
	static char stack[STACK];

	CHECK(start_on(__NR_clone, CLONE_VM | CLONE_THREAD, stack, note_ids,
		       NULL, NULL, NULL, NULL) == -EINVAL);
	CHECK(start_on(__NR_clone, CLONE_SIGHAND | SIGCHLD, stack, note_ids,
		       NULL, NULL, NULL, NULL) == -EINVAL);
	CHECK_ERRNO(syscall(__NR_clone3, NULL, 8), EINVAL);
	CHECK_ERRNO(syscall(__NR_tgkill, getpid() + 1, getpid(), 0), ESRCH);
	CHECK_ERRNO(syscall(__NR_tgkill, 0, getpid(), 0), EINVAL);
	CHECK(syscall(__NR_tgkill, getpid(), getpid(), 0) == 0);
}

static void note_altstack(void *arg)
{
	CHECK(syscall(__NR_sigaltstack, NULL, arg) == 0);
}

/*
 * Checks that a new thread has no alternate stack, since two handlers cannot
 * share one. A child of fork has its own copy.
 */
static void alternate_stack(void)
{
	static char memory[STACK];
	stack_t mine = { memory, 0, sizeof(memory) }, seen;
	struct thread t;
	int pid;

	CHECK(syscall(__NR_sigaltstack, &mine, NULL) == 0);
	start(&t, note_altstack, &seen);
	join(&t);
	CHECK(seen.ss_flags == SS_DISABLE && seen.ss_size == 0);
	pid = fork();
	if (pid == 0) {
		note_altstack(&seen);
		_exit(seen.ss_sp != memory || seen.ss_flags);
	}
	CHECK(wait_status(pid) == 0);
}

static void count_up(void *arg)
{
	for (int i = 0; i < 100; i++)
		__sync_fetch_and_add((int *)arg, 1);
}

/* Starts more threads than a table of 64 tasks holds, several times. */
static void many(void)
{
	static struct thread threads[MANY];
	int sum = 0;

	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < MANY; i++)
			start(&threads[i], count_up, &sum);
		for (int i = 0; i < MANY; i++)
			join(&threads[i]);
	}
	CHECK(sum == 5 * MANY * 100);
}

static int read_gs(void)
{
	int value;

	__asm__ volatile("movl %%gs:0, %0" : "=r"(value));
	return value;
}

static int seen_gs;

static void look_at_gs(void *arg)
{
	(void)arg;
	sleep_ms(10);
	seen_gs = read_gs();
}

/*
 * Checks that each thread's descriptor has its own base, by the same selector.
 */
static void local_storage(void)
{
	static int mine[1] = { 111 }, others[1] = { 222 };
	static char stack[STACK];
	struct user_desc d = { .entry_number = -1u,
			       .base_addr = (unsigned)mine,
			       .limit = 0xFFFFF,
			       .seg_32bit = 1,
			       .limit_in_pages = 1,
			       .useable = 1 };
	volatile int tid = 0;

	CHECK(syscall(__NR_set_thread_area, &d) == 0);
	__asm__ volatile("movw %w0, %%gs" : : "r"(d.entry_number * 8 + 3));
	CHECK(read_gs() == 111);
	d.base_addr = (unsigned)others;
	CHECK(start_on(__NR_clone, THREAD | TIDS | CLONE_SETTLS, stack,
		       look_at_gs, NULL, &tid, &d, &tid) > 0);
	while (tid)
		sleep_ms(1);
	CHECK(seen_gs == 222 && read_gs() == 111);
	d.entry_number = 1000;
	CHECK(start_on(__NR_clone, THREAD | CLONE_SETTLS, stack, look_at_gs,
		       NULL, NULL, &d, NULL) == -EINVAL);
}

static void change_things(void *arg)
{
	*(int *)arg = open("/dev/null", O_RDONLY);
	CHECK(chdir("/dev") == 0);
	umask(027);
}

static void shared_files(void)
{
	struct thread t;
	static char stack[STACK];
	char path[64];
	int fd = -1, pid;

	start(&t, change_things, &fd);
	join(&t);
	CHECK(fd >= 0 && fcntl(fd, F_GETFD, 0) >= 0);
	CHECK(getcwd(path, sizeof(path)) && strcmp(path, "/dev") == 0 &&
	      umask(022) == 027);
	CHECK(close(fd) == 0 && chdir("/") == 0);
	/* a process that shares nothing but memory */
	pid = start_on(__NR_clone, CLONE_VM | SIGCHLD, stack, change_things,
		       &fd, NULL, NULL, NULL);
	CHECK(pid > 0 && wait_status(pid) == 0);
	CHECK(fd >= 0);
	CHECK_ERRNO(fcntl(fd, F_GETFD, 0), EBADF);
	CHECK(getcwd(path, sizeof(path)) && strcmp(path, "/") == 0 &&
	      umask(022) == 022);
	/* and one that shares the descriptors, too */
	pid = start_on(__NR_clone, CLONE_VM | CLONE_FILES | SIGCHLD, stack,
		       change_things, &fd, NULL, NULL, NULL);
	CHECK(pid > 0 && wait_status(pid) == 0 && fcntl(fd, F_GETFD, 0) >= 0);
}

static int fds[2];

static void read_byte(void *arg)
{
	char *c = arg;

	word = 1;
	if (read(fds[0], c, 1) != 1)
		*c = '?';
}

/* Checks that a file stays while a thread works on it. */
static void close_while_reading(void)
{
	struct thread t;
	char c = 0;

	CHECK(pipe(fds) == 0);
	start(&t, read_byte, &c);
	await_word(1);
	sleep_ms(10);
	CHECK(close(fds[0]) == 0);
	CHECK_ERRNO(close(fds[0]), EBADF);
	CHECK(write(fds[1], "y", 1) == 1);
	join(&t);
	CHECK(c == 'y');
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERRNO(write(fds[1], "n", 1), EPIPE);
}

static void sleep_long(void *arg)
{
	(void)arg;
	word++;
	for (;;)
		pause();
}

static void exit_42(void *arg)
{
	(void)arg;
	_exit(42);
}

/*
 * Checks that threads are nobody's children, and that the process ends as a
 * whole.
 */
static void whole_processes(void)
{
	struct thread a, b, c;
	int pid, status;

	start(&a, sleep_long, NULL);
	await_word(1);
	CHECK_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
	CHECK_ERRNO(waitpid(a.id, NULL, WNOHANG), ECHILD);
	pid = fork();
	if (pid == 0) {
		start(&b, sleep_long, NULL);
		start(&c, exit_42, NULL);
		for (;;)
			pause();
	}
	status = wait_status(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	CHECK_ERRNO(kill(pid, 0), ESRCH);
}

static void finish_later(void *arg)
{
	sleep_ms(50);
	counter = 5;
	write(fds[1], arg, 1);
	syscall(__NR_exit, 7);
}

/*
 * Checks that exit() ends one thread, even the first. The process lives until
 * the last one goes.
 */
static void first_thread_leaves(void)
{
	struct thread t;
	int pid, status;
	char c = 0;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		start(&t, finish_later, "e");
		syscall(__NR_exit, 7);
	}
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(read(fds[0], &c, 1) == 1 && c == 'e');
	status = wait_status(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void run_shell(void *arg)
{
	char *argv[] = { "sh", "-c", arg, NULL };

	execve("/bin/sh", argv, (char *[]){ NULL });
	_exit(99);
}

/*
 * Checks that exec in any thread keeps the process's number and ends its other
 * threads.
 */
static void exec_ends_the_others(void)
{
	static const char script[] = "exit $((1 + ($$ != $WANTED)))";

	for (int who = 0; who < 3; who++) {
		int pid = fork(), status;
		char command[80];
		struct thread a, b;

		if (pid == 0) {
			snprintf(command, sizeof(command), "WANTED=%d; %s",
				 getpid(), script);
			start(&a, sleep_long, NULL);
			await_word(1);
			if (who == 0)
				run_shell(command);
			start(&b, run_shell, command);
			if (who == 1)
				syscall(__NR_exit, 0);
			for (;;)
				pause();
		}
		status = wait_status(pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	}
}

static void run_with_other_ids(void *arg)
{
	int group = 77;

	CHECK(syscall(__NR_setgroups32, 1, &group) == 0 &&
	      syscall(__NR_setresgid32, 33, 33, 33) == 0 &&
	      syscall(__NR_setresuid32, 55, 55, 55) == 0);
	run_shell(arg);
}

/* Checks that threads have their own ids. exec uses those of its caller. */
static void exec_as_somebody(void)
{
	static char script[] =
		"PATH=/bin:/usr/bin; test \"$(id -u) $(id -r -u) $(id -g) "
		"$(id -r -g) $(id -G)\" = '55 55 33 33 33 77'";
	struct thread t;
	int pid;

	if (geteuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		start(&t, run_with_other_ids, script);
		for (;;)
			pause();
	}
	CHECK(wait_status(pid) == 0);
}

static volatile int caught_by, catches;

static void catch(int sig)
{
	(void)sig;
	caught_by = my_tid();
	catches++;
}

static void sleep_and_block(void *arg)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	(void)arg;
	word++;
	while (word < 10)
		sleep_ms(1);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
}

/*
 * Sends signals to a thread, and to a process. A process's signal goes to any
 * thread that does not block it.
 */
static void signals(void)
{
	struct thread a, b;
	sigset_t usr, pending;

	signal(SIGUSR1, catch);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	start(&a, sleep_long, NULL);
	start(&b, sleep_and_block, NULL);
	await_word(2);
	CHECK(syscall(__NR_tgkill, getpid(), a.id, SIGUSR1) == 0);
	while (catches < 1)
		sleep_ms(1);
	CHECK(caught_by == a.id);
	sigprocmask(SIG_BLOCK, &usr, NULL);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	while (catches < 2)
		sleep_ms(1);
	CHECK(caught_by == a.id);
	CHECK(syscall(__NR_tgkill, getpid(), b.id, SIGUSR1) == 0);
	CHECK(syscall(__NR_tgkill, getpid(), getpid(), SIGUSR1) == 0);
	sleep_ms(20);
	CHECK(catches == 2 && sigpending(&pending) == 0 &&
	      sigismember(&pending, SIGUSR1));
	word = 10;
	join(&b);
	CHECK(catches == 3 && caught_by == b.id);
	sigprocmask(SIG_UNBLOCK, &usr, NULL);
	CHECK(catches == 4 && caught_by == getpid());
}

static void crash(void *arg)
{
	*(volatile int *)arg = 1;
}

static void deadly_signals(void)
{
	static const int signals[] = { SIGSEGV, SIGKILL, SIGTERM };

	for (int i = 0; i < 3; i++) {
		int pid = fork(), status;
		struct thread a, b;

		if (pid == 0) {
			start(&a, sleep_long, NULL);
			await_word(1);
			if (i == 0)
				start(&b, crash, (void *)16);
			else
				kill(getpid(), signals[i]);
			for (;;)
				pause();
		}
		status = wait_status(pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
	}
}

static volatile int turns;

static void spin(void *arg)
{
	(void)arg;
	for (;;)
		turns++;
}

/*
 * Checks that all threads stop and go on together. Their counters are seen in
 * shared memory.
 */
static void stop_and_continue(void)
{
	static char stack[STACK];
	int pid, status, before;

	pid = start_on(__NR_clone, CLONE_VM | SIGCHLD, stack, spin, NULL, NULL,
		       NULL, NULL);
	CHECK(pid > 0);
	sleep_ms(50);
	CHECK(kill(pid, SIGSTOP) == 0 &&
	      waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	before = turns;
	sleep_ms(50);
	CHECK(turns == before && before > 0);
	CHECK(kill(pid, SIGCONT) == 0);
	sleep_ms(100);
	CHECK(turns != before && kill(pid, SIGKILL) == 0 &&
	      WTERMSIG(wait_status(pid)) == SIGKILL);
}

TESTS({ "identities", "who is who in a process of two threads", identities },
      { "refusals", "flags and numbers that make no sense", refusals },
      { "many", "a hundred threads, five times", many },
      { "local_storage", "CLONE_SETTLS", local_storage },
      { "shared_files", "descriptors, working directory, umask", shared_files },
      { "close_while_reading", "a descriptor is closed under a reader",
	close_while_reading },
      { "whole_processes", "wait sees processes, exit_group ends all threads",
	whole_processes },
      { "first_thread_leaves", "the first thread exits first",
	first_thread_leaves },
      { "exec_ends_the_others", "exec in any thread", exec_ends_the_others },
      { "exec_as_somebody", "ids over exec in a thread", exec_as_somebody },
      { "signals", "signals to threads and processes", signals },
      { "deadly_signals", "signals that end a process of two threads",
	deadly_signals },
      { "stop_and_continue", "stopping one of two who share memory",
	stop_and_continue },
      { "alternate_stack", "sigaltstack", alternate_stack })
