/* /proc: what it says is compared with what is so. Started as "proc-child" the program is one whose memory and arguments are looked at. */
#include <check.h>
#include <cowix.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define TEXT_MAX 60000
#define CHILD "proc-child"
#define DEEP "/tmp/test-deep"
#define LEVELS 80

static char text[TEXT_MAX], other[TEXT_MAX];

/* Read a file whole, in pieces of a size; its length, -1 with errno. What is read is followed by a NUL. */
static int read_pieces(const char *path, char *buf, int piece)
{
	int fd = open(path, O_RDONLY), at = 0, n = 0;

	if (fd < 0)
		return -1;
	while (at + piece < TEXT_MAX && (n = read(fd, buf + at, piece)) > 0)
		at += n;
	buf[at] = '\0';
	close(fd);
	return n < 0 ? n : at;
}

static int read_all(const char *path)
{
	return read_pieces(path, text, 1000);
}

static char *of(int pid, const char *name)
{
	static char path[64];

	sprintf(path, "/proc/%d/%s", pid, name);
	return path;
}

static int link_is(const char *path, const char *target)
{
	static char buf[5000];
	int n = readlink(path, buf, sizeof(buf) - 1);

	return n == (int)strlen(target) && memcmp(buf, target, n) == 0;
}

static void pause_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static int has_line(const char *line)
{
	const char *at = strstr(text, line);

	return at && (at == text || at[-1] == '\n');
}

/* The number behind a word at the beginning of a line; -1: no such line. */
static long number_of(const char *word)
{
	for (char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, word, strlen(word)) == 0)
			return strtoul(at + strlen(word), NULL, 10);
	}
	return -1;
}

static void tables(void)
{
	CHECK(read_all("/proc/filesystems") > 0 && has_line("nodev\tproc\n") && has_line("nodev\ttmpfs\n"));
	CHECK(!on_cowix() || strcmp(text, "nodev\tproc\nnodev\ttmpfs\n\tminix\n") == 0);
	CHECK(read_all("/proc/mounts") > 0 && has_line("proc /proc proc r") && strstr(text, " 0 0\n"));
	CHECK(read_all("/proc/version") > 0 && strstr(text, on_cowix() ? "Cowix version 0" : " version "));
	CHECK(read_all("/proc/cpuinfo") > 0 && has_line("processor\t: 0\n"));
	CHECK(read_all("/proc/cmdline") > 0 && text[strlen(text) - 1] == '\n');
	CHECK(read_all("/proc/partitions") > 0 && strncmp(text, "major minor  #blocks  name\n\n", 28) == 0);
}

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

/* A text read byte by byte, in odd pieces, from the middle on, is the same text. */
static void pieces(void)
{
	int n = read_all("/proc/filesystems"), fd = open("/proc/filesystems", O_RDONLY);

	CHECK(n > 10 && read_pieces("/proc/filesystems", other, 1) == n && strcmp(text, other) == 0);
	CHECK(read_pieces("/proc/filesystems", other, 7) == n && strcmp(text, other) == 0);
	CHECK(lseek(fd, 6, SEEK_SET) == 6 && read(fd, other, 100) == (n - 6 > 100 ? 100 : n - 6));
	CHECK(memcmp(text + 6, other, n - 6 > 100 ? 100 : n - 6) == 0);
	CHECK(lseek(fd, 100000, SEEK_SET) == 100000 && read(fd, other, 100) == 0);
	close(fd);
}

/* Field number n of stat, counted from 1; the second one ends with the last parenthesis. */
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

	CHECK(read_all("/proc/self/stat") > 0 && (int)strtoul(text, NULL, 10) == expected);
	for (char *at = text; *at; at++)
		fields += *at == ' ';
	CHECK(fields == 52 && text[strlen(text) - 1] == '\n');
	CHECK(strncmp(strchr(text, ' '), " (procfs) R ", 12) == 0);
	CHECK((int)strtoul(field(4), NULL, 10) == getppid() && (int)strtoul(field(5), NULL, 10) == getpgrp());
	CHECK((int)strtoul(field(6), NULL, 10) == syscall(__NR_getsid, 0));
	CHECK(strtoul(field(18), NULL, 10) == 20 && strtoul(field(19), NULL, 10) == 0 && strtoul(field(20), NULL, 10) == 1);
	CHECK(strtoul(field(26), NULL, 10) <= (unsigned long)stat_file && strtoul(field(27), NULL, 10) > (unsigned long)stat_file);
}

static void nothing(int sig)
{
	(void)sig;
}

static void status(void)
{
	char line[80];

	CHECK(read_all("/proc/self/status") > 0);
	CHECK(strncmp(text, "Name:\tprocfs\n", 13) == 0 && has_line("State:\tR (running)\n") && has_line("Threads:\t1\n"));
	sprintf(line, "Tgid:\t%d\n", getpid());
	CHECK(has_line(line));
	sprintf(line, "Pid:\t%d\n", getpid());
	CHECK(has_line(line));
	sprintf(line, "PPid:\t%d\n", getppid());
	CHECK(has_line(line));
	sprintf(line, "Uid:\t%d\t%d\t%d\t%d\n", getuid(), getuid(), getuid(), getuid());
	CHECK(has_line(line));
	CHECK(number_of("VmSize:") >= number_of("VmRSS:") && number_of("VmRSS:") > 0);
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
	CHECK(has_line("SigPnd:\t0000000000000000\n") && has_line("ShdPnd:\t0000000000000200\n"));
	CHECK(has_line("SigBlk:\t0000000000000200\n"));
	CHECK(strtoul(strstr(text, "SigIgn:\t") + 16, NULL, 16) & 0x800 && strtoul(strstr(text, "SigCgt:\t") + 16, NULL, 16) & 1);
}

/* A process that sleeps, one that has stopped, a zombie. */
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
	CHECK(read_all(of(pid, "status")) > 0 && has_line("State:\tS (sleeping)\n"));
	kill(pid, SIGSTOP);
	pause_ms(100);
	CHECK(read_all(of(pid, "status")) > 0 && has_line("State:\tT (stopped)\n"));
	kill(pid, SIGCONT);
	write(fds[1], "x", 1);
	pause_ms(100);
	CHECK(read_all(of(pid, "status")) > 0 && has_line("State:\tZ (zombie)\n") && number_of("VmSize:") == -1);
	CHECK(read_all(of(pid, "stat")) > 0 && *field(3) == 'Z');
	CHECK(read_all(of(pid, "cmdline")) == 0 && read_all(of(pid, "maps")) <= 0);
	CHECK(readlink(of(pid, "exe"), text, 100) == -1 && errno == ENOENT);
	CHECK(wait_status(pid) == 5 << 8);
	CHECK_ERRNO(open(of(pid, "stat"), O_RDONLY), ENOENT);
}

/* Run this program as CHILD, from a path, with arguments that fill more than two pages; it checks what it sees of itself. */
static void run_child(const char *path, const char *mode)
{
	static char big[5001];
	int pid;

	memset(big, 'a', 5000);
	pid = fork();
	if (pid == 0) {
		execve(path, (char *[]){ CHILD, (char *)mode, "two words", big, "", big, NULL }, (char *[]){ "A=1", "B=two words", NULL });
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

		CHECK(n > 4096 && strstr(other, DEEP) && strstr(other, " [stack]\n"));
		CHECK(read_pieces("/proc/self/maps", text, 4096) == n && strcmp(text, other) == 0);
		CHECK(read_pieces("/proc/self/maps", text, 77) == n && strcmp(text, other) == 0);
	}
	return 0;
}

static void arguments(void)
{
	run_child("/proc/self/exe", "arguments");
	CHECK(read_all("/proc/self/comm") == 7 && strcmp(text, "procfs\n") == 0);
}

/* The line of maps that contains an address has these permissions and this name. */
static void check_area(const void *addr, const char *permissions, const char *name)
{
	unsigned long last_end = 0;
	char *line = text, *next;

	CHECK(read_all("/proc/self/maps") > 0);
	for (; *line; line = next) {
		char *end;
		unsigned long from = strtoul(line, &end, 16), to = strtoul(end + 1, &end, 16);

		CHECK(from < to && from >= last_end && (from | to) % 4096 == 0 && *end == ' ');
		last_end = to;
		next = strchr(line, '\n');
		*next++ = '\0';
		if ((unsigned long)addr >= from && (unsigned long)addr < to) {
			CHECK(strncmp(end + 1, permissions, strlen(permissions)) == 0);
			CHECK(strcmp(line + strlen(line) - strlen(name), name) == 0);
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
	check_area(heap + 99999, on_cowix() ? "rw-p 00000000 00:00 0 " : "rw", " [heap]");
	if (!on_cowix())
		return;
	CHECK(read_all("/proc/self/maps") > 0);
	for (char *line = text; *line; line = strchr(line, '\n') + 1)	/* names start in column 49 */
		CHECK(line[48] == ' ' && (line[49] == '/' || line[49] == '['));
}

static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0755), n;

	while ((n = read(in, text, TEXT_MAX)) > 0)
		CHECK(write(out, text, n) == n);
	CHECK(n == 0 && close(out) == 0 && close(in) == 0);
}

/* A program whose path is so long that its maps fill more than a page. */
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

/* The descriptors that the directory of a process names, as bits. */
static unsigned descriptors(const char *path)
{
	unsigned bits = 0;
	DIR *dir = opendir(path);

	CHECK(dir);
	for (struct dirent *d; (d = readdir(dir));)
		if (d->d_name[0] != '.')
			bits |= 1u << strtoul(d->d_name, NULL, 10);
	closedir(dir);
	return bits;
}

static void open_files(void)
{
	char path[40], expected[40];
	struct stat st;
	int fds[2], fd, again;
	unsigned before = descriptors("/proc/self/fd");

	CHECK(before & 1 << 3);		/* the directory itself */
	fd = open("/tmp/test-proc", O_RDWR | O_CREAT | O_EXCL, 0644);
	CHECK(pipe(fds) == 0 && write(fd, "hello", 5) == 5);
	CHECK(descriptors("/proc/self/fd") == (before | 1u << fds[1] << 1 | 1u << fd | 1u << fds[0] | 1u << fds[1]));
	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK(link_is(path, "/tmp/test-proc") && lstat(path, &st) == 0 && st.st_mode == (S_IFLNK | 0700));
	CHECK(rename("/tmp/test-proc", "/tmp/test-proc2") == 0 && link_is(path, "/tmp/test-proc2"));
	again = open(path, O_RDONLY);
	CHECK(again >= 0 && read(again, text, 10) == 5 && memcmp(text, "hello", 5) == 0);	/* a position of its own */
	CHECK(unlink("/tmp/test-proc2") == 0 && readlink(path, text, 5000) > 10 && strstr(text, " (deleted)"));
	CHECK(stat(path, &st) == 0 && st.st_nlink == 0 && st.st_size == 5);
	close(again);
	again = open(path, O_RDONLY);		/* without a name it can still be opened */
	CHECK(again >= 0 && read(again, text, 10) == 5);
	close(again);
	sprintf(path, "/proc/self/fd/%d", fds[0]);
	CHECK(fstat(fds[0], &st) == 0);
	sprintf(expected, "pipe:[%lu]", (unsigned long)st.st_ino);
	CHECK(link_is(path, expected) && lstat(path, &st) == 0 && st.st_mode == (S_IFLNK | 0500));
	again = open(path, O_WRONLY);		/* and so a pipe gets another writer */
	CHECK(again >= 0 && write(again, "x", 1) == 1 && read(fds[0], text, 10) == 1);
	close(again);
	close(fds[0]);
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
	sprintf(path, "/proc/self/fd/%d", fds[1]);
	CHECK(lstat(path, &st) == 0 && st.st_mode == (S_IFLNK | 0300));
	CHECK_ERRNO(open("/proc/self/fd/250", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/self/fd/x", O_RDONLY), ENOENT);
}

/* A file without a name, whose directory has gone as well, is not looked for there: a damaged file system would be reported. */
static void nameless(void)
{
	char path[40];
	int fd, before;

	CHECK(mkdir("/tmp/test-dir", 0755) == 0);
	fd = open("/tmp/test-dir/x", O_RDWR | O_CREAT, 0644);
	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK(link_is(path, "/tmp/test-dir/x") && link("/tmp/test-dir/x", "/tmp/test-x") == 0);
	CHECK(mkdir("/tmp/test-other", 0755) == 0 && rename("/tmp/test-dir/x", "/tmp/test-other/y") == 0);
	CHECK(link_is(path, "/tmp/test-other/y") && rename("/tmp/test-other/y", "/tmp/test-dir/x") == 0);
	CHECK(unlink("/tmp/test-dir/x") == 0 && rmdir("/tmp/test-dir") == 0 && rmdir("/tmp/test-other") == 0);
	before = on_cowix() ? read_all("/dev/kmsg") : 0;
	CHECK(readlink(path, text, 100) > 0);
	CHECK(!on_cowix() || read_all("/dev/kmsg") == before);
	close(open("/tmp/test-x", O_RDONLY));
	CHECK(!on_cowix() || link_is(path, "/tmp/test-x"));		/* found again under its other name */
	CHECK(unlink("/tmp/test-x") == 0);
}

static void directories(void)
{
	char cwd[64], expected[40];
	int pid = getpid();

	CHECK(mkdir("/tmp/test-dir", 0755) == 0 && chdir("/tmp/test-dir") == 0 && link_is("/proc/self/cwd", "/tmp/test-dir"));
	CHECK(chdir("/proc/self/cwd/..") == 0 && link_is("/proc/self/cwd", "/tmp") && rmdir("/tmp/test-dir") == 0);
	CHECK(link_is("/proc/self/root", "/"));
	sprintf(expected, "/proc/%d/fd", pid);
	CHECK(chdir("/proc/self/fd") == 0 && getcwd(cwd, sizeof(cwd)) && strcmp(cwd, expected) == 0);
	CHECK(chdir("../..") == 0 && getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/proc") == 0);
	CHECK(chdir("..") == 0 && getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/") == 0);
}

/* Everything that can be opened of a process, read after it has ended. */
static void ended(void)
{
	static const char *const names[] = { "stat", "status", "statm", "cmdline", "comm", "environ", "maps" };
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
	CHECK((dir = open(of(pid, ""), O_RDONLY | O_DIRECTORY)) >= 0 && (fd_dir = open(of(pid, "fd"), O_RDONLY | O_DIRECTORY)) >= 0);
	CHECK(fchdir(dir) == 0 && access("stat", R_OK) == 0 && access("fd/0", F_OK) == 0);
	write(fds[1], "x", 1);
	CHECK(wait_status(pid) == 0);
	for (int i = 0; i < FILES; i++) {
		int n = read(fd[i], text, 100);

		CHECK(n == 0 || (n == -1 && errno == ESRCH));
	}
	CHECK(access("stat", F_OK) == -1 && (errno == ENOENT || errno == ESRCH));
	CHECK(access("fd", F_OK) == -1 && access("exe", F_OK) == -1);
	CHECK(syscall(__NR_getdents64, fd_dir, text, 1000) <= 0 && fchdir(fd_dir) <= 0 && access("0", F_OK) == -1);
	CHECK_ERRNO(open(of(pid, "stat"), O_RDONLY), ENOENT);
	CHECK(chdir("/") == 0);
}

/* When all numbers have been used, a new process gets an old one's: what was opened of that one does not show the new one. */
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
	CHECK(read(fd, text, 100) == 100 && fchdir(dir) == 0 && access("stat", R_OK) == 0);
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
	CHECK(read_all(of(next, "stat")) > 0 && (int)strtoul(text, NULL, 10) == next);
	write(fds[1], "x", 1);
	CHECK(wait_status(next) == 0 && chdir("/") == 0);
}

/* Another user sees what is public only. */
static void permissions(void)
{
	static const char *const hidden[] = { "environ", "maps", "fd", "fd/0", "cwd/", "root/", "exe" };
	int target = getpid(), pid;

	if (getuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
			CHECK_ERRNO(open(of(target, hidden[i]), O_RDONLY), EACCES);
		CHECK(readlink(of(target, "cwd"), text, 100) == -1 && errno == EACCES);
		CHECK(read_all(of(target, "stat")) > 0 && read_all(of(target, "status")) > 0 && read_all(of(target, "cmdline")) > 0);
		CHECK(read_all(of(target, "statm")) > 0 && read_all(of(target, "comm")) > 0);
		if (on_cowix())
			CHECK(read_all("/proc/self/environ") >= 0 && read_all("/proc/self/maps") > 0 && descriptors("/proc/self/fd"));
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static void read_only(void)
{
	CHECK(mkdir("/proc/test", 0755) == -1 && unlink("/proc/version") == -1 && rmdir("/proc/1") == -1);
	CHECK(open("/proc/test", O_WRONLY | O_CREAT, 0644) == -1 && symlink("x", "/proc/test") == -1);
	CHECK(rename("/proc/version", "/proc/test") == -1 && link("/proc/version", "/proc/test") == -1);
	if (!on_cowix())
		return;
	CHECK_ERRNO(open("/proc/version", O_WRONLY), EROFS);
	CHECK_ERRNO(truncate("/proc/version", 0), EROFS);
	CHECK_ERRNO(chmod("/proc/version", 0666), EROFS);
	CHECK_ERRNO(mkdir("/proc/test", 0755), EROFS);
	CHECK_ERRNO(open("/proc/test", O_WRONLY | O_CREAT, 0644), EROFS);
}

static void meminfo(void)
{
	struct audit_report r;

	CHECK(read_all("/proc/meminfo") > 0 && strncmp(text, "MemTotal:       ", 16) == 0 && strcmp(strchr(text + 16, 'k'), "kB\n") > 0);
	CHECK(text[24] == ' ' && text[25] == 'k' && text[27] == '\n');
	CHECK(number_of("MemFree:") > 0 && number_of("MemFree:") < number_of("MemTotal:"));
	CHECK(number_of("Cached:") >= 0 && number_of("Buffers:") >= 0 && number_of("SwapTotal:") >= 0 && number_of("Shmem:") >= 0);
	if (mm_audit(&r, 0) < 0)
		return;
	read_all("/proc/meminfo");
	mm_audit(&r, 0);
	read_all("/proc/meminfo");
	CHECK(number_of("MemTotal:") == (long)r.frames_total * 4 && number_of("Cached:") == (long)r.frames_cache * 4);
	CHECK(number_of("MemFree:") == (long)r.frames_free * 4 - 4);		/* the page that the text is printed in */
}

/* Hundredths of a second of the first number of /proc/uptime. */
static unsigned long uptime(void)
{
	char *end;
	unsigned long seconds, hundredths;

	CHECK(read_all("/proc/uptime") > 0);
	seconds = strtoul(text, &end, 10);
	CHECK(end[0] == '.' && end[3] == ' ');
	hundredths = strtoul(end + 1, &end, 10);
	strtoul(end + 1, &end, 10);
	CHECK(end[0] == '.' && end[3] == '\n' && end[4] == '\0');
	return seconds * 100 + hundredths;
}

static void clocks(void)
{
	unsigned long before = uptime(), after;
	long boot;

	pause_ms(300);
	after = uptime();
	CHECK(after >= before + 30 && after < before + 300);
	CHECK(read_all("/proc/stat") > 0 && strncmp(text, "cpu  ", 5) == 0 && has_line("cpu0 ") && has_line("intr ") && has_line("procs_running "));
	boot = (long)time(NULL) - (long)(uptime() / 100);
	CHECK(read_all("/proc/stat") > 0 && number_of("btime ") - boot <= 1 && boot - number_of("btime ") <= 1);
}

static void forks_counted(void)
{
	long before, after;
	int pid;

	CHECK(read_all("/proc/stat") > 0 && (before = number_of("processes ")) > 0);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0 && read_all("/proc/stat") > 0);
	after = number_of("processes ");
	CHECK(on_cowix() ? after == before + 1 : after > before);
	CHECK(read_all("/proc/loadavg") > 0);
	CHECK(!on_cowix() || (int)strtoul(strrchr(text, ' ') + 1, NULL, 10) == pid);
}

/* The load over a minute, in hundredths. */
static int load(void)
{
	char *at;
	int whole, value;

	CHECK(read_all("/proc/loadavg") > 0);
	whole = strtoul(text, &at, 10);
	CHECK(at[0] == '.' && at[3] == ' ' && strchr(at, '/') && text[strlen(text) - 1] == '\n');
	value = strtoul(at + 1, NULL, 10);
	return whole * 100 + value;
}

/* One busy process for five seconds: the load goes to 1 by the 12th part of what is missing. */
static void load_average(void)
{
	int before = load(), after = before, expected = before + (100 - before) * (2048 - 1884) / 2048;
	time_t end = time(NULL) + 12;

	if (!on_cowix())
		return;
	while (after == before && time(NULL) < end)
		after = load();
	CHECK(after >= expected - 1 && after <= expected + 1);
}

/* Processes come and go while everything in /proc is read. */
static void crowd(void)
{
	static const char *const names[] = { "stat", "status", "maps", "cmdline", "environ", "fd", "exe", "cwd" };
	int maker = fork(), entries = 0;

	if (maker == 0) {
		for (int i = 0; i < 300; i++) {
			int pid = fork();

			if (pid == 0) {
				if (i % 3 == 0)
					execve("/bin/true", (char *[]){ "true", NULL }, (char *[]){ NULL });
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
			for (size_t i = 0; d->d_name[0] >= '0' && d->d_name[0] <= '9' && i < sizeof(names) / sizeof(names[0]); i++) {
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

static void mounting(void)
{
	int fd;

	if (!on_cowix())
		return;
	fd = open("/proc/version", O_RDONLY);
	CHECK_ERRNO(umount("/proc"), EBUSY);
	close(fd);
	CHECK_ERRNO(mount("proc", "/proc", "proc", 0, NULL), EBUSY);
	CHECK_ERRNO(mount("proc", "/mnt", "no-such-type", 0, NULL), ENODEV);
	CHECK_ERRNO(mount("proc", "/etc/passwd", "proc", 0, NULL), ENOTDIR);
	CHECK_ERRNO(mount("/etc/passwd", "/mnt", "minix", 0, NULL), ENOTBLK);
	CHECK(read_all("/proc/mounts") > 0 && strchr(text, ' '));
	*strchr(text, ' ') = '\0';
	CHECK_ERRNO(mount(text, "/mnt", "minix", 0, NULL), EBUSY);		/* the root's device */
	CHECK(mount(NULL, "/mnt", "proc", 0, NULL) == 0 && access("/mnt/self/stat", R_OK) == 0 && umount("/mnt") == 0);
}

static const struct test list[] = {
	{ "tables", "filesystems, mounts, version and others", tables }, { "self", "self and names that are no processes", self },
	{ "pieces", "a text in pieces is the same text", pieces }, { "stat_file", "the fields of stat", stat_file },
	{ "status", "status, with signals", status }, { "states", "sleeping, stopped, zombie", states },
	{ "arguments", "cmdline and environ of three pages", arguments }, { "maps", "areas of program, heap, stack", maps },
	{ "long_maps", "maps longer than a page", long_maps }, { "open_files", "fd: links, modes, opening again", open_files },
	{ "nameless", "an open file whose names and directories go", nameless },
	{ "directories", "cwd, root, getcwd below /proc", directories }, { "ended", "files of a process that has ended", ended },
	{ "numbers_used_again", "a process with an old one's number", numbers_used_again },
	{ "permissions", "what another user may not see", permissions }, { "read_only", "nothing can be made or changed", read_only },
	{ "meminfo", "meminfo agrees with the audit", meminfo }, { "clocks", "uptime, boot time, stat", clocks },
	{ "forks_counted", "processes and the last number", forks_counted }, { "load_average", "five busy seconds", load_average },
	{ "crowd", "reading while processes come and go", crowd }, { "mounting", "mount by type, busy, errors", mounting }, { 0 },
};

int main(int argc, char **argv, char **envp)
{
	int mounted, status;

	if (strcmp(argv[0], CHILD) == 0)
		return child_main(argv, envp);
	mounted = access("/proc/self", F_OK) < 0 && mount("proc", "/proc", "proc", 0, NULL) == 0;
	status = run_tests(list, argc, argv);
	if (mounted && umount("/proc") < 0) {
		printf("FAILED: /proc is still busy\n");
		return 1;
	}
	return status;
}
