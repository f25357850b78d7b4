/*
 * What the reading of regular expressions (regex_parse.c) leaves for their
 * matching (regex.c).
 */
#ifndef REGEX_INTERNAL_H
#define REGEX_INTERNAL_H
#include <ctype.h>
#include <regex.h>

#define GROUPS 10		/* the whole match and \1 to \9 */

enum kind { CHAR, ANY, SET, BOL, EOL, EDGE, GROUP, BACK, EMPTY };

struct re_node {
	enum kind kind;
	char c;	/* CHAR; EDGE of a word: < > b B as behind the backslash */
	unsigned char set[32];
	struct re_node *group;		/* GROUP: its first alternative */
	int number;	/* GROUP, BACK: which group; 0 beyond the ninth */
	/* the next alternative, in an alternative's first node */
	struct re_node *or;
	int min, max;			/* repetitions; max -1: no limit */
	struct re_node *next;
};

/* A character that words are made of. */
static inline int is_word(unsigned char c)
{
	return c < 128 && (isalnum(c) || c == '_');
}

static inline int in_set(const struct re_node *n, unsigned char c)
{
	return n->set[c / 8] >> c % 8 & 1;
}
#endif
