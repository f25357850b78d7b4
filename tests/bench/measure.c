/* Measures operations, and prints their figures. */
#include "growth.h"

void report(const char *row, u64 figure)
{
	printf("%s\t%s\t%u\t%lu\n", group->name, row, size,
	       (unsigned long)figure);
	fflush(stdout);
}

void note(const char *row, const char *why)
{
	printf("# %s, %s, %u: %s\n", group->name, row, size, why);
	fflush(stdout);
}

void failed(const char *row)
{
	note(row, strerror(errno));
}

static int by_size(const void *a, const void *b)
{
	u64 one = *(const u64 *)a, other = *(const u64 *)b;

	return one < other ? -1 : one > other;
}

/*
 * Sets costs to what op(1) to op(times) cost, in ascending order. Returns NULL
 * if one failed.
 */
static const u64 *costs_of(const char *row, unsigned times,
			   int (*op)(unsigned i))
{
	static u64 costs[MOST + 1];

	for (unsigned i = 0; i <= times; i++) {
		unsigned idle = idled();
		u64 begin = now();

		if (op(i) < 0) {
			failed(row);
			return NULL;
		}
		costs[i] = now() - begin;
		idle = idled() - idle;
		costs[i] -= idle < costs[i] ? idle : costs[i];
	}
	qsort(costs + 1, times, sizeof(u64), by_size);
	return costs + 1;
}

void measure_each(const char *row, unsigned times, unsigned things,
		  int (*op)(unsigned i))
{
	const u64 *costs = costs_of(row, times, op);

	if (costs)
		report(row, costs[times / 2] / things);
}

void measure(const char *row, unsigned times, int (*op)(unsigned i))
{
	measure_each(row, times, 1, op);
}
