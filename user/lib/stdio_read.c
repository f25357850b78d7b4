/* Reads from streams. */
#include "stdio_internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fill(FILE *f)
{
	ssize_t n;

	if (f->eof)
		return EOF;
	do
		n = read(f->fd, f->buf, BUFSIZ);
	while (n < 0 && errno == EINTR);
	f->at = 0;
	f->end = n > 0 ? n : 0;
	f->eof = n == 0;
	if (n < 0)
		f->error = errno;
	return n > 0 ? 0 : EOF;
}

int fgetc(FILE *f)
{
	return f->at < f->end || fill(f) == 0 ? f->buf[f->at++] : EOF;
}

int getc(FILE *f)
{
	return fgetc(f);
}

int getchar(void)
{
	return fgetc(stdin);
}

int ungetc(int c, FILE *f)
{
	if (c == EOF || f->at == 0)
		return EOF;
	f->eof = 0;
	return f->buf[--f->at] = c;
}

int feof(FILE *f)
{
	return f->eof && f->at == f->end;
}

void clearerr(FILE *f)
{
	f->eof = f->error = 0;
}

char *fgets(char *s, int size, FILE *f)
{
	int n = 0, c = 0;

	while (n < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		s[n++] = c;
	s[n] = '\0';
	return n > 0 ? s : NULL;
}

size_t fread(void *buf, size_t size, size_t n, FILE *f)
{
	size_t done = 0;

	while (done < size * n && (f->at < f->end || fill(f) == 0)) {
		size_t part = f->end - f->at < size * n - done
				      ? f->end - f->at
				      : size * n - done;

		memcpy((char *)buf + done, f->buf + f->at, part);
		f->at += part;
		done += part;
	}
	return size ? done / size : 0;
}

ssize_t getline(char **line, size_t *size, FILE *f)
{
	size_t n = 0;
	int c = 0;

	while (c != '\n' && (c = fgetc(f)) != EOF) {
		if (n + 2 > *size || !*line) {
			size_t more = *line ? *size * 2 : 120;
			char *bigger = realloc(*line, more);

			if (!bigger) {		/* the line would be cut */
				f->error = errno = ENOMEM;
				return -1;
			}
			*line = bigger;
			*size = more;
		}
		(*line)[n++] = c;
	}
	if (n == 0)
		return -1;
	(*line)[n] = '\0';
	return n;
}
