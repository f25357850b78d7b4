/* mkdir [-p] [-m mode] directory... */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

/* The directories above path, those that are missing. */
static void make_parents(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST && !is_directory(path))
			warn(path);
	}
}

int main(int argc, char **argv)
{
	int option, parents = 0;
	mode_t mode = 0777;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "pm:")) != -1) {
		parents |= option == 'p';
		if (option == 'm')
			mode = strtoul(optarg, NULL, 8);
		if (option == '?')
			usage("[-p] [-m mode] directory...");
	}
	if (optind == argc)
		usage("[-p] [-m mode] directory...");
	for (; optind < argc; optind++) {
		if (parents)
			make_parents(argv[optind]);
		if (mkdir(argv[optind], mode) < 0 && !(parents && is_directory(argv[optind])))
			warn(argv[optind]);
	}
	return exit_status;
}
