/*
 * lib/tree.c against a sorted array: random insertions and removals, after each
 * of which all that a tree promises is looked at. Prints what is wrong. The
 * first argument is the seed, the second the number of rounds.
 */
#include <cowix/tree.h>

int printf(const char *fmt, ...);
int atoi(const char *s);
void exit(int status);

#define ITEMS	500

/* An item knows the largest weight of all below it. */
struct item {
	struct tree_node node;
	u32 key, weight, heaviest;
	bool used;
};

static struct item items[ITEMS];
static struct item *sorted[ITEMS];
static int nr_sorted;
static u32 state;

static u32 dice(u32 n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static struct item *item_at(struct tree_node *node)
{
	return tree_entry(node, struct item, node);
}

static bool learn(struct tree_node *node)
{
	struct item *item = item_at(node);
	u32 heaviest = item->weight;
	bool changed;

	for (int side = TREE_LEFT; side <= TREE_RIGHT; side++) {
		struct tree_node *child = node->child[side];

		if (child)
			heaviest = max_u32(heaviest, item_at(child)->heaviest);
	}
	changed = item->heaviest != heaviest;
	item->heaviest = heaviest;
	return changed;
}

static struct tree tree;

static void expect(bool fact, const char *text)
{
	if (fact)
		return;
	printf("not so: %s\n", text);
	exit(1);
}
#define EXPECT(fact) expect(fact, #fact)

/* What node knows is what its children say, and they are balanced. */
static void check_node(struct tree_node *node)
{
	const struct item *item = item_at(node), old = *item;
	int left = node->child[0] ? node->child[0]->height : 0;
	int right = node->child[1] ? node->child[1]->height : 0;

	EXPECT(node->height == 1 + (left > right ? left : right));
	EXPECT(left - right <= 1 && right - left <= 1);
	for (int side = TREE_LEFT; side <= TREE_RIGHT; side++)
		EXPECT(!node->child[side] || node->child[side]->parent == node);
	if (tree.learn)
		EXPECT(!learn(node) && item->heaviest == old.heaviest);
}

static void check_tree(void)
{
	struct tree_node *node = tree_first(&tree);

	EXPECT(!tree.root || !tree.root->parent);
	for (int i = 0; i < nr_sorted; i++) {
		EXPECT(node == &sorted[i]->node);
		check_node(node);
		node = tree_next(node);
	}
	EXPECT(!node);
}

/* Equal keys stay in the order in which they came. */
static void add(struct item *item)
{
	struct tree_node *parent = NULL, *node = tree.root;
	int side = TREE_LEFT, at = nr_sorted++;

	while (node) {
		parent = node;
		side = item_at(node)->key <= item->key ? TREE_RIGHT : TREE_LEFT;
		node = node->child[side];
	}
	tree_insert(&tree, &item->node, parent, side);
	for (; at > 0 && sorted[at - 1]->key > item->key; at--)
		sorted[at] = sorted[at - 1];
	sorted[at] = item;
	item->used = true;
}

static void take(struct item *item)
{
	int at = 0;

	tree_remove(&tree, &item->node);
	item->used = false;
	while (sorted[at] != item)
		at++;
	for (nr_sorted--; at < nr_sorted; at++)
		sorted[at] = sorted[at + 1];
}

static void change(struct item *item, u32 phase)
{
	if (!item->used) {
		item->key = dice(phase % 3 ? ITEMS : 5);
		item->weight = dice(1000);
		add(item);
	} else if (tree.learn && dice(3) == 0) {
		item->weight = dice(1000);
		tree_renew(&tree, &item->node);
	} else {
		take(item);
	}
}

/* Builds a tree of sorted[] from `from` on, n of them. Returns its top. */
static struct tree_node *build(int from, int n)
{
	struct tree_node *left, *node;

	if (n == 0)
		return NULL;
	left = build(from, n / 2);
	node = &sorted[from + n / 2]->node;
	tree_join(&tree, node, left,
		  build(from + n / 2 + 1, n - n / 2 - 1));
	return node;
}

/* In order, as the worst for a tree that is not balanced. */
static void ascend(bool down)
{
	for (u32 i = 0; i < ITEMS; i++) {
		items[i].key = down ? ITEMS - i : i;
		add(&items[i]);
		check_tree();
	}
	EXPECT(tree.root->height <= 10);
	for (u32 i = 0; i < ITEMS; i++) {
		take(&items[i]);
		check_tree();
	}
	EXPECT(!tree.root);
}

int main(int argc, char **argv)
{
	u32 rounds = argc > 2 ? atoi(argv[2]) : 1000;

	state = argc > 1 ? atoi(argv[1]) | 1 : 1;
	for (u32 phase = 0; phase < 12; phase++) {
		u32 used = phase % 4 ? ITEMS : 8;

		tree.learn = phase % 2 ? learn : NULL;
		for (u32 i = 0; i < rounds; i++) {
			change(&items[dice(used)], phase);
			check_tree();
		}
		tree.root = build(0, nr_sorted);
		check_tree();
		while (nr_sorted) {
			take(sorted[dice(nr_sorted)]);
			check_tree();
		}
		ascend(phase & 2);
	}
	printf("ok\n");
	return 0;
}
