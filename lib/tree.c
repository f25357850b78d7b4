/*
 * Balanced search trees: see cowix/tree.h. They are AVL trees, after
 * Adelson-Velsky and Landis (1962); Knuth, volume 3, 6.2.3.
 *
 * The heights of a node's two children differ by one at most. So a tree of
 * 10,000 nodes is at most 18 high, and usually 14. When the difference is two,
 * the higher child moves up. The order, here the alphabet's, stays:
 *
 *	    B                     D
 *	   / \                   / \
 *	  A   D        =>       B   E
 *	     / \               / \
 *	    C   E             A   C
 *
 * That helps if E is at least as high as C. Otherwise C would still be too deep
 * below B. Then C moves above D first, and above B after that:
 *
 *	    B               B                   C
 *	   / \             / \                /   \
 *	  A   D     =>    A   C       =>     B     D
 *	     / \             / \            / \   / \
 *	    C   E           x   D          A   x y   E
 *	   / \                 / \
 *	  x   y               y   E
 *
 * All is done for both sides alike: `side` is one of them, !side the other.
 */
#include <cowix/tree.h>

/* Returns by how much the child on that side is higher than the other. */
static int excess(const struct tree_node *node, int side)
{
	return tree_height(node->child[side]) - tree_height(node->child[!side]);
}

/* Computes what a node knows of its children. Returns true if it is new. */
static bool renew_node(const struct tree *tree, struct tree_node *node)
{
	int old = node->height;
	bool learned = tree->learn && tree->learn(node);

	node->height = 1 + tree_height(node->child[TREE_LEFT]);
	if (excess(node, TREE_RIGHT) > 0)
		node->height = 1 + tree_height(node->child[TREE_RIGHT]);
	return learned || node->height != old;
}

static void set_child(struct tree_node *parent, int side,
		      struct tree_node *child)
{
	parent->child[side] = child;
	if (child)
		child->parent = parent;
}

/* Puts another node, or NULL, below the parent of `old`. */
static void replace_node(struct tree *tree, struct tree_node *old,
			 struct tree_node *new)
{
	struct tree_node *parent = old->parent;

	if (parent)
		set_child(parent, parent->child[TREE_RIGHT] == old, new);
	else
		tree->root = new;
	if (new)
		new->parent = parent;
}

/* Moves top down on that side, and its other child up. Returns that child. */
static struct tree_node *rotate(struct tree *tree, struct tree_node *top,
				int side)
{
	struct tree_node *up = top->child[!side];

	replace_node(tree, top, up);
	set_child(top, !side, up->child[side]);
	set_child(up, side, top);
	renew_node(tree, top);
	renew_node(tree, up);
	return up;
}

/* Returns the top of what was below node, after its heights are right again. */
static struct tree_node *balance(struct tree *tree, struct tree_node *node)
{
	int side = excess(node, TREE_RIGHT) > 0 ? TREE_RIGHT : TREE_LEFT;

	if (excess(node, side) < 2)
		return node;
	if (excess(node->child[side], side) < 0)
		rotate(tree, node->child[side], side);
	return rotate(tree, node, !side);
}

/*
 * Called after node's children or itself have changed. Mends it and those above
 * it, up to the first that stays as it was.
 */
void tree_renew(struct tree *tree, struct tree_node *node)
{
	while (node) {
		bool renewed = renew_node(tree, node);
		struct tree_node *top = balance(tree, node);

		if (!renewed && top == node)
			return;
		node = top->parent;
	}
}

/* Makes node a child of parent, where there is none. NULL: it is the first. */
void tree_insert(struct tree *tree, struct tree_node *node,
		 struct tree_node *parent, int side)
{
	*node = (struct tree_node){ .parent = parent };
	if (parent)
		parent->child[side] = node;
	else
		tree->root = node;
	tree_renew(tree, node);
}

/* Puts a node that is below `old` in its place, with all that old has. */
static void inherit(struct tree *tree, struct tree_node *old,
		    struct tree_node *heir)
{
	replace_node(tree, old, heir);
	set_child(heir, TREE_LEFT, old->child[TREE_LEFT]);
	set_child(heir, TREE_RIGHT, old->child[TREE_RIGHT]);
	heir->height = 0;	/* so that it is renewed in any case */
}

/* Takes node out. If it has two children, the next one takes its place. */
void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *lowest = node->parent, *left = node->child[TREE_LEFT],
			 *right = node->child[TREE_RIGHT];

	if (left && right) {
		struct tree_node *next = tree_next(node);

		replace_node(tree, next, next->child[TREE_RIGHT]);
		lowest = next->parent == node ? next : next->parent;
		inherit(tree, node, next);
		tree_renew(tree, lowest);
		tree_renew(tree, next);
	} else {
		replace_node(tree, node, left ? left : right);
		tree_renew(tree, lowest);
	}
}

/*
 * Makes node the top of two trees, which are NULL or balanced with each other.
 * So a whole tree is built at once; its top becomes the root.
 */
void tree_join(struct tree *tree, struct tree_node *node,
	       struct tree_node *left, struct tree_node *right)
{
	node->parent = NULL;
	set_child(node, TREE_LEFT, left);
	set_child(node, TREE_RIGHT, right);
	renew_node(tree, node);
}

/* Returns the first of what is below node, or NULL. */
static struct tree_node *first_below(struct tree_node *node)
{
	while (node && node->child[TREE_LEFT])
		node = node->child[TREE_LEFT];
	return node;
}

struct tree_node *tree_first(const struct tree *tree)
{
	return first_below(tree->root);
}

/* Returns the node behind this one, or NULL. */
struct tree_node *tree_next(struct tree_node *node)
{
	if (node->child[TREE_RIGHT])
		return first_below(node->child[TREE_RIGHT]);
	while (node->parent && node->parent->child[TREE_RIGHT] == node)
		node = node->parent;
	return node->parent;
}
