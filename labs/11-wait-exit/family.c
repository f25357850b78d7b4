/* Lab 11: whom a parent may wait for, and what it learns. */
#include <check.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define STEP_MS 10
#define STEPS 500

static int pipe_fds[2];

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* Nobody but a child is waited for, and a group means its members alone. */
static void strangers(void)
{
	int pid = fork(), dead;

	if (pid == 0)
		sleep_for_ever();
	CHECK_ERRNO(waitpid(1, NULL, WNOHANG), ECHILD);
	CHECK_ERRNO(waitpid(getppid(), NULL, WNOHANG), ECHILD);
	CHECK_ERRNO(waitpid(getpid(), NULL, WNOHANG), ECHILD);
	CHECK_ERRNO(waitpid(32000, NULL, WNOHANG), ECHILD);
	CHECK(waitpid(-1, NULL, WNOHANG) == 0);
	CHECK(setpgid(pid, pid) == 0);
	CHECK_ERRNO(waitpid(0, NULL, WNOHANG), ECHILD);
	CHECK(waitpid(-pid, NULL, WNOHANG) == 0);
	dead = fork();
	if (dead == 0)
		_exit(5);
	CHECK(waitpid(0, NULL, 0) == dead);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(-pid, NULL, 0) == pid);
	CHECK_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
}

static void caught(int sig)
{
	(void)sig;
}

/* A signal with a handler ends the wait. */
static void interrupted(void)
{
	struct sigaction action = { .sa_handler = caught };
	int pid;

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		sleep_ms(10 * STEP_MS);
		kill(getppid(), SIGUSR1);
		sleep_for_ever();
	}
	CHECK_ERRNO(waitpid(pid, NULL, 0), EINTR);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(wait_status(pid)) == SIGKILL);
}

/* Ends when its own child is a zombie, which it has not waited for. */
static void leave_zombie(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	CHECK(syscall(__NR_waitid, P_PID, pid, NULL, WEXITED | WNOWAIT, NULL) ==
	      0);
	CHECK(kill(pid, 0) == 0);
	CHECK(write(pipe_fds[1], &pid, sizeof(pid)) == sizeof(pid));
	_exit(0);
}

/* init waits for zombies that others have left. */
static void left_zombie(void)
{
	int pid, zombie, steps = 0;

	CHECK(pipe(pipe_fds) == 0);
	pid = fork();
	if (pid == 0)
		leave_zombie();
	CHECK(wait_status(pid) == 0);
	CHECK(read(pipe_fds[0], &zombie, sizeof(zombie)) == sizeof(zombie));
	while (kill(zombie, 0) == 0 && ++steps < STEPS)
		sleep_ms(STEP_MS);
	CHECK(steps < STEPS);
}

/* Returns the time in user mode, in ms. */
static long used_ms(int who)
{
	struct rusage usage;

	CHECK(getrusage(who, &usage) == 0);
	return usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000;
}

static void compute(long ms)
{
	while (used_ms(RUSAGE_SELF) < ms)
		for (volatile int i = 0; i < 100000; i++)
			;
}

/* The times of a child, and of those that it waited for, are added. */
static void times_add_up(void)
{
	int pid = fork(), grandchild;

	if (pid == 0) {
		grandchild = fork();
		if (grandchild == 0) {
			compute(200);
			_exit(0);
		}
		CHECK(wait_status(grandchild) == 0);
		compute(100);
		_exit(0);
	}
	CHECK(used_ms(RUSAGE_CHILDREN) == 0);
	CHECK(wait_status(pid) == 0);
	CHECK(used_ms(RUSAGE_CHILDREN) >= 300);
}

TESTS({ "strangers", "who is a child, and of which group", strangers },
      { "interrupted", "a signal ends the wait", interrupted },
      { "left_zombie", "init reaps what others have left", left_zombie },
      { "times_add_up", "times of children are added", times_add_up })
