#ifndef REGEX_H
#define REGEX_H
#include <stddef.h>
typedef struct {
	struct re_node *first;
	int flags, alternatives;
	size_t re_nsub;
} regex_t;
typedef struct { int rm_so, rm_eo; } regmatch_t;
#define REG_EXTENDED 1
#define REG_ICASE 2
/* our own: a match with no word character before or behind it */
#define REG_WORD 4
#define REG_LINE 8		/* our own: a match up to the end of the line */
#define REG_ESCAPES 16	/* our own: a backslash quotes in [ ] as well */
#define REG_NOMATCH 1
#define REG_BADPAT 2
#define REG_NOTBOL 1 /* of regexec(): s is not the start of a line */
int regcomp(regex_t *re, const char *pattern, int flags);
int regexec(const regex_t *re, const char *s, size_t nmatch, regmatch_t *match,
	    int flags);
void regfree(regex_t *re);
#endif
