/*
 * Brothers (CLONE_PARENT): the parent ends, shares its actions, or starts
 * another program while they are made.
 */
#include <check.h>
#include <cowix.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "thread.h"

#define ALLOCATIONS 40

static volatile struct {
	int brother, slept, done;
} *shared;

static int ready[2];

static int clone_with(unsigned flags)
{
	return syscall(__NR_clone, flags, 0, 0, 0, 0);
}

/*
 * Runs in a child, whose end is told by SIGUSR1: makes a brother, and sleeps
 * meanwhile.
 */
static void make_brother(unsigned n)
{
	int pid;

	CHECK(write(ready[1], "x", 1) == 1);
	plan_event(n, PLAN_SLEEP | PLAN_ALLOC);
	pid = clone_with(CLONE_PARENT | SIGUSR1);
	if (pid == 0)
		_exit(0);
	shared->slept = plan_event(0, 0) >= (int)n;
	shared->brother = pid;
	shared->done = 1;
	_exit(0);
}

static void be_parent(unsigned n)
{
	char c;

	signal(SIGUSR1, SIG_IGN);
	if (clone_with(SIGUSR1) == 0)
		make_brother(n);
	CHECK(read(ready[0], &c, 1) == 1);
	_exit(0);
}

static int ends(int pid)
{
	for (int i = 0; i < 500; i++) {
		if (kill(pid, 0) < 0)
			return errno == ESRCH;
		sleep_ms(4);
	}
	return 0;
}

/* Returns 1 if the clone slept at its n-th allocation. */
static int try(unsigned n)
{
	int pid;

	shared->done = 0;
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		be_parent(n);
	CHECK(wait_status(pid) == 0);
	while (!shared->done)
		sleep_ms(1);
	CHECK(shared->brother > 0 && ends(shared->brother));
	return shared->slept;
}

/* Checks that init waits for orphans. It knows only SIGCHLD. */
static void orphaned(void)
{
	unsigned n = 1;

	if (!on_cowix())
		return;
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED && pipe(ready) == 0);
	while (n < ALLOCATIONS && try(n))
		n++;
	CHECK(n > 3 && n < ALLOCATIONS);
}

static const char *self;

static int is_ignored(int sig)
{
	struct sigaction action;

	CHECK(sigaction(sig, NULL, &action) == 0);
	CHECK(action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL);
	return action.sa_handler == SIG_IGN;
}

static int may_have_action(int sig)
{
	return sig != SIGKILL && sig != SIGSTOP;
}

/* Runs as the new program: checks that only every third signal is ignored. */
static int look_at_actions(void)
{
	for (int sig = 1; sig < 32; sig++)
		if (may_have_action(sig) && is_ignored(sig) != (sig % 3 == 0))
			return sig;
	return 0;
}

static void handle(int sig)
{
	(void)sig;
}

static void exec_self(void *unused)
{
	char *args[] = { (char *)self, "look", NULL };

	(void)unused;
	syscall(__NR_execve, self, args, &args[2]);
	syscall(__NR_exit, 99);
}

/* Checks that exec leaves the shared table and keeps the ignored signals. */
static void actions(void)
{
	static char stack[STACK];
	struct sigaction action;
	int pid;

	for (int sig = 1; sig < 32; sig++)
		if (may_have_action(sig))
			signal(sig, sig % 3 == 0 ? SIG_IGN : handle);
	pid = start_on(__NR_clone, CLONE_VM | CLONE_SIGHAND | SIGCHLD, stack,
		       exec_self, NULL, NULL, NULL, NULL);
	CHECK(pid > 0);
	CHECK(wait_status(pid) == 0);
	CHECK(sigaction(SIGUSR1, NULL, &action) == 0);
	CHECK(action.sa_handler == handle);
}

static const struct test tests[] = {
	{ "orphaned", "whose parent ends meanwhile", orphaned },
	{ "actions", "exec with shared actions", actions },
	{ 0 }
};

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "look") == 0)
		return look_at_actions();
	return run_tests(tests, argc, argv);
}
