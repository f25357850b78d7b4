/* What swap.c and swap_area.c share. */
#ifndef SWAP_INTERNAL_H
#define SWAP_INTERNAL_H

#include "mm/mm_internal.h"

struct swap_area {
	struct swap_medium *medium;	/* NULL: there is no such area */
	struct slot **slots;		/* pages of them, by a page */
	u32 usable, free;		/* slots */
	u32 next;			/* where to look for a free one */
	bool active;			/* may be filled */
	bool stopping;			/* is being emptied for good */
	bool leaving;			/* swapoff works, even if in vain */
};

#define SLOT_EXCLUDED	0xFFFFFFFFu	/* count of a page not to be used */

/* swap_area.c */
extern struct swap_area swap_areas[SWAP_AREAS];
struct swap_area *swap_area_of(pte_t entry);
u32 page_in_area(pte_t entry);
struct slot *slot_at(const struct swap_area *area, u32 page);
pte_t slot_alloc(void);
void slot_free(pte_t entry, bool usable);

#endif
