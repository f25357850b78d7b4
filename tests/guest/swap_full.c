/* Swap that is full, used by several threads, or asked for pages in use. */
#include <sys/sysinfo.h>
#include "policies.h"
#include "swapfile.h"
#include "thread.h"

#define PAGES 10

static char area[PAGES * PAGE] __attribute__((aligned(PAGE)));

/*
 * Swaps more pages than slots: the rest stay. Some slots are missing, where a
 * page of the file lies in two pieces on the disk.
 */
static void full(void)
{
	struct sysinfo info;
	char *p;
	unsigned there = 0;

	swap_begin();
	CHECK(pages_info(&info) == 0 &&
	      (!on_cowix() || (info.totalswap >= SLOTS * 3 / 4 &&
			       info.freeswap == info.totalswap)));
	p = map_pages(SLOTS + 9, MAP_PRIVATE);
	fill(p, SLOTS + 9, 'o');
	CHECK(madvise(p, (SLOTS + 9) * PAGE, MADV_PAGEOUT) == 0 &&
	      swap_uses(info.totalswap));
	for (unsigned i = 0; i < SLOTS + 9; i++)
		there += in_memory(p + i * PAGE);
	CHECK(!on_cowix() || there == SLOTS + 9 - info.totalswap);
	CHECK(pages_info(&info) == 0 && (!on_cowix() || info.freeswap == 0));
	CHECK(is_filled(p, SLOTS + 9, 'o'));
	swap_end();
}

static void write_own(void *arg)
{
	char *own = area + *(int *)arg;

	for (int round = 1; round < 120; round++)
		for (int page = 0; page < PAGES; page++) {
			CHECK(own[page * PAGE] ==
			      (char)(round == 1 ? 0 : round - 1 + page));
			own[page * PAGE] = round + page;
		}
	counter++;
}

/* Threads use the same pages, while another thread sends them to swap. */
static void threads(void)
{
	struct thread threads[3];
	int places[3] = { 0, 1, PAGE - 1 };

	swap_begin();
	memset(area, 0, sizeof(area));
	for (int i = 0; i < 3; i++)
		start(&threads[i], write_own, &places[i]);
	while (counter < 3) {
		CHECK(madvise(area, sizeof(area), MADV_PAGEOUT) == 0);
		syscall(__NR_sched_yield);
	}
	for (int i = 0; i < 3; i++)
		join(&threads[i]);
	for (int page = 0; page < PAGES; page++)
		for (int i = 0; i < 3; i++)
			CHECK(area[page * PAGE + places[i]] ==
			      (char)(119 + page));
	swap_end();
}

/* Returns how many of every step-th page from p on are not in memory. */
static unsigned count_missing(char *p, unsigned pages, unsigned step)
{
	static unsigned char there[65536];
	unsigned missing = 0;

	CHECK(pages <= sizeof(there) &&
	      syscall(__NR_mincore, p, pages * PAGE, there) == 0);
	for (unsigned i = 0; i < pages; i += step)
		missing += !(there[i] & 1);
	return missing;
}

/* Touches every second page. Returns how many of them were not there. */
static unsigned touch_used(char *p, unsigned pages)
{
	unsigned missing = count_missing(p, pages, 2);

	for (unsigned i = 0; i < pages; i += 2)
		p[i * PAGE] = i;
	return missing;
}

static unsigned slots_in_use(void)
{
	struct sysinfo info;

	CHECK(pages_info(&info) == 0);
	return info.totalswap - info.freeswap;
}

/*
 * Checks that without memory the pages not used lately go. All processes lose
 * pages in turn. Others' pages come back by swapoff, until it is this one's
 * turn. At first all its pages look used, so some must go; later none of the
 * used.
 */
static void used_pages_stay(void)
{
	struct sysinfo info;
	unsigned pages = 0, own, missing = 0;
	char *p;

	if (!on_cowix())
		return;
	swap_begin();
	CHECK(mm_audit(NULL, AUDIT_DROP_CACHES) == 0 && pages_info(&info) == 0);
	p = map_pages(info.freeram + 400, MAP_PRIVATE);
	do {
		for (; slots_in_use() < info.totalswap - 4; pages++)
			p[pages * PAGE] = pages;
		own = count_missing(p, pages, 1);
		pages -= 64;
		CHECK(madvise(p + pages * PAGE, 64 * PAGE, MADV_DONTNEED) == 0);
		CHECK(swapoff(SWAP_FILE) == 0 && swapon(SWAP_FILE, 0) == 0);
	} while (!own);
	for (; slots_in_use() == 0; pages++)
		p[pages * PAGE] = pages;
	touch_used(p, pages);
	for (; slots_in_use() < info.totalswap - 4; pages++) {
		p[pages * PAGE] = pages;
		missing += touch_used(p, pages);
	}
	for (unsigned i = 0; i < pages; i++)
		CHECK(p[i * PAGE] == (char)i);
	CHECK(munmap(p, (info.freeram + 400) * PAGE) == 0);
	if (missing > 1)
		printf("  %u used pages went\n", missing);
	CHECK(missing <= 1);
	/* others' pages may be there */
	CHECK(swapoff(SWAP_FILE) == 0 && unlink(SWAP_FILE) == 0);
}

TESTS({ "full", "no slot left", full },
      { "threads", "threads use pages that another swaps", threads },
      { "used_pages_stay", "pages in use stay in memory", used_pages_stay })
