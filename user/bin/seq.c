/*
 * seq [-w] [-s separator] [first [increment]] last
 * Prints numbers in sequence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static long long integer(const char *s)
{
	char *end;
	long long value = strtoll(s, &end, 10);

	if (end == s || *end) {
		complain(s, "not a whole number");
		exit(1);
	}
	return value;
}

static const char *separator = "\n";
static int wide;

/* Parses the options. What may be a negative number is no option. */
static void read_options(int argc, char **argv)
{
	while (optind < argc &&
	       (argv[optind][1] < '0' || argv[optind][1] > '9')) {
		int option = getopt(argc, argv, "ws:");

		if (option == -1)
			break;
		if (option == '?')
			usage();
		if (option == 'w')
			wide = 1;
		else
			separator = optarg;
	}
}

/* Prints the numbers; with -w all are as wide as the widest. */
static void print(long long first, long long step, long long last)
{
	int width = 0, any = 0;
	char text[24];

	if (wide) {
		int other = sprintf(text, "%lld", last);

		width = sprintf(text, "%lld", first);
		width = other > width ? other : width;
	}
	for (; step > 0 ? first <= last : first >= last; first += step)
		printf("%s%0*lld", any++ ? separator : "", width, first);
	if (any)
		putchar('\n');
}

int main(int argc, char **argv)
{
	long long first = 1, step = 1, last;
	int count;

	util_start(argv);
	read_options(argc, argv);
	count = argc - optind;
	if (count < 1 || count > 3)
		usage();
	last = integer(argv[argc - 1]);
	if (count > 1)
		first = integer(argv[optind]);
	if (count > 2)
		step = integer(argv[optind + 1]);
	if (step == 0)
		usage();
	print(first, step, last);
	return 0;
}
