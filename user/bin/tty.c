/*
 * tty [-s]
 * Prints the name of the terminal that is standard input.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

/*
 * Prints the name of the device in a folder that is the terminal st. Returns 1
 * if there is one.
 */
static int find_device(const char *folder, const struct stat *st)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	int found = 0;

	while (dir && !found && (d = readdir(dir))) {
		char path[300];
		struct stat device;

		strcpy(path, folder);
		strcat(path, d->d_name);
		found = strcmp(d->d_name, "tty") != 0 &&
			stat(path, &device) == 0 && S_ISCHR(device.st_mode) &&
			device.st_rdev == st->st_rdev;
		if (found)
			puts(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

int main(int argc, char **argv)
{
	int quiet = 0, option;
	struct stat st;

	util_start(argv);
	failure_status = 3;
	while ((option = getopt(argc, argv, "s")) == 's')
		quiet = 1;
	if (option == '?' || optind < argc)
		usage();
	if (!isatty(0) || fstat(0, &st) < 0) {
		if (!quiet)
			puts("not a tty");
		return 1;
	}
	if (!quiet && !find_device("/dev/pts/", &st) &&
	    !find_device("/dev/", &st))
		puts("/dev/tty");
	return 0;
}
