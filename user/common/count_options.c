/* The options and headings of head and tail. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

char **count_options(int argc, char **argv, const char *letters,
		     struct count_options *o)
{
	int option;

	*o = (struct count_options){ .limit = 10 };
	if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' &&
	    argv[1][1] <= '9') {
		o->limit = number(argv[1] + 1);
		optind = 2;
	}
	while ((option = getopt(argc, argv, letters)) != -1) {
		if (option == '?')
			usage();
		if (option == 'f') {
			o->follow = 1;
			continue;
		}
		o->bytes = option == 'c';
		o->from_start = optarg[0] == '+';
		o->limit = number(optarg + o->from_start);
	}
	o->headings = argc - optind > 1;
	return argv + optind;
}

/* Prints the name before each file if there are several. */
void print_heading(struct count_options *o, const char *name)
{
	if (o->headings)
		printf("%s==> %s <==\n", o->headings++ > 1 ? "\n" : "",
		       strcmp(name, "-") == 0 ? "standard input" : name);
}
