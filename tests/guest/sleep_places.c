/*
 * The sweep of planned sleeps (sleep.h) of a search for a file, while its name
 * moves to another directory. Where the file is remains known.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include "sleep.h"

static int kept = -1;

static int find_file(void)
{
	kept = open("old/file", O_RDONLY);
	return kept < 0 ? -1 : 0;
}

/* Checks the path that the kernel has for the open file. */
static void check_path(void)
{
	char link[32], path[80] = "";
	struct stat opened, named;

	if (kept < 0)
		return;
	sprintf(link, "/proc/self/fd/%d", kept);
	CHECK(readlink(link, path, sizeof(path) - 1) > 0);
	CHECK(fstat(kept, &opened) == 0 && stat(path, &named) == 0);
	CHECK(named.st_ino == opened.st_ino);
	CHECK(close(kept) == 0);
	kept = -1;
}

static int move(void)
{
	return rename("old/file", "new/file");
}

static const struct act acts[] = {
	{ .name = "find", .run = find_file, .check = check_path,
	  .only_subject = 1 },
	{ .name = "move", .run = move, .only_rival = 1 },
};

/* Drops the caches, so that each name is looked up on the disk. */
static void make_file(void)
{
	CHECK(chdir("/tmp") == 0);
	CHECK(mkdir("old", 0755) == 0 && mkdir("new", 0755) == 0);
	CHECK(close(open("old/file", O_WRONLY | O_CREAT, 0644)) == 0);
	mm_audit(NULL, AUDIT_DROP_CACHES);
}

static void describe(char *to)
{
	sprintf(to, "%d %d", access("old/file", F_OK),
		access("new/file", F_OK));
}

static void remove_file(void)
{
	unlink("old/file");
	unlink("new/file");
	CHECK(rmdir("old") == 0 && rmdir("new") == 0);
}

static void places(void)
{
	static const struct scene scene = SCENE("places", acts,
		.prepare = make_file, .describe = describe,
		.judge = remove_file);

	if (!on_cowix())
		return;
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	sweep_scene(&scene);
	CHECK(umount("/proc") == 0);
}

TESTS({ "places", "a file is found while it moves", places })
