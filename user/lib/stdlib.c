/* Parses numbers. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* Returns the value of a digit, or 99 for any other character. */
static int digit(int c)
{
	if (isdigit(c))
		return c - '0';
	return isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

/*
 * Returns the number without its sign, or the largest one with ERANGE if it
 * does not fit.
 */
static unsigned long magnitude(const char *s, char **end, int base,
			       int *negative)
{
	unsigned long value = 0;
	const char *start = s;
	int any = 0, over = 0;

	while (isspace(*s))
		s++;
	*negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if ((base == 0 || base == 16) && s[0] == '0' &&
	    (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16) {
		s += 2;
		base = 16;
	}
	if (base == 0)
		base = *s == '0' ? 8 : 10;
	for (; digit(*s) < base; s++, any = 1) {
		over |= value > (ULONG_MAX - digit(*s)) / base;
		value = value * base + digit(*s);
	}
	if (end)
		*end = (char *)(any ? s : start);
	if (over)
		errno = ERANGE;
	return over ? ULONG_MAX : value;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	int negative;
	unsigned long value = magnitude(s, end, base, &negative);

	return negative && value != ULONG_MAX ? -value : value;
}

long strtol(const char *s, char **end, int base)
{
	int negative;
	unsigned long value = magnitude(s, end, base, &negative);

	if (value > (unsigned long)LONG_MAX + negative) {
		errno = ERANGE;
		return negative ? LONG_MIN : LONG_MAX;
	}
	return negative ? -value : value;
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

int atoi(const char *s)
{
	return strtol(s, NULL, 10);
}

int abs(int n)
{
	return n < 0 ? -n : n;
}
