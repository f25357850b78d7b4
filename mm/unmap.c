/*
 * An object, such as a file, loses a part. Its pages go from all address spaces
 * that map it, while their areas stay.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "mm_internal.h"

/*
 * Takes the pages of [start, end), a part of one area, out of mm. A lazily
 * shared table has the same areas for all that use it. So it is changed where
 * it is, which needs no memory and no sleep.
 */
static void unmap_part(struct mm *mm, u32 start, u32 end)
{
	for_each_table(addr, next, start, end) {
		u32 resident = mm->nr_resident, swapped = mm->nr_swapped;

		zap_page_range(mm, addr, next);
		count_for_sharers(mm, addr, mm->nr_resident - resident,
				  mm->nr_swapped - swapped);
	}
}

/*
 * Takes the pages of an object, from the one that holds its byte `end` on, out
 * of one address space. The areas stay. Private areas keep that first page,
 * which may be their own copy.
 */
static void unmap_object_in(struct mm *mm, const struct inode *object, u32 end)
{
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);
		u32 from = PAGE_ROUND_UP(end), start = area->start;

		if (area->flags & VM_SHARED)
			from = PAGE_ROUND_DOWN(end);
		if (area->object != object ||
		    area->offset + (area->end - start) <= from)
			continue;
		if (from > area->offset)
			start += from - area->offset;
		unmap_part(mm, start, area->end);
	}
}

/*
 * Takes the pages of the object's bytes [start, end) out of one area, except
 * for private copies.
 */
static void unmap_hole_of(struct mm *mm, const struct vm_area *area, u32 start,
			  u32 end)
{
	const pte_t *entry;

	for_each_pte(mm, addr, entry, area->start, area->end) {
		u32 offset = object_offset(area, addr);

		if (!(*entry & PTE_MAPPED) || offset < start || offset >= end)
			continue;
		if (area->ops->holds(area, offset, PTE_FRAME(*entry)) ==
		    HOLDS_OTHER)
			continue;
		zap_page_range(mm, addr, addr + PAGE_SIZE);
		count_for_sharers(mm, addr, -1, 0);
	}
}

static void unmap_hole_in(struct mm *mm, const struct inode *object, u32 start,
			  u32 end)
{
	list_for_each(node, &mm->areas)
		if (area_at(node)->object == object)
			unmap_hole_of(mm, area_at(node), start, end);
}

/*
 * Unmaps the object's bytes [start, end) in all address spaces, so that it can
 * have a hole there. Private copies of them stay. Needs no memory, does not
 * sleep.
 */
void unmap_hole(const struct inode *object, u32 start, u32 end)
{
	entry_changes++;
	list_for_each(node, &all_mms)
		unmap_hole_in(list_entry(node, struct mm, link), object, start,
			      end);
	flush_address_space();
}

/*
 * A file ends at `end` now: takes its pages from that on out of all address
 * spaces. Needs no memory, does not sleep.
 */
void unmap_object(const struct inode *object, u32 end)
{
	entry_changes++;
	list_for_each(node, &all_mms)
		unmap_object_in(list_entry(node, struct mm, link), object, end);
	flush_address_space();
}
