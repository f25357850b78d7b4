/*
 * A swap file for tests that page out. Each test makes, uses and gives back its
 * own. Linux swaps nothing; there the tests see only that nothing changes.
 */
#ifndef SWAPFILE_H
#define SWAPFILE_H
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>

#ifndef PAGE
#define PAGE 4096
#endif
#define SWAP_FILE "/swap-test"
#define SLOTS 31		/* of a file of 128 KB */

/*
 * Makes a swap area of this many slots. Its file is written in full, unless it
 * is to have a hole. The caller removes it.
 */
static inline void make_swap_file(const char *path, unsigned slots, int hole)
{
	static struct swap_header header;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	memset(&header, 0, sizeof(header));
	for (unsigned i = 0; i <= slots && !hole; i++)
		CHECK(write(fd, &header, PAGE) == PAGE);
	CHECK(ftruncate(fd, (slots + 1) * PAGE) == 0 &&
	      lseek(fd, 0, SEEK_SET) == 0);
	header.version = SWAP_VERSION;
	header.last_page = slots;
	memcpy(header.magic, SWAP_MAGIC, sizeof(header.magic));
	CHECK(write(fd, &header, PAGE) == PAGE && close(fd) == 0);
}

static inline void swap_begin(void)
{
	if (!on_cowix())
		return;
	swapoff(SWAP_FILE);		/* left by a test that failed */
	make_swap_file(SWAP_FILE, SLOTS, 0);
	CHECK(swapon(SWAP_FILE, 0) == 0);
}

static inline unsigned swap_used(void)
{
	struct audit_report report;

	CHECK(mm_audit(&report, 0) == 0);
	return report.swap_used;
}

/*
 * Waits until this many slots are in use, since ended processes give theirs
 * back a moment later. Returns 1 if they are; on Linux, always.
 */
static inline int swap_uses(unsigned slots)
{
	for (int i = 0; on_cowix() && swap_used() != slots; i++) {
		if (i == 50) {
			printf("  %u slots in use, not %u\n", swap_used(),
			       slots);
			return 0;
		}
		sleep_ms(10);
	}
	return 1;
}

/* Checks that all swapped pages have come back or gone. */
static inline void swap_end(void)
{
	if (!on_cowix())
		return;
	CHECK(swap_uses(0));
	CHECK(swapoff(SWAP_FILE) == 0 && unlink(SWAP_FILE) == 0);
}

/* Maps pages of zeroes: MAP_PRIVATE or MAP_SHARED. */
static inline char *map_pages(unsigned pages, int flags)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       flags | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static inline int in_memory(const char *p)
{
	unsigned char there = 0;

	CHECK(syscall(__NR_mincore, (unsigned)p & -PAGE, PAGE, &there) == 0);
	return there & 1;
}

/* Gives each page its own contents. */
static inline void fill(char *p, unsigned pages, char value)
{
	for (unsigned i = 0; i < pages * PAGE; i++)
		p[i] = value + i / PAGE + i % PAGE % 13;
}

static inline int is_filled(const char *p, unsigned pages, char value)
{
	for (unsigned i = 0; i < pages * PAGE; i++)
		if (p[i] != (char)(value + i / PAGE + i % PAGE % 13))
			return 0;
	return 1;
}

static inline void page_out(char *p, unsigned pages)
{
	CHECK(madvise(p, pages * PAGE, MADV_PAGEOUT) == 0);
	for (unsigned i = 0; i < pages && on_cowix(); i++)
		CHECK(!in_memory(p + i * PAGE));
}

#endif
