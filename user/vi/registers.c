/*
 * The registers: the unnamed one, a to z (A to Z append), and 1 to 9, which
 * keep the lines deleted last. Puts their text back, or runs it.
 */
#include "vi.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PUT_MAX		0x10000000	/* bytes */
#define NAMED		1
#define NUMBERED	27

int reg;

/* A linewise text has no newline at its end. */
static struct text_register {
	char *s;
	int n, linewise;
} registers[NUMBERED + 9];

static struct text_register *register_of(int name)
{
	if (isalpha(name))
		return &registers[tolower(name) - 'a' + NAMED];
	return &registers[name >= '1' && name <= '9' ?
			  name - '1' + NUMBERED : 0];
}

static void set_register(struct text_register *r, char *s, int n, int linewise)
{
	free(r->s);
	*r = (struct text_register){ s, n, linewise };
}

/* Appends text to a register. */
static void append_register(struct text_register *r, char *s, int n,
			    int linewise)
{
	int lines_between = r->s && (linewise || r->linewise);
	char *both = need(r->n + lines_between + n + 1);

	memcpy(both, r->s ? r->s : "", r->n);
	both[r->n] = '\n';
	memcpy(both + r->n + lines_between, s, n);
	free(s);
	set_register(r, both, r->n + lines_between + n,
		     linewise || r->linewise);
}

/* Copies a range into a register; with append adds it. */
static void store(struct text_register *r, struct place from, struct place to,
		  int linewise, int append)
{
	int n;
	char *s;

	if (linewise) {
		from.col = 0;
		to.col = lines[to.row].n;
	}
	s = copy_text(from, to, &n);
	if (append)
		append_register(r, s, n, linewise);
	else
		set_register(r, s, n, linewise);
}

void yank(struct place from, struct place to, int linewise)
{
	store(&registers[0], from, to, linewise, 0);
	if (register_of(reg) != registers)
		store(register_of(reg), from, to, linewise, isupper(reg));
}

void keep_deleted(struct place from, struct place to, int linewise)
{
	struct text_register *first = registers + NUMBERED;

	free(first[8].s);
	memmove(first + 1, first, 8 * sizeof(*first));
	*first = (struct text_register){ 0 };
	store(first, from, to, linewise, 0);
}

/*
 * Returns a register's text several times. Lines get a newline before (or
 * behind) each copy.
 */
static char *repeated_text(const struct text_register *r, int before, int count,
			   int *n)
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

static void put(const struct text_register *r, int before, int count)
{
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

void put_register(int before, int count)
{
	put(register_of(reg), before, count);
}

void put_lines(int before)
{
	struct text_register r = *register_of(reg);

	r.linewise = 1;
	put(&r, before, 1);
}

/* Reads a register's text as if it were typed; @@: the last one again. */
void execute_register(int name, int count)
{
	static int last;
	const struct text_register *r;

	if (name == '@')
		name = last;
	r = register_of(name);
	if (!isalpha(name) || !r->s)
		fail("Nothing in the register");
	last = name;
	for (; count > 0; count--) {
		if (r->linewise)
			push_keys("\n", 1);
		push_keys(r->s, r->n);
	}
}
