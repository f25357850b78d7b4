/*
 * Tests of files and directories from teaching systems (the subjects of xv6's
 * usertests), written anew with the same meaning. See labs.c.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char buffer[8192];

/* Enters an empty folder, which the tests leave empty. */
static void enter(void)
{
	if (on_cowix())
		CHECK(chdir("/tmp") == 0);
	CHECK(mkdir("lab", 0755) == 0 && chdir("lab") == 0);
}

static void leave(void)
{
	CHECK(chdir("..") == 0 && rmdir("lab") == 0);
}

static int exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static void make(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644),
	    n = strlen(content);

	CHECK(fd >= 0 && write(fd, content, n) == n && close(fd) == 0);
}

/* Checks that a file without a name lives as long as it is open. */
static void unlink_while_open(void)
{
	int fd, other;

	enter();
	make("f", "hello");
	CHECK((fd = open("f", O_RDWR)) >= 0 && unlink("f") == 0 &&
	      !exists("f"));
	make("f", "yyy");
	CHECK(read(fd, buffer, sizeof(buffer)) == 5 &&
	      memcmp(buffer, "hello", 5) == 0);
	CHECK(write(fd, buffer, 10) == 10 &&
	      (other = open("f", O_RDONLY)) >= 0);
	CHECK(read(other, buffer, sizeof(buffer)) == 3 && close(fd) == 0 &&
	      close(other) == 0);
	CHECK(unlink("f") == 0);
	leave();
}

static int working_in(const char *directory)
{
	int pid = fork();

	if (pid == 0) {
		if (chdir(directory) < 0 || rmdir("../d") < 0)
			_exit(1);
		_exit(open("f", O_WRONLY | O_CREAT, 0644) >= 0 ||
		      errno != ENOENT);
	}
	return wait_status(pid);
}

static void directories(void)
{
	enter();
	CHECK(mkdir("d", 0755) == 0);
	CHECK_ERRNO(mkdir("d", 0755), EEXIST);
	make("d/f", "1");
	CHECK_ERRNO(rmdir("d"), ENOTEMPTY);
	CHECK_ERRNO(unlink("d"), EISDIR);
	CHECK_ERRNO(rmdir("d/."), EINVAL);
	CHECK_ERRNO(rmdir("d/.."), ENOTEMPTY);
	CHECK_ERRNO(mkdir("d/f/g", 0755), ENOTDIR);
	CHECK_ERRNO(chdir("d/f"), ENOTDIR);
	CHECK_ERRNO(open("d/f/", O_RDONLY), ENOTDIR);
	CHECK_ERRNO(open("d", O_WRONLY), EISDIR);
	CHECK_ERRNO(link("d", "e"), EPERM);
	CHECK(mkdir("d/dd", 0755) == 0 && rename("d/f", "d/dd/../dd/f") == 0 &&
	      exists("d/dd/f") && !exists("d/f"));
	CHECK_ERRNO(rename("d", "d/dd/d"), EINVAL);
	CHECK(unlink("d/dd/f") == 0 && rmdir("d/dd") == 0);
	CHECK(working_in("d") == 0 && !exists("d"));
	leave();
}

/*
 * Makes directories fifty deep and tries empty names. No reference to a
 * directory may be lost.
 */
static void deep_and_empty_names(void)
{
	enter();
	make("old", "x");
	for (int i = 0; i < 50; i++) {
		CHECK(mkdir("deep", 0755) == 0 && chdir("deep") == 0);
		CHECK_ERRNO(mkdir("", 0755), ENOENT);
		CHECK_ERRNO(link("old", ""), ENOENT);
		CHECK_ERRNO(open("", O_WRONLY | O_CREAT, 0644), ENOENT);
		CHECK_ERRNO(open("xx/yy", O_WRONLY | O_CREAT, 0644), ENOENT);
		make("xx", "");
		CHECK(unlink("xx") == 0);
	}
	for (int i = 0; i < 50; i++)
		CHECK(chdir("..") == 0 && rmdir("deep") == 0);
	CHECK(unlink("old") == 0);
	leave();
}

/* Grows a directory by many links, and shrinks it again. */
static void large_directory(void)
{
	char name[8];

	enter();
	make("f", "x");
	for (int i = 0; i < 150; i++) {
		sprintf(name, "x%d", i);
		CHECK(link("f", name) == 0);
	}
	CHECK(unlink("f") == 0);
	for (int i = 0; i < 150; i++) {
		sprintf(name, "x%d", i);
		CHECK(exists(name) && unlink(name) == 0);
		CHECK_ERRNO(unlink(name), ENOENT);
	}
	leave();
}

static void large_file(void)
{
	int fd;

	enter();
	CHECK((fd = open("big", O_RDWR | O_CREAT, 0644)) >= 0);
	for (int i = 0; i < 300; i++) {
		memset(buffer, i, 600);
		CHECK(write(fd, buffer, 600) == 600);
	}
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	for (int i = 0; i < 600; i++)
		CHECK(read(fd, buffer, 300) == 300 &&
		      buffer[0] == (char)(i / 2) &&
		      buffer[299] == (char)(i / 2));
	CHECK(read(fd, buffer, 300) == 0 && close(fd) == 0);
	CHECK((fd = open("big", O_RDWR | O_TRUNC)) >= 0 &&
	      read(fd, buffer, 1) == 0 && close(fd) == 0);
	CHECK(unlink("big") == 0);
	leave();
}

/* Writes four files at once, in four processes. */
static void four_files(void)
{
	int pids[4];
	char name[8];

	enter();
	for (int i = 0; i < 4; i++) {
		sprintf(name, "f%d", i);
		pids[i] = fork();
		if (pids[i] == 0) {
			int fd = open(name, O_WRONLY | O_CREAT, 0644);

			memset(buffer, '0' + i, 500);
			for (int n = 0; n < 12; n++) {
				CHECK(write(fd, buffer, 500) == 500);
				syscall(__NR_sched_yield);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++) {
		int fd;

		CHECK(wait_status(pids[i]) == 0);
		sprintf(name, "f%d", i);
		CHECK((fd = open(name, O_RDONLY)) >= 0 &&
		      read(fd, buffer, sizeof(buffer)) == 6000);
		for (int n = 0; n < 6000; n++)
			CHECK(buffer[n] == '0' + i);
		CHECK(close(fd) == 0 && unlink(name) == 0);
	}
	leave();
}

/* Makes and removes files of one directory in four processes. */
static void create_and_delete(void)
{
	int pids[4];
	char name[16];

	enter();
	for (int p = 0; p < 4; p++) {
		pids[p] = fork();
		for (int i = 0; pids[p] == 0 && i < 20; i++) {
			sprintf(name, "%c%d", 'p' + p, i);
			make(name, "");
			if (i && i % 2 == 0) {
				sprintf(name, "%c%d", 'p' + p, i / 2);
				CHECK(unlink(name) == 0);
			}
		}
		if (pids[p] == 0)
			_exit(0);
	}
	for (int p = 0; p < 4; p++)
		CHECK(wait_status(pids[p]) == 0);
	for (int p = 0; p < 4; p++)
		for (int i = 0; i < 20; i++) {
			sprintf(name, "%c%d", 'p' + p, i);
			CHECK(exists(name) == (i == 0 || i >= 10));
			unlink(name);
		}
	leave();
}

/*
 * Makes, links and removes one name at random in two processes. Each call may
 * fail, but nothing may break.
 */
static void link_and_unlink(void)
{
	unsigned seed = 97;
	int pid;

	enter();
	unlink("x");
	make("cat", "c");
	pid = fork();
	seed += pid == 0 ? 1 : 97;
	for (int i = 0; i < 200; i++) {
		seed = seed * 1103515245 + 12345;
		if (seed / 65536 % 3 == 0)
			close(open("x", O_RDWR | O_CREAT, 0644));
		else if (seed / 65536 % 3 == 1)
			link("cat", "x");
		else
			unlink("x");
	}
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0);
	unlink("x");
	CHECK(unlink("cat") == 0);
	leave();
}

/*
 * Writes through one open file in parent and child. They share its position, so
 * no byte is lost.
 */
static void shared_offset(void)
{
	int fd, pid, c = 0, p = 0, n;

	enter();
	CHECK((fd = open("s", O_RDWR | O_CREAT, 0644)) >= 0);
	pid = fork();
	memset(buffer, pid == 0 ? 'c' : 'p', 10);
	for (int i = 0; i < 500; i++) {
		CHECK(write(fd, buffer, 10) == 10);
		if (i % 7 == 0)
			syscall(__NR_sched_yield);
	}
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0);
	CHECK(lseek(fd, 0, SEEK_CUR) == 10000 && lseek(fd, 0, SEEK_SET) == 0);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		for (int i = 0; i < n; i++) {
			c += buffer[i] == 'c';
			p += buffer[i] == 'p';
		}
	CHECK(c == 5000 && p == 5000 && close(fd) == 0 && unlink("s") == 0);
	leave();
}

/*
 * Checks that a call which fails for want of a descriptor leaves no file
 * behind.
 */
static void too_many_open(void)
{
	int fds[1100], n = 0;

	enter();
	make("f", "content");
	while (n < 1100 && (fds[n] = open("f", O_RDONLY)) >= 0)
		n++;
	if (n < 1100) {
		CHECK(errno == EMFILE);
		CHECK_ERRNO(open("new", O_WRONLY | O_CREAT, 0644), EMFILE);
		CHECK_ERRNO(open("f", O_WRONLY | O_TRUNC), EMFILE);
		CHECK(!exists("new"));
	}
	while (n-- > 0)
		CHECK(close(fds[n]) == 0);
	n = open("f", O_RDONLY);
	CHECK(read(n, buffer, 20) == 7 && close(n) == 0 && unlink("f") == 0);
	leave();
}

static void take_all_memory(void)
{
	for (char *p; (p = sbrk(16 * 4096)) != (void *)-1; )
		for (int i = 0; i < 16; i++)
			p[i * 4096] = 1;
	_exit(0);
}

/* Runs out of memory while data waits to be written. */
static void written_without_memory(void)
{
	int fd, pid;

	if (!on_cowix())
		return;
	CHECK((fd = open("/lab", O_RDWR | O_CREAT, 0644)) >= 0);
	for (int i = 0; i < 40; i++) {
		memset(buffer, i, 1024);
		CHECK(write(fd, buffer, 1024) == 1024);
	}
	pid = fork();
	if (pid == 0)
		take_all_memory();
	wait_status(pid);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	for (int i = 0; i < 40; i++)
		CHECK(read(fd, buffer, 1024) == 1024 && buffer[0] == i &&
		      buffer[1023] == i);
	CHECK(close(fd) == 0 && unlink("/lab") == 0);
}

/* Makes hundreds of files, and checks each of them. */
static void many_files(void)
{
	char name[8];
	int fd;

	enter();
	for (int i = 0; i < 100; i++) {
		sprintf(name, "m%d", i);
		make(name, name);
	}
	for (int i = 0; i < 100; i++) {
		sprintf(name, "m%d", i);
		CHECK((fd = open(name, O_RDONLY)) >= 0 &&
		      read(fd, buffer, 10) == (int)strlen(name));
		CHECK(memcmp(buffer, name, strlen(name)) == 0 &&
		      close(fd) == 0 && unlink(name) == 0);
	}
	leave();
}

TESTS({ "unlink_while_open", "a file without a name", unlink_while_open },
      { "directories", "making, moving and removing directories", directories },
      { "deep_and_empty_names", "fifty deep, with empty names on the way",
	deep_and_empty_names },
      { "large_directory", "150 links", large_directory },
      { "large_file", "180 KB in odd pieces", large_file },
      { "four_files", "four write four files", four_files },
      { "create_and_delete", "four make and remove files", create_and_delete },
      { "link_and_unlink", "two fight for a name", link_and_unlink },
      { "shared_offset", "a shared descriptor's position", shared_offset },
      { "too_many_open", "descriptors run out", too_many_open },
      { "many_files", "a hundred files", many_files },
      { "written_without_memory",
	"data that was not written yet outlives want of memory",
	written_without_memory })
