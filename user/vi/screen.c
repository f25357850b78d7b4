/*
 * The screen. Each time, an image of the whole screen is made from the text and
 * compared with what the terminal shows. Only the difference is sent. It uses
 * cursor positions, erasing to the end of a line, and scrolling regions, which
 * every VT100 has.
 */
#include "vi.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <util.h>

#define SCROLL_MAX	8

int rows, columns, top, inserting, show_numbers;
int tab_stop = 8;
static int skip; /* rows of the top line above the screen */
static char *image, *shown;
/* where the terminal's cursor is; -1: unknown */
static int shown_row, shown_col;
static char out[1024];
static int out_used;

void flush_output(void)
{
	write_all(1, out, out_used);
	out_used = 0;
}

void put_string(const char *s, int n)
{
	while (n-- > 0) {
		if (out_used == sizeof(out))
			flush_output();
		out[out_used++] = *s++;
	}
}

void forget_screen(void)
{
	put_string("\033[r\033[m\033[H\033[J", 12);
	memset(shown, ' ', rows * columns);
	shown_row = -1;
}

void measure_screen(void)
{
	struct winsize size = { 0 };

	ioctl(1, TIOCGWINSZ, &size);
	rows = size.ws_row > 1 ? size.ws_row : 24;
	columns = size.ws_col > 9 ? size.ws_col : 80;
	free(image);
	free(shown);
	image = malloc(rows * columns);
	shown = malloc(rows * columns);
	if (!image || !shown)
		die("screen");
	forget_screen();
}

/* Writes how a byte looks at a display column. Returns its width. */
static int look(unsigned char c, int column, char *to)
{
	if (c == '\t')
		return sprintf(to, "%*s", tab_stop - column % tab_stop, "");
	if (c < ' ' || c == 127)
		return sprintf(to, "^%c", c ^ 64);
	if (c > 127)
		return sprintf(to, "\\x%02x", c);
	*to = c;
	return 1;
}

static int width(unsigned char c, int column)
{
	if (c == '\t')
		return tab_stop - column % tab_stop;
	if (c > 127)
		return 4;
	return c < ' ' || c == 127 ? 2 : 1;
}

int display_column(int row, int col)
{
	const struct line *l = &lines[row];
	int column = 0;

	for (int i = 0; i < col && i < l->n; i++)
		column += width(l->s[i], column);
	return column;
}

int column_at(int row, int wanted)
{
	const struct line *l = &lines[row];
	int column = 0, i = 0;

	for (; i < l->n; i++) {
		column += width(l->s[i], column);
		if (column > wanted)
			break;
	}
	return i < l->n || i == 0 ? i : i - 1;
}

static int margin(void)
{
	return show_numbers ? 8 : 0;
}

/* Returns how many screen rows a line takes. */
static int height(int row)
{
	int cells = margin() + display_column(row, lines[row].n);

	return cells ? (cells + columns - 1) / columns : 1;
}

/*
 * Returns the cursor's cell, counted from its line's first. On a tab it is at
 * the end, unless text is inserted before the tab.
 */
static int cursor_cell(void)
{
	const struct line *l = &lines[cursor.row];
	int column = display_column(cursor.row, cursor.col);

	if (!inserting && cursor.col < l->n && l->s[cursor.col] == '\t')
		column += tab_stop - column % tab_stop - 1;
	return margin() + column;
}

/* Returns the row that is up to n screen rows above a line. */
static int row_above(int row, int n)
{
	while (row > 0 && (n -= height(row - 1)) >= 0)
		row--;
	return row;
}

void show_row(int row, int at)
{
	int room = rows - 1 - height(row);

	top = row;
	if (room > 0 && at != 0)
		top = row_above(row, at == 1 ? room / 2 : room);
	skip = 0;
}

/*
 * Returns the screen rows from the top of the screen to the cursor, or a number
 * beyond the screen.
 */
static int rows_to_cursor(void)
{
	int n = cursor_cell() / columns - skip;

	for (int row = top; row < cursor.row && n < 3 * rows; row++)
		n += height(row);
	return n;
}

static void scroll_to_cursor(void)
{
	int inside = cursor_cell() / columns, used;

	if (top >= nr_lines)
		show_row(nr_lines - 1, 1);
	if (cursor.row < top)
		show_row(cursor.row, top - cursor.row > rows / 2);
	if (cursor.row == top && inside < skip)
		skip = inside;
	used = rows_to_cursor();
	if (used >= 2 * rows)
		show_row(cursor.row, 1);
	for (used = rows_to_cursor(); used >= rows - 1 && top < cursor.row;
	     skip = 0)
		used -= height(top++) - skip;
	if (used >= rows - 1)
		skip = inside - (rows - 2);
}

int last_row_shown(void)
{
	int row = top, left = rows - 1 + skip;

	while (row < nr_lines && (left -= height(row)) >= 0)
		row++;
	return row > top ? row - 1 : top;
}

/*
 * Draws a line's cells, from `from` up to `limit`, into the image at `to`.
 * Returns how many.
 */
static int draw_line(int row, char *to, int from, int limit)
{
	const struct line *l = &lines[row];
	char cells[16];
	int at = 0, used = 0;

	if (show_numbers) {
		int n = snprintf(cells, sizeof(cells), "%6d  ", row + 1);

		for (int i = 0; i < n; i++, at++)
			if (at >= from && used < limit)
				to[used++] = cells[i];
	}
	for (int i = 0; i < l->n && used < limit; i++) {
		int n = look(l->s[i], at - margin(), cells);

		for (int k = 0; k < n; k++, at++)
			if (at >= from && used < limit)
				to[used++] = cells[k];
	}
	return used;
}

/*
 * Draws the last row: what is being typed, or the message. If there is room it
 * shows the cursor's place in the text.
 */
static void draw_status(void)
{
	char *to = image + (rows - 1) * columns, place[32];
	const char *text = inserting == 1 && !*prompt_text ? "-- INSERT --"
							   : prompt_text;
	int n = strlen(text), limit = columns - 1, place_length;

	place_length = snprintf(place, sizeof(place), "%d,%d", cursor.row + 1,
				cursor.col + 1);
	if (inserting < 2 && n + 18 < columns)
		memcpy(to + columns - 16, place, place_length);
	if (n > limit && inserting == 2)
		text += n - limit;
	memcpy(to, text, n < limit ? n : limit);
}

static void draw_image(void)
{
	int used, row = top, from = skip * columns;

	memset(image, ' ', rows * columns);
	for (used = 0; used < (rows - 1) * columns && row < nr_lines;
	     row++, from = 0) {
		used += draw_line(row, image + used, from,
				  (rows - 1) * columns - used);
		if (used % columns || (lines[row].n == 0 && !show_numbers))
			used += columns - used % columns;
	}
	for (; used < (rows - 1) * columns; used += columns)
		image[used] = '~';
	draw_status();
}

static void go_to(int row, int col)
{
	char text[24];

	if (row == shown_row && col == shown_col)
		return;
	put_string(text, snprintf(text, sizeof(text), "\033[%d;%dH", row + 1,
				  col + 1));
	shown_row = row;
	shown_col = col;
}

static int length(const char *cells)
{
	int n = columns;

	while (n > 0 && cells[n - 1] == ' ')
		n--;
	return n;
}

/*
 * Sends what differs in one row, from the first to the last difference. Erases
 * what was longer.
 */
static void update_row(int row)
{
	char *new = image + row * columns, *old = shown + row * columns;
	int first = 0, end = length(new), old_end = length(old), last = end;

	if (memcmp(new, old, columns) == 0)
		return;
	while (first < end && new[first] == old[first])
		first++;
	while (last > first && new[last - 1] == old[last - 1])
		last--;
	if (last > first) {
		go_to(row, first);
		put_string(new + first, last - first);
		shown_col = last;
		if (last == columns)
			shown_row = -1;
	}
	if (old_end > end) {
		go_to(row, end);
		put_string("\033[K", 3);
	}
	memcpy(old, new, columns);
}

/* Lets the terminal scroll if the text only moved up or down by a few rows. */
static void scroll_terminal(void)
{
	const int text_rows = rows - 1;
	char sequence[40];

	for (int n = 1; n <= SCROLL_MAX && n < text_rows / 2; n++) {
		int kept = (text_rows - n) * columns;
		int up = memcmp(image, shown + n * columns, kept) == 0;

		if (!up && memcmp(image + n * columns, shown, kept) != 0)
			continue;
		put_string(sequence, snprintf(sequence, sizeof(sequence),
					      "\033[1;%dr\033[%d;1H", text_rows,
					      up ? text_rows : 1));
		for (int i = 0; i < n; i++)
			put_string(up ? "\n" : "\033M", up ? 1 : 2);
		put_string("\033[r", 3);
		memmove(shown + (up ? 0 : n * columns),
			shown + (up ? n * columns : 0), kept);
		memset(shown + (up ? kept : 0), ' ', n * columns);
		shown_row = -1;
		return;
	}
}

void draw_screen(void)
{
	int cell, row;

	scroll_to_cursor();
	draw_image();
	if (memcmp(image, shown, columns) != 0)
		scroll_terminal();
	for (int i = 0; i < rows; i++)
		update_row(i);
	cell = cursor_cell();
	row = rows_to_cursor();
	if (inserting == 2)
		go_to(rows - 1, (int)strlen(prompt_text) < columns - 1
					? (int)strlen(prompt_text)
					: columns - 1);
	else
		go_to(row, cell % columns);
	flush_output();
}
