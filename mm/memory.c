/*
 * The heart of Cowix: copy-on-write.
 *
 * The law (cowix/mm.h, mem_map): a frame's count is the number of references to
 * it. Each page-table entry owns one, on the frame that it maps. A fork shares
 * every private page. Both entries become read-only and PAGE_COW, and the frame
 * is counted once more. The first write faults. Then do_wp_page() copies the
 * page if others still refer to it. Otherwise it just makes the page writable.
 * In pages.c free_page_tables() gives the references back. There are two other
 * ways to fork: lazy.c shares the page tables, copy_now.c copies all pages.
 *
 * TLB. The CPU may keep an entry that it has used. A function that changes an
 * entry flushes it, too. Each load of CR3 forgets all entries of programs.
 *
 *   change              where         flush
 *   ------------------  ------------  -------------------------------------
 *   permission lowered  fork          CR3 before anyone can write: at the end,
 *                                     and in reclaim() before it sleeps
 *   permission raised   reuse         INVLPG for the page that is written;
 *                                     a stale neighbour costs one fault
 *   mapping changed     copy, unmap   INVLPG, or CR3 for a range: a stale
 *                                     entry would reach the old frame
 *   nothing -> present  first access  none: the CPU keeps no absent entry
 *   directory entry     lending       CR3: the CPU keeps both levels as one
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

/* Counts one more entry like this one, for its frame or its slot in swap. */
static inline void share_entry(pte_t entry)
{
	if (likely(entry & PTE_MAPPED))
		page_of(PTE_FRAME(entry))->count++;
	else if (entry)
		slot_of(entry)->count++;
}

/*
 * Copies count entries of a private area into another table. Neither copy may
 * be written any more: PAGE_COW marks the pages that were writable.
 */
static void share_private(pte_t *to, pte_t *from, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		pte_t entry = from[i];

		share_entry(entry);
		if (entry & PTE_W)
			from[i] = entry = (entry & ~PTE_W) | PAGE_COW;
		to[i] = entry;
	}
}

/* Copies count entries of a shared area, which stay as writable as they are. */
static void share_shared(pte_t *to, const pte_t *from, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		to[i] = from[i];
		share_entry(from[i]);
	}
}

/* Copies count entries of an area from one page table into another. */
void share_entries(const struct vm_area *area, pte_t *to, pte_t *from,
		   u32 count)
{
	if (area->flags & VM_SHARED)
		share_shared(to, from, count);
	else
		share_private(to, from, count);
}

/*
 * Gives the child the entries of [addr, next), a part of area in one page
 * table. If the parent already shares that table, the child joins. -ENOMEM
 */
int copy_entries(struct mm *child, struct mm *parent,
		 const struct vm_area *area, u32 addr, u32 next)
{
	u32 count = (next - addr) >> PAGE_SHIFT;
	pte_t *from = find_pte(parent, addr), *to;

	if (!from || join_shared_table(child, parent, addr))
		return 0;
	to = get_pte(child, addr);
	if (!to)
		return -ENOMEM;
	trace_entries(TRACE_SHARE, addr, from, count, 0);
	share_entries(area, to, from, count);
	return 0;
}

/* Gives the child the entries of one area, or some of them and -ENOMEM. */
static int copy_area(struct mm *child, struct mm *parent,
		     const struct vm_area *area)
{
	for_each_table(addr, next, area->start, area->end) {
		int error = copy_entries(child, parent, area, addr, next);

		if (error)
			return error;
	}
	return 0;
}

/*
 * Fork: gives the child, which has the same areas and no pages, all of the
 * parent's pages. Called by mm_dup(). -ENOMEM: memory ran out halfway.
 * mm_release() then frees the child's part. The parent's entries stay
 * read-only, but with count 1: its next write makes them writable.
 */
int copy_page_table(struct mm *child, struct mm *parent)
{
	u32 changes = entry_changes;
	int error = 0;

	child->nr_resident = parent->nr_resident;
	child->nr_swapped = parent->nr_swapped;
	list_for_each(node, &parent->areas) {
		if (area_at(node)->flags & VM_KEPT_BACK)
			continue;
		error = copy_area(child, parent, area_at(node));
		if (error)
			break;
	}
	/* Making a table may sleep, and pages come and go meanwhile. */
	if (error || parent->keeps_back || entry_changes != changes)
		count_entries(child);
	flush_address_space();
	return error;
}

/*
 * Returns true if an entry may become writable as it is. PAGE_COW says that
 * its area is private and writable, the count that nobody else has the page.
 */
static inline bool reusable(pte_t entry)
{
	return entry & PAGE_COW && page_of(PTE_FRAME(entry))->count == 1;
}

/*
 * Makes the page at addr writable where it is, and the reusable ones behind it.
 * A parent whose child has gone often writes its pages in order.
 */
static void reuse_pages(u32 addr, pte_t *entry)
{
	pte_t *end = entry + min_u32(PTES_PER_TABLE - PGTBL_INDEX(addr),
				     REUSE_PAGES);

	for (; entry < end && reusable(*entry); entry++) {
		*entry = (*entry & ~PAGE_COW) | PTE_W;
		trace_page(TRACE_REUSE, addr, PTE_FRAME(*entry), 0);
		addr += PAGE_SIZE;
	}
}

/* Gives the entry a copy of its page. -ENOMEM: it is shared and unchanged. */
static int copy_shared_page(u32 addr, pte_t *entry)
{
	pte_t old = *entry;
	u32 new = get_free_page();

	if (!new)
		return -ENOMEM;
	if (*entry != old) {	/* reclaim slept and took it: fault again */
		free_page(new);
		return 0;
	}
	copy_page(__va(new), __va(PTE_FRAME(old)));
	*entry = new | PRIVATE_BITS | PTE_W | PTE_D;
	free_page(PTE_FRAME(old));
	trace_page(TRACE_COPY, addr, PTE_FRAME(old), new);
	return 0;
}

/*
 * Handles a write to a page that is present, PAGE_COW and read-only. Called by
 * do_page_fault(), also when the kernel writes for a program. Returns 0 when
 * the write can be tried again, or -ENOMEM.
 */
int do_wp_page(u32 addr, pte_t *entry)
{
	int error = 0;

	if (page_of(PTE_FRAME(*entry))->count > 1)
		error = copy_shared_page(addr, entry);
	else
		reuse_pages(addr, entry);
	flush_page(addr);
	return error;
}
