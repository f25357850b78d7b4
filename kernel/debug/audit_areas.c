/*
 * A part of the audit: the areas of an address space against its sums, and its
 * tree against its list.
 */
#include <cowix/kernel.h>
#include "mm/mm_internal.h"

/* Returns the largest gap of a subtree, by what its root and children say. */
static u32 recounted_gap(const struct mm *mm, const struct vm_area *area)
{
	u32 gap = gap_below(mm, area);

	for (u32 side = BELOW; side <= ABOVE; side++) {
		struct tree_node *child = area->node.child[side];

		if (child)
			gap = max_u32(gap, area_of_node(child)->largest_gap);
	}
	return gap;
}

/* Checks a node against its children. Returns the rule it breaks, or NULL. */
static const char *broken_node(const struct mm *mm, const struct vm_area *area)
{
	const struct tree_node *node = &area->node,
			       *below = node->child[BELOW],
			       *above = node->child[ABOVE];
	u32 low = tree_height(below), high = tree_height(above);

	if ((below && below->parent != node) ||
	    (above && above->parent != node))
		return "area has another's children";
	if (node->height != 1 + max_u32(low, high) || low > high + 1 ||
	    high > low + 1)
		return "tree of areas is out of balance";
	if (area->largest_gap != recounted_gap(mm, area))
		return "wrong largest gap";
	return NULL;
}

/* Compares the tree with the list, in order. */
static const char *broken_tree(const struct mm *mm)
{
	struct tree_node *at = tree_lowest(mm->tree.root);
	const char *rule = NULL;

	if (!at)
		return NULL;
	list_for_each(node, &mm->areas) {
		if (at != &area_at(node)->node)
			return "tree and list of areas differ";
		rule = rule ? rule : broken_node(mm, area_at(node));
		at = tree_next(at);
	}
	return at ? "tree has more areas than the list" : rule;
}

/* Returns a rule that the areas of mm break, or NULL. */
const char *broken_areas(const struct mm *mm)
{
	u32 end = 0, n = 0, bytes = 0, data = 0, locked = 0;

	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);
		u32 size = area->end - area->start;

		if (area->start < end || area->end <= area->start)
			return "areas overlap";
		end = area->end;
		n++;
		bytes += size;
		data += is_data(area->flags) ? size : 0;
		locked += area->flags & VM_LOCKED ? size : 0;
	}
	if (n != mm->nr_areas || bytes != mm->bytes ||
	    data != mm->data_bytes || locked != mm->locked_bytes)
		return "wrong sums of areas";
	return broken_tree(mm);
}
