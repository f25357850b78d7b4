/*
 * Finds areas, and gaps between them. The list of areas, in order, is the
 * authority. An address space with few areas has nothing else, and a walk is
 * fast enough. So fork, exec and exit of small programs pay for no tree. The
 * first search among many areas builds a balanced tree of them (cowix/tree.h),
 * which is kept from then on. Each of its nodes knows the largest gap in its
 * subtree. So an address and a gap are both found on one way down.
 *
 * The gap of an area is the room directly below it that others may use. It
 * changes when an area next to it comes, goes, or gets other bounds.
 */
#include <cowix/kernel.h>
#include "mm_internal.h"

#define FEW_AREAS	16u

/*
 * Returns the unmapped room below or above an area. Page tables that lie wholly
 * in the room and the area are the area's alone.
 */
u32 room_below(const struct mm *mm, struct list *prev)
{
	return prev == &mm->areas ? 0 : area_at(prev)->end;
}

u32 room_above(struct mm *mm, struct list *next)
{
	return next == &mm->areas ? TASK_SIZE : area_at(next)->start;
}

/* Returns where the room for others below an area ends. */
u32 free_above(const struct vm_area *area)
{
	u32 guard = area->flags & VM_GROWSDOWN ? STACK_GUARD : 0;

	return area->start > guard ? area->start - guard : 0;
}

/* Returns up to where a new area below this one may reach. */
static u32 gap_end(const struct vm_area *area)
{
	return min_u32(free_above(area), MMAP_TOP);
}

/* Returns the bytes of an area's gap. */
u32 gap_below(const struct mm *mm, const struct vm_area *area)
{
	u32 floor = max_u32(room_below(mm, area->link.prev), PAGE_SIZE);
	u32 end = gap_end(area);

	return end > floor ? end - floor : 0;
}

static u32 largest_gap(struct tree_node *node)
{
	return node ? area_of_node(node)->largest_gap : 0;
}

/* The tree's learn(). */
static bool learn_gap(struct tree_node *node)
{
	struct vm_area *area = area_of_node(node);
	u32 largest = max_u32(area->gap, largest_gap(node->child[TREE_LEFT])),
	    old = area->largest_gap;

	largest = max_u32(largest, largest_gap(node->child[TREE_RIGHT]));
	area->largest_gap = largest;
	return largest != old;
}

/*
 * Returns a tree of the n areas from *at on, which moves behind them. For
 * 65,530 areas it calls itself 17 deep, with 600 bytes of stack. To insert one
 * after the other would take four times as long.
 */
static struct tree_node *build(struct mm *mm, struct list **at, u32 n)
{
	struct tree_node *left;
	struct vm_area *area;

	if (n == 0)
		return NULL;
	left = build(mm, at, n / 2);
	area = area_at(*at);
	area->gap = gap_below(mm, area);
	*at = (*at)->next;
	tree_join(&mm->tree, &area->node, left,
		  build(mm, at, n - n / 2 - 1));
	return &area->node;
}

/* Returns true if mm has many areas: then they are in its tree. */
static bool has_tree(struct mm *mm)
{
	struct list *first = mm->areas.next;

	if (likely(mm->nr_areas <= FEW_AREAS))
		return false;
	if (!mm->tree.root) {
		mm->tree.learn = learn_gap;
		mm->tree.root = build(mm, &first, mm->nr_areas);
	}
	return true;
}

/* The gap of an area, which may be the head of the list, has changed. */
void gap_changed(struct mm *mm, struct list *node)
{
	if (likely(!mm->tree.root) || node == &mm->areas)
		return;
	area_at(node)->gap = gap_below(mm, area_at(node));
	tree_renew(&mm->tree, &area_at(node)->node);
}

/*
 * Puts an area, which is in the list, into the tree if there is one. Of two
 * neighbours, one is below the other in the tree. So one of the new area's has
 * room on its side.
 */
void tree_add_area(struct mm *mm, struct vm_area *area)
{
	struct list *prev = area->link.prev, *next = area->link.next;

	if (likely(!mm->tree.root))
		return;
	area->gap = gap_below(mm, area);
	if (prev != &mm->areas && !area_at(prev)->node.child[TREE_RIGHT])
		tree_insert(&mm->tree, &area->node, &area_at(prev)->node,
			    TREE_RIGHT);
	else
		tree_insert(&mm->tree, &area->node, &area_at(next)->node,
			    TREE_LEFT);
	gap_changed(mm, next);
}

/* Takes out an area which the list has just lost. */
void tree_remove_area(struct mm *mm, struct vm_area *area)
{
	if (likely(!mm->tree.root))
		return;
	tree_remove(&mm->tree, &area->node);
	gap_changed(mm, area->link.next);
}

static struct vm_area *tree_above(struct mm *mm, u32 addr)
{
	struct tree_node *node = mm->tree.root;
	struct vm_area *found = NULL;

	while (node) {
		struct vm_area *area = area_of_node(node);
		bool ends_above = addr < area->end;

		if (ends_above)
			found = area;
		node = node->child[ends_above ? TREE_LEFT : TREE_RIGHT];
	}
	return found;
}

static struct vm_area *list_above(struct mm *mm, u32 addr)
{
	list_for_each(node, &mm->areas)
		if (addr < area_at(node)->end)
			return area_at(node);
	return NULL;
}

struct vm_area *area_above(struct mm *mm, u32 addr)
{
	struct vm_area *area = mm->last_area;

	if (area && addr >= area->start && addr < area->end)
		return area;
	area = has_tree(mm) ? tree_above(mm, addr) : list_above(mm, addr);
	if (area)
		mm->last_area = area;
	return area;
}

/* find_area()'s search, when the area found last is not the one. */
struct vm_area *search_area(struct mm *mm, u32 addr)
{
	struct vm_area *area = area_above(mm, addr);

	return area && addr >= area->start ? area : NULL;
}

/* Returns the highest area with a gap of size bytes, or NULL. */
static struct vm_area *tree_gap(struct mm *mm, u32 size)
{
	struct tree_node *node = mm->tree.root;

	if (largest_gap(node) < size)
		return NULL;
	for (;;) {
		if (largest_gap(node->child[TREE_RIGHT]) >= size)
			node = node->child[TREE_RIGHT];
		else if (area_of_node(node)->gap >= size)
			return area_of_node(node);
		else
			node = node->child[TREE_LEFT];
	}
}

/* The same by a walk. */
static struct vm_area *list_gap(struct mm *mm, u32 size)
{
	struct list *node = mm->areas.prev;

	for (; node != &mm->areas; node = node->prev)
		if (gap_below(mm, area_at(node)) >= size)
			return area_at(node);
	return NULL;
}

/*
 * Returns the highest free range of size bytes, page aligned. It lies below
 * MMAP_TOP. Returns 0 if there is none.
 */
u32 find_gap(struct mm *mm, u32 size)
{
	u32 top = room_below(mm, mm->areas.prev);
	const struct vm_area *area;

	if (top < MMAP_TOP && MMAP_TOP - top >= size)
		return MMAP_TOP - size;
	area = has_tree(mm) ? tree_gap(mm, size) : list_gap(mm, size);
	return area ? gap_end(area) - size : 0;
}
