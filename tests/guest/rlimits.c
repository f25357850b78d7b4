/* Priorities and limits: of processes, memory and processor time. */
#include "users.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <abi/mman.h>

static int priority(void)
{
	return 20 - syscall(__NR_getpriority, PRIO_PROCESS, 0);
}

static void priorities_of_others(void)
{
	become(ME);
	CHECK(syscall(__NR_nice, 3) == 0 && priority() == 3);
	CHECK(syscall(__NR_setpriority, PRIO_PROCESS, 0, 5) == 0 &&
	      priority() == 5);
	CHECK_ERRNO(syscall(__NR_setpriority, PRIO_PROCESS, 0, 4), EACCES);
	CHECK_ERRNO(syscall(__NR_nice, -1), EPERM);
	CHECK_ERRNO(syscall(__NR_setpriority, PRIO_PROCESS, getppid(), 10),
		    EPERM);
	CHECK(syscall(__NR_nice, 100) == 0 && priority() == 19);
	CHECK(syscall(__NR_setpriority, PRIO_USER, 0, 19) == 0);
}

static void priorities(void)
{
	int pid;

	as_root(priorities_of_others);
	CHECK(syscall(__NR_setpriority, PRIO_PGRP, 0, 2) == 0 &&
	      priority() == 2);
	pid = fork();
	if (pid == 0)
		_exit(priority());
	CHECK(WEXITSTATUS(wait_status(pid)) == 2);
	CHECK_ERRNO(syscall(__NR_getpriority, PRIO_PROCESS, 32001), ESRCH);
	CHECK_ERRNO(syscall(__NR_getpriority, 5, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_setpriority, 5, 0, 0), EINVAL);
}

static int set_limit(int which, unsigned long soft, unsigned long hard)
{
	struct rlimit limit = { soft, hard };

	return syscall(__NR_setrlimit, which, &limit);
}

static void limits_of_others(void)
{
	struct rlimit now;

	CHECK(set_limit(RLIMIT_NPROC, 2, 3) == 0);
	become(ME);
	CHECK_ERRNO(set_limit(RLIMIT_NPROC, 2, 4), EPERM);
	CHECK_ERRNO(set_limit(RLIMIT_NPROC, 3, 2), EINVAL);
	CHECK_ERRNO(set_limit(99, 1, 2), EINVAL);
	CHECK(syscall(__NR_ugetrlimit, RLIMIT_NPROC, &now) == 0 &&
	      now.rlim_cur == 2 && now.rlim_max == 3);
	if (fork() == 0) {
		sleep_ms(300);
		_exit(0);
	}
	CHECK_ERRNO(fork(), EAGAIN);
	CHECK(wait(NULL) > 0 && set_limit(RLIMIT_NPROC, 3, 3) == 0);
	CHECK(set_limit(RLIMIT_NPROC, 0, 0) == 0);
	CHECK_ERRNO(fork(), EAGAIN);
}

static void process_limits(void)
{
	struct rlimit64 wide = { 10, 20 }, old;

	as_root(limits_of_others);
	CHECK(set_limit(RLIMIT_NOFILE, 10, 20) == 0);
	CHECK(dup2(0, 9) == 9);
	CHECK_ERRNO(dup2(0, 10), EBADF);
	CHECK_ERRNO(fcntl(0, F_DUPFD, 10), EINVAL);
	CHECK_ERRNO(fcntl(0, F_DUPFD, 9), EMFILE);
	while (open("/dev/null", O_RDONLY) >= 0)
		;
	CHECK(errno == EMFILE);
	CHECK_ERRNO(syscall(__NR_pipe, (int[2]){ 0 }), EMFILE);
	CHECK(close(9) == 0);
	/* one is not enough, and is free again */
	CHECK_ERRNO(syscall(__NR_pipe, (int[2]){ 0 }), EMFILE);
	CHECK(dup(0) == 9);
	CHECK(syscall(__NR_prlimit64, 0, RLIMIT_CORE, &wide, NULL) == 0 &&
	      syscall(__NR_prlimit64, 0, RLIMIT_CORE, NULL, &old) == 0);
	CHECK(old.rlim_cur == 10 && old.rlim_max == 20);
	CHECK_ERRNO(syscall(__NR_prlimit64, 32001, RLIMIT_CORE, NULL, &old),
		    ESRCH);
}

static int recurse(int n)
{
	volatile char room[4000];

	room[0] = n;
	return n == 0 ? 0 : recurse(n - 1) + room[0] - (char)n;
}

static int map(unsigned length)
{
	return syscall(__NR_mmap2, NULL, length, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void memory_limits(void)
{
	int pid = fork();

	if (pid == 0) {
		CHECK(recurse(60) == 0 &&
		      set_limit(RLIMIT_STACK, 100000, 200000) == 0);
		recurse(60);
		_exit(recurse(400));
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGSEGV);
	pid = fork();
	if (pid == 0) {
		void *at = sbrk(0);

		CHECK(set_limit(RLIMIT_AS, 4 << 20, RLIM_INFINITY) == 0);
		CHECK_ERRNO(map(4 << 20), ENOMEM);
		CHECK(map(1 << 20) != -1 && brk((char *)at + (1 << 20)) == 0 &&
		      brk((char *)at + (4 << 20)) == -1);
		CHECK(set_limit(RLIMIT_AS, 1, RLIM_INFINITY) == 0);
		CHECK_ERRNO(map(1), ENOMEM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	pid = fork();
	if (pid == 0) {
		void *at = sbrk(0);

		CHECK(set_limit(RLIMIT_DATA, 1 << 20, RLIM_INFINITY) == 0);
		CHECK(brk((char *)at + (2 << 20)) == -1 && errno == ENOMEM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static volatile int count;

static void note(int sig)
{
	count += sig == SIGXCPU;
	CHECK(set_limit(RLIMIT_CPU, 2, 2) == 0);
}

static void cpu_limit(void)
{
	int pid = fork();

	if (pid == 0) {
		signal(SIGXCPU, note);
		CHECK(set_limit(RLIMIT_CPU, 1, 20) == 0);
		while (count == 0)
			;
		signal(SIGXCPU, SIG_IGN);
		for (;;)
			;
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGKILL);
}

/* Becomes a user's, says so by closing the pipe, and stays. */
static void stay_as_user(int pipe_end)
{
	CHECK(setuid(ME) == 0 && close(pipe_end) == 0);
	for (;;)
		pause();
}

/* A user may have one task, and has two: exec and fork fail. */
static void be_one_too_many(void)
{
	struct rlimit one = { 1, 1 };
	char *const args[] = { "/bin/true", NULL };
	int ends[2], other;
	char c;

	CHECK(syscall(__NR_setrlimit, RLIMIT_NPROC, &one) == 0);
	CHECK(pipe(ends) == 0 && (other = fork()) >= 0);
	if (other == 0)
		stay_as_user(ends[1]);
	CHECK(close(ends[1]) == 0 && read(ends[0], &c, 1) == 0);
	CHECK(setuid(ME) == 0);
	CHECK_ERRNO(execve("/bin/true", args, args + 1), EAGAIN);
	CHECK_ERRNO(fork(), EAGAIN);
	CHECK(kill(other, SIGKILL) == 0);
	_exit(3);
}

/*
 * Checks that limits are as on Linux: set by memory, counted for the real user.
 */
static void tasks_of_a_user(void)
{
	struct rlimit limit;
	int pid;

	if (!on_cowix())
		return;
	CHECK(syscall(__NR_ugetrlimit, RLIMIT_NPROC, &limit) == 0);
	CHECK(limit.rlim_cur >= 8 && limit.rlim_cur < 100000);
	pid = fork();
	if (pid == 0)
		be_one_too_many();
	CHECK(wait_status(pid) == 3 << 8);	/* true ends with 0 */
}

TESTS({ "priorities", "nice, setpriority", priorities },
      { "process_limits", "RLIMIT_NPROC, RLIMIT_NOFILE", process_limits },
      { "tasks_of_a_user", "RLIMIT_NPROC by memory; setuid, then exec",
	tasks_of_a_user },
      { "memory_limits", "RLIMIT_STACK, AS, DATA", memory_limits },
      { "cpu_limit", "RLIMIT_CPU", cpu_limit })
