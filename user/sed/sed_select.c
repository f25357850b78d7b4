/* Decides which lines a sed command applies to. */
#include "sed.h"
#include <stdlib.h>
#include <util.h>

regex_t *last_re;

/* Matches a regular expression, or with NULL the last one used. */
int match(regex_t *re, const char *s, regmatch_t *m, int flags)
{
	last_re = re ? re : last_re;
	if (!last_re) {
		complain("//", "no regular expression was used before");
		exit(1);
	}
	return regexec(last_re, s, 10, m, flags) == 0;
}

/* Returns 1 if an address matches the line. */
static int matches(const struct address *a)
{
	regmatch_t m[10];

	switch (a->kind) {
	case LINE: return line_number == a->line;
	case STEP:
		if (a->step <= 0)
			return line_number == a->line;
		return line_number >= a->line &&
		       (line_number - a->line) % a->step == 0;
	case LAST: return at_end();
	case RE: return match(a->re, pattern.s, m, 0);
	default: return 1;
	}
}

/*
 * Returns 1 if a range begins at this line. A range from a line number begins
 * once, there or later.
 */
static int begins(const struct command *c)
{
	if (c->from.kind != LINE)
		return matches(&c->from);
	return !c->begun && line_number >= c->from.line &&
	       (c->to.kind != LINE || line_number <= c->to.line ||
		line_number == c->from.line);
}

/*
 * Returns 1 if the line is in the range of a command. If its last line's number
 * is already past, the range ends at once.
 */
static int in_range(struct command *c)
{
	int by_number = c->to.kind == LINE || c->to.kind == PLUS;

	if (c->active) {
		c->active = by_number ? line_number < c->end : !matches(&c->to);
		return !by_number || line_number <= c->end;
	}
	if (!begins(c))
		return 0;
	c->begun = 1;
	c->end = c->to.line + (c->to.kind == PLUS ? line_number : 0);
	if (by_number)
		c->active = line_number < c->end;
	else
		c->active = c->to.kind != LAST || !at_end();
	return 1;
}

/* Returns 1 if a command applies to this line. */
int selected(struct command *c)
{
	return (c->to.kind ? in_range(c) : matches(&c->from)) != c->negate;
}

/* Ends all ranges before a new file; 0,/re/ begins anew. */
void reset_ranges(void)
{
	struct command *c = script.commands;

	for (; c < script.commands + script.count; c++)
		c->active = c->begun = c->from.kind == LINE && !c->from.line;
}
