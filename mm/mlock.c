/*
 * mlock() and its relatives: pages that reclaim leaves where they are, and that
 * are there at once. They still become copies after a fork, like all others; a
 * child inherits none of it.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/mman.h>
#include "mm_internal.h"

/* Has all pages of [start, end) in memory, as far as areas allow access. */
static int populate(struct mm *mm, u32 start, u32 end)
{
	int error = 0;

	for (u32 addr = start; addr < end && !error; addr += PAGE_SIZE) {
		const struct vm_area *area = find_area(mm, addr);

		if (!area || !(area->flags & VM_PROT))
			continue;
		do
			error = fault_in(addr,
					 (area->flags &
					  (VM_WRITE | VM_SHARED)) == VM_WRITE);
		while (error == -EAGAIN && (area = find_area(mm, addr)));
	}
	return error == -EIO || error == -ENOSPC ? 0 : error;
}

/*
 * Locks or unlocks all areas of [start, end), which has edges. To lock it has
 * tables of its own, since a sharer could give up the pages.
 */
static void set_locked(struct mm *mm, u32 start, u32 end, bool on)
{
	mm->keeps_back |= on;
	for_each_area(area, mm, start, end)
		set_area_flags(mm, area, on ? area->flags | VM_LOCKED
					    : area->flags & ~VM_LOCKED);
	join_areas(mm, start, end);
}

/* -ENOMEM also for a gap, before which what is mapped is locked. */
static int lock_range(struct mm *mm, u32 addr, u32 length, bool on, bool now)
{
	u32 start = PAGE_ROUND_DOWN(addr), end = PAGE_ROUND_UP(addr + length),
	    gap;
	int error = 0;

	if (end < start)
		return -EINVAL;
	if (start == end)
		return 0;
	if (on)
		error = check_lock_limit(
			mm, end - start - locked_bytes(mm, start, end));
	gap = covered_end(mm, start, end);
	if (!error)
		error = split_edges(mm, start, gap);
	if (!error && on)
		error = own_tables(mm, start, gap);
	if (error)
		return error;
	set_locked(mm, start, gap, on);
	if (on && now)
		error = populate(mm, start, gap);
	if (error)
		return error;
	return gap == end ? 0 : -ENOMEM;
}

static int locked_call(u32 addr, u32 length, bool on, bool now)
{
	struct mm *mm = current->mm;
	int error;

	mm_lock(mm);
	error = lock_range(mm, addr, length, on, now);
	mm_unlock(mm);
	return error;
}

int sys_mlock(u32 addr, u32 length)
{
	return locked_call(addr, length, true, true);
}

int sys_mlock2(u32 addr, u32 length, u32 flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return locked_call(addr, length, true, !(flags & MLOCK_ONFAULT));
}

int sys_munlock(u32 addr, u32 length)
{
	return locked_call(addr, length, false, false);
}

/* As Linux: what cannot be had is no error here. */
static void populate_all(struct mm *mm)
{
	list_for_each(node, &mm->areas)
		if (populate(mm, area_at(node)->start, area_at(node)->end))
			return;
}

/* All areas there are, those to come, or both. */
int sys_mlockall(u32 flags)
{
	struct mm *mm = current->mm;
	int error;

	if (!flags || flags == MCL_ONFAULT ||
	    flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		return -EINVAL;
	mm_lock(mm);
	error = check_lock_limit(
		mm, flags & MCL_CURRENT
			    ? mm->bytes - mm->locked_bytes
			    : 0);
	if (!error && flags & MCL_CURRENT)
		error = own_tables(mm, 0, TASK_SIZE);
	if (!error) {
		mm->locks_future = flags & MCL_FUTURE ? VM_LOCKED : 0;
		mm->locks_on_fault = flags & MCL_ONFAULT;
		mm->keeps_back |= mm->locks_future != 0;
		if (flags & MCL_CURRENT)
			set_locked(mm, 0, TASK_SIZE, true);
		if (flags & MCL_CURRENT && !(flags & MCL_ONFAULT))
			populate_all(mm);
	}
	mm_unlock(mm);
	return error;
}

int sys_munlockall(void)
{
	struct mm *mm = current->mm;

	mm_lock(mm);
	mm->locks_future = 0;
	set_locked(mm, 0, TASK_SIZE, false);
	mm_unlock(mm);
	return 0;
}

/*
 * Called by mmap and brk, which hold the lock, for what is to be there at once.
 * That a page cannot be had is no error of theirs.
 */
void populate_new(struct mm *mm, u32 start, u32 length)
{
	if (!mm->locks_on_fault)
		populate(mm, start, start + PAGE_ROUND_UP(length));
}

/* Called by mremap(), in the same way, for what an area has grown by. */
void populate_grown(struct mm *mm, u32 start, u32 end)
{
	const struct vm_area *area = find_area(mm, start);

	if (area && area->flags & VM_LOCKED)
		populate_new(mm, start, end - start);
}
