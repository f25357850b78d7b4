/* Long numbers from text; one that is too large is the largest. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define LARGEST 0x7FFFFFFFFFFFFFFFull

static unsigned digit(int c)
{
	return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

long long strtoll(const char *s, char **end, int base)
{
	const char *start = s;
	unsigned long long value = 0;
	int negative = 0, any = 0;

	while (isspace(*s))
		s++;
	if (*s == '-' || *s == '+')
		negative = *s++ == '-';
	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x' && digit(s[2]) < 16) {
		s += 2;
		base = 16;
	}
	if (base == 0)
		base = *s == '0' ? 8 : 10;
	for (; digit(*s) < (unsigned)base; s++, any = 1) {
		if (value > (LARGEST + negative - digit(*s)) / base) {
			value = LARGEST + negative;
			errno = ERANGE;
		} else {
			value = value * base + digit(*s);
		}
	}
	if (end)
		*end = (char *)(any ? s : start);
	return negative ? -value : value;
}
