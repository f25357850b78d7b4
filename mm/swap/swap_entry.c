/*
 * Page-table entries of pages in swap: made, shared, dropped, and brought back.
 * The bits that a page had are not kept: the area says what is allowed. An
 * entry is changed in place, even in a page table that others use too. It means
 * the same to all of them (FORK_POLICY_LAZY).
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

u32 entry_changes;

/*
 * Counts what has changed at addr: so many more entries are present, and so
 * many more are in swap. All who use the page table there count them, too.
 */
void change_counts(struct mm *mm, u32 addr, int resident, int swapped)
{
	entry_changes++;
	mm->nr_resident += resident;
	mm->nr_swapped += swapped;
	count_for_sharers(mm, addr, resident, swapped);
}

/*
 * Has an entry name a slot instead of its page. Returns false if there is no
 * slot. *new: the slot must be written.
 */
bool swap_out_entry(struct mm *mm, u32 addr, pte_t *entry, bool *new)
{
	u32 frame = PTE_FRAME(*entry);
	pte_t slot = swap_slot_for(frame, new);

	if (!slot)
		return false;
	trace_page(TRACE_SWAP_OUT, addr, frame, slot);
	*entry = slot;
	change_counts(mm, addr, -1, 1);
	if (!*new)
		swap_settle(slot, frame);
	return true;
}

/*
 * Returns the bits of a private page's entry, by its area's flags. If it is
 * writable, no fault comes before the first write.
 */
static u32 private_bits(u32 flags, bool writable)
{
	if (!(flags & VM_PROT))
		return (PRIVATE_BITS & ~PTE_P) | PAGE_NONE;
	if (!(flags & VM_WRITE))
		return PRIVATE_BITS;
	return PRIVATE_BITS | (writable ? PTE_W : PAGE_COW);
}

/*
 * Makes an entry present whose page is in the swap cache. If it was the last
 * one for its slot, slot and cache let go of the page. Swapoff and /proc do not
 * have mm's lock. A tracer, which has, may have opened the area (foreign.c).
 */
static void put_back(struct mm *mm, u32 addr, pte_t *entry)
{
	pte_t slot = *entry;
	u32 frame = PTE_FRAME(slot_of(slot)->frame);
	u32 flags = find_area(mm, addr)->flags;
	bool writable;

	page_of(frame)->count++;
	swap_drop(slot);
	writable = page_of(frame)->count == 1 && mm->locker == current;
	*entry = frame | private_bits(flags, writable);
	change_counts(mm, addr, 1, -1);
	trace_page(TRACE_SWAP_IN, addr, frame, slot);
}

/*
 * Brings the page at addr back if it is in swap. The caller holds mm. Returns 0
 * if the page is in memory, or never was in swap; else -ENOMEM, -EIO, or
 * -EAGAIN: look again.
 */
int do_swap_page(struct mm *mm, u32 addr)
{
	pte_t *entry = find_pte(mm, addr);
	pte_t slot = entry ? *entry : 0;
	int error;

	if (!is_swapped(slot))
		return 0;
	error = swap_fetch(slot);
	if (error)
		return error;
	entry = find_pte(mm, addr);	/* all may have changed meanwhile */
	if (entry && *entry == slot)
		put_back(mm, PAGE_ROUND_DOWN(addr), entry);
	return 0;
}

/*
 * Returns the process at a place in all programs' memory. If it has gone, the
 * place is set to the first process.
 */
struct task_struct *task_at(struct place *at)
{
	struct task_struct *task = find_task(at->pid);

	if (!task) {
		task = list_entry(all_tasks.next, struct task_struct, all_link);
		at->addr = 0;
	}
	return task->process;
}

/*
 * Sets a place to the process behind task. Returns true if that is the first
 * again.
 */
bool place_next(struct place *at, const struct task_struct *task)
{
	const struct list *next = task->all_link.next;
	bool first_again = next == &all_tasks;

	if (first_again)
		next = all_tasks.next;
	at->pid = list_entry(next, struct task_struct, all_link)->pid;
	at->addr = 0;
	return first_again;
}
