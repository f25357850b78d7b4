/* ln [-sf] target... name */
#include <tree.h>
#include <unistd.h>
#include <util.h>

static int symbolic, force;

static void make_link(const char *target, const char *name)
{
	if (force)
		unlink(name);
	if ((symbolic ? symlink : link)(target, name) < 0)
		warn(name);
}

int main(int argc, char **argv)
{
	static const char synopsis[] = "[-sf] target... name";
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "sf")) != -1) {
		symbolic |= option == 's';
		force |= option == 'f';
		if (option == '?')
			usage(synopsis);
	}
	each_target(argv + optind, argc - optind, synopsis, 0, make_link);
	return exit_status;
}
