/*
 * Text as a double, rounded right. Most numbers have few digits: then one
 * operation of the FPU with its 64 bits is enough. The others go the long
 * way, in decimal. There are no hexadecimal numbers, infinities or NaNs.
 */
#include "decimal.h"
#include <ctype.h>
#include <stdlib.h>

#define EXACT_POWER	27		/* 10^27 has no more than 64 bits */
#define EXACT_DIGITS	18

struct number {
	const char *digits;		/* the first one that is not 0 */
	int count;			/* of them, without the point */
	int exponent;			/* the last one counts 10^exponent */
	unsigned long long value;	/* of up to 18 digits */
};

/* Reads the exponent behind an e. Returns s if there is none. */
static const char *read_exponent(const char *s, int *exponent)
{
	const char *at = s + 1;
	int value = 0, negative = *at == '-';

	if (*at == '-' || *at == '+')
		at++;
	if ((*s != 'e' && *s != 'E') || !isdigit(*at))
		return s;
	for (; isdigit(*at); at++)
		if (value < 100000)
			value = value * 10 + *at - '0';
	*exponent += negative ? -value : value;
	return at;
}

/* Reads digits and a point. Returns NULL if there is no digit. */
static const char *read_digits(const char *s, struct number *n)
{
	int any = 0, point = 0;

	for (; isdigit(*s) || (*s == '.' && !point); s++) {
		if (*s == '.') {
			point = 1;
			continue;
		}
		any = 1;
		n->exponent -= point;
		if (*s == '0' && !n->count)
			continue;
		if (n->count++ == 0)
			n->digits = s;
		if (n->count <= EXACT_DIGITS)
			n->value = n->value * 10 + *s - '0';
	}
	return any ? s : NULL;
}

/* Tries the short way. Returns 0 if the result may be rounded wrongly. */
static int scale(const struct number *n, double *result)
{
	union {
		long double x;
		unsigned long long mantissa;
	} u = { n->value };
	long double power = 1;
	int exponent = abs(n->exponent);

	if (n->count > EXACT_DIGITS || exponent > EXACT_POWER)
		return 0;
	while (exponent-- > 0)
		power *= 10;
	u.x = n->exponent < 0 ? u.x / power : u.x * power;
	*result = u.x;
	/* just between two doubles: perhaps only by rounding */
	return (u.mantissa & 0x7FF) != 0x400;
}

/* Puts the digits in their places. */
static void place(const struct number *n, struct decimal *d)
{
	const char *s = n->digits;
	int at = n->count - 1 + n->exponent;	/* its power of ten */

	for (int i = 0; i < n->count; s++) {
		int word = at >= 0 ? POINT - 1 - at / 9
				   : POINT + (-1 - at) / 9;
		unsigned value = *s - '0';

		if (*s == '.')
			continue;
		for (int j = ((at % 9) + 9) % 9; j > 0; j--)
			value *= 10;
		if (word < WORDS)
			d->words[word] += value;
		else if (value)
			d->words[WORDS - 1] |= 1;
		at--;
		i++;
	}
}

/* Returns the part before the point, or a number above 2^54 if it is larger. */
static unsigned long long integer_part(const struct decimal *d)
{
	for (int i = 0; i < POINT - 2; i++)
		if (d->words[i])
			return ~0ull;
	return (unsigned long long)d->words[POINT - 2] * BASE +
	       d->words[POINT - 1];
}

static int has_fraction(const struct decimal *d)
{
	for (int i = POINT; i < WORDS; i++)
		if (d->words[i])
			return 1;
	return 0;
}

/* Scales to 54 bits and a fraction, and rounds those to 53 bits, or fewer. */
static double round_decimal(struct decimal *d)
{
	int exponent = 1;		/* of the last of the 53 bits */
	unsigned long long bits;
	union {
		unsigned long long bits;
		double x;
	} u;

	while (integer_part(d) < 1ull << 53 && exponent > -1074) {
		int n = integer_part(d) < 1 << 24 ? 29 : 1;

		if (exponent - n < -1074)
			n = exponent + 1074;
		__decimal_double(d, n);
		exponent -= n;
	}
	while (integer_part(d) >= 1ull << 54) {
		__decimal_halve(d, 1);
		exponent++;
	}
	bits = integer_part(d);
	if (bits & 1 && (bits & 2 || has_fraction(d)))
		bits += 2;
	bits >>= 1;
	u.bits = bits;
	if (bits >> 52)
		u.bits += (unsigned long long)(exponent + 1074) << 52;
	return exponent > 971 ? 1e308 * 10 : u.x;
}

double strtod(const char *text, char **end)
{
	struct number n = { .digits = "" };
	struct decimal d = { { 0 } };
	const char *s = text;
	double result = 0;
	int negative;

	while (isspace(*s))
		s++;
	negative = *s == '-';
	s += *s == '-' || *s == '+';
	s = read_digits(s, &n);
	if (end)
		*end = (char *)(s ? s : text);
	if (!s)
		return 0;
	s = read_exponent(s, &n.exponent);
	if (end)
		*end = (char *)s;
	if (n.count + n.exponent > 310) {
		result = n.count ? 1e308 * 10 : 0;
	} else if (n.count && n.count + n.exponent > -330 &&
		   !scale(&n, &result)) {
		place(&n, &d);
		result = round_decimal(&d);
	}
	return negative ? -result : result;
}
