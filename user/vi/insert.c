/* Insert and replace mode. */
#include "vi.h"
#include <stdlib.h>
#include <string.h>

int auto_indent;

/* The text typed in this insertion, for a count to repeat. */
static struct {
	char *s;
	int n, room;
} typed;

static void remember(int c)
{
	if (typed.n == typed.room) {
		char *more = realloc(typed.s, 2 * typed.room + 64);

		if (!more)
			return;
		typed.s = more;
		typed.room = 2 * typed.room + 64;
	}
	typed.s[typed.n++] = c;
}

static void put_char(char c)
{
	cursor = insert_text(cursor, &c, 1);
	remember(c);
}

static void new_line(void)
{
	int row = cursor.row, indent = auto_indent ? first_text(row) : 0;

	put_char('\n');
	for (int i = 0; i < indent && i < lines[row].n; i++)
		put_char(lines[row].s[i]);
}

static void erase_back(struct place to)
{
	struct place end = cursor;

	cursor = to;
	delete_text(to, end);
	typed.n = typed.n > end.col - to.col && to.row == end.row
			  ? typed.n - (end.col - to.col)
			  : 0;
}

static void erase_char(void)
{
	struct place to = cursor;

	if (step(&to, -1))
		erase_back(to);
}

static void erase_word(void)
{
	struct place to = cursor;

	word_back(&to, 0);
	if (to.row != cursor.row)
		to = (struct place){ cursor.row, 0 };
	erase_back(to);
}

static void shift(int by)
{
	int before = lines[cursor.row].n, col = cursor.col;

	shift_lines(cursor.row, cursor.row, by);
	col += lines[cursor.row].n - before;
	cursor.col = col < 0 ? 0 : col;
}

/*
 * Handles a key that moves the cursor; the text to repeat begins anew. Returns
 * 0 for other keys.
 */
static int moved(int key)
{
	struct place to = cursor;

	switch (key) {
	case KEY_UP: if (to.row > 0) to.row--; break;
	case KEY_DOWN: if (to.row < nr_lines - 1) to.row++; break;
	case KEY_LEFT: step(&to, -1); break;
	case KEY_RIGHT: step(&to, 1); break;
	case KEY_HOME: to.col = 0; break;
	case KEY_END: to.col = lines[to.row].n; break;
	default: return 0;
	}
	if (to.row != cursor.row && to.col > lines[to.row].n)
		to.col = lines[to.row].n;
	cursor = to;
	typed.n = 0;
	return 1;
}

static void insert_key(int key)
{
	struct place next = cursor;

	if (moved(key))
		return;
	switch (key) {
	case '\r': case '\n': new_line(); break;
	case '\b': case 127: erase_char(); break;
	case CTRL('W'): erase_word(); break;
	case CTRL('U'): erase_back((struct place){ cursor.row, 0 }); break;
	case CTRL('T'): shift(1); break;
	case CTRL('D'): shift(-1); break;
	case KEY_DELETE: if (step(&next, 1)) delete_text(cursor, next); break;
	case CTRL('V'): put_char(get_key()); break;
	default: if (key > 0 && key < 256) put_char(key);
	}
}

void insert_mode(int times, int new_lines)
{
	int key, n;

	typed.n = 0;
	inserting = 1;
	while ((key = get_key()) != ESCAPE)
		insert_key(key);
	inserting = 0;
	for (n = typed.n; times > 1; times--) {
		if (new_lines)
			open_line(cursor.row + 1);
		if (n)
			cursor = insert_text(cursor, typed.s, n);
	}
	if (cursor.col > 0)
		cursor.col--;
}

/*
 * Inserts an empty line before a row. It may get its neighbour's indentation.
 */
void open_line(int row)
{
	int like = row > 0 && row > cursor.row ? row - 1 : row;
	struct line new =
		make_line(lines[like].s, auto_indent ? first_text(like) : 0);

	replace_lines(row, 0, &new, 1);
	cursor = (struct place){ row, new.n };
}

/* Restores the old text when the cursor goes back in replace mode. */
static void restore_char(const struct line *old, int start)
{
	if (cursor.col <= start)
		return;
	cursor.col--;
	replace_in_line(cursor, 1,
			cursor.col < old->n ? old->s + cursor.col : "",
			cursor.col < old->n);
}

void replace_mode(void)
{
	struct line old = make_line(lines[cursor.row].s, lines[cursor.row].n);
	int key, start = cursor.col;

	inserting = 1;
	while ((key = get_key()) != ESCAPE) {
		char c = key;

		if (key == '\b' || key == 127) {
			restore_char(&old, start);
		} else if (key == '\r') {
			insert_mode(1, 0);
			break;
		} else if (key > 0 && key < 256) {
			replace_in_line(cursor,
					cursor.col < lines[cursor.row].n, &c,
					1);
			cursor.col++;
		}
	}
	free(old.s);
	inserting = 0;
	if (cursor.col > 0)
		cursor.col--;
}
