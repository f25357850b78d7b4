/* What wait() tells and does not, and what becomes of those who end. */
#include "catch.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "thread.h"

static int start_child(int status)
{
	int pid = fork();

	if (pid == 0)
		_exit(status);
	CHECK(pid > 0);
	return pid;
}

static int start_sleeper(void)
{
	int pid = fork();

	if (pid == 0)
		for (;;)
			sleep_ms(1000);
	CHECK(pid > 0);
	return pid;
}

/* Checks who hears of a stop and of going on: who asked. */
static void stops(void)
{
	int pid = start_sleeper(), status;

	CHECK(kill(pid, SIGSTOP) == 0);
	sleep_ms(50);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	CHECK(waitpid(pid, &status, WNOHANG | WUNTRACED) == 0);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(waitpid(pid, &status, WNOHANG | WCONTINUED) == pid &&
	      status == W_CONTINUED);
	CHECK(kill(pid, SIGKILL) == 0 && WTERMSIG(wait_status(pid)) == SIGKILL);
}

static void groups(void)
{
	int pid = start_sleeper(), status;

	CHECK(setpgid(pid, pid) == 0);
	CHECK_ERRNO(waitpid(0, &status, WNOHANG), ECHILD);
	CHECK(waitpid(-pid, &status, WNOHANG) == 0);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(-pid, &status, 0) == pid);
}

/* Checks that a status which could not be told is kept. Linux loses it. */
static void bad_pointers(void)
{
	int pid = start_child(7);

	if (!on_cowix())
		return;
	CHECK_ERRNO(waitpid(pid, (int *)0x10, 0), EFAULT);
	CHECK_ERRNO(wait4(pid, NULL, 0, (struct rusage *)0x10), EFAULT);
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
}

static void looking(void)
{
	siginfo_t si = { 0 };
	int pid = start_child(7);

	for (int i = 0; i < 2; i++) {
		CHECK(syscall(__NR_waitid, P_PID, pid, &si, WEXITED | WNOWAIT,
			      NULL) == 0);
		CHECK(si.si_pid == pid && si.si_status == 7);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 7);
}

/* Checks that init takes a zombie which its parent leaves behind. */
static void dead_orphans(void)
{
	int fds[2], pid, zombie;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		zombie = start_child(0);
		sleep_ms(50);
		_exit(write(fds[1], &zombie, sizeof(zombie)) < 0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(read(fds[0], &zombie, sizeof(zombie)) == sizeof(zombie));
	for (int i = 0; i < 100 && kill(zombie, 0) == 0; i++)
		sleep_ms(10);
	CHECK_ERRNO(kill(zombie, 0), ESRCH);
}

#define TOUCHED 50

static void touch(void *arg)
{
	char *memory = arg;

	for (int i = 0; i < TOUCHED; i++)
		memory[i * PAGE] = 1;
}

/* Checks that a process keeps the faults of a thread that has ended. */
static void faults_of_threads(void)
{
	struct rusage before, after;
	struct thread t;
	char *memory = map(TOUCHED * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	CHECK(getrusage(RUSAGE_SELF, &before) == 0);
	start(&t, touch, memory);
	join(&t);
	sleep_ms(20);
	CHECK(getrusage(RUSAGE_SELF, &after) == 0);
	CHECK(after.ru_minflt - before.ru_minflt >= TOUCHED);
}

TESTS({ "stops", "WUNTRACED and WCONTINUED", stops },
      { "groups", "children in other groups", groups },
      { "bad_pointers", "EFAULT loses no status", bad_pointers },
      { "looking", "WNOWAIT", looking },
      { "dead_orphans", "zombies of a parent that ends", dead_orphans },
      { "faults_of_threads", "ru_minflt", faults_of_threads })
