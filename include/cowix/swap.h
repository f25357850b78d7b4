/*
 * Swap: pages of programs on a disk. The entry of such a page is not 0, but has
 * neither PTE_P nor PAGE_NONE. Where a present entry has the frame, it has the
 * area's number and the page's number in it. Each such entry holds a reference
 * to its slot, as present ones do to their frames.
 */
#ifndef COWIX_SWAP_H
#define COWIX_SWAP_H

#include <cowix/types.h>
#include <cowix/mm.h>

#define SWAP_AREAS	4u
#define SWAP_AREA_SHIFT	30	/* of an entry; below it the page's number */
#define SWAP_PAGES_MAX	(1u << (SWAP_AREA_SHIFT - PAGE_SHIFT)) /* 1 GB */
#define SWAP_BATCH	16u	/* pages written together */

struct swap_io {
	u32 page, frame;
	int error;
};

/* Where an area lies, as fs/ knows it. */
struct swap_medium {
	/*
	 * Transfers n pages, at most SWAP_BATCH, and sets the error of each to
	 * 0 or -EIO. Takes no memory. One caller at a time writes.
	 */
	void (*transfer)(struct swap_medium *medium, bool write,
			 struct swap_io *io, u32 n);
	u32 pages;			/* page 0 is the header */
	int priority;			/* higher ones are filled first */
};

/* mm/swap/swap_area.c, swap.c, swapoff.c. Totals are of usable pages. */
extern u32 nr_swap_pages, nr_free_swap, nr_swap_cached;
int swap_add(struct swap_medium *medium);
void swap_exclude(int area, u32 page);
void swap_start(int area);
int swap_stop(int area);
struct swap_medium *swap_medium_of(u32 area, u32 *used);

/* Returns how many pages programs can have at all, in memory or not. */
static inline u32 memory_pages(void)
{
	return nr_ram_frames + nr_swap_pages;
}

static inline bool is_swapped(pte_t entry)
{
	return entry && !(entry & PTE_MAPPED);
}

/* mm/swap/swap_entry.c */
int do_swap_page(struct mm *mm, u32 addr);

#endif
