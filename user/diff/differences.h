/*
 * What to change in one sequence to make it another (user/diff/differences.c).
 */
#ifndef DIFFERENCES_H
#define DIFFERENCES_H
struct sequence {
	const int *items;
	int count;
	/*
	 * to be filled: a mark an item; there is a zero before the first and
	 * after the last
	 */
	char *changed;
};
/*
 * Items are at least 0 and less than limit. Where in from begins what both end
 * with; -1 without memory.
 */
int mark_differences(const struct sequence *from, const struct sequence *to,
		     unsigned limit);
#endif
