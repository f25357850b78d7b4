/* ln [-sf] target... name */
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int option, symbolic = 0, force = 0, into;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "sf")) != -1) {
		symbolic |= option == 's';
		force |= option == 'f';
		if (option == '?')
			usage("[-sf] target... name");
	}
	if (argc - optind < 2)
		usage("[-sf] target... name");
	into = is_directory(argv[argc - 1]);
	for (; optind < argc - 1; optind++) {
		char *to = into ? join_path(argv[argc - 1], base_name(argv[optind])) : argv[argc - 1];

		if (force)
			unlink(to);
		if ((symbolic ? symlink : link)(argv[optind], to) < 0)
			warn(to);
	}
	return exit_status;
}
