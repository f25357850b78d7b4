/*
 * The string functions that the kernel does not need. The others are in
 * lib/string.c.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *strncpy(char *to, const char *from, size_t n)
{
	size_t i = 0;

	for (; i < n && from[i]; i++)
		to[i] = from[i];
	for (; i < n; i++)
		to[i] = '\0';
	return to;
}

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do
		if (*s == (char)c)
			last = s;
	while (*s++);
	return (char *)last;
}

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; a++, b++, n--) {
		int x = tolower((unsigned char)*a);
		int y = tolower((unsigned char)*b);

		if (x != y || !x)
			return x - y;
	}
	return 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, (size_t)-1);
}

char *strstr(const char *s, const char *part)
{
	size_t n = strlen(part);

	for (; *s; s++)
		if (strncmp(s, part, n) == 0)
			return (char *)s;
	return n == 0 ? (char *)s : NULL;
}

size_t strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && strchr(set, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && !strchr(set, s[n]))
		n++;
	return n;
}

char *strtok(char *s, const char *separators)
{
	static char *rest;
	char *token;

	if (s)
		rest = s;
	if (!rest)
		return NULL;
	token = rest + strspn(rest, separators);
	if (!*token) {
		rest = NULL;
		return NULL;
	}
	rest = token + strcspn(token, separators);
	if (*rest)
		*rest++ = '\0';
	else
		rest = NULL;
	return token;
}

char *strndup(const char *s, size_t n)
{
	char *copy;

	n = strnlen(s, n);
	copy = malloc(n + 1);
	if (copy) {
		memcpy(copy, s, n);
		copy[n] = '\0';
	}
	return copy;
}

char *strdup(const char *s)
{
	return strndup(s, strlen(s));
}
