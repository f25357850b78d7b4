/*
 * Balanced binary trees: see cowix/tree.h. Insertion and removal change a tree
 * in one place, as if it need not be balanced. Then tree_refresh() goes from
 * there up to the root. Wherever one side of a node has become too high, it
 * rotates: a child takes the place of its parent.
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

/* Computes anew what a node knows of its subtree. */
static void update(struct tree *tree, struct tree_node *node)
{
	node->height = 1 + max_u32(tree_height(node->child[BELOW]),
				   tree_height(node->child[ABOVE]));
	if (tree->update)
		tree->update(tree, node);
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

/* Returns how much higher a node is on one side than on the other. */
static int excess(const struct tree_node *node, u32 side)
{
	return (int)(tree_height(node->child[side]) -
		     tree_height(node->child[!side]));
}

/* Balances and updates one node. Returns what is in its place then. */
static struct tree_node *balance(struct tree *tree, struct tree_node *node)
{
	u32 side = excess(node, ABOVE) > 0 ? ABOVE : BELOW;

	if (excess(node, side) < 2) {
		update(tree, node);
		return node;
	}
	if (excess(node->child[side], side) < 0)
		rotate(tree, node->child[side], !side);
	return rotate(tree, node, side);
}

void tree_refresh(struct tree *tree, struct tree_node *node)
{
	for (; node; node = node->parent)
		node = balance(tree, node);
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
	tree_refresh(tree, node);
}

/*
 * A node with two children is replaced by the next higher one. That has no
 * child below it, and so is easy to take out of its own place.
 */
void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *below = node->child[BELOW],
			 *above = node->child[ABOVE], *heir, *changed;

	if (!below || !above) {
		heir = below ? below : above;
		replace(tree, node, heir);
		tree_refresh(tree, heir ? heir : node->parent);
		return;
	}
	heir = tree_lowest(above);
	changed = heir->parent == node ? heir : heir->parent;
	replace(tree, heir, heir->child[ABOVE]);
	set_child(heir, BELOW, node->child[BELOW]);
	set_child(heir, ABOVE, node->child[ABOVE]);
	replace(tree, node, heir);
	tree_refresh(tree, changed);
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
