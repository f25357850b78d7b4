/* Page tables: made, walked, and their entries counted. */
#include <cowix/kernel.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include "mm_internal.h"

/*
 * Puts a new page table where a directory has none. The entry owns the one
 * reference to it. -ENOMEM
 */
int make_table(pte_t *pde)
{
	pte_t *table = kpage_zalloc(OWNER_TABLE);

	if (!table)
		return -ENOMEM;
	*pde = __pa(table) | TABLE_BITS;
	trace_page(TRACE_TABLE, PDE_ADDRESS(pde), __pa(table), 0);
	return 0;
}

/*
 * Sets *addr to the first address from it on that a page table covers. Returns
 * its entry, or NULL if there is none below end. For for_each_pte().
 */
pte_t *next_pte(struct mm *mm, u32 *addr, u32 end)
{
	while (*addr < end) {
		pte_t *entry = find_pte(mm, *addr);

		if (entry)
			return entry;
		*addr = table_end(*addr, end);
	}
	return NULL;
}

/* Counts the entries of a copy that did not become what its parent was. */
void count_entries(struct mm *mm)
{
	mm->nr_resident = mm->nr_swapped = 0;
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);
		const pte_t *entry;

		for_each_pte(mm, addr, entry, area->start, area->end) {
			mm->nr_resident += (*entry & PTE_MAPPED) != 0;
			mm->nr_swapped += is_swapped(*entry);
		}
	}
}
