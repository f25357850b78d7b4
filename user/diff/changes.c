/*
 * Finds the changes between two files: cuts them into lines, compares, and
 * lists what differs.
 */
#include "diff.h"
#include "differences.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

struct change *changes;
int change_count;

/*
 * Changes move down to here. What both files end with stays, except the lines
 * shown around changes.
 */
static int bottom;

/* Returns zeroed memory. Exits if there is none. */
static void *allocate(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		die("memory");
	return p;
}

/* Returns the start of the next line, or the end. */
static const char *line_end(const char *s, const char *end)
{
	const char *newline = memchr(s, '\n', end - s);

	return newline ? newline + 1 : end;
}

/*
 * Cuts a file into lines. The newline belongs to its line, so that a last line
 * without one differs.
 */
static void cut_lines(struct file *f)
{
	const char *end = f->text + f->length, *next;

	for (const char *s = f->text; s < end; s = line_end(s, end))
		f->count++;
	f->lines = allocate(f->count, sizeof(*f->lines));
	f->changed = (char *)allocate(f->count + 2, 1) + 1;
	f->same = allocate(f->count, sizeof(*f->same));
	f->count = 0;
	for (const char *s = f->text; s < end; s = next) {
		next = line_end(s, end);
		f->lines[f->count++] = (struct line){ s, next - s };
	}
}

/*
 * Returns the next character of a line that counts, or -1. With -b, blanks
 * count as one, and those at the end are dropped. With -w all blanks are
 * dropped. With -i letters become small.
 */
static int next_character(const char **s, const char *end)
{
	const char *start = *s;

	if (fold_blanks || no_blanks)
		while (*s < end && isspace(**s))
			++*s;
	if (*s == end)
		return -1;
	if (*s > start && !no_blanks)
		return ' ';
	++*s;
	return fold_case ? tolower((*s)[-1] & 0xFF) : (*s)[-1] & 0xFF;
}

/* Returns 1 if two lines count as equal. */
static int same_line(const struct line *a, const struct line *b)
{
	const char *s = a->s, *t = b->s;
	int c, d;

	if (!fold_blanks && !no_blanks && !fold_case)
		return a->length == b->length && memcmp(s, t, a->length) == 0;
	do {
		c = next_character(&s, a->s + a->length);
		d = next_character(&t, b->s + b->length);
	} while (c == d && c != -1);
	return c == d;
}

/*
 * Returns the place of a line in the table: that of an equal one, or a free
 * place.
 */
static unsigned find_place(struct line **table, unsigned size,
			   const struct line *l)
{
	const char *s = l->s;
	unsigned hash = 5381;
	int c;

	while ((c = next_character(&s, l->s + l->length)) != -1)
		hash = hash * 33 ^ c;
	hash ^= hash >> 15;
	for (hash %= size; table[hash] && !same_line(table[hash], l);
	     hash = (hash + 1) % size)
		;
	return hash;
}

/* Numbers the lines by content. Returns an upper limit of the numbers. */
static unsigned number_lines(void)
{
	unsigned size = 2 * (files[0].count + files[1].count) + 1;
	struct line **table = allocate(size, sizeof(*table));

	for (struct file *f = files; f < files + 2; f++)
		for (int i = 0; i < f->count; i++) {
			f->same[i] = find_place(table, size, &f->lines[i]);
			table[f->same[i]] = &f->lines[i];
		}
	free(table);
	return size;
}

/* Makes the list of changes from the marks. */
static void list_changes(void)
{
	const char *a = files[0].changed, *b = files[1].changed;

	change_count = 0;
	for (int i = 0, j = 0; i < files[0].count || j < files[1].count;
	     i++, j++) {
		struct change c = { i, i, j, j };

		while (a[c.a1])
			c.a1++;
		while (b[c.b1])
			c.b1++;
		if (c.a0 == c.a1 && c.b0 == c.b1)
			continue;
		if ((change_count & (change_count - 1)) == 0)
			changes = realloc(changes, (2 * change_count + 1) *
							   sizeof(*changes));
		if (!changes)
			die("memory");
		changes[change_count++] = c;
		i = c.a1 - 1;
		j = c.b1 - 1;
	}
}

/*
 * Returns how many lines a change of one file can move down without a change of
 * meaning. It stops at another change or at the end. Where "a b" was inserted
 * behind "a b", either may count as new.
 */
static int room_below(int i)
{
	const struct change *c = &changes[i];
	int limit = (i + 1 < change_count ? c[1].a0 : bottom) - c->a1, n = 0;
	int side = c->a0 == c->a1;	/* the file with the lines */
	const int *start = files[side].same + (side ? c->b0 : c->a0);
	const int *end = files[side].same + (side ? c->b1 : c->a1);

	if (c->a0 < c->a1 && c->b0 < c->b1)
		return 0;
	while (n < limit && start[n] == end[n])
		n++;
	return n;
}

/* Like room_below(), but upwards. */
static int room_above(int i)
{
	const struct change *c = &changes[i];
	int limit = c->a0 - (i > 0 ? c[-1].a1 : 0), n = 0;
	int side = c->a0 == c->a1;
	const int *start = files[side].same + (side ? c->b0 : c->a0);
	const int *end = files[side].same + (side ? c->b1 : c->a1);

	if (c->a0 < c->a1 && c->b0 < c->b1)
		return 0;
	while (n < limit && start[-1 - n] == end[-1 - n])
		n++;
	return n;
}

/* Joins the adjacent changes i and i + 1. */
static void join(int i)
{
	changes[i].a1 = changes[i + 1].a1;
	changes[i].b1 = changes[i + 1].b1;
	change_count--;
	memmove(&changes[i + 1], &changes[i + 2],
		(change_count - i - 1) * sizeof(*changes));
}

/* Moves a change n lines down. */
static void move(struct change *c, int n)
{
	c->a0 += n;
	c->a1 += n;
	c->b0 += n;
	c->b1 += n;
}

/*
 * Moves each change to where it meets another, or else down as far as possible.
 * So there are fewer changes, and they are where people expect them.
 */
static void settle(void)
{
	for (int i = change_count - 1; i >= 0; i--) {
		struct change *c = &changes[i];
		int up = room_above(i), down = room_below(i);

		if (i + 1 < change_count && c->a1 + down == c[1].a0) {
			move(c, down);
			join(i++);
		} else if (i > 0 && up && c->a0 - up == c[-1].a1) {
			move(c, -up);
			join(i - 1);
		} else {
			move(c, down);
		}
	}
}

/* Finds the differences between the two files in memory. */
void find_changes(void)
{
	unsigned numbers;
	int below;

	cut_lines(&files[0]);
	cut_lines(&files[1]);
	numbers = number_lines();
	bottom = mark_differences(
		&(struct sequence){ files[0].same, files[0].count,
				    files[0].changed },
		&(struct sequence){ files[1].same, files[1].count,
				    files[1].changed },
		numbers);
	if (bottom < 0)
		die("memory");
	below = files[0].count - bottom;
	if (context >= 0)
		bottom += context < below ? context : below;
	list_changes();
	settle();
}
