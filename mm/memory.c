/*
 * The heart of Cowix: copy-on-write.
 *
 * The law (cowix/mm.h, mem_map): a frame's count is the number of references to
 * it. fork makes every private page read-only in both parent and child, marks
 * the entries PAGE_COW and counts each frame once more; the first write to such
 * a page faults and do_wp_page() either copies it (somebody else still refers
 * to it) or just makes it writable (nobody does). Who owns the reference: each
 * page-table entry owns one on the frame it maps, each page-directory entry one
 * on its page table; free_page_tables() gives them back.
 *
 * FORK_POLICY_LAZY is the same one level up: parent and child share the page
 * tables themselves. The directory entries become read-only and PAGE_COW, which
 * makes everything below read-only for both, and each table is counted once
 * more. Whoever must change something in such a table first makes it its own
 * with own_table(): a copy, whose entries are shared as fork would have shared
 * them, or, when nobody else uses the table any more, the table itself. An exit
 * that never wrote drops the table unseen.
 *
 * TLB. The CPU may keep an entry it has once used, so each change of an entry
 * is followed here, not in the callers, by the flush that its case needs (there
 * is one CPU, and another address space's entries die at its CR3 load):
 *   permission lowered  (fork)            flush before anyone can write again: copy_page_table reloads CR3, and reclaim() before it sleeps;
 *   permission raised   (reuse)           a stale read-only entry faults once more and is flushed then: invlpg for the page written;
 *   mapping changed     (copy, unmapping) a stale entry would reach the old frame: invlpg, or CR3 for ranges;
 *   nothing -> present                    the CPU keeps no entries that are not present: no flush;
 *   a directory entry changed             the CPU combines both levels in what it keeps: CR3.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

/*
 * A page table for an empty entry of a directory, which then owns its one
 * reference. Whether there was memory.
 */
static bool make_table(pte_t *pde)
{
	pte_t *table = kpage_zalloc(OWNER_TABLE);

	if (table) {
		*pde = __pa(table) | TABLE_BITS;
		trace_page(TRACE_TABLE, PDE_ADDRESS(pde), __pa(table), 0);
	}
	return table != NULL;
}

/*
 * Share count entries of a private area: each present one loses its write
 * permission, if it had it, and becomes PAGE_COW in the parent; the child's
 * copy of the table receives the same. One more reference a frame.
 */
static void share_private(pte_t *to, pte_t *from, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		pte_t entry = from[i];

		if (!(entry & PTE_MAPPED))
			continue;
		if (entry & PTE_W)
			from[i] = entry = (entry & ~PTE_W) | PAGE_COW;
		mem_map[entry >> PAGE_SHIFT].count++;
	}
	rep_movsl(to, from, count);
}

/*
 * Share count entries of a shared area: they keep their permissions. One more
 * reference a frame.
 */
static void share_shared(pte_t *to, const pte_t *from, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (from[i] & PTE_MAPPED)
			mem_map[from[i] >> PAGE_SHIFT].count++;
	rep_movsl(to, from, count);
}

/* Share the part of an area that one table holds, in a copy of the table. */
static void share_entries(pte_t *to, pte_t *from, const struct vm_area *area,
			  u32 start, u32 end)
{
	u32 first = PGTBL_INDEX(start), count = (end - start) >> PAGE_SHIFT;

	trace_entries(TRACE_SHARE, start, from + first, count, __pa(to));
	if (area->flags & VM_SHARED)
		share_shared(to + first, from + first, count);
	else
		share_private(to + first, from + first, count);
}

/*
 * Makes to, which is zeroed, a copy of a page table that others use too, and
 * takes its place: everything in it is shared as fork would have.
 */
static void copy_table(struct mm *mm, pte_t *pde, u32 addr, pte_t *to)
{
	u32 start = addr & ~(LARGE_PAGE_SIZE - 1);
	pte_t *from = table_of(*pde);

	trace_page(TRACE_TABLE_COPY, start, PTE_FRAME(*pde), __pa(to));
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		if (area->end > start && area->start < start + LARGE_PAGE_SIZE)
			share_entries(to, from, area,
				      max_u32(area->start, start),
				      table_end(max_u32(area->start, start),
						area->end));
	}
	if (unlikely(mm->nr_swapped))
		share_swapped(from, PTES_PER_TABLE);
	free_page(PTE_FRAME(*pde));
	*pde = __pa(to) | TABLE_BITS;
}

/*
 * Have a page table for addr that only mm uses and that may be changed: make it
 * if it is missing, or make a lazily shared one mm's own. Called before
 * anything in a table changes. Whether there was memory; without, nothing has
 * changed.
 */
bool own_table(struct mm *mm, u32 addr)
{
	pte_t *pde = &mm->pgdir[PGDIR_INDEX(addr)];
	pte_t *to = NULL;

	if (!(*pde & PTE_P))
		return make_table(pde);
	if (!(*pde & PAGE_COW))
		return true;
	if (page_of(PTE_FRAME(*pde))->count > 1) {
		to = kpage_zalloc(OWNER_TABLE);
		if (!to)
			return false;
	}
	if (page_of(PTE_FRAME(*pde))->count > 1) {
		copy_table(mm, pde, addr, to);
	} else {
		if (to)
			/* reclaim has slept, and the others are gone */
			kpage_free(to);
		*pde = (*pde & ~PAGE_COW) | PTE_W;
	}
	if (current->mm == mm)
		flush_address_space();
	return true;
}

/*
 * The same for all tables that [start, end) has already, before several entries
 * change. -ENOMEM
 */
int own_tables(struct mm *mm, u32 start, u32 end)
{
	for (u32 addr = start; addr < end; addr = table_end(addr, end))
		if (mm->pgdir[PGDIR_INDEX(addr)] & PAGE_COW &&
		    !own_table(mm, addr))
			return -ENOMEM;
	return 0;
}

/* One more directory entry for a table that is shared already. */
static void lend_table(struct mm *child, pte_t *to, pte_t pde)
{
	trace_page(TRACE_TABLE_SHARE, PDE_ADDRESS(to), PTE_FRAME(pde), 0);
	page_of(PTE_FRAME(pde))->count++;
	*to = pde;
	child->shares_tables = true;
}

/*
 * The child uses the parent's table too, if the parent's own is one that it
 * shares.
 */
static bool share_shared_table(struct mm *child, struct mm *parent, u32 addr)
{
	pte_t pde = parent->pgdir[PGDIR_INDEX(addr)],
	      *to = &child->pgdir[PGDIR_INDEX(addr)];

	if (!(pde & PAGE_COW))
		return false;
	if (!*to)
		lend_table(child, to, pde);
	return true;
}

/* Returns true if a table has pages that no other is to change. */
static bool keeps_back(struct mm *mm, u32 pde_index)
{
	u32 start = pde_index << PGDIR_SHIFT;

	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		if (area->flags & VM_NOT_LENT && area->end > start &&
		    area->start < start + LARGE_PAGE_SIZE)
			return true;
	}
	return false;
}

/*
 * Makes those tables mm's own: a child can use the others as they are. Called
 * by mm_dup(). -ENOMEM
 */
int own_kept_back(struct mm *mm)
{
	int error = 0;

	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		if (area->flags & VM_NOT_LENT && !error)
			error = own_tables(mm, area->start, area->end);
	}
	return error;
}

/*
 * Give back the tables that others use too, unseen, before the rest is freed.
 * Called by mm_release() when there may be such.
 */
void drop_shared_tables(struct mm *mm)
{
	trace_tables(TRACE_TABLE_FREE, mm);
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		for (u32 i = PGDIR_INDEX(area->start);
		     i <= PGDIR_INDEX(area->end - 1); i++) {
			pte_t pde = mm->pgdir[i];

			if (!(pde & PAGE_COW) ||
			    page_of(PTE_FRAME(pde))->count == 1)
				continue;
			free_page(PTE_FRAME(pde));
			mm->pgdir[i] = 0;
		}
	}
}

/* Duplicates the entries of an area in [addr, next), in one table. -ENOMEM */
static inline int copy_part(struct mm *child, struct mm *parent,
			    const struct vm_area *area, u32 addr, u32 next)
{
	u32 count = (next - addr) >> PAGE_SHIFT;
	pte_t *from = find_pte(parent, addr), *to;

	if (!from || share_shared_table(child, parent, addr))
		return 0;
	to = get_pte(child, addr);
	if (!to)
		return -ENOMEM;
	trace_entries(TRACE_SHARE, addr, from, count, 0);
	if (unlikely(parent->nr_swapped))
		share_swapped(from, count);
	if (area->flags & VM_SHARED)
		share_shared(to, from, count);
	else
		share_private(to, from, count);
	return 0;
}

/*
 * Duplicate the entries of one area, table by table. -ENOMEM leaves the tables
 * done so far for the caller to undo.
 */
static int copy_area_entries(struct mm *child, struct mm *parent,
			     const struct vm_area *area)
{
	int error = 0;

	for (u32 addr = area->start, next; addr < area->end && !error;
	     addr = next) {
		next = table_end(addr, area->end);
		error = copy_part(child, parent, area, addr, next);
	}
	return error;
}

/* Count the entries of a copy that did not become what its parent was. */
static void count_entries(struct mm *mm)
{
	mm->nr_resident = mm->nr_swapped = 0;
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		for (u32 addr = area->start; addr < area->end;
		     addr += PAGE_SIZE) {
			const pte_t *entry = find_pte(mm, addr);

			if (!entry)
				addr = table_end(addr, area->end) - PAGE_SIZE;
			else if (*entry & PTE_MAPPED)
				mm->nr_resident++;
			else
				mm->nr_swapped += *entry != 0;
		}
	}
}

/*
 * LAZY where pages are kept back: of their tables the child gets a copy of its
 * own, with all the other pages. -ENOMEM
 */
static int copy_beside(struct mm *child, struct mm *parent)
{
	int error = 0;

	list_for_each(node, &parent->areas) {
		const struct vm_area *area = area_at(node);
		u32 next;

		if (area->flags & VM_KEPT_BACK)
			continue;
		for (u32 addr = area->start; addr < area->end && !error;
		     addr = next) {
			next = table_end(addr, area->end);
			if (keeps_back(parent, PGDIR_INDEX(addr)))
				error = copy_part(child, parent, area, addr,
						  next);
		}
	}
	count_entries(child);
	flush_address_space();
	return error;
}

/*
 * FORK_POLICY_LAZY: the child, which has the same areas and no pages yet, uses
 * all of the parent's page tables. Called by mm_dup(). Only directory entries
 * are touched, but where pages are kept back; only then it can fail.
 */
int share_page_tables(struct mm *child, struct mm *parent)
{
	trace_tables(TRACE_TABLE_SHARE, parent);
	list_for_each(node, &parent->areas) {
		const struct vm_area *area = area_at(node);

		for (u32 i = PGDIR_INDEX(area->start);
		     i <= PGDIR_INDEX(area->end - 1); i++) {
			pte_t pde = parent->pgdir[i];

			if (!(pde & PTE_P) || child->pgdir[i])
				continue;
			if (unlikely(parent->keeps_back) &&
			    keeps_back(parent, i))
				continue;
			parent->pgdir[i] = child->pgdir[i] = (pde & ~PTE_W) |
							     PAGE_COW;
			page_of(PTE_FRAME(pde))->count++;
		}
	}
	child->nr_resident = parent->nr_resident;
	child->nr_swapped = parent->nr_swapped;
	parent->shares_tables = child->shares_tables = true;
	flush_address_space();
	return unlikely(parent->keeps_back) ? copy_beside(child, parent) : 0;
}

/*
 * Duplicate parent's user page tables into child, which has the same areas and
 * no pages yet: copy-on-write fork. Called by mm_dup(). -ENOMEM: memory ran out
 * halfway; the child's part is freed by mm_release() as ever, and the parent
 * goes on as if nothing had happened: its entries that became read-only have
 * count 1 again, and a write makes them writable.
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
		error = copy_area_entries(child, parent, area_at(node));
		if (error)
			break;
	}
	/* Or making a table slept, and pages went or came. */
	if (error || parent->keeps_back || entry_changes != changes)
		count_entries(child);
	flush_address_space();
	return error;
}

/*
 * Give the child the parent's page at addr: the frame itself in a shared area,
 * else a copy, which it may write at once if it may write at all.
 */
static int copy_now(struct mm *child, struct mm *parent, u32 addr, bool shared)
{
	pte_t *to = get_pte(child, addr), entry;
	void *page = to && !shared ? kpage_alloc(OWNER_CALL) : NULL;
	u32 frame = page ? __pa(page) : 0;
	int error = 0;

	if (!to || (!shared && !frame))
		return -ENOMEM;
	/* not before: reclaim may have slept */
	while (is_swapped(entry = *find_pte(parent, addr)) &&
	       (!error || error == -EAGAIN))
		error = do_swap_page(parent, addr);
	if (!(entry & PTE_MAPPED)) { /* its file was cut, or it cannot be had */
		if (frame)
			free_page(frame);
		return is_swapped(entry) ? error : 0;
	}
	child->nr_resident++;
	if (shared) {
		trace_page(TRACE_SHARE, addr, PTE_FRAME(entry), 0);
		page_of(PTE_FRAME(entry))->count++;
		*to = entry;
		return 0;
	}
	copy_page(__va(frame), __va(PTE_FRAME(entry)));
	trace_page(TRACE_DUP, addr, PTE_FRAME(entry), frame);
	if (entry & PAGE_COW)
		entry = (entry & ~PAGE_COW) | PTE_W;
	own_page(frame, OWNER_USER);
	*to = frame | (entry & ~PAGE_MASK);
	return 0;
}

/*
 * The same as forks did it before copy-on-write (FORK_POLICY_OLD): the parent
 * is not touched, and neither of the two will fault for it.
 */
int copy_pages_now(struct mm *child, struct mm *parent)
{
	int error = 0;

	child->building = true;
	list_for_each(node, &parent->areas) {
		const struct vm_area *area = area_at(node);

		if (area->flags & VM_KEPT_BACK)
			continue;
		for (u32 addr = area->start; addr < area->end && !error;
		     addr += PAGE_SIZE) {
			const pte_t *entry = find_pte(parent, addr);

			if (!entry)
				addr = table_end(addr, area->end) - PAGE_SIZE;
			else if (*entry)
				error = copy_now(child, parent, addr,
						 area->flags & VM_SHARED);
		}
	}
	child->building = false;
	return error;
}

/*
 * An entry whose frame nobody else refers to may be written: PAGE_COW says that
 * the area is private and writable.
 */
static inline bool reusable(pte_t entry)
{
	return entry & PAGE_COW && mem_map[entry >> PAGE_SHIFT].count == 1;
}

/*
 * Unprotect an entry in place, and those behind it in the same table that are
 * as free to be written: a parent whose child has gone writes its pages one
 * after the other, and need not fault on each. The neighbours' stale TLB
 * entries are handled by the fault table's second row.
 */
static void reuse_pages(u32 addr, pte_t *entry)
{
	pte_t *end = (pte_t *)(((u32)entry | (PAGE_SIZE - 1)) + 1);

	if (end - entry > REUSE_PAGES)
		end = entry + REUSE_PAGES;
	for (; entry < end && reusable(*entry); entry++) {
		*entry = (*entry & ~PAGE_COW) | PTE_W;
		trace_page(TRACE_REUSE, addr, PTE_FRAME(*entry), 0);
		addr += PAGE_SIZE;
	}
}

/*
 * A write to a page that is present, PAGE_COW and not writable. Called by
 * do_page_fault() only, also when the kernel writes for a program. Nobody else
 * refers to the frame: unprotect it in place. Otherwise take a frame, copy, and
 * drop the reference to the old one, whose other owners keep it as it is.
 * -ENOMEM: no frame; the page is still shared and unchanged.
 */
int do_wp_page(u32 addr, pte_t *entry)
{
	pte_t old = *entry;
	u32 new;

	if (mem_map[old >> PAGE_SHIFT].count > 1) {
		new = get_free_page();
		if (!new)
			return -ENOMEM;
		/* reclaim has slept, and the page went: fault again */
		if (unlikely(*entry != old)) {
			free_page(new);
			return 0;
		}
		copy_page(__va(new), __va(PTE_FRAME(old)));
		*entry = new | PRIVATE_BITS | PTE_W | PTE_D;
		free_page(PTE_FRAME(old));
		trace_page(TRACE_COPY, addr, PTE_FRAME(old), new);
	} else {
		reuse_pages(addr, entry);
	}
	flush_page(addr);
	return 0;
}
