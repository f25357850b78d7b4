/*
 * Calls that cannot be refused wait for memory. The n-th allocation fails, but
 * no innocent process may end, and nothing may be left out.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include "thread.h"

#define TRIES 40
#define FAILED 7

static char *fresh_page(void)
{
	return map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/*
 * Runs one try after another in a child, until no allocation is left to fail.
 */
static void each_failure(void (*run)(int n), int at_least)
{
	int n = 0, status;

	if (!on_cowix())
		return;
	do {
		int pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			run(++n);
			_exit(fail_alloc(0) >= n ? FAILED : 0);
		}
		status = wait_status(pid);
		if (WIFSIGNALED(status))
			printf("  allocation %d: signal %d\n", n + 1,
			       WTERMSIG(status));
		CHECK(status == 0 || status == FAILED << 8);
	} while (status && ++n < TRIES);
	CHECK(n >= at_least && n < TRIES);
}

static void use_fpu(int n)
{
	fail_alloc(n);
	__asm__ volatile("fld1; fstp %st(0)");
}

static void first_fpu(void)
{
	each_failure(use_fpu, 1);
}

/* Moves the frame to a page of a file that is not in memory yet. */
static void return_from_handler(int sig)
{
	char *frame = (char *)__builtin_frame_address(0) + 4, *page;
	int fd = open("/frame", O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && write(fd, frame, 1024) == 1024 && sig > 0);
	page = map(PAGE, MAP_PRIVATE, fd);
	CHECK(close(fd) == 0 && unlink("/frame") == 0);
	fail_alloc(word);
	__asm__ volatile("movl %0, %%esp\n\t"
			 "int $0x80\n\t"
			 "ud2" : : "r"(page + 8), "a"(__NR_sigreturn));
}

static void handle(int n)
{
	volatile double one = 1;

	word = n;
	CHECK(signal(SIGUSR1, return_from_handler) != SIG_ERR && one > 0);
	CHECK(kill(getpid(), SIGUSR1) == 0 && one == 1);
}

static void sigreturn_frames(void)
{
	each_failure(handle, 1);
}

static void do_nothing(void *arg)
{
	(void)arg;
}

/* Checks that there is no thread, or that its number is reported. */
static void make_thread(int n)
{
	char *stack = malloc(STACK);
	volatile int *told = (int *)fresh_page(), tid = 1;
	int id;

	memset(stack, 0, STACK);
	fail_alloc(n);
	id = start_on(__NR_clone, THREAD | TIDS, stack, do_nothing, NULL,
		      told, NULL, &tid);
	CHECK(id == -ENOMEM || (id > 0 && *told == id));
	for (int i = 0; id > 0 && tid && i < 1000; i++)
		sleep_ms(1);
	CHECK(id < 0 || tid == 0);
}

static void numbers_told(void)
{
	each_failure(make_thread, 3);
}

static volatile int *shared_tid;

/*
 * Ends a thread. The word to be cleared is in a page that must first be copied.
 */
static void end_without_memory(void *arg)
{
	fail_alloc(*(int *)arg);
}

static void end_thread(int n)
{
	char *stack = malloc(STACK);
	int holder;

	memset(stack, 0, STACK);
	shared_tid = (int *)fresh_page();
	*shared_tid = 1;
	holder = fork();
	if (holder == 0)
		for (;;)
			pause();
	CHECK(start_on(__NR_clone, THREAD | CLONE_CHILD_CLEARTID, stack,
		       end_without_memory, &n, NULL, NULL, shared_tid) > 0);
	for (int i = 0; *shared_tid && i < 1000; i++)
		sleep_ms(1);
	CHECK(*shared_tid == 0);
	CHECK(kill(holder, SIGKILL) == 0 && wait_status(holder) == SIGKILL);
}

static void ends_told(void)
{
	each_failure(end_thread, 1);
}

/*
 * Executes a program. Shared objects become the child's own after the point of
 * no return.
 */
static void become_other(void *arg)
{
	char *argv[] = { "true", NULL };

	fail_alloc(*(int *)arg);
	execve("/bin/true", argv, NULL);
	_exit(0);
}

static void exec_sharing(int n)
{
	char *stack = malloc(STACK);
	int pid;

	memset(stack, 0, STACK);
	pid = start_on(__NR_clone,
		       CLONE_VM | CLONE_SIGHAND | CLONE_FILES | SIGCHLD, stack,
		       become_other, &n, NULL, NULL, NULL);
	CHECK(pid > 0);
	CHECK(wait_status(pid) == 0);
}

static void shares_dropped(void)
{
	each_failure(exec_sharing, 5);
}

TESTS({ "first_fpu", "the first FPU instruction", first_fpu },
      { "sigreturn_frames", "a signal frame to be read", sigreturn_frames },
      { "numbers_told", "the number of a new thread", numbers_told },
      { "ends_told", "the word that a thread clears at its end", ends_told },
      { "shares_dropped", "exec with shared tables", shares_dropped })
