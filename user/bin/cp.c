/*
 * cp [-adfHiLnPpRrv] file... target
 * Copies files and trees.
 */
#include <tree.h>
#include <unistd.h>
#include <util.h>

static int flags;

/* Sets an option. Of those that exclude each other the last one counts. */
static void set_option(int option)
{
	switch (option) {
	case 'R': case 'r': flags |= COPY_RECURSIVE; break;
	case 'p': flags |= COPY_PRESERVE; break;
	case 'f': flags |= COPY_FORCE; break;
	case 'v': flags |= COPY_VERBOSE; break;
	case 'i': flags = (flags & ~COPY_KEEP) | COPY_ASK; break;
	case 'n': flags = (flags & ~COPY_ASK) | COPY_KEEP; break;
	case 'a': flags |= COPY_RECURSIVE | COPY_PRESERVE | COPY_LINKS; break;
	case 'd': flags |= COPY_LINKS; break;
	case 'H': case 'L': case 'P': break;
	default: usage();
	}
}

static void copy(const char *from, const char *to)
{
	if (copy_tree(from, to, flags) < 0)
		exit_status = 1;
}

int main(int argc, char **argv)
{
	int option, follow = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "adfHiLnPpRrv")) != -1) {
		set_option(option);
		if (option == 'H' || option == 'L' || option == 'P')
			follow = option;
		else if (option == 'a' || option == 'd')
			follow = 'P';
	}
	if (follow == 'L' || (!follow && !(flags & COPY_RECURSIVE)))
		flags |= COPY_FOLLOW;
	if (follow == 'H')
		flags |= COPY_FOLLOW_FIRST;
	each_target(argv + optind, argc - optind, copy);
	return exit_status;
}
