/*
 * clone() and clone3(): which flags go together, the signal at the end,
 * brothers, and which wait() is for which child.
 */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/clone.h>
#include "thread.h"

#define REAL_TIME	40

static volatile int seen;
static volatile int seen_pid;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)context;
	seen = sig;
	seen_pid = info->si_pid;
}

static void handle(int sig)
{
	struct sigaction action = { .sa_sigaction = note,
				    .sa_flags = SA_SIGINFO };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static int clone(unsigned flags)
{
	return syscall(__NR_clone, flags, 0, 0, 0, 0);
}

static int clone3_sized(const struct clone_args *args, unsigned size)
{
	return syscall(__NR_clone3, args, size);
}

static int clone3(struct clone_args args)
{
	return clone3_sized(&args, sizeof(args));
}

static int wait_for(int pid, int options)
{
	return syscall(__NR_wait4, pid, NULL, options, NULL);
}

/* Checks that both clone() and clone3() refuse the flags. */
static void refused(unsigned flags)
{
	struct clone_args args = { .flags = flags };

	CHECK_ERRNO(clone(flags), EINVAL);
	CHECK_ERRNO(clone3(args), EINVAL);
}

static void flags(void)
{
	refused(CLONE_SIGHAND);
	refused(CLONE_THREAD);
	refused(CLONE_THREAD | CLONE_VM);
	refused(CLONE_THREAD | CLONE_SIGHAND);
	refused(CLONE_FS | CLONE_NEWNS);
	refused(CLONE_PIDFD | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
}

static int clone_numbered(unsigned *numbers, unsigned count)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid_size = count,
		.set_tid = (unsigned long)numbers,
	};
	int pid = clone3(args);

	if (pid == 0)
		_exit(0);
	return pid;
}

/* Checks that the superuser can choose the child's number, if it is free. */
static void wanted_numbers(void)
{
	unsigned wanted[2] = { 31000, 31001 }, self = getpid(), no = 0;
	int pid;

	if (getuid() != 0)
		return;
	CHECK(clone_numbered(wanted, 1) == 31000);
	CHECK_ERRNO(clone_numbered(wanted, 1), EEXIST);	/* taken by a zombie */
	CHECK(wait_status(31000) == 0);
	CHECK(clone_numbered(wanted, 1) == 31000);
	CHECK(wait_status(31000) == 0);
	CHECK_ERRNO(clone_numbered(&self, 1), EEXIST);
	CHECK_ERRNO(clone_numbered(&no, 1), EINVAL);
	CHECK_ERRNO(clone_numbered(wanted, 2), EINVAL);
	CHECK_ERRNO(clone_numbered((unsigned *)16, 1), EFAULT);
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		CHECK_ERRNO(clone_numbered(wanted, 1), EPERM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

#define STACK_AT	(unsigned long)stack
#define BEYOND		(on_64_bits() ? 1ull << 63 : 0xFFFFF000u)

static void clone3_arguments(void)
{
	static char stack[8192], page[8192];
	struct clone_args old = { .exit_signal = SIGCHLD };
	int pid;

	CHECK_ERRNO(clone3((struct clone_args){ .stack = STACK_AT }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .stack_size = 4096 }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .stack = BEYOND,
						.stack_size = 8192 }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .exit_signal = 65 }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .exit_signal = 1ull << 32 }),
		    EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .flags = SIGCHLD }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .flags = CLONE_DETACHED }),
		    EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .flags = 1ull << 40 }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .flags = CLONE_PARENT,
						.exit_signal = SIGCHLD }),
		    EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .set_tid_size = 1 }), EINVAL);
	CHECK_ERRNO(clone3((struct clone_args){ .flags = CLONE_CLEAR_SIGHAND |
							 CLONE_SIGHAND |
							 CLONE_VM }),
		    EINVAL);
	CHECK_ERRNO(clone3_sized(&old, 63), EINVAL);
	CHECK_ERRNO(clone3_sized(&old, 4097), E2BIG);
	CHECK_ERRNO(clone3_sized((void *)16, sizeof(old)), EFAULT);
	memcpy(page, &old, sizeof(old));
	page[200] = 1;
	CHECK_ERRNO(clone3_sized((void *)page, 256), E2BIG);
	pid = clone3_sized((void *)page, 200);
	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && wait_status(pid) == 0);
	pid = clone3_sized(&old, 64);
	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && wait_status(pid) == 0);
}

/*
 * Checks that the child has its parent's handlers, or none with
 * CLONE_CLEAR_SIGHAND.
 */
static void cleared_handlers(void)
{
	struct clone_args args = { .flags = CLONE_CLEAR_SIGHAND,
				   .exit_signal = SIGCHLD };
	int pid;

	handle(SIGUSR1);
	signal(SIGUSR2, SIG_IGN);
	pid = clone3(args);
	if (pid == 0) {
		raise(SIGUSR2);
		raise(SIGUSR1);
		_exit(0);
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGUSR1);
	args.flags = 0;
	pid = clone3(args);
	if (pid == 0) {
		raise(SIGUSR1);
		_exit(seen != SIGUSR1);
	}
	CHECK(wait_status(pid) == 0);
}

/* Starts a child that ends at once, and reports its end by exit_signal. */
static int short_life(unsigned exit_signal)
{
	int pid = clone(exit_signal);

	if (pid == 0)
		_exit(0);
	CHECK(pid > 0);
	return pid;
}

static void exit_signals(void)
{
	int pid;

	handle(SIGUSR1);
	handle(REAL_TIME);
	handle(SIGCHLD);
	pid = short_life(SIGUSR1);
	while (wait_for(pid, __WCLONE) != pid)
		;
	CHECK(seen == SIGUSR1 && seen_pid == pid);
	pid = short_life(REAL_TIME);
	while (wait_for(pid, __WALL) != pid)
		;
	CHECK(seen == REAL_TIME && seen_pid == pid);
	seen = 0;
	pid = short_life(0);
	CHECK(wait_for(pid, __WALL) == pid && seen == 0);
}

static void kinds_of_children(void)
{
	int quiet = short_life(0), usual = short_life(SIGCHLD);

	CHECK_ERRNO(wait_for(quiet, 0), ECHILD);
	CHECK_ERRNO(wait_for(usual, __WCLONE), ECHILD);
	CHECK(wait_for(-1, 0) == usual);
	CHECK_ERRNO(wait_for(-1, 0), ECHILD);
	CHECK(wait_for(-1, __WCLONE) == quiet);
	quiet = short_life(0);
	CHECK(wait_for(-1, __WALL) == quiet);
	CHECK_ERRNO(wait_for(-1, __WALL), ECHILD);
	signal(SIGCHLD, SIG_IGN);		/* usual children only */
	quiet = short_life(0);
	CHECK(wait_for(quiet, __WALL) == quiet);
	CHECK_ERRNO(wait_for(-1, 0x10), EINVAL);
	CHECK_ERRNO(wait_for(-1, WEXITED), EINVAL);
	CHECK_ERRNO(wait_for(-0x7FFFFFFF - 1, 0), ESRCH);
	CHECK_ERRNO(syscall(__NR_waitid, P_ALL, -5, NULL, WEXITED, NULL),
		    ECHILD);
	CHECK_ERRNO(syscall(__NR_waitid, P_PGID, -5, NULL, WEXITED, NULL),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_waitid, P_PGID, -0x7FFFFFFF - 1, NULL, WEXITED,
			    NULL),
		    EINVAL);
}

/* Checks that exec makes any child a usual one. */
static void exec_is_told_by_sigchld(void)
{
	int pid = clone(0);

	if (pid == 0) {
		execve("/bin/true", (char *[]){ "true", NULL }, environ);
		_exit(9);
	}
	while (wait_for(pid, 0) != pid)
		CHECK(errno == ECHILD);		/* not yet */
	CHECK_ERRNO(wait_for(-1, __WALL), ECHILD);
}

static void brothers(void)
{
	int fds[2], brother, pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		brother = clone(CLONE_PARENT | SIGUSR1);	/* ignored */
		if (brother == 0)
			_exit(7);
		write(fds[1], &brother, sizeof(brother));
		CHECK_ERRNO(wait_for(brother, __WALL), ECHILD);
		_exit(0);
	}
	CHECK(read(fds[0], &brother, sizeof(brother)) == sizeof(brother));
	CHECK(WEXITSTATUS(wait_status(brother)) == 7 && wait_status(pid) == 0);
}

static volatile int made;

static void make_child(void *arg)
{
	(void)arg;
	made = short_life(SIGCHLD);
	await_word(1);
}

/*
 * Checks __WNOTHREAD: a child of another thread counts only when that thread
 * has ended.
 */
static void children_of_threads(void)
{
	struct thread one, two;

	word = made = 0;
	start(&one, make_child, NULL);
	while (!made)
		sleep_ms(1);
	CHECK_ERRNO(wait_for(made, __WNOTHREAD), ECHILD);
	CHECK(wait_for(made, 0) == made);
	made = 0;
	start(&two, make_child, NULL);
	while (!made)
		sleep_ms(1);
	word = 1;
	join(&one);
	join(&two);
	while (wait_for(made, __WNOTHREAD) != made) {
		CHECK(errno == ECHILD);		/* its thread still lives */
		sleep_ms(1);
	}
}

TESTS({ "flags", "which do not go together", flags },
      { "clone3_arguments", "sizes, stacks and what does not exist",
	clone3_arguments },
      { "wanted_numbers", "set_tid of clone3()", wanted_numbers },
      { "cleared_handlers", "CLONE_CLEAR_SIGHAND", cleared_handlers },
      { "exit_signals", "the signal that tells of the end", exit_signals },
      { "kinds_of_children", "__WCLONE, __WALL, bad options",
	kinds_of_children },
      { "exec_is_told_by_sigchld", "exec makes a usual child",
	exec_is_told_by_sigchld },
      { "brothers", "CLONE_PARENT", brothers },
      { "children_of_threads", "__WNOTHREAD", children_of_threads })
