/*
 * Faulting around. A program that has read a page of a file soon reads others.
 * Often they are in memory, since an earlier program has read them. To map them
 * with the first costs less than a fault for each. Linux: do_fault_around().
 */
#include <cowix/kernel.h>
#include <cowix/trace.h>
#include "mm_internal.h"

/* Returns how much of an area is whole pages of its object, in bytes. */
u32 whole_pages(const struct vm_area *area)
{
	u32 end = min_u32(area->end, area->file_end);

	return PAGE_ROUND_DOWN(end) - area->start;
}

/*
 * Called by an object while a private page of it is read (vm_ops.around). Maps
 * its page at offset, which is in memory and lies in whole_pages() of the area.
 * Returns false if another page is there, or no table of mm's own. The accessed
 * bit is clear: the hand of reclaim.c takes the page first if nobody uses it.
 */
bool map_neighbour(struct mm *mm, const struct vm_area *area, u32 offset,
		   u32 frame)
{
	u32 addr = area->start + (offset - area->offset);
	pte_t pde = mm->pgdir[PGDIR_INDEX(addr)];
	pte_t *entry = &table_of(pde)[PGTBL_INDEX(addr)];

	if ((pde & (PTE_P | PAGE_COW)) != PTE_P || *entry)
		return false;
	page_of(frame)->count++;
	*entry = frame | (shared_bits(area) & ~PTE_A);
	mm->nr_resident++;
	trace_page(TRACE_FAULT, addr, frame, 0);
	return true;
}
