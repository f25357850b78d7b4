/*
 * man [section] name...
 * man -k word...
 * Prints pages of the manual, on a terminal through more. All pages are in one
 * file, each behind a line with a form feed. A page begins with its names and
 * section, like "test, [(1): ". tools/manual makes the file from user/man.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

#define PAGES "/usr/share/man/pages"

static char *pages;
static int found;

/* Reads the file of pages, and ends each at its form feed. */
static void read_pages(void)
{
	int fd = open(PAGES, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(PAGES);
	pages = calloc(st.st_size + 2, 1);	/* after the last page: "" */
	if (!pages || read(fd, pages, st.st_size) != (ssize_t)st.st_size)
		die(PAGES);
	close(fd);
	for (char *end = pages; (end = strchr(end, '\f')); end++)
		*end = '\0';
}

/* Returns the page behind one, or "" behind the last. */
static char *next_page(char *page)
{
	page += strlen(page) + 1;
	return page + (*page == '\n');
}

/* Returns 1 if a page has a name, and is of a section unless that is NULL. */
static int is_page(const char *page, const char *section, const char *name)
{
	size_t n = strlen(name), names = strcspn(page, "(");
	const char *at = page;

	if (section && page[names] && page[names + 1] != *section)
		return 0;
	while (at < page + names) {
		size_t length = strcspn(at, ",(");

		if (length == n && strncmp(at, name, n) == 0)
			return 1;
		at += length + 2;
	}
	return 0;
}

/* Prints the pages of a name, with a line between two. */
static void show(const char *section, const char *name)
{
	int before = found;

	for (char *page = pages; *page; page = next_page(page))
		if (is_page(page, section, name))
			printf("%s%s", found++ ? "\n" : "", page);
	if (found == before)
		complain(name, "no page; man -k finds words");
}

/* Returns 1 if a text has a word, in letters of either case. */
static int has_word(const char *text, size_t length, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= length; i++)
		if (strncasecmp(text + i, word, n) == 0)
			return 1;
	return 0;
}

/* Prints the first lines of the pages that have a word there. */
static void search(const char *word)
{
	int before = found;

	for (char *page = pages; *page; page = next_page(page)) {
		int length = strcspn(page, "\n");

		if (has_word(page, length, word)) {
			printf("%.*s\n", length, page);
			found++;
		}
	}
	if (found == before)
		complain(word, "nothing is called so");
}

/* Sends standard output to more. Returns its process, or 0 without one. */
static pid_t start_more(void)
{
	int fds[2];
	pid_t pid;

	if (!isatty(1) || pipe(fds) < 0)
		return 0;
	pid = fork();
	if (pid < 0)
		return 0;
	dup2(fds[pid ? 1 : 0], pid ? 1 : 0);
	close(fds[0]);
	close(fds[1]);
	if (pid)
		return pid;
	execvp("more", (char *[]){ "more", NULL });
	die("more");
	return 0;
}

int main(int argc, char **argv)
{
	const char *section = NULL;
	int option, words = 0;
	pid_t pager;

	util_start(argv);
	while ((option = getopt(argc, argv, "k")) != -1) {
		if (option == '?')
			usage();
		words = 1;
	}
	if (!words && argc - optind > 1 && isdigit(argv[optind][0]) &&
	    !argv[optind][1])
		section = argv[optind++];
	if (optind == argc)
		usage();
	read_pages();
	pager = start_more();
	for (; optind < argc; optind++)
		if (words)
			search(argv[optind]);
		else
			show(section, argv[optind]);
	if (fflush(stdout) < 0 && !pager)
		return 1;
	if (pager) {
		close(1);
		waitpid(pager, NULL, 0);
	}
	return exit_status;
}
