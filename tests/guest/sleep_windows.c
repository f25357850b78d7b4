/*
 * The sweep of planned sleeps (sleep.h) at moments when something is half gone.
 * That is a swap file's name, a swap area, or a parent.
 */
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>
#include "sleep.h"
#include "swapfile.h"

#define PAGES 4

/* Begins to swap to the file, whose names change meanwhile. */

static int swap_on(void)
{
	return swapon(SWAP_FILE, 0);
}

static int remove_file(void)
{
	return unlink(SWAP_FILE);
}

static int replace(void)
{
	CHECK(close(open("/swap-new", O_CREAT | O_WRONLY, 0600)) == 0);
	return rename("/swap-new", SWAP_FILE);
}

static const struct act name_acts[] = {
	{ .name = "swapon", .run = swap_on },
	{ .name = "unlink", .run = remove_file },
	{ .name = "replace", .run = replace },
};

static void make_area(void)
{
	make_swap_file(SWAP_FILE, SLOTS, 0);
}

static int size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : (int)st.st_size;
}

static void describe_names(char *to)
{
	struct sysinfo info;

	CHECK(sysinfo(&info) == 0);
	sprintf(to, "%d bytes, swapped to: %d", size_of(SWAP_FILE),
		info.totalswap > 0);
}

/* Checks that the swap area can be given up by its name. */
static void remove_names(void)
{
	struct sysinfo info;

	swapoff(SWAP_FILE);
	CHECK(sysinfo(&info) == 0 && info.totalswap == 0);
	unlink(SWAP_FILE);
	unlink("/swap-new");
}

static void swap_names(void)
{
	static const struct scene scene = SCENE("names of a swap file",
		name_acts, .prepare = make_area, .describe = describe_names,
		.judge = remove_names);

	sweep_scene(&scene);
}

/* Pages in an area being given up. Others copy or drop them, or end. */

static char *pages;
static int dropped;

static int swap_off(void)
{
	return swapoff(SWAP_FILE);
}

static void check_pages(void)
{
	CHECK(dropped || is_filled(pages, PAGES, 'w'));
}

static int fork_and_look(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(!is_filled(pages, PAGES, 'w'));
	CHECK(pid < 0 || wait_status(pid) == 0);
	return pid < 0 ? -1 : 0;
}

static int fork_and_leave(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	CHECK(pid < 0 || wait_status(pid) == 0);
	return pid < 0 ? -1 : 0;
}

static int drop_pages(void)
{
	dropped = 1;
	return munmap(pages, PAGES * PAGE);
}

static int move_pages(void)
{
	char *to = mremap(pages, PAGES * PAGE, 2 * PAGES * PAGE,
			  MREMAP_MAYMOVE);

	if (to == MAP_FAILED)
		return -1;
	pages = to;
	return 0;
}

static const struct act area_acts[] = {
	{ .name = "swapoff", .run = swap_off, .check = check_pages },
	{ .name = "fork", .run = fork_and_look, .check = check_pages },
	{ .name = "leave", .run = fork_and_leave, .check = check_pages },
	{ .name = "drop", .run = drop_pages },
	{ .name = "move", .run = move_pages, .check = check_pages },
};

static void fill_area(void)
{
	make_area();
	CHECK(swap_on() == 0);
	pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fill(pages, PAGES, 'w');
	CHECK(madvise(pages, PAGES * PAGE, MADV_PAGEOUT) == 0);
}

static void area_goes(void)
{
	static const struct scene scene = SCENE("an area that goes",
		area_acts, .prepare = fill_area, .judge = remove_names);

	sweep_scene(&scene);
}

/*
 * Watches a parent that sleeps at its end. The child's parent is that one or
 * init, never another.
 */

static void watch_parent(int parent)
{
	int now = getppid();

	for (int i = 0; i < 1000 && now == parent; i++) {
		sleep_ms(1);
		now = getppid();
	}
	_exit(now != 1 || getppid() != 1);
}

static int leave_child(void)
{
	int ends[2], parent;
	char c;

	CHECK(pipe(ends) == 0);
	parent = fork();
	if (parent == 0) {
		parent = getpid();
		if (fork() == 0)
			watch_parent(parent);
		plan_event(order == AT_ONCE ? salt : 0, ANYTHING);
		_exit(0);
	}
	CHECK(close(ends[1]) == 0 && wait_status(parent) == 0);
	CHECK(read(ends[0], &c, 1) == 0 && close(ends[0]) == 0);
	return 0;
}

static const struct act parent_acts[] = {
	{ .name = "leave", .run = leave_child },
};

static void parents(void)
{
	static const struct scene scene = SCENE("parents", parent_acts,
		.threads = 0);

	sweep_scene(&scene);
}

TESTS({ "swap_names", "a swap file is removed or replaced",
	swap_names },
      { "area_goes", "swapoff while others have its pages", area_goes },
      { "parents", "a parent that sleeps in its exit", parents })
