/*
 * Balanced search trees. The links are members of what is sorted. The user of a
 * tree descends in it and compares, to search as well as to insert:
 *
 *	struct tree_node *parent = NULL, *node = tree->root;
 *	int side = TREE_LEFT;
 *
 *	while (node) {
 *		parent = node;
 *		side = key_of(node) <= key ? TREE_RIGHT : TREE_LEFT;
 *		node = node->child[side];
 *	}
 *	tree_insert(tree, new, parent, side);
 *
 * A node may know something of all that is below it, such as the largest value.
 * `learn` computes that from the node itself and its children. It returns true
 * if this has changed. tree_renew() is called when the node itself has changed.
 */
#ifndef COWIX_TREE_H
#define COWIX_TREE_H

#include <cowix/types.h>

enum { TREE_LEFT, TREE_RIGHT };

struct tree_node {
	struct tree_node *parent, *child[2];
	int height;		/* of the tree below it, and 1 */
};

struct tree {
	struct tree_node *root;
	bool (*learn)(struct tree_node *node);	/* or NULL */
};

/* lib/tree.c */
void tree_insert(struct tree *tree, struct tree_node *node,
		 struct tree_node *parent, int side);
void tree_remove(struct tree *tree, struct tree_node *node);
void tree_renew(struct tree *tree, struct tree_node *node);
void tree_join(struct tree *tree, struct tree_node *node,
	       struct tree_node *left, struct tree_node *right);
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_next(struct tree_node *node);

static inline int tree_height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

#define tree_entry(node, type, member) container_of(node, type, member)

#endif
