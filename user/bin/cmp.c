/*
 * cmp [-l | -s] file1 file2
 * Compares two files byte by byte.
 */
#include <errno.h>
#include <lines.h>
#include <stdlib.h>
#include <unistd.h>
#include <util.h>

static int list, silent;

/* Reports that one file has ended before the other. */
static void say_end(const char *name, long byte, long line, int last)
{
	if (silent)
		return;
	fflush(stdout);
	if (byte == 0)
		fprintf(stderr, "cmp: EOF on %s which is empty\n", name);
	else if (list)
		fprintf(stderr, "cmp: EOF on %s after byte %ld\n", name, byte);
	else
		fprintf(stderr, "cmp: EOF on %s after byte %ld, %s %ld\n", name,
			byte, last == '\n' ? "line" : "in line",
			last == '\n' ? line - 1 : line);
}

/* Compares byte by byte. Returns the exit status. */
static int cmp(FILE *a, FILE *b, char **names)
{
	long byte = 0, line = 1;
	int differ = 0, last = 0;

	for (;;) {
		int x = getc(a), y = getc(b);

		if (x == EOF || y == EOF) {
			if ((errno = ferror(a)) || (errno = ferror(b)))
				die(names[!ferror(a)]);
			if (x != y)
				say_end(names[x != EOF], byte, line, last);
			return x != y || differ;
		}
		byte++;
		if (x != y) {
			if (!list && !silent)
				printf("%s %s differ: char %ld, line %ld\n",
				       names[0], names[1], byte, line);
			if (!list)
				return 1;
			printf("%ld %3o %3o\n", byte, x, y);
			differ = 1;
		}
		line += x == '\n';
		last = x;
	}
}

int main(int argc, char **argv)
{
	int option;
	FILE *a, *b;

	util_start(argv);
	failure_status = 2;
	while ((option = getopt(argc, argv, "ls")) != -1) {
		list |= option == 'l';
		silent |= option == 's';
		if (option == '?')
			usage();
	}
	if (argc - optind != 2 || (list && silent))
		usage();
	a = open_input(argv[optind]);
	b = open_input(argv[optind + 1]);
	return a && b ? cmp(a, b, argv + optind) : 2;
}
