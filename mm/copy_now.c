/*
 * FORK_POLICY_OLD: fork as the first Unixes did it. The child gets a copy of
 * every page at once. The parent is not touched, and neither of the two faults
 * for it later.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

/*
 * Brings the parent's page at addr to memory if it is in swap. Returns its
 * entry, or 0 if there is no page any more, because its file was cut. If it
 * could not be brought, *error is -ENOMEM or -EIO.
 */
static pte_t present_entry(struct mm *parent, u32 addr, int *error)
{
	pte_t entry = *find_pte(parent, addr);

	*error = 0;
	while (is_swapped(entry)) {
		*error = do_swap_page(parent, addr);
		if (*error && *error != -EAGAIN)
			return 0;
		*error = 0;
		entry = *find_pte(parent, addr);
	}
	return entry;
}

/* Gives the child the parent's frame at addr, in a shared area. -ENOMEM */
static int share_now(struct mm *child, struct mm *parent, u32 addr)
{
	pte_t *to = get_pte(child, addr), entry;

	if (!to)
		return -ENOMEM;
	/* not before: making the table may have slept */
	entry = *find_pte(parent, addr);
	if (!(entry & PTE_MAPPED))
		return 0;
	trace_page(TRACE_SHARE, addr, PTE_FRAME(entry), 0);
	page_of(PTE_FRAME(entry))->count++;
	child->nr_resident++;
	*to = entry;
	return 0;
}

/*
 * Gives the child a copy of the parent's page at addr. In a writable area it
 * may write it at once. -ENOMEM, -EIO
 */
static int copy_now(struct mm *child, struct mm *parent, u32 addr)
{
	pte_t *to = get_pte(child, addr), entry;
	void *page = to ? kpage_alloc(OWNER_CALL) : NULL;
	int error;

	if (!page)
		return -ENOMEM;
	/* not before: reclaim may have slept */
	entry = present_entry(parent, addr, &error);
	if (!entry) {
		kpage_free(page);
		return error;
	}
	copy_page(page, __va(PTE_FRAME(entry)));
	trace_page(TRACE_DUP, addr, PTE_FRAME(entry), __pa(page));
	if (entry & PAGE_COW)
		entry = (entry & ~PAGE_COW) | PTE_W;
	own_page(__pa(page), OWNER_USER);
	child->nr_resident++;
	*to = __pa(page) | OFFSET_IN_PAGE(entry);
	return 0;
}

/* Gives the child all pages of one area. -ENOMEM, -EIO */
static int copy_area_now(struct mm *child, struct mm *parent,
			 const struct vm_area *area)
{
	const pte_t *entry;
	int error = 0;

	for_each_pte(parent, addr, entry, area->start, area->end) {
		if (!*entry)
			continue;
		if (area->flags & VM_SHARED)
			error = share_now(child, parent, addr);
		else
			error = copy_now(child, parent, addr);
		if (error)
			break;
	}
	return error;
}

/*
 * Copies all pages of the parent into the child, which has the same areas and
 * no pages. Called by mm_dup(). -ENOMEM or -EIO leaves the child with some.
 */
int copy_pages_now(struct mm *child, struct mm *parent)
{
	int error = 0;

	child->building = true;
	list_for_each(node, &parent->areas) {
		if (area_at(node)->flags & VM_KEPT_BACK)
			continue;
		error = copy_area_now(child, parent, area_at(node));
		if (error)
			break;
	}
	child->building = false;
	return error;
}
