/*
 * What the kernel remembers of names must be true after they have changed: on a
 * disk and in tmpfs. Each test looks for names first, so that they are known.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <abi/dirent.h>

#define FOLDER "/tmp/remembered"
#define CROWD 600
#define ABSENT 2000

int getdents(int fd, void *buf, unsigned size);

/* Returns the number of a name's file, or 0 if there is no such name. */
static unsigned ino_of(const char *path)
{
	struct stat64 st;
	int got = syscall(__NR_fstatat64, AT_FDCWD, path, &st,
			  AT_SYMLINK_NOFOLLOW);

	CHECK(got == 0 || errno == ENOENT);
	return got < 0 ? 0 : (unsigned)st.st_ino;
}

static int is_gone(const char *path)
{
	return ino_of(path) == 0;
}

static unsigned make(const char *path)
{
	CHECK(close(open(path, O_WRONLY | O_CREAT | O_EXCL, 0644)) == 0);
	return ino_of(path);
}

static void make_dir(const char *path)
{
	CHECK(mkdir(path, 0755) == 0);
}

/* Runs a test in an empty folder on the disk, then in one in memory. */
static void in_both(void (*test)(void))
{
	make_dir(FOLDER);
	CHECK(chdir(FOLDER) == 0);
	test();
	if (on_cowix()) {
		CHECK(mount("none", FOLDER, "tmpfs", 0, NULL) == 0 &&
		      chdir(FOLDER) == 0);
		test();
		CHECK(chdir("/") == 0 && umount(FOLDER) == 0);
	}
	CHECK(chdir("/") == 0 && rmdir(FOLDER) == 0);
}

static void absent_here(void)
{
	unsigned a;

	CHECK(is_gone("a") && is_gone("b") && is_gone("a"));
	a = make("a");
	CHECK(a && link("a", "b") == 0 && ino_of("b") == a);
	CHECK(unlink("a") == 0 && is_gone("a") && ino_of("b") == a);
	CHECK(rename("b", "a") == 0 && is_gone("b") && ino_of("a") == a);
	CHECK(unlink("a") == 0 && is_gone("a"));
	make_dir("a");
	CHECK(ino_of("a") && rmdir("a") == 0 && is_gone("a"));
	CHECK(symlink("x", "a") == 0 && ino_of("a") && unlink("a") == 0);
	CHECK(is_gone("a") && mknod("a", S_IFIFO | 0600, 0) == 0);
	CHECK(ino_of("a") && unlink("a") == 0 && is_gone("a"));
	CHECK_ERRNO(open("a", O_RDONLY), ENOENT);
	CHECK_ERRNO(rename("a", "b"), ENOENT);
	CHECK_ERRNO(mkdir("a/b", 0755), ENOENT);
}

static void absent(void)
{
	in_both(absent_here);
}

static void replaced_here(void)
{
	unsigned a = make("a"), b = make("b"), c;

	CHECK(ino_of("a") == a && ino_of("b") == b && is_gone("c"));
	CHECK(rename("a", "b") == 0 && ino_of("b") == a && is_gone("a"));
	make_dir("d");
	make_dir("e");
	c = make("d/c");
	CHECK(rename("d/c", "b") == 0 && ino_of("b") == c && is_gone("d/c"));
	CHECK(rename("b", "e/c") == 0 && ino_of("e/c") == c && is_gone("b"));
	CHECK_ERRNO(rename("d", "e"), ENOTEMPTY);
	CHECK(ino_of("e/c") == c && unlink("e/c") == 0);
	CHECK(rename("d", "e") == 0 && is_gone("d") && is_gone("e/c"));
	CHECK(rmdir("e") == 0 && is_gone("e"));
}

static void replaced(void)
{
	in_both(replaced_here);
}

static void parents_here(void)
{
	unsigned f;

	make_dir("a");
	make_dir("a/b");
	f = make("a/b/f");
	CHECK(ino_of("a/b/f") == f && is_gone("a/b/g") && is_gone("x"));
	CHECK(rename("a", "x") == 0 && is_gone("a/b/f") &&
	      ino_of("x/b/f") == f && is_gone("x/b/g"));
	make_dir("a");
	CHECK(is_gone("a/b") && is_gone("a/b/f"));
	CHECK(rename("x/b", "a/b") == 0 && ino_of("a/b/f") == f &&
	      is_gone("x/b"));
	CHECK(ino_of("a/b/..") == ino_of("a") && rmdir("x") == 0);
	/* a directory that comes after another of its name knows nothing */
	CHECK(is_gone("a/b/g") && unlink("a/b/f") == 0 && rmdir("a/b") == 0);
	CHECK(is_gone("a/b"));
	make_dir("a/b");
	CHECK(is_gone("a/b/f") && is_gone("a/b/g") && make("a/b/g") &&
	      ino_of("a/b/g"));
	CHECK(unlink("a/b/g") == 0 && rmdir("a/b") == 0 && rmdir("a") == 0);
}

static void parents(void)
{
	in_both(parents_here);
}

/*
 * A directory goes, of which it is known what it lacks. Another that comes into
 * memory then is a different one.
 */
static void successor_here(void)
{
	make_dir("p");
	make("p/f");
	make_dir("q");
	mm_audit(NULL, AUDIT_DROP_CACHES);
	CHECK(is_gone("q/f") && rmdir("q") == 0);
	CHECK(ino_of("p/f") && unlink("p/f") == 0 && rmdir("p") == 0);
}

static void successor(void)
{
	in_both(successor_here);
}

static void long_names_here(void)
{
	char name[300], other[300];
	struct statfs64 fs;
	unsigned ino;

	CHECK(syscall(__NR_statfs64, ".", sizeof(fs), &fs) == 0);
	memset(name, 'n', sizeof(name));
	name[fs.f_namelen] = '\0';
	strcpy(other, name);
	other[fs.f_namelen - 1] = 'm';
	CHECK(is_gone(name) && is_gone(other));
	ino = make(name);
	CHECK(ino_of(name) == ino && is_gone(other));
	CHECK(rename(name, other) == 0 && is_gone(name) &&
	      ino_of(other) == ino && unlink(other) == 0 && is_gone(other));
	strcat(name, "n");
	for (int i = 0; i < 2; i++) {
		CHECK_ERRNO(access(name, F_OK), ENAMETOOLONG);
		CHECK_ERRNO(mkdir(name, 0755), ENAMETOOLONG);
	}
}

static void long_names(void)
{
	in_both(long_names_here);
}

static const char *numbered(int n)
{
	static char name[20];

	sprintf(name, "%d", n);
	return name;
}

static unsigned size_of(const char *path)
{
	struct stat st;

	CHECK(stat(path, &st) == 0);
	return st.st_size;
}

/*
 * Many names of two files. Some share a place in any table. A directory does
 * not grow if as many names come as have gone.
 */
static void crowd_here(void)
{
	unsigned odd = make("odd"), even = make("even"), size;

	for (int i = 0; i < CROWD; i++)
		CHECK(is_gone(numbered(i)));
	for (int i = 0; i < 200; i++)
		CHECK(link(i % 2 ? "odd" : "even", numbered(i)) == 0);
	size = size_of(".");
	for (int i = 0; i < 200; i += 3)
		CHECK(unlink(numbered(i)) == 0);
	for (int i = 0; i < 200; i += 3)
		CHECK(link("even", numbered(i)) == 0);
	CHECK(size_of(".") == size);
	for (int i = 0; i < 200; i += 3)
		CHECK(unlink(numbered(i)) == 0);
	for (int i = 0; i < CROWD; i++) {
		unsigned ino = i % 2 ? odd : even;

		if (i >= 200 || i % 3 == 0)
			ino = 0;
		CHECK(ino_of(numbered(i)) == ino);
	}
	for (int i = 0; i < 200; i++)
		if (i % 3)
			CHECK(unlink(numbered(i)) == 0);
	CHECK(unlink("odd") == 0 && unlink("even") == 0);
}

static void crowd(void)
{
	in_both(crowd_here);
}

/* A reader of a directory, and how often it was told of each name. */
struct reader {
	int fd;
	char buf[128];			/* room for a few entries */
	unsigned told[CROWD];
};

/* Reads some entries. Returns how many, and in *back where the first ends. */
static int read_some(struct reader *r, unsigned *back)
{
	int n = getdents(r->fd, r->buf, sizeof(r->buf)), entries = 0;
	struct linux_dirent *d;

	CHECK(n >= 0);
	for (int at = 0; at < n; at += d->d_reclen, entries++) {
		d = (struct linux_dirent *)(r->buf + at);
		if (entries == 0)
			*back = d->d_off;
		if (d->d_name[0] != '.')
			r->told[atoi(d->d_name)]++;
	}
	return entries;
}

/*
 * Two readers read turn by turn, one of them forgets what it read and goes back
 * to the place behind the first entry. Meanwhile every third entry goes and
 * others come.
 */
static void listed_here(void)
{
	static struct reader a, b;
	unsigned back;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	make_dir("d");
	CHECK(chdir("d") == 0);
	for (int i = 0; i < 100; i++)
		make(numbered(i));
	a.fd = open(".", O_RDONLY | O_DIRECTORY);
	b.fd = open(".", O_RDONLY | O_DIRECTORY);
	for (int i = 0, more = 1; more; i++) {
		more = read_some(&a, &back);
		if (read_some(&b, &back) > 1)
			CHECK(lseek(b.fd, back, SEEK_SET) == (int)back);
		if (i < 33)
			CHECK(unlink(numbered(i * 3)) == 0);
		if (i < 50)
			make(numbered(100 + i));
	}
	while (read_some(&b, &back))
		;
	for (int i = 0; i < 99; i++) {
		CHECK(a.told[i] == 1 || (i % 3 == 0 && a.told[i] == 0));
		CHECK(b.told[i] >= 1 || i % 3 == 0);
	}
	for (int i = 0; i < CROWD; i++)
		CHECK(a.told[i] <= 1);
	CHECK(lseek(a.fd, 0, SEEK_SET) == 0);
	memset(a.told, 0, sizeof(a.told));
	while (read_some(&a, &back))
		;
	for (int i = 0; i < CROWD; i++)
		if (a.told[i])
			CHECK(a.told[i] == 1 && unlink(numbered(i)) == 0);
	CHECK(close(a.fd) == 0 && close(b.fd) == 0 && chdir("..") == 0 &&
	      rmdir("d") == 0);
}

static void listed(void)
{
	in_both(listed_here);
}

static const char *here(void)
{
	static char cwd[4096];

	return getcwd(cwd, sizeof(cwd)) ? cwd : NULL;
}

static void own_path_here(void)
{
	make_dir("a");
	make_dir("a/b");
	make_dir("a/b/c");
	CHECK(chdir("a/b/c") == 0 && strcmp(here(), FOLDER "/a/b/c") == 0);
	CHECK(rename(FOLDER "/a", FOLDER "/x") == 0 &&
	      strcmp(here(), FOLDER "/x/b/c") == 0);
	CHECK(rename(FOLDER "/x/b", FOLDER "/yy") == 0 &&
	      strcmp(here(), FOLDER "/yy/c") == 0);
	CHECK(rename(FOLDER "/yy", FOLDER "/x/b") == 0 &&
	      strcmp(here(), FOLDER "/x/b/c") == 0);
	CHECK(chdir("..") == 0 && strcmp(here(), FOLDER "/x/b") == 0);
	CHECK(chdir("c") == 0 && rmdir(FOLDER "/x/b/c") == 0 && !here() &&
	      errno == ENOENT);
	make_dir(FOLDER "/x/b/c");
	CHECK(!here() && errno == ENOENT);
	CHECK(chdir(FOLDER) == 0 && rmdir("x/b/c") == 0 && rmdir("x/b") == 0 &&
	      rmdir("x") == 0);
}

static void own_path(void)
{
	in_both(own_path_here);
}

static void outside_here(void)
{
	int pid;

	if (geteuid() != 0)
		return;
	make_dir("a");
	make_dir("a/b");
	pid = fork();
	if (pid == 0) {
		CHECK(chroot("a") == 0);
		CHECK(strcmp(here(), "(unreachable)" FOLDER) == 0);
		CHECK(chdir("a/b") == 0 && strcmp(here(), "/b") == 0);
		CHECK(chroot(".") == 0 && strcmp(here(), "/") == 0);
		CHECK(chdir("..") == 0 && strcmp(here(), "/") == 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && rmdir("a/b") == 0 && rmdir("a") == 0);
}

static void outside(void)
{
	in_both(outside_here);
}

/* Looks through and below a mount. */
static void mounted_here(void)
{
	unsigned f;

	if (!on_cowix())
		return;
	make_dir("m");
	make_dir("m/d");
	f = make("m/f");
	CHECK(ino_of("m/f") == f && is_gone("m/g"));
	CHECK(mount("none", "m", "tmpfs", 0, NULL) == 0);
	CHECK(is_gone("m/f") && is_gone("m/g") && is_gone("m/d") &&
	      make("m/g") && is_gone("m/f"));
	make_dir("m/e");
	CHECK(chdir("m/e") == 0 && strcmp(here(), FOLDER "/m/e") == 0);
	CHECK(chdir("../..") == 0 && strcmp(here(), FOLDER) == 0);
	CHECK(umount("m") == 0 && ino_of("m/f") == f && is_gone("m/g") &&
	      is_gone("m/e") && ino_of("m/d"));
	CHECK(mount("none", "m", "tmpfs", 0, NULL) == 0 && is_gone("m/g") &&
	      umount("m") == 0);
	CHECK(unlink("m/f") == 0 && rmdir("m/d") == 0 && rmdir("m") == 0);
}

static void mounted(void)
{
	in_both(mounted_here);
}

static unsigned kernel_objects(void)
{
	struct audit_report r;

	CHECK(mm_audit(&r, 0) == 0);
	return r.kernel_objects;
}

/* Checks that what is known of names goes when a program wants all memory. */
static void given_back(void)
{
	unsigned before;
	int pid;

	if (!on_cowix())
		return;
	before = kernel_objects();
	for (int i = 0; i < ABSENT; i++)
		CHECK(is_gone(numbered(i)));
	CHECK(kernel_objects() >= before + ABSENT);
	pid = fork();
	if (pid == 0) {
		for (char *p; (p = sbrk(1 << 16)) != (char *)-1;)
			memset(p, 1, 1 << 16);
		_exit(0);
	}
	wait_status(pid);
	CHECK(kernel_objects() < before + ABSENT / 2);
}

TESTS({ "absent", "a name that did not exist is made and goes", absent },
      { "replaced", "a name changes its file", replaced },
      { "parents", "directories above move, and come again", parents },
      { "successor", "one directory after another", successor },
      { "given_back", "memory is short", given_back },
      { "long_names", "of the greatest length, and longer", long_names },
      { "crowd", "many names and more that do not exist", crowd },
      { "listed", "directories that change while they are read", listed },
      { "own_path", "getcwd while directories move and go", own_path },
      { "outside", "getcwd outside of the root", outside },
      { "mounted", "names below a mount, during and after it", mounted })
