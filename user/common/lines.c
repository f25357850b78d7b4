/* Reads text files line by line, for programs that read several at once. */
#include <errno.h>
#include <lines.h>
#include <util.h>

/*
 * Opens a file to read; "-" is standard input. Returns NULL after an error
 * message.
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
 * Like getline(), but removes the newline. Ends the program if the file cannot
 * be read.
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
