/* The end of a swap area: its pages come back to memory first. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

/*
 * Looks from at->addr on for an entry that is in swap area number, and sets
 * at->addr to it. Returns false if there is none.
 */
static bool find_swapped(struct mm *mm, struct place *at, u32 number)
{
	for (u32 i = PGDIR_INDEX(at->addr); mm->nr_swapped && i < USER_PDES;
	     i++, at->addr = i << PGDIR_SHIFT) {
		const pte_t *table = table_of(mm->pgdir[i]);

		if (!(mm->pgdir[i] & PTE_P))
			continue;
		for (u32 n = PGTBL_INDEX(at->addr); n < PTES_PER_TABLE; n++)
			if (is_swapped(table[n]) &&
			    table[n] >> SWAP_AREA_SHIFT == number) {
				at->addr = i << PGDIR_SHIFT | n << PAGE_SHIFT;
				return true;
			}
	}
	return false;
}

/*
 * Brings back all pages that programs have in a swap area. Returns 0, -ENOMEM
 * or -EIO.
 */
static int bring_back(u32 number)
{
	struct place at = { 0, 0 };

	for (u32 rounds = 0; rounds < 2 && swap_stopping(number);) {
		struct task_struct *task = task_at(&at);
		struct mm *mm = task->mm;
		int error;

		at.pid = task->pid;
		if (!mm || !find_swapped(mm, &at, number)) {
			rounds += place_next(&at, task);
			continue;
		}
		mm->users++;		/* the process may end meanwhile */
		error = do_swap_page(mm, at.addr);
		mm_release(mm);
		if (error && error != -EAGAIN)
			return error;
	}
	return 0;
}

/*
 * Ends an area's use. Programs that are being made have pages where nobody
 * finds them; it waits for those. Returns 0, or -EBUSY, -ENOMEM, -EIO, -EINTR:
 * the area stays in use.
 */
int swap_stop(int number)
{
	int error = swap_retire(number);

	if (error)
		return error;
	while (!error && swap_is_used(number)) {
		error = bring_back(number);
		if (!error && swap_is_used(number))
			error = swap_await_release();
	}
	return swap_end(number, error);
}
