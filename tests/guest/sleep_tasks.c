/* The sweep of planned sleeps (sleep.h) over resources of tasks. */
#include <abi/prctl.h>
#include <abi/ptrace.h>
#include <abi/uio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "sleep.h"

/*
 * The FPU's registers: each process has its own, from its first instruction on.
 */

static double loaded;

static int load_fpu(void)
{
	loaded = my_tid();
	__asm__ volatile("fninit; fldl %0; fldl %0" : : "m"(loaded));
	return 0;
}

static void check_fpu(void)
{
	double a = 0, b = 0;

	__asm__ volatile("fstpl %0; fstpl %1" : "=m"(a), "=m"(b));
	CHECK(!memcmp(&a, &loaded, sizeof(a)));
	CHECK(!memcmp(&b, &loaded, sizeof(b)));
}

static int fork_once(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static int load_and_fork(void)
{
	load_fpu();
	return fork_once();
}

static volatile int handled;

static void handler(int sig)
{
	double other = 1;

	handled = sig;
	__asm__ volatile("fninit; fldl %0; fstpl %0" : "+m"(other));
}

static int load_and_handle(void)
{
	signal(SIGUSR1, handler);
	load_fpu();
	return kill(getpid(), SIGUSR1);
}

static const struct act fpu_acts[] = {
	{ .name = "load", .run = load_fpu, .check = check_fpu },
	{ .name = "fork", .run = load_and_fork, .check = check_fpu },
	{ .name = "handle", .run = load_and_handle, .check = check_fpu },
};

static void fpu(void)
{
	static const struct scene scene =
		SCENE("registers", fpu_acts, .threads = 0);

	sweep_scene(&scene);
}

/*
 * A child of both threads: one looks at it, the other reaps it. Others then
 * fill its former kernel memory.
 */

static int victim, told;

static int limit_victim(void)
{
	unsigned long long limit[2] = { 100, 200 }, old[2];

	return syscall(__NR_prlimit64, victim, RLIMIT_NOFILE, limit, old);
}

static int read_limit(void)
{
	unsigned long long old[2];

	return syscall(__NR_prlimit64, victim, RLIMIT_NOFILE, NULL, old);
}

static unsigned regs[20];

static int get_regs(void)
{
	return syscall(__NR_ptrace, PTRACE_GETREGS, victim, 0, regs);
}

static int set_regs(void)
{
	unsigned wrong[20];

	memset(wrong, 0x55, sizeof(wrong));
	return syscall(__NR_ptrace, PTRACE_SETREGS, victim, 0, wrong);
}

static int peek(void)
{
	int word;

	return syscall(__NR_ptrace, PTRACE_PEEKDATA, victim, &victim, &word);
}

static int poke(void)
{
	return syscall(__NR_ptrace, PTRACE_POKEDATA, victim, &told, 7);
}

static int note(int status)
{
	told |= WIFSIGNALED(status) || WIFEXITED(status);
	return 0;
}

/* Takes the child's news, if there is any. */
static int wait_for_news(void)
{
	int status, pid = waitpid(victim, &status, WUNTRACED | WNOHANG);

	return pid == victim ? note(status) : -1;
}

/* Sets a watchpoint, which needs memory. */
static int watch(void)
{
	return syscall(__NR_ptrace, PTRACE_POKEUSER, victim,
		       USER_DEBUGREG + 4 * 7, 0);
}

static int set_fpu(void)
{
	static unsigned char fpu[108];

	return syscall(__NR_ptrace, PTRACE_SETFPREGS, victim, 0, fpu);
}

static int read_vm(void)
{
	static unsigned char there;
	char byte;
	struct iovec here = { &byte, 1 }, from = { &there, 1 };

	return syscall(__NR_process_vm_readv, victim, &here, 1, &from, 1, 0) ==
			       1
		       ? 0
		       : -1;
}

/* Another process attaches to the child, and lets it go as it ends. */
static int attach(void)
{
	int pid = fork();

	if (pid == 0) {
		syscall(__NR_ptrace, PTRACE_ATTACH, victim, 0, 0);
		_exit(0);
	}
	return wait_status(pid);
}

static int kill_victim(void)
{
	return kill(victim, SIGKILL);
}

static int reap(void)
{
	int status;

	if (kill(victim, SIGKILL) < 0 || waitpid(victim, &status, 0) < 0)
		return -1;
	return note(status);
}

static const struct act victim_acts[] = {
	{ .name = "limit", .run = limit_victim },
	{ .name = "read limit", .run = read_limit },
	{ .name = "get", .run = get_regs },
	{ .name = "set", .run = set_regs },
	{ .name = "peek", .run = peek },
	{ .name = "poke", .run = poke },
	{ .name = "watch", .run = watch },
	{ .name = "fpu", .run = set_fpu },
	{ .name = "read vm", .run = read_vm },
	{ .name = "attach", .run = attach },
	{ .name = "news", .run = wait_for_news },
	{ .name = "kill", .run = kill_victim },
	{ .name = "reap", .run = reap },
};

static void start_victim(int traced)
{
	siginfo_t info;

	told = 0;
	victim = fork();
	if (victim == 0) {
		if (traced)
			syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	CHECK(syscall(__NR_waitid, 1, victim, &info, 0x01000002, NULL) == 0);
}

static void start_stopped(void)
{
	start_victim(0);
}

static void start_traced(void)
{
	start_victim(1);
}

/* Checks that the child's death is reported once. */
static void bury(void)
{
	if (!told)
		CHECK(reap() == 0 && told);
	CHECK_ERRNO(waitpid(victim, NULL, WNOHANG), ECHILD);
}

static void stopped(void)
{
	static const struct scene scene = SCENE("stopped", victim_acts,
		.prepare = start_stopped, .judge = bury, .threads = 1);

	sweep_scene(&scene);
}

static void traced(void)
{
	static const struct scene scene = SCENE("traced", victim_acts,
		.prepare = start_traced, .judge = bury, .threads = 1);

	sweep_scene(&scene);
}

/* /proc of a child that is reaped while it is read. */

#define PROC "/mnt"

/*
 * Returns 1 if the text has memory of the process that fills it: four bytes,
 * as one alone may be the victim's number.
 */
static int has_pattern(const char *text, int n)
{
	int run = 0;

	for (int i = 0; i < n && run < 4; i++)
		run = text[i] == (char)PATTERN ? run + 1 : 0;
	return run == 4;
}

static int read_of_victim(const char *name)
{
	char path[60], text[300];
	int fd, n;

	sprintf(path, PROC "/%d/%s", victim, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	n = syscall(__NR_getdents, fd, text, sizeof(text));
	if (n < 0)
		n = read(fd, text, sizeof(text));
	CHECK(n <= 0 || !has_pattern(text, n));
	CHECK(close(fd) == 0);
	return n < 0 ? -1 : 0;
}

#define READS(name) \
	static int read_##name(void) { return read_of_victim(#name); }

READS(stat)
READS(status)
READS(statm)
READS(cmdline)
READS(environ)
READS(maps)
READS(pages)
READS(fd)
READS(exe)
READS(cwd)

static const struct act proc_acts[] = {
	{ .name = "stat", .run = read_stat, .only_subject = 1 },
	{ .name = "status", .run = read_status, .only_subject = 1 },
	{ .name = "statm", .run = read_statm, .only_subject = 1 },
	{ .name = "cmdline", .run = read_cmdline, .only_subject = 1 },
	{ .name = "environ", .run = read_environ, .only_subject = 1 },
	{ .name = "maps", .run = read_maps, .only_subject = 1 },
	{ .name = "pages", .run = read_pages, .only_subject = 1 },
	{ .name = "fd", .run = read_fd, .only_subject = 1 },
	{ .name = "exe", .run = read_exe, .only_subject = 1 },
	{ .name = "cwd", .run = read_cwd, .only_subject = 1 },
	{ .name = "reap", .run = reap, .only_rival = 1 },
};

static void proc(void)
{
	static const struct scene scene = SCENE("proc", proc_acts,
		.prepare = start_stopped, .judge = bury, .threads = 1);

	if (!on_cowix())
		return;
	CHECK(mount("none", PROC, "proc", 0, NULL) == 0);
	sweep_scene(&scene);
	CHECK(umount(PROC) == 0);
}

/* /proc/PID/maps of a child that its user may see no more. */

#define ME 54321
#define SECRET 0xA0000000u

static int orders[2], answers[2];

static void keep_secret(void)
{
	hear(orders[0]);
	CHECK(syscall(__NR_prctl, PR_SET_DUMPABLE, 0) == 0);
	CHECK(mmap((void *)SECRET, PAGE, PROT_READ,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	      (void *)SECRET);
	say(answers[1]);
	hear(orders[0]);
	_exit(0);
}

static void start_private(void)
{
	CHECK(pipe(orders) == 0 && pipe(answers) == 0);
	victim = fork();
	if (victim == 0) {
		CHECK(setgid(ME) == 0 && setuid(ME) == 0);
		CHECK(syscall(__NR_prctl, PR_SET_DUMPABLE, 1) == 0);
		say(answers[1]);
		keep_secret();
	}
	hear(answers[0]);
}

static int hide(void)
{
	say(orders[1]);
	hear(answers[0]);
	return 0;
}

static int read_of_other(void)
{
	char path[60], text[3000] = "";
	int fd, n = -1;

	sprintf(path, PROC "/%d/maps", victim);
	CHECK(syscall(__NR_setresgid32, -1, ME, -1) == 0);
	CHECK(syscall(__NR_setresuid32, -1, ME, -1) == 0);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	CHECK(syscall(__NR_setresuid32, -1, 0, -1) == 0);
	CHECK(syscall(__NR_setresgid32, -1, 0, -1) == 0);
	CHECK(!strstr(text, "\na0000000-"));
	return n < 0 ? -1 : 0;
}

static void release(void)
{
	say(orders[1]);
	CHECK(wait_status(victim) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(close(orders[i]) == 0 && close(answers[i]) == 0);
}

static const struct act private_acts[] = {
	{ .name = "maps", .run = read_of_other, .only_subject = 1 },
	{ .name = "hide", .run = hide, .only_rival = 1 },
};

static void private(void)
{
	static const struct scene scene = SCENE("private", private_acts,
		.prepare = start_private, .judge = release, .threads = 1);

	if (!on_cowix())
		return;
	CHECK(mount("none", PROC, "proc", 0, NULL) == 0);
	sweep_scene(&scene);
	CHECK(umount(PROC) == 0);
}

/* A program executed while its file is written, cut or removed. */

#define PROGRAM "/tmp/sleep-true"

static int exec_it(void)
{
	char *argv[] = { "true", NULL };
	int pid = fork(), status;

	if (pid == 0) {
		plan_event(order == AT_ONCE ? salt : 0, ANYTHING);
		execve(PROGRAM, argv, argv + 1);
		_exit(77);
	}
	status = wait_status(pid);
	CHECK(status == 0 || status == 77 << 8);
	return status ? -1 : 0;
}

static int cut_it(void)
{
	return truncate(PROGRAM, 100);
}

static int open_it(void)
{
	int fd = open(PROGRAM, O_WRONLY | O_TRUNC);

	return fd < 0 ? -1 : close(fd);
}

static int remove_it(void)
{
	return unlink(PROGRAM);
}

static const struct act exec_acts[] = {
	{ .name = "exec", .run = exec_it, .only_subject = 1 },
	{ .name = "cut", .run = cut_it },
	{ .name = "open", .run = open_it },
	{ .name = "unlink", .run = remove_it },
};

static void copy_program(void)
{
	static char text[16384];
	int from = open("/bin/true", O_RDONLY), n;
	int to = open(PROGRAM, O_WRONLY | O_CREAT | O_EXCL, 0755);

	CHECK(from >= 0 && to >= 0);
	n = read(from, text, sizeof(text));
	CHECK(n > 0 && write(to, text, n) == n);
	CHECK(close(from) == 0 && close(to) == 0);
}

static void describe_program(char *to)
{
	struct stat st = { .st_size = -1 };

	stat(PROGRAM, &st);
	sprintf(to, "%d bytes", (int)st.st_size);
}

static void remove_program(void)
{
	unlink(PROGRAM);
}

static void exec(void)
{
	static const struct scene scene = SCENE("exec", exec_acts,
		.prepare = copy_program, .describe = describe_program,
		.judge = remove_program);

	sweep_scene(&scene);
}

TESTS({ "proc", "/proc of a child that goes", proc },
      { "private", "maps of a child that hides", private },
      { "exec", "a program whose file changes", exec },
      { "stopped", "a child that is waited for, limited and killed", stopped },
      { "traced", "and that is traced", traced },
      { "fpu", "first use of the FPU", fpu })
