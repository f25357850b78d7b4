/*
 * rmdir [-p] directory...
 * Removes empty directories.
 */
#include <string.h>
#include <unistd.h>
#include <util.h>

/* Cuts the last part off a path. Returns 1 if something is left. */
static int cut_last(char *path)
{
	char *slash;
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	slash = strrchr(path, '/');
	if (!slash || slash == path)
		return 0;
	*slash = '\0';
	return 1;
}

int main(int argc, char **argv)
{
	int option, parents = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "p")) != -1) {
		if (option == '?')
			usage();
		parents = 1;
	}
	if (optind == argc)
		usage();
	for (; optind < argc; optind++) {
		char *path = argv[optind];

		do
			if (rmdir(path) < 0) {
				warn(path);
				break;
			}
		while (parents && cut_last(path));
	}
	return exit_status;
}
