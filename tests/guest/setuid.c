/*
 * Whose rights a program gets: set-id programs while a process without their
 * rights controls the caller. Started as "tell", the program is the one
 * executed: it writes its ids.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/ptrace.h>
#include "auxv.h"
#include "thread.h"

#define ME 54321
#define OTHER 54322
#define PROG "/tmp/test-setuid"
#define HELD 9			/* a descriptor */

static const char *self;

/* Ids and findings that the executed program reports. */
struct told {
	unsigned uid, euid, suid, gid, egid, sgid;
	unsigned aux_uid, aux_euid, aux_gid, aux_egid, secure;
	int traceme, held;
};

static int tell(void)
{
	struct told t = {
		.aux_uid = aux(AT_UID), .aux_euid = aux(AT_EUID),
		.aux_gid = aux(AT_GID), .aux_egid = aux(AT_EGID),
		.secure = aux(AT_SECURE),
	};
	char c;

	syscall(__NR_getresuid32, &t.uid, &t.euid, &t.suid);
	syscall(__NR_getresgid32, &t.gid, &t.egid, &t.sgid);
	if (read(0, &c, 1) < 0)		/* until the parent is ready */
		return 1;
	t.held = fcntl(HELD, F_GETFD) >= 0;
	t.traceme = syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) ? errno : 0;
	return write(1, &t, sizeof(t)) != sizeof(t);
}

static void execute(void)
{
	execve(PROG, (char *[]){ "setuid", "tell", NULL }, environ);
	_exit(99);
}

/* Makes a copy of this program that belongs to uid and gid. */
static void make(int mode, int uid, int gid)
{
	static char buf[4096];
	int in = open(self, O_RDONLY), n;
	int out = open(PROG, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(n == 0 && close(in) == 0 && close(out) == 0);
	CHECK(syscall(__NR_chown32, PROG, uid, gid) == 0);
	CHECK(chmod(PROG, mode) == 0);
}

static void become(int uid)
{
	CHECK(syscall(__NR_setgroups32, 0, NULL) == 0);
	CHECK(setgid(uid) == 0 && setuid(uid) == 0);
}

static int to_child[2], from_child[2];

/* Makes the pipes standard input and output, in the child. */
static void use_pipes(void)
{
	CHECK(dup2(to_child[0], 0) == 0 && dup2(from_child[1], 1) == 1);
}

static void as_me(void)
{
	become(ME);
	use_pipes();
}

static void make_pipes(void)
{
	CHECK(pipe(to_child) == 0 && pipe(from_child) == 0);
}

/* Lets the program go on. Returns what it says of itself. */
static struct told hear(int pid)
{
	struct told t;
	int status;

	CHECK(write(to_child[1], "x", 1) == 1);
	CHECK(read(from_child[0], &t, sizeof(t)) == sizeof(t));
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		syscall(__NR_ptrace, PTRACE_CONT, pid, 0, 0);
	CHECK(status == 0);
	for (int i = 0; i < 2; i++)
		CHECK(close(to_child[i]) == 0 && close(from_child[i]) == 0);
	CHECK(t.aux_uid == t.uid && t.aux_euid == t.euid);
	CHECK(t.aux_gid == t.gid && t.aux_egid == t.egid);
	return t;
}

static struct told run_as_me(void)
{
	int pid;

	make_pipes();
	pid = fork();
	if (pid == 0) {
		as_me();
		execute();
	}
	return hear(pid);
}

/*
 * Returns 0 if this is not root, or an emulator does not know set-id programs.
 */
static int possible(void)
{
	struct told t;

	if (geteuid() != 0)
		return 0;
	make(04755, OTHER, OTHER);
	t = run_as_me();
	CHECK(!on_cowix() || t.euid == OTHER);
	return t.euid == OTHER;
}

static void given(void)
{
	struct told t;

	if (!possible())
		return;
	t = run_as_me();
	CHECK(t.uid == ME && t.euid == OTHER && t.suid == OTHER && t.secure);
	CHECK(t.gid == ME && t.egid == ME && t.traceme == 0);
	make(02755, OTHER, OTHER);
	t = run_as_me();
	CHECK(t.euid == ME && t.egid == OTHER && t.sgid == OTHER && t.secure);
	make(02745, OTHER, OTHER);	/* means locking, not rights */
	t = run_as_me();
	CHECK(t.euid == ME && t.egid == ME && !t.secure);
	make(0755, OTHER, OTHER);
	t = run_as_me();
	CHECK(t.uid == ME && t.euid == ME && t.suid == ME && !t.secure);
	CHECK(unlink(PROG) == 0);
}

static void trace_me(void)
{
	CHECK(syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) == 0);
}

/* Lets a traced child go on to the new program. */
static void await_program(int pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	CHECK(WSTOPSIG(status) == SIGTRAP);
	CHECK(syscall(__NR_ptrace, PTRACE_CONT, pid, 0, 0) == 0);
}

static void refused(struct told t)
{
	CHECK(t.uid == ME && t.euid == ME && t.suid == ME);
	CHECK(t.gid == ME && t.egid == ME && t.sgid == ME);
}

static void while_traced(void)
{
	int pid;

	if (!possible())
		return;
	make(06755, 0, 0);
	make_pipes();
	pid = fork();
	if (pid == 0) {
		as_me();
		trace_me();
		execute();
	}
	await_program(pid);
	refused(hear(pid));
	CHECK(unlink(PROG) == 0);
}

static void execute_in_thread(void *unused)
{
	(void)unused;
	execute();
}

/*
 * Checks that the tracer of one thread loses it when another thread executes a
 * set-id program. So the process gains its rights.
 */
static void by_another_thread(void)
{
	struct thread t;
	struct told told;
	int pid, word;

	if (!possible())
		return;
	make(06755, 0, 0);
	make_pipes();
	pid = fork();
	if (pid == 0) {
		as_me();
		trace_me();
		start(&t, execute_in_thread, NULL);
		for (;;)
			pause();
	}
	sleep_ms(100);
	CHECK_ERRNO(syscall(__NR_ptrace, PTRACE_PEEKDATA, pid, 0x8048000,
			    &word),
		    ESRCH);
	told = hear(pid);
	CHECK(told.uid == ME && told.euid == 0 && told.secure);
	CHECK(unlink(PROG) == 0);
}

/*
 * Checks that a process traced since it was root may gain rights later. A
 * program with root's rights refuses to be traced by a parent without them.
 */
static void traced_by_root(void)
{
	struct told t;
	int pid;

	if (!possible())
		return;
	make_pipes();
	pid = fork();
	if (pid == 0) {
		trace_me();
		as_me();
		execute();
	}
	await_program(pid);
	t = hear(pid);
	CHECK(t.euid == OTHER && t.secure && t.traceme == EPERM);
	make(04755, 0, 0);
	make_pipes();
	pid = fork();
	if (pid == 0) {
		become(ME);
		pid = fork();
		if (pid == 0) {
			use_pipes();
			execute();
		}
		t = hear(pid);
		_exit(t.euid != 0 || t.traceme != EPERM);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(unlink(PROG) == 0);
}

static int clone_with(unsigned flags)
{
	return syscall(__NR_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

/*
 * Checks that no rights are gained while another process shares umask and
 * directories.
 */
static void shared_directories(void)
{
	int pid;

	if (!possible())
		return;
	make(06755, 0, 0);
	make_pipes();
	pid = clone_with(CLONE_FS);
	if (pid == 0) {
		as_me();
		execute();
	}
	refused(hear(pid));
	CHECK(unlink(PROG) == 0);
}

static void shared_no_more(void)
{
	struct told t;
	int pid;

	if (!possible())
		return;
	make_pipes();
	pid = fork();
	if (pid == 0) {
		as_me();
		if (clone_with(CLONE_FS) == 0)
			_exit(0);
		CHECK(wait(NULL) > 0);
		execute();
	}
	t = hear(pid);
	CHECK(t.euid == OTHER && t.secure);
	CHECK(unlink(PROG) == 0);
}

/* Checks that the program's descriptors are its own, even if shared before. */
static void shared_files(void)
{
	struct told t;
	int pid;

	if (!possible())
		return;
	make_pipes();
	CHECK(dup2(0, HELD) == HELD && dup2(to_child[0], HELD + 1) > 0);
	CHECK(dup2(from_child[1], HELD + 2) > 0);
	CHECK(fcntl(to_child[1], F_SETFD, FD_CLOEXEC) == 0);
	pid = clone_with(CLONE_FILES);
	if (pid == 0) {
		become(ME);
		execve(PROG, (char *[]){ "setuid", "held", NULL }, environ);
		_exit(99);
	}
	sleep_ms(200);
	CHECK(close(HELD) == 0 && close(HELD + 1) == 0);
	t = hear(pid);
	CHECK(t.held && t.euid == OTHER && close(HELD + 2) == 0);
	CHECK(unlink(PROG) == 0);
}

/*
 * Runs as "tell" on other descriptors, since its parent's standard ones must
 * stay.
 */
static int tell_held(void)
{
	return dup2(HELD + 1, 0) != 0 || dup2(HELD + 2, 1) != 1 || tell();
}

static void shared_memory(void)
{
	static volatile int mine;
	struct told t;
	int pid;

	if (!possible())
		return;
	make_pipes();
	pid = vfork();
	if (pid == 0) {
		mine = 1;
		syscall(__NR_setgid32, ME);
		syscall(__NR_setuid32, ME);
		dup2(to_child[0], 0);
		dup2(from_child[1], 1);
		execute();
	}
	t = hear(pid);
	CHECK(t.uid == ME && t.euid == OTHER && t.secure && mine == 1);
	CHECK(unlink(PROG) == 0);
}

/*
 * Checks that a child's exit signal does not reach the program which its parent
 * executed since.
 */
static void parting_signal(void)
{
	int pid = fork(), child;

	if (pid == 0) {
		child = syscall(__NR_clone, SIGUSR1, 0, 0, 0, 0);
		if (child == 0) {
			sleep_ms(200);
			_exit(0);
		}
		execve("/bin/sleep", (char *[]){ "sleep", "1", NULL }, environ);
		_exit(1);
	}
	CHECK(wait_status(pid) == 0);
}

static int run(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "given", "set-user-id and set-group-id programs", given },
		{ "while_traced", "none while traced", while_traced },
		{ "by_another_thread", "none by another thread",
		  by_another_thread },
		{ "traced_by_root", "root may trace them", traced_by_root },
		{ "shared_directories", "none while CLONE_FS lasts",
		  shared_directories },
		{ "shared_no_more", "but afterwards", shared_no_more },
		{ "shared_files", "CLONE_FILES ends at exec", shared_files },
		{ "shared_memory", "a child of vfork()", shared_memory },
		{ "parting_signal", "children made before exec",
		  parting_signal },
		{ 0 },
	};

	return run_tests(tests, argc, argv);
}

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "tell") == 0)
		return tell();
	if (argc == 2 && strcmp(argv[1], "held") == 0)
		return tell_held();
	return run(argc, argv);
}
