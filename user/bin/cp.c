/* cp [-rpfi] file... target */
#include <tree.h>
#include <unistd.h>
#include <util.h>

static int recursive, preserve;

static void copy(const char *from, const char *to)
{
	if (copy_tree(from, to, recursive, preserve) < 0)
		exit_status = 1;
}

int main(int argc, char **argv)
{
	static const char synopsis[] = "[-rpfi] file... target";
	int option, interactive = 0;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "rRpfia")) != -1) {
		recursive |= option == 'r' || option == 'R' || option == 'a';
		preserve |= option == 'p' || option == 'a';
		interactive |= option == 'i';
		if (option == '?')
			usage(synopsis);
	}
	each_target(argv + optind, argc - optind, synopsis, interactive, copy);
	return exit_status;
}
