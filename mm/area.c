/*
 * The areas of an address space: entered, split and joined; its lock; and what
 * limits they keep. An area says what a program may do, whether or not
 * a page is there yet. What the page tables hold is the business of others.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

LIST_HEAD(all_mms);

#define MAX_AREAS	65530		/* as Linux has it */

u32 max_areas = MAX_AREAS;

/* Returns a copy that refers to the object too, or NULL without memory. */
struct vm_area *area_dup(const struct vm_area *area)
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
struct vm_area *area_new(const struct mm *mm, const struct vm_area *area)
{
	return mm->nr_areas < max_areas ? area_dup(area) : NULL;
}

/* Returns true if RLIMIT_DATA counts such an area: private and writable. */
bool is_data(u32 flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

/* Counts bytes that areas with these flags have more; they may be negative. */
static void count_area_bytes(struct mm *mm, u32 flags, u32 bytes)
{
	mm->bytes += bytes;
	if (is_data(flags))
		mm->data_bytes += bytes;
	if (flags & VM_LOCKED)
		mm->locked_bytes += bytes;
}

static u32 area_size(const struct vm_area *area)
{
	return area->end - area->start;
}

void area_add(struct mm *mm, struct vm_area *area, struct list *behind)
{
	list_add(&area->link, behind);
	mm->nr_areas++;
	count_area_bytes(mm, area->flags, area_size(area));
	tree_add_area(mm, area);
}

/*
 * Free an area that is in no address space, and drop its reference to its
 * object.
 */
void area_drop(struct vm_area *area)
{
	if (area->ops)
		area->ops->close(area);
	kfree(area);
}

/* Forget an area that maps no pages any more. */
void area_free(struct mm *mm, struct vm_area *area)
{
	if (mm->last_area == area)
		mm->last_area = NULL;
	list_unlink(&area->link);
	mm->nr_areas--;
	count_area_bytes(mm, area->flags, -area_size(area));
	tree_remove_area(mm, area);
	area_drop(area);
}

void move_area_start(struct mm *mm, struct vm_area *area, u32 start)
{
	count_area_bytes(mm, area->flags, area->start - start);
	area->start = start;
	gap_changed(mm, &area->link);
}

void move_area_end(struct mm *mm, struct vm_area *area, u32 end)
{
	count_area_bytes(mm, area->flags, end - area->end);
	area->end = end;
	gap_changed(mm, area->link.next);
}

void set_area_flags(struct mm *mm, struct vm_area *area, u32 flags)
{
	count_area_bytes(mm, area->flags, -area_size(area));
	area->flags = flags;
	count_area_bytes(mm, flags, area_size(area));
}

/* Takes the lock of an address space. */
void mm_lock(struct mm *mm)
{
	while (mm->locker)
		sleep_on(&mm->unlocked);
	mm->locker = current;
}

bool area_is_free(struct mm *mm, u32 start, u32 end)
{
	struct vm_area *area = area_above(mm, start);

	return !area || end <= area->start;
}

/* Returns true if area b, which begins where a ends, could be part of a. */
static bool can_join(const struct vm_area *a, const struct vm_area *b)
{
	if (a->ops != b->ops || a->flags != b->flags || a->flags & VM_GROWSDOWN)
		return false;
	return !a->ops || (a->object == b->object &&
			   a->offset + area_size(a) == b->offset &&
			   a->file_end >= a->end);
}

/*
 * Makes an area part of its lower neighbour if it would continue that. Returns
 * true if it has. Then the gap of `next`, which is or will be behind it, is for
 * the caller to update.
 */
static bool extend_lower(struct mm *mm, struct list *next,
			 const struct vm_area *area)
{
	struct vm_area *prev = area_at(next->prev);

	if (next->prev == &mm->areas || prev->end != area->start ||
	    !can_join(prev, area))
		return false;
	prev->end = area->end;
	if (area->ops)
		prev->file_end = max_u32(area->file_end, area->start);
	count_area_bytes(mm, area->flags, area_size(area));
	return true;
}

/*
 * What was split and is alike again becomes one area: those of [start, end) and
 * their neighbours.
 */
void join_areas(struct mm *mm, u32 start, u32 end)
{
	struct vm_area *area = area_above(mm, start), *next;

	for (; area && area->start <= end; area = next) {
		next = area_next(mm, area);
		if (area->start >= start &&
		    extend_lower(mm, &area->link, area))
			area_free(mm, area);
	}
}

/* The place in the list for an area at addr: before this one. */
static struct list *list_place(struct mm *mm, u32 addr)
{
	struct vm_area *above = area_above(mm, addr);

	return above ? &above->link : &mm->areas;
}

/* Enters an area of nobody's, or lets its lower neighbour have what it has. */
void enter_area(struct mm *mm, struct vm_area *area)
{
	struct list *next = list_place(mm, area->start);

	if (extend_lower(mm, next, area)) {
		gap_changed(mm, next);
		area_drop(area);
	} else {
		area_add(mm, area, next->prev);
	}
}

/*
 * Copy the area template into mm; its object is referenced once more. Called by
 * exec, mmap and brk. -EINVAL: empty, unaligned, out of user space or
 * overlapping; -ENOMEM.
 */
int map_area(struct mm *mm, const struct vm_area *template)
{
	struct list *next = list_place(mm, template->start);
	struct vm_area *area;

	if (template->start >= template->end || template->end > TASK_SIZE ||
	    template->start < PAGE_SIZE || OFFSET_IN_PAGE(template->start) ||
	    OFFSET_IN_PAGE(template->end))
		return -EINVAL;
	if (next != &mm->areas && area_at(next)->start < template->end)
		return -EINVAL;
	if (extend_lower(mm, next, template)) {
		gap_changed(mm, next);
		return 0;
	}
	area = area_new(mm, template);
	if (!area)
		return -ENOMEM;
	area_add(mm, area, next->prev);
	return 0;
}

/* Undo map_area() where nothing has been mapped yet. Needs no memory. */
void unmap_empty(struct mm *mm, u32 start)
{
	struct vm_area *area = find_area(mm, start);

	if (area->start == start)
		area_free(mm, area);
	else
		move_area_end(mm, area, start);
}

/*
 * Split area at addr, which lies inside it; the new upper part is returned, or
 * NULL without memory.
 */
struct vm_area *split_area(struct mm *mm, struct vm_area *area, u32 addr)
{
	struct vm_area *upper = area_new(mm, area);

	if (!upper)
		return NULL;
	upper->start = addr;
	upper->offset += addr - area->start;
	count_area_bytes(mm, area->flags, addr - area->end);
	area->end = addr;
	area_add(mm, upper, &area->link);
	return upper;
}

/* Returns up to where areas cover [start, end) without a gap. */
u32 covered_end(struct mm *mm, u32 start, u32 end)
{
	for_each_area(area, mm, start, end) {
		if (area->start > start)
			break;
		start = area->end;
	}
	return min_u32(start, end);
}

/* Splits the area at addr, so that what lies above can be treated apart. */
int split_at(struct mm *mm, u32 addr)
{
	struct vm_area *area = find_area(mm, addr);

	if (!area || area->start == addr)
		return 0;
	return split_area(mm, area, addr) ? 0 : -ENOMEM;
}

/* Splits at both ends of a range, at the upper one only if it is mapped. */
int split_edges(struct mm *mm, u32 start, u32 end)
{
	int error = split_at(mm, start);

	return error || end >= TASK_SIZE ? error : split_at(mm, end);
}

/*
 * Returns how far down a stack may grow. Below it a gap stays as a guard, as on
 * Linux. None is needed above another stack, or memory that nobody may access.
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
 * Extends a stack downward so that it contains addr. Called on a fault below
 * the lowest page of a VM_GROWSDOWN area. Returns -EFAULT beyond the limit, or
 * in the guard above another area.
 */
int grow_stack(struct mm *mm, struct vm_area *area, u32 addr)
{
	u32 start = PAGE_ROUND_DOWN(addr), bytes = area->start - start;

	if (area->end - start > current->rlimits[RLIMIT_STACK].rlim_cur ||
	    start < guard_below(mm, area) ||
	    (area->ops && area->offset < bytes) ||
	    !may_grow(mm, area->flags, bytes) ||
	    !may_lock(mm, area->flags, bytes))
		return -EFAULT;
	move_area_start(mm, area, start);
	area->offset -= area->ops ? bytes : 0;
	return 0;
}

/*
 * The stack area above addr, if the next area above is one. Called by
 * do_page_fault().
 */
struct vm_area *find_stack_above(struct mm *mm, u32 addr)
{
	struct vm_area *area = area_above(mm, addr);

	return area && area->flags & VM_GROWSDOWN ? area : NULL;
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

	if (limit->rlim_cur == RLIM_INFINITY)
		return true;
	/* Linux: some set 0 to forbid brk() alone. */
	return within(limit->rlim_cur ? limit->rlim_cur : limit->rlim_max,
		      mm->data_bytes, bytes);
}

/* The same for an area with these flags, also by RLIMIT_AS. */
bool may_grow(const struct mm *mm, u32 flags, u32 bytes)
{
	u32 limit = current->rlimits[RLIMIT_AS].rlim_cur;

	if (limit != RLIM_INFINITY && !within(limit, mm->bytes, bytes))
		return false;
	return !is_data(flags) || may_hold_data(mm, bytes);
}

/* Returns the bytes that are locked of [start, end). */
u32 locked_bytes(struct mm *mm, u32 start, u32 end)
{
	u32 bytes = 0;

	for_each_area(area, mm, start, end)
		if (area->flags & VM_LOCKED)
			bytes += bytes_within(area, start, end);
	return bytes;
}

/* Returns 0, -EPERM: current may lock nothing, -ENOMEM: not so much more. */
int check_lock_limit(const struct mm *mm, u32 bytes)
{
	u32 limit = current->rlimits[RLIMIT_MEMLOCK].rlim_cur;

	if (suser() || limit == RLIM_INFINITY)
		return 0;
	if (!limit)
		return -EPERM;
	return within(limit, mm->locked_bytes, bytes) ? 0 : -ENOMEM;
}

/* Returns true if an area with these flags may grow by so many bytes. */
bool may_lock(const struct mm *mm, u32 flags, u32 bytes)
{
	return !(flags & VM_LOCKED) || check_lock_limit(mm, bytes) == 0;
}
