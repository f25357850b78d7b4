/* POSIX getopt. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

int getopt(int argc, char *const argv[], const char *options)
{
	static int at = 1;		/* place inside a group like -la */
	const char *arg = optind < argc ? argv[optind] : NULL, *found;

	if (!arg || arg[0] != '-' || !arg[1])
		return -1;
	if (strcmp(arg, "--") == 0) {
		optind++;
		return -1;
	}
	optopt = arg[at++];
	found = optopt == ':' ? NULL : strchr(options, optopt);
	if (found && found[1] == ':') {
		optarg = arg[at] ? (char *)arg + at : argv[optind + 1];
		optind += arg[at] ? 1 : 2;
		at = 1;
		if (!optarg)
			found = NULL;
	} else if (!arg[at]) {
		optind++;
		at = 1;
	}
	if (found)
		return optopt;
	if (opterr)
		fprintf(stderr, "%s: bad option or missing argument: -%c\n",
			argv[0], optopt);
	return '?';
}
