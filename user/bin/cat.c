/* cat [-u] [file...] */
#include <unistd.h>
#include <util.h>

static void cat(int fd, const char *name)
{
	if (copy_fd(fd, 1) < 0)
		warn(name);
}

int main(int argc, char **argv)
{
	util_init(argv[0]);
	while (getopt(argc, argv, "u") != -1)
		;
	for_each_file(argv + optind, cat);
	return exit_status;
}
