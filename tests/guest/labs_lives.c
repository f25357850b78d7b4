/*
 * Tests of processes from teaching systems, written anew with the same meaning:
 * births, deaths, trees, and too many processes. See labs.c.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include "labs.h"

static int tree_fds[2];

static void exit_and_wait(void)
{
	for (int i = 0; i < 100; i++) {
		int pid = fork(), status;

		if (pid == 0)
			_exit(i);
		CHECK(pid > 0 && wait(&status) == pid &&
		      WEXITSTATUS(status) == i);
	}
	CHECK_ERRNO(wait(NULL), ECHILD);
}

static void two_children(void)
{
	for (int i = 0; i < 100; i++) {
		int a = fork(), b;

		if (a == 0)
			_exit(0);
		b = fork();
		if (b == 0)
			_exit(0);
		CHECK(a > 0 && b > 0 && wait(NULL) > 0 && wait(NULL) > 0);
	}
}

static int leave_orphan(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0;
}

static int leave_two_orphans(void)
{
	fork();
	fork();
	return 0;
}

/*
 * Checks that parents and children can exit at once, and that wait() returns no
 * stranger.
 */
static void reparenting(void)
{
	int self = getpid();

	for (int i = 0; i < 100; i++)
		CHECK(status_of(leave_orphan) == 0 && getpid() == self);
	for (int i = 0; i < 100; i++)
		CHECK(status_of(leave_two_orphans) == 0);
	CHECK_ERRNO(wait(NULL), ECHILD);
}

static int spin(void)
{
	for (volatile int run = 1; run; )
		;
	return 0;
}

/* Checks that three children which never call the kernel can be killed. */
static void preempt_and_kill(void)
{
	int pids[3];

	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(spin());
	}
	sleep_ms(50);
	for (int i = 0; i < 3; i++)
		CHECK(kill(pids[i], SIGKILL) == 0 &&
		      WTERMSIG(wait_status(pids[i])) == SIGKILL);
}

/*
 * Checks that a child can be killed while it sleeps, waits for a child, or
 * reads a pipe.
 */
static void wait_and_kill(void)
{
	int fds[2], pids[3];
	char c;

	CHECK(pipe(fds) == 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			if (i == 0)
				sleep_ms(100000);
			if (i == 1 && fork() > 0)
				wait(NULL);
			read(fds[0], &c, 1);
			_exit(1);
		}
	}
	sleep_ms(20);
	for (int i = 0; i < 3; i++)
		CHECK(kill(pids[i], SIGTERM) == 0 &&
		      WTERMSIG(wait_status(pids[i])) == SIGTERM);
	CHECK_ERRNO(kill(pids[0], SIGTERM), ESRCH);
	CHECK(write(fds[1], "abc", 3) == 3);	/* the grandchild goes, too */
}

/*
 * Exits while its traced child is stopped. SIGCONT lets that go on, so nobody
 * has to kill it.
 */
static int leave_traced(void)
{
	int pid = fork();

	if (pid == 0) {
		syscall(__NR_ptrace, 0, 0, 0, 0);
		raise(SIGSTOP);
		_exit(3);
	}
	return waitpid(pid, NULL, WUNTRACED) != pid ||
	       write(tree_fds[1], &pid, sizeof(pid)) != sizeof(pid);
}

static void end_of_tracer(void)
{
	int pid, tries = 0;
	char byte;

	CHECK(pipe(tree_fds) == 0 && status_of(leave_traced) == 0 &&
	      read(tree_fds[0], &pid, sizeof(pid)) == sizeof(pid));
	close(tree_fds[1]);
	CHECK(fcntl(tree_fds[0], F_SETFL, O_NONBLOCK) == 0);
	/* until no writer is left */
	while (read(tree_fds[0], &byte, 1) != 0 && ++tries < 100) {
		kill(pid, SIGCONT);
		sleep_ms(10);
	}
	CHECK(tries < 100);
}

static int pipe_fds[2];

static int write_sequence(void)
{
	char part[1033];
	int n = 0;

	close(pipe_fds[0]);
	for (int i = 0; i < 50; i++) {
		for (size_t at = 0; at < sizeof(part); at++)
			part[at] = n++;
		if (write(pipe_fds[1], part, sizeof(part)) != sizeof(part))
			return 1;
	}
	return 0;
}

static void pipe_sequence(void)
{
	char part[3000];
	int pid, got, step = 1, n = 0;

	CHECK(pipe(pipe_fds) == 0);
	pid = fork();
	if (pid == 0)
		_exit(write_sequence());
	close(pipe_fds[1]);
	while ((got = read(pipe_fds[0], part, step)) > 0) {
		for (int i = 0; i < got; i++)
			CHECK(part[i] == (char)n++);
		step = step * 2 > (int)sizeof(part) ? (int)sizeof(part)
						    : step * 2;
	}
	CHECK(n == 50 * 1033 && wait_status(pid) == 0);
}

static void fork_tree(char *path, int depth)
{
	CHECK(write(tree_fds[1], "x", 1) == 1);
	for (int i = 0; i < 2 && depth > 0; i++) {
		int pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			path[4 - depth] = '0' + i;
			fork_tree(path, depth - 1);
			_exit(path[4 - depth] != '0' + i);
		}
	}
	for (int status; wait(&status) > 0;)
		CHECK(status == 0);
}

static void tree(void)
{
	char path[5] = { 0 }, nodes[40];

	CHECK(pipe(tree_fds) == 0);
	fork_tree(path, 4);
	CHECK(path[0] == 0 && read(tree_fds[0], nodes, sizeof(nodes)) == 31);
}

/* Becomes a user with a limit of processes. */

static void become(unsigned uid, unsigned processes)
{
	CHECK(setpgid(0, 0) == 0);
	CHECK(syscall(__NR_setrlimit, RLIMIT_NPROC,
		      &(struct rlimit){ processes, processes }) == 0 &&
	      setuid(uid) == 0);
}

/* Forks until the limit refuses. All children must be waited for. */
static int forks_to_limit(void)
{
	int n = 0, pid;

	become(12345, 40);
	while ((pid = fork()) > 0)
		n++;
	if (pid == 0) {
		sleep_ms(200);
		_exit(0);
	}
	CHECK(errno == EAGAIN && n == 39);
	for (; n > 0; n--)
		CHECK(wait(NULL) > 0);
	CHECK_ERRNO(wait(NULL), ECHILD);
	return status_of(exit_at_once);
}

static void process_limit(void)
{
	CHECK(status_of(forks_to_limit) == 0);
}

static int bomb_fds[2];

/*
 * Forks without end. It begins when the tests have private copies of their
 * pages, so that they need no more memory.
 */
static int bomb(void)
{
	char c;

	read(bomb_fds[0], &c, 1);
	for (volatile int run = 1; run; )
		fork();
	return 0;
}

static void contain_bomb(unsigned processes, int *others_can)
{
	extern char _data[], _end[];
	int pid, other;

	CHECK(pipe(bomb_fds) == 0);
	pid = fork();
	if (pid == 0) {
		become(12346, processes);
		_exit(bomb());
	}
	for (volatile char *p = (char *)((unsigned)_data & -PAGE); p < _end;
	     p += PAGE)
		*p = *p;
	CHECK(write(bomb_fds[1], "x", 1) == 1);
	sleep_ms(300);
	other = others_can ? fork() : -1;
	if (other == 0)
		_exit(42);
	kill(-pid, SIGKILL);
	if (others_can)
		*others_can = other > 0 &&
			      WEXITSTATUS(wait_status(other)) == 42;
	while (waitpid(pid, NULL, 0) != pid)
		CHECK(errno == EINTR);
	while (kill(-pid, SIGKILL) == 0)
		sleep_ms(10);
}

/* Does nothing on the host, which has other users. */
static void bomb_within_limit(void)
{
	int others_can = 0;

	if (!on_cowix())
		return;
	contain_bomb(50, &others_can);
	CHECK(others_can);
}

static void bomb_within_memory(void)
{
	if (on_cowix())
		contain_bomb(100000, NULL);
}

TESTS({ "exit_and_wait", "a hundred exits", exit_and_wait },
      { "two_children", "two at a time", two_children },
      { "reparenting", "parents and children exit at once", reparenting },
      { "preempt_and_kill", "who never calls the kernel is killed",
	preempt_and_kill },
      { "end_of_tracer", "what was traced goes on", end_of_tracer },
      { "wait_and_kill", "so is who sleeps, waits or reads", wait_and_kill },
      { "pipe_sequence", "a pipe keeps order", pipe_sequence },
      { "tree", "a tree of forks", tree },
      { "process_limit", "as many processes as the limit allows",
	process_limit },
      { "bomb_within_limit", "a fork bomb is contained by the limit",
	bomb_within_limit },
      { "bomb_within_memory", "and by memory", bomb_within_memory })
