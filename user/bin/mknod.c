/*
 * mknod name b|c major minor | mknod name p
 * Makes a device file or a named pipe.
 */
#include <string.h>
#include <sys/stat.h>
#include <util.h>

int main(int argc, char **argv)
{
	char type = argc > 2 ? argv[2][0] : 0;
	unsigned dev = 0;
	mode_t mode = S_IFCHR | 0666;

	util_start(argv);
	if (!((type == 'p' && argc == 3) ||
	      (argc == 5 && (type == 'b' || type == 'c'))))
		usage();
	if (argc == 5)
		dev = number(argv[3]) << 8 | number(argv[4]);
	if (type == 'p')
		mode = S_IFIFO | 0666;
	if (type == 'b')
		mode = S_IFBLK | 0666;
	if (mknod(argv[1], mode, dev) < 0)
		die(argv[1]);
	return 0;
}
