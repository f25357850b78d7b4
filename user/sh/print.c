/* echo and printf. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Appends the escape behind a backslash at s. Returns how many characters it
 * took. In %b and echo octal numbers begin with 0. There \c ends all output: it
 * sets *stop.
 */
static size_t put_escape(struct text *t, const char *s, int with_zero,
			 int *stop)
{
	static const char from[] = "abefnrtv\\", to[] = "\a\b\033\f\n\r\t\v\\";
	const char *p = *s ? strchr(from, *s) : NULL;
	size_t n = 0, digits = with_zero && *s == '0' ? 4 : 3;
	int value = 0;

	if (p) {
		text_put(t, to[p - from]);
		return 1;
	}
	if (*s == 'c' && with_zero) {
		*stop = 1;
		return 1;
	}
	for (; n < digits && s[n] >= '0' && s[n] <= '7'; n++)
		value = value * 8 + s[n] - '0';
	text_put(t, n ? value : '\\');
	return n;
}

/* Appends s with its escapes to t. Returns 1 if \c ended all output. */
static int put_escaped(struct text *t, const char *s)
{
	int stop = 0;

	while (*s && !stop) {
		if (*s == '\\')
			s += 1 + put_escape(t, s + 1, 1, &stop);
		else
			text_put(t, *s++);
	}
	return stop;
}

/* Runs echo [-neE] [word...]. */
int do_echo(int argc, char **argv)
{
	int newline = 1, escapes = 0, stop = 0, i = 1;
	struct text t = { 0 };

	for (; i < argc && argv[i][0] == '-' && argv[i][1] &&
	       strspn(argv[i] + 1, "neE") == strlen(argv[i] + 1);
	     i++) {
		newline &= !strchr(argv[i], 'n');
		escapes |= strchr(argv[i], 'e') != NULL;
	}
	for (; i < argc && !stop; i++) {
		if (escapes)
			stop = put_escaped(&t, argv[i]);
		else
			text_puts(&t, argv[i]);
		if (i + 1 < argc && !stop)
			text_put(&t, ' ');
	}
	if (newline && !stop)
		text_put(&t, '\n');
	fwrite(text_end(&t), 1, t.length, stdout);
	return fflush(stdout) != 0;
}

/* The arguments of printf that are left. */
static char **arguments;
static int status, stopped;

static const char *next_string(void)
{
	return *arguments ? *arguments++ : "";
}

/* Returns the next argument as a number; 'c is a character's code. */
static long long next_number(void)
{
	const char *s = next_string();
	char *end;
	long long value;

	if (*s == '\'' || *s == '"')
		return (unsigned char)s[1];
	if (!*s)
		return 0;
	errno = 0;
	value = strtoll(s, &end, 0);
	if (*end || end == s || errno) {
		complain("printf: %s: not a number, or too large", s);
		status = 1;
	}
	return value;
}

/*
 * Prints %b: the characters with their escapes, as many as the precision says,
 * and blanks up to the width.
 */
static void put_block(const char *spec)
{
	struct text t = { 0 };
	const char *digits = spec + strspn(spec, "%-+ #0"),
		   *point = strchr(digits, '.');
	size_t width = atoi(digits), blanks, n;

	stopped |= put_escaped(&t, next_string());
	n = point && (size_t)atoi(point + 1) < t.length
		    ? (size_t)atoi(point + 1)
		    : t.length;
	blanks = width > n ? width - n : 0;
	if (!strchr(spec, '-'))
		printf("%*s", (int)blanks, "");
	fwrite(text_end(&t), 1, n, stdout);
	if (strchr(spec, '-'))
		printf("%*s", (int)blanks, "");
}

/* Prints one conversion by the library's printf(). */
static void convert(const char *spec, size_t n, char type)
{
	char format[40];

	snprintf(format, sizeof(format), "%.*s%s%c", (int)n, spec,
		 strchr("diouxX", type) ? "ll" : "", type);
	if (type == 'c' && !*arguments)
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (type == 'c')
		printf(format, *next_string());
	else if (type == 's')
		printf(format, next_string());
	else
		printf(format, next_number());
#pragma GCC diagnostic pop
}

/* Prints the conversion at s, which begins with %. Returns where it ends. */
static const char *put_conversion(const char *s)
{
	struct text spec = { 0 };

	text_put(&spec, *s++);
	while (*s && strchr("-+ #0123456789.*", *s)) {
		if (*s == '*') {
			char number[16];

			snprintf(number, sizeof(number), "%d",
				 (int)next_number());
			text_puts(&spec, number);
			s++;
		} else {
			text_put(&spec, *s++);
		}
	}
	if (*s == '%')
		putchar('%');
	else if (*s == 'b')
		put_block(text_end(&spec));
	else if (*s && strchr("diouxXcs", *s) && spec.length < 30)
		convert(spec.s, spec.length, *s);
	else {
		complain("printf: %%%c: no such conversion", *s);
		status = 2;
		stopped = 1;
	}
	return *s ? s + 1 : s;
}

/* Prints the format once, with as many arguments as it takes. */
static void put_format(const char *s)
{
	struct text t = { 0 };

	while (*s && !stopped) {
		if (*s == '%')
			s = put_conversion(s);
		else if (*s == '\\')
			s += 1 + put_escape(&t, s + 1, 0, &stopped);
		else
			text_put(&t, *s++);
		fwrite(text_end(&t), 1, t.length, stdout);
		t.length = 0;
	}
}

/*
 * Runs printf format [argument...]. The format is used again while there are
 * arguments.
 */
int do_printf(int argc, char **argv)
{
	char **before;
	int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

	if (i >= argc)
		return complain("printf: a format is wanted");
	arguments = argv + i + 1;
	status = stopped = 0;
	do {
		before = arguments;
		put_format(argv[i]);
	} while (*arguments && arguments != before && !stopped);
	return fflush(stdout) != 0 ? 1 : status;
}
