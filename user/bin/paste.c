/*
 * paste [-s] [-d list] file...
 * Joins lines of files side by side.
 */
#include <lines.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#define NONE (-1)	/* \0 in the list: no delimiter */

static int delimiters[256], count;

/* Returns the delimiter that a letter behind a backslash stands for. */
static int escaped(char c)
{
	switch (c) {
	case 'n': return '\n';
	case 't': return '\t';
	case '0': return NONE;
	default: return c;
	}
}

/* Parses the list of delimiters, with the escapes \n, \t, \\ and \0. */
static void parse_list(const char *s)
{
	for (count = 0; *s && count < 256; s++) {
		if (*s == '\\' && s[1]) {
			s++;
			delimiters[count++] = escaped(*s);
		} else {
			delimiters[count++] = *s;
		}
	}
}

/* Prints the delimiter behind column i. */
static void put_delimiter(int i)
{
	if (count && delimiters[i % count] != NONE)
		putchar(delimiters[i % count]);
}

/* Joins all lines of each file into one. */
static void serial(FILE **files, int n)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	for (int i = 0; i < n; i++) {
		int column = 0;

		if (!files[i])
			continue;
		while ((length = read_line(&line, &size, files[i])) >= 0) {
			if (column > 0)
				put_delimiter(column - 1);
			fwrite(line, 1, length, stdout);
			column++;
		}
		putchar('\n');
	}
}

/*
 * Prints one line of each file side by side, until all have ended. Delimiters
 * of ended files are held back until some file has a line.
 */
static void parallel(FILE **files, int n)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	for (;;) {
		int put = -1;

		for (int i = 0; i < n; i++) {
			if ((length = read_line(&line, &size, files[i])) < 0)
				continue;
			for (put = put < 0 ? 0 : put; put < i; put++)
				put_delimiter(put);
			fwrite(line, 1, length, stdout);
		}
		if (put < 0)
			break;
		for (; put < n - 1; put++)
			put_delimiter(put);
		putchar('\n');
	}
}

/*
 * Opens all files. In series a missing one does not matter to the others.
 * Standard input is opened once, however often it is named.
 */
static FILE **open_all(char **names, int n, int in_series)
{
	FILE **files = calloc(n, sizeof(*files));

	if (!files)
		die("memory");
	for (int i = 0; i < n; i++) {
		files[i] = strcmp(names[i], "-") == 0 ? stdin
						      : open_input(names[i]);
		if (!files[i] && !in_series)
			exit(1);
	}
	return files;
}

int main(int argc, char **argv)
{
	static char *standard_input[] = { "-", NULL };
	int option, in_series = 0, n;
	char **names;

	util_start(argv);
	parse_list("\t");
	while ((option = getopt(argc, argv, "sd:")) != -1) {
		in_series |= option == 's';
		if (option == 'd')
			parse_list(optarg);
		if (option == '?')
			usage();
	}
	names = optind < argc ? argv + optind : standard_input;
	n = optind < argc ? argc - optind : 1;
	(in_series ? serial : parallel)(open_all(names, n, in_series), n);
	return exit_status;
}
