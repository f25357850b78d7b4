/*
 * hexdump [-Cv] [-n bytes] [-s skip] [file...]
 * Prints files as hexadecimal numbers.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static int canonical, all_lines;
static long limit = -1, skip;
static unsigned long offset;

static void print_line(const unsigned char *line, int n)
{
	printf(canonical ? "%08lx " : "%07lx", offset);
	for (int i = 0; i < 16; i += canonical ? 1 : 2) {
		if (canonical)
			printf(i == 8 ? "  " : " ");
		if (i >= n)
			printf(canonical ? "  " : "     ");
		else if (canonical)
			printf("%02x", line[i]);
		else
			printf(" %02x%02x", i + 1 < n ? line[i + 1] : 0,
			       line[i]);
	}
	if (canonical) {
		printf("  |");
		for (int i = 0; i < n; i++)
			putchar(isprint(line[i]) ? line[i] : '.');
		putchar('|');
	}
	putchar('\n');
}

static void dump(int fd, const char *name)
{
	unsigned char line[16], last[16];
	FILE *f = fdopen(dup(fd), "r");
	int n = 0, same = 0, c = 0;

	if (!f)
		die(name);
	for (; skip > 0 && fgetc(f) != EOF; skip--)
		offset++;
	while (c != EOF) {
		int starred = same;

		for (n = 0; n < 16 && limit != 0 && (c = fgetc(f)) != EOF;
		     n++, limit -= limit > 0)
			line[n] = c;
		if (n == 0)
			break;
		same = !all_lines && n == 16 && offset &&
		       memcmp(line, last, 16) == 0;
		if (!same)
			print_line(line, n);
		else if (!starred)
			puts("*");
		memcpy(last, line, 16);
		offset += n;
		if (limit == 0)
			break;
	}
	if (fclose(f) < 0)
		warn(name);
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "Cvn:s:")) != -1) {
		canonical |= option == 'C';
		all_lines |= option == 'v';
		if (option == 'n')
			limit = number(optarg);
		if (option == 's')
			skip = number(optarg);
		if (option == '?')
			usage();
	}
	for_each_file(argv + optind, dump);
	if (offset)
		printf(canonical ? "%08lx\n" : "%07lx\n", offset);
	return exit_status;
}
