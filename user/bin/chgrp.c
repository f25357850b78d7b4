/*
 * chgrp [-Rhf] [-H | -L | -P] group file...
 * Changes the group of files.
 */
#include <owner.h>
#include <util.h>

int main(int argc, char **argv)
{
	struct owner_options options = { .follow = 0 };
	char **words;
	gid_t gid = -1;

	util_start(argv);
	words = owner_options(argc, argv, &options);
	if (**words && (gid = group_id(*words)) == (gid_t)-1) {
		complain(*words, "no such group");
		return 1;
	}
	while (*++words)
		change_owner(*words, -1, gid, &options);
	return exit_status;
}
