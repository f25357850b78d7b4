/*
 * The sweep of planned sleeps (sleep.h) over many areas: so many that the
 * kernel has them in a tree. Threads change areas in the middle, which come
 * and go, while another looks for room or reads what /proc says.
 */
#include <sys/mman.h>
#include <sys/mount.h>
#include "sleep.h"

#define AREAS 40
#define HERE ((char *)0x50000000)
#define THERE ((char *)0x60000000)
#define AT(page) (HERE + (page) * PAGE)

static char *fresh;		/* where room was found */

static int protect(void)
{
	return mprotect(AT(20), 3 * PAGE, PROT_NONE);
}

static int join_three(void)
{
	return mprotect(AT(19), 5 * PAGE, PROT_READ | PROT_WRITE);
}

static int unmap(void)
{
	return munmap(AT(19), 3 * PAGE);
}

static int map_over(void)
{
	return mmap(AT(21), 2 * PAGE, PROT_READ, MAP_FIXED | MAP_PRIVATE |
		    MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

/* Looks for room wherever it is: found only by the tree. */
static int map_fresh(void)
{
	fresh = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fresh == MAP_FAILED)
		return -1;
	fresh[PAGE] = 'f';
	return 0;
}

static void check_fresh(void)
{
	CHECK(!fresh || (fresh[PAGE] == 'f' && munmap(fresh, 3 * PAGE) == 0));
}

static int move(void)
{
	return syscall(__NR_mremap, AT(22), PAGE, 2 * PAGE, 3, THERE) == -1
	       ? -1 : 0;
}

static int lock(void)
{
	return syscall(__NR_mlock, AT(19), 2 * PAGE);
}

static int forget(void)
{
	return madvise(AT(18), 6 * PAGE, MADV_DONTNEED);
}

static int fork_and_look(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(*AT(1) != 'a' || *AT(AREAS - 1) != 'a');
	return pid < 0 ? -1 : wait_status(pid);
}

static int read_maps(void)
{
	static char text[8192];
	int fd = open("/proc/self/maps", O_RDONLY), n;

	CHECK(fd >= 0);
	while ((n = read(fd, text, sizeof(text))) > 0)
		;
	return close(fd) == 0 ? n : -1;
}

static const struct act rooms[] = {
	{ .name = "unmap", .run = unmap },
	{ .name = "map over", .run = map_over },
	{ .name = "map", .run = map_fresh },
	{ .name = "move", .run = move },
};

static const struct act rights[] = {
	{ .name = "protect", .run = protect },
	{ .name = "join", .run = join_three },
	{ .name = "unmap", .run = unmap },
	{ .name = "lock", .run = lock },
	{ .name = "forget", .run = forget },
	{ .name = "fork", .run = fork_and_look },
	{ .name = "maps", .run = read_maps, .only_subject = 1 },
};

/* Maps pages that can be written and such that cannot, by turns. */
static void prepare_areas(void)
{
	fresh = NULL;
	CHECK(mmap(HERE, AREAS * PAGE, PROT_READ | PROT_WRITE, MAP_FIXED |
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == HERE);
	for (int i = 0; i < AREAS; i++)
		*AT(i) = 'a';
	for (int i = 0; i < AREAS; i += 2)
		CHECK(mprotect(AT(i), PAGE, PROT_READ) == 0);
	/* the first search makes the tree */
	CHECK(map_fresh() == 0);
	check_fresh();
	fresh = NULL;
}

/* Writes which page it is, a letter for its rights, and one for its byte. */
static char *describe_page(char *to, const char *page, const char *mode)
{
	*to++ = 'A' + ((unsigned)page >> 12) % 64;
	*to++ = mode[0] == '-' ? '-' : mode[1];
	*to++ = mode[0] == '-' ? '-' : 'a' + !*page;
	return to;
}

/* Describes each page that there is. */
static void describe_areas(char *to)
{
	unsigned first, last;
	char line[200], mode[5];
	FILE *f = fopen("/proc/self/maps", "r");

	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f)) {
		char *rest;

		first = strtoul(line, &rest, 16);
		last = strtoul(rest + 1, &rest, 16);
		memcpy(mode, rest + 1, 4);
		for (unsigned at = first; at < last; at += PAGE)
			if (at >> 24 == 0x50 || at >> 24 == 0x60)
				to = describe_page(to, (char *)at, mode);
	}
	*to = '\0';
	fclose(f);
}

static void unmap_areas(void)
{
	CHECK(munmap(HERE, AREAS * PAGE) == 0);
	CHECK(munmap(THERE, 2 * PAGE) == 0);
	if (acted("map"))
		check_fresh();
}

static void sweep_with_proc(const struct scene *scene)
{
	if (!on_cowix())
		return;
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	sweep_scene(scene);
	CHECK(umount("/proc") == 0);
}

static void coming(void)
{
	static const struct scene scene = SCENE("rooms", rooms,
		.prepare = prepare_areas, .describe = describe_areas,
		.judge = unmap_areas, .threads = 1);

	sweep_with_proc(&scene);
}

static void changing(void)
{
	static const struct scene scene = SCENE("rights", rights,
		.prepare = prepare_areas, .describe = describe_areas,
		.judge = unmap_areas, .threads = 1);

	sweep_with_proc(&scene);
}

TESTS({ "coming", "areas come and go, among many", coming },
      { "changing", "what changes areas, and what looks at them", changing })
