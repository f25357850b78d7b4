/*
 * Memory and string functions. The compiler may call memcpy, memset, memmove
 * and memcmp by itself.
 */
#include <cowix/kernel.h>
#include <asm/string.h>

void *memcpy(void *to, const void *from, size_t n)
{
	rep_movsl(to, from, n / 4);
	rep_movsb((u8 *)to + (n & ~3u), (const u8 *)from + (n & ~3u), n & 3);
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	u8 *t = to;
	const u8 *f = from;

	if (t <= f || t >= f + n)
		return memcpy(to, from, n);
	while (n--)
		t[n] = f[n];
	return to;
}

void *memset(void *to, int c, size_t n)
{
	rep_stosl(to, (u8)c * 0x01010101u, n / 4);
	rep_stosb((u8 *)to + (n & ~3u), c, n & 3);
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	return n ? repe_cmpsb(a, b, n) : 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

char *strcpy(char *to, const char *from)
{
	char *start = to;

	while ((*to++ = *from++))
		;
	return start;
}

/* Copy at most size - 1 characters and always a NUL; the length of from. */
size_t strlcpy(char *to, const char *from, size_t size)
{
	size_t length = strlen(from), n = min_u32(length, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
	return length;
}

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

/* As strtoul(); base 0 takes 0x for hexadecimal. No sign, no overflow check. */
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
