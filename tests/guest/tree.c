/*
 * Several processes change the directory tree at once, with its blocks not in
 * memory. Each call happens as a whole or not at all.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define DIR	"tree.tmp"
#define TIME	1500

static int exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

static void at_once(void (*const work[])(void), int n)
{
	int pids[4];

	for (int i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			for (;;)
				work[i]();
	}
	for (long end = now_ms() + TIME; now_ms() < end; sleep_ms(1))
		if (on_cowix())
			mm_audit(NULL, AUDIT_DROP_CACHES);
	for (int i = 0; i < n; i++)
		CHECK(kill(pids[i], SIGKILL) == 0 &&
		      WTERMSIG(wait_status(pids[i])) == SIGKILL);
}

static void a_below_b(void)
{
	rename("x/a", "y/b/a");
	rename("y/b/a", "x/a");
}

static void b_below_a(void)
{
	rename("y/b", "x/a/b");
	rename("x/a/b", "y/b");
}

/*
 * Moves each of two directories below the other. One move must see that the
 * other has happened.
 */
static void no_circle(void)
{
	static void (*const work[])(void) = { a_below_b, b_below_a };
	int a, b;

	CHECK(mkdir(DIR, 0755) == 0 && chdir(DIR) == 0);
	CHECK(mkdir("x", 0755) == 0 && mkdir("y", 0755) == 0 &&
	      mkdir("x/a", 0755) == 0 && mkdir("y/b", 0755) == 0);
	at_once(work, 2);
	a = exists("x/a") + exists("y/b/a");
	b = exists("y/b") + exists("x/a/b");
	CHECK(a == 1 && b == 1);
	rename("y/b/a", "x/a");
	rename("x/a/b", "y/b");
	CHECK(rmdir("x/a") == 0 && rmdir("y/b") == 0 && rmdir("x") == 0 &&
	      rmdir("y") == 0 && chdir("..") == 0 && rmdir(DIR) == 0);
}

static void come_and_go(void)
{
	mkdir("d", 0755);
	rmdir("d");
}

static void replace(void)
{
	mkdir("e", 0755);
	rename("e", "d");
	rmdir("d");
}

static void fill(void)
{
	int fd = open("d/file", O_WRONLY | O_CREAT, 0644);

	close(fd);
	mkdir("d/dir", 0755);
	rename("d/dir", "dir");
	rmdir("dir");
	rmdir("d/dir");
	unlink("d/file");
}

/*
 * Removes or replaces an empty directory while names are made in it. Nothing
 * may be in a directory that is gone.
 */
static void removed_or_filled(void)
{
	static void (*const work[])(void) = { come_and_go, replace, fill,
					      fill };

	CHECK(mkdir(DIR, 0755) == 0 && chdir(DIR) == 0);
	at_once(work, 4);
	unlink("d/file");
	rmdir("d/dir");
	rmdir("d");
	rmdir("e");
	rmdir("dir");
	CHECK(chdir("..") == 0 && rmdir(DIR) == 0);
}

TESTS({ "no_circle", "two directories, each to go below the other", no_circle },
      { "removed_or_filled",
	"rmdir and rename of a directory that is being filled",
	removed_or_filled })
