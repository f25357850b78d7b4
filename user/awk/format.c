/* printf and sprintf. */
#include "awk.h"
#include <ctype.h>
#include <float_text.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 4096			/* of a width or precision */

struct spec {
	int left, zero, plus, space, alternate;
	int width, precision;		/* precision -1: none */
	char type;
};

static struct value next_argument(struct node **args)
{
	struct value v;

	if (!*args)
		fatal("printf: too few arguments", NULL);
	v = evaluate(*args);
	*args = (*args)->next;
	return v;
}

static const char *parse_flags(const char *s, struct spec *spec)
{
	for (;; s++) {
		if (*s == '-')
			spec->left = 1;
		else if (*s == '0')
			spec->zero = 1;
		else if (*s == '+')
			spec->plus = 1;
		else if (*s == ' ')
			spec->space = 1;
		else if (*s == '#')
			spec->alternate = 1;
		else
			return s;
	}
}

static const char *parse_count(const char *s, int *count, struct node **args)
{
	if (*s == '*') {
		*count = to_number(next_argument(args));
		s++;
	} else {
		*count = strtol(s, (char **)&s, 10);
	}
	if (*count > LONGEST)
		*count = LONGEST;
	return s;
}

/* Reads what is behind a %. Returns what is behind the type. */
static const char *parse_spec(const char *s, struct spec *spec,
			      struct node **args)
{
	*spec = (struct spec){ .precision = -1 };
	s = parse_flags(s, spec);
	if (*s == '*' || isdigit(*s))
		s = parse_count(s, &spec->width, args);
	if (spec->width < 0) {
		spec->left = 1;
		spec->width = spec->width < -LONGEST ? LONGEST : -spec->width;
	}
	if (*s == '.')
		s = parse_count(s + 1, &spec->precision, args);
	while (*s && strchr("hlLqjzt", *s))
		s++;
	spec->type = *s;
	return *s ? s + 1 : s;
}

static void append_many(struct text *t, char c, int n)
{
	while (n-- > 0)
		append_char(t, c);
}

/* Appends a body of n characters behind a sign or prefix, to the width. */
static void append_padded(struct text *t, const struct spec *spec,
			  const char *sign, const char *body, size_t n)
{
	int rest = spec->width - (int)(strlen(sign) + n);

	if (!spec->left && !spec->zero)
		append_many(t, ' ', rest);
	append(t, sign, strlen(sign));
	if (!spec->left && spec->zero)
		append_many(t, '0', rest);
	append(t, body, n);
	if (spec->left)
		append_many(t, ' ', rest);
}

static const char *sign_of(const struct spec *spec, int negative)
{
	if (negative)
		return "-";
	if (spec->plus)
		return "+";
	return spec->space ? " " : "";
}

/* Appends the conversions e, f and g. */
static void append_double(struct text *t, struct spec *spec, double x)
{
	int precision = spec->precision < 0 ? 6 : spec->precision;
	int negative = x < 0 || (x == 0 && 1 / x < 0);
	char *digits = malloc(precision + 350);

	if (!digits)
		fatal("no memory", NULL);
	if (x != x || x - x != 0)
		spec->zero = 0;
	format_double(digits, negative ? -x : x, spec->type, precision,
		      spec->alternate);
	append_padded(t, spec, sign_of(spec, negative), digits, strlen(digits));
	free(digits);
}

/* Returns what # puts before an integer. */
static const char *prefix_of(const struct spec *spec, double x)
{
	if (!spec->alternate || x == 0)
		return "";
	switch (spec->type) {
	case 'o': return "0";
	case 'x': return "0x";
	case 'X': return "0X";
	default: return "";
	}
}

static void append_integer(struct text *t, struct spec *spec, double x)
{
	char digits[LONGEST + 32], form[8] = "%0*ll?";
	int negative = x < 0, precision = spec->precision;
	const char *sign = prefix_of(spec, x);

	if (x != x || x >= 18446744073709551616.0 || x <= -9.2e18) {
		spec->type = 'f';
		spec->precision = 0;
		append_double(t, spec, x);
		return;
	}
	form[5] = spec->type;
	if (spec->type == 'd' || spec->type == 'i') {
		sign = sign_of(spec, negative);
		x = negative ? -x : x;
		form[5] = 'u';
	}
	if (precision >= 0)
		spec->zero = 0;
	snprintf(digits, sizeof(digits), form, precision < 0 ? 1 : precision,
		 x < 0 ? (unsigned long long)(long long)x
		       : (unsigned long long)x);
	if (precision == 0 && x == 0)
		digits[0] = '\0';
	append_padded(t, spec, sign, digits, strlen(digits));
}

/* Appends a character: the one with that number, or a text's first. */
static void append_character(struct text *t, struct spec *spec, struct value v)
{
	char c;

	settle(&v);
	spec->zero = 0;
	if (v.kind == NUMBER || v.kind == STRNUM) {
		c = (int)v.number;
		append_padded(t, spec, "", &c, 1);
	} else {
		struct string *s = to_string(v);

		append_padded(t, spec, "", s->s, s->length > 0);
	}
}

static void append_value(struct text *t, struct spec *spec, struct value v)
{
	struct string *s;
	size_t n;

	switch (spec->type) {
	case 'c':
		append_character(t, spec, v);
		return;
	case 's':
		s = to_string(v);
		n = s->length;
		if (spec->precision >= 0 && (size_t)spec->precision < n)
			n = spec->precision;
		spec->zero = 0;
		append_padded(t, spec, "", s->s, n);
		return;
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		append_integer(t, spec, to_number(v));
		return;
	default:
		append_double(t, spec, to_number(v));
	}
}

/* Returns a format, with the values that follow it in the list. */
struct string *format(struct node *args)
{
	const char *s = to_string(next_argument(&args))->s;
	struct text t = { NULL, 0, 0 };
	struct spec spec;

	while (*s) {
		const char *start = s;

		if (*s++ != '%') {
			append_char(&t, *start);
			continue;
		}
		s = parse_spec(s, &spec, &args);
		if (spec.type == '%')
			append_char(&t, '%');
		else if (spec.type && strchr("cdiouxXeEfFgGs", spec.type))
			append_value(&t, &spec, next_argument(&args));
		else
			append(&t, start, s - start);
	}
	return finish(&t);
}

/* Returns a number as CONVFMT or OFMT say. */
struct string *format_number(const char *format, double number)
{
	struct text t = { NULL, 0, 0 };
	struct node *none = NULL;
	struct spec spec;

	while (*format && *format != '%')
		append_char(&t, *format++);
	if (*format)
		format = parse_spec(format + 1, &spec, &none);
	else
		spec = (struct spec){ .precision = 6, .type = 'g' };
	if (!strchr("diouxXeEfFgG", spec.type))
		spec.type = 'g';
	append_value(&t, &spec, number_value(number));
	append(&t, format, strlen(format));
	return finish(&t);
}
