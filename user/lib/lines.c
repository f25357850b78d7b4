/* Text files by lines, for the programs that read several at once. */
#include <lines.h>
#include <string.h>
#include <util.h>

/* Open a file to read; "-" is standard input. A failure is said, and NULL comes back. */
FILE *open_input(const char *name)
{
	FILE *f = strcmp(name, "-") == 0 ? fdopen(0, "r") : fopen(name, "r");

	if (!f)
		warn(name);
	return f;
}

/* As getline(), but the newline is taken off. */
ssize_t read_line(char **line, size_t *size, FILE *f)
{
	ssize_t n = getline(line, size, f);

	if (n > 0 && (*line)[n - 1] == '\n')
		(*line)[--n] = '\0';
	return n;
}
