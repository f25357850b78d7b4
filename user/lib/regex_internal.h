/*
 * The tree of a regular expression: regex_parse.c makes it, regex.c matches it.
 */
#ifndef REGEX_INTERNAL_H
#define REGEX_INTERNAL_H
#include <ctype.h>
#include <regex.h>

#define GROUPS 10		/* the whole match and \1 to \9 */

enum kind { CHAR, ANY, SET, BOL, EOL, EDGE, GROUP, BACK, EMPTY };

struct re_node {
	enum kind kind;
	char c;	/* CHAR; EDGE of a word: one of < > b B */
	unsigned char set[32];
	struct re_node *group;		/* GROUP: its first alternative */
	int number;	/* GROUP, BACK: which group; 0 above nine */
	/* in the first node of an alternative: the next one */
	struct re_node *or;
	int min, max;			/* repetitions; max -1: no limit */
	struct re_node *next;
};

/* Returns 1 if words are made of this character. */
static inline int is_word(unsigned char c)
{
	return c < 128 && (isalnum(c) || c == '_');
}

static inline int in_set(const struct re_node *n, unsigned char c)
{
	return n->set[c / 8] >> c % 8 & 1;
}
#endif
