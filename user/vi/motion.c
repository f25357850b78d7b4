/* Motions: keys that lead to a place, alone or behind an operator. */
#include "vi.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FAR 0x3FFFFFFF

int wanted_column, for_operator;
static int find_kind, find_char;		/* the last f, F, t or T */

/* Returns the row of the text nearest to row. */
int row_in_text(int row)
{
	if (row < 0)
		return 0;
	return row >= nr_lines ? nr_lines - 1 : row;
}

/* Moves up and down in the column where the cursor was put. */
static enum motion_kind vertical(struct place *p, int by)
{
	if (p->row + by < 0 || p->row + by >= nr_lines) {
		if (for_operator || p->row == (by < 0 ? 0 : nr_lines - 1))
			fail("");
	}
	p->row = row_in_text(p->row + by);
	p->col = column_at(p->row, wanted_column);
	return LINEWISE;
}

static enum motion_kind horizontal(struct place *p, int by)
{
	int last = lines[p->row].n - (for_operator ? 0 : 1);

	if ((by < 0 && p->col == 0) || (by > 0 && p->col >= last))
		fail("");
	p->col += by;
	if (p->col > last)
		p->col = last;
	if (p->col < 0)
		p->col = 0;
	return EXCLUSIVE;
}

static enum motion_kind to_row(struct place *p, int row)
{
	p->row = row_in_text(row);
	p->col = first_text(p->row);
	return LINEWISE;
}

static enum motion_kind line_end(struct place *p, int count)
{
	p->row = row_in_text(p->row + count - 1);
	p->col = lines[p->row].n ? lines[p->row].n - 1 : 0;
	wanted_column = FAR;
	return lines[p->row].n ? INCLUSIVE : EXCLUSIVE;
}

/*
 * Moves by words. w behind an operator does not include the end of the line; cw
 * is ce.
 */
static enum motion_kind words(struct place *p, int key, int count)
{
	void (*go)(struct place *, int) = word_end;
	struct place start = *p;
	int big = key < 'a';

	if (key == 'w' || key == 'W')
		go = word_forward;
	if (key == 'b' || key == 'B')
		go = word_back;
	if (for_operator == 'c' && go == word_forward && char_at(*p) != ' ' &&
	    char_at(*p) != '\t' && char_at(*p) != '\n') {
		go = word_end;
		if (p->col > 0)
			/* a word of one letter ends where it begins */
			p->col--;
		else
			p->col = -1;
	}
	while (count-- > 0)
		go(p, big);
	if (p->row == start.row && p->col == start.col && !for_operator)
		fail("");
	if (go == word_forward && for_operator && p->row > start.row &&
	    p->col <= first_text(p->row)) {
		p->row--;
		p->col = lines[p->row].n;
	}
	return go == word_end ? INCLUSIVE : EXCLUSIVE;
}

static enum motion_kind find_in_line(struct place *p, int kind, int count)
{
	const struct line *l = &lines[p->row];
	int by = kind == 'f' || kind == 't' ? 1 : -1, col = p->col;

	while (count-- > 0) {
		col += by;
		while (col >= 0 && col < l->n &&
		       (unsigned char)l->s[col] != find_char)
			col += by;
	}
	if (col < 0 || col >= l->n)
		fail("");
	p->col = kind == 't' || kind == 'T' ? col - by : col;
	return by > 0 ? INCLUSIVE : EXCLUSIVE;
}

static enum motion_kind find_again(struct place *p, int key, int count)
{
	int kind = find_kind;

	if (!kind)
		fail("");
	if (key == ',')
		kind = kind < 'a' ? kind + 'a' - 'A' : kind + 'A' - 'a';
	return find_in_line(p, kind, count);
}

/* Moves to a line of the screen: H, M, L. */
static enum motion_kind screen_line(struct place *p, int key, int count)
{
	int last = last_row_shown(), row;

	switch (key) {
	case 'H':
		row = top + count - 1;
		return to_row(p, row < last ? row : last);
	case 'L':
		row = last - count + 1;
		return to_row(p, row > top ? row : top);
	default:
		return to_row(p, (top + last) / 2);
	}
}

/* Moves to the line of a mark (') or to its exact place (`). */
static enum motion_kind to_mark(struct place *p, int key)
{
	const struct place *m = mark(get_key());

	if (!m || m->row < 0 || m->row >= nr_lines)
		fail("Mark not set");
	if (key == '\'')
		return to_row(p, m->row);
	*p = *m;
	if (p->col > lines[p->row].n)
		p->col = lines[p->row].n;
	return EXCLUSIVE;
}

/* Parses +n or -n behind a pattern: n lines further. */
static enum motion_kind offset(struct place *p, const char *s)
{
	int by = *s == '-' ? -1 : 1;

	if (isdigit(s[1]))
		by *= strtol(s + 1, NULL, 10);
	if (p->row + by < 0 || p->row + by >= nr_lines)
		fail("");
	return to_row(p, p->row + by);
}

static enum motion_kind to_pattern(struct place *p, int key, int count)
{
	static int direction = 1;
	const char *rest = "";

	if (key == '/' || key == '?') {
		char pattern[256];
		const char *typed = prompt(key);

		if (!typed)
			fail("");
		rest = cut_pattern(typed, key, pattern, sizeof(pattern));
		set_pattern(pattern);
		direction = key == '/' ? 1 : -1;
	} else {
		set_pattern("");
	}
	if (*rest && *rest != '+' && *rest != '-')
		fail("More than a pattern");
	while (count-- > 0)
		if (!search(p, key == 'N' ? -direction : direction))
			fail("Pattern not found");
	return *rest == '+' || *rest == '-' ? offset(p, rest) : EXCLUSIVE;
}

/* Moves by { } ( ) [[ ]]. */
static enum motion_kind pieces(struct place *p, int key, int count)
{
	int by = strchr("})]", key) ? 1 : -1;
	void (*go)(struct place *, int) = section;

	if (key == '{' || key == '}')
		go = paragraph;
	if (key == '(' || key == ')')
		go = sentence;
	if (go == section && get_key() != key)
		fail("");
	while (count-- > 0)
		go(p, by);
	return EXCLUSIVE;
}

/* Does motions that keep the wanted column. Returns -1 for others. */
static int move_vertically(int key, int n, struct place *to)
{
	switch (key) {
	case 'j':
	case '\n':
	case CTRL('N'):
	case KEY_DOWN:
		return vertical(to, n);
	case 'k': case CTRL('P'): case KEY_UP: return vertical(to, -n);
	case '$': case KEY_END: return line_end(to, n);
	}
	return -1;
}

static enum motion_kind go(int key, int count, struct place *to)
{
	int n = count ? count : 1;

	switch (key) {
	case 'h': case '\b': case 127: case KEY_LEFT: return horizontal(to, -n);
	case 'l': case ' ': case KEY_RIGHT: return horizontal(to, n);
	case '0': case KEY_HOME: to->col = 0; return EXCLUSIVE;
	case '^': to->col = first_text(to->row); return EXCLUSIVE;
	case '|': to->col = column_at(to->row, n - 1); return EXCLUSIVE;
	case 'w':
	case 'W':
	case 'b':
	case 'B':
	case 'e':
	case 'E':
		return words(to, key, n);
	case 'G': return to_row(to, count ? count - 1 : nr_lines - 1);
	case 'g': return get_key() == 'g' ? to_row(to, n - 1) : NO_MOTION;
	case '+': case '\r': vertical(to, n); return to_row(to, to->row);
	case '-': vertical(to, -n); return to_row(to, to->row);
	case '_': return to_row(to, to->row + n - 1);
	case 'H': case 'M': case 'L': return screen_line(to, key, n);
	case 'f': case 'F': case 't': case 'T':
		find_kind = key;
		find_char = get_key();
		return find_in_line(to, key, n);
	case ';': case ',': return find_again(to, key, n);
	case '%': if (!match_bracket(to)) fail(""); return INCLUSIVE;
	case '{': case '}': case '(': case ')': case '[': case ']':
		return pieces(to, key, n);
	case '\'': case '`': return to_mark(to, key);
	case '/': case '?': case 'n': case 'N': return to_pattern(to, key, n);
	}
	return NO_MOTION;
}

enum motion_kind motion(int key, int count, struct place *to)
{
	int kind;

	*to = cursor;
	kind = move_vertically(key, count ? count : 1, to);
	if (kind < 0)
		kind = go(key, count, to);
	if (key < 128 && strchr("G/?nN%(){}[]HLM'`", key))
		*mark('\'') = cursor;
	return kind;
}
