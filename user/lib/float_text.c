/* Doubles as text: the exact value in decimal, rounded to what is shown. */
#include "decimal.h"
#include <float_text.h>
#include <stdio.h>
#include <string.h>

#define FIRST	(1 + POINT * 9)		/* the first digit behind the point */
#define DIGITS	(1 + WORDS * 9)		/* with a zero in front, for a carry */

/* Fills a row of digits with the exact value. */
static void expand(double x, char *digits)
{
	union {
		double x;
		unsigned long long bits;
	} u = { x };
	int exponent = u.bits >> 52 & 0x7FF;
	unsigned long long mantissa = u.bits & ((1ull << 52) - 1);
	struct decimal d = { { 0 } };

	if (exponent)
		mantissa |= 1ull << 52;
	else
		exponent = 1;
	d.words[POINT - 1] = mantissa % BASE;
	d.words[POINT - 2] = mantissa / BASE;
	if (exponent > 1075)
		__decimal_double(&d, exponent - 1075);
	else
		__decimal_halve(&d, 1075 - exponent);
	digits[0] = '0';
	for (int i = 0; i < WORDS; i++)
		sprintf(digits + 1 + i * 9, "%09u", d.words[i]);
}

/* Rounds half to even. The digits from `end` on become zeroes. */
static void round_digits(char *digits, int end)
{
	int up, i;

	if (end >= DIGITS)
		return;
	i = end + 1 + strspn(digits + end + 1, "0");
	up = digits[end] > '5' ||
	     (digits[end] == '5' &&
	      (digits[i] || (end && (digits[end - 1] & 1))));
	memset(digits + end, '0', DIGITS - end);
	for (i = end - 1; up && i >= 0; i--) {
		up = digits[i] == '9';
		digits[i] = up ? '0' : digits[i] + 1;
	}
}

static char *put_digits(char *to, const char *digits, int from, int n)
{
	for (; n > 0; n--, from++)
		*to++ = from < DIGITS ? digits[from] : '0';
	return to;
}

/* Writes like 12.34. Returns the end. */
static char *put_fixed(char *to, const char *digits, int precision, int point)
{
	int start = strspn(digits, "0");

	if (start >= FIRST)
		start = FIRST - 1;
	to = put_digits(to, digits, start, FIRST - start);
	if (precision || point)
		*to++ = '.';
	return put_digits(to, digits, FIRST, precision);
}

/* Writes like 1.234, the first digit being the one at `first`. */
static char *put_scaled(char *to, const char *digits, int first, int precision,
			int point)
{
	*to++ = digits[first];
	if (precision || point)
		*to++ = '.';
	return put_digits(to, digits, first + 1, precision);
}

/* Returns where the first digit is that is not 0: of 0 before the point. */
static int first_digit(const char *digits)
{
	int first = strspn(digits, "0");

	return first < DIGITS ? first : FIRST - 1;
}

/* Removes zeroes behind the point, and a point that nothing follows. */
static char *trim(char *start, char *end)
{
	if (!memchr(start, '.', end - start))
		return end;
	while (end[-1] == '0')
		end--;
	return end[-1] == '.' ? end - 1 : end;
}

void format_double(char *to, double x, char type, int precision, int alternate)
{
	char digits[DIGITS + 1], *start = to;
	int upper = type < 'a', first, general, exponent;

	type |= 0x20;			/* lower case */
	if (x != x || x - x != 0) {
		strcpy(to, x != x ? "nan" : "inf");
		for (; upper && *to; to++)
			*to -= 'a' - 'A';
		return;
	}
	expand(x, digits);
	general = type == 'g';
	if (general)
		precision = precision ? precision - 1 : 0;
	if (type != 'f')
		round_digits(digits, first_digit(digits) + precision + 1);
	else
		round_digits(digits, FIRST + precision);
	first = first_digit(digits);
	exponent = FIRST - 1 - first;
	if (type == 'f' ||
	    (general && exponent >= -4 && exponent <= precision)) {
		precision -= general ? exponent : 0;
		to = put_fixed(to, digits, precision, alternate);
		*(general && !alternate ? trim(start, to) : to) = '\0';
		return;
	}
	to = put_scaled(to, digits, first, precision, alternate);
	if (general && !alternate)
		to = trim(start, to);
	sprintf(to, "%c%c%02d", upper ? 'E' : 'e', exponent < 0 ? '-' : '+',
		exponent < 0 ? -exponent : exponent);
}
