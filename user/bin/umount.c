/*
 * umount directory...
 * Unmounts file systems.
 */
#include <sys/mount.h>
#include <util.h>

int main(int argc, char **argv)
{
	util_start(argv);
	if (argc < 2)
		usage();
	for (int i = 1; i < argc; i++)
		if (umount(argv[i]) < 0)
			warn(argv[i]);
	return exit_status;
}
