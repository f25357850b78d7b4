/*
 * mmap(), munmap() and mincore(), as far as areas and pages go. The part of a
 * mapped file is in fs/filemap.c.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/mman.h>
#include "mm_internal.h"

/* Returns true if what ends there leaves the area above its guard. */
static bool keeps_off(struct mm *mm, u32 end)
{
	const struct vm_area *above = area_above(mm, end);

	return !above || end <= free_above(above);
}

/*
 * Returns where the new area goes: addr if it must or can, else the highest
 * gap. 0: nowhere.
 */
static u32 choose_address(struct mm *mm, u32 addr, u32 length, u32 flags)
{
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		return addr;
	addr = PAGE_ROUND_UP(addr);
	if (addr >= PAGE_SIZE && addr < MMAP_TOP && length <= MMAP_TOP - addr &&
	    area_is_free(mm, addr, addr + length) &&
	    keeps_off(mm, addr + length))
		return addr;
	return find_gap(mm, length);
}

/*
 * Puts area, whose permissions and object are set, into mm: length bytes, page
 * aligned, at or near addr. Returns the address or the errors of do_mmap().
 */
int place_area(struct mm *mm, struct vm_area *area, u32 addr, u32 length,
	       u32 flags)
{
	int error;

	area->start = choose_address(mm, addr, length, flags);
	if (OFFSET_IN_PAGE(area->start))
		return -EINVAL;
	if (area->start > TASK_SIZE - length)
		return -ENOMEM;
	if (area->start < PAGE_SIZE)
		return flags & MAP_FIXED ? -EPERM : -ENOMEM;
	area->end = area->start + length;
	area->file_end = area->ops ? area->end : 0;
	if (flags & MAP_FIXED_NOREPLACE &&
	    !area_is_free(mm, area->start, area->end))
		return -EEXIST;
	error = flags & MAP_FIXED ? map_area_over(mm, area)
				  : map_area(mm, area);
	return error ? error : (int)area->start;
}

/* Returns the bytes of data in [start, end), which will be replaced. */
static u32 replaced_data(struct mm *mm, u32 start, u32 end)
{
	u32 bytes = 0;

	for_each_area(area, mm, start, end)
		if (is_data(area->flags))
			bytes += bytes_within(area, start, end);
	return bytes;
}

/* Returns true if so many more bytes of such an area could never be had. */
bool promises_too_much(u32 area_flags, u32 bytes)
{
	return (area_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE &&
	       overcommitted(bytes);
}

/*
 * Returns 0 if current may map length bytes more, at addr with MAP_FIXED.
 * Otherwise returns -ENOMEM, or, if they are to be locked, -EAGAIN or -EPERM.
 */
static int check_limits(struct mm *mm, const struct vm_area *area, u32 addr,
			u32 length, u32 flags)
{
	u32 more = length;
	int error;

	if (!(flags & MAP_NORESERVE) && promises_too_much(area->flags, length))
		return -ENOMEM;
	/* What is there and will be replaced does not count twice. */
	if (flags & MAP_FIXED && addr <= TASK_SIZE - length)
		more -= replaced_data(mm, addr, addr + length);
	if (!may_grow(mm, area->flags, more))
		return -ENOMEM;
	if (!(area->flags & VM_LOCKED))
		return 0;
	error = check_lock_limit(mm, length);
	return error == -ENOMEM ? -EAGAIN : error;
}

/*
 * Maps length bytes of area into current's address space, at or near addr. Its
 * permissions and object are set; flags are MAP_*. Returns the address, or
 * -EINVAL, -ENOMEM, -EEXIST, -EAGAIN, -EPERM. The area gets a reference of its
 * own to the object.
 */
int do_mmap(struct vm_area *area, u32 addr, u32 length, u32 flags)
{
	struct mm *mm = current->mm;
	bool now = (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
	int error;
	u32 at;

	if (length == 0)
		return -EINVAL;
	if (length > TASK_SIZE)
		return -ENOMEM;
	length = PAGE_ROUND_UP(length);
	area->flags |= mm->locks_future;
	if (flags & MAP_LOCKED)
		area->flags |= VM_LOCKED;
	error = check_limits(mm, area, addr, length, flags);
	if (error)
		return error;
	mm->keeps_back |= (area->flags & VM_LOCKED) != 0;
	at = place_area(mm, area, addr, length, flags);
	if ((area->flags & VM_LOCKED || now) && at <= TASK_SIZE)
		populate_new(mm, at, length);
	return at;
}

/*
 * Sets *end to the page-aligned end of a range that a program names. -EINVAL:
 * it is unaligned, or wraps.
 */
int range_end(u32 addr, u32 length, u32 *end)
{
	*end = addr + PAGE_ROUND_UP(length);
	if (OFFSET_IN_PAGE(addr) || length > TASK_SIZE || addr > TASK_SIZE)
		return -EINVAL;
	return *end < addr || *end > TASK_SIZE ? -EINVAL : 0;
}

int sys_munmap(u32 addr, u32 length)
{
	u32 end;
	int error = range_end(addr, length, &end);

	if (error || end == addr)
		return -EINVAL;
	mm_lock(current->mm);
	error = unmap_range(current->mm, addr, end);
	mm_unlock(current->mm);
	return error;
}

/* mincore(): a byte for each page of a range, 1 if it is there. */
int sys_mincore(u32 addr, u32 length, u8 __user *vector)
{
	struct mm *mm = current->mm;
	u32 end;

	if (range_end(addr, length, &end))
		return -EINVAL;
	if (covered_end(mm, addr, end) != end)
		return -ENOMEM;
	for (; addr < end; addr += PAGE_SIZE) {
		const pte_t *entry = find_pte(mm, addr);
		u8 present = entry && *entry & PTE_MAPPED;

		if (copy_to_user(vector++, &present, 1) < 0)
			return -EFAULT;
	}
	return 0;
}
