/* Regular expressions, compiled once for each text. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

#define REMEMBERED 64

static struct {
	char *pattern;
	regex_t re;
} cache[REMEMBERED];

/* Puts the characters for \n, \t and the like, but leaves the others. */
static char *translate(const char *pattern)
{
	char *text = strdup(pattern), *to = text;

	if (!text)
		fatal("no memory", NULL);
	for (const char *s = pattern; *s; s++) {
		static const char from[] = "fnrtva", into[] = "\f\n\r\t\v\a";
		const char *found = s[0] == '\\' && s[1] ? strchr(from, s[1])
							 : NULL;

		if (found) {
			*to++ = into[found - from];
			s++;
		} else {
			if (*s == '\\' && s[1])
				*to++ = *s++;
			*to++ = *s;
		}
	}
	*to = '\0';
	return text;
}

static void compile_as(regex_t *re, const char *pattern)
{
	char *text = translate(pattern);

	if (regcomp(re, text, REG_EXTENDED | REG_ESCAPES) != 0)
		fatal("bad regular expression", pattern);
	free(text);
}

/* Compiles a pattern of the program. */
regex_t *compile_new(const char *pattern)
{
	regex_t *re = allocate(sizeof(*re));

	compile_as(re, pattern);
	return re;
}

/*
 * Returns a pattern compiled. It is there already, or takes the place of
 * another one: it is good until the next call.
 */
regex_t *compile(const char *pattern)
{
	unsigned hash = 0;
	int slot;

	for (const char *s = pattern; *s; s++)
		hash = hash * 31 + *s;
	slot = hash % REMEMBERED;
	if (cache[slot].pattern && strcmp(cache[slot].pattern, pattern) == 0)
		return &cache[slot].re;
	if (cache[slot].pattern) {
		free(cache[slot].pattern);
		regfree(&cache[slot].re);
	}
	compile_as(&cache[slot].re, pattern);
	cache[slot].pattern = strdup(pattern);
	return &cache[slot].re;
}

/* Returns what an operand of ~ stands for: /re/, or a text that holds one. */
regex_t *regexp_of(struct node *n)
{
	while (n->op == GROUP && !n->a->next)
		n = n->a;
	if (n->op == REGEXP)
		return n->regexp;
	return compile(to_string(evaluate(n))->s);
}

int matches(regex_t *re, const char *s)
{
	return regexec(re, s, 0, NULL, 0) == 0;
}
