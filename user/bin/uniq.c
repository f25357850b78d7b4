/* uniq [-cdui] [-f fields] [-s chars] [-w chars] [input [output]] */
#include <ctype.h>
#include <fcntl.h>
#include <lines.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static int counts, repeated, unique, fold, skip_fields, skip_chars, width = -1;

/* The part of a line that is compared. */
static const char *key(const char *s)
{
	for (int i = 0; i < skip_fields; i++) {
		s += strspn(s, " \t");
		s += strcspn(s, " \t");
	}
	for (int i = 0; i < skip_chars && *s; i++)
		s++;
	return s;
}

/* Whether two lines count as the same. */
static int same(const char *a, const char *b)
{
	int left = width;

	for (a = key(a), b = key(b); left != 0; a++, b++, left--) {
		if (fold ? tolower(*a) != tolower(*b) : *a != *b)
			return 0;
		if (!*a)
			return 1;
	}
	return 1;
}

/* Print the first line of a group of n. */
static void print_group(const char *line, long n)
{
	if (n == 0 || (repeated && n == 1) || (unique && n > 1))
		return;
	if (counts)
		printf("%7ld ", n);
	puts(line);
}

/* Go through all lines, with the first of the current group at hand. */
static void uniq(FILE *f)
{
	char *first = NULL, *line = NULL, *other;
	size_t first_size = 0, size = 0, other_size;
	long n = 0;

	while (read_line(&line, &size, f) >= 0) {
		if (n > 0 && same(first, line)) {
			n++;
			continue;
		}
		print_group(first, n);
		other = first, first = line, line = other;
		other_size = first_size, first_size = size, size = other_size;
		n = 1;
	}
	print_group(first, n);
}

/* Note an option and its argument. */
static void set_option(int option)
{
	switch (option) {
	case 'c': counts = 1; break;
	case 'd': repeated = 1; break;
	case 'u': unique = 1; break;
	case 'i': fold = 1; break;
	case 'f': skip_fields = number(optarg); break;
	case 's': skip_chars = number(optarg); break;
	case 'w': width = number(optarg); break;
	default: usage("[-cdui] [-f fields] [-s chars] [-w chars] [input [output]]");
	}
}

int main(int argc, char **argv)
{
	int option, fd;
	FILE *f;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "cduif:s:w:")) != -1)
		set_option(option);
	f = open_input(optind < argc ? argv[optind] : "-");
	if (!f)
		return 1;
	if (argc - optind > 1) {
		fd = open(argv[optind + 1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
		if (fd < 0 || dup2(fd, 1) < 0)
			die(argv[optind + 1]);
	}
	uniq(f);
	return exit_status;
}
