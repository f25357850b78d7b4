/*
 * The sweep of planned sleeps (sleep.h) over a remount. Names are made and
 * removed while their file system becomes read-only. From then on nothing there
 * changes.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include "sleep.h"

#define TOP "/tmp/sleep"

static const char *const names[] = {
	TOP "/made", TOP "/file", TOP "/dir", TOP "/to", TOP "/dir/file",
};

static int make_directory(void)
{
	return mkdir(TOP "/made", 0755);
}

static int make_link(void)
{
	return symlink("a text that takes a page", TOP "/made");
}

static int make_name(void)
{
	return link(TOP "/file", TOP "/made");
}

static int make_file(void)
{
	int fd = open(TOP "/made", O_RDONLY | O_CREAT | O_EXCL, 0644);

	return fd < 0 ? -1 : close(fd);
}

static int move_file(void)
{
	return rename(TOP "/file", TOP "/to");
}

static int move_below(void)
{
	return rename(TOP "/file", TOP "/dir/file");
}

static int remove_file(void)
{
	return unlink(TOP "/file");
}

static int remove_directory(void)
{
	return rmdir(TOP "/dir");
}

/* Returns one bit for each name that is there. */
static int what_is_there(void)
{
	struct stat st;
	int there = 0;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		there |= (lstat(names[i], &st) == 0) << i;
	return there;
}

static int remount_readonly(void)
{
	int error = mount(NULL, TOP, NULL, MS_REMOUNT | MS_RDONLY, NULL);

	return error < 0 ? error : what_is_there();
}

static const struct act acts[] = {
	{ .name = "mkdir", .run = make_directory, .only_subject = 1 },
	{ .name = "symlink", .run = make_link, .only_subject = 1 },
	{ .name = "link", .run = make_name, .only_subject = 1 },
	{ .name = "create", .run = make_file, .only_subject = 1 },
	{ .name = "rename", .run = move_file, .only_subject = 1 },
	{ .name = "move", .run = move_below, .only_subject = 1 },
	{ .name = "unlink", .run = remove_file, .only_subject = 1 },
	{ .name = "rmdir", .run = remove_directory, .only_subject = 1 },
	{ .name = "remount", .run = remount_readonly, .only_rival = 1 },
};

static void mount_files(void)
{
	int fd;

	CHECK(mkdir(TOP, 0755) == 0);
	CHECK(mount("none", TOP, "tmpfs", 0, NULL) == 0);
	CHECK(mkdir(TOP "/dir", 0755) == 0);
	fd = open(TOP "/file", O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
}

static void describe_names(char *to)
{
	sprintf(to, "%d", what_is_there());
}

static void unmount_files(void)
{
	CHECK(umount(TOP) == 0 && rmdir(TOP) == 0);
}

static void readonly(void)
{
	static const struct scene scene = SCENE("names", acts,
		.prepare = mount_files, .describe = describe_names,
		.judge = unmount_files);

	sweep_scene(&scene);
}

TESTS({ "readonly", "a name is changed while nothing may be any more",
	readonly })
