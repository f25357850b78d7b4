/*
 * Values and texts. A text that an expression makes is kept until the
 * statement ends: kept() and release() enclose it. What a variable holds
 * counts as a reference, too.
 */
#include "awk.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct string **keeping;		/* what release() drops */
static size_t nr_kept, room;

void hold(struct string *s)
{
	if (s)
		s->refs++;
}

void drop(struct string *s)
{
	if (s && --s->refs == 0)
		free(s);
}

/* Takes over a reference until release(). */
struct string *keep(struct string *s)
{
	if (nr_kept == room) {
		room = room ? room * 2 : 64;
		keeping = realloc(keeping, room * sizeof(*keeping));
		if (!keeping)
			fatal("no memory", NULL);
	}
	return keeping[nr_kept++] = s;
}

size_t kept(void)
{
	return nr_kept;
}

void release(size_t mark)
{
	while (nr_kept > mark)
		drop(keeping[--nr_kept]);
}

/* Returns a new text, which is kept. s may be NULL: the caller fills it. */
struct string *new_string(const char *s, size_t n)
{
	struct string *new = malloc(sizeof(*new) + n + 1);

	if (!new)
		fatal("no memory", NULL);
	new->refs = 1;
	new->length = n;
	if (s)
		memcpy(new->s, s, n);
	new->s[n] = '\0';
	return keep(new);
}

struct value number_value(double number)
{
	return (struct value){ .kind = NUMBER, .number = number };
}

struct value string_value(struct string *s)
{
	return (struct value){ .kind = STRING, .string = s };
}

struct value text_value(const char *s)
{
	return string_value(new_string(s, strlen(s)));
}

struct value input_value(struct string *s)
{
	return (struct value){ .kind = INPUT, .string = s };
}

/* Returns 1 if a number starts at s. strtod() takes words and hex, too. */
static int is_number(const char *s)
{
	s += *s == '-' || *s == '+';
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return 0;
	return isdigit(*s) || (*s == '.' && isdigit(s[1]));
}

/* Reads the number that a text begins with. Returns what is behind it. */
static const char *read_number(const char *s, double *number)
{
	char *end;

	*number = 0;
	while (isspace(*s))
		s++;
	if (!is_number(s))
		return s + (s[0] == '0');
	*number = strtod(s, &end);
	return end;
}

/* Decides whether a text from outside is a number. */
void settle(struct value *v)
{
	const char *end;

	if (v->kind != INPUT)
		return;
	end = read_number(v->string->s, &v->number);
	v->kind = STRNUM;
	if (end == v->string->s || isspace(end[-1]))
		v->kind = STRING;
	while (isspace(*end))
		end++;
	if (*end)
		v->kind = STRING;
}

double to_number(struct value v)
{
	double number;

	if (v.kind == UNSET)
		return 0;
	if (v.kind == NUMBER || v.kind == STRNUM)
		return v.number;
	read_number(v.string->s, &number);
	return number;
}

/* Returns a value as text, with a number that is no integer as `format`. */
static struct string *convert(struct value v, struct cell *format)
{
	char text[32];

	if (v.string)
		return v.string;
	if (v.kind == UNSET)
		return new_string("", 0);
	if (v.number >= -1e18 && v.number <= 1e18 &&
	    v.number == (long long)v.number)
		return new_string(text, snprintf(text, sizeof(text), "%lld",
						 (long long)v.number));
	return format_number(text_of(format), v.number);
}

struct string *to_string(struct value v)
{
	return convert(v, CONVFMT);
}

/* As to_string(), for print. */
struct string *to_output(struct value v)
{
	return convert(v, OFMT);
}

int to_truth(struct value v)
{
	settle(&v);
	if (v.kind == STRING)
		return v.string->length > 0;
	return v.kind != UNSET && v.number != 0;
}

/*
 * Compares numbers as such, and all else as texts. Returns -1, 0 or 1, or 2 if
 * one is not a number (NaN).
 */
int compare(struct value a, struct value b)
{
	double x, y;

	settle(&a);
	settle(&b);
	if (a.kind == STRING || b.kind == STRING) {
		int order = strcmp(to_string(a)->s, to_string(b)->s);

		return (order > 0) - (order < 0);
	}
	x = to_number(a);
	y = to_number(b);
	if (x != x || y != y)
		return 2;
	return (x > y) - (x < y);
}

/* Stores a value in a variable, a field or an element. */
void set(struct value *to, struct value v)
{
	struct string *old = to->string;

	hold(v.string);
	*to = v;
	drop(old);
}

/* Reads a variable. The text stays until release(), even if it is changed. */
struct value get(const struct value *v)
{
	if (v->string) {
		hold(v->string);
		keep(v->string);
	}
	return *v;
}
