/*
 * Long numbers from text; one that does not fit gives the nearest that does,
 * with ERANGE.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define ULLONG_MAX (~0ull)
#define LLONG_MAX ((long long)(ULLONG_MAX >> 1))

/* Returns the value of a digit, or 99 for any other character. */
static unsigned digit(int c)
{
	if (isdigit(c))
		return c - '0';
	return isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

/* Skips blanks, sign and 0x. Sets the base, and whether a minus stood there. */
static const char *prefix(const char *s, int *base, int *negative)
{
	while (isspace(*s))
		s++;
	*negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if ((*base == 0 || *base == 16) && s[0] == '0' &&
	    (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16) {
		s += 2;
		*base = 16;
	}
	if (*base == 0)
		*base = *s == '0' ? 8 : 10;
	return s;
}

/*
 * Returns the value of the digits at s in a base. *end becomes where they end,
 * or start if there are none.
 */
static unsigned long long digits(const char *s, const char *start, char **end,
				 unsigned base)
{
	unsigned long long value = 0, limit = ULLONG_MAX / base;
	const char *first = s;
	int over = 0;

	for (; digit(*s) < base; s++) {
		over |= value > limit || value * base > ULLONG_MAX - digit(*s);
		value = value * base + digit(*s);
	}
	if (over)
		errno = ERANGE;
	if (end)
		*end = (char *)(s > first ? s : start);
	return over ? ULLONG_MAX : value;
}

unsigned long long strtoull(const char *s, char **end, int base)
{
	int negative;
	const char *first = prefix(s, &base, &negative);
	unsigned long long value = digits(first, s, end, base);

	return negative && value != ULLONG_MAX ? -value : value;
}

long long strtoll(const char *s, char **end, int base)
{
	int negative;
	const char *first = prefix(s, &base, &negative);
	unsigned long long value = digits(first, s, end, base),
			   limit = (unsigned long long)LLONG_MAX + negative;

	if (value > limit) {
		errno = ERANGE;
		value = limit;
	}
	return negative ? -value : value;
}
