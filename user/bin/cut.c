/*
 * cut -b list | -c list | -f list [-d char] [-s] [file...]
 * Prints the chosen bytes or fields of each line. A character is a byte.
 */
#include <ctype.h>
#include <lines.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

struct range {
	long from, to;
};

static struct range *ranges;
static int count, fields, delimiter = '\t', only_delimited;

/* Reports a bad list and exits. */
static void bad_list(const char *s)
{
	complain(s, "bad list");
	exit(1);
}

/* Parses a list like 1,3-5,7-: ranges separated by commas or blanks. */
static void parse_list(const char *s)
{
	do {
		struct range r = { 1, 0x7FFFFFFF };
		int digits = isdigit(*s);

		if (digits)
			r.from = r.to = strtol(s, (char **)&s, 10);
		if (*s == '-') {
			s++;
			digits |= isdigit(*s);
			r.to = isdigit(*s) ? strtol(s, (char **)&s, 10)
					   : 0x7FFFFFFF;
		}
		if (!digits || r.from < 1 || r.to < r.from ||
		    (*s && *s != ',' && !isblank(*s)))
			bad_list(s);
		ranges = realloc(ranges, (count + 1) * sizeof(*ranges));
		if (!ranges)
			die("memory");
		ranges[count++] = r;
	} while (*s++);
}

/* Returns 1 if the nth character or field is in the list. */
static int selected(long n)
{
	for (int i = 0; i < count; i++)
		if (n >= ranges[i].from && n <= ranges[i].to)
			return 1;
	return 0;
}

static void put_line(const char *line, size_t length)
{
	fwrite(line, 1, length, stdout);
	putchar('\n');
}

/* Prints the fields of a line that are in the list. */
static void cut_fields(const char *line, size_t length)
{
	const char *end = line + length, *stop;
	int printed = 0;

	if (!memchr(line, delimiter, length)) {
		if (!only_delimited)
			put_line(line, length);
		return;
	}
	for (long n = 1; line; line = stop ? stop + 1 : NULL, n++) {
		stop = memchr(line, delimiter, end - line);
		if (!selected(n))
			continue;
		if (printed++)
			putchar(delimiter);
		fwrite(line, 1, (stop ? stop : end) - line, stdout);
	}
	putchar('\n');
}

/* Prints the characters of a line that are in the list. */
static void cut_characters(const char *line, long length)
{
	for (long n = 0; n < length; n++)
		if (selected(n + 1))
			putchar(line[n]);
	putchar('\n');
}

/* Cuts all lines of a file. */
static void cut(int fd, const char *name)
{
	FILE *f = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		die(name);
	while ((n = read_line(&line, &size, f)) >= 0)
		if (fields)
			cut_fields(line, n);
		else
			cut_characters(line, n);
	free(line);
	if (fclose(f) < 0)
		warn(name);
}

int main(int argc, char **argv)
{
	int option, lists = 0, delimited = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "b:c:f:d:sn")) != -1) {
		if (option == 'b' || option == 'c' || option == 'f') {
			parse_list(optarg);
			lists++;
		}
		fields |= option == 'f';
		only_delimited |= option == 's';
		delimited |= option == 'd';
		if (option == '?' || (option == 'd' && optarg[0] && optarg[1]))
			usage();
		if (option == 'd')
			delimiter = optarg[0];
	}
	if (lists != 1 || (!fields && (delimited || only_delimited)))
		usage();
	for_each_file(argv + optind, cut);
	return exit_status;
}
