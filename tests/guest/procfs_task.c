/*
 * /proc, part about processes: compares it with the truth. Started as
 * "proc-child", the program is the one whose memory and arguments are looked
 * at.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "procfs.h"

#define CHILD "proc-child"
#define DEEP "/tmp/test-deep"
#define LEVELS 80

static void self(void)
{
	char pid[16];
	int child;

	sprintf(pid, "%d", getpid());
	CHECK(link_is("/proc/self", pid));
	child = fork();
	if (child == 0) {
		sprintf(pid, "%d", getpid());
		CHECK(link_is("/proc/self", pid));
		_exit(0);
	}
	CHECK(wait_status(child) == 0);
	CHECK_ERRNO(open("/proc/self", O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK_ERRNO(open("/proc/0", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/01", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/1/no-such-file", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/99999999999", O_RDONLY), ENOENT);
}

/*
 * Returns field n of stat, counted from 1. The second field ends with the last
 * parenthesis.
 */
static const char *field(int n)
{
	const char *at = strrchr(text, ')') + 1;

	for (int i = 2; i < n; i++)
		at = strchr(at, ' ') + 1;
	return at;
}

static void stat_file(void)
{
	int fields = 1, expected = getpid();

	CHECK(read_all("/proc/self/stat") > 0 &&
	      (int)strtoul(text, NULL, 10) == expected);
	for (char *at = text; *at; at++)
		fields += *at == ' ';
	CHECK(fields == 52 && text[strlen(text) - 1] == '\n');
	CHECK(strncmp(strchr(text, ' '), " (procfs_task) R ", 17) == 0);
	CHECK((int)strtoul(field(4), NULL, 10) == getppid() &&
	      (int)strtoul(field(5), NULL, 10) == getpgrp());
	CHECK((int)strtoul(field(6), NULL, 10) == syscall(__NR_getsid, 0));
	CHECK(strtoul(field(18), NULL, 10) == 20 &&
	      strtoul(field(19), NULL, 10) == 0 &&
	      strtoul(field(20), NULL, 10) == 1);
	CHECK(strtoul(field(26), NULL, 10) <= (unsigned long)stat_file &&
	      strtoul(field(27), NULL, 10) > (unsigned long)stat_file);
}

static void nothing(int sig)
{
	(void)sig;
}

static void status(void)
{
	char line[80];

	CHECK(read_all("/proc/self/status") > 0);
	CHECK(strncmp(text, "Name:\tprocfs_task\n", 18) == 0 &&
	      has_line("State:\tR (running)\n") && has_line("Threads:\t1\n"));
	sprintf(line, "Tgid:\t%d\n", getpid());
	CHECK(has_line(line));
	sprintf(line, "Pid:\t%d\n", getpid());
	CHECK(has_line(line));
	sprintf(line, "PPid:\t%d\n", getppid());
	CHECK(has_line(line));
	sprintf(line, "Uid:\t%d\t%d\t%d\t%d\n", getuid(), getuid(), getuid(),
		getuid());
	CHECK(has_line(line));
	CHECK(number_of("VmSize:") >= number_of("VmRSS:") &&
	      number_of("VmRSS:") > 0);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, nothing);
	{
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		sigprocmask(SIG_BLOCK, &set, NULL);
	}
	kill(getpid(), SIGUSR1);
	CHECK(read_all("/proc/self/status") > 0);
	CHECK(has_line("SigPnd:\t0000000000000000\n") &&
	      has_line("ShdPnd:\t0000000000000200\n"));
	CHECK(has_line("SigBlk:\t0000000000000200\n"));
	CHECK(strtoul(strstr(text, "SigIgn:\t") + 16, NULL, 16) & 0x800 &&
	      strtoul(strstr(text, "SigCgt:\t") + 16, NULL, 16) & 1);
}

/* Checks the states of a sleeping process, a stopped one, and a zombie. */
static void states(void)
{
	int fds[2], pid;
	char c;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		read(fds[0], &c, 1);
		_exit(5);
	}
	pause_ms(100);
	CHECK(read_all(of(pid, "status")) > 0 &&
	      has_line("State:\tS (sleeping)\n"));
	kill(pid, SIGSTOP);
	pause_ms(100);
	CHECK(read_all(of(pid, "status")) > 0 &&
	      has_line("State:\tT (stopped)\n"));
	kill(pid, SIGCONT);
	write(fds[1], "x", 1);
	pause_ms(100);
	CHECK(read_all(of(pid, "status")) > 0 &&
	      has_line("State:\tZ (zombie)\n") && number_of("VmSize:") == -1);
	CHECK(read_all(of(pid, "stat")) > 0 && *field(3) == 'Z');
	CHECK(read_all(of(pid, "cmdline")) == 0 &&
	      read_all(of(pid, "maps")) <= 0);
	CHECK(readlink(of(pid, "exe"), text, 100) == -1 && errno == ENOENT);
	CHECK(wait_status(pid) == 5 << 8);
	CHECK_ERRNO(open(of(pid, "stat"), O_RDONLY), ENOENT);
}

/*
 * Runs this program from a path, as CHILD, with arguments of more than two
 * pages. It checks what /proc shows of it.
 */
static void run_child(const char *path, const char *mode)
{
	static char big[5001];
	int pid;

	memset(big, 'a', 5000);
	pid = fork();
	if (pid == 0) {
		execve(path,
		       (char *[]){ CHILD, (char *)mode, "two words", big, "",
				   big, NULL },
		       (char *[]){ "A=1", "B=two words", NULL });
		_exit(99);
	}
	CHECK(wait_status(pid) == 0);
}

static void check_strings(const char *path, char *const *list)
{
	int pieces[] = { 1000, 4096, 4097, 333 };

	for (int i = 0; i < 4; i++) {
		int n = read_pieces(path, text, pieces[i]), at = 0;

		for (char *const *s = list; *s; at += strlen(*s++) + 1)
			CHECK(strcmp(text + at, *s) == 0);
		CHECK(n == at);
	}
}

static int child_main(char **argv, char **envp)
{
	if (strcmp(argv[1], "arguments") == 0) {
		check_strings("/proc/self/cmdline", argv);
		check_strings("/proc/self/environ", envp);
	} else {
		int n = read_pieces("/proc/self/maps", other, 1000);

		CHECK(n > 4096 && strstr(other, DEEP) &&
		      strstr(other, " [stack]\n"));
		CHECK(read_pieces("/proc/self/maps", text, 4096) == n &&
		      strcmp(text, other) == 0);
		CHECK(read_pieces("/proc/self/maps", text, 77) == n &&
		      strcmp(text, other) == 0);
	}
	return 0;
}

static void arguments(void)
{
	run_child("/proc/self/exe", "arguments");
	CHECK(read_all("/proc/self/comm") == 12 &&
	      strcmp(text, "procfs_task\n") == 0);
}

/* Checks permissions and name in the line of maps that contains an address. */
static void check_area(const void *addr, const char *permissions,
		       const char *name)
{
	unsigned long last_end = 0;
	char *line = text, *next;

	CHECK(read_all("/proc/self/maps") > 0);
	for (; *line; line = next) {
		char *end;
		unsigned long from = strtoul(line, &end, 16),
			      to = strtoul(end + 1, &end, 16);

		CHECK(from < to && from >= last_end &&
		      (from | to) % 4096 == 0 && *end == ' ');
		last_end = to;
		next = strchr(line, '\n');
		*next++ = '\0';
		if ((unsigned long)addr >= from && (unsigned long)addr < to) {
			CHECK(strncmp(end + 1, permissions,
				      strlen(permissions)) == 0);
			CHECK(strcmp(line + strlen(line) - strlen(name),
				     name) == 0);
			return;
		}
	}
	CHECK(!"no line contains the address");
}

static void maps(void)
{
	char *heap = sbrk(100000), exe[200] = " ";
	int n = readlink("/proc/self/exe", exe + 1, 190);

	CHECK(n > 0);
	exe[n + 1] = '\0';
	heap[99999] = 1;
	check_area((void *)maps, "r-xp ", exe);
	check_area(&heap, "rw", " [stack]");
	check_area(heap + 99999, on_cowix() ? "rw-p 00000000 00:00 0 " : "rw",
		   " [heap]");
	if (!on_cowix())
		return;
	check_area(text + sizeof(text) - 1, "rw-p 00000000 00:00 0 ", "");
	CHECK(read_all("/proc/self/maps") > 0);
	/* names start in column 49; .bss has none */
	for (char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		CHECK(end - line < 49 || strncmp(line + 48, " /", 2) == 0 ||
		      strncmp(line + 48, " [", 2) == 0);
	}
}

static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY),
	    out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0755), n;

	while ((n = read(in, text, TEXT_MAX)) > 0)
		CHECK(write(out, text, n) == n);
	CHECK(n == 0 && close(out) == 0 && close(in) == 0);
}

/* Runs a program with so long a path that its maps fill more than a page. */
static void long_maps(void)
{
	const char *name = "a-directory-with-a-long-name-x";

	CHECK(mkdir(DEEP, 0755) == 0 && chdir(DEEP) == 0);
	for (int i = 0; i < LEVELS; i++)
		CHECK(mkdir(name, 0755) == 0 && chdir(name) == 0);
	copy("/proc/self/exe", "program");
	run_child("./program", "maps");
	CHECK(unlink("program") == 0);
	for (int i = 0; i < LEVELS; i++)
		CHECK(chdir("..") == 0 && rmdir(name) == 0);
	CHECK(chdir("/") == 0 && rmdir(DEEP) == 0);
}

/* Reads all open files of a process's directory after it has ended. */
static void ended(void)
{
	static const char *const names[] = { "stat",    "status", "statm",
					     "cmdline", "comm",   "environ",
					     "maps" };
	enum { FILES = sizeof(names) / sizeof(names[0]) };
	int fds[2], pid, fd[FILES], dir, fd_dir;
	char c;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		read(fds[0], &c, 1);
		_exit(0);
	}
	for (int i = 0; i < FILES; i++)
		CHECK((fd[i] = open(of(pid, names[i]), O_RDONLY)) >= 0);
	CHECK((dir = open(of(pid, ""), O_RDONLY | O_DIRECTORY)) >= 0 &&
	      (fd_dir = open(of(pid, "fd"), O_RDONLY | O_DIRECTORY)) >= 0);
	CHECK(fchdir(dir) == 0 && access("stat", R_OK) == 0 &&
	      access("fd/0", F_OK) == 0);
	write(fds[1], "x", 1);
	CHECK(wait_status(pid) == 0);
	for (int i = 0; i < FILES; i++) {
		int n = read(fd[i], text, 100);

		CHECK(n == 0 || (n == -1 && errno == ESRCH));
	}
	CHECK(access("stat", F_OK) == -1 &&
	      (errno == ENOENT || errno == ESRCH));
	CHECK(access("fd", F_OK) == -1 && access("exe", F_OK) == -1);
	CHECK(syscall(__NR_getdents64, fd_dir, text, 1000) <= 0 &&
	      fchdir(fd_dir) <= 0 && access("0", F_OK) == -1);
	CHECK_ERRNO(open(of(pid, "stat"), O_RDONLY), ENOENT);
	CHECK(chdir("/") == 0);
}

/* Checks that files of a dead process do not show a new one with its number. */
static void numbers_used_again(void)
{
	int fd, dir, pid, next, fds[2];
	char c;

	if (!on_cowix())
		return;
	CHECK(pipe(fds) == 0);
	do {				/* the lowest numbers are used once */
		pid = fork();
		if (pid == 0) {
			if (getpid() >= 100)
				read(fds[0], &c, 1);
			_exit(0);
		}
	} while (pid < 100);
	fd = open(of(pid, "stat"), O_RDONLY);
	dir = open(of(pid, ""), O_RDONLY | O_DIRECTORY);
	CHECK(read(fd, text, 100) == 100 && fchdir(dir) == 0 &&
	      access("stat", R_OK) == 0);
	write(fds[1], "x", 1);
	CHECK(wait_status(pid) == 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	do {
		next = fork();
		if (next == 0) {
			if (getpid() == pid)
				read(fds[0], &c, 1);
			_exit(0);
		}
		if (next != pid)
			CHECK(wait_status(next) == 0);
	} while (next != pid);
	CHECK_ERRNO(read(fd, text, 100), ESRCH);
	CHECK_ERRNO(access("stat", R_OK), ENOENT);
	CHECK(read_all(of(next, "stat")) > 0 &&
	      (int)strtoul(text, NULL, 10) == next);
	write(fds[1], "x", 1);
	CHECK(wait_status(next) == 0 && chdir("/") == 0);
}

/* Checks that another user sees only public files. */
static void permissions(void)
{
	static const char *const hidden[] = { "environ", "maps",  "fd", "fd/0",
					      "cwd/",    "root/", "exe" };
	int target = getpid(), pid;

	if (getuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
			CHECK_ERRNO(open(of(target, hidden[i]), O_RDONLY),
				    EACCES);
		CHECK(readlink(of(target, "cwd"), text, 100) == -1 &&
		      errno == EACCES);
		CHECK(read_all(of(target, "stat")) > 0 &&
		      read_all(of(target, "status")) > 0 &&
		      read_all(of(target, "cmdline")) > 0);
		CHECK(read_all(of(target, "statm")) > 0 &&
		      read_all(of(target, "comm")) > 0);
		if (on_cowix()) {	/* left from root's time */
			CHECK_ERRNO(open("/proc/self/environ", O_RDONLY),
				    EACCES);
			CHECK(read_all("/proc/self/maps") > 0 &&
			      descriptors("/proc/self/fd"));
		}
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/* Reads everything in /proc while processes come and go. */
static void crowd(void)
{
	static const char *const names[] = { "stat",    "status",  "maps",
					     "cmdline", "environ", "fd",
					     "exe",     "cwd" };
	int maker = fork(), entries = 0;

	if (maker == 0) {
		for (int i = 0; i < 300; i++) {
			int pid = fork();

			if (pid == 0) {
				if (i % 3 == 0)
					execve("/bin/true",
					       (char *[]){ "true", NULL },
					       (char *[]){ NULL });
				_exit(0);
			}
			if (i % 2)
				waitpid(pid, NULL, 0);
		}
		_exit(0);
	}
	while (waitpid(maker, NULL, WNOHANG) == 0) {
		DIR *dir = opendir("/proc");

		for (struct dirent *d; (d = readdir(dir));)
			for (size_t i = 0;
			     d->d_name[0] >= '0' && d->d_name[0] <= '9' &&
			     i < sizeof(names) / sizeof(names[0]);
			     i++) {
				int pid = strtoul(d->d_name, NULL, 10);

				if (pid < maker)
					break;
				read_all(of(pid, names[i]));
				readlink(of(pid, names[i]), other, 1000);
				entries++;
			}
		closedir(dir);
	}
	CHECK(entries > 0);
}

static const struct test list[] = {
	{ "self", "self and names that are no processes", self },
	{ "stat_file", "the fields of stat", stat_file },
	{ "status", "status, with signals", status },
	{ "states", "sleeping, stopped, zombie", states },
	{ "arguments", "cmdline and environ of three pages", arguments },
	{ "maps", "areas of program, heap, stack", maps },
	{ "long_maps", "maps longer than a page", long_maps },
	{ "ended", "files of a process that has ended", ended },
	{ "numbers_used_again", "a process with an old one's number",
	  numbers_used_again },
	{ "permissions", "what another user may not see", permissions },
	{ "crowd", "reading while processes come and go", crowd },
	{ 0 },
};

int main(int argc, char **argv, char **envp)
{
	return strcmp(argv[0], CHILD) == 0 ? child_main(argv, envp)
					   : run_with_proc(list, argc, argv);
}
