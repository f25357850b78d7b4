/*
 * nice [-n increment] command [arg...]
 * Runs a command with a lower priority.
 */
#include <help.h>
#include <run.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int increment = 10, option;

	util_start(argv);
	while ((option = getopt(argc, argv, "n:")) != -1) {
		char *end;

		increment = option == 'n' ? strtol(optarg, &end, 10) : 0;
		if (option == '?' || *end || !*optarg)
			goto bad;
	}
	if (optind == argc)
		goto bad;
	if (nice(increment) < 0)
		warn("priority");
	exec_or_exit(argv + optind);
bad:
	print_usage("nice");
	return 125;
}
