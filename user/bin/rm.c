/* rm [-rfi] file... */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int option, recursive = 0, force = 0, interactive = 0;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "rRfi")) != -1) {
		recursive |= option == 'r' || option == 'R';
		force |= option == 'f';
		interactive |= option == 'i';
		if (option == '?')
			usage("[-rfi] file...");
	}
	if (optind == argc && !force)
		usage("[-rfi] file...");
	for (; optind < argc; optind++) {
		const char *name = base_name(argv[optind]);
		struct stat st;

		if (lstat(argv[optind], &st) < 0) {
			if (!force || errno != ENOENT)
				warn(argv[optind]);
		} else if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "/") == 0) {
			complain(argv[optind], "refusing to remove it");
		} else if (S_ISDIR(st.st_mode) && !recursive) {
			complain(argv[optind], "is a directory");
		} else {
			remove_tree(argv[optind], interactive);
		}
	}
	return exit_status;
}
