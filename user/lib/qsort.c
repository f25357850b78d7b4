/*
 * Sorting and binary search. The method is Shell's with gaps by Knuth: no
 * recursion, no extra memory.
 */
#include <stdlib.h>

static void swap(char *a, char *b, size_t size)
{
	for (; size > 0; size--, a++, b++) {
		char c = *a;

		*a = *b;
		*b = c;
	}
}

void qsort(void *base, size_t n, size_t size,
	   int (*compare)(const void *, const void *))
{
	char *p = base;
	size_t gap = 1;

	while (gap < n / 3)
		gap = gap * 3 + 1;
	for (; gap > 0; gap /= 3)
		for (size_t i = gap; i < n; i++)
			for (size_t j = i;
			     j >= gap &&
			     compare(p + (j - gap) * size, p + j * size) > 0;
			     j -= gap)
				swap(p + (j - gap) * size, p + j * size, size);
}

void *bsearch(const void *key, const void *base, size_t n, size_t size,
	      int (*compare)(const void *, const void *))
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *at = (const char *)base + middle * size;
		int order = compare(key, at);

		if (order == 0)
			return (void *)at;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
