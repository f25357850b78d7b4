/*
 * What the kernel and the C library of the programs share: lib/string.c and
 * lib/vsnprintf.c are compiled for both. The programs' prototypes are in
 * user/lib/include.
 */
#ifndef COWIX_LIB_H
#define COWIX_LIB_H

#include <stddef.h>
#include <stdarg.h>

/* lib/string.c */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strcpy(char *to, const char *from);
char *strchr(const char *s, int c);

/* lib/vsnprintf.c */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
