/*
 * Random trees of processes that write at random. After each step a process
 * compares its bytes with its own model.
 */
#ifndef TREES_H
#define TREES_H
#include <check.h>
#include <stdlib.h>
#include <sys/wait.h>

#define TREE_PAGE 4096

struct tree {
	char *area;
	int pages;
	int (*fork_one)(void);
	unsigned seed;
	unsigned char model[64];
};

static void grow_tree(struct tree *tree, int depth)
{
	for (int step = 0; step < 6; step++) {
		int page = rand() % tree->pages;

		if (rand() % 3 == 0 && depth < 4) {
			int pid = tree->fork_one();

			CHECK(pid >= 0);
			if (pid == 0) {
				srand(tree->seed += depth * 7 + step);
				grow_tree(tree, depth + 1);
				_exit(0);
			}
			if (rand() % 2)
				CHECK(wait_status(pid) == 0);
		} else {
			tree->model[page] = tree->area[page * TREE_PAGE] =
				rand();
		}
		for (int i = 0; i < tree->pages; i++)
			CHECK((unsigned char)tree->area[i * TREE_PAGE] ==
			      tree->model[i]);
	}
	for (int status; wait(&status) > 0;)
		CHECK(status == 0);
}

/* Grows twenty trees. area has at most 64 pages. */
static void grow_trees(char *area, int pages, int (*fork_one)(void))
{
	static struct tree tree;

	tree = (struct tree){ .area = area,
			      .pages = pages,
			      .fork_one = fork_one,
			      .seed = 12345 };
	for (int i = 0; i < pages; i++)
		area[i * TREE_PAGE] = 0;
	for (int i = 0; i < 20; i++) {
		srand(tree.seed += 99);
		grow_tree(&tree, 0);
	}
}

#endif
