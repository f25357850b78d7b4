/*
 * yes [word...]
 * Prints its arguments for ever.
 */
#include <stdio.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	static char *usual[] = { "y", NULL };
	char **words;

	util_start(argv);
	if (getopt(argc, argv, "") != -1)
		usage();
	words = optind < argc ? argv + optind : usual;
	for (char **w = words;
	     printf(w[1] ? "%s " : "%s\n", *w) >= 0 && !ferror(stdout);)
		w = w[1] ? w + 1 : words;
	return 1;
}
