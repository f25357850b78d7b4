/*
 * madvise(). Most advice is either done or refused. Pages go, or children do
 * not get them, or they are given up now. Advice on how pages will be used is
 * ignored; Linux only notes it.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/mman.h>
#include "mm_internal.h"

static int drop_pages(struct mm *mm, u32 start, u32 end)
{
	if (own_tables(mm, start, end) < 0)
		return -ENOMEM;
	zap_page_range(mm, start, end);
	flush_address_space();
	return 0;
}

/* A hole in the object of a shared area that may be written. */
static int remove_pages(struct vm_area *area, u32 start, u32 end)
{
	u32 offset = start - area->start + area->offset;

	if (!area->ops || area->flags & VM_LOCKED)
		return -EINVAL;
	if ((area->flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE))
		return -EACCES;
	return area->ops->remove(area, offset, offset + (end - start));
}

/* What a child, or a core file, will see of [start, end), part of an area. */
static int change_inheritance(struct mm *mm, struct vm_area *area, u32 start,
			      u32 end, u32 set, u32 clear)
{
	int error;

	if (set & VM_WIPEONFORK && (area->ops || area->flags & VM_SHARED))
		return -EINVAL;
	error = split_edges(mm, start, end);
	if (error)
		return error;
	area = find_area(mm, start);
	area->flags = (area->flags | set) & ~clear;
	mm->keeps_back |= (set & VM_KEPT_BACK) != 0;
	return 0;
}

/* Takes advice for [start, end), part of one area. */
static int advise(struct mm *mm, struct vm_area *area, u32 start, u32 end,
		  u32 advice)
{
	switch (advice) {
	case MADV_FREE:
		if (area->ops || area->flags & (VM_SHARED | VM_LOCKED))
			return -EINVAL;
		return drop_pages(mm, start, end);
	case MADV_DONTNEED:
		return area->flags & VM_LOCKED ? -EINVAL
					       : drop_pages(mm, start, end);
	case MADV_REMOVE:
		return remove_pages(area, start, end);
	case MADV_DONTFORK:
		return change_inheritance(mm, area, start, end, VM_DONTFORK, 0);
	case MADV_DOFORK:
		return change_inheritance(mm, area, start, end, 0, VM_DONTFORK);
	case MADV_WIPEONFORK:
		return change_inheritance(mm, area, start, end, VM_WIPEONFORK,
					  0);
	case MADV_KEEPONFORK:
		return change_inheritance(mm, area, start, end, 0,
					  VM_WIPEONFORK);
	case MADV_DONTDUMP:
		return change_inheritance(mm, area, start, end, VM_DONTDUMP, 0);
	case MADV_DODUMP:
		return change_inheritance(mm, area, start, end, 0, VM_DONTDUMP);
	case MADV_PAGEOUT:
		if (area->flags & VM_LOCKED)
			return -EINVAL;
		page_out(mm, start, end);
	}
	return 0;
}

static bool is_known(u32 advice)
{
	return advice <= MADV_DONTNEED ||
	       (advice >= MADV_FREE && advice <= MADV_DOFORK) ||
	       (advice >= MADV_DONTDUMP && advice <= MADV_PAGEOUT);
}

/*
 * Gaps do not matter for what is between them, but are told. A hole may have to
 * wait for its file, with the lock given up. Then that area is looked for anew.
 */
static int advise_range(struct mm *mm, u32 start, u32 end, u32 advice)
{
	bool gap = false;
	u32 next;

	for (u32 addr = start; addr < end; addr = next) {
		struct vm_area *area = area_above(mm, addr);
		int error;

		gap |= !area || area->start > addr;
		if (!area || area->start >= end)
			break;
		addr = max_u32(addr, area->start);
		next = min_u32(end, area->end);
		error = advise(mm, area, addr, next, advice);
		if (error == -EAGAIN)
			next = addr;
		else if (error)
			return error;
	}
	join_areas(mm, start, end);
	return gap ? -ENOMEM : 0;
}

int sys_madvise(u32 addr, u32 length, u32 advice)
{
	struct mm *mm = current->mm;
	u32 end;
	int error = range_end(addr, length, &end);

	if (error || !is_known(advice))
		return -EINVAL;
	mm_lock(mm);
	error = advise_range(mm, addr, end, advice);
	mm_unlock(mm);
	return error;
}
