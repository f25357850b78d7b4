/*
 * printf() to streams, through a buffer that grows for a long line. vsnprintf()
 * is the kernel's (lib/vsnprintf.c).
 */
#include "stdio_internal.h"
#include <errno.h>
#include <stdlib.h>

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	char small[256], *text = small;
	int n = vsnprintf(small, sizeof(small), fmt, ap);

	if (n >= (int)sizeof(small)) {
		text = malloc(n + 1);
		if (!text) {
			f->error = ENOMEM;
			return -1;
		}
		vsnprintf(text, n + 1, fmt, ap);
	}
	if (fwrite(text, 1, n, f) != (size_t)n)
		n = -1;
	if (text != small)
		free(text);
	return n;
}

int vprintf(const char *fmt, va_list ap)
{
	return vfprintf(stdout, fmt, ap);
}

int fprintf(FILE *f, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return n;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, 0x7FFFFFFF, fmt, ap);
	va_end(ap);
	return n;
}
