/* mremap(): mappings that shrink, grow and move. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/mman.h>
#include "mm_internal.h"

/* Lets a mapping grow where it is: what is behind it must be free. -ENOMEM */
static int grow_mapping(struct mm *mm, struct vm_area *area, u32 old_end,
			u32 new_end)
{
	if (area->end != old_end || new_end > TASK_SIZE || new_end < old_end ||
	    !area_is_free(mm, old_end, new_end))
		return -ENOMEM;
	if (!may_grow(mm, area->flags, new_end - old_end))
		return -ENOMEM;
	move_area_end(mm, area, new_end);
	/* else it ends in zeroes, and goes on so */
	if (area->file_end >= old_end)
		area->file_end = new_end;
	return 0;
}

/*
 * Moves a mapping to `to`, or anywhere if that is 0. Makes a new area like it,
 * into which the pages go. Returns its new address, or -errno with its pages as
 * they were. What moves becomes an area first, so that removing it at the end
 * needs no memory.
 */
static int move_mapping(struct mm *mm, u32 addr, u32 end, u32 new_length,
			u32 to, u32 flags)
{
	struct vm_area area;
	u32 file_end;
	int error;

	if (split_at(mm, addr) < 0 || split_at(mm, end) < 0)
		return -ENOMEM;
	area = *find_area(mm, addr);
	file_end = area.file_end;
	if (!may_grow(mm, area.flags,
		      new_length - min_u32(new_length, end - addr)))
		return -ENOMEM;
	to = place_area(mm, &area, to, new_length, flags);
	if (to > -(u32)PAGE_SIZE)	/* an error: no address is that high */
		return to;
	if (area.ops && file_end < end)
		find_area(mm, to)->file_end =
			to + (max_u32(file_end, addr) - addr);
	/* above it, the new area has become part of it */
	error = split_at(mm, end);
	if (!error)
		error = move_pages(mm, addr, to, end - addr);
	if (error) {
		unmap_empty(mm, to);
		return error;
	}
	unmap_range(mm, addr, end);
	return to;
}

/*
 * Returns 0 if part of an area may move or grow by `more` bytes. Otherwise
 * returns -EINVAL (offsets have 32 bits), -EAGAIN (too much locked) or -ENOMEM.
 */
static int check_growth(struct mm *mm, const struct vm_area *area, u32 addr,
			u32 new_length, u32 more)
{
	if (area->object && area->offset + (addr - area->start) >= -new_length)
		return -EINVAL;
	if (!may_lock(mm, area->flags, more))
		return -EAGAIN;
	return promises_too_much(area->flags, more) ? -ENOMEM : 0;
}

/*
 * Cuts, moves or extends a mapping. What is cut or stays may lie in several
 * areas. What moves or grows must be part of one: else -EFAULT and nothing has
 * changed. Returns the address.
 */
static int resize_mapping(struct mm *mm, u32 addr, u32 end, u32 new_length,
			  u32 flags, u32 new_addr)
{
	u32 kept_end = addr + min_u32(new_length, end - addr);
	bool stays = new_length <= end - addr && !(flags & MREMAP_FIXED);
	const struct vm_area *area;
	int error = 0;

	join_areas(mm, addr, kept_end);
	area = find_area(mm, addr);
	if (!area || (!stays && kept_end > area->end))
		return -EFAULT;
	if (!stays)
		error = check_growth(mm, area, addr, new_length,
				     new_length - (kept_end - addr));
	if (!error && kept_end < end)
		error = unmap_range(mm, kept_end, end);
	if (error)
		return error;
	if (stays)
		return addr;
	if (flags & MREMAP_FIXED)
		return move_mapping(mm, addr, kept_end, new_length, new_addr,
				    MAP_FIXED);
	if (grow_mapping(mm, find_area(mm, addr), end, addr + new_length) == 0)
		return addr;
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	return move_mapping(mm, addr, end, new_length, 0, 0);
}

/*
 * Returns true if mremap() cannot do this. It cannot move without
 * MREMAP_MAYMOVE, to an odd address, or to where the mapping itself lies.
 */
static bool bad_remap(u32 addr, u32 end, u32 new_length, u32 flags,
		      u32 new_addr)
{
	if (!new_length || new_length > TASK_SIZE ||
	    flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED) || end == addr)
		return true;
	return flags & MREMAP_FIXED &&
	       (!(flags & MREMAP_MAYMOVE) || OFFSET_IN_PAGE(new_addr) ||
		new_addr > TASK_SIZE - new_length ||
		(new_addr < end && addr < new_addr + new_length));
}

/*
 * mremap(): changes the size of a mapping. It moves if it must and may, or,
 * with MREMAP_FIXED, to new_addr, whatever is there now.
 */
int sys_mremap(u32 addr, u32 old_length, u32 new_length, u32 flags,
	       u32 new_addr)
{
	struct mm *mm = current->mm;
	u32 end;
	int result;

	new_length = PAGE_ROUND_UP(new_length);
	if (range_end(addr, old_length, &end) ||
	    bad_remap(addr, end, new_length, flags, new_addr))
		return -EINVAL;
	mm_lock(mm);
	result = resize_mapping(mm, addr, end, new_length, flags, new_addr);
	if ((u32)result <= TASK_SIZE && new_length > end - addr)
		populate_grown(mm, result + (end - addr), result + new_length);
	mm_unlock(mm);
	return result;
}
