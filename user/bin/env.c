/*
 * env [-i] [-u name]... [name=value]... [command [arg...]]
 * Runs a command in a changed environment, or prints it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static char *nothing[] = { NULL };

/* Parses the options. A lone -, at which getopt() stops, means -i. */
static char **read_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "iu:")) != -1)
		if (option == 'i')
			environ = nothing;
		else if (option != 'u' || !*optarg || strchr(optarg, '='))
			usage();
		else
			unsetenv(optarg);
	if (argv[optind] && strcmp(argv[optind], "-") == 0) {
		environ = nothing;
		optind++;
	}
	return argv + optind;
}

int main(int argc, char **argv)
{
	char **word;

	util_start(argv);
	failure_status = 125;
	word = read_options(argc, argv);
	for (; *word && strchr(*word, '='); word++)
		putenv(*word);
	if (*word) {
		execvp(*word, word);
		warn(*word);
		return errno == ENOENT ? 127 : 126;
	}
	for (char **e = environ; *e; e++)
		puts(*e);
	return 0;
}
