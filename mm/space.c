/*
 * Address spaces: made, duplicated by fork, given back; ranges taken out of
 * them; and the end of the heap (brk).
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

/*
 * An empty address space with one user: a directory whose kernel half is
 * everybody's. NULL: no memory.
 */
struct mm *mm_alloc(void)
{
	struct mm *mm = kzalloc(sizeof(*mm));

	if (!mm)
		return NULL;
	mm->pgdir = kpage_zalloc(OWNER_DIRECTORY);
	if (!mm->pgdir) {
		kfree(mm);
		return NULL;
	}
	rep_movsl(mm->pgdir + USER_PDES, swapper_pg_dir + USER_PDES,
		  KERNEL_PDES);
	list_init(&mm->areas);
	wait_queue_init(&mm->unlocked);
	mm->users = 1;
	list_add(&mm->link, &all_mms);
	return mm;
}

/*
 * Keeps the structure of an address space, though not what is in it. So no
 * later one has its place: the two can be told apart.
 */
void mm_hold(struct mm *mm)
{
	mm->holders++;
}

void mm_drop_hold(struct mm *mm)
{
	if (--mm->holders == 0 && mm->users == 0)
		kfree(mm);
}

/*
 * Frees all pages and tables. Tables also lie at places where making an area
 * has failed. Does not sleep.
 */
static void free_all_pages(struct mm *mm)
{
	if (mm->shares_tables)
		drop_shared_tables(mm);
	list_for_each(node, &mm->areas)
		zap_page_range(mm, area_at(node)->start, area_at(node)->end);
	if ((mm->nr_resident || mm->nr_swapped) && !mm->shares_tables)
		panic("mm_release: %u pages left, %u in swap", mm->nr_resident,
		      mm->nr_swapped);
	free_all_tables(mm);
}

/* Frees all areas, and the tree as a whole. May sleep. */
static void free_areas(struct mm *mm)
{
	mm->last_area = NULL;
	mm->tree.root = NULL;
	mm->nr_areas = 0;
	while (!list_empty(&mm->areas)) {
		struct vm_area *area = area_at(mm->areas.next);

		list_unlink(&area->link);
		area_drop(area);
	}
}

/*
 * Drops one user of an address space. The last one frees its pages, tables,
 * areas and directory. Before that the caller must load another directory, by
 * use_mm().
 */
void mm_release(struct mm *mm)
{
	if (--mm->users > 0)
		return;
	mm_hold(mm);
	free_all_pages(mm);
	free_areas(mm);
	/*
	 * last: giving up a file sleeps, and the audit still finds what is left
	 */
	list_unlink(&mm->link);
	rep_stosl(mm->pgdir + USER_PDES, 0, KERNEL_PDES);
	kpage_free_cleared(mm->pgdir);
	mm_drop_hold(mm);
}

/*
 * Duplicate an address space for fork: the areas, then the pages as copy does
 * it. NULL: no memory; mm is as it was.
 */
struct mm *mm_dup(struct mm *mm,
		  int (*copy)(struct mm *child, struct mm *parent))
{
	struct mm *child = mm_alloc();

	if (!child)
		return NULL;
	child->dumpable = mm->dumpable;
	child->start_code = mm->start_code;
	child->end_code = mm->end_code;
	child->start_brk = mm->start_brk;
	child->brk = mm->brk;
	child->arg_start = mm->arg_start;
	child->arg_end = mm->arg_end;
	child->env_end = mm->env_end;
	child->auxv_start = mm->auxv_start;
	child->auxv_end = mm->auxv_end;
	child->keeps_back = mm->keeps_back;
	list_for_each(node, &mm->areas) {
		struct vm_area *area;

		if (area_at(node)->flags & VM_DONTFORK)
			continue;
		area = area_dup(area_at(node));
		if (!area)
			goto no_memory;
		area->flags &= ~VM_LOCKED;
		area_add(child, area, child->areas.prev);
	}
	if ((mm->keeps_back && own_kept_back(mm) < 0) || copy(child, mm) < 0)
		goto no_memory;
	return child;
no_memory:
	mm_release(child);
	return NULL;
}

/*
 * Take [start, end), page aligned, out of the address space. Areas that reach
 * over its edges are split first, so that -ENOMEM leaves everything mapped.
 */
int unmap_range(struct mm *mm, u32 start, u32 end)
{
	struct vm_area *area, *next;

	if (own_tables(mm, start, end) < 0 || split_edges(mm, start, end) < 0)
		return -ENOMEM;
	area = area_above(mm, start);
	for (; area && area->start < end; area = next) {
		next = area_next(mm, area);
		free_page_tables(mm, area->start, area->end,
				 room_below(mm, area->link.prev),
				 room_above(mm, area->link.next));
		area_free(mm, area);
	}
	return 0;
}

/*
 * Like map_area(), but first unmaps what is there. Called by mmap, which has
 * checked the range. On -ENOMEM nothing has changed.
 */
int map_area_over(struct mm *mm, const struct vm_area *template)
{
	struct vm_area *area = area_new(mm, template);
	int error;

	if (!area)
		return -ENOMEM;
	error = unmap_range(mm, area->start, area->end);
	if (error)
		area_drop(area);
	else
		enter_area(mm, area);
	return error;
}

#define OVERCOMMIT	8u

/*
 * Returns true if so much memory could obviously never be had. Less may be
 * mapped, even if it is more than there is: few programs touch all of it.
 */
bool overcommitted(u32 bytes)
{
	return (bytes >> PAGE_SHIFT) / OVERCOMMIT > memory_pages();
}

/*
 * Move the heap's end up from old_end to new_end (page aligned): an anonymous
 * area grows, demand-zero.
 */
static int grow_heap(struct mm *mm, u32 old_end, u32 new_end)
{
	struct vm_area heap = { .start = old_end,
				.end = new_end,
				.flags = VM_READ | VM_WRITE };
	int error;

	if (new_end > MMAP_TOP || overcommitted(new_end - old_end) ||
	    new_end - mm->start_brk > current->rlimits[RLIMIT_DATA].rlim_cur ||
	    !may_grow(mm, heap.flags, new_end - old_end))
		return -ENOMEM;
	heap.flags |= mm->locks_future;
	if (heap.flags & VM_LOCKED &&
	    check_lock_limit(mm, new_end - old_end) < 0)
		return -ENOMEM;
	error = map_area(mm, &heap);
	if (!error && heap.flags & VM_LOCKED)
		populate_new(mm, old_end, new_end - old_end);
	return error;
}

/*
 * Sets the end of the heap for brk(addr). Returns the new end, or the old one
 * if addr is no good (as Linux does). It must not be below the heap's start,
 * out of bounds, in another area, or more than memory holds.
 */
static int move_heap_end(struct mm *mm, u32 addr)
{
	u32 old_end = PAGE_ROUND_UP(mm->brk), new_end = PAGE_ROUND_UP(addr);
	int error = 0;

	if (addr < mm->start_brk || addr > MMAP_TOP)
		return mm->brk;
	if (new_end > old_end)
		error = grow_heap(mm, old_end, new_end);
	else if (new_end < old_end)
		error = unmap_range(mm, new_end, old_end);
	if (!error)
		mm->brk = addr;
	return mm->brk;
}

int sys_brk(u32 addr)
{
	struct mm *mm = current->mm;
	int end;

	mm_lock(mm);
	end = move_heap_end(mm, addr);
	mm_unlock(mm);
	return end;
}
