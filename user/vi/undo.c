/*
 * The record of changes: the lines that each change removed, and how many it
 * put there. Undo exchanges the two, so that the same record redoes it. All
 * records of one command have the same number and are undone together.
 */
#include "vi.h"
#include <stdlib.h>
#include <string.h>

#define STEPS_KEPT 200

static struct record {
	int at, added, removed, step;
	struct line *old;
} *records;
static int nr_records, nr_done, room, this_step;

/* The cursor's line as it was when the cursor came to it. */
static struct {
	int row, nr_lines, n;
	char *s;
} untouched = { .row = -1 };

static void free_record(struct record *r)
{
	for (int i = 0; i < r->removed; i++)
		free_line(r->old[i]);
	free(r->old);
}

void forget_changes(void)
{
	for (int i = 0; i < nr_records; i++)
		free_record(&records[i]);
	nr_records = nr_done = 0;
	untouched.row = -1;
}

/* Forgets the oldest steps. */
static void forget_old(void)
{
	int n = 0;

	while (n < nr_records && records[n].step < this_step - STEPS_KEPT)
		free_record(&records[n++]);
	memmove(records, records + n, (nr_records - n) * sizeof(*records));
	nr_records -= n;
	nr_done -= n;
}

void begin_change(void)
{
	this_step++;
	if (nr_records && nr_records == nr_done &&
	    records[0].step < this_step - STEPS_KEPT - 50)
		forget_old();
}

int same_change(int at)
{
	const struct record *r = records + nr_done - 1;

	return nr_done > 0 && nr_done == nr_records && r->step == this_step &&
	       r->at == at && r->added == 1 && r->removed == 1;
}

/* Makes room for a record. After a new change there is nothing to redo. */
void reserve_record(void)
{
	struct record *more;

	while (nr_records > nr_done)
		free_record(&records[--nr_records]);
	if (nr_records < room)
		return;
	more = need((2 * room + 64) * sizeof(*more));
	if (nr_records)
		memcpy(more, records, nr_records * sizeof(*more));
	free(records);
	records = more;
	room = 2 * room + 64;
}

void add_record(int at, int added, struct line *old, int removed)
{
	records[nr_records++] =
		(struct record){ at, added, removed, this_step, old };
	nr_done = nr_records;
}

static void exchange(struct record *r)
{
	struct line *now = malloc((r->added + 1) * sizeof(*now));
	int added = r->added;

	if (!now)
		fail("Out of memory");
	memcpy(now, lines + r->at, added * sizeof(*now));
	splice(r->at, added, r->old, r->removed);
	free(r->old);
	r->old = now;
	r->added = r->removed;
	r->removed = added;
	cursor.row = r->at < nr_lines ? r->at : nr_lines - 1;
	cursor.col = first_text(cursor.row);
}

void undo(void)
{
	int step;

	if (nr_done == 0)
		fail("Already at the oldest change");
	step = records[nr_done - 1].step;
	while (nr_done > 0 && records[nr_done - 1].step == step) {
		exchange(&records[nr_done - 1]);
		nr_done--;
	}
	nothing = nr_lines == 1 && lines[0].n == 0;
}

void redo(void)
{
	int step;

	if (nr_done == nr_records)
		fail("Already at the newest change");
	step = records[nr_done].step;
	while (nr_done < nr_records && records[nr_done].step == step) {
		exchange(&records[nr_done]);
		nr_done++;
	}
}

void note_line(void)
{
	const struct line *l = &lines[cursor.row];

	if (untouched.row == cursor.row && untouched.nr_lines == nr_lines)
		return;
	free(untouched.s);
	untouched.s = malloc(l->n + 1);
	untouched.row = untouched.s ? cursor.row : -1;
	untouched.nr_lines = nr_lines;
	untouched.n = l->n;
	if (untouched.s)
		memcpy(untouched.s, l->s, l->n);
}

/* Restores the noted line. A second call brings the changes back. */
void undo_line(void)
{
	struct place start = { cursor.row, 0 };
	struct line now;

	if (untouched.row != cursor.row || untouched.nr_lines != nr_lines)
		fail("");
	now = make_line(lines[cursor.row].s, lines[cursor.row].n);
	replace_in_line(start, now.n, untouched.s, untouched.n);
	free(untouched.s);
	untouched.s = now.s;
	untouched.n = now.n;
	cursor = start;
}
