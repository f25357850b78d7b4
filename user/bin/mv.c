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
	else if (copy_tree(from, to, COPY_RECURSIVE | COPY_PRESERVE | COPY_LINKS) < 0 || remove_tree(from, 0) < 0)
		exit_status = 1;
}

int main(int argc, char **argv)
{
	static const char synopsis[] = "[-fi] file... target";
	int option, interactive = 0;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "fi")) != -1) {
		interactive = option == 'i';
		if (option == '?')
			usage(synopsis);
	}
	each_target(argv + optind, argc - optind, synopsis, interactive, move);
	return exit_status;
}
