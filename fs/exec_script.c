/*
 * The first line of a script: "#!interpreter argument". As on Linux it may end
 * with the file. A line longer than the header is cut off there, but not within
 * the interpreter's path.
 */
#include <cowix/kernel.h>
#include <abi/errno.h>
#include "exec.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Returns the first character of [at, end] that is not blank, or NULL. */
static char *skip_blanks(char *at, const char *end)
{
	while (at <= end && is_blank(*at))
		at++;
	return at <= end ? at : NULL;
}

/* Returns the first blank or NUL of [at, end], or NULL. */
static char *word_end(char *at, const char *end)
{
	while (at <= end && *at && !is_blank(*at))
		at++;
	return at <= end ? at : NULL;
}

/* Returns the end of the line, or NULL if the interpreter's path is cut off. */
static char *line_end(char *header)
{
	char *last = header + HEADER_SIZE - 1;
	char *end = memchr(header, '\n', HEADER_SIZE), *name;

	if (end)
		return end;
	name = skip_blanks(header + 2, last);
	return name && word_end(name, last) ? last : NULL;
}

/*
 * Splits the line in place. *argument is NULL if there is none. Returns
 * -ENOEXEC, or -EACCES for an empty path, which to Linux is the working
 * directory.
 */
int parse_script(u8 *header, char **interpreter, char **argument)
{
	char *line = (char *)header, *end = line_end(line), *space;

	if (!end)
		return -ENOEXEC;
	while (is_blank(end[-1]))
		end--;
	*interpreter = skip_blanks(line + 2, end);
	if (!*interpreter || *interpreter == end)
		return -ENOEXEC;
	if (!**interpreter)
		return -EACCES;
	space = word_end(*interpreter, end);
	*argument = space && *space ? skip_blanks(space, end) : NULL;
	*end = '\0';
	if (*argument)
		*space = '\0';
	return 0;
}
