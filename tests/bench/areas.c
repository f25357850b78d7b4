/* Beside n areas of a page each, with a page between each two. */
#include "growth.h"
#include <sys/mman.h>

#define A_TABLE	512		/* areas a page table */
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

static unsigned count;
static char *first;
static void *mapped[OFTEN + 1];

static char *area(unsigned i)
{
	return first + i * 2 * PAGE;
}

static int map_area(unsigned i)
{
	return mmap(area(i), PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1,
		    0) == MAP_FAILED ? -1 : 0;
}

/* Maps a place that the kernel chooses. No two of them become one area. */
static int map_anywhere(unsigned i)
{
	mapped[i] = mmap(NULL, 4 * PAGE, i & 1 ? PROT_READ : PROT_WRITE, ANON,
			 -1, 0);
	return mapped[i] == MAP_FAILED ? -1 : 0;
}

static int unmap_anywhere(unsigned i)
{
	return munmap(mapped[i], 4 * PAGE);
}

static int unmap_one(unsigned i)
{
	return munmap(area(chosen(i, count)), PAGE);
}

static int map_again(unsigned i)
{
	return map_area(chosen(i, count));
}

static int protect_one(unsigned i)
{
	return mprotect(area(chosen(i, count)), PAGE,
			i & 1 ? PROT_READ : PROT_READ | PROT_WRITE);
}

static int touch_one(unsigned i)
{
	*area(chosen(i, count)) = 1;
	return 0;
}

/* Makes the areas, and each page table that their pages need. */
static int make_areas(void)
{
	unsigned long length = (unsigned long)count * 2 * PAGE;

	raise_number("/proc/sys/vm/max_map_count", 2 * count + 1000);
	first = mmap(NULL, length, PROT_NONE, ANON, -1, 0);
	if (first == MAP_FAILED || munmap(first, length) < 0)
		return -1;
	for (unsigned i = 0; i < count; i++) {
		if (map_area(i) < 0)
			return -1;
		if (i % A_TABLE == 0)
			*area(i) = 1;
	}
	return 0;
}

void areas(unsigned n, unsigned before)
{
	(void)before;
	count = n;
	if (make_areas() < 0) {
		failed("all");
		return;
	}
	measure("first fault", some_of(n), touch_one);
	measure("mmap anywhere", OFTEN, map_anywhere);
	measure("munmap", OFTEN, unmap_anywhere);
	measure("mprotect", some_of(n), protect_one);
	measure("munmap of one", some_of(n), unmap_one);
	measure("mmap in its place", some_of(n), map_again);
	measure_each("fork, exit, wait, an area", 3, n, fork_and_wait);
}
