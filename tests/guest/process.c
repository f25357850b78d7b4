/*
 * Tests processes and signals: fork, exec, exit, wait, kill, handlers, masks,
 * timers.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/mman.h>

static void exit_codes(void)
{
	for (int code = 0; code < 256; code += 51) {
		int pid = fork(), status;

		if (pid == 0)
			_exit(code);
		status = wait_status(pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == code);
	}
	CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

static void wait_options(void)
{
	int fds[2], pid, other, status;
	char c;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		read(fds[0], &c, 1);
		_exit(3);
	}
	other = fork();
	if (other == 0)
		_exit(4);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(waitpid(-1, &status, 0) == other && WEXITSTATUS(status) == 4);
	CHECK_ERRNO(waitpid(other, &status, 0), ECHILD);
	CHECK_ERRNO(waitpid(-1, &status, 12345), EINVAL);
	write(fds[1], "x", 1);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
}

/* Checks that a grandchild becomes a child of init when its parent has gone. */
static void orphans(void)
{
	int fds[2], pid, grandchild_parent = 0;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		int parent = getpid(), adopter;

		if (fork() == 0) {
			while ((adopter = getppid()) == parent)
				syscall(__NR_sched_yield);
			write(fds[1], &adopter, sizeof(adopter));
		}
		_exit(0);
	}
	wait_status(pid);
	CHECK(read(fds[0], &grandchild_parent, sizeof(int)) == sizeof(int));
	CHECK(!on_cowix() || grandchild_parent == 1);
}

static void exec_arguments(void)
{
	int fds[2], pid;
	char out[64] = { 0 };

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		execve("/bin/echo", (char *[]){ "echo", "a", "", "b c", NULL },
		       (char *[]){ NULL });
		_exit(127);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(read(fds[0], out, sizeof(out)) == 7 &&
	      strcmp(out, "a  b c\n") == 0);
}

/* Makes an executable file with this content. */
static void make_file(const char *path, const char *content, int length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	CHECK(fd >= 0 && write(fd, content, length) == length &&
	      close(fd) == 0);
}

static int exec_status(const char *path, char *argv[])
{
	int pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		execve(path, argv, (char *[]){ NULL });
		_exit(200 + (errno < 50 ? errno : 50));
	}
	return WEXITSTATUS(wait_status(pid));
}

static void exec_failures(void)
{
	char *argv[] = { "x", NULL }, big[8192];
	const char text[] = "no program at all";

	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	make_file("/tmp/test-text", text, sizeof(text));
	CHECK(exec_status("/nowhere", argv) == 200 + ENOENT);
	CHECK(exec_status("/tmp/test-text", argv) == 200 + ENOEXEC);
	CHECK(exec_status("/tmp", argv) == 200 + EACCES);
	CHECK(exec_status("/tmp/test-text/x", argv) == 200 + ENOTDIR);
	CHECK(exec_status(big, argv) == 200 + ENAMETOOLONG);
	chmod("/tmp/test-text", 0644);
	CHECK(exec_status("/tmp/test-text", argv) == 200 + EACCES);
	unlink("/tmp/test-text");
}

static void scripts(void)
{
	static const char script[] = "#! /bin/sh -e\nexit $(($# + 40))\n",
			  loop[] = "#!/tmp/test-loop\n";

	make_file("/tmp/test-script", script, sizeof(script) - 1);
	CHECK(exec_status("/tmp/test-script",
			  (char *[]){ "s", "1", "2", NULL }) == 42);
	make_file("/tmp/test-loop", loop, sizeof(loop) - 1);
	CHECK(exec_status("/tmp/test-loop", (char *[]){ "s", NULL }) ==
	      200 + ELOOP);
	unlink("/tmp/test-script");
	unlink("/tmp/test-loop");
}

#define BUSY "/tmp/test-busy"

static void copy_program(const char *from, const char *to)
{
	char buf[4096];
	int in = open(from, O_RDONLY),
	    out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755), n;

	CHECK(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	close(in);
	close(out);
}

/* Checks that a file is either executed or written. */
static void busy_programs(void)
{
	char *forever[] = { "sleep", "100", NULL },
	     *briefly[] = { "sleep", "0", NULL };
	int fd, pid;
	void *p;

	copy_program("/bin/sleep", BUSY);
	pid = fork();
	if (pid == 0) {
		do			/* the parent's open may be first */
			execve(BUSY, forever, (char *[]){ NULL });
		while (errno == ETXTBSY);
		_exit(1);
	}
	while ((fd = open(BUSY, O_WRONLY)) >= 0) {
		close(fd);
		sleep_ms(1);
	}
	CHECK(errno == ETXTBSY);
	CHECK_ERRNO(open(BUSY, O_RDWR | O_CREAT, 0755), ETXTBSY);
	CHECK_ERRNO(open(BUSY, O_RDONLY | O_TRUNC), ETXTBSY);
	CHECK_ERRNO(truncate(BUSY, 1), ETXTBSY);
	CHECK(rename(BUSY, BUSY "2") == 0 && rename(BUSY "2", BUSY) == 0);
	CHECK(exec_status(BUSY, briefly) == 0);
	CHECK(kill(pid, SIGKILL) == 0 && WTERMSIG(wait_status(pid)) == SIGKILL);
	fd = open(BUSY, O_RDWR);
	CHECK(fd >= 0 && exec_status(BUSY, briefly) == 200 + ETXTBSY);
	p = (void *)syscall(__NR_mmap2, NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	CHECK(p != (void *)-1 && close(fd) == 0 &&
	      exec_status(BUSY, briefly) == 200 + ETXTBSY);
	CHECK(syscall(__NR_munmap, p, 4096) == 0 &&
	      exec_status(BUSY, briefly) == 0);
	make_file(BUSY, "#!/bin/sh\n", 10);
	fd = open(BUSY, O_WRONLY);
	CHECK(exec_status(BUSY, briefly) == 200 + ETXTBSY && close(fd) == 0 &&
	      exec_status(BUSY, briefly) == 0);
	CHECK(unlink(BUSY) == 0);
}

static volatile int caught, count;

static void handler(int sig)
{
	caught = sig;
	count++;
}

static void handlers(void)
{
	sigset_t set, old, pending;

	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	CHECK(caught == SIGUSR1 && count == 1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	raise(SIGUSR1);
	CHECK(count == 1);
	CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	CHECK(count == 2);
	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1);
	CHECK(count == 2);
	CHECK_ERRNO((int)signal(SIGKILL, handler), EINVAL);
	CHECK_ERRNO(kill(getpid(), 99), EINVAL);
	CHECK_ERRNO(kill(32000, 0), ESRCH);
}

static void suspend(void)
{
	sigset_t set, none;

	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	signal(SIGALRM, handler);
	sigprocmask(SIG_BLOCK, &set, NULL);
	alarm(1);
	CHECK_ERRNO(sigsuspend(&none), EINTR);
	CHECK(caught == SIGALRM);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &none) == 0 &&
	      sigismember(&none, SIGALRM));
}

/* Interrupts a read by a signal. With SA_RESTART the read goes on. */
static void interrupted_calls(void)
{
	struct sigaction action = { .sa_handler = handler };
	int fds[2], turn[2], pid;
	char c;

	CHECK(pipe(fds) == 0 && pipe(turn) == 0);
	sigaction(SIGUSR1, &action, NULL);
	pid = fork();
	if (pid == 0) {
		sleep_ms(200);
		kill(getppid(), SIGUSR1);
		read(turn[0], &c, 1);
		sleep_ms(200);
		kill(getppid(), SIGUSR1);
		sleep_ms(200);
		write(fds[1], "z", 1);
		_exit(0);
	}
	CHECK_ERRNO(read(fds[0], &c, 1), EINTR);
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
	CHECK(write(turn[1], "x", 1) == 1);
	CHECK(read(fds[0], &c, 1) == 1 && c == 'z' && count == 2);
	CHECK(wait_status(pid) == 0);
}

static void default_actions(void)
{
	static const int deadly[] = { SIGTERM, SIGKILL, SIGHUP, SIGUSR2,
				      SIGABRT, SIGALRM, SIGPIPE };

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		int pid = fork(), status;

		if (pid == 0) {
			for (;;)
				pause();
		}
		CHECK(kill(pid, deadly[i]) == 0);
		status = wait_status(pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == deadly[i]);
	}
}

static void stop_and_continue(void)
{
	int pid = fork(), status;

	if (pid == 0)
		for (;;)
			pause();
	kill(pid, SIGSTOP);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGSTOP);
	CHECK(waitpid(pid, &status, WNOHANG | WUNTRACED) == 0);
	kill(pid, SIGCONT);
	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGTERM);
}

static void groups(void)
{
	int a = fork(), b, status;

	if (a == 0)
		for (;;)
			pause();
	setpgid(a, a);
	b = fork();
	if (b == 0)
		for (;;)
			pause();
	CHECK(setpgid(b, a) == 0);
	CHECK(kill(-a, SIGTERM) == 0);
	CHECK(waitpid(a, &status, 0) == a && waitpid(b, &status, 0) == b);
	CHECK_ERRNO(kill(-a, SIGTERM), ESRCH);
}

/*
 * Checks that a real-time signal reaches all members of a group, or none if
 * memory is short.
 */
static void realtime_groups(void)
{
	unsigned long long rt = 1ull << (40 - 1);
	int pids[5], status;

	syscall(__NR_rt_sigprocmask, SIG_BLOCK, &rt, NULL, 8);
	for (int i = 0; i < 5; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(syscall(__NR_rt_sigtimedwait, &rt, NULL, NULL,
				      8));
		CHECK(setpgid(pids[i], pids[0]) == 0);
	}
	for (int n = 1; on_cowix() && n <= 5; n++) {
		fail_alloc(n);
		CHECK_ERRNO(kill(-pids[0], 40), EAGAIN);
		fail_alloc(0);
		CHECK(waitpid(-pids[0], NULL, WNOHANG) == 0);
	}
	CHECK(kill(-pids[0], 40) == 0);
	for (int i = 0; i < 5; i++)
		CHECK(waitpid(pids[i], &status, 0) == pids[i] &&
		      status == 40 << 8);
}

static void stop_in_own_group(int to)
{
	char c;

	setpgid(0, 0);
	signal(SIGHUP, handler);
	signal(SIGCONT, handler);
	raise(SIGSTOP);
	for (int i = 0; i < 50 && count < 2; i++)
		sleep_ms(10);
	raise(SIGTSTP);			/* would be for ever: does nothing */
	c = '0' + count;
	write(to, &c, 1);
	_exit(0);
}

/*
 * Checks that a stopped group which nobody can continue gets SIGHUP and goes
 * on.
 */
static void orphaned_group(void)
{
	int fds[2], pid;
	char c = 0;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		int child = fork(), status;

		if (child == 0)
			stop_in_own_group(fds[1]);
		CHECK(waitpid(child, &status, WUNTRACED) == child &&
		      WIFSTOPPED(status));
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && close(fds[1]) == 0);
	alarm(5);
	CHECK(read(fds[0], &c, 1) == 1 && c == '2');
}

static void sleeping(void)
{
	struct timespec ts = { 0, 200000000 }, bad = { 0, 1000000000 };
	struct timespec start, end;
	long ms;

	syscall(265, 1, &start);
	CHECK(nanosleep(&ts, NULL) == 0);
	syscall(265, 1, &end);
	ms = (end.tv_sec - start.tv_sec) * 1000 +
	     (end.tv_nsec - start.tv_nsec) / 1000000;
	CHECK(ms >= 190 && ms < 1000);
	CHECK_ERRNO(nanosleep(&bad, NULL), EINVAL);
	alarm(0);
	CHECK(alarm(100) == 0 && alarm(0) >= 99);
}

/*
 * Checks that a sleeper runs soon beside endless computing, not whole time
 * slices later.
 */
static void sleeping_beside_work(void)
{
	int pids[2];
	long start, ms;

	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			for (;;)
				;
	}
	start = now_ms();
	for (int i = 0; i < 20; i++)
		sleep_ms(1);
	ms = now_ms() - start;
	for (int i = 0; i < 2; i++)
		CHECK(kill(pids[i], SIGKILL) == 0 &&
		      WTERMSIG(wait_status(pids[i])) == SIGKILL);
	CHECK(ms < 1000);
}

static void many_processes(void)
{
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 60; i++) {
			int pid = fork();

			if (pid == 0)
				_exit(i);
			CHECK(pid > 0);
		}
		for (int i = 0; i < 60; i++)
			CHECK(wait(NULL) > 0);
	}
}

TESTS({ "exit_codes", "exit statuses arrive", exit_codes },
      { "wait_options", "waitpid by pid, any, WNOHANG", wait_options },
      { "orphans", "orphans go to init", orphans },
      { "exec_arguments", "arguments arrive", exec_arguments },
      { "exec_failures", "what cannot run says why", exec_failures },
      { "scripts", "#! with arguments and loops", scripts },
      { "busy_programs", "executed or written, not both", busy_programs },
      { "handlers", "handlers, masks, pending signals", handlers },
      { "suspend", "sigsuspend", suspend },
      { "interrupted_calls", "EINTR and SA_RESTART", interrupted_calls },
      { "default_actions", "deadly signals", default_actions },
      { "stop_and_continue", "SIGSTOP and SIGCONT", stop_and_continue },
      { "groups", "process groups", groups },
      { "realtime_groups", "real-time signals to a group", realtime_groups },
      { "orphaned_group", "a stopped group that is left alone",
	orphaned_group },
      { "sleeping", "nanosleep and alarm", sleeping },
      { "sleeping_beside_work", "sleeping while others compute",
	sleeping_beside_work },
      { "many_processes", "hundreds of short lives", many_processes })
