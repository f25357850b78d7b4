/* mv [-fi] file... target; across file systems by copying */
#include <errno.h>
#include <stdio.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

static void move(const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return;
	if (errno != EXDEV)
		warn(from);
	else if (copy_tree(from, to, 1, 1) < 0 || remove_tree(from, 0) < 0)
		exit_status = 1;
}

int main(int argc, char **argv)
{
	int option, interactive = 0, into;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "fi")) != -1) {
		interactive = option == 'i';
		if (option == '?')
			usage("[-fi] file... target");
	}
	if (argc - optind < 2)
		usage("[-fi] file... target");
	into = is_directory(argv[argc - 1]);
	if (!into && argc - optind > 2) {
		complain(argv[argc - 1], "not a directory");
		return 1;
	}
	for (; optind < argc - 1; optind++) {
		char *to = into ? join_path(argv[argc - 1], base_name(argv[optind])) : argv[argc - 1];

		if (!interactive || access(to, F_OK) < 0 || ask("overwrite", to))
			move(argv[optind], to);
	}
	return exit_status;
}
