/*
 * Regular expressions. The input is a byte of flags, a pattern, a NUL and the
 * text. Groups must lie in the text.
 * Sources: user/lib/regex.c user/lib/regex_parse.c user/lib/charclass.c
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "native.h"

#define SHORT 20	/* backtracking may take exponential time */
#define GROUPS 10

static char *copy(const unsigned char *from, size_t n)
{
	char *s = calloc(1, n + 1);

	memcpy(s, from, n);
	return s;
}

static void search(const regex_t *re, const char *text)
{
	regmatch_t m[GROUPS];
	int end = strlen(text);

	if (regexec(re, text, GROUPS, m, 0) != 0)
		return;
	must(m[0].rm_so >= 0 && m[0].rm_so <= m[0].rm_eo);
	for (int i = 0; i < GROUPS; i++)
		must(m[i].rm_so < 0 || (m[i].rm_so <= m[i].rm_eo &&
					m[i].rm_eo <= end));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const unsigned char *end = size ? memchr(data + 1, '\0', size - 1) : 0;
	char *pattern, *text;
	regex_t re;

	if (!end || end - data > SHORT || data + size - end > SHORT)
		return 0;
	pattern = copy(data + 1, end - data - 1);
	text = copy(end + 1, data + size - end - 1);
	if (regcomp(&re, pattern, data[0] & 31) == 0) {
		search(&re, text);
		regfree(&re);
	}
	free(pattern);
	free(text);
	return 0;
}
