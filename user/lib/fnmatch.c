/*
 * Matches a name with a shell pattern: * ? [set] [!set] and \ before a
 * character.
 */
#include <fnmatch.h>
#include <stddef.h>


/*
 * Matches c with the set whose [ stands before p. Returns the pattern behind
 * the ], or NULL if the set is not closed.
 */
static const char *match_set(const char *p, char c, int *matched)
{
	int negate = *p == '!' || *p == '^', first = 1;

	*matched = 0;
	for (p += negate; *p && (first || *p != ']'); first = 0) {
		const char *class_end =
			*p == '[' ? __match_class(p + 1, c, matched) : NULL;
		char low, high;

		if (class_end) {
			p = class_end;
			continue;
		}
		low = *p == '\\' && p[1] ? *++p : *p;
		high = low;

		p++;
		if (*p == '-' && p[1] && p[1] != ']') {
			high = p[1];
			p += 2;
		}
		*matched |= c >= low && c <= high;
	}
	*matched ^= negate;
	return *p ? p + 1 : NULL;
}

int fnmatch(const char *p, const char *s, int flags)
{
	for (; *p; p++, s++) {
		const char *rest;
		int matched;

		if (*p == '*') {
			while (*p == '*')
				p++;
			for (;; s++) {
				if (fnmatch(p, s, flags) == 0)
					return 0;
				if (!*s)
					return FNM_NOMATCH;
			}
		}
		if (!*s)
			return FNM_NOMATCH;
		if (*p == '?')
			continue;
		if (*p == '[' && (rest = match_set(p + 1, *s, &matched))) {
			if (!matched)
				return FNM_NOMATCH;
			p = rest - 1;
			continue;
		}
		if (*p == '\\' && p[1])
			p++;
		if (*p != *s)
			return FNM_NOMATCH;
	}
	return *s ? FNM_NOMATCH : 0;
}
