/* cp [-rpfi] file... target */
#include <stdlib.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int option, recursive = 0, preserve = 0, interactive = 0, into;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "rRpfia")) != -1) {
		recursive |= option == 'r' || option == 'R' || option == 'a';
		preserve |= option == 'p' || option == 'a';
		interactive |= option == 'i';
		if (option == '?')
			usage("[-rpfi] file... target");
	}
	if (argc - optind < 2)
		usage("[-rpfi] file... target");
	into = is_directory(argv[argc - 1]);
	if (!into && argc - optind > 2) {
		complain(argv[argc - 1], "not a directory");
		return 1;
	}
	for (; optind < argc - 1; optind++) {
		char *to = into ? join_path(argv[argc - 1], base_name(argv[optind])) : argv[argc - 1];

		if (!interactive || access(to, F_OK) < 0 || ask("overwrite", to))
			exit_status |= copy_tree(argv[optind], to, recursive, preserve) < 0;
	}
	return exit_status;
}
