/*
 * swapon [-p priority] file...; swapon -s
 * Starts the use of swap areas; -s prints those in use.
 */
#include <fcntl.h>
#include <sys/swap.h>
#include <unistd.h>
#include <util.h>

static int show(void)
{
	int fd = open("/proc/swaps", O_RDONLY);

	if (fd < 0 || copy_fd(fd, 1) < 0)
		die("/proc/swaps");
	return 0;
}

int main(int argc, char **argv)
{
	int option, flags = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "sp:")) != -1) {
		if (option == 's')
			return show();
		if (option == '?')
			usage();
		flags = SWAP_FLAG_PREFER |
			(number(optarg) & SWAP_FLAG_PRIO_MASK);
	}
	if (optind == argc)
		return show();
	for (; optind < argc; optind++)
		if (swapon(argv[optind], flags) < 0)
			warn(argv[optind]);
	return exit_status;
}
