/*
 * mprotect(): the permissions of areas and of the pages that they have. Also
 * what a tracer needs to write into a program's text.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/mman.h>
#include "mm_internal.h"

/*
 * Returns true if an area cannot have a protection. A shared mapping of a file
 * open for reading only is not writable. Some files must not be executed.
 */
static bool forbids(const struct vm_area *area, u32 prot)
{
	const u32 shared = VM_SHARED | VM_MAY_WRITE;

	if (prot & PROT_WRITE && (area->flags & shared) == VM_SHARED)
		return true;
	return prot & PROT_EXEC && area->flags & VM_NEVER_EXEC;
}

static bool range_forbids(struct mm *mm, u32 start, u32 end, u32 prot)
{
	for_each_area(area, mm, start, end)
		if (forbids(area, prot))
			return true;
	return false;
}

/* Returns the bytes of a range that become data with these permissions. */
static u32 new_data(struct mm *mm, u32 start, u32 end, u32 prot)
{
	u32 bytes = 0;

	for_each_area(area, mm, start, end)
		if (!is_data(area->flags) &&
		    is_data(area->flags | prot_flags(prot)))
			bytes += bytes_within(area, start, end);
	return bytes;
}

/*
 * For PROT_GROWSDOWN, lets the range begin where the stack at addr does.
 * Returns -EINVAL if there is none, -ENOMEM if the range is larger than user
 * space.
 */
static int stack_start(struct mm *mm, u32 prot, u32 *addr, u32 *length)
{
	const struct vm_area *area;

	if (!(prot & PROT_GROWSDOWN))
		return 0;
	area = area_above(mm, *addr);
	if (OFFSET_IN_PAGE(*addr) || !area || !(area->flags & VM_GROWSDOWN) ||
	    area->start > *addr)
		return -EINVAL;
	if (*length > TASK_SIZE)
		return -ENOMEM;
	*length += *addr - area->start;
	*addr = area->start;
	return 0;
}

/* Gives all areas of [start, end), which has edges, and their pages prot. */
static void set_protection(struct mm *mm, u32 start, u32 end, u32 prot)
{
	for_each_area(area, mm, start, end) {
		set_area_flags(mm, area,
			       (area->flags & ~VM_PROT) | prot_flags(prot));
		protect_pages(mm, area->start, area->end, area->flags);
	}
	join_areas(mm, start, end);
}

/*
 * Returns 0 if the areas from start to end may have prot. They are mapped up to
 * gap. Returns -EACCES if the file forbids it, -ENOMEM for too much data.
 */
static int check_protection(struct mm *mm, u32 start, u32 gap, u32 end,
			    u32 prot)
{
	u32 more;

	if (range_forbids(mm, start, end, prot))
		return -EACCES;
	more = new_data(mm, start, gap, prot);
	return more && !may_hold_data(mm, more) ? -ENOMEM : 0;
}

/*
 * Gives a range new permissions. If there is a gap, what lies before it has
 * them when the call returns -ENOMEM, as on Linux.
 */
static int change_protection(struct mm *mm, u32 addr, u32 length, u32 prot)
{
	u32 end, gap;
	int error = stack_start(mm, prot, &addr, &length);

	if (error)
		return error;
	if (range_end(addr, length, &end) ||
	    prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM |
		     PROT_GROWSDOWN))
		return -EINVAL;
	if (end == addr)
		return 0;
	gap = covered_end(mm, addr, end);
	error = check_protection(mm, addr, gap, end, prot);
	if (!error)
		error = split_at(mm, addr);
	if (!error && gap == end && end < TASK_SIZE)
		error = split_at(mm, end);
	if (!error)
		error = own_tables(mm, addr, gap);
	if (error)
		return error;
	set_protection(mm, addr, gap, prot);
	return gap == end ? 0 : -ENOMEM;
}

int sys_mprotect(u32 addr, u32 length, u32 prot)
{
	struct mm *mm = current->mm;
	int error;

	mm_lock(mm);
	error = change_protection(mm, addr, length, prot);
	mm_unlock(mm);
	return error;
}
