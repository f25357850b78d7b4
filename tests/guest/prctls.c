/* prctl(): a signal for the maker's end, dumping, no new privileges. */
#include <abi/prctl.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "thread.h"
#include "users.h"

#define PROG "prctls-prog"

static const char *self;

static int prctl(int option, unsigned arg)
{
	return syscall(__NR_prctl, option, arg, 0, 0, 0);
}

static int parent_signal(void)
{
	int sig = -1;

	CHECK(prctl(PR_GET_PDEATHSIG, (unsigned)&sig) == 0);
	return sig;
}

static void values(void)
{
	int child;

	CHECK_ERRNO(prctl(9999, 0), EINVAL);
	CHECK(parent_signal() == 0 && prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
	CHECK(parent_signal() == SIGUSR1);
	CHECK_ERRNO(prctl(PR_SET_PDEATHSIG, 65), EINVAL);
	CHECK_ERRNO(prctl(PR_GET_PDEATHSIG, 4096), EFAULT);
	child = fork();
	if (child == 0)
		_exit(parent_signal());
	CHECK(wait_status(child) == 0);
	CHECK(prctl(PR_SET_PDEATHSIG, 0) == 0 && parent_signal() == 0);
	CHECK(prctl(PR_GET_DUMPABLE, 0) == 1);
	CHECK_ERRNO(prctl(PR_SET_DUMPABLE, 2), EINVAL);
	CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
	CHECK(prctl(PR_GET_DUMPABLE, 0) == 0);
	child = fork();
	if (child == 0)
		_exit(prctl(PR_GET_DUMPABLE, 0));
	CHECK(wait_status(child) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

/*
 * Makes a child that makes a grandchild, which asks for a signal, and ends.
 * Returns what the grandchild writes: the signal that it gets, or 0.
 */
static int orphan(int sig, int uid)
{
	int fds[2], ready[2], child, got = -1;
	char c;

	CHECK(pipe(fds) == 0 && pipe(ready) == 0);
	child = fork();
	if (child == 0) {
		if (fork() == 0) {
			sigset_t set;
			struct timespec second = { 1, 0 };

			sigemptyset(&set);
			sigaddset(&set, SIGUSR1);
			sigprocmask(SIG_BLOCK, &set, NULL);
			if (uid)
				become(uid);
			CHECK(prctl(PR_SET_PDEATHSIG, sig) == 0);
			write(ready[1], "x", 1);
			got = syscall(__NR_rt_sigtimedwait, &set, NULL,
				      &second, 8);
			write(fds[1], &got, sizeof(got));
			_exit(0);
		}
		if (uid)
			become(OTHER);
		read(ready[0], &c, 1);
		_exit(0);
	}
	CHECK(wait_status(child) == 0);
	CHECK(read(fds[0], &got, sizeof(got)) == sizeof(got));
	for (int i = 0; i < 2; i++)
		CHECK(close(fds[i]) == 0 && close(ready[i]) == 0);
	return got;
}

static void maker_ends(void)
{
	CHECK(orphan(SIGUSR1, 0) == SIGUSR1);
	CHECK(orphan(0, 0) == -1);
}

/* Checks that a stranger's signal does not come. */
static void stranger_ends(void)
{
	CHECK(orphan(SIGUSR1, ME) == -1);
}

static void strange_maker(void)
{
	as_root(stranger_ends);
}

static volatile int child_of_thread;

static void make_child(void *unused)
{
	(void)unused;
	child_of_thread = fork();
	if (child_of_thread == 0) {
		CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
		sleep_ms(20000);
		_exit(0);
	}
	sleep_ms(200);
}

/* Checks that the end of a thread counts, though its process lives on. */
static void thread_ends(void)
{
	struct thread t;

	start(&t, make_child, NULL);
	join(&t);
	CHECK(wait_status(child_of_thread) == SIGKILL);
}

/* Makes a copy of this program that belongs to OTHER and sets the user ID. */
static void make_program(void)
{
	static char buf[4096];
	int in = open(self, O_RDONLY), n;
	int out = open(PROG, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	CHECK(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(close(in) == 0 && close(out) == 0);
	CHECK(syscall(__NR_chown32, PROG, OTHER, 0) == 0);
	CHECK(chmod(PROG, 04755) == 0);
}

/* Returns what the program says: 1 if it is OTHER, 2 if a signal is set. */
static int run_program(int quiet)
{
	int child = fork();

	if (child == 0) {
		become(ME);
		CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR2) == 0);
		if (quiet)
			CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1) == 0);
		execve(PROG, (char *[]){ PROG, "tell", NULL },
		       (char *[]){ NULL });
		_exit(99);
	}
	return wait_status(child) >> 8;
}

static void set_user_id_programs(void)
{
	make_program();
	CHECK(run_program(0) == 1);
	CHECK(run_program(1) == (2 | 4));
	CHECK(unlink(PROG) == 0);
}

static void no_new_privileges(void)
{
	int child;

	as_root(set_user_id_programs);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0) == 0);
	CHECK_ERRNO(prctl(PR_GET_NO_NEW_PRIVS, 1), EINVAL);
	CHECK_ERRNO(prctl(PR_SET_NO_NEW_PRIVS, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0),
		    EINVAL);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1) == 0);
	child = fork();
	if (child == 0)
		_exit(prctl(PR_GET_NO_NEW_PRIVS, 0));
	CHECK(wait_status(child) == 1 << 8);
}

static const struct test tests[] = {
	{ "values", "what is set can be read, and a child begins anew",
	  values },
	{ "maker_ends", "a child gets its signal when its maker ends",
	  maker_ends },
	{ "strange_maker", "but not from another user", strange_maker },
	{ "thread_ends", "a thread's end is its maker's end", thread_ends },
	{ "no_new_privileges", "a set-user-ID program gets no rights by it",
	  no_new_privileges },
	{ 0 },
};

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "tell") == 0)
		return (geteuid() == OTHER) + 2 * (parent_signal() != 0) +
		       4 * prctl(PR_GET_NO_NEW_PRIVS, 0);
	self = argv[0];
	return run_tests(tests, argc, argv);
}
