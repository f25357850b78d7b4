/*
 * printf format [argument...]
 * Prints arguments by the conversions % b c d i o s u x X; no floating point.
 */
#include <ctype.h>
#include <errno.h>
#include <help.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static char **arguments;

/*
 * Returns the value of up to n digits of a base at *s, and moves *s behind
 * them.
 */
static int digits(const char **s, int n, int base)
{
	int value = 0;

	for (; n > 0 && isxdigit(**s) &&
	       (base == 16 || (**s >= '0' && **s <= '7'));
	     n--, (*s)++)
		value = value * base +
			(isdigit(**s) ? **s - '0' : tolower(**s) - 'a' + 10);
	return value;
}

/*
 * Returns the character of the escape behind a backslash at *s, and moves *s
 * behind it. In the arguments of %b an octal number begins with an extra 0. \c
 * ends all output. Unknown escapes keep their backslash.
 */
static int escape(const char **s, int in_argument)
{
	static const char from[] = "abefnrtv\\\"",
			  to[] = "\a\b\033\f\n\r\t\v\\\"";
	const char *p = **s ? strchr(from, **s) : NULL;

	if (p && !(in_argument && *p == '"')) {
		(*s)++;
		return to[p - from];
	}
	if (**s == 'c')
		exit(exit_status);
	if (**s == 'x' && isxdigit((*s)[1])) {
		(*s)++;
		return digits(s, 2, 16);
	}
	if (**s < '0' || **s > '7')
		return '\\';
	*s += in_argument && **s == '0';
	return digits(s, 3, 8);
}

/* Returns the next argument, or NULL when there is none left. */
static char *next(void)
{
	return *arguments ? *arguments++ : NULL;
}

/*
 * Returns a numeric argument: a number in C's form, or the code of the
 * character behind a quote.
 */
static unsigned long long numeric(const char *s, int is_signed)
{
	unsigned long long value;
	char *end;

	if (!s || !*s)
		return 0;
	if (*s == '\'' || *s == '"')
		return (unsigned char)s[1];
	errno = 0;
	value = is_signed ? (unsigned long long)strtoll(s, &end, 0)
			  : strtoull(s, &end, 0);
	if (end == s)
		complain(s, "expected a number");
	else if (*end)
		complain(s, "not completely converted");
	else if (errno)
		warn(s);
	return value;
}

/*
 * Prints %b, a string with escapes. It may hold zeroes, so it is padded here.
 */
static void print_escaped(const char *s, int width, int precision, int left)
{
	char *text = malloc(strlen(s) + 1);
	int n = 0;

	if (!text)
		die("memory");
	while (*s) {
		if (*s != '\\') {
			text[n++] = *s++;
			continue;
		}
		s++;
		if (*s == 'c') {
			fwrite(text, 1, n, stdout);
			exit(exit_status);
		}
		text[n++] = escape(&s, 1);
	}
	if (precision >= 0 && n > precision)
		n = precision;
	printf("%*s", !left && width > n ? width - n : 0, "");
	fwrite(text, 1, n, stdout);
	printf("%*s", left && width > n ? width - n : 0, "");
	free(text);
}

/* Returns the number at *s, or the next argument for a star. */
static int number_or_star(const char **s)
{
	if (**s != '*')
		return strtol(*s, (char **)s, 10);
	(*s)++;
	return numeric(next(), 1);
}

/*
 * Prints the next argument with a specification: flags, width and precision in
 * front of a conversion character.
 */
static void convert(char type, char *flags, int width, int precision)
{
	int n = strlen(flags);
	char *s;

	if (type == 'b') {
		s = next();
		print_escaped(s ? s : "", width < 0 ? -width : width, precision,
			      width < 0 || strchr(flags, '-'));
		return;
	}
	sprintf(flags + n, precision >= 0 ? "*.*%s%c" : "*%s%c",
		strchr("cs", type) ? "" : "ll", type);
	if (type == 's' || type == 'c') {
		s = next();
		s = s ? s : "";
		if (precision >= 0)
			type == 's' ? printf(flags, width, precision, s)
				    : printf(flags, width, precision, *s);
		else
			type == 's' ? printf(flags, width, s)
				    : printf(flags, width, *s);
	} else if (precision >= 0) {
		printf(flags, width, precision,
		       numeric(next(), type == 'd' || type == 'i'));
	} else {
		printf(flags, width,
		       numeric(next(), type == 'd' || type == 'i'));
	}
}

/* Handles the specification behind a % at s. Returns what comes after it. */
static const char *specification(const char *s)
{
	char flags[24] = "%";
	int n = strspn(s, "-+ 0#"), width, precision = -1;

	memcpy(flags + 1, s, n < 8 ? n : 8);
	s += n;
	width = number_or_star(&s);
	if (*s == '.') {
		s++;
		precision = isdigit(*s) || *s == '*' ? number_or_star(&s) : 0;
	}
	if (!*s || !strchr("bcdiosuxX", *s)) {
		complain(s, "bad conversion");
		exit(1);
	}
	convert(*s, flags, width, precision);
	return s + 1;
}

/* Prints the format once. */
static void print(const char *s)
{
	while (*s) {
		if (*s == '%' && s[1] == '%') {
			putchar('%');
			s += 2;
		} else if (*s == '%') {
			s = specification(s + 1);
		} else if (*s == '\\') {
			s++;
			putchar(escape(&s, 0));
		} else {
			putchar(*s++);
		}
	}
}

int main(int argc, char **argv)
{
	char **before;
	int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

	util_start(argv);
	if (first >= argc) {
		print_usage("printf");
		return 1;
	}
	arguments = argv + first + 1;
	do {
		before = arguments;
		print(argv[first]);
	} while (*arguments && arguments > before);
	return exit_status;
}
