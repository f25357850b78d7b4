/* touch [-c] file... */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <utime.h>
#include <util.h>

int main(int argc, char **argv)
{
	int option, create = 1, fd;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "c")) != -1) {
		create = 0;
		if (option == '?')
			usage("[-c] file...");
	}
	for (; optind < argc; optind++) {
		if (utime(argv[optind], NULL) == 0)
			continue;
		if (errno == ENOENT && create && (fd = open(argv[optind], O_WRONLY | O_CREAT, 0666)) >= 0)
			close(fd);
		else if (errno != ENOENT || create)
			warn(argv[optind]);
	}
	return exit_status;
}
