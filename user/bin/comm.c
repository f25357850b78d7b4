/*
 * comm [-123] file1 file2
 * Compares two sorted files. Prints the lines only in the first, only in the
 * second, and in both.
 */
#include <lines.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static int hidden[3];

/* Prints a line in its column. */
static void put(int column, const char *line)
{
	if (hidden[column])
		return;
	for (int i = 0; i < column; i++)
		if (!hidden[i])
			putchar('\t');
	puts(line);
}

/* Merges the two files. */
static void comm(FILE *a, FILE *b)
{
	char *x = NULL, *y = NULL;
	size_t x_size = 0, y_size = 0;
	int more_x = read_line(&x, &x_size, a) >= 0,
	    more_y = read_line(&y, &y_size, b) >= 0;

	while (more_x || more_y) {
		int order;

		if (more_x && more_y)
			order = strcmp(x, y);
		else
			order = more_x ? -1 : 1;
		if (order == 0)
			put(2, x);
		else
			put(order > 0, order > 0 ? y : x);
		if (order <= 0)
			more_x = read_line(&x, &x_size, a) >= 0;
		if (order >= 0)
			more_y = read_line(&y, &y_size, b) >= 0;
	}
}

int main(int argc, char **argv)
{
	int option;
	FILE *a, *b;

	util_start(argv);
	while ((option = getopt(argc, argv, "123")) != -1) {
		if (option == '?')
			usage();
		hidden[option - '1'] = 1;
	}
	if (argc - optind != 2)
		usage();
	a = open_input(argv[optind]);
	b = open_input(argv[optind + 1]);
	if (!a || !b)
		return 1;
	comm(a, b);
	if (fclose(a) < 0)
		warn(argv[optind]);
	if (fclose(b) < 0)
		warn(argv[optind + 1]);
	return exit_status;
}
