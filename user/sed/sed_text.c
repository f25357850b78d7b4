/* sed's texts: replacements, y, l. */
#include <ctype.h>
#include "sed.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#define WRAP 70			/* columns */

/* Appends to a text, which grows as needed. */
void append(struct text *t, const char *s, size_t n)
{
	if (t->length + n + 1 > t->room) {
		t->room = 2 * (t->length + n + 1);
		t->s = realloc(t->s, t->room);
		if (!t->s)
			die("memory");
	}
	memcpy(t->s + t->length, s, n);
	t->length += n;
	t->s[t->length] = '\0';
}

void set_text(struct text *t, const char *s, size_t n)
{
	t->length = 0;
	append(t, s, n);
}

/* Appends a text with all characters visible, in short lines. */
void make_visible(const char *text, struct text *list)
{
	static const char from[] = "\\\a\b\f\n\r\t\v", to[] = "\\abfnrtv";
	int column = 0;

	for (const char *s = text; *s; s++) {
		const char *p = strchr(from, *s);
		char piece[8] = { *s };

		if (p)
			sprintf(piece, "\\%c", to[p - from]);
		else if (!isprint(*s))
			sprintf(piece, "\\%03o", (unsigned char)*s);
		if (column + strlen(piece) > WRAP - 1) {
			append(list, "\\\n", 2);
			column = 0;
		}
		column += strlen(piece);
		append(list, piece, strlen(piece));
	}
	append(list, "$", 1);
}

/* Appends a replacement. & and \1 to \9 stand for what matched. */
void append_replacement(struct text *to, const char *r, const char *s,
			const regmatch_t *m)
{
	for (; *r; r++) {
		int group = *r == '&' ? 0 : -1;

		if (*r == '\\' && r[1]) {
			r++;
			group = isdigit(*r) ? *r - '0' : -1;
			if (*r == 'n' || *r == 't') {
				append(to, *r == 'n' ? "\n" : "\t", 1);
				continue;
			}
		}
		if (group < 0)
			append(to, r, 1);
		else if (m[group].rm_so >= 0)
			append(to, s + m[group].rm_so,
			       m[group].rm_eo - m[group].rm_so);
	}
}

/* Translates characters, for y. */
void translate(char *s, const struct command *c)
{
	for (; *s; s++) {
		const char *found = strchr(c->text, *s);

		if (found)
			*s = c->replacement[found - c->text];
	}
}
