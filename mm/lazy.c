/*
 * FORK_POLICY_LAZY: copy-on-write one level up. Parent and child share the page
 * tables themselves. Each directory entry becomes read-only and PAGE_COW, which
 * protects all pages below it, and each table is counted once more.
 *
 * Before anything in such a table changes, own_table() makes it the changer's
 * own. If others use it, that is a copy, whose entries are shared as fork would
 * have shared them. If nobody does, it is the table itself. A program that
 * exits or calls exec drops the tables without looking into them.
 *
 * The law is the same: each directory entry owns a reference to its table.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include "mm_internal.h"

/* Returns true if other directories refer to the table as well. */
static bool has_sharers(pte_t pde)
{
	return page_of(PTE_FRAME(pde))->count > 1;
}

/*
 * Copies the table at *pde into `to`, which is zeroed, and puts it there. addr
 * lies in the table.
 */
static void copy_table(struct mm *mm, pte_t *pde, u32 addr, pte_t *to)
{
	u32 start = addr & ~(LARGE_PAGE_SIZE - 1);
	pte_t *from = table_of(*pde);

	trace_page(TRACE_TABLE_COPY, start, PTE_FRAME(*pde), __pa(to));
	for_each_area(area, mm, start, start + LARGE_PAGE_SIZE) {
		u32 first = max_u32(area->start, start), count;

		count = (table_end(first, area->end) - first) >> PAGE_SHIFT;
		first = PGTBL_INDEX(first);
		trace_entries(TRACE_SHARE, start + first * PAGE_SIZE,
			      from + first, count, __pa(to));
		share_entries(area, to + first, from + first, count);
	}
	free_page(PTE_FRAME(*pde));
	*pde = __pa(to) | TABLE_BITS;
}

/*
 * Makes sure that addr has a page table that mm alone uses. Called before
 * anything in a table changes. On -ENOMEM nothing has changed.
 */
int own_table(struct mm *mm, u32 addr)
{
	pte_t *pde = &mm->pgdir[PGDIR_INDEX(addr)];
	pte_t *copy = NULL;

	if (!(*pde & PTE_P))
		return make_table(pde);
	if (!(*pde & PAGE_COW))
		return 0;
	if (has_sharers(*pde)) {
		copy = kpage_zalloc(OWNER_TABLE);
		if (!copy)
			return -ENOMEM;
	}
	/* The allocation may have slept until the others were gone. */
	if (has_sharers(*pde)) {
		copy_table(mm, pde, addr, copy);
	} else {
		if (copy)
			kpage_free(copy);
		*pde = (*pde & ~PAGE_COW) | PTE_W;
	}
	if (current->mm == mm)
		flush_address_space();
	return 0;
}

/*
 * Makes all tables that [start, end) has already mm's own. Called before
 * several entries change. -ENOMEM
 */
int own_tables(struct mm *mm, u32 start, u32 end)
{
	for_each_table(addr, next, start, end)
		if (mm->pgdir[PGDIR_INDEX(addr)] & PAGE_COW &&
		    own_table(mm, addr) < 0)
			return -ENOMEM;
	return 0;
}

/*
 * Makes the tables that must not be lent mm's own. A child can use the others
 * as they are. Called by mm_dup(). -ENOMEM
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
 * A fork of any kind: if the parent shares its table for addr, the child joins.
 * Returns true if the child has that table.
 */
bool join_shared_table(struct mm *child, struct mm *parent, u32 addr)
{
	pte_t pde = parent->pgdir[PGDIR_INDEX(addr)],
	      *to = &child->pgdir[PGDIR_INDEX(addr)];

	if (!(pde & PAGE_COW))
		return false;
	if (*to)
		return true;
	trace_page(TRACE_TABLE_SHARE, PDE_ADDRESS(to), PTE_FRAME(pde), 0);
	page_of(PTE_FRAME(pde))->count++;
	*to = pde;
	child->shares_tables = true;
	return true;
}

/* Returns true if table number i has pages that must not be lent. */
static bool keeps_back(struct mm *mm, u32 i)
{
	u32 start = i << PGDIR_SHIFT;

	for_each_area(area, mm, start, start + LARGE_PAGE_SIZE)
		if (area->flags & VM_NOT_LENT)
			return true;
	return false;
}

/*
 * Gives the child copies of the tables that cannot be lent, without the pages
 * that are kept back. -ENOMEM
 */
static int copy_beside(struct mm *child, struct mm *parent)
{
	int error = 0;

	list_for_each(node, &parent->areas) {
		const struct vm_area *area = area_at(node);

		if (area->flags & VM_KEPT_BACK)
			continue;
		for_each_table(addr, next, area->start, area->end)
			if (!error && keeps_back(parent, PGDIR_INDEX(addr)))
				error = copy_entries(child, parent, area, addr,
						     next);
	}
	count_entries(child);
	flush_address_space();
	return error;
}

/* Lends the child the parent's tables of one area. */
static void lend_tables(struct mm *child, struct mm *parent,
			const struct vm_area *area)
{
	pte_t *from = parent->pgdir, *to = child->pgdir;

	for_each_pde(i, area->start, area->end) {
		pte_t pde = from[i];

		if (!(pde & PTE_P) || to[i])
			continue;
		if (parent->keeps_back && keeps_back(parent, i))
			continue;
		pde = (pde & ~PTE_W) | PAGE_COW;
		from[i] = to[i] = pde;
		page_of(PTE_FRAME(pde))->count++;
	}
}

/*
 * Lends the child, which has the same areas and no pages, all of the parent's
 * page tables. Called by mm_dup(). Fails only where pages are kept back, with
 * -ENOMEM: tables with such pages are copied.
 */
int share_page_tables(struct mm *child, struct mm *parent)
{
	trace_tables(TRACE_TABLE_SHARE, parent);
	list_for_each(node, &parent->areas)
		lend_tables(child, parent, area_at(node));
	child->nr_resident = parent->nr_resident;
	child->nr_swapped = parent->nr_swapped;
	parent->shares_tables = child->shares_tables = true;
	flush_address_space();
	return parent->keeps_back ? copy_beside(child, parent) : 0;
}

/* Drops mm's references to the tables of one area that others use too. */
static void drop_shared_of(struct mm *mm, const struct vm_area *area)
{
	pte_t *pgdir = mm->pgdir;

	for_each_pde(i, area->start, area->end) {
		struct page *table = page_of(PTE_FRAME(pgdir[i]));

		if (!(pgdir[i] & PAGE_COW) || table->count == 1)
			continue;
		table->count--;
		pgdir[i] = 0;
	}
}

/*
 * Gives up the tables that others use too, without looking into them. Called by
 * mm_release(), before it frees the rest.
 */
void drop_shared_tables(struct mm *mm)
{
	trace_tables(TRACE_TABLE_FREE, mm);
	list_for_each(node, &mm->areas)
		drop_shared_of(mm, area_at(node));
}

/*
 * Counts changed entries in all other address spaces that use mm's page table
 * for addr. In mm they are counted. The two differences are of present and of
 * swapped entries.
 */
void count_for_sharers(const struct mm *mm, u32 addr, int resident, int swapped)
{
	u32 i = PGDIR_INDEX(addr);
	pte_t pde = mm->pgdir[i];

	if (!(pde & PAGE_COW) || (!resident && !swapped))
		return;
	list_for_each(node, &all_mms) {
		struct mm *other = list_entry(node, struct mm, link);

		if (other == mm ||
		    PTE_FRAME(other->pgdir[i]) != PTE_FRAME(pde))
			continue;
		other->nr_resident += resident;
		other->nr_swapped += swapped;
	}
}
