/* Text that the kernel reads and cuts. Programs have strtoul(). */
#include <cowix/kernel.h>

/*
 * Copies at most size - 1 characters and always a NUL. Returns the length of
 * from.
 */
size_t strlcpy(char *to, const char *from, size_t size)
{
	size_t length = strlen(from), n = min_u32(length, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
	return length;
}

/* Returns a digit's value, or a number above all bases. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/*
 * Like strtoul(), without signs and without a check for overflow. Base 0 is 10,
 * or 16 after 0x.
 */
u32 simple_strtoul(const char *s, const char **end, int base)
{
	u32 value = 0;

	if ((base == 0 || base == 16) && s[0] == '0' &&
	    (s[1] == 'x' || s[1] == 'X')) {
		s += 2;
		base = 16;
	}
	if (base == 0)
		base = 10;
	for (; digit_value(*s) < base; s++)
		value = value * base + digit_value(*s);
	if (end)
		*end = s;
	return value;
}
