/* Tests files, directories, pipes and devices. */
#include <check.h>
#include <cowix.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NAME "/tmp/test-file"

static void read_back(void)
{
	char buf[100];
	int fd = open(NAME, O_RDWR | O_CREAT | O_EXCL, 0640);
	struct stat st;

	CHECK(fd >= 0 && write(fd, "hello, world", 12) == 12);
	CHECK(lseek(fd, 7, SEEK_SET) == 7 && read(fd, buf, 100) == 5 &&
	      memcmp(buf, "world", 5) == 0);
	CHECK(read(fd, buf, 100) == 0);
	CHECK(lseek(fd, -5, SEEK_END) == 7 && write(fd, "W", 1) == 1);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 12 && S_ISREG(st.st_mode) &&
	      st.st_nlink == 1);
	CHECK(close(fd) == 0);
	CHECK_ERRNO(open(NAME, O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
	fd = open(NAME, O_RDONLY);
	CHECK(read(fd, buf, 12) == 12 && memcmp(buf, "hello, World", 12) == 0);
	CHECK_ERRNO(write(fd, "x", 1), EBADF);
	CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK_ERRNO(lseek(fd, 0, 9), EINVAL);
	CHECK(unlink(NAME) == 0);
	/* open files outlive their names */
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, buf, 12) == 12);
	CHECK_ERRNO(unlink(NAME), ENOENT);
}

static char pattern(int i)
{
	return i * 7 + i / 251;
}

static void large_files(void)
{
	static char buf[5000];
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644), at = 0;

	for (int i = 0; i < 30; i++, at += sizeof(buf)) {
		for (size_t j = 0; j < sizeof(buf); j++)
			buf[j] = pattern(at + j);
		CHECK(write(fd, buf, sizeof(buf)) == sizeof(buf));
	}
	for (int where = 149000; where >= 0; where -= 7919) {
		CHECK(lseek(fd, where, SEEK_SET) == where &&
		      read(fd, buf, 1000) == 1000);
		for (int j = 0; j < 1000; j++)
			CHECK(buf[j] == pattern(where + j));
	}
	close(fd);
	CHECK(unlink(NAME) == 0);
}

static void holes(void)
{
	char buf[3000];
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(lseek(fd, 100000, SEEK_SET) == 100000 &&
	      write(fd, "end", 3) == 3);
	CHECK(lseek(fd, 50000, SEEK_SET) == 50000 &&
	      read(fd, buf, sizeof(buf)) == sizeof(buf));
	for (size_t i = 0; i < sizeof(buf); i++)
		CHECK(buf[i] == 0);
	CHECK(ftruncate(fd, 100001) == 0 && ftruncate(fd, 100003) == 0);
	CHECK(lseek(fd, 100000, SEEK_SET) == 100000 && read(fd, buf, 10) == 3 &&
	      memcmp(buf, "e\0\0", 3) == 0);
	CHECK(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_END) == 0);
	close(fd);
	unlink(NAME);
}

/*
 * Checks that cut-off bytes do not come back when the file grows, even from
 * disk.
 */
static void cut_and_grow(void)
{
	char buf[3000];
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);
	struct audit_report r;

	memset(buf, 'x', sizeof(buf));
	CHECK(write(fd, buf, sizeof(buf)) == sizeof(buf));
	mm_audit(&r, AUDIT_DROP_CACHES);
	CHECK(ftruncate(fd, 100) == 0);
	mm_audit(&r, AUDIT_DROP_CACHES);
	CHECK(ftruncate(fd, sizeof(buf)) == 0);
	CHECK(lseek(fd, 0, SEEK_SET) == 0 &&
	      read(fd, buf, sizeof(buf)) == sizeof(buf));
	for (size_t i = 0; i < sizeof(buf); i++)
		CHECK(buf[i] == (i < 100 ? 'x' : 0));
	close(fd);
	unlink(NAME);
}

static void append_and_dup(void)
{
	char buf[10] = { 0 };
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644), other,
	    pid;

	CHECK(write(fd, "ab", 2) == 2 && lseek(fd, 0, SEEK_SET) == 0 &&
	      write(fd, "cd", 2) == 2);
	other = dup(fd);
	CHECK(lseek(other, 1, SEEK_SET) == 1 && read(fd, buf, 1) == 1 &&
	      buf[0] == 'b');
	pid = fork();
	if (pid == 0) {
		CHECK(read(fd, buf, 1) == 1 && buf[0] == 'c');
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	/* the position is shared */
	CHECK(read(fd, buf, 1) == 1 && buf[0] == 'd');
	CHECK(dup2(fd, 20) == 20 && close(20) == 0);
	CHECK_ERRNO(dup2(fd, 100000), EBADF);
	CHECK_ERRNO(close(20), EBADF);
	CHECK(fcntl(fd, F_GETFD) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	      fcntl(fd, F_GETFD) == FD_CLOEXEC);
	unlink(NAME);
}

static void directories(void)
{
	struct stat st;
	int seen = 0;
	DIR *dir;

	CHECK(mkdir("/tmp/test-d", 0755) == 0);
	CHECK_ERRNO(mkdir("/tmp/test-d", 0755), EEXIST);
	CHECK(mkdir("/tmp/test-d/sub", 0755) == 0);
	CHECK(stat("/tmp/test-d", &st) == 0 && S_ISDIR(st.st_mode) &&
	      st.st_nlink == 3);
	CHECK_ERRNO(rmdir("/tmp/test-d"), ENOTEMPTY);
	for (int i = 0; i < 50; i++) {
		char name[40];

		sprintf(name, "/tmp/test-d/file%d", i);
		close(open(name, O_WRONLY | O_CREAT, 0644));
	}
	dir = opendir("/tmp/test-d");
	for (struct dirent *d; (d = readdir(dir));)
		seen++;
	closedir(dir);
	CHECK(seen == 53);
	for (int i = 0; i < 50; i++) {
		char name[40];

		sprintf(name, "/tmp/test-d/file%d", i);
		CHECK(unlink(name) == 0);
	}
	CHECK(chdir("/tmp/test-d/sub") == 0);
	{
		char cwd[64];

		CHECK(getcwd(cwd, sizeof(cwd)) &&
		      strcmp(cwd, "/tmp/test-d/sub") == 0);
		CHECK(!getcwd(cwd, 5) && errno == ERANGE);
	}
	CHECK(chdir("../..") == 0 && rmdir("/tmp/test-d/sub") == 0 &&
	      rmdir("/tmp/test-d") == 0);
	CHECK_ERRNO(rmdir("/tmp/test-d"), ENOENT);
	CHECK(unlink("/tmp") == -1);
}

static void make(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (int)strlen(text) &&
	      close(fd) == 0);
}

static int holds(const char *path, const char *text)
{
	char buf[64] = { 0 };
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return 0;
	CHECK(read(fd, buf, sizeof(buf) - 1) >= 0);
	close(fd);
	return strcmp(buf, text) == 0;
}

static void names(void)
{
	struct stat a, b;

	make("/tmp/test-a", "A");
	make("/tmp/test-b", "B");
	CHECK(link("/tmp/test-a", "/tmp/test-c") == 0);
	CHECK(stat("/tmp/test-a", &a) == 0 && stat("/tmp/test-c", &b) == 0 &&
	      a.st_ino == b.st_ino && a.st_nlink == 2);
	CHECK_ERRNO(link("/tmp/test-a", "/tmp/test-b"), EEXIST);
	CHECK_ERRNO(link("/tmp", "/tmp/test-d"), EPERM);
	CHECK(rename("/tmp/test-a", "/tmp/test-b") == 0);
	CHECK(holds("/tmp/test-b", "A") && access("/tmp/test-a", F_OK) == -1);
	/* two names of one file: both stay */
	CHECK(rename("/tmp/test-b", "/tmp/test-c") == 0);
	CHECK(access("/tmp/test-b", F_OK) == 0);
	CHECK(mkdir("/tmp/test-d", 0755) == 0 &&
	      mkdir("/tmp/test-e", 0755) == 0);
	CHECK(rename("/tmp/test-d", "/tmp/test-e/d") == 0);
	CHECK(stat("/tmp/test-e", &a) == 0 && a.st_nlink == 3);
	CHECK_ERRNO(rename("/tmp/test-e", "/tmp/test-e/d/x"), EINVAL);
	CHECK_ERRNO(rename("/tmp/test-b", "/tmp/test-e"), EISDIR);
	CHECK_ERRNO(rename("/tmp/test-e", "/tmp/test-b"), ENOTDIR);
	CHECK(symlink("test-c", "/tmp/test-s") == 0 &&
	      holds("/tmp/test-s", "A"));
	CHECK(lstat("/tmp/test-s", &a) == 0 && S_ISLNK(a.st_mode));
	CHECK(symlink("/tmp/test-l", "/tmp/test-l") == 0);
	CHECK_ERRNO(open("/tmp/test-l", O_RDONLY), ELOOP);
	CHECK(unlink("/tmp/test-l") == 0 && unlink("/tmp/test-s") == 0 &&
	      unlink("/tmp/test-b") == 0 && unlink("/tmp/test-c") == 0);
	CHECK(rmdir("/tmp/test-e/d") == 0 && rmdir("/tmp/test-e") == 0);
}

/* Checks that links which lead through many links are refused soon. */
static void many_links(void)
{
	char target[200], name[] = "/tmp/l0";

	strcpy(target, ".");
	for (int i = 0; i < 7; i++, name[6]++) {
		unlink(name);
		CHECK(symlink(target, name) == 0);
		target[0] = '\0';
		for (int j = 0; j < 30; j++)
			sprintf(target + strlen(target), "l%d/", i);
	}
	CHECK(access("/tmp/l1", F_OK) == 0);
	CHECK_ERRNO(access("/tmp/l6", F_OK), ELOOP);
	for (name[6] = '0'; name[6] < '7'; name[6]++)
		CHECK(unlink(name) == 0);
}

static void path_errors(void)
{
	static char path[5001];

	memset(path, 'x', 5000);
	CHECK_ERRNO(open(path, O_RDONLY), ENAMETOOLONG);
	for (int i = 0; i < 5000; i += 10)
		path[i] = '/';
	CHECK_ERRNO(open(path, O_RDONLY), ENAMETOOLONG);
	path[4000] = '\0';
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
	path[0] = '/';
	memset(path + 1, 'y', 300);
	path[301] = '\0';
	CHECK_ERRNO(open(path, O_RDONLY), ENAMETOOLONG);
	CHECK_ERRNO(open("", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/etc/passwd/x", O_RDONLY), ENOTDIR);
	CHECK_ERRNO(open("/etc", O_WRONLY), EISDIR);
	CHECK_ERRNO(open("/etc/no-such-file/", O_WRONLY | O_CREAT, 0644),
		    EISDIR);
	CHECK(open("/../../etc/.//passwd", O_RDONLY) >= 0);
}

static void pipes(void)
{
	static char buf[70000];
	int fds[2], pid, total = 0, n;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		for (size_t i = 0; i < sizeof(buf); i++)
			buf[i] = pattern(i);
		CHECK(write(fds[1], buf, sizeof(buf)) == sizeof(buf));
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], buf, 999)) > 0) {
		for (int i = 0; i < n; i++)
			CHECK(buf[i] == pattern(total + i));
		total += n;
	}
	CHECK(n == 0 && total == sizeof(buf) && wait_status(pid) == 0);
	CHECK_ERRNO(lseek(fds[0], 0, SEEK_SET), ESPIPE);
}

static void broken_pipe(void)
{
	int fds[2], pid, status;

	CHECK(pipe(fds) == 0);
	close(fds[0]);
	pid = fork();
	if (pid == 0) {
		write(fds[1], "x", 1);
		_exit(0);
	}
	status = wait_status(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERRNO(write(fds[1], "x", 1), EPIPE);
}

/* Checks that writes of PIPE_BUF or less never mix. */
static void atomic_pipes(void)
{
	enum { WRITERS = 4, RECORDS = 50, SIZE = 1000 };
	char record[SIZE];
	int fds[2], seen = 0;

	CHECK(pipe(fds) == 0);
	for (int w = 0; w < WRITERS; w++)
		if (fork() == 0) {
			memset(record, 'a' + w, SIZE);
			for (int i = 0; i < RECORDS; i++)
				CHECK(write(fds[1], record, SIZE) == SIZE);
			_exit(0);
		}
	close(fds[1]);
	for (;;) {
		int got = 0, n = 1;

		while (got < SIZE &&
		       (n = read(fds[0], record + got, SIZE - got)) > 0)
			got += n;
		if (n == 0)
			break;
		for (int i = 1; i < SIZE; i++)
			CHECK(record[i] == record[0]);
		seen++;
	}
	CHECK(seen == WRITERS * RECORDS);
}

/* Checks that each bit is set in about half of 4,000 bytes. */
static void random_bytes(const char *device)
{
	static unsigned char buf[4000];
	int fd = open(device, O_RDWR), set[8] = { 0 };

	CHECK(read(fd, buf, sizeof(buf)) == sizeof(buf) &&
	      write(fd, buf, 8) == 8);
	for (size_t i = 0; i < sizeof(buf) * 8; i++)
		set[i % 8] += buf[i / 8] >> i % 8 & 1;
	for (int i = 0; i < 8; i++)
		CHECK(set[i] > 1800 && set[i] < 2200);
	close(fd);
}

/* Checks that a line written to /dev/kmsg is the last one of the log. */
static void kernel_log(void)
{
	static char log[9000];
	const char *line = "a line of the test\n";
	int fd = open("/dev/kmsg", O_RDWR), at = 0, n;

	CHECK(write(fd, line, strlen(line)) == (int)strlen(line));
	while ((n = read(fd, log + at, 1000)) > 0)
		at += n;
	CHECK(n == 0 && at > 100 && strcmp(log + at - strlen(line), line) == 0);
	close(fd);
}

static void devices(void)
{
	char buf[8] = "abcdefg";
	int fd = open("/dev/null", O_RDWR);

	CHECK(fd >= 0 && write(fd, buf, 8) == 8 && read(fd, buf, 8) == 0);
	close(fd);
	fd = open("/dev/zero", O_RDWR);
	CHECK(read(fd, buf, 8) == 8 && buf[0] == 0 && buf[7] == 0);
	close(fd);
	fd = open("/dev/full", O_WRONLY);
	CHECK_ERRNO(write(fd, buf, 1), ENOSPC);
	close(fd);
	random_bytes("/dev/urandom");
	random_bytes("/dev/random");
	if (!on_cowix())
		return;
	CHECK(mknod("/tmp/test-dev", S_IFCHR | 0600, 0x6301) == 0);
	CHECK_ERRNO(open("/tmp/test-dev", O_RDONLY), ENXIO);
	CHECK(unlink("/tmp/test-dev") == 0);
	kernel_log();
}

/* Fills the disk. Checks for ENOSPC, and that all space comes back. */
static void disk_full(void)
{
	static char buf[4096];
	int fd, n, first = 0, second = 0;

	if (!on_cowix())
		return;
	for (int round = 0; round < 2; round++) {
		int *total = round ? &second : &first;

		fd = open(NAME, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		while ((n = write(fd, buf, sizeof(buf))) > 0)
			*total += n;
		CHECK(n == -1 && errno == ENOSPC);
		CHECK_ERRNO(mkdir("/tmp/test-d", 0755), ENOSPC);
		CHECK(ftruncate(fd, *total - 1024) == 0);
		memset(buf, 'n', 3000);		/* fits in part: no link */
		CHECK_ERRNO(symlink(buf, "/tmp/test-l"), ENOSPC);
		CHECK_ERRNO(readlink("/tmp/test-l", buf, 1), ENOENT);
		close(fd);
		CHECK(unlink(NAME) == 0);
	}
	CHECK(first > 100000 && first == second);
}

/* Checks that the kernel runs what was last written to a program's file. */
static void written_programs(void)
{
	static char buf[4096];
	int in = open("/bin/true", O_RDONLY),
	    out = open("/tmp/test-true", O_WRONLY | O_CREAT | O_TRUNC, 0755), n,
	    pid;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	close(out);
	close(in);
	pid = fork();
	if (pid == 0) {
		execve("/tmp/test-true", (char *[]){ "true", NULL },
		       (char *[]){ NULL });
		_exit(99);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(unlink("/tmp/test-true") == 0);
}

TESTS({ "read_back", "what was written is read", read_back },
      { "large_files", "indirect blocks", large_files },
      { "holes", "holes and truncation", holes },
      { "cut_and_grow", "truncated bytes stay away", cut_and_grow },
      { "append_and_dup", "O_APPEND, dup, shared positions", append_and_dup },
      { "directories", "mkdir, rmdir, readdir, getcwd", directories },
      { "names", "link, rename, symlink", names },
      { "many_links", "links that multiply", many_links },
      { "path_errors", "long, empty and wrong paths", path_errors },
      { "pipes", "70,000 bytes through a pipe", pipes },
      { "broken_pipe", "SIGPIPE and EPIPE", broken_pipe },
      { "atomic_pipes", "small writes stay whole", atomic_pipes },
      { "devices", "null, zero, full, random, kmsg, no device", devices },
      { "disk_full", "ENOSPC and everything back", disk_full },
      { "written_programs", "a copied program runs", written_programs })
