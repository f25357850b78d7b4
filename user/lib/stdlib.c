/* Numbers from text. */
#include <ctype.h>
#include <stdlib.h>

static int digit(int c)
{
	return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	unsigned long value = 0;
	const char *start = s;
	int negative = 0, any = 0;

	while (isspace(*s))
		s++;
	if (*s == '-' || *s == '+')
		negative = *s++ == '-';
	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16) {
		s += 2;
		base = 16;
	}
	if (base == 0)
		base = *s == '0' ? 8 : 10;
	for (; digit(*s) < base; s++, any = 1)
		value = value * base + digit(*s);
	if (end)
		*end = (char *)(any ? s : start);
	return negative ? -value : value;
}

long strtol(const char *s, char **end, int base)
{
	return strtoul(s, end, base);
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
