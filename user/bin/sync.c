/*
 * sync [file...]
 * Writes everything to the disks. For files, writes what belongs to them and
 * reports failures.
 */
#include <fcntl.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	util_start(argv);
	if (argc == 1)
		sync();
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0 || fsync(fd) < 0)
			warn(argv[i]);
		if (fd >= 0)
			close(fd);
	}
	return exit_status;
}
