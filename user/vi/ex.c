/*
 * The commands behind a colon: addresses, a name, arguments, and | between
 * commands. ex_commands.c carries them out.
 */
#include "vi.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *skip_blanks(const char *s)
{
	while (isblank(*s))
		s++;
	return s;
}

static const char *search_address(const char *s, int *row)
{
	struct place p = cursor;
	char pattern[256], delimiter = *s;

	s = cut_pattern(s + 1, delimiter, pattern, sizeof(pattern));
	set_pattern(pattern);
	p.col = delimiter == '/' ? lines[p.row].n : 0;
	if (!search(&p, delimiter == '/' ? 1 : -1))
		fail("Pattern not found");
	*row = p.row;
	return s;
}

/*
 * Parses one address: a number, ., $, 'm, /pattern/ or ?pattern?, then +n and
 * -n. *row is NO_ADDRESS if there is none.
 */
const char *address(const char *s, int *row)
{
	*row = NO_ADDRESS;
	s = skip_blanks(s);
	if (isdigit(*s))
		*row = strtol(s, (char **)&s, 10) - 1;
	else if (*s == '.' && s++)
		*row = cursor.row;
	else if (*s == '$' && s++)
		*row = nr_lines - 1;
	else if (*s == '\'' && mark(s[1])) {
		*row = mark(s[1])->row;
		if (*row < 0)
			fail("Mark not set");
		s += 2;
	} else if (*s == '/' || *s == '?')
		s = search_address(s, row);
	else if (*s == '+' || *s == '-')
		*row = cursor.row;
	else
		return s;
	for (s = skip_blanks(s); *s == '+' || *s == '-'; s = skip_blanks(s)) {
		int by = *s++ == '+' ? 1 : -1;

		*row += by * (isdigit(*s) ? strtol(s, (char **)&s, 10) : 1);
	}
	return s;
}

/*
 * Parses the addresses. The row before ; becomes the current one for the next
 * address.
 */
static const char *range(const char *s, struct ex *x)
{
	struct place before = cursor;
	int row;

	x->first = x->last = cursor.row;
	if (*s == '%') {
		x->first = 0;
		x->last = nr_lines - 1;
		x->given = 2;
		return s + 1;
	}
	for (;;) {
		s = address(s, &row);
		if (row == NO_ADDRESS && *s != ',' && *s != ';' && !x->given)
			break;
		if (row == NO_ADDRESS)
			row = cursor.row;
		x->first = x->given++ ? x->last : row;
		x->last = row;
		if (*s != ',' && *s != ';')
			break;
		if (*s++ == ';' && row >= 0 && row < nr_lines)
			cursor = (struct place){ row, 0 };
	}
	cursor = before;
	return s;
}

/*
 * Returns where a command's argument ends: at a | without a backslash, or at
 * the end.
 */
static const char *argument_end(const char *s, int kind)
{
	int parts = kind & PATTERN && ispunct(*s) && !strchr("|&#", *s) ? 2 : 0;
	char delimiter = parts ? *s++ : 0;

	if (kind & LINE)
		return s + strlen(s);
	for (; *s && (parts || *s != '|'); s++)
		if (*s == '\\' && s[1])
			s++;
		else if (parts && *s == delimiter)
			parts--;
	return s;
}

/* Appends a file's name for % or #. */
static char *add_name(char *to, char *end, const char *name)
{
	if (!name)
		fail("No file name");
	return to + snprintf(to, end - to, "%s", name);
}

/*
 * Copies an argument without the blanks behind it. A | may have a backslash. In
 * file names and shell commands % and # are names.
 */
static void copy_argument(const char *s, const char *end, char *to, int size,
			  int kind)
{
	char *limit = to + size - 1;
	int files = kind & FILES, bars = !(kind & (LINE | PATTERN));

	while (bars && end > s && isblank(end[-1]))
		end--;
	for (; s < end && to < limit; s++) {
		if (*s == '\\' && s + 1 < end &&
		    ((bars && s[1] == '|') || (files && strchr("%#", s[1]))))
			*to++ = *++s;
		else if (files && (*s == '%' || *s == '#'))
			to = add_name(to, limit,
				      *s == '%' ? file_name : other_name);
		else
			*to++ = *s;
	}
	if (to >= limit)
		fail("Too long");
	*to = '\0';
}

/*
 * Returns the command of a name at s; an empty one is :print. Sets *length to
 * the name's.
 */
static const struct ex_name *find_name(const char *s, int *length)
{
	const struct ex_name *n;

	for (*length = 0; isalpha(s[*length]); ++*length)
		;
	if (*s == 'k')
		*length = 1;
	if (*length == 0 && *s && *s != '|')
		*length = 1;
	for (n = ex_names; n->name; n++)
		if (*length >= n->least && strncmp(s, n->name, *length) == 0)
			return n;
	fail("Not an editor command");
}

static void check_range(const struct ex *x, int zero)
{
	if (x->first < (zero ? -1 : 0) || x->last >= nr_lines ||
	    x->first > x->last)
		fail("No such lines");
}

/* Carries out the first command. Returns what is behind its |, or NULL. */
static const char *one_command(const char *s)
{
	struct ex x = { 0 };
	char argument[512];
	const struct ex_name *n;
	const char *end;
	int length, kind;

	s += strspn(s, " \t:");
	s = skip_blanks(range(s, &x));
	if (*s == '"')
		return NULL;
	n = find_name(s, &length);
	x.name = n->name;
	s += length;
	x.force = *s == '!' && isalpha(*x.name) && !(n->kind & PATTERN);
	s = skip_blanks(s + x.force);
	kind = n->kind;
	if (kind & FILES && *s == '!' && !x.force)
		kind |= LINE;
	end = argument_end(s, kind);
	copy_argument(s, end, argument, sizeof(argument), kind);
	x.argument = argument;
	if (*x.name)
		check_range(&x, n->kind & ZERO);
	n->run(&x);
	return *end ? end + 1 : NULL;
}

void ex_command(const char *s)
{
	while (s)
		s = one_command(s);
}
