/* sort [-nrufb] [-k field] [-t char] [file...] */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static int numeric, reversed, unique, fold, field, separator;
static char **lines;
static size_t count, room;

/* Where the key of a line begins. */
static const char *key(const char *s)
{
	for (int i = 1; i < field && *s; i++) {
		if (separator) {
			s += strcspn(s, (char[]){ separator, 0 });
			s += *s != '\0';
		} else {
			s += strspn(s, " \t");
			s += strcspn(s, " \t");
		}
	}
	return numeric || (field && !separator) ? s + strspn(s, " \t") : s;
}

static int compare_keys(const char *a, const char *b)
{
	if (numeric) {
		long x = strtol(a, NULL, 10), y = strtol(b, NULL, 10);

		return (x > y) - (x < y);
	}
	return fold ? strcasecmp(a, b) : strcmp(a, b);
}

static int compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int order = compare_keys(key(x), key(y));

	if (order == 0 && !unique)
		order = strcmp(x, y);
	return reversed ? -order : order;
}

static void read_lines(int fd, const char *name)
{
	FILE *f = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		die(name);
	while ((n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (count == room) {
			room = room ? 2 * room : 256;
			lines = realloc(lines, room * sizeof(*lines));
		}
		if (!lines || !(lines[count++] = strdup(line)))
			die("memory");
	}
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "nrufbk:t:")) != -1) {
		numeric |= option == 'n';
		reversed |= option == 'r';
		unique |= option == 'u';
		fold |= option == 'f';
		if (option == 'k')
			field = atoi(optarg);
		if (option == 't')
			separator = optarg[0];
		if (option == '?')
			usage("[-nruf] [-k field] [-t char] [file...]");
	}
	for_each_file(argv + optind, read_lines);
	qsort(lines, count, sizeof(*lines), compare);
	for (size_t i = 0; i < count; i++)
		if (!unique || i == 0 || compare_keys(key(lines[i - 1]), key(lines[i])) != 0)
			puts(lines[i]);
	return exit_status;
}
