/*
 * Answers --help, and a wrong call. tools/manual makes help_text from the
 * program's pages in user/man, so that the manual says the same. This file
 * calls only what is small, and nothing of user/lib/util.c: the shell has
 * functions of those names.
 */
#include <help.h>
#include <string.h>
#include <unistd.h>

#define USAGE "usage: "			/* a page begins with it and a name */

/* Returns the page of a name or path, or the first one. */
static const char *find_page(const char *name)
{
	const char *slash = strrchr(name, '/'), *page = help_text;
	size_t n;

	name = slash ? slash + 1 : name;
	name += *name == '-';		/* of a login */
	n = strlen(name);
	for (; *page; page += strlen(page) + 1)
		if (strncmp(page + strlen(USAGE), name, n) == 0 &&
		    page[strlen(USAGE) + n] <= ' ')
			return page;
	return help_text;
}

void print_usage(const char *name)
{
	const char *page = find_page(name), *summary = strrchr(page, '\t');

	if (summary)
		write(2, page, summary - page);
}

void answer_help(char **argv)
{
	const char *page;
	ssize_t n;

	if (!argv[0] || !argv[1] || strcmp(argv[1], "--help") != 0 || argv[2])
		return;
	page = find_page(argv[0]);
	n = strlen(page);
	_exit(write(1, page, n) != n);
}
