/*
 * A rename on a Minix disk with any allocation failing. It happens as a whole
 * or not at all. Names, link counts and `..` tell which.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/stat.h>

#define OLD "/renames/a/old"
#define NEW "/renames/b/new"
#define BESIDE "/renames/a/new"
#define TRIES 40

static unsigned ino_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 ? 0 : (unsigned)st.st_ino;
}

static unsigned links_of(const char *path)
{
	struct stat st;

	CHECK(lstat(path, &st) == 0);
	return st.st_nlink;
}

static void make(const char *path, int directory)
{
	if (directory)
		CHECK(mkdir(path, 0755) == 0);
	else
		CHECK(close(open(path, O_CREAT | O_EXCL, 0644)) == 0);
}

static void clear(const char *path)
{
	if (ino_of(path))
		CHECK(remove(path) == 0);
}

/*
 * Checks link counts: two for each directory, and one for each directory in it.
 */
static void check_parents(const char *at, int directory)
{
	char up[40];
	int below_a = directory && strncmp(at, "/renames/a", 10) == 0;
	int below_b = directory && !below_a;

	CHECK(links_of("/renames/a") == 2u + below_a);
	CHECK(links_of("/renames/b") == 2u + below_b);
	if (!directory)
		return;
	sprintf(up, "%s/..", at);
	CHECK(ino_of(up) == ino_of(below_a ? "/renames/a" : "/renames/b"));
}

/* Renames with the n-th allocation failing. Returns 0 if there were fewer. */
static int try_rename(const char *new, int directory, int replace, int n)
{
	unsigned ino, replaced = 0;
	int failed, result;

	make(OLD, directory);
	if (replace)
		make(new, directory);
	ino = ino_of(OLD);
	replaced = ino_of(new);
	mm_audit(NULL, AUDIT_DROP_CACHES);
	fail_alloc(n);
	result = rename(OLD, new);
	failed = fail_alloc(0) >= n;
	CHECK(result == 0 || failed);
	CHECK(ino_of(OLD) == (result ? ino : 0));
	CHECK(ino_of(new) == (result ? replaced : ino));
	CHECK(links_of(result ? OLD : new) == 1u + directory);
	if (result && replace)
		CHECK(links_of(new) == 1u + directory);
	if (!result || !replace)
		check_parents(result ? OLD : new, directory);
	clear(OLD);
	clear(new);
	check_parents("/", 0);
	return failed;
}

static void sweep_renames(const char *new, int directory)
{
	for (int replace = 0; replace < 2; replace++) {
		int n = 1;

		while (n < TRIES && try_rename(new, directory, replace, n))
			n++;
		CHECK(n > 2 && n < TRIES);
	}
}

static void without_memory(void)
{
	if (!on_cowix())
		return;
	CHECK(mkdir("/renames", 0755) == 0);
	CHECK(mkdir("/renames/a", 0755) == 0);
	CHECK(mkdir("/renames/b", 0755) == 0);
	for (int directory = 0; directory < 2; directory++) {
		sweep_renames(NEW, directory);
		sweep_renames(BESIDE, directory);
	}
	CHECK(rmdir("/renames/a") == 0 && rmdir("/renames/b") == 0);
	CHECK(rmdir("/renames") == 0);
}

TESTS({ "without_memory", "each allocation of a rename fails", without_memory })
