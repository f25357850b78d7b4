/*
 * Searching, and the line at the bottom in which patterns and commands are
 * typed.
 */
#include "vi.h"
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIDDLE_OF_LINE 1		/* regexec: ^ does not match here */

int ignore_case, wrap_scan = 1;
static regex_t pattern;
static char *pattern_text;

/*
 * Makes a pattern the current one. An empty one means the last, compiled anew
 * if :set ic has changed since.
 */
void set_pattern(const char *text)
{
	static int compiled_flags = -1;
	int flags = ignore_case ? REG_ICASE : 0;
	regex_t new;

	if (!*text && !pattern_text)
		fail("No previous pattern");
	if (!*text && flags == compiled_flags)
		return;
	text = strdup(*text ? text : pattern_text);
	if (!text || regcomp(&new, text, flags) != 0) {
		free((char *)text);
		fail("Bad pattern");
	}
	if (pattern_text)
		regfree(&pattern);
	free(pattern_text);
	pattern = new;
	pattern_text = (char *)text;
	compiled_flags = flags;
}

const char *current_pattern(void)
{
	return pattern_text;
}

/*
 * Finds the pattern's first match in a line from a column on. Returns 1 and
 * fills in match[0] and up to nine groups, as columns.
 */
int match_at(int row, int from, regmatch_t *match, int nr_matches)
{
	for (int i = 0; i < nr_matches; i++)
		match[i] = (regmatch_t){ -1, -1 };
	if (from > lines[row].n ||
	    regexec(&pattern, lines[row].s + from, nr_matches, match,
		    from ? MIDDLE_OF_LINE : 0) != 0)
		return 0;
	for (int i = 0; i < nr_matches; i++)
		if (match[i].rm_so >= 0) {
			match[i].rm_so += from;
			match[i].rm_eo += from;
		}
	return 1;
}

static int match_in(int row, int from, int *col)
{
	regmatch_t match;

	if (!match_at(row, from, &match, 1))
		return 0;
	*col = match.rm_so;
	return match.rm_so < lines[row].n || lines[row].n == 0 ||
	       match.rm_so == 0;
}

/* Finds the last match that starts before a column. */
static int last_match(int row, int before, int *col)
{
	int found = 0, at, from = 0;

	while (from <= lines[row].n && match_in(row, from, &at) &&
	       at < before) {
		found = 1;
		*col = at;
		from = at + 1;
	}
	return found;
}

/* Finds the next or previous match in the whole text, around its end. */
int search(struct place *p, int by)
{
	int row = p->row, col;

	if (by > 0 ? p->col < lines[row].n && match_in(row, p->col + 1, &col)
		   : last_match(row, p->col, &col)) {
		p->col = col;
		return 1;
	}
	for (int i = 0; i < nr_lines; i++) {
		if (!wrap_scan && row == (by > 0 ? nr_lines - 1 : 0))
			return 0;
		row = (row + by + nr_lines) % nr_lines;
		if (by > 0 ? match_in(row, 0, &col)
			   : last_match(row, lines[row].n + 1, &col)) {
			if (by > 0 ? row <= p->row : row >= p->row)
				message("Searched around the end");
			*p = (struct place){ row, col };
			return 1;
		}
	}
	return 0;
}

/*
 * Copies the part of s up to a delimiter without a backslash. Returns what
 * follows the delimiter.
 */
const char *cut_pattern(const char *s, char delimiter, char *to, int size)
{
	char *end = to + size - 1;

	for (; *s && *s != delimiter; s++) {
		if (s[0] == '\\' && s[1]) {
			if (s[1] != delimiter && to < end)
				*to++ = *s;
			s++;
		}
		if (to < end)
			*to++ = *s;
	}
	*to = '\0';
	return *s ? s + 1 : s;
}

/* Reads a line at the bottom. Returns NULL if it was given up. */
const char *prompt(char first)
{
	static char text[512];
	const char *old = prompt_text;
	int n = 1, key;

	text[0] = first;
	prompt_text = text;
	inserting = 2;
	for (;;) {
		text[n] = '\0';
		key = get_key();
		if (key == '\r' || key == '\n' || key == ESCAPE)
			break;
		if (key == '\b' || key == 127) {
			if (--n == 0)
				break;
		} else if (key == CTRL('U')) {
			n = 1;
		} else if (key < 256 && n < COUNT(text) - 1) {
			text[n++] = key == CTRL('V') ? get_key() : key;
		}
	}
	inserting = 0;
	prompt_text = old;
	return n == 0 || key == ESCAPE ? NULL : text + 1;
}
