/* mount [-r] [-t type] device directory; without arguments: what is mounted */
#include <cowix.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	static char table[2048];
	const char *type = "minix";
	int option, n, flags = 0;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "rt:")) != -1) {
		if (option == 'r')
			flags = MS_RDONLY;
		if (option == 't')
			type = optarg;
		if (option == '?')
			usage("[-r] [-t type] device directory");
	}
	if (optind == argc) {
		n = mounts(table, sizeof(table));
		if (n < 0)
			die("mounts");
		fwrite(table, 1, n, stdout);
		return 0;
	}
	if (argc - optind != 2)
		usage("[-r] [-t type] device directory");
	if (mount(argv[optind], argv[optind + 1], type, flags, NULL) < 0)
		die(argv[optind]);
	return 0;
}
