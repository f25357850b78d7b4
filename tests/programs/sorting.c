/*
 * Sorting and searching: qsort, bsearch, trees, hash tables, lists, and random
 * numbers that are equal everywhere.
 */
#include <search.h>
#include <stdlib.h>
#include "say.h"

struct record {
	int key, order;
	char name[12];
};

static int by_key(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
				: x->order - y->order;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct record *)a)->name,
		      ((const struct record *)b)->name);
}

static int by_argument(const void *a, const void *b, void *sign)
{
	return *(int *)sign * (*(const int *)a - *(const int *)b);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static struct record *make(int n)
{
	struct record *r = calloc(n, sizeof(*r));

	srand(20);
	for (int i = 0; i < n; i++) {
		r[i].key = rand() % (n / 2);
		r[i].order = i;
		snprintf(r[i].name, sizeof(r[i].name), "n%d", rand() % 100000);
	}
	return r;
}

static unsigned digest(const struct record *r, int n)
{
	unsigned h = 2166136261u;

	for (int i = 0; i < n; i++)
		for (const char *p = (const char *)(r + i);
		     p < (const char *)(r + i + 1); p++)
			h = (h ^ (unsigned char)*p) * 16777619;
	return h;
}

static void arrays(void)
{
	enum { N = 50000 };
	struct record *r = make(N), wanted = { .key = 777 }, *found;
	int bad = 0, small[] = { 3, 1, 2, 9, 8, 7, 5 }, sign = -1;

	printf("unsorted %08x\n", digest(r, N));
	qsort(r, N, sizeof(*r), by_key);
	for (int i = 1; i < N; i++)
		bad += by_key(r + i - 1, r + i) > 0;
	printf("sorted %08x, %d bad\n", digest(r, N), bad);
	for (int i = 0; i < N && wanted.order == 0; i++)
		if (r[i].key == 777)
			wanted.order = r[i].order;
	found = bsearch(&wanted, r, N, sizeof(*r), by_key);
	printf("found %d %d %s\n", found->key, found->order, found->name);
	wanted.key = -1;
	printf("missing: %d\n",
	       bsearch(&wanted, r, N, sizeof(*r), by_key) == NULL);
	qsort(r, N, sizeof(*r), by_name);
	printf("first %s, last %s\n", r[0].name, r[N - 1].name);
	qsort_r(small, 7, sizeof(int), by_argument, &sign);
	for (int i = 0; i < 7; i++)
		printf("%d%c", small[i], i < 6 ? ' ' : '\n');
	free(r);
}

static int visits, deepest;

static void visit(const void *node, VISIT order, int depth)
{
	if (order == postorder || order == leaf) {
		if (visits++ < 5)
			printf(" %s", *(char **)node);
		if (depth > deepest)
			deepest = depth;
	}
}

static void trees(void)
{
	static char names[500][8];
	void *root = NULL;
	int again = 0;

	for (int i = 0; i < 500; i++) {
		char **p;

		snprintf(names[i], sizeof(names[i]), "k%03d", i * 37 % 400);
		p = tsearch(names[i], &root, by_text);
		again += *p != names[i];
	}
	printf("tree:");
	twalk(root, visit);
	printf(", %d nodes, %d again, depth at most 16: %d\n", visits, again,
	       deepest <= 16);
	printf("found %d %d\n", tfind("k123", &root, by_text) != NULL,
	       tfind("k999", &root, by_text) != NULL);
	for (int i = 0; i < 400; i++)
		tdelete(names[i], &root, by_text);
	printf("empty %d\n", root == NULL);
}

static void tables(void)
{
	static char names[100][8];
	size_t count = 0;
	char lines[10][8], line[8] = "x";

	hcreate(200);
	for (long i = 0; i < 100; i++) {
		snprintf(names[i], sizeof(names[i]), "h%ld", i);
		hsearch((ENTRY){ names[i], (void *)(i * i) }, ENTER);
	}
	printf("hash %ld %d\n",
	       (long)hsearch((ENTRY){ "h77", NULL }, FIND)->data,
	       hsearch((ENTRY){ "h100", NULL }, FIND) == NULL);
	hdestroy();
	for (int i = 0; i < 6; i++) {
		line[0] = "abcabd"[i];
		lsearch(line, lines, &count, 8, by_text);
	}
	printf("linear %zu %s\n", count,
	       (char *)lfind("d", lines, &count, 8, by_text));
}

static void numbers(void)
{
	unsigned short seed[3] = { 1, 2, 3 };
	unsigned state = 5;

	srand(1);
	printf("%d %d %d", rand(), rand(), rand());
	srandom(42);
	printf(" %ld %ld", random(), random());
	srand48(7);
	printf(" %ld %ld %.15f %ld %d\n", lrand48(), mrand48(), drand48(),
	       nrand48(seed), rand_r(&state));
	div_t q = div(-17, 5);
	lldiv_t l = lldiv(1000000000007LL, -3);
	printf("%d %d %lld %lld %d %ld\n", q.quot, q.rem, l.quot, l.rem,
	       abs(-4), labs(-5L));
}

int main(void)
{
	arrays();
	trees();
	tables();
	numbers();
	return 0;
}
