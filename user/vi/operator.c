/* The operators on a range of text: yank, delete, change, shift, filter. */
#include "vi.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int shift_width = 8;

/* Sets a line's indentation to a width, with tabs where they fit. */
static void indent_line(int row, int width)
{
	int n = first_text(row), tabs = width / tab_stop;
	int spaces = width % tab_stop;
	char *blanks = need(tabs + spaces + 1);

	memset(blanks, '\t', tabs);
	memset(blanks + tabs, ' ', spaces);
	replace_in_line((struct place){ row, 0 }, n, blanks, tabs + spaces);
	free(blanks);
}

void shift_lines(int first, int last, int by)
{
	for (int row = first; row <= last; row++) {
		int width = display_column(row, first_text(row)) +
			    by * shift_width;

		if (lines[row].n > 0)
			indent_line(row, width < 0 ? 0 : width);
	}
	cursor = (struct place){ first, first_text(first) };
}

/* Does ! and a motion: lets its lines go through a command. */
static void filter(int first, int last)
{
	const char *command = prompt('!');

	if (command)
		filter_lines(first, last, command);
}

/*
 * Joins the next line to this one. Its indentation goes, and one space comes
 * between if needed; with as_it_is neither.
 */
static void join_next(int row, int as_it_is)
{
	const struct line *a = &lines[row], *b = &lines[row + 1];
	int skip = as_it_is ? 0 : first_text(row + 1), end = a->n, space;
	struct line new;

	space = !as_it_is && a->n > 0 && a->s[a->n - 1] != ' ' &&
		a->s[a->n - 1] != '\t' && b->s[skip] && b->s[skip] != ')';
	new = (struct line){ need(a->n + space + b->n - skip + 1),
			     a->n + space + b->n - skip };
	memcpy(new.s, a->s, a->n);
	new.s[a->n] = ' ';
	memcpy(new.s + a->n + space, b->s + skip, b->n - skip + 1);
	replace_lines(row, 2, &new, 1);
	cursor = (struct place){ row, end };
}

void join_lines(int row, int count, int as_it_is)
{
	if (row + 1 >= nr_lines)
		fail("");
	for (int i = 1; i < (count > 2 ? count : 2) && row + 1 < nr_lines; i++)
		join_next(row, as_it_is);
}

static int before(struct place a, struct place b)
{
	return a.row < b.row || (a.row == b.row && a.col < b.col);
}

/*
 * Adjusts an exclusive range that ends at the start of a line: it ends before
 * the last newline. If it also starts at the start of a line it becomes
 * linewise.
 */
static int make_linewise(struct place from, struct place *to,
			 enum motion_kind kind)
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
	struct line new =
		make_line(lines[first].s, auto_indent ? first_text(first) : 0);

	replace_lines(first, last - first + 1, &new, 1);
	cursor = (struct place){ first, new.n };
	insert_mode(1, 0);
}

void change_range(int operator, struct place from, struct place to,
		  enum motion_kind kind)
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
	if (operator == '!') {
		filter(from.row, to.row);
		return;
	}
	yank(from, to, linewise);
	if (operator != 'y' && (linewise || to.row > from.row))
		keep_deleted(from, to, linewise);
	cursor = linewise && operator== 'y'
			 ? (struct place){ from.row, cursor.col }
			 : from;
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
		message("%d lines %s", to.row - from.row + 1,
				       operator== 'y' ? "yanked" : "deleted");
}

void operator_command(int operator, int count)
{
	int key = get_key(), second = 0;
	struct place to = cursor;
	enum motion_kind kind = LINEWISE;

	for (; isdigit(key) && (second || key != '0'); key = get_key()) {
		second = second < 100000 ? second * 10 + key - '0' : second;
		unrecord_key();
	}
	if (second)
		count = (count ? count : 1) * second;
	record_count(count);
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
