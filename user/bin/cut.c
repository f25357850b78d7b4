/* cut -b list | -c list | -f list [-d char] [-s] [file...] */
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

/* End because of a bad list. */
static void bad_list(const char *s)
{
	complain(s, "bad list");
	exit(1);
}

/* A list like 1,3-5,7-: ranges separated by commas or blanks. */
static void parse_list(const char *s)
{
	for (; *s; s += *s == ',' || isblank(*s)) {
		struct range r = { 1, 0x7FFFFFFF };
		int digits = isdigit(*s);

		if (digits)
			r.from = r.to = strtol(s, (char **)&s, 10);
		if (*s == '-') {
			s++;
			digits |= isdigit(*s);
			r.to = isdigit(*s) ? strtol(s, (char **)&s, 10) : 0x7FFFFFFF;
		}
		if (!digits || r.from < 1 || r.to < r.from || (*s && *s != ',' && !isblank(*s)))
			bad_list(s);
		ranges = realloc(ranges, (count + 1) * sizeof(*ranges));
		if (!ranges)
			die("memory");
		ranges[count++] = r;
	}
	if (!count)
		bad_list(s);
}

/* Whether the nth character or field is in the list. */
static int selected(long n)
{
	for (int i = 0; i < count; i++)
		if (n >= ranges[i].from && n <= ranges[i].to)
			return 1;
	return 0;
}

/* Print the fields of a line that are in the list. */
static void cut_fields(const char *line)
{
	const char separator[] = { delimiter, 0 };
	int printed = 0;

	if (!strchr(line, delimiter)) {
		if (!only_delimited)
			puts(line);
		return;
	}
	for (long n = 1;; n++) {
		size_t length = strcspn(line, separator);

		if (selected(n)) {
			if (printed++)
				putchar(delimiter);
			fwrite(line, 1, length, stdout);
		}
		if (!line[length])
			break;
		line += length + 1;
	}
	putchar('\n');
}

/* Print the characters of a line that are in the list. */
static void cut_characters(const char *line, long length)
{
	for (long n = 0; n < length; n++)
		if (selected(n + 1))
			putchar(line[n]);
	putchar('\n');
}

/* All lines of a file. */
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
			cut_fields(line);
		else
			cut_characters(line, n);
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "b:c:f:d:sn")) != -1) {
		if (option == 'b' || option == 'c' || option == 'f')
			parse_list(optarg);
		fields |= option == 'f';
		only_delimited |= option == 's';
		if (option == 'd')
			delimiter = optarg[0];
		if (option == '?')
			usage("-b list | -c list | -f list [-d char] [-s] [file...]");
	}
	if (!count)
		usage("-b list | -c list | -f list [-d char] [-s] [file...]");
	for_each_file(argv + optind, cut);
	return exit_status;
}
