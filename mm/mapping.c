/*
 * mmap() and its relatives, as far as areas and pages go. What a file's mapping
 * needs of the file is fs/filemap.c's business.
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
 * Where the new area goes: at addr if it must or can, else the highest gap. 0:
 * nowhere.
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
static int place_area(struct mm *mm, struct vm_area *area, u32 addr, u32 length,
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

/* What is there already and would be replaced does not count twice. */
static u32 replaced_data(struct mm *mm, u32 start, u32 end)
{
	u32 bytes = 0;

	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		if (is_data(area->flags) && area->start < end &&
		    area->end > start)
			bytes += min_u32(end, area->end) -
				 max_u32(start, area->start);
	}
	return bytes;
}

/* Returns true if so much more of such an area could obviously not be had. */
static bool promises_too_much(u32 area_flags, u32 bytes)
{
	return (area_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE &&
	       overcommitted(bytes);
}

/*
 * Map area, whose permissions and object are set, into current's address space:
 * length bytes at or near addr (MAP_* in flags). The address, or -EINVAL,
 * -ENOMEM, -EEXIST. The object gets a reference of its own.
 */
int do_mmap(struct vm_area *area, u32 addr, u32 length, u32 flags)
{
	struct mm *mm = current->mm;
	int error;
	u32 at;

	if (length == 0 || length > TASK_SIZE)
		return length ? -ENOMEM : -EINVAL;
	length = PAGE_ROUND_UP(length);
	if (!(flags & MAP_NORESERVE) && promises_too_much(area->flags, length))
		return -ENOMEM;
	if (!may_grow(mm, area->flags,
		      length - (flags & MAP_FIXED && addr <= TASK_SIZE - length
					? replaced_data(mm, addr, addr + length)
					: 0)))
		return -ENOMEM;
	area->flags |= mm->locks_future | (flags & MAP_LOCKED ? VM_LOCKED : 0);
	mm->keeps_back |= (area->flags & VM_LOCKED) != 0;
	error = area->flags & VM_LOCKED ? check_lock_limit(mm, length) : 0;
	if (error)
		return error == -ENOMEM ? -EAGAIN : error;
	at = place_area(mm, area, addr, length, flags);
	if ((area->flags & VM_LOCKED ||
	     (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE) &&
	    at <= TASK_SIZE)
		populate_new(mm, at, length);
	return at;
}

/*
 * The page-aligned end of a range that a program names; -EINVAL: unaligned, or
 * it wraps.
 */
int range_end(u32 addr, u32 length, u32 *end)
{
	*end = addr + PAGE_ROUND_UP(length);
	return OFFSET_IN_PAGE(addr) || length > TASK_SIZE || addr > TASK_SIZE ||
			       *end < addr || *end > TASK_SIZE
		       ? -EINVAL
		       : 0;
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

/*
 * Whether an area cannot have a protection: a shared mapping of a file that is
 * open for reading only, or a file that must not be executed.
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
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		if (area->start < end && area->end > start &&
		    forbids(area, prot))
			return true;
	}
	return false;
}

/* Returns the bytes of a range that become data with these permissions. */
static u32 new_data(struct mm *mm, u32 start, u32 end, u32 prot)
{
	u32 bytes = 0;

	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		if (area->end > start && area->start < end &&
		    !is_data(area->flags) &&
		    is_data(area->flags | prot_flags(prot)))
			bytes += min_u32(end, area->end) -
				 max_u32(start, area->start);
	}
	return bytes;
}

/*
 * PROT_GROWSDOWN: the range begins where the stack at addr does. -EINVAL: there
 * is none; -ENOMEM: the range is larger than user space.
 */
static int stack_start(struct mm *mm, u32 prot, u32 *addr, u32 *length)
{
	const struct vm_area *area = area_above(mm, *addr);

	if (!(prot & PROT_GROWSDOWN))
		return 0;
	if (OFFSET_IN_PAGE(*addr) || !area || !(area->flags & VM_GROWSDOWN) ||
	    area->start > *addr)
		return -EINVAL;
	if (*length > TASK_SIZE)
		return -ENOMEM;
	*length += *addr - area->start;
	*addr = area->start;
	return 0;
}

/*
 * The pages of a range and the areas themselves get new permissions. What lies
 * before a gap has them when the call says -ENOMEM, as on Linux.
 */
static int change_protection(struct mm *mm, u32 addr, u32 length, u32 prot)
{
	u32 end, gap, more;
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
	if (range_forbids(mm, addr, end, prot))
		return -EACCES;
	more = new_data(mm, addr, gap, prot);
	if (more && !may_hold_data(mm, more))
		return -ENOMEM;
	error = split_at(mm, addr);
	if (!error && gap == end && end < TASK_SIZE)
		error = split_at(mm, end);
	if (!error)
		error = own_tables(mm, addr, gap);
	if (error)
		return error;
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		if (area->end <= addr || area->start >= gap)
			continue;
		area->flags = (area->flags & ~VM_PROT) | prot_flags(prot);
		protect_pages(mm, area->start, area->end, area->flags);
	}
	join_areas(mm, addr, gap);
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

static void set_writable(struct mm *mm, u32 addr, u32 bytes, bool on)
{
	for (u32 page = PAGE_ROUND_DOWN(addr); page < addr + bytes;
	     page += PAGE_SIZE) {
		struct vm_area *area = find_area(mm, page);

		if (!area)		/* another thread has unmapped it */
			return;
		area->flags = on ? area->flags | VM_WRITE
				 : area->flags & ~VM_WRITE;
		protect_pages(mm, page, page + PAGE_SIZE, area->flags);
	}
}

/*
 * A tracer is about to write to a few bytes of a program's: if they lie in one
 * private area that is only read, it is opened for writing, and the write gets
 * a page that belongs to the program alone. Whether it was; then
 * stop_tracer_writing() must follow.
 */
bool let_tracer_write(struct mm *mm, u32 addr, u32 bytes)
{
	struct vm_area *area = find_area(mm, addr);

	if (!area || addr + bytes > area->end ||
	    (area->flags & (VM_READ | VM_WRITE | VM_SHARED)) != VM_READ)
		return false;
	if (own_tables(mm, PAGE_ROUND_DOWN(addr), PAGE_ROUND_UP(addr + bytes)) <
	    0)
		return false;
	set_writable(mm, addr, bytes, true);
	return true;
}

void stop_tracer_writing(struct mm *mm, u32 addr, u32 bytes)
{
	set_writable(mm, addr, bytes, false);
}

/*
 * Take the pages of an object from the one that holds its byte `end` on out of
 * one address space; the areas stay. Private areas keep that first page, which
 * may be their own copy. A lazily shared table has the same areas for all who
 * use it, and so is changed where it is: no memory, no sleep.
 */
static void unmap_object_in(struct mm *mm, const struct inode *object, u32 end)
{
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);
		u32 from = area->flags & VM_SHARED ? PAGE_ROUND_DOWN(end)
						   : PAGE_ROUND_UP(end),
		    addr = area->start, next;

		if (area->object != object ||
		    area->offset + (area->end - addr) <= from)
			continue;
		addr += from > area->offset ? from - area->offset : 0;
		for (; addr < area->end; addr = next) {
			u32 resident = mm->nr_resident,
			    swapped = mm->nr_swapped;

			next = min_u32(area->end,
				       (addr | (LARGE_PAGE_SIZE - 1)) + 1);
			zap_page_range(mm, addr, next);
			count_for_sharers(mm, addr, mm->nr_resident - resident,
					  mm->nr_swapped - swapped);
		}
	}
}

static void unmap_hole_in(struct mm *mm, const struct inode *object, u32 start,
			  u32 end)
{
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		for (u32 addr = area->start;
		     area->object == object && addr < area->end;
		     addr += PAGE_SIZE) {
			u32 offset = addr - area->start + area->offset;
			const pte_t *entry = find_pte(mm, addr);

			if (!entry || !(*entry & PTE_MAPPED) ||
			    offset < start || offset >= end ||
			    area->ops->holds(area, offset, PTE_FRAME(*entry)) ==
				    HOLDS_OTHER)
				continue;
			zap_page_range(mm, addr, addr + PAGE_SIZE);
			count_for_sharers(mm, addr, -1, 0);
		}
	}
}

/*
 * Private copies of the object's pages stay. Needs no memory, does not sleep.
 */
void unmap_hole(const struct inode *object, u32 start, u32 end)
{
	entry_changes++;
	list_for_each(node, &all_mms)
		unmap_hole_in(list_entry(node, struct mm, link), object, start,
			      end);
	flush_address_space();
}

void unmap_object(const struct inode *object, u32 end)
{
	entry_changes++;
	list_for_each(node, &all_mms)
		unmap_object_in(list_entry(node, struct mm, link), object, end);
	flush_address_space();
}

/* Let a mapping grow where it is: what is behind it must be free. */
static int grow_mapping(struct mm *mm, struct vm_area *area, u32 old_end,
			u32 new_end)
{
	if (area->end != old_end || new_end > TASK_SIZE || new_end < old_end ||
	    !area_is_free(mm, old_end, new_end))
		return -ENOMEM;
	if (!may_grow(mm, area->flags, new_end - old_end))
		return -ENOMEM;
	area->end = new_end;
	/* else it ends in zeroes, and goes on so */
	if (area->file_end >= old_end)
		area->file_end = new_end;
	return 0;
}

/*
 * A mapping moves to `to`, or anywhere: a new area like it, into which the
 * pages go. Where it is then, or -errno with its pages as they were. What moves
 * is made an area first, so that taking it away at the end needs no memory.
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
 * What is too much goes, and may lie in several areas, as may what stays where
 * it is; what moves or grows must be of one. Nothing has changed when that is
 * not so.
 */
static int resize_mapping(struct mm *mm, u32 addr, u32 end, u32 new_length,
			  u32 flags, u32 new_addr)
{
	u32 kept_end = addr + min_u32(new_length, end - addr);
	bool stays = new_length <= end - addr && !(flags & MREMAP_FIXED);
	const struct vm_area *area;
	int error;

	join_areas(mm, addr, kept_end);
	area = find_area(mm, addr);
	if (!area || (!stays && kept_end > area->end))
		return -EFAULT;
	/* offsets have 32 bits */
	if (!stays && area->object &&
	    area->offset + (addr - area->start) >= -new_length)
		return -EINVAL;
	if (!stays &&
	    !may_lock(mm, area->flags, new_length - (kept_end - addr)))
		return -EAGAIN;
	if (!stays && promises_too_much(area->flags,
					new_length - (kept_end - addr)))
		return -ENOMEM;
	error = kept_end < end ? unmap_range(mm, kept_end, end) : 0;
	if (error || stays)
		return error ? error : (int)addr;
	if (flags & MREMAP_FIXED)
		return move_mapping(mm, addr, kept_end, new_length, new_addr,
				    MAP_FIXED);
	if (grow_mapping(mm, find_area(mm, addr), end, addr + new_length) == 0)
		return addr;
	return flags & MREMAP_MAYMOVE
		       ? move_mapping(mm, addr, end, new_length, 0, 0)
		       : -ENOMEM;
}

/*
 * What mremap() cannot do: move without MREMAP_MAYMOVE, to an odd address, or
 * to a place that the mapping itself takes up.
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
 * mremap(): change the size of a mapping, elsewhere if it may move and must,
 * or, MREMAP_FIXED, at new_addr, whatever is there now.
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
