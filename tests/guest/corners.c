/*
 * Corners where parts of the kernel meet: names through links, orphaned groups,
 * tracers, changed rights.
 */
#include <abi/elf.h>
#include <abi/ptrace.h>
#include <abi/resource.h>
#include <abi/taskinfo.h>
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

/* Checks links on the way to a name that is made, moved or removed. */
static void names_behind_links(void)
{
	int fd;

	CHECK(mkdir("/tmp/corner", 0755) == 0 &&
	      symlink("corner", "/tmp/corner-link") == 0);
	fd = open("/tmp/corner-link/file", O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(rename("/tmp/corner-link/file", "/tmp/corner-link/other") == 0);
	CHECK(mkdir("/tmp/corner-link/dir", 0755) == 0 &&
	      rmdir("/tmp/corner-link/dir") == 0);
	CHECK(unlink("/tmp/corner-link/other") == 0);
	CHECK(unlink("/tmp/corner-link") == 0 && rmdir("/tmp/corner") == 0);
	CHECK(symlink("corner-loop", "/tmp/corner-loop") == 0);
	CHECK_ERRNO(mkdir("/tmp/corner-loop/dir", 0755), ELOOP);
	CHECK(unlink("/tmp/corner-loop") == 0);
}

/*
 * Checks that nothing can be moved into a removed directory, where it would be
 * lost.
 */
static void into_the_void(void)
{
	int fd;

	CHECK(mkdir("/tmp/corner", 0755) == 0 && chdir("/tmp/corner") == 0 &&
	      rmdir("/tmp/corner") == 0);
	fd = open("/tmp/corner-file", O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK_ERRNO(rename("/tmp/corner-file", "lost"), ENOENT);
	CHECK(chdir("/tmp") == 0 && unlink("/tmp/corner-file") == 0);
}

static int report[2];

static void on_hangup(int sig)
{
	(void)sig;
	write(report[1], "h", 1);
}

/*
 * Runs as the member of a group: stops, gets SIGHUP and SIGCONT when its parent
 * ends. After that the terminal's signals cannot stop it.
 */
static void stopped_member(void)
{
	signal(SIGHUP, on_hangup);
	raise(SIGSTOP);
	raise(SIGTSTP);
	write(report[1], "c", 1);
	_exit(0);
}

static void orphaned_groups(void)
{
	char c[2] = { 0 };
	int pid;

	alarm(10);
	CHECK(pipe(report) == 0);
	pid = fork();
	if (pid == 0) {
		int member = fork(), status;

		if (member == 0)
			stopped_member();
		setpgid(member, member);
		waitpid(member, &status, WUNTRACED);
		_exit(WIFSTOPPED(status) ? 0 : 1);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(read(report[0], &c[0], 1) == 1 && c[0] == 'h');
	CHECK(read(report[0], &c[1], 1) == 1 && c[1] == 'c');
}

/*
 * Checks that a group's number stays in use while it has members. No new
 * session may take it, even if the first process has left.
 */
static void group_left_behind(void)
{
	int leader, member, status;

	leader = fork();
	if (leader == 0) {
		CHECK(setpgid(0, 0) == 0);
		member = fork();
		if (member == 0)
			for (;;)
				pause();
		CHECK(setpgid(0, getppid()) == 0);
		CHECK_ERRNO(setsid(), EPERM);
		CHECK(kill(member, SIGKILL) == 0 &&
		      waitpid(member, &status, 0) == member);
		CHECK(setsid() == getpid());
		_exit(0);
	}
	CHECK(wait_status(leader) == 0);
}

/*
 * Leads a session on a terminal, with a foreground group that would sleep for
 * ever.
 */
static void lead_session(const char *terminal)
{
	int fd, member;

	CHECK(setsid() > 0);
	fd = open(terminal, O_RDWR);
	member = fork();
	if (member == 0)
		for (;;)
			pause();
	setpgid(member, member);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, on_hangup);
	CHECK(ioctl(fd, TIOCSPGRP, &member) == 0);
	write(report[1], "r", 1);
	pause();
	_exit(0);
}

/*
 * Checks that the foreground group gets SIGHUP, too. The terminal goes, and
 * then the leader ends.
 */
static void foreground_hangup(void)
{
	int master = open("/dev/ptmx", O_RDWR), zero = 0, number, leader;
	char c, terminal[32];

	alarm(10);
	CHECK(ioctl(master, TIOCSPTLCK, &zero) == 0 &&
	      ioctl(master, TIOCGPTN, &number) == 0);
	snprintf(terminal, sizeof(terminal), "/dev/pts/%d", number);
	CHECK(pipe(report) == 0);
	leader = fork();
	if (leader == 0) {
		close(master);
		close(report[0]);
		lead_session(terminal);
	}
	close(report[1]);
	CHECK(read(report[0], &c, 1) == 1 && c == 'r');
	sleep_ms(20);
	CHECK(close(master) == 0);
	CHECK(wait_status(leader) == 0);
	/* first the leader's bytes; the end comes when the group is gone */
	while (read(report[0], &c, 1) == 1)
		;
}

/* Checks that a write-only page can be read on a 386, written before or not. */
static void write_only_pages(void)
{
	volatile char *page =
		(char *)syscall(__NR_mmap2, 0, 8192, 2, 0x22, -1, 0);

	CHECK(page != (char *)-1 && page[0] == 0);
	page[4096] = 5;
	CHECK(page[4096] == 5);
}

/* Checks that file offsets do not wrap after the last page with a number. */
static void mapped_beyond(void)
{
	int fd = open("/bin/true", O_RDONLY);
	long at = syscall(__NR_mmap2, 0, 0x81000000, 1, 2, fd, 0x7FFFF);

	CHECK(at == -1 || !on_cowix());
}

/*
 * Checks that a process's pending signals are limited, and that all queued ones
 * arrive.
 */
static void many_signals(void)
{
	unsigned long long set = 1ull << (40 - 1), none = 0;
	siginfo_t info = { .si_code = SI_QUEUE };
	unsigned limit[2];
	int queued = 0, taken = 0;

	CHECK(syscall(__NR_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8) == 0);
	while (queued < 5000 &&
	       syscall(__NR_rt_sigqueueinfo, getpid(), 40, &info) == 0)
		queued++;
	CHECK(syscall(__NR_ugetrlimit, RLIMIT_SIGPENDING, limit) == 0);
	CHECK(queued > 100 && (queued == (int)limit[0] || queued == 5000));
	while (syscall(__NR_rt_sigtimedwait, &set, NULL,
		       &(struct timespec){ 0, 0 }, 8) == 40)
		taken++;
	CHECK(taken == queued && syscall(__NR_rt_sigpending, &none, 8) == 0 &&
	      none == 0);
}

static long trace(int request, int pid, long data)
{
	return syscall(__NR_ptrace, request, pid, 0, data);
}

/* Starts a traced child, and waits until it has stopped. */
static int traced_child(void)
{
	int pid = fork(), status;

	if (pid == 0) {
		CHECK(trace(PTRACE_TRACEME, 0, 0) == 0);
		raise(SIGUSR1);
		write(report[1], "r", 1);
		for (;;)
			pause();
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGUSR1);
	return pid;
}

/* Checks that a child goes on when its tracer exits. */
static void tracer_exits(void)
{
	char c;
	int pid;

	alarm(10);
	CHECK(pipe(report) == 0);
	pid = fork();
	if (pid == 0) {
		traced_child();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(read(report[0], &c, 1) == 1 && c == 'r');
}

/* Checks that a zombie is found behind a child that was traced for a while. */
static void detached(void)
{
	siginfo_t info;
	int zombie = fork(), pid, status;

	if (zombie == 0)
		_exit(3);
	CHECK(pipe(report) == 0);
	CHECK(syscall(__NR_waitid, P_PID, zombie, &info, WEXITED | WNOWAIT,
		      NULL) == 0);
	pid = traced_child();
	CHECK(trace(PTRACE_DETACH, pid, 0) == 0);
	CHECK(waitpid(-1, &status, WNOHANG) == zombie &&
	      WEXITSTATUS(status) == 3);
	CHECK(kill(pid, SIGKILL) == 0 && wait_status(pid) == SIGKILL);
}

/*
 * Checks that a process killed while stopped before a system call does not stop
 * again after it.
 */
static void killed_at_a_call(void)
{
	int pid, status;

	CHECK(pipe(report) == 0);
	pid = traced_child();
	CHECK(trace(PTRACE_SYSCALL, pid, 0) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGTRAP);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	      WTERMSIG(status) == SIGKILL);
}

/* Returns a value of the auxiliary vector behind the environment, or -1. */
static long auxiliary(long type)
{
	char **at = environ;
	long *pair;

	while (*at)
		at++;
	for (pair = (long *)at + 1; pair[0]; pair += 2)
		if (pair[0] == type)
			return pair[1];
	return -1;
}

/*
 * Runs as the program of set_ids(): checks that it can see its changed rights.
 */
static void knows_rights(void)
{
	if (getuid() == geteuid())
		return;
	CHECK(auxiliary(AT_UID) == 1000 && auxiliary(AT_EUID) == 0 &&
	      auxiliary(AT_SECURE) == 1);
}

static void set_ids(void)
{
	static char buf[4096];
	int in = open(on_cowix() ? "/tests/corners" : "/proc/self/exe",
		      O_RDONLY),
	    out = open("/tmp/corner-suid", O_WRONLY | O_CREAT | O_TRUNC, 0755),
	    n, pid;

	CHECK(auxiliary(AT_SECURE) == 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(close(out) == 0 && chmod("/tmp/corner-suid", 04755) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(!on_cowix() || setuid(1000) == 0);
		execve("/tmp/corner-suid",
		       (char *[]){ "corners", "knows_rights", NULL },
		       (char *[]){ NULL });
		_exit(99);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(unlink("/tmp/corner-suid") == 0);
}

/*
 * Checks the clone() of a C library's fork(). The child's number appears in the
 * child's memory only.
 */
static void child_number(void)
{
	static volatile int number = -1;
	int pid = syscall(__NR_clone, 0x1000000 | SIGCHLD, 0, 0, 0, &number);

	if (pid == 0)
		_exit(number == getpid() ? 0 : 1);
	CHECK(wait_status(pid) == 0 && number == -1);
}

/*
 * Checks a list of processes copied to a page that must first be read from
 * disk. Processes come and go meanwhile.
 */
static void ps_and_exits(void)
{
	static struct task_info list[16];
	int forker, fd, tasks;
	char *page;

	if (!on_cowix())
		return;
	forker = fork();
	while (forker == 0) {
		if (fork() == 0)
			_exit(0);
		wait(NULL);
	}
	fd = open("/tests/corners", O_RDONLY);
	for (int i = 0; i < 50; i++) {
		mm_audit(NULL, AUDIT_DROP_CACHES);
		page = (char *)syscall(__NR_mmap2, 0, 8192, 3, 2, fd, 0);
		CHECK(page != (char *)-1);
		/* the last one goes into the second page */
		tasks = syscall(__NR_ps, list, 16, 0);
		CHECK(tasks > 2 &&
		      syscall(__NR_ps,
			      page + 4096 - (tasks - 1) * sizeof(list[0]), 60,
			      0) < 20);
		CHECK(syscall(__NR_munmap, page, 8192) == 0);
	}
	CHECK(syscall(__NR_ps, list, 16, 0) > 2 && list[0].pid == 1);
	CHECK_ERRNO(syscall(__NR_ps, 4096, 8, 0), EFAULT);
	kill(forker, SIGKILL);
	wait_status(forker);
}

TESTS({ "names_behind_links", "names are made and removed behind links",
	names_behind_links },
      { "into_the_void", "rename into a directory that is gone",
	into_the_void },
      { "orphaned_groups", "a stopped group that is orphaned goes on",
	orphaned_groups },
      { "foreground_hangup", "a hangup reaches the foreground group",
	foreground_hangup },
      { "write_only_pages", "pages that may be written can be read",
	write_only_pages },
      { "mapped_beyond", "mappings beyond the largest offset", mapped_beyond },
      { "many_signals", "as many signals as the limit says", many_signals },
      { "group_left_behind", "setsid with members left", group_left_behind },
      { "tracer_exits", "a child runs on without its tracer", tracer_exits },
      { "detached", "a zombie behind a detached child", detached },
      { "killed_at_a_call", "SIGKILL at a traced call", killed_at_a_call },
      { "knows_rights", "a set-id program knows that it is one", knows_rights },
      { "set_ids", "the same as a user", set_ids },
      { "child_number", "CLONE_CHILD_SETTID", child_number },
      { "ps_and_exits", "ps while processes end", ps_and_exits })
