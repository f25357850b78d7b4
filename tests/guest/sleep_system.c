/*
 * The sweep of planned sleeps (sleep.h) over mounts and swap areas. Two
 * processes mount, unmount, remove and look at once.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include "sleep.h"
#include "swapfile.h"

#define TOP "/tmp/sleep"

static int mount_here(void)
{
	return mount("none", TOP "/d", "tmpfs", 0, NULL);
}

static int unmount_here(void)
{
	return umount(TOP "/d");
}

static int remove_here(void)
{
	return rmdir(TOP "/d");
}

static int replace_here(void)
{
	return rename(TOP "/e", TOP "/d");
}

static int make_below(void)
{
	return mkdir(TOP "/d/x", 0755);
}

static int look_below(void)
{
	struct stat st;

	return stat(TOP "/d/.", &st);
}

/* Checks that all lines are whole. */
static int list_mounts(void)
{
	static char buf[1000];
	int n = mounts(buf, sizeof(buf) - 1);

	CHECK(n > 0 && buf[n - 1] == '\n');
	return 0;
}

static const struct act mount_acts[] = {
	{ .name = "mount", .run = mount_here },
	{ .name = "umount", .run = unmount_here },
	{ .name = "rmdir", .run = remove_here },
	{ .name = "replace", .run = replace_here },
	{ .name = "mkdir", .run = make_below },
	{ .name = "look", .run = look_below },
	{ .name = "list", .run = list_mounts },
};

static void make_tree(void)
{
	CHECK(mkdir(TOP, 0755) == 0);
	CHECK(mkdir(TOP "/d", 0755) == 0 && mkdir(TOP "/e", 0755) == 0);
}

static void make_mounted(void)
{
	make_tree();
	CHECK(mount_here() == 0);
}

static int is_mount(void)
{
	struct stat above, here;

	CHECK(stat(TOP, &above) == 0);
	return stat(TOP "/d", &here) == 0 && above.st_dev != here.st_dev;
}

/* Describes a directory: if it exists, its mounts, its contents. */
static void describe_mounts(char *to)
{
	static char buf[1000];
	int n = mounts(buf, sizeof(buf) - 1), lines = 0;

	for (int i = 0; i < n; i++)
		lines += buf[i] == '\n';
	sprintf(to, "d %d, mounted %d, mounts %d, x %d, e %d",
		access(TOP "/d", F_OK), is_mount(), lines,
		access(TOP "/d/x", F_OK), access(TOP "/e", F_OK));
}

static void drop_tree(void)
{
	rmdir(TOP "/d/x");
	while (is_mount())
		CHECK(unmount_here() == 0);
	rmdir(TOP "/d/x");
	rmdir(TOP "/d");
	rmdir(TOP "/e");
	CHECK(rmdir(TOP) == 0);
}

static void mounting(void)
{
	static const struct scene scene = SCENE("not mounted", mount_acts,
		.prepare = make_tree, .describe = describe_mounts,
		.judge = drop_tree);

	sweep_scene(&scene);
}

static void unmounting(void)
{
	static const struct scene scene = SCENE("mounted", mount_acts,
		.prepare = make_mounted, .describe = describe_mounts,
		.judge = drop_tree);

	sweep_scene(&scene);
}

/*
 * Swap areas, with pages in them. Their file stays from try to try, since a
 * floppy takes seconds to write it.
 */

static char *pages;

static int swap_on(void)
{
	return swapon(SWAP_FILE, 0);
}

static int swap_off(void)
{
	return swapoff(SWAP_FILE);
}

static int give_up(void)
{
	return madvise(pages, 4 * PAGE, MADV_PAGEOUT);
}

static int use(void)
{
	CHECK(is_filled(pages, 4, 's'));
	fill(pages, 4, 's');
	return 0;
}

static void check_use(void)
{
	use();
}

static const struct act swap_acts[] = {
	{ .name = "swapon", .run = swap_on },
	{ .name = "swapoff", .run = swap_off },
	{ .name = "page out", .run = give_up, .check = check_use },
	{ .name = "use", .run = use },
};

static void prepare_area(void)
{
	CHECK(swap_on() == 0);
	pages = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fill(pages, 4, 's');
	CHECK(give_up() == 0);
}

static void prepare_no_area(void)
{
	prepare_area();
	CHECK(swap_off() == 0);
}

/* Checks that no page is lost, and that an area can be emptied. */
static void judge_area(void)
{
	if (swapoff(SWAP_FILE) < 0)
		CHECK(errno == EINVAL);		/* it is none */
	CHECK(use() == 0);
}

static void sweep_areas(const struct scene *scene)
{
	if (!on_cowix())
		return;
	make_swap_file(SWAP_FILE, SLOTS, 0);
	sweep_scene(scene);
	CHECK(unlink(SWAP_FILE) == 0);
}

static void swapping(void)
{
	static const struct scene scene = SCENE("in use", swap_acts,
		.prepare = prepare_area, .judge = judge_area);

	sweep_areas(&scene);
}

static void not_swapping(void)
{
	static const struct scene scene = SCENE("not in use", swap_acts,
		.prepare = prepare_no_area, .judge = judge_area);

	sweep_areas(&scene);
}

TESTS({ "mounting", "a directory is mounted on, moved, removed", mounting },
      { "unmounting", "and given free", unmounting },
      { "swapping", "a swap area with pages in it goes, is used", swapping },
      { "not_swapping", "one that is not in use comes", not_swapping })
