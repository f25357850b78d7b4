/*
 * Page-table entries of pages that are in swap: made, shared, dropped, and
 * brought back. The bits that a page had are not kept: the area says what is
 * allowed. An entry is changed where it is, in a page table that others use too
 * (FORK_POLICY_LAZY) as well, since it means the same to all of them.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

u32 entry_changes;

/*
 * At addr, entries that were present or in swap have become something else; mm
 * and all who use its table there count them.
 */
void change_counts(struct mm *mm, u32 addr, int resident, int swapped)
{
	entry_changes++;
	mm->nr_resident += resident;
	mm->nr_swapped += swapped;
	count_for_sharers(mm, addr, resident, swapped);
}

/*
 * A page goes to swap, as far as this entry is concerned. Whether there was a
 * slot; *new: which must be written.
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
 * Fork, or a page table that is copied: the entries among count that are in
 * swap have one reference more. How many they are.
 */
u32 share_swapped(const pte_t *entries, u32 count)
{
	u32 shared = 0;

	for (u32 i = 0; i < count; i++)
		if (is_swapped(entries[i])) {
			slot_of(entries[i])->count++;
			shared++;
		}
	return shared;
}

/* Drop and clear those entries among count; how many. */
u32 drop_swapped(pte_t *entries, u32 count)
{
	u32 dropped = 0;

	for (u32 i = 0; i < count; i++)
		if (is_swapped(entries[i])) {
			swap_drop(entries[i]);
			entries[i] = 0;
			dropped++;
		}
	return dropped;
}

/*
 * The bits of a private page's entry as its area says; alone: nobody else has
 * the page.
 */
static u32 private_bits(u32 flags, bool alone)
{
	if (!(flags & VM_PROT))
		return (PRIVATE_BITS & ~PTE_P) | PAGE_NONE;
	return PRIVATE_BITS | (!(flags & VM_WRITE) ? 0
			       : alone             ? PTE_W
						   : PAGE_COW);
}

/*
 * An entry whose slot's page is in the swap cache becomes present. If it was
 * the last one, slot and cache let go of the page.
 */
static void put_back(struct mm *mm, u32 addr, pte_t *entry)
{
	pte_t slot = *entry;
	u32 frame = PTE_FRAME(slot_of(slot)->frame);

	page_of(frame)->count++;
	swap_drop(slot);
	*entry = frame | private_bits(find_area(mm, addr)->flags,
				      page_of(frame)->count == 1);
	change_counts(mm, addr, 1, -1);
	trace_page(TRACE_SWAP_IN, addr, frame, slot);
}

/*
 * Have the page at addr in memory if it is in swap. mm stays for that long. 0:
 * it is, or never was there; -ENOMEM, -EIO, -EAGAIN: look again.
 */
int do_swap_page(struct mm *mm, u32 addr)
{
	pte_t *entry = find_pte(mm, addr), slot = entry ? *entry : 0;
	int error;

	if (!is_swapped(slot))
		return 0;
	error = swap_fetch(slot);
	if (error)
		return error;
	entry = find_pte(mm, addr); /* everything may have changed meanwhile */
	if (entry && *entry == slot)
		put_back(mm, PAGE_ROUND_DOWN(addr), entry);
	return 0;
}

/*
 * The process at a place in all programs' memory: the one of that number, or,
 * when it has gone, the first.
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

/* On to the next process. Whether it is the first again. */
bool next_task(struct place *at, const struct task_struct *task)
{
	bool last = task->all_link.next == &all_tasks;

	at->pid = list_entry(last ? all_tasks.next : task->all_link.next,
			     struct task_struct, all_link)
			  ->pid;
	at->addr = 0;
	return last;
}
