/*
 * Balanced binary trees: see cowix/tree.h. Insertion and removal change a tree
 * in one place, as if it need not be balanced. Then tree_refresh() goes up from
 * there, to the first node that stays as it is. Wherever one side of a node has
 * become too high, it rotates: a child takes the place of its parent.
 *
 *	      node                 up
 *	     /    \              /    \
 *	    a      up    ->   node     c
 *	          /  \        /  \
 *	     inner    c      a    inner
 *
 * The order from left to right is the same in both. If inner is what is too
 * high, it first takes the place of up in the same way.
 */
#include <cowix/kernel.h>
#include <cowix/tree.h>

/* Puts `by`, which may be NULL, where node is in the tree. */
static void replace(struct tree *tree, const struct tree_node *node,
		    struct tree_node *by)
{
	struct tree_node *parent = node->parent;

	if (parent)
		parent->child[parent->child[ABOVE] == node] = by;
	else
		tree->root = by;
	if (by)
		by->parent = parent;
}

static void set_child(struct tree_node *node, u32 side, struct tree_node *child)
{
	node->child[side] = child;
	if (child)
		child->parent = node;
}

/*
 * Computes anew what a node knows of its subtree. Returns true if that has
 * changed.
 */
static bool update(struct tree *tree, struct tree_node *node)
{
	u32 height = 1 + max_u32(tree_height(node->child[BELOW]),
				 tree_height(node->child[ABOVE]));
	bool changed = height != node->height;

	node->height = height;
	if (tree->update && tree->update(tree, node))
		changed = true;
	return changed;
}

/* The child on that side takes the place of node. Returns that child. */
static struct tree_node *rotate(struct tree *tree, struct tree_node *node,
				u32 side)
{
	struct tree_node *up = node->child[side];

	replace(tree, node, up);
	set_child(node, side, up->child[!side]);
	set_child(up, !side, node);
	update(tree, node);
	update(tree, up);
	return up;
}

/* Returns how much higher a node is above than below; or less, negative. */
static int lean(const struct tree_node *node)
{
	return (int)(tree_height(node->child[ABOVE]) -
		     tree_height(node->child[BELOW]));
}

/* Balances a node that is too high on that side. Returns what replaces it. */
static struct tree_node *balance(struct tree *tree, struct tree_node *node,
				 u32 side)
{
	int inwards = side == ABOVE ? -1 : 1;

	if (lean(node->child[side]) == inwards)
		rotate(tree, node->child[side], !side);
	return rotate(tree, node, side);
}

void tree_refresh(struct tree *tree, struct tree_node *node)
{
	for (; node; node = node->parent) {
		int leans = lean(node);

		if (leans < -1 || leans > 1)
			node = balance(tree, node, leans > 0 ? ABOVE : BELOW);
		else if (!update(tree, node))
			return;
	}
}

/*
 * Refreshes from a node that is new where it is: what it knows is not what its
 * parent has seen there. No height is 0, so it counts as changed.
 */
static void refresh_new(struct tree *tree, struct tree_node *node)
{
	node->height = 0;
	tree_refresh(tree, node);
}

void tree_insert(struct tree *tree, struct tree_node *node,
		 struct tree_node *parent, u32 side)
{
	node->child[BELOW] = node->child[ABOVE] = NULL;
	node->parent = parent;
	if (parent)
		parent->child[side] = node;
	else
		tree->root = node;
	refresh_new(tree, node);
}

/*
 * A node with two children is replaced by the next higher one. That has no
 * child below it, and so is easy to take out of its own place.
 */
void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *below = node->child[BELOW],
			 *above = node->child[ABOVE], *heir, *parent;

	if (!below || !above) {
		replace(tree, node, below ? below : above);
		tree_refresh(tree, node->parent);
		return;
	}
	heir = tree_lowest(above);
	parent = heir->parent;
	replace(tree, heir, heir->child[ABOVE]);
	set_child(heir, BELOW, below);
	set_child(heir, ABOVE, node->child[ABOVE]);
	replace(tree, node, heir);
	if (parent != node)
		tree_refresh(tree, parent);
	refresh_new(tree, heir);
}

void tree_join(struct tree *tree, struct tree_node *below,
	       struct tree_node *node, struct tree_node *above)
{
	node->parent = NULL;
	set_child(node, BELOW, below);
	set_child(node, ABOVE, above);
	update(tree, node);
}

struct tree_node *tree_lowest(struct tree_node *node)
{
	while (node && node->child[BELOW])
		node = node->child[BELOW];
	return node;
}

struct tree_node *tree_next(struct tree_node *node)
{
	if (node->child[ABOVE])
		return tree_lowest(node->child[ABOVE]);
	while (node->parent && node->parent->child[ABOVE] == node)
		node = node->parent;
	return node->parent;
}
