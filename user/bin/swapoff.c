/*
 * swapoff file...
 * Stops the use of swap areas.
 */
#include <sys/swap.h>
#include <util.h>

int main(int argc, char **argv)
{
	util_start(argv);
	if (argc < 2)
		usage();
	for (int i = 1; i < argc; i++)
		if (swapoff(argv[i]) < 0)
			warn(argv[i]);
	return exit_status;
}
