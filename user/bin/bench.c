/*
 * bench [-m MiB] [-p policy] [-s n] [W1 W2 ...]
 * Runs the workloads of the targets, and counts with the time stamp counter. An
 * emulator may make that count instructions (tools/run -i). A policy is a
 * number of xfork()'s, for W2 to W5; without it they use fork(). With -s, n
 * other processes sleep meanwhile. Runs on Linux too.
 */
#include <cowix.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

#define PAGE 4096
#define FORKS 200
#define CALLS 100000
#define SLEEPERS_MAX 1000

typedef unsigned long long u64;

static unsigned long megabytes = 64;
static char *heap;	/* megabytes of touched memory */
static u64 fork_cost;		/* of W2; W3 subtracts it */
static int policy;		/* 0: fork() */
static int fds[2];		/* the pipe from W4's child */

static u64 now(void)
{
	u64 t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

static void result(const char *name, const char *what, u64 count,
		   unsigned long units)
{
	printf("%-4s %-44s %10lu\n", name, what,
	       (unsigned long)(count / units));
	fflush(stdout);
}

static unsigned long pages(void)
{
	return megabytes * 1024 * 1024 / PAGE;
}

static void touch(char *p, unsigned long n)
{
	for (; n > 0; n--, p += PAGE)
		*(volatile char *)p = 1;
}

static char *touched_heap(void)
{
	if (!heap) {
		heap = sbrk(megabytes << 20);
		if (heap == (void *)-1)
			die("sbrk");
		touch(heap, pages());
	}
	return heap;
}

/*
 * Runs W11: counted from power-on if the emulator counts. On a real machine the
 * counter may start elsewhere.
 */
static void w11(void)
{
	result("W11", "from reset to this program", now(), 1);
}

static void w1(void)
{
	u64 start = now();
	int n = CALLS;

	__asm__ volatile("1: movl $20, %%eax; int $0x80; decl %0; jnz 1b"
			 : "+r"(n)
			 :
			 : "eax", "memory");
	result("W1", "getpid, a call", now() - start, CALLS);
}

/*
 * Starts a thread on a stack of its own. The stack is used again when the
 * thread has ended.
 */
static pid_t start_thread(void (*child)(void))
{
	static char stack[8192];
	pid_t pid;

	__asm__ volatile(
		"int $0x80; testl %%eax, %%eax; jnz 1f; call *%%esi; 1:"
		: "=a"(pid)
		: "0"(__NR_xfork), "b"(FORK_POLICY_THREAD),
		  "c"(stack + sizeof(stack) - 16), "S"(child)
		: "edx", "memory");
	if (pid < 0)
		errno = -pid;
	return pid < 0 ? -1 : pid;
}

/*
 * Starts a child that runs a function, which does not return. Returns -1 with
 * errno on failure.
 */
static pid_t start(void (*child)(void))
{
	pid_t pid;

	if (policy == FORK_POLICY_THREAD)
		return start_thread(child);
	pid = policy ? xfork(policy, NULL) : fork();
	if (pid == 0)
		child();
	return pid;
}

static void leave(void)
{
	if (policy == FORK_POLICY_THREAD)
		syscall(__NR_exit, 0);		/* ends the thread only */
	_exit(0);
}

static void not_available(const char *name)
{
	printf("%-4s not available: %s\n", name, strerror(errno));
	fflush(stdout);
}

/* Returns the cost of one fork and wait, or 0 with errno on failure. */
static u64 fork_and_wait(int times)
{
	u64 begin = now();

	for (int i = 0; i < times; i++) {
		pid_t pid = start(leave);

		if (pid < 0)
			return 0;
		waitpid(pid, NULL, 0);
	}
	return (now() - begin) / times;
}

static void w2(void)
{
	fork_and_wait(10);
	fork_cost = fork_and_wait(FORKS);
	if (fork_cost)
		result("W2", "fork + exit + wait", fork_cost, 1);
	else
		not_available("W2");
}

static void w3(void)
{
	u64 cost;

	if (!fork_cost)
		w2();
	touched_heap();
	fork_and_wait(2);
	cost = fork_and_wait(policy == FORK_POLICY_OLD ? 2 : 10);
	if (!cost) {
		not_available("W3");
		return;
	}
	result("W3", "the same, added cost a touched page",
	       cost > fork_cost ? cost - fork_cost : 0, pages());
	result("W3t", "the same, all of it", cost, 1);
}

static void w3z(void)
{
	u64 start;

	touched_heap();
	start = now();
	for (int i = 0; i < 10; i++) {
		int pid = xfork(FORK_POLICY_LAZY, NULL);

		if (pid == 0)
			_exit(0);
		if (pid < 0) {
			printf("W3z  not available: %s\n", strerror(errno));
			return;
		}
		waitpid(pid, NULL, 0);
	}
	result("W3z", "fork, policy LAZY", now() - start, 10);
}

static void write_pages(void)
{
	u64 begin = now(), cost;

	touch(heap, pages());
	cost = now() - begin;
	write(fds[1], &cost, sizeof(cost));
	leave();
}

/*
 * Runs W4: the child writes a byte a page and sends what it cost. It sends
 * nothing if there was not enough memory.
 */
static void w4(void)
{
	u64 cost = 0;
	pid_t pid;

	touched_heap();
	if (pipe(fds) < 0)
		die("pipe");
	pid = start(write_pages);
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		errno = ENOMEM;
	}
	close(fds[1]);
	if (pid > 0 && read(fds[0], &cost, sizeof(cost)) == sizeof(cost))
		result("W4", "child writes after fork, a page", cost, pages());
	else
		not_available("W4");
	close(fds[0]);
}

static void w4r(void)
{
	u64 begin;
	pid_t pid;

	touched_heap();
	pid = start(leave);
	if (pid < 0) {
		not_available("W4r");
		return;
	}
	waitpid(pid, NULL, 0);
	begin = now();
	touch(heap, pages());
	result("W4r", "parent writes after the child's exit, a page",
	       now() - begin, pages());
}

static void run_true(void)
{
	execve("/bin/true", (char *[]){ "true", NULL }, (char *[]){ NULL });
	syscall(__NR_exit, 127);
}

static int spawn(int times)
{
	for (int i = 0; i < times; i++) {
		pid_t pid = start(run_true);

		if (pid < 0)
			return -1;
		waitpid(pid, NULL, 0);
	}
	return 0;
}

static void w5(void)
{
	u64 begin;

	if (spawn(5) < 0) {
		not_available("W5");
		return;
	}
	begin = now();
	spawn(100);
	result("W5", "fork + exec + wait", now() - begin, 100);
}

static void w6(void)
{
	int to[2], from[2];
	char c = 0;
	u64 start;

	if (pipe(to) < 0 || pipe(from) < 0)
		die("pipe");
	if (fork() == 0) {
		close(to[1]);
		while (read(to[0], &c, 1) == 1)
			write(from[1], &c, 1);
		_exit(0);
	}
	close(to[0]);
	start = now();
	for (int i = 0; i < 1000; i++) {
		write(to[1], &c, 1);
		read(from[0], &c, 1);
	}
	result("W6", "1 byte there and back through pipes", now() - start,
	       1000);
	close(to[1]);
	close(from[0]);
	close(from[1]);
	wait(NULL);
}

static void w7(void)
{
	static char buf[PAGE];
	int fds[2], n = 1024;
	u64 start;

	memset(buf, 1, sizeof(buf));
	if (pipe(fds) < 0)
		die("pipe");
	start = now();
	if (fork() == 0) {
		while (n-- > 0)
			write(fds[1], buf, sizeof(buf));
		_exit(0);
	}
	close(fds[1]);
	while (read(fds[0], buf, sizeof(buf)) > 0)
		;
	result("W7", "pipe 4 MiB, a KiB", now() - start, 4096);
	close(fds[0]);
	wait(NULL);
}

static void w8c(void)
{
	static char buf[1024];
	u64 start = now();

	for (int i = 0; i < 50; i++) {
		int fd = open("/bench.tmp", O_CREAT | O_WRONLY | O_TRUNC, 0644);

		write(fd, buf, sizeof(buf));
		close(fd);
		unlink("/bench.tmp");
	}
	result("W8c", "create + write 1 KiB + close + unlink", now() - start,
	       50);
}

static void w8(void)
{
	static char buf[PAGE];
	int fd = open("/bench.tmp", O_CREAT | O_RDWR | O_TRUNC, 0644), n = 35;
	u64 start = now();

	for (int i = 0; i < n; i++)
		if (write(fd, buf, PAGE) != PAGE)
			die("/bench.tmp");
	result("W8w", "write a file, a KiB", now() - start, n * 4);
	lseek(fd, 0, SEEK_SET);
	start = now();
	for (int i = 0; i < n; i++)
		read(fd, buf, PAGE);
	result("W8r", "read it again, a KiB", now() - start, n * 4);
	close(fd);
	unlink("/bench.tmp");
}

static void w9(void)
{
	char *fresh = sbrk(megabytes << 20);
	u64 start = now();

	if (fresh == (void *)-1)
		die("sbrk");
	touch(fresh, pages());
	result("W9", "first touch of fresh heap, a page", now() - start,
	       pages());
	sbrk(-(long)(megabytes << 20));
}

static void w10(void)
{
	u64 start = now();

	for (int i = 0; i < 200; i++)
		close(open("/bin/true", O_RDONLY));
	result("W10", "open + close", now() - start, 200);
}

static const struct {
	const char *name;
	void (*run)(void);
} workloads[] = {
	{ "W11", w11 }, { "W1", w1 },   { "W2", w2 },   { "W5", w5 },
	{ "W6", w6 },   { "W7", w7 },   { "W8c", w8c }, { "W8", w8 },
	{ "W10", w10 }, { "W9", w9 },   { "W3", w3 },   { "W4", w4 },
	{ "W4r", w4r }, { "W3z", w3z },
};

static int wanted(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return 1;
	return 0;
}

static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	while (pid == 0)
		sleep(1000);
	return pid;
}

int main(int argc, char **argv)
{
	static pid_t sleeping[SLEEPERS_MAX];
	unsigned long sleepers = 0;
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "m:p:s:")) != -1) {
		if (option == 'm')
			megabytes = number(optarg);
		else if (option == 'p')
			policy = number(optarg);
		else if (option != 's' ||
			 (sleepers = number(optarg)) > SLEEPERS_MAX)
			usage();
	}
	for (unsigned long i = 0; i < sleepers; i++)
		sleeping[i] = start_sleeper();
	if (sleepers)
		sleep(1);		/* until they do */
	for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
		if (wanted(workloads[i].name, argv + optind))
			workloads[i].run();
	while (sleepers > 0) {
		kill(sleeping[--sleepers], SIGKILL);
		waitpid(sleeping[sleepers], NULL, 0);
	}
	return 0;
}
