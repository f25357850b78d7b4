/* mknod name b|c major minor | mknod name p */
#include <string.h>
#include <sys/stat.h>
#include <util.h>

int main(int argc, char **argv)
{
	char type = argc > 2 ? argv[2][0] : 0;
	unsigned dev = 0;

	util_init(argv[0]);
	if (!((type == 'p' && argc == 3) ||
	      (argc == 5 && (type == 'b' || type == 'c'))))
		usage("name b|c major minor | name p");
	if (argc == 5)
		dev = number(argv[3]) << 8 | number(argv[4]);
	if (mknod(argv[1],
		  0666 | (type == 'p'   ? S_IFIFO
			  : type == 'b' ? S_IFBLK
					: S_IFCHR),
		  dev) < 0)
		die(argv[1]);
	return 0;
}
