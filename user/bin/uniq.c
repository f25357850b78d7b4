/*
 * uniq [-cdui] [-f fields] [-s chars] [-w chars] [input [output]]
 * Prints one line of each group of equal adjacent lines.
 */
#include <ctype.h>
#include <fcntl.h>
#include <lines.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static int counts, repeated, unique, fold, skip_fields, skip_chars, width = -1;

struct line {
	char *s;
	size_t room;
	ssize_t length;
};

/*
 * Finds the part of a line that is compared. Returns its length, which may be
 * limited.
 */
static long key(const struct line *l, const char **s)
{
	const char *end = l->s + l->length, *p = l->s;

	for (int i = 0; i < skip_fields; i++) {
		while (p < end && isblank(*p))
			p++;
		while (p < end && !isblank(*p))
			p++;
	}
	*s = p = end - p < skip_chars ? end : p + skip_chars;
	return width >= 0 && end - p > width ? width : end - p;
}

/* Returns 1 if two lines count as the same. */
static int same(const struct line *x, const struct line *y)
{
	const char *a, *b;
	long n = key(x, &a);

	if (n != key(y, &b))
		return 0;
	for (; n > 0; n--, a++, b++)
		if (fold ? tolower(*a) != tolower(*b) : *a != *b)
			return 0;
	return 1;
}

/* Prints the first line of a group of n. */
static void print_group(const struct line *line, long n)
{
	if (n == 0 || (repeated && n == 1) || (unique && n > 1))
		return;
	if (counts)
		printf("%7ld ", n);
	fwrite(line->s, 1, line->length, stdout);
	putchar('\n');
}

/* Goes through all lines and remembers the first of the current group. */
static void uniq(FILE *f)
{
	struct line first = { 0 }, line = { 0 }, other;
	long n = 0;

	while ((line.length = read_line(&line.s, &line.room, f)) >= 0) {
		if (n > 0 && same(&first, &line)) {
			n++;
			continue;
		}
		print_group(&first, n);
		other = first;
		first = line;
		line = other;
		n = 1;
	}
	print_group(&first, n);
}

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
	default: usage();
	}
}

int main(int argc, char **argv)
{
	int option, fd;
	FILE *f;

	util_start(argv);
	while ((option = getopt(argc, argv, "cduif:s:w:")) != -1)
		set_option(option);
	if (argc - optind > 2 || skip_fields < 0 || skip_chars < 0)
		usage();
	f = open_input(optind < argc ? argv[optind] : "-");
	if (!f)
		return 1;
	if (argc - optind > 1 && strcmp(argv[optind + 1], "-") != 0) {
		fd = open(argv[optind + 1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
		if (fd < 0 || dup2(fd, 1) < 0)
			die(argv[optind + 1]);
	}
	uniq(f);
	return exit_status;
}
