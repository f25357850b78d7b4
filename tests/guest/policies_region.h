/*
 * A region with a page table to itself, looked at through the kernel. For the
 * tests of calls and lives under each policy.
 */
#ifndef POLICIES_REGION_H
#define POLICIES_REGION_H
#include <fcntl.h>
#include "policies.h"

#define REGION	((char *)0x60000000)
#define PAGES	8
#define POLICIES 3
#define FRESH	"pppppppp" /* cells of the region, and after the calls below */
#define WRITTEN	"ppwwpppp"
#define UNMAPPED "pp__pppp"
#define PATIENCE 15	/* seconds to wait for a dead one */

static const int policies[POLICIES] = { FORK_POLICY_OLD, FORK_POLICY_COW,
					FORK_POLICY_LAZY };
static int letters, looking[2], batons[3][2];

static inline char *page(int i)
{
	return REGION + i * PAGE;
}

/* Makes a region full of p. A wall behind it keeps it from growing in place. */
static inline void make_region(void)
{
	CHECK(mmap(REGION, PAGES * PAGE, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == REGION);
	CHECK(mmap(page(PAGES), PAGE, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		   0) == page(PAGES));
	for (int i = 0; i < PAGES; i++)
		page(i)[0] = 'p';
}

/*
 * Opens a file in which each byte is at its own place, so that the kernel can
 * write any byte. Opens a pipe to look without a signal.
 */
static inline void open_letters(void)
{
	char all[128];

	for (int i = 0; i < 128; i++)
		all[i] = i;
	letters = open("/tmp/test-letters", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(letters >= 0 && unlink("/tmp/test-letters") == 0 &&
	      write(letters, all, sizeof(all)) == sizeof(all) &&
	      pipe(looking) == 0);
}

static inline int kernel_writes(char *at, char value)
{
	return pread(letters, at, 1, value) == 1;
}

/*
 * Returns a page as a character: its first byte, or 0 for zero. It is a capital
 * if a write was tried and refused, and _ if unreadable.
 */
static inline char cell(char *at, int written)
{
	char c;

	if (write(looking[1], at, 1) != 1)
		return '_';
	CHECK(read(looking[0], &c, 1) == 1);
	if (written && !kernel_writes(at, c))
		return c - 'a' + 'A';
	return c ? c : '0';
}

static inline void compare_cells(const char *expected, int written)
{
	char found[PAGES + 1] = { 0 };

	for (int i = 0; i < PAGES; i++)
		found[i] = cell(page(i), written);
	if (strcmp(found, expected) != 0)
		printf("  %s, not %s\n", found, expected);
	CHECK(strcmp(found, expected) == 0);
}

/*
 * Checks that the region is as expected. Writes to each page the byte it has.
 */
static inline void check_cells(const char *expected)
{
	compare_cells(expected, 1);
}

static inline void do_write(void)
{
	page(2)[0] = page(3)[0] = 'w';
}

static inline void do_munmap(void)
{
	CHECK(munmap(page(2), 2 * PAGE) == 0);
}

static inline void do_advise(void)
{
	CHECK(madvise(page(2), 2 * PAGE, MADV_DONTNEED) == 0);
}

/* Opens the pipes by which processes let each other go on. */

static inline void open_batons(void)
{
	open_letters();
	for (int i = 0; i < 3; i++)
		CHECK(pipe(batons[i]) == 0);
}

static inline void await_baton(int self)
{
	char c;

	CHECK(read(batons[self][0], &c, 1) == 1);
}

#endif
