/*
 * The text: an array of lines. A line's bytes are never changed in place: a new
 * line replaces it. The record of changes (undo.c) keeps the old one. The lines
 * of a loaded file stay in the buffer it was read into.
 */
#include "vi.h"
#include <stdlib.h>
#include <string.h>

struct line *lines;
int nr_lines, modified, nothing;
struct place cursor, marks[MARKS];
static int room;
static char *loaded, *loaded_end;

void *need(size_t size)
{
	void *p = malloc(size);

	if (!p) {
		forget_changes();
		p = malloc(size);
	}
	if (!p)
		fail("Out of memory: nothing was changed by the last step");
	return p;
}

struct line make_line(const char *s, int n)
{
	struct line l = { need(n + 1), n };

	memcpy(l.s, s, n);
	l.s[n] = '\0';
	return l;
}

void free_line(struct line l)
{
	if (l.s < loaded || l.s >= loaded_end)
		free(l.s);
}

/* Makes room for n lines in the array. */
static void grow(int n)
{
	struct line *more;

	if (n <= room)
		return;
	more = need((n + n / 4 + 64) * sizeof(*more));
	if (nr_lines)
		memcpy(more, lines, nr_lines * sizeof(*more));
	free(lines);
	lines = more;
	room = n + n / 4 + 64;
}

static int count_lines(const char *buf, int size)
{
	int n = 1;

	for (const char *at = buf;
	     size > 0 && (at = memchr(at, '\n', buf + size - at)); at++)
		n++;
	return n - (size > 0 && buf[size - 1] == '\n');
}

void adopt_text(char *buf, int size)
{
	int n = count_lines(buf, size);
	char *at = buf;

	forget_changes();
	for (int i = 0; i < nr_lines; i++)
		free_line(lines[i]);
	nr_lines = 0;
	grow(n);
	free(loaded);
	loaded = buf;
	loaded_end = buf + size + 1;
	for (; nr_lines < n; at += lines[nr_lines++].n + 1) {
		char *end = memchr(at, '\n', buf + size - at);

		lines[nr_lines] =
			(struct line){ at, end ? end - at : buf + size - at };
		at[lines[nr_lines].n] = '\0';
	}
	memset(marks, -1, sizeof(marks));
	cursor = (struct place){ 0, 0 };
	modified = 0;
	nothing = size == 0;
}

static void move_marks(int at, int removed, int added)
{
	for (int i = 0; i < MARKS; i++)
		if (marks[i].row >= at + removed)
			marks[i].row += added - removed;
		else if (marks[i].row >= at + added)
			marks[i].row = -1;
}

struct place *mark(int name)
{
	if (name == '\'' || name == '`')
		return &marks[MARKS - 1];
	return name >= 'a' && name <= 'z' ? &marks[name - 'a'] : NULL;
}

/* Replaces some lines by others. Records and frees nothing. */
void splice(int at, int removed, const struct line *new, int added)
{
	grow(nr_lines - removed + added);
	if (added != removed)
		memmove(lines + at + added, lines + at + removed,
			(nr_lines - at - removed) * sizeof(*lines));
	memcpy(lines + at, new, added * sizeof(*lines));
	nr_lines += added - removed;
	move_marks(at, removed, added);
	modified = 1;
	nothing = 0;
}

/*
 * Replaces lines and records the change. All changes of the text go through
 * here. Allocates memory before anything is changed.
 */
void replace_lines(int at, int removed, const struct line *new, int added)
{
	struct line *old;

	if (removed == 1 && added == 1 && same_change(at)) {
		free_line(lines[at]);
		splice(at, 1, new, 1);
		return;
	}
	old = need((removed + 1) * sizeof(*old));
	grow(nr_lines - removed + added);
	reserve_record();
	memcpy(old, lines + at, removed * sizeof(*old));
	splice(at, removed, new, added);
	add_record(at, added, old, removed);
}

void replace_in_line(struct place at, int removed, const char *s, int n)
{
	const struct line *l = &lines[at.row];
	struct line new = { need(l->n - removed + n + 1), l->n - removed + n };

	memcpy(new.s, l->s, at.col);
	memcpy(new.s + at.col, s, n);
	memcpy(new.s + at.col + n, l->s + at.col + removed,
	       l->n - at.col - removed + 1);
	replace_lines(at.row, 1, &new, 1);
}

/*
 * Inserts text with newlines. Its first piece joins what is before the place,
 * its last piece what is behind. Returns where the inserted text ends.
 */
struct place insert_text(struct place at, const char *s, int n)
{
	const struct line *l = &lines[at.row];
	int pieces = 1, last;
	struct line *new;

	for (int i = 0; i < n; i++)
		pieces += s[i] == '\n';
	if (pieces == 1) {
		replace_in_line(at, 0, s, n);
		return (struct place){ at.row, at.col + n };
	}
	new = need(pieces * sizeof(*new));
	for (int i = 0; i < pieces; i++) {
		const char *end = memchr(s, '\n', n);
		int length = end ? end - s : n, head = i == 0 ? at.col : 0,
		    tail = i == pieces - 1 ? l->n - at.col : 0;

		new[i] = (struct line){ need(head + length + tail + 1),
					head + length + tail };
		memcpy(new[i].s, l->s, head);
		memcpy(new[i].s + head, s, length);
		memcpy(new[i].s + head + length, l->s + at.col, tail);
		new[i].s[new[i].n] = '\0';
		s += length + 1;
		n -= length + 1;
	}
	last = new[pieces - 1].n - (l->n - at.col);
	replace_lines(at.row, 1, new, pieces);
	free(new);
	return (struct place){ at.row + pieces - 1, last };
}

void delete_text(struct place from, struct place to)
{
	struct line new;

	if (from.row == to.row) {
		replace_in_line(from, to.col - from.col, "", 0);
		return;
	}
	new = (struct line){ need(from.col + lines[to.row].n - to.col + 1),
			     from.col + lines[to.row].n - to.col };
	memcpy(new.s, lines[from.row].s, from.col);
	memcpy(new.s + from.col, lines[to.row].s + to.col,
	       lines[to.row].n - to.col + 1);
	replace_lines(from.row, to.row - from.row + 1, &new, 1);
}

void delete_lines(int first, int last)
{
	struct line empty;

	if (first > 0 || last < nr_lines - 1) {
		replace_lines(first, last - first + 1, NULL, 0);
		return;
	}
	empty = make_line("", 0);
	replace_lines(0, nr_lines, &empty, 1);
	nothing = 1;
}

/* Returns the bytes between two places, with newlines. */
char *copy_text(struct place from, struct place to, int *n)
{
	int size = to.col - from.col;
	char *copy, *at;

	for (int row = from.row; row < to.row; row++)
		size += lines[row].n + 1;
	at = copy = need(size + 1);
	for (int row = from.row; row <= to.row; row++) {
		int start = row == from.row ? from.col : 0,
		    end = row == to.row ? to.col : lines[row].n;

		memcpy(at, lines[row].s + start, end - start);
		at += end - start;
		if (row < to.row)
			*at++ = '\n';
	}
	*n = size;
	return copy;
}

int first_text(int row)
{
	const struct line *l = &lines[row];
	int col = 0;

	while (col < l->n && (l->s[col] == ' ' || l->s[col] == '\t'))
		col++;
	return col;
}
