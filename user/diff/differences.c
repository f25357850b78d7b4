/*
 * Finds a shortest list of changes that make one sequence into another: E.
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). This is the
 * form that needs little space. It searches from both ends, splits where the
 * searches meet, and repeats. x counts the items of the first sequence, y those
 * of the second.
 */
#include "differences.h"
#include <stdlib.h>

static struct side {
	const struct sequence *all;
	int *kept, count;	/* the items that both sequences have */
} sides[2];

/* for each diagonal x - y how far the two searches have come */
static int *forward, *backward;

/* Marks the nth item kept as changed. */
static void mark(const struct side *s, int n)
{
	s->all->changed[s->kept[n]] = 1;
}

/*
 * Returns 1 if kept item x of the first sequence equals kept item y of the
 * second.
 */
static int equal(int x, int y)
{
	return sides[0].all->items[sides[0].kept[x]] ==
	       sides[1].all->items[sides[1].kept[y]];
}

/*
 * The current part of the problem, and the diagonals (x - y) that the two
 * searches have reached.
 */
struct box {
	int x0, x1, y0, y1;
	int f_low, f_high, b_low, b_high;
};

/*
 * Goes one change further from the start. Returns 1 if it met the search from
 * the end, at *x, *y.
 */
static int step_forward(struct box *b, int odd, int *x, int *y)
{
	if (b->f_low > b->x0 - b->y1)
		forward[--b->f_low - 1] = -1;
	else
		b->f_low++;
	if (b->f_high < b->x1 - b->y0)
		forward[++b->f_high + 1] = -1;
	else
		b->f_high--;
	for (int d = b->f_high; d >= b->f_low; d -= 2) {
		*x = forward[d - 1] < forward[d + 1] ? forward[d + 1]
						     : forward[d - 1] + 1;
		for (*y = *x - d; *x < b->x1 && *y < b->y1 && equal(*x, *y);
		     ++*y)
			++*x;
		forward[d] = *x;
		if (odd && d >= b->b_low && d <= b->b_high && backward[d] <= *x)
			return 1;
	}
	return 0;
}

/*
 * Goes one change further from the end. Returns 1 if it met the other search.
 */
static int step_backward(struct box *b, int odd, int *x, int *y)
{
	if (b->b_low > b->x0 - b->y1)
		backward[--b->b_low - 1] = 0x7FFFFFFF;
	else
		b->b_low++;
	if (b->b_high < b->x1 - b->y0)
		backward[++b->b_high + 1] = 0x7FFFFFFF;
	else
		b->b_high--;
	for (int d = b->b_high; d >= b->b_low; d -= 2) {
		*x = backward[d - 1] < backward[d + 1] ? backward[d - 1]
						       : backward[d + 1] - 1;
		for (*y = *x - d;
		     *x > b->x0 && *y > b->y0 && equal(*x - 1, *y - 1); --*y)
			--*x;
		backward[d] = *x;
		if (!odd && d >= b->f_low && d <= b->f_high && *x <= forward[d])
			return 1;
	}
	return 0;
}

/*
 * Marks what is changed between items x0 to x1 of the first sequence and y0 to
 * y1 of the second. Only kept items count.
 */
static void compare(int x0, int x1, int y0, int y1)
{
	struct box b;
	int x, y, odd;

	while (x0 < x1 && y0 < y1 && equal(x0, y0))
		x0++, y0++;
	while (x0 < x1 && y0 < y1 && equal(x1 - 1, y1 - 1))
		x1--, y1--;
	if (x0 == x1 || y0 == y1) {
		while (y0 < y1)
			mark(&sides[1], y0++);
		while (x0 < x1)
			mark(&sides[0], x0++);
		return;
	}
	b = (struct box){ x0, x1, y0, y1, x0 - y0, x0 - y0, x1 - y1, x1 - y1 };
	odd = (x0 - y0 - x1 + y1) & 1;
	forward[x0 - y0] = x0;
	backward[x1 - y1] = x1;
	while (!step_forward(&b, odd, &x, &y) &&
	       !step_backward(&b, odd, &x, &y))
		;
	compare(x0, x, y0, y);
	compare(x, x1, y, y1);
}

/*
 * Looks at the items between the common beginning and the common end. Marks
 * items of only one sequence as changed, and keeps the others for the search.
 */
static void keep_common(int start, int *ends, char *seen)
{
	for (int i = 0; i < 2; i++)
		for (int n = start; n < ends[i]; n++)
			seen[sides[i].all->items[n]] |= 1 << i;
	for (int i = 0; i < 2; i++)
		for (int n = start; n < ends[i]; n++)
			if (seen[sides[i].all->items[n]] == 3)
				sides[i].kept[sides[i].count++] = n;
			else
				sides[i].all->changed[n] = 1;
}

/*
 * Returns how many items both begin with. ends gets where in each sequence the
 * common end begins.
 */
static int common_ends(const struct sequence *from, const struct sequence *to,
		       int *ends)
{
	int start = 0, x = from->count, y = to->count;

	while (start < x && start < y && from->items[start] == to->items[start])
		start++;
	while (x > start && y > start && from->items[x - 1] == to->items[y - 1])
		x--, y--;
	ends[0] = x;
	ends[1] = y;
	return start;
}

int mark_differences(const struct sequence *from, const struct sequence *to,
		     unsigned limit)
{
	int items = from->count + to->count, ends[2],
	    start = common_ends(from, to, ends);
	int *kept = calloc(items + 1, sizeof(*kept)),
	    *space = calloc(2 * (items + 3), sizeof(*space));
	char *seen = calloc(limit, 1);
	int failed = !kept || !space || !seen;

	if (!failed) {
		sides[0] = (struct side){ from, kept, 0 };
		sides[1] = (struct side){ to, kept + from->count, 0 };
		keep_common(start, ends, seen);
		forward = space + sides[1].count + 1;
		backward = forward + items + 3;
		compare(0, sides[0].count, 0, sides[1].count);
	}
	free(kept);
	free(space);
	free(seen);
	return failed ? -1 : ends[0];
}
