/* Text files by lines, for the programs that read several at once. */
#include <errno.h>
#include <lines.h>
#include <util.h>

/*
 * Open a file to read; "-" is standard input. A failure is said, and NULL comes
 * back.
 */
FILE *open_input(const char *name)
{
	int fd = open_file(name);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !f)
		warn(name);
	return f;
}

/*
 * As getline(), but the newline is taken off, and what cannot be read ends the
 * program.
 */
ssize_t read_line(char **line, size_t *size, FILE *f)
{
	ssize_t n = getline(line, size, f);

	if (n < 0 && ferror(f)) {
		errno = ferror(f);
		die("input");
	}
	if (n > 0 && (*line)[n - 1] == '\n')
		(*line)[--n] = '\0';
	return n;
}
