/* The differences of two sequences (user/diff/differences.c). */
#ifndef DIFFERENCES_H
#define DIFFERENCES_H
struct sequence {
	const int *items;
	int count;
	/* result: a mark an item; a zero before the first and after the last */
	char *changed;
};
/*
 * Items are at least 0 and less than limit. Returns where in from the common
 * end begins, or -1 without memory.
 */
int mark_differences(const struct sequence *from, const struct sequence *to,
		     unsigned limit);
#endif
