/*
 * Balanced binary trees (AVL trees; Knuth, volume 3, 6.2.3). The nodes lie
 * inside the objects of the tree. No two subtrees of a node differ in height by
 * more than one. So a tree of n nodes has a height below 1.45 log2(n) + 1.
 *
 * The user keeps the order. It goes down from the root, compares as it likes,
 * and tells tree_insert() where a node goes. A node may also know something of
 * its whole subtree, such as a sum or the largest of some value. Then update()
 * computes that from the node itself and its two children.
 */
#ifndef COWIX_TREE_H
#define COWIX_TREE_H

#include <cowix/types.h>

/* The two sides of a node, in its array of children. */
enum { BELOW, ABOVE };

struct tree_node {
	struct tree_node *parent, *child[2];
	u32 height;		/* of its subtree; a leaf has 1 */
};

struct tree {
	struct tree_node *root;
	/*
	 * Called when the node, or something below it, has changed; NULL:
	 * nothing is kept. Returns true if what the node knows has changed.
	 */
	bool (*update)(struct tree *tree, struct tree_node *node);
};

/* lib/tree.c */
/*
 * Puts node into an empty place: the root if parent is NULL, else the parent's
 * child on that side.
 */
void tree_insert(struct tree *tree, struct tree_node *node,
		 struct tree_node *parent, u32 side);
void tree_remove(struct tree *tree, struct tree_node *node);
/*
 * Balances and updates from node, which may be NULL, upwards. Called when what
 * update() looks at in that node has changed.
 */
void tree_refresh(struct tree *tree, struct tree_node *node);
/*
 * Makes node the root of two subtrees that are balanced with each other. For
 * those who build a whole tree at once.
 */
void tree_join(struct tree *tree, struct tree_node *below,
	       struct tree_node *node, struct tree_node *above);
/* The lowest node of a subtree, and the next higher one; NULL: none. */
struct tree_node *tree_lowest(struct tree_node *node);
struct tree_node *tree_next(struct tree_node *node);

static inline u32 tree_height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

#endif
