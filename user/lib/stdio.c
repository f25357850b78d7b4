/* Streams: buffers, flushing and writing. Reading is in stdio_read.c. */
#include "stdio_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* not in the FILEs, so that the program's file holds no zeroes */
static unsigned char in_buf[BUFSIZ], out_buf[BUFSIZ], err_buf[BUFSIZ];
static FILE in = { .fd = 0, .buf = in_buf },
	    out = { .fd = 1, .writing = 1, .buf = out_buf };
static FILE err = { .fd = 2, .writing = 1, .unbuffered = 1, .buf = err_buf };
FILE *const stdin = &in, *const stdout = &out, *const stderr = &err;
FILE *open_streams;

static void flush_all(void)
{
	fflush(NULL);
}

void register_stream(FILE *f)
{
	if (!open_streams)
		atexit(flush_all);
	f->next = open_streams;
	open_streams = f;
}

static int flush_one(FILE *f)
{
	unsigned done = 0;

	while (f->writing && done < f->end) {
		ssize_t n = write(f->fd, f->buf + done, f->end - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			f->error = errno;
			break;
		}
		done += n;
	}
	if (f->writing)
		f->end = 0;
	return f->error ? EOF : 0;
}

int fflush(FILE *f)
{
	int result = 0;

	if (f)
		return flush_one(f);
	if (stdout->end)
		result |= flush_one(stdout);
	for (f = open_streams; f; f = f->next)
		result |= flush_one(f);
	return result;
}

/*
 * Decides at the first use of standard output how it is buffered. Registers the
 * flush at exit.
 */
static void first_use(FILE *f)
{
	if (f != stdout || f->allocated)
		return;
	f->allocated = 1;
	f->line_buffered = isatty(f->fd);
	register_stream(f);
}

int fputc(int c, FILE *f)
{
	first_use(f);
	f->buf[f->end++] = c;
	if (f->end == BUFSIZ || f->unbuffered ||
	    (f->line_buffered && c == '\n'))
		if (flush_one(f) < 0)
			return EOF;
	return (unsigned char)c;
}

size_t fwrite(const void *buf, size_t size, size_t n, FILE *f)
{
	const unsigned char *p = buf;
	size_t bytes = size * n, done = 0;
	int unbuffered = f->unbuffered, line_buffered;

	first_use(f);
	line_buffered = f->line_buffered;
	while (done < bytes) {
		size_t part = BUFSIZ - f->end < bytes - done ? BUFSIZ - f->end
							     : bytes - done;

		memcpy(f->buf + f->end, p + done, part);
		f->end += part;
		done += part;
		if (f->end == BUFSIZ && flush_one(f) < 0)
			return 0;
	}
	if (unbuffered || (line_buffered && memchr(buf, '\n', bytes)))
		flush_one(f);
	return f->error ? 0 : n;
}

int putc(int c, FILE *f)
{
	return fputc(c, f);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);

	return fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	return fputs(s, stdout) < 0 || putchar('\n') < 0 ? EOF : 0;
}

int fileno(FILE *f)
{
	return f->fd;
}

int ferror(FILE *f)
{
	return f->error;
}
