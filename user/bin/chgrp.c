/* chgrp [-R] group file... */
#include <owner.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int option, recursive = 0;
	long gid;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "R")) != -1) {
		recursive = 1;
		if (option == '?')
			usage("[-R] group file...");
	}
	if (argc - optind < 2)
		usage("[-R] group file...");
	gid = group_id(argv[optind]);
	if (gid < 0) {
		complain(argv[optind], "no such group");
		return 1;
	}
	while (++optind < argc)
		change_owner(argv[optind], -1, gid, recursive);
	return exit_status;
}
