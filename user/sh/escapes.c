/* The escapes of $'...'. */
#include "sh.h"
#include <ctype.h>
#include <string.h>

/* Reads up to n digits of a base. */
static const char *read_digits(const char *s, int n, int base, char *c)
{
	int value = 0, digit;

	for (; n > 0 && isxdigit(*s); n--, s++) {
		digit = isdigit(*s) ? *s - '0' : tolower(*s) - 'a' + 10;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	*c = value;
	return s;
}

/*
 * Reads the character behind a backslash; s points to it. Returns what follows.
 * An unknown escape stands for the character itself.
 */
const char *read_escape(const char *s, char *c)
{
	static const char names[] = "abefnrtv", values[] = "\a\b\033\f\n\r\t\v";
	const char *name = *s ? strchr(names, *s) : NULL;

	if (name)
		*c = values[name - names];
	else if (*s == 'x' && isxdigit(s[1]))
		return read_digits(s + 1, 2, 16, c);
	else if (*s >= '0' && *s <= '7')
		return read_digits(s, 3, 8, c);
	else if (*s == 'c' && s[1]) {
		*c = *++s == '?' ? 127 : *s & 31;
	} else
		*c = *s;
	return s + (*s != '\0');
}
