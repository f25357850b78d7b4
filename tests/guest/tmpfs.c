/*
 * tmpfs, the memory file system. On Cowix the tests mount one. On Linux they
 * run in /dev/shm, or without it in /tmp.
 */
#include <check.h>
#include <cowix.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#define TMPFS_MAGIC 0x01021994
#define PAGE 4096
#define CHILD "tmpfs-child" /* started under this name the program only ends */
#define CHILD_STATUS 7

/* mount point, or a folder in /dev/shm */
static const char *base = "/mnt";

/* Returns a path in the file system under test. Eight may be in use at once. */
static const char *in(const char *name)
{
	static char paths[8][300];
	static int next;
	char *path = paths[next++ % 8];

	sprintf(path, "%s/test-%s", base, name);
	return path;
}

static int make(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	return fd >= 0 &&
	       write(fd, content, strlen(content)) == (int)strlen(content) &&
	       close(fd) == 0;
}

static int holds(const char *path, const char *content)
{
	char buf[64] = { 0 };
	int fd = open(path, O_RDONLY),
	    n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	return n == (int)strlen(content) && strcmp(buf, content) == 0;
}

static void read_back(void)
{
	struct stat st;
	char buf[20];
	int fd = open(in("a"), O_RDWR | O_CREAT | O_EXCL, 0640);

	CHECK(fd >= 0 && write(fd, "hello, world", 12) == 12 &&
	      lseek(fd, 7, SEEK_SET) == 7);
	CHECK(read(fd, buf, 20) == 5 && memcmp(buf, "world", 5) == 0 &&
	      read(fd, buf, 20) == 0);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 12 &&
	      st.st_mode == (S_IFREG | 0640) && st.st_nlink == 1);
	CHECK(!on_cowix() || (st.st_dev >> 8 == 0 && st.st_dev & 0xFF));
	CHECK_ERRNO(open(in("a"), O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
	CHECK(chmod(in("a"), 0600) == 0 && stat(in("a"), &st) == 0 &&
	      st.st_mode == (S_IFREG | 0600));
	CHECK(unlink(in("a")) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 0);
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, buf, 20) == 12);
	CHECK_ERRNO(unlink(in("a")), ENOENT);
}

static unsigned next_random(void)
{
	static unsigned state = 12345;

	state = state * 1103515245 + 12345;
	return state >> 16;
}

/*
 * Compares two thousand random writes, reads and truncations with the same ones
 * in memory.
 */
static void random_access(void)
{
	enum { SIZE = 50000 };
	static char model[SIZE], buf[SIZE];
	int fd = open(in("r"), O_RDWR | O_CREAT | O_TRUNC, 0644), size = 0;

	for (int i = 0; i < 2000; i++) {
		int at = next_random() % SIZE,
		    n = next_random() % (next_random() % 4 ? 300 : 9000);

		n = n > SIZE - at ? SIZE - at : n;
		switch (next_random() % 8) {
		case 0:
			CHECK(ftruncate(fd, at) == 0);
			if (at < size)
				memset(model + at, 0, size - at);
			size = at;
			break;
		case 1:
		case 2:
		case 3:
			memset(buf, i, n);
			memset(model + at, i, n);
			CHECK(lseek(fd, at, SEEK_SET) == at &&
			      write(fd, buf, n) == n);
			size = n && at + n > size ? at + n : size;
			break;
		default:
			CHECK(lseek(fd, at, SEEK_SET) == at);
			if (n > size - at)
				n = at < size ? size - at : 0;
			CHECK(read(fd, buf, n) == n &&
			      memcmp(buf, model + at, n) == 0);
		}
		CHECK(lseek(fd, 0, SEEK_END) == size);
	}
	close(fd);
	CHECK(unlink(in("r")) == 0);
}

/* Checks that each entry is seen once, though seen ones are removed. */
static void remove_what_is_seen(void)
{
	static char seen[300];
	char name[20];
	int n = 0;
	DIR *dir;

	for (int i = 0; i < 300; i++) {
		sprintf(name, "file%d", i);
		CHECK(make(name, ""));
	}
	for (dir = opendir("."); readdir(dir);)
		n++;
	closedir(dir);
	CHECK(n == 302);
	dir = opendir(".");
	for (struct dirent *d; (d = readdir(dir)); n++) {
		if (d->d_name[0] == '.')
			continue;
		CHECK(!seen[strtoul(d->d_name + 4, NULL, 10)]++ &&
		      unlink(d->d_name) == 0);
	}
	closedir(dir);
	CHECK(n == 2 * 302);
}

static void directories(void)
{
	struct stat st;
	char name[300], cwd[300];

	CHECK(mkdir(in("d"), 0755) == 0 && stat(in("d"), &st) == 0 &&
	      S_ISDIR(st.st_mode) && st.st_nlink == 2);
	CHECK_ERRNO(mkdir(in("d"), 0755), EEXIST);
	CHECK(mkdir(in("d/sub"), 0755) == 0 && chdir(in("d/sub")) == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) && strcmp(cwd, in("d/sub")) == 0);
	CHECK(chdir("..") == 0 && stat(".", &st) == 0 && st.st_nlink == 3);
	CHECK_ERRNO(rmdir(in("d")), ENOTEMPTY);
	CHECK_ERRNO(rmdir("sub/."), EINVAL);
	CHECK(rmdir("sub") == 0);
	remove_what_is_seen();
	memset(name, 'x', 255);
	name[255] = '\0';
	CHECK(make(name, "") && access(name, F_OK) == 0 && unlink(name) == 0);
	strcpy(name + 255, "x");
	CHECK_ERRNO(open(name, O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
	CHECK(rmdir(in("d")) == 0);
	/* in a directory that was removed */
	CHECK_ERRNO(open("new", O_WRONLY | O_CREAT, 0644), ENOENT);
	CHECK(chdir("/") == 0);
}

static void links(void)
{
	struct stat a, b;
	char buf[20];

	CHECK(make(in("a"), "A") && make(in("b"), "B") &&
	      link(in("a"), in("c")) == 0);
	CHECK(stat(in("a"), &a) == 0 && stat(in("c"), &b) == 0 &&
	      a.st_ino == b.st_ino && a.st_nlink == 2);
	CHECK_ERRNO(link(in("a"), in("b")), EEXIST);
	CHECK_ERRNO(link(in("a"), "/etc/test-x"), EXDEV);
	CHECK(rename(in("a"), in("b")) == 0 && holds(in("b"), "A") &&
	      access(in("a"), F_OK) == -1);
	CHECK(unlink(in("c")) == 0 && holds(in("b"), "A") &&
	      stat(in("b"), &a) == 0 && a.st_nlink == 1);
	CHECK(symlink("test-b", in("s")) == 0 && holds(in("s"), "A") &&
	      lstat(in("s"), &a) == 0 && S_ISLNK(a.st_mode) && a.st_size == 6);
	CHECK(readlink(in("s"), buf, 20) == 6 && memcmp(buf, "test-b", 6) == 0);
	CHECK(unlink(in("s")) == 0 && unlink(in("b")) == 0);
}

static void renames(void)
{
	struct stat st;

	CHECK(mkdir(in("d"), 0755) == 0 && mkdir(in("e"), 0755) == 0 &&
	      make(in("d/x"), "X") && mkdir(in("d/sub"), 0755) == 0);
	CHECK(rename(in("d/sub"), in("e/sub")) == 0);
	CHECK(stat(in("d"), &st) == 0 && st.st_nlink == 2 &&
	      stat(in("e"), &st) == 0 && st.st_nlink == 3);
	CHECK(stat(in("e/sub/.."), &st) == 0 && st.st_nlink == 3);
	CHECK_ERRNO(rename(in("e"), in("e/sub/y")), EINVAL);
	CHECK_ERRNO(rename(in("d/x"), in("e")), EISDIR);
	CHECK_ERRNO(rename(in("e"), in("d/x")), ENOTDIR);
	CHECK_ERRNO(rename(in("e/sub"), in("d")), ENOTEMPTY);
	CHECK(rename(in("d/x"), in("d/y")) == 0 && holds(in("d/y"), "X") &&
	      rename(in("d/y"), in("e/y")) == 0);
	CHECK(rename(in("e/sub"), in("d")) == 0); /* onto an empty directory */
	CHECK(stat(in("d"), &st) == 0 && st.st_nlink == 2 &&
	      stat(in("e"), &st) == 0 && st.st_nlink == 2);
	CHECK(make(in("z"), "Z") && rename(in("e/y"), in("z")) == 0 &&
	      holds(in("z"), "X"));
	CHECK(unlink(in("z")) == 0 && rmdir(in("d")) == 0 &&
	      rmdir(in("e")) == 0);
}

static void special_files(void)
{
	struct stat st;
	char c;
	int pid, fd;

	CHECK(mknod(in("fifo"), S_IFIFO | 0600, 0) == 0 &&
	      stat(in("fifo"), &st) == 0 && S_ISFIFO(st.st_mode));
	pid = fork();
	if (pid == 0) {
		fd = open(in("fifo"), O_WRONLY);
		CHECK(fd >= 0 && write(fd, "x", 1) == 1);
		_exit(0);
	}
	fd = open(in("fifo"), O_RDONLY);
	CHECK(fd >= 0 && read(fd, &c, 1) == 1 && c == 'x' &&
	      read(fd, &c, 1) == 0 && wait_status(pid) == 0);
	CHECK(close(fd) == 0 && unlink(in("fifo")) == 0);
	if (getuid() != 0 || mknod(in("null"), S_IFCHR | 0600, 0x103) < 0)
		return;
	CHECK(stat(in("null"), &st) == 0 && S_ISCHR(st.st_mode) &&
	      st.st_rdev == 0x103);
	if (on_cowix()) {
		fd = open(in("null"), O_RDWR);
		CHECK(fd >= 0 && write(fd, "x", 1) == 1 &&
		      read(fd, &c, 1) == 0 && close(fd) == 0);
	}
	CHECK(unlink(in("null")) == 0);
}

/* Runs a program that was copied here. */
static void programs(void)
{
	static char buf[4096];
	int in_fd = open("/proc/self/exe", O_RDONLY),
	    out = open(in("true"), O_WRONLY | O_CREAT | O_TRUNC, 0755);
	int expected = CHILD_STATUS, n, pid;

	if (in_fd < 0) {		/* no /proc here */
		in_fd = open("/bin/true", O_RDONLY);
		expected = 0;
	}
	while ((n = read(in_fd, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	close(out);
	close(in_fd);
	pid = fork();
	if (pid == 0) {
		execve(in("true"), (char *[]){ CHILD, NULL },
		       (char *[]){ NULL });
		_exit(99);
	}
	CHECK(wait_status(pid) == expected << 8 && unlink(in("true")) == 0);
}

static long free_blocks(void)
{
	struct statfs st;

	CHECK(statfs(base, &st) == 0 && st.f_bfree == st.f_bavail);
	return st.f_bfree;
}

/*
 * Checks that statfs() counts exactly the pages written. Holes are free of
 * charge.
 */
static void room(void)
{
	struct audit_report r;
	static char buf[PAGE];
	struct statfs st;
	long before = free_blocks();
	int fd, page;

	if (mm_audit(&r, 0) < 0)
		return;
	fd = open(in("a"), O_RDWR | O_CREAT, 0644);
	CHECK(statfs(base, &st) == 0 && st.f_type == TMPFS_MAGIC &&
	      st.f_namelen == 255);
	page = PAGE / st.f_bsize;
	CHECK(st.f_blocks == (long)r.frames_total / 2 * page &&
	      before == st.f_blocks);
	CHECK(ftruncate(fd, 100000) == 0 && free_blocks() == before);
	CHECK(lseek(fd, 50000, SEEK_SET) == 50000 && write(fd, "x", 1) == 1 &&
	      free_blocks() == before - page);
	CHECK(lseek(fd, 50001, SEEK_SET) == 50001 && write(fd, "x", 1) == 1 &&
	      free_blocks() == before - page);
	CHECK(lseek(fd, 3 * PAGE - 1, SEEK_SET) > 0 &&
	      write(fd, "xx", 2) == 2 && free_blocks() == before - 3 * page);
	CHECK_ERRNO(write(fd, (void *)16, 5000), EFAULT);
	CHECK(free_blocks() == before - 3 * page);
	CHECK(lseek(fd, 200000, SEEK_SET) > 0);
	CHECK_ERRNO(write(fd, (void *)16, 5000), EFAULT);
	CHECK(free_blocks() == before - 3 * page &&
	      lseek(fd, 0, SEEK_END) == 100000);
	CHECK(lseek(fd, 60000, SEEK_SET) == 60000 &&
	      write(fd, buf, PAGE) == PAGE &&
	      free_blocks() == before - 5 * page);
	CHECK(ftruncate(fd, 3 * PAGE) == 0 && free_blocks() == before - page);
	/* still open */
	CHECK(unlink(in("a")) == 0 && free_blocks() == before - page);
	CHECK(close(fd) == 0 && free_blocks() == before);
}

/*
 * Fills it: ENOSPC comes after exactly what statfs() promised. All space is
 * back when the files have gone.
 */
static void full(void)
{
	static char buf[PAGE];
	struct statfs st;
	long total[2] = { 0, 0 }, before = free_blocks();
	int fd, n;

	if (!on_cowix())
		return;
	CHECK(statfs(base, &st) == 0);
	for (int round = 0; round < 2; round++) {
		fd = open(in("full"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
		while ((n = write(fd, buf, sizeof(buf))) > 0)
			total[round] += n;
		CHECK(n == -1 && errno == ENOSPC && free_blocks() == 0);
		/* what is there can be changed */
		CHECK(lseek(fd, 0, SEEK_SET) == 0 &&
		      write(fd, buf, sizeof(buf)) == sizeof(buf));
		CHECK(make(in("empty"), "") && unlink(in("empty")) == 0);
		CHECK(symlink("x", in("link")) == -1 && errno == ENOSPC &&
		      access(in("link"), F_OK) == -1);
		close(fd);
		CHECK(unlink(in("full")) == 0 && free_blocks() == before);
	}
	CHECK(total[0] == before * st.f_bsize && total[1] == total[0]);
}

static char pattern(int i)
{
	return i * 7 + i / 251;
}

static int write_pattern(const char *path, int size)
{
	static char buf[PAGE];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	for (int at = 0; at < size; at += PAGE) {
		for (int i = 0; i < PAGE; i++)
			buf[i] = pattern(at + i);
		if (write(fd, buf, PAGE) != PAGE)
			return 0;
	}
	return close(fd) == 0;
}

static int check_pattern(const char *path, int size)
{
	static char buf[PAGE];
	int fd = open(path, O_RDONLY);

	for (int at = 0; at < size; at += PAGE) {
		if (read(fd, buf, PAGE) != PAGE)
			return 0;
		for (int i = 0; i < PAGE; i++)
			if (buf[i] != pattern(at + i))
				return 0;
	}
	return read(fd, buf, 1) == 0 && close(fd) == 0;
}

/* Checks that dropped caches or exhausted memory lose no page. */
static void kept(void)
{
	struct statfs st;
	int size = 2 << 20;
	struct audit_report r;
	int pid;

	CHECK(statfs(base, &st) == 0);
	if (st.f_bavail < size / st.f_bsize + 100)
		size = st.f_bavail / 2 * st.f_bsize & ~(PAGE - 1);
	CHECK(write_pattern(in("kept"), size) && mkdir(in("dir"), 0755) == 0 &&
	      make(in("dir/x"), "X"));
	sync();
	if (mm_audit(&r, AUDIT_DROP_CACHES) >= 0) {
		CHECK(check_pattern(in("kept"), size) &&
		      holds(in("dir/x"), "X"));
		pid = fork();
		if (pid == 0) {
			for (char *p; (p = sbrk(1 << 16)) != (char *)-1;)
				memset(p, 1, 1 << 16);
			_exit(0);
		}
		wait_status(pid);
		CHECK(mm_audit(&r, AUDIT_DROP_CACHES) == 0);
	}
	CHECK(check_pattern(in("kept"), size) && holds(in("dir/x"), "X"));
	CHECK(unlink(in("kept")) == 0 && unlink(in("dir/x")) == 0 &&
	      rmdir(in("dir")) == 0);
}

/*
 * Checks that unmounting frees everything in it. Two at once are independent.
 */
static void unmounting(void)
{
	struct stat a, b;
	int fd;

	if (!on_cowix())
		return;
	CHECK(mkdir(in("m"), 0755) == 0 &&
	      mount("none", in("m"), "tmpfs", 0, NULL) == 0);
	CHECK(stat(base, &a) == 0 && stat(in("m"), &b) == 0 &&
	      a.st_dev != b.st_dev && b.st_mode == (S_IFDIR | 01777));
	CHECK(make(in("m/x"), "X") && mkdir(in("m/d"), 0755) == 0 &&
	      mkdir(in("m/d/e"), 0755) == 0 && make(in("m/d/e/f"), "F"));
	CHECK(link(in("m/x"), in("m/d/y")) == 0 &&
	      symlink("x", in("m/s")) == 0 &&
	      write_pattern(in("m/big"), 100 * PAGE));
	CHECK(access(in("x"), F_OK) == -1);
	CHECK_ERRNO(rename(in("m/x"), in("x")), EXDEV);
	CHECK_ERRNO(rmdir(in("m")), EBUSY);
	fd = open(in("m/d/e/f"), O_RDONLY);
	CHECK_ERRNO(umount(in("m")), EBUSY);
	close(fd);
	CHECK(umount(in("m")) == 0 && access(in("m/x"), F_OK) == -1);
	CHECK(mount("none", in("m"), "tmpfs", MS_RDONLY, NULL) == 0);
	CHECK_ERRNO(open(in("m/x"), O_WRONLY | O_CREAT, 0644), EROFS);
	CHECK(umount(in("m")) == 0 && rmdir(in("m")) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(mount("none", "/tmp", "tmpfs", 0, NULL) == (i ? -1 : 0));
	CHECK(umount("/tmp") == 0);
}

static const struct test list[] = {
	{ "read_back", "what was written is read", read_back },
	{ "random_access", "random writes and truncations", random_access },
	{ "directories", "mkdir, rmdir, readdir, getcwd, names", directories },
	{ "links", "hard and symbolic links", links },
	{ "renames", "files and directories change places", renames },
	{ "special_files", "fifos and devices", special_files },
	{ "programs", "a program runs from memory", programs },
	{ "room", "statfs counts pages exactly", room },
	{ "full", "ENOSPC at half of memory and everything back", full },
	{ "kept", "no page is lost when memory is short", kept },
	{ "unmounting", "everything goes with umount", unmounting },
	{ 0 },
};

int main(int argc, char **argv)
{
	char folder[40];
	int mounted, status;

	if (strcmp(argv[0], CHILD) == 0)
		return CHILD_STATUS;
	mounted = on_cowix() && mount("tmpfs", base, "tmpfs", 0, NULL) == 0;
	if (!mounted) {
		sprintf(folder, "%s/cowix-%d",
			access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
			getpid());
		base = folder;
		mkdir(base, 0700);
	}
	status = run_tests(list, argc, argv);
	if ((mounted ? umount(base) : rmdir(base)) < 0) {
		printf("FAILED: %s is still busy\n", base);
		return 1;
	}
	return status;
}
