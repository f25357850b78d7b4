/* Cuts a text into pieces at a separator, for fields and split(). */
#include "awk.h"
#include <string.h>

/*
 * Begins. The separator is a blank (any white space), another character, the
 * empty text (each character is a piece), or a regular expression.
 */
void begin_pieces(struct separator *s, const char *text, const char *by)
{
	*s = (struct separator){ .at = text };
	if (strcmp(by, " ") == 0)
		s->blanks = 1;
	else if (by[0] && !by[1])
		s->c = by[0];
	else if (by[0])
		s->regexp = compile(by);
}

/* Finds a match of the separator, or a newline that comes before it. */
static size_t find_match(struct separator *s, size_t *separator)
{
	size_t length = strcspn(s->at, s->lines ? "\n" : "");
	size_t at = 0;
	regmatch_t m;

	while (at < length && regexec(s->regexp, s->at + at, 1, &m,
				      s->begun || at ? REG_NOTBOL : 0) == 0) {
		if (m.rm_eo > m.rm_so && at + m.rm_so <= length) {
			*separator = m.rm_eo - m.rm_so;
			return at + m.rm_so;
		}
		at += m.rm_eo + (m.rm_eo == m.rm_so);
	}
	*separator = s->at[length] != '\0';
	return length;
}

/* Returns the length of a piece, and the length of what is behind it. */
static size_t find_end(struct separator *s, size_t *separator)
{
	const char set[] = { s->c, s->lines ? '\n' : '\0', '\0' };
	size_t length;

	if (s->regexp)
		return find_match(s, separator);
	length = s->c ? strcspn(s->at, set) : 1;
	*separator = s->c && s->at[length];
	return length;
}

/* Finds the next piece. Returns 0 if there is none. */
int next_piece(struct separator *s, const char **start, size_t *length)
{
	size_t separator = 0;

	if (s->blanks)
		s->at += strspn(s->at, " \t\n");
	if (s->ended || (!*s->at && (s->blanks || !s->begun)))
		return 0;
	*start = s->at;
	if (s->blanks)
		*length = strcspn(s->at, " \t\n");
	else
		*length = find_end(s, &separator);
	s->begun = 1;
	s->at += *length;
	if (separator == 0)
		s->ended = !*s->at;
	s->at += separator;
	return 1;
}
