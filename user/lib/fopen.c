/* Opens and closes streams. */
#include "stdio_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

FILE *fdopen(int fd, const char *mode)
{
	FILE *f = calloc(1, sizeof(*f) + BUFSIZ);

	if (!f)
		return NULL;
	f->fd = fd;
	f->buf = (unsigned char *)(f + 1);
	f->writing = mode[0] != 'r';
	f->allocated = 2;
	register_stream(f);
	return f;
}

/* Returns the flags of open() for r, w or a. */
static int flags_of(char mode)
{
	switch (mode) {
	case 'r': return O_RDONLY;
	case 'w': return O_WRONLY | O_CREAT | O_TRUNC;
	default: return O_WRONLY | O_CREAT | O_APPEND;
	}
}

FILE *fopen(const char *path, const char *mode)
{
	int fd = open(path, flags_of(mode[0]), 0666);
	FILE *f = fd < 0 ? NULL : fdopen(fd, mode);

	if (fd >= 0 && !f)
		close(fd);
	return f;
}

int fclose(FILE *f)
{
	int result = fflush(f), error = f->error;

	for (FILE **p = &open_streams; *p; p = &(*p)->next)
		if (*p == f) {
			*p = f->next;
			break;
		}
	if (close(f->fd) < 0)
		result = EOF;
	if (error)
		errno = error;
	if (f->allocated == 2)
		free(f);
	return result;
}
