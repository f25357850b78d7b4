/*
 * Address spaces and their areas: making, duplicating, splitting and releasing them, and the heap's end (brk). What the
 * page tables hold is memory.c's business; an area says what a program may do, whether or not a page is there yet.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "internal.h"

LIST_HEAD(all_mms);

#define MAX_AREAS	65530		/* as Linux has it */

u32 max_areas = MAX_AREAS;

/* An empty address space with one user: a directory whose kernel half is everybody's. NULL: no memory. */
struct mm *mm_alloc(void)
{
	struct mm *mm = kzalloc(sizeof(*mm));

	if (!mm)
		return NULL;
	mm->pgdir = kpage_alloc(OWNER_DIRECTORY);
	if (!mm->pgdir) {
		kfree(mm);
		return NULL;
	}
	rep_stosl(mm->pgdir, 0, USER_PDES);
	rep_movsl(mm->pgdir + USER_PDES, swapper_pg_dir + USER_PDES, PTES_PER_TABLE - USER_PDES);
	list_init(&mm->areas);
	wait_queue_init(&mm->unlocked);
	mm->users = 1;
	list_add(&mm->link, &all_mms);
	return mm;
}

static struct vm_area *area_dup(const struct vm_area *area)
{
	struct vm_area *copy = kmalloc(sizeof(*copy));

	if (copy) {
		*copy = *area;
		if (copy->ops)
			copy->ops->open(copy);
	}
	return copy;
}

/* Returns a copy of area for mm, or NULL: no memory, or mm has too many. */
static struct vm_area *area_new(const struct mm *mm, const struct vm_area *area)
{
	return mm->nr_areas < max_areas ? area_dup(area) : NULL;
}

static void area_add(struct mm *mm, struct vm_area *area, struct list *behind)
{
	list_add(&area->link, behind);
	mm->nr_areas++;
}

/* Free an area that is in no address space, and drop its reference to its object. */
static void area_drop(struct vm_area *area)
{
	if (area->ops)
		area->ops->close(area);
	kfree(area);
}

/* Forget an area that maps no pages any more. */
static void area_free(struct mm *mm, struct vm_area *area)
{
	if (mm->last_area == area)
		mm->last_area = NULL;
	list_del(&area->link);
	mm->nr_areas--;
	area_drop(area);
}

/* The unmapped room below and above an area: page tables that lie wholly in it and the area are nobody else's. */
static u32 room_below(struct mm *mm, struct list *prev)
{
	return prev == &mm->areas ? 0 : area_at(prev)->end;
}

static u32 room_above(struct mm *mm, struct list *next)
{
	return next == &mm->areas ? TASK_SIZE : area_at(next)->start;
}

/*
 * Drop one user of an address space. The last one frees its pages, tables, areas and directory; the caller must then have
 * loaded another directory (use_mm in sched.c does).
 */
void mm_release(struct mm *mm)
{
	if (--mm->users > 0)
		return;
	if (mm->shares_tables)
		drop_shared_tables(mm);
	while (!list_empty(&mm->areas)) {
		struct vm_area *area = area_at(mm->areas.next);

		free_page_tables(mm, area->start, area->end, 0, room_above(mm, area->link.next));
		area_free(mm, area);
	}
	if ((mm->nr_resident || mm->nr_swapped) && !mm->shares_tables)
		panic("mm_release: %u pages left, %u in swap", mm->nr_resident, mm->nr_swapped);
	list_unlink(&mm->link);		/* last: giving up a file sleeps, and the audit still finds what is left */
	kpage_free(mm->pgdir);
	kfree(mm);
}

/* Take an address space's lock. false: somebody else had it until now, and things are not what they were. */
bool mm_trylock(struct mm *mm)
{
	if (mm->locked) {
		sleep_on(&mm->unlocked);
		return false;
	}
	mm->locked = true;
	return true;
}

void mm_lock(struct mm *mm)
{
	while (mm->users > 1 && !mm_trylock(mm))
		;
}

void mm_unlock(struct mm *mm)
{
	if (!mm->locked)
		return;
	mm->locked = false;
	wake_up(&mm->unlocked);
}

/* Duplicate an address space for fork: the areas, then the pages as copy does it. NULL: no memory; mm is as it was. */
struct mm *mm_dup(struct mm *mm, int (*copy)(struct mm *child, struct mm *parent))
{
	struct mm *child = mm_alloc();

	if (!child)
		return NULL;
	child->dumpable = mm->dumpable;
	child->start_brk = mm->start_brk;
	child->brk = mm->brk;
	child->arg_start = mm->arg_start;
	child->arg_end = mm->arg_end;
	child->env_end = mm->env_end;
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

/* The first area that ends above addr, or NULL. */
struct vm_area *area_above(struct mm *mm, u32 addr)
{
	list_for_each(node, &mm->areas)
		if (addr < area_at(node)->end)
			return area_at(node);
	return NULL;
}

/* find_area()'s search, when the area found last is not the one. */
struct vm_area *search_area(struct mm *mm, u32 addr)
{
	struct vm_area *area = area_above(mm, addr);

	if (!area || addr < area->start)
		return NULL;
	mm->last_area = area;
	return area;
}

bool area_is_free(struct mm *mm, u32 start, u32 end)
{
	struct vm_area *area = area_above(mm, start);

	return !area || end <= area->start;
}

/* Whether area b, which begins where a ends, could as well be part of it. */
static bool continues(const struct vm_area *a, const struct vm_area *b)
{
	if (a->ops != b->ops || a->flags != b->flags || a->flags & VM_GROWSDOWN)
		return false;
	return !a->ops || (a->object == b->object && a->offset + (a->end - a->start) == b->offset && a->file_end >= a->end);
}

/* An area that would continue its lower neighbour becomes part of it: whether it has. */
static bool extend_lower(struct mm *mm, struct list *next, const struct vm_area *area)
{
	struct list *prev = next->prev;

	if (prev == &mm->areas || area_at(prev)->end != area->start || !continues(area_at(prev), area))
		return false;
	area_at(prev)->end = area->end;
	if (area->ops)
		area_at(prev)->file_end = max_u32(area->file_end, area->start);
	return true;
}

/* What was split and is alike again becomes one area: those of [start, end) and their neighbours. */
void join_areas(struct mm *mm, u32 start, u32 end)
{
	list_for_each_safe(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		if (area->start >= start && area->start <= end && extend_lower(mm, node, area))
			area_free(mm, area);
	}
}

/* The place in the list for an area at addr: before this one. */
static struct list *list_place(struct mm *mm, u32 addr)
{
	struct vm_area *above = area_above(mm, addr);

	return above ? &above->link : &mm->areas;
}

/*
 * Copy the area template into mm; its object is referenced once more. Called by exec, mmap and brk. -EINVAL: empty, unaligned, out of user space or
 * overlapping; -ENOMEM.
 */
int map_area(struct mm *mm, const struct vm_area *template)
{
	struct list *next = list_place(mm, template->start);
	struct vm_area *area;

	if (template->start >= template->end || template->end > TASK_SIZE || template->start < PAGE_SIZE ||
	    PAGE_OFFSET(template->start) || PAGE_OFFSET(template->end))
		return -EINVAL;
	if (next != &mm->areas && area_at(next)->start < template->end)
		return -EINVAL;
	if (extend_lower(mm, next, template))
		return 0;
	area = area_new(mm, template);
	if (!area)
		return -ENOMEM;
	area_add(mm, area, next->prev);
	return 0;
}

/* The same in the place of whatever is there. Called by mmap, which has checked the range. -ENOMEM: that is as it was. */
int map_area_over(struct mm *mm, const struct vm_area *template)
{
	struct vm_area *area = area_new(mm, template);
	struct list *next;
	int error;

	if (!area)
		return -ENOMEM;
	error = unmap_range(mm, area->start, area->end);
	next = list_place(mm, area->start);
	if (error || extend_lower(mm, next, area))
		area_drop(area);
	else
		area_add(mm, area, next->prev);
	return error;
}

/* Undo map_area() where nothing has been mapped yet. Needs no memory. */
void unmap_empty(struct mm *mm, u32 start)
{
	struct vm_area *area = find_area(mm, start);

	if (area->start == start)
		area_free(mm, area);
	else
		area->end = start;
}

/* Split area at addr, which lies inside it; the new upper part is returned, or NULL without memory. */
struct vm_area *split_area(struct mm *mm, struct vm_area *area, u32 addr)
{
	struct vm_area *upper = area_new(mm, area);

	if (!upper)
		return NULL;
	upper->start = addr;
	upper->offset += addr - area->start;
	area->end = addr;
	area_add(mm, upper, &area->link);
	return upper;
}

/*
 * Take [start, end), page aligned, out of the address space. Areas that reach over its edges are split first, so that -ENOMEM leaves
 * everything mapped.
 */
int unmap_range(struct mm *mm, u32 start, u32 end)
{
	struct vm_area *first = area_above(mm, start), *last = area_above(mm, end);

	if (own_tables(mm, start, end) < 0)
		return -ENOMEM;
	if (first && first->start < start) {
		struct vm_area *upper = split_area(mm, first, start);

		if (!upper)
			return -ENOMEM;
		if (last == first)
			last = upper;
	}
	if (last && last->start < end && !split_area(mm, last, end))
		return -ENOMEM;
	for (;;) {
		struct vm_area *area = area_above(mm, start);

		if (!area || area->start >= end)
			return 0;
		free_page_tables(mm, area->start, area->end, room_below(mm, area->link.prev),
				 room_above(mm, area->link.next));
		area_free(mm, area);
	}
}

/*
 * Returns how far down a stack may grow. Below it a gap stays as a guard, as on
 * Linux; but not above another stack, or memory that nobody may access.
 */
static u32 guard_below(struct mm *mm, const struct vm_area *area)
{
	const struct vm_area *below;

	if (area->link.prev == &mm->areas)
		return PAGE_SIZE + STACK_GUARD;
	below = area_at(area->link.prev);
	return below->end + (!(below->flags & VM_GROWSDOWN) &&
			     below->flags & VM_PROT ? STACK_GUARD : 0);
}

/*
 * Extend a stack downward so that it contains addr. Called on a fault below the lowest mapped page of a VM_GROWSDOWN area. -EFAULT: beyond the
 * limit or into another area's neighbourhood, which stays unmapped as a guard.
 */
int grow_stack(struct mm *mm, struct vm_area *area, u32 addr)
{
	u32 start = PAGE_ROUND_DOWN(addr), bytes = area->start - start;

	if (area->end - start > current->rlimits[RLIMIT_STACK].rlim_cur ||
	    start < guard_below(mm, area) || (area->ops && area->offset < bytes) ||
	    !may_grow(mm, area->flags, bytes) ||
	    !may_lock(mm, area->flags, bytes))
		return -EFAULT;
	area->start = start;
	area->offset -= area->ops ? bytes : 0;
	return 0;
}

/* The stack area above addr, if the next area above is one. Called by do_page_fault(). */
struct vm_area *find_stack_above(struct mm *mm, u32 addr)
{
	struct vm_area *area = area_above(mm, addr);

	return area && area->flags & VM_GROWSDOWN ? area : NULL;
}

/* Returns where the room for others below an area ends. */
u32 free_above(const struct vm_area *area)
{
	u32 guard = area->flags & VM_GROWSDOWN ? STACK_GUARD : 0;

	return area->start > guard ? area->start - guard : 0;
}

/* The highest range of size bytes, page aligned, below MMAP_TOP and above the heap's start that no area touches; 0: there is none. */
u32 find_gap(struct mm *mm, u32 size)
{
	u32 top = MMAP_TOP;

	for (struct list *node = mm->areas.prev; ; node = node->prev) {
		u32 floor = node == &mm->areas ? PAGE_SIZE : area_at(node)->end;

		if (floor < top && top - floor >= size)
			return top - size;
		if (node == &mm->areas)
			return 0;
		top = min_u32(top, free_above(area_at(node)));
	}
}

u32 mm_size(const struct mm *mm)
{
	u32 size = 0;

	list_for_each(node, &mm->areas)
		size += area_at(node)->end - area_at(node)->start;
	return size;
}

/* Returns true if RLIMIT_DATA counts such an area: private and writable. */
bool is_data(u32 flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

static bool within(u32 limit, u32 size, u32 bytes)
{
	return limit == RLIM_INFINITY ||
	       (bytes <= limit && size <= limit - bytes);
}

/* Returns true if current's RLIMIT_DATA allows bytes more of data. */
bool may_hold_data(const struct mm *mm, u32 bytes)
{
	const struct rlimit *limit = &current->rlimits[RLIMIT_DATA];
	u32 size = 0;

	if (limit->rlim_cur == RLIM_INFINITY)
		return true;
	list_for_each(node, &mm->areas)
		if (is_data(area_at(node)->flags))
			size += area_at(node)->end - area_at(node)->start;
	/* Linux: some set 0 to forbid brk() alone. */
	return within(limit->rlim_cur ? limit->rlim_cur : limit->rlim_max,
		      size, bytes);
}

/* The same for an area with these flags, also by RLIMIT_AS. */
bool may_grow(const struct mm *mm, u32 flags, u32 bytes)
{
	u32 limit = current->rlimits[RLIMIT_AS].rlim_cur;

	if (limit != RLIM_INFINITY && !within(limit, mm_size(mm), bytes))
		return false;
	return !is_data(flags) || may_hold_data(mm, bytes);
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

/* Move the heap's end up from old_end to new_end (page aligned): an anonymous area grows, demand-zero. */
static int grow_heap(struct mm *mm, u32 old_end, u32 new_end)
{
	struct vm_area heap = { .start = old_end, .end = new_end, .flags = VM_READ | VM_WRITE };
	int error;

	if (new_end > MMAP_TOP || overcommitted(new_end - old_end) ||
	    new_end - mm->start_brk > current->rlimits[RLIMIT_DATA].rlim_cur ||
	    !may_grow(mm, heap.flags, new_end - old_end))
		return -ENOMEM;
	heap.flags |= mm->locks_future;
	if (heap.flags & VM_LOCKED && check_lock_limit(mm, new_end - old_end) < 0)
		return -ENOMEM;
	error = map_area(mm, &heap);
	if (!error && heap.flags & VM_LOCKED)
		populate_new(mm, old_end, new_end - old_end);
	return error;
}

/*
 * brk(addr): set the end of the heap. Returns the new end, or the old one when addr is below the heap's start, out of bounds,
 * runs into another area or is more than memory could ever hold (as Linux does).
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

asmlinkage int sys_brk(u32 addr)
{
	struct mm *mm = current->mm;
	int end;

	mm_lock(mm);
	end = move_heap_end(mm, addr);
	mm_unlock(mm);
	return end;
}
