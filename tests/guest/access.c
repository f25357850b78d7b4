/*
 * Checks what a user may do to the processes and files of another: as little as
 * on Linux.
 */
#include <check.h>
#include <fcntl.h>
#include <cowix.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/ptrace.h>
#include <abi/termios.h>

#define ME 54321
#define OTHER 54322
#define FILE_NAME "/tmp/test-access"
#define NOATIME 01000000

static void become(int uid)
{
	CHECK(syscall(__NR_setgroups32, 0, NULL) == 0);
	CHECK(setgid(uid) == 0 && setuid(uid) == 0);
}

/* Runs work in a child, where this is root. */
static void as_root(void (*work)(void))
{
	int pid;

	if (geteuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		work();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/* Starts a process of user uid that waits to be killed. Returns its pid. */
static int sleeper(int uid, int gid)
{
	int pid = fork();

	if (pid == 0) {
		CHECK(syscall(__NR_setgroups32, 0, NULL) == 0);
		CHECK(setgid(gid) == 0 && setuid(uid) == 0);
		execve("/bin/sleep", (char *[]){ "sleep", "100", NULL },
		       environ);
		_exit(1);
	}
	sleep_ms(100);
	return pid;
}

static int other, mine, mine_in_group;

static void ask_strangers(void)
{
	unsigned head, size;
	struct rlimit64 limit = { 10, 10 };

	become(ME);
	CHECK_ERRNO(kill(other, 0), EPERM);
	CHECK_ERRNO(syscall(__NR_get_robust_list, other, &head, &size), EPERM);
	CHECK_ERRNO(syscall(__NR_get_robust_list, 1, &head, &size), EPERM);
	CHECK(syscall(__NR_get_robust_list, mine, &head, &size) == 0);
	CHECK_ERRNO(syscall(__NR_prlimit64, other, RLIMIT_CORE, NULL, &limit),
		    EPERM);
	CHECK_ERRNO(syscall(__NR_prlimit64, mine_in_group, RLIMIT_CORE, NULL,
			    &limit),
		    EPERM);
	CHECK(syscall(__NR_prlimit64, mine, RLIMIT_NOFILE, &limit, NULL) == 0);
	CHECK_ERRNO(syscall(__NR_setpriority, PRIO_PROCESS, other, 19), EPERM);
	CHECK_ERRNO(syscall(__NR_sched_setscheduler, other, 0,
			    &(unsigned){ 0 }),
		    EPERM);
	CHECK(syscall(__NR_sched_setscheduler, mine, 0, &(unsigned){ 0 }) == 0);
	CHECK_ERRNO(syscall(__NR_ptrace, PTRACE_PEEKDATA, other, 0x08048000,
			    &head),
		    ESRCH);
	CHECK_ERRNO(syscall(__NR_ptrace, PTRACE_KILL, other, 0, 0), ESRCH);
	if (on_cowix())
		CHECK_ERRNO(mm_audit(NULL, AUDIT_DROP_CACHES), EPERM);
}

static void strangers(void)
{
	if (geteuid() != 0)
		return;
	other = sleeper(OTHER, OTHER);
	mine = sleeper(ME, ME);
	mine_in_group = sleeper(ME, OTHER);
	as_root(ask_strangers);
	CHECK(kill(other, SIGKILL) == 0 && kill(mine, SIGKILL) == 0);
	CHECK(kill(mine_in_group, SIGKILL) == 0);
	while (wait(NULL) > 0)
		;
}

/*
 * Starts a traced child. It stops before the first instruction of uid's
 * program.
 */
static int traced(const char *path, int uid)
{
	int pid = fork(), status;

	if (pid == 0) {
		if (uid)
			become(uid);
		CHECK(syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) == 0);
		execve(path, (char *[]){ "x", NULL }, environ);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	return pid;
}

static int peek(int pid)
{
	unsigned word;

	return syscall(__NR_ptrace, PTRACE_PEEKDATA, pid, 0x08048000, &word);
}

static void end(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(wait_status(pid)) == SIGKILL);
}

static void copy(const char *from, int mode)
{
	static char buf[4096];
	int in = open(from, O_RDONLY), n;
	int out = open(FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(n == 0 && close(in) == 0 && close(out) == 0);
	CHECK(chmod(FILE_NAME, mode) == 0);
}

static void trace_unreadable(void)
{
	int pid;

	become(ME);
	pid = traced(FILE_NAME, 0);
	CHECK_ERRNO(peek(pid), EIO);
	CHECK_ERRNO(syscall(__NR_ptrace, PTRACE_POKEDATA, pid, 0x08048000, 0),
		    EIO);
	end(pid);
	pid = traced("/bin/true", 0);
	CHECK(peek(pid) == 0);
	end(pid);
}

/* Checks that a program which may only be executed cannot be read in memory. */
static void unreadable(void)
{
	if (!on_cowix() || geteuid() != 0)
		return;
	copy("/bin/true", 0711);
	as_root(trace_unreadable);
	CHECK(unlink(FILE_NAME) == 0);
}

/* Returns 1 if a file of the process can be read. /mnt is a second /proc. */
static int may_read(int pid, const char *name)
{
	char path[40];
	int fd;

	sprintf(path, "/mnt/%d/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	CHECK(close(fd) == 0);
	return 1;
}

static int changed;

static void look_at_changed(void)
{
	CHECK(setgid(ME) == 0 && setuid(ME) == 0);
	CHECK(may_read(mine, "maps") && may_read(mine, "environ"));
	CHECK(!may_read(changed, "maps") && !may_read(changed, "environ"));
	CHECK(!may_read(changed, "fd") && may_read(changed, "stat"));
	CHECK(!may_read(mine_in_group, "maps") && !may_read(other, "maps"));
}

/*
 * Checks that secrets from when a process was root stay hidden until its next
 * exec.
 */
static void former_root(void)
{
	int pid;

	if (!on_cowix() || geteuid() != 0)
		return;
	CHECK(mount("none", "/mnt", "proc", 0, NULL) == 0);
	other = sleeper(OTHER, OTHER);
	mine = sleeper(ME, ME);
	mine_in_group = sleeper(ME, OTHER);
	changed = fork();
	if (changed == 0) {
		become(ME);
		for (;;)
			pause();
	}
	sleep_ms(50);
	pid = fork();
	if (pid == 0) {
		CHECK(syscall(__NR_setgroups32, 0, NULL) == 0);
		look_at_changed();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	end(changed);
	end(mine);
	end(mine_in_group);
	end(other);
	CHECK(umount("/mnt") == 0);
}

static int setfs(int user, int group)
{
	syscall(__NR_setfsgid32, group);
	return syscall(__NR_setfsuid32, user);
}

static void use_files_as_me(void)
{
	struct stat64 st;
	int fd;

	CHECK(setfs(ME, ME) == 0 && setfs(-1, -1) == ME);
	CHECK_ERRNO(open(FILE_NAME, O_RDONLY), EACCES);
	CHECK_ERRNO(chmod(FILE_NAME, 0644), EPERM);
	CHECK(geteuid() == 0 && kill(1, 0) == 0); /* only files count */
	fd = open(FILE_NAME "2", O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0 && syscall(__NR_fstat64, fd, &st) == 0 && close(fd) == 0);
	CHECK(st.st_uid == ME && st.st_gid == ME);
	CHECK(access(FILE_NAME, R_OK) == 0);	/* uses the real user */
	CHECK_ERRNO(open(FILE_NAME, O_RDONLY), EACCES);
	/* follows the effective id */
	CHECK(setuid(0) == 0 && setfs(-1, -1) == 0);
	CHECK(close(open(FILE_NAME, O_RDONLY)) == 0);
	CHECK(syscall(__NR_setresuid32, 0, ME, 0) == 0 && setfs(-1, -1) == ME);
	CHECK_ERRNO(open(FILE_NAME, O_RDONLY), EACCES);
	CHECK(setfs(0, -1) == ME && close(open(FILE_NAME, O_RDONLY)) == 0);
	CHECK(setuid(0) == 0);
	become(ME);
	CHECK(setfs(0, 0) == ME && setfs(OTHER, OTHER) == ME &&
	      setfs(-1, -1) == ME);
}

static void file_ids(void)
{
	if (!on_cowix() || geteuid() != 0)
		return;
	copy("/bin/true", 0600);
	as_root(use_files_as_me);
	CHECK(unlink(FILE_NAME) == 0 && unlink(FILE_NAME "2") == 0);
}

static void open_without_atime(void)
{
	int fd;

	become(ME);
	CHECK_ERRNO(open(FILE_NAME, O_RDONLY | NOATIME), EPERM);
	fd = open(FILE_NAME, O_RDONLY);
	CHECK(fd >= 0);
	CHECK_ERRNO(fcntl(fd, F_SETFL, NOATIME), EPERM);
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && close(fd) == 0);
	fd = open(FILE_NAME "2", O_RDWR | O_CREAT | NOATIME, 0600);
	CHECK(fd >= 0 && fcntl(fd, F_GETFL) & NOATIME && close(fd) == 0);
	fd = open(FILE_NAME "2", O_RDONLY);
	CHECK(fcntl(fd, F_SETFL, NOATIME) == 0 && close(fd) == 0);
}

static void access_times(void)
{
	if (geteuid() != 0)
		return;
	copy("/bin/true", 0644);
	as_root(open_without_atime);
	CHECK(unlink(FILE_NAME) == 0 && unlink(FILE_NAME "2") == 0);
}

static int personality(unsigned persona)
{
	return syscall(__NR_personality, persona);
}

static void personalities(void)
{
	int pid;

	if (!on_cowix())
		return;
	CHECK_ERRNO(personality(0x0400000), EINVAL);
	CHECK_ERRNO(personality(6), EINVAL);
	CHECK(personality(-1) == 0 && personality(0x40000) == 0);
	CHECK(personality(-1) == 0x40000);
	pid = fork();
	if (pid == 0)
		_exit(personality(0) != 0x40000 || personality(-1) != 0);
	CHECK(wait_status(pid) == 0 && personality(0) == 0x40000);
}

/* Checks that nobody can type into a shell of root's on a user's terminal. */
static void typing(void)
{
	int master = open("/dev/ptmx", O_RDWR), slave, pid, zero = 0;
	char path[20];
	unsigned n;

	if (geteuid() != 0 || !on_cowix())
		return;
	CHECK(master >= 0 && ioctl(master, TIOCSPTLCK, &zero) == 0);
	CHECK(ioctl(master, TIOCGPTN, &n) == 0);
	sprintf(path, "/dev/pts/%u", n);
	pid = fork();
	if (pid == 0) {
		CHECK(syscall(__NR_setsid) > 0);
		slave = open(path, O_RDWR);
		CHECK(slave >= 0 && ioctl(slave, TIOCSTI, "a") == 0);
		become(ME);
		CHECK_ERRNO(ioctl(slave, TIOCSTI, "a"), EIO);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && close(master) == 0);
}

TESTS({ "strangers", "other users' processes", strangers },
      { "unreadable", "a program that may be executed only", unreadable },
      { "former_root", "memory from before setuid()", former_root },
      { "file_ids", "setfsuid, setfsgid", file_ids },
      { "access_times", "O_NOATIME is the owner's", access_times },
      { "personalities", "personality keeps what it says", personalities },
      { "typing", "TIOCSTI is root's", typing })
