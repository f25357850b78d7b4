/*
 * The record $0 and its fields. Fields are split off when one is needed, and
 * $0 is put together again when a field was changed and $0 is needed.
 */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 1000000

static struct value record;
static struct value *fields;		/* fields[0] is $1 */
static int nr_fields, room;
static int is_split = 1, is_changed;

static void make_room(int n)
{
	if (n < 0 || n > FIELDS_MAX)
		fatal("no such field", NULL);
	if (n <= room)
		return;
	fields = realloc(fields, n * 2 * sizeof(*fields));
	if (!fields)
		fatal("no memory", NULL);
	memset(fields + room, 0, (n * 2 - room) * sizeof(*fields));
	room = n * 2;
}

/* Changes the number of fields. New ones are empty. */
static void resize(int n)
{
	make_room(n);
	for (int i = nr_fields; i < n; i++)
		set(&fields[i], input_value(new_string("", 0)));
	nr_fields = n;
	set(&NF->value, number_value(n));
}

void set_record(struct string *s)
{
	set(&record, input_value(s));
	is_split = is_changed = 0;
}

void split_record(void)
{
	struct separator by;
	const char *start;
	size_t length;
	int n = 0;

	if (is_split)
		return;
	is_split = 1;
	begin_pieces(&by, record.string->s, text_of(FS));
	by.lines = !*text_of(RS);
	while (next_piece(&by, &start, &length)) {
		make_room(n + 1);
		set(&fields[n++], input_value(new_string(start, length)));
	}
	nr_fields = n;
	set(&NF->value, number_value(n));
}

void set_nf(int n)
{
	split_record();
	resize(n);
	is_changed = 1;
}

/* Puts the fields together again, with OFS between them. */
static void join(void)
{
	struct string *by = to_string(get(&OFS->value));
	struct text all = { NULL, 0, 0 };

	for (int i = 0; i < nr_fields; i++) {
		if (i > 0)
			append_string(&all, by);
		append_string(&all, to_string(fields[i]));
	}
	set(&record, input_value(finish(&all)));
	is_changed = 0;
}

struct value get_field(int number)
{
	if (number < 0)
		fatal("no such field", NULL);
	if (number == 0) {
		if (is_changed)
			join();
		return get(&record);
	}
	split_record();
	if (number > nr_fields)
		return (struct value){ .kind = UNSET };
	return get(&fields[number - 1]);
}

void set_field(int number, struct value v)
{
	if (number == 0) {
		set_record(to_string(v));
		return;
	}
	split_record();
	if (number < 0 || number > nr_fields)
		resize(number);
	set(&fields[number - 1], v);
	is_changed = 1;
}
