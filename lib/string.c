/*
 * Memory and string functions, for the kernel and for programs. The compiler
 * may call memcpy, memset, memmove and memcmp by itself.
 */
#include <cowix/lib.h>
#include <asm/string.h>

void *memcpy(void *to, const void *from, size_t n)
{
	size_t words = n / 4 * 4;

	rep_movsl(to, from, n / 4);
	rep_movsb((u8 *)to + words, (const u8 *)from + words, n - words);
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
	size_t words = n / 4 * 4;

	rep_stosl(to, (u8)c * 0x01010101u, n / 4);
	rep_stosb((u8 *)to + words, c, n - words);
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	return n ? repe_cmpsb(a, b, n) : 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
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

char *strcpy(char *to, const char *from)
{
	char *start = to;

	while ((*to++ = *from++))
		;
	return start;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}
