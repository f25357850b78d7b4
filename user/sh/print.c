/* echo and printf. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Print the escape behind a backslash at s; how many characters it took. In %b and echo octal numbers begin with 0 and \c ends all output: then
 * *stop is set.
 */
static size_t put_escape(const char *s, int with_zero, int *stop)
{
	static const char from[] = "abefnrtv\\", to[] = "\a\b\033\f\n\r\t\v\\";
	const char *p = *s ? strchr(from, *s) : NULL;
	size_t n = 0, digits = with_zero && *s == '0' ? 4 : 3;
	int value = 0;

	if (p) {
		putchar(to[p - from]);
		return 1;
	}
	if (*s == 'c' && with_zero) {
		*stop = 1;
		return 1;
	}
	for (; n < digits && s[n] >= '0' && s[n] <= '7'; n++)
		value = value * 8 + s[n] - '0';
	putchar(n ? value : '\\');
	return n;
}

/* Print s with its escapes; 1 when \c ended all output. */
static int put_escaped(const char *s)
{
	int stop = 0;

	while (*s && !stop) {
		if (*s == '\\')
			s += 1 + put_escape(s + 1, 1, &stop);
		else
			putchar(*s++);
	}
	return stop;
}

/* echo [-neE] [word...] */
int do_echo(int argc, char **argv)
{
	int newline = 1, escapes = 0, i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] && strspn(argv[i] + 1, "neE") == strlen(argv[i] + 1); i++) {
		newline &= !strchr(argv[i], 'n');
		escapes |= strchr(argv[i], 'e') != NULL;
	}
	for (; i < argc; i++) {
		if (!escapes)
			fputs(argv[i], stdout);
		else if (put_escaped(argv[i]))
			return 0;
		if (i + 1 < argc)
			putchar(' ');
	}
	if (newline)
		putchar('\n');
	return fflush(stdout) != 0;
}

/* The arguments of printf that are left. */
static char **arguments;
static int status, stopped;

static const char *next_string(void)
{
	return *arguments ? *arguments++ : "";
}

/* A number: 'c is a character's code. */
static long long next_number(void)
{
	const char *s = next_string();
	char *end;
	long long value;

	if (*s == '\'' || *s == '"')
		return (unsigned char)s[1];
	if (!*s)
		return 0;
	value = strtoll(s, &end, 0);
	if (*end || end == s) {
		complain("printf: %s: not a number", s);
		status = 1;
	}
	return value;
}

/* %b into a text of its own is not worth it: width and precision are not heeded. */
static void convert(const char *spec, size_t n, char type)
{
	char format[40];

	snprintf(format, sizeof(format), "%.*s%s%c", (int)n, spec, strchr("diouxX", type) ? "ll" : "", type);
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

/* The conversion at s, which begins with %; where it ends. */
static const char *put_conversion(const char *s)
{
	struct text spec = { 0 };

	text_put(&spec, *s++);
	while (*s && strchr("-+ #0123456789.*", *s)) {
		if (*s == '*') {
			char number[16];

			snprintf(number, sizeof(number), "%d", (int)next_number());
			text_puts(&spec, number);
			s++;
		} else {
			text_put(&spec, *s++);
		}
	}
	if (*s == '%')
		putchar('%');
	else if (*s == 'b')
		stopped |= put_escaped(next_string());
	else if (*s && strchr("diouxXcs", *s) && spec.length < 30)
		convert(spec.s, spec.length, *s);
	else {
		complain("printf: %%%c: no such conversion", *s);
		status = 2;
		stopped = 1;
	}
	return *s ? s + 1 : s;
}

/* The format once, with as many arguments as it takes. */
static void put_format(const char *s)
{
	while (*s && !stopped) {
		if (*s == '%')
			s = put_conversion(s);
		else if (*s == '\\')
			s += 1 + put_escape(s + 1, 0, &stopped);
		else
			putchar(*s++);
	}
}

/* printf format [argument...]: the format is used again while there are arguments. */
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
