/* What is done with a range of text: yank, delete, change, shift; and what puts text back. */
#include "vi.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PUT_MAX 0x10000000		/* bytes */

int reg;

/* The unnamed register first, then a to z. A linewise text has no newline at its end. */
static struct text_register {
	char *s;
	int n, linewise;
} registers[27];

static struct text_register *chosen(void)
{
	return &registers[reg >= 'a' && reg <= 'z' ? reg - 'a' + 1 : 0];
}

static void set_register(struct text_register *r, char *s, int n, int linewise)
{
	free(r->s);
	*r = (struct text_register){ s, n, linewise };
}

void yank(struct place from, struct place to, int linewise)
{
	int n;
	char *s;

	if (linewise) {
		from.col = 0;
		to.col = lines[to.row].n;
	}
	s = copy_text(from, to, &n);
	set_register(&registers[0], s, n, linewise);
	if (chosen() != registers) {
		s = copy_text(from, to, &n);
		set_register(chosen(), s, n, linewise);
	}
}

/* A register's text several times, with a newline before (or behind) each if it is lines. */
static char *repeated_text(const struct text_register *r, int before, int count, int *n)
{
	int each = r->n + r->linewise;
	char *s;

	if (each > 0 && count > PUT_MAX / each)
		fail("Too much text");
	s = need(count * each + 1);

	for (int i = 0; i < count; i++) {
		memcpy(s + i * each + (r->linewise && !before), r->s, r->n);
		if (r->linewise)
			s[i * each + (before ? r->n : 0)] = '\n';
	}
	*n = count * each;
	return s;
}

void put_register(int before, int count)
{
	const struct text_register *r = chosen();
	struct place at = cursor, end;
	char *s;
	int n;

	if (!r->s)
		fail("Nothing in the register");
	s = repeated_text(r, before, count, &n);
	if (r->linewise)
		at.col = before ? 0 : lines[at.row].n;
	else if (!before && lines[at.row].n > 0)
		at.col++;
	end = insert_text(at, s, n);
	free(s);
	if (r->linewise) {
		cursor.row = at.row + !before;
		cursor.col = first_text(cursor.row);
	} else if (end.row == at.row) {
		cursor.col = end.col > 0 ? end.col - 1 : 0;
	} else {
		cursor = at;
	}
}

void shift_lines(int first, int last, int by)
{
	for (int row = first; row <= last; row++) {
		const char *s = lines[row].s;
		int n = 0;

		if (by > 0 && *s)
			replace_in_line((struct place){ row, 0 }, 0, "\t", 1);
		if (by > 0)
			continue;
		while (n < TAB && s[n] == ' ')
			n++;
		if (n < TAB && s[n] == '\t')
			n++;
		replace_in_line((struct place){ row, 0 }, n, "", 0);
	}
	cursor = (struct place){ first, first_text(first) };
}

/* Join the next line to this one, with one space between unless there is no need. */
static void join_next(int row)
{
	const struct line *a = &lines[row], *b = &lines[row + 1];
	int skip = first_text(row + 1), end = a->n, space;
	struct line new;

	space = a->n > 0 && a->s[a->n - 1] != ' ' && a->s[a->n - 1] != '\t' && b->s[skip] && b->s[skip] != ')';
	new = (struct line){ need(a->n + space + b->n - skip + 1), a->n + space + b->n - skip };
	memcpy(new.s, a->s, a->n);
	new.s[a->n] = ' ';
	memcpy(new.s + a->n + space, b->s + skip, b->n - skip + 1);
	replace_lines(row, 2, &new, 1);
	cursor = (struct place){ row, end };
}

void join_lines(int row, int count)
{
	if (row + 1 >= nr_lines)
		fail("");
	for (int i = 1; i < (count > 2 ? count : 2) && row + 1 < nr_lines; i++)
		join_next(row);
}

static int before(struct place a, struct place b)
{
	return a.row < b.row || (a.row == b.row && a.col < b.col);
}

/* An exclusive range that ends at the start of a line ends before its newline; one that also starts at the start of a line is lines. */
static int make_linewise(struct place from, struct place *to, enum motion_kind kind)
{
	if (kind == LINEWISE)
		return 1;
	if (kind == INCLUSIVE && to->col < lines[to->row].n)
		to->col++;
	if (kind == INCLUSIVE || to->col > 0 || to->row == from.row)
		return 0;
	to->row--;
	to->col = lines[to->row].n;
	return from.col <= first_text(from.row);
}

static void change_lines(int first, int last)
{
	struct line new = make_line(lines[first].s, auto_indent ? first_text(first) : 0);

	replace_lines(first, last - first + 1, &new, 1);
	cursor = (struct place){ first, new.n };
	insert_mode(1, 0);
}

void change_range(int operator, struct place from, struct place to, enum motion_kind kind)
{
	struct place other = from;
	int linewise;

	if (before(to, from)) {
		from = to;
		to = other;
	}
	linewise = make_linewise(from, &to, kind);
	if (operator == '<' || operator == '>') {
		shift_lines(from.row, to.row, operator == '>' ? 1 : -1);
		return;
	}
	yank(from, to, linewise);
	cursor = linewise && operator == 'y' ? (struct place){ from.row, cursor.col } : from;
	if (operator == 'c' && linewise) {
		change_lines(from.row, to.row);
	} else if (operator != 'y' && linewise) {
		delete_lines(from.row, to.row);
		cursor.row = from.row < nr_lines ? from.row : nr_lines - 1;
		cursor.col = first_text(cursor.row);
	} else if (operator != 'y') {
		delete_text(from, to);
		if (operator == 'c')
			insert_mode(1, 0);
	}
	if (to.row - from.row >= 4 && operator != 'c')
		message("%d lines %s", to.row - from.row + 1, operator == 'y' ? "yanked" : "deleted");
}

void operator_command(int operator, int count)
{
	int key = get_key(), second = 0;
	struct place to = cursor;
	enum motion_kind kind = LINEWISE;

	for (; isdigit(key) && (second || key != '0'); key = get_key())
		second = second * 10 + key - '0';
	if (second)
		count = (count ? count : 1) * second;
	if (key == operator) {
		to.row += count ? count - 1 : 0;
		if (to.row >= nr_lines)
			fail("");
	} else {
		for_operator = operator;
		kind = motion(key, count, &to);
		for_operator = 0;
	}
	if (kind == NO_MOTION)
		fail("");
	change_range(operator, cursor, to, kind);
}
