/* Page tables as they are: finding an entry, and who else uses its table. */
#include <cowix/kernel.h>
#include "mm_internal.h"

/* Returns the entry for addr, or NULL when no page table covers it. */
pte_t *find_pte(struct mm *mm, u32 addr)
{
	pte_t pde = mm->pgdir[PGDIR_INDEX(addr)];

	return pde & PTE_P ? &table_of(pde)[PGTBL_INDEX(addr)] : NULL;
}

/*
 * Counts entries that have changed, as mm has, in all other address spaces that
 * use its page table for addr (FORK_POLICY_LAZY).
 */
void count_for_sharers(const struct mm *mm, u32 addr, int resident, int swapped)
{
	pte_t pde = mm->pgdir[PGDIR_INDEX(addr)];

	if (!(pde & PAGE_COW) || !(resident | swapped))
		return;
	list_for_each(node, &all_mms) {
		struct mm *other = list_entry(node, struct mm, link);

		if (other == mm || PTE_FRAME(other->pgdir[PGDIR_INDEX(addr)]) !=
					   PTE_FRAME(pde))
			continue;
		other->nr_resident += resident;
		other->nr_swapped += swapped;
	}
}
