/*
 * Answers --help, and a wrong call. tools/manual makes help_pages from the
 * program's pages in user/man, so that the manual says the same. This file
 * calls only what is small, and nothing of user/lib/util.c: the shell has
 * functions of those names.
 */
#include <help.h>
#include <string.h>
#include <unistd.h>

/* Returns the page of a name or path, or the first one. */
static const struct help *find_page(const char *name)
{
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	name += *name == '-';		/* of a login */
	for (const struct help *page = help_pages; page->name; page++)
		if (strcmp(page->name, name) == 0)
			return page;
	return help_pages;
}

/* Writes a text. Returns 0, or 1 if it was lost. */
static int put(int fd, const char *text)
{
	ssize_t n = strlen(text);

	return write(fd, text, n) != n;
}

void print_usage(const char *name)
{
	const struct help *page = find_page(name);

	put(2, page->name ? page->usage : "usage: not known\n");
}

void answer_help(char **argv)
{
	const struct help *page;

	if (!argv[0] || !argv[1] || strcmp(argv[1], "--help") != 0 || argv[2])
		return;
	page = find_page(argv[0]);
	_exit(page->name && (put(1, page->usage) | put(1, page->summary)));
}
