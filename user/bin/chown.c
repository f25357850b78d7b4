/* chown [-R] owner[:group] file... */
#include <owner.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int option, recursive = 0;
	long uid = -1, gid = -1;
	char *group;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "R")) != -1) {
		recursive = 1;
		if (option == '?')
			usage("[-R] owner[:group] file...");
	}
	if (argc - optind < 2)
		usage("[-R] owner[:group] file...");
	group = strchr(argv[optind], ':');
	if (group)
		*group++ = '\0';
	if (*argv[optind] && (uid = user_id(argv[optind])) < 0) {
		complain(argv[optind], "no such user");
		return 1;
	}
	if (group && *group && (gid = group_id(group)) < 0) {
		complain(group, "no such group");
		return 1;
	}
	while (++optind < argc)
		change_owner(argv[optind], uid, gid, recursive);
	return exit_status;
}
