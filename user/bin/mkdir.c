/*
 * mkdir [-p] [-m mode] directory...
 * Makes directories.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

/*
 * Makes the missing directories above path, writable so that more can be made
 * in them. Returns -1 if one cannot be made.
 */
static int make_parents(char *path, mode_t mask)
{
	int failed = 0;

	umask(mask & ~0300);
	for (char *slash = path + 1; !failed && (slash = strchr(slash, '/'));
	     *slash++ = '/') {
		*slash = '\0';
		failed = slash[-1] != '/' && mkdir(path, 0777) < 0 &&
			 errno != EEXIST && !is_directory(path);
		if (failed)
			warn(path);
	}
	umask(mask);
	return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
	int option, parents = 0;
	mode_t mask = umask(0);
	long mode = -1;

	util_start(argv);
	umask(mask);
	while ((option = getopt(argc, argv, "pm:")) != -1) {
		parents |= option == 'p';
		if (option == 'm' &&
		    (mode = change_mode(optarg, 0777, mask)) < 0) {
			complain(optarg, "bad mode");
			return 1;
		}
		if (option == '?')
			usage();
	}
	if (optind == argc)
		usage();
	for (; optind < argc; optind++) {
		char *path = argv[optind];

		if (*path && parents &&
		    (is_directory(path) || make_parents(path, mask) < 0))
			continue;
		if ((mkdir(path, 0777) < 0 &&
		     !(parents && is_directory(path))) ||
		    (mode >= 0 && chmod(path, mode) < 0))
			warn(path);
	}
	return exit_status;
}
