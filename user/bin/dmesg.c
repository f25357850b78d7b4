/*
 * dmesg [-cC]
 * Prints the kernel's messages. -c forgets them afterwards, -C without printing
 * them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <unistd.h>
#include <util.h>

enum { READ_ALL = 3, READ_CLEAR = 4, CLEAR = 5, SIZE_BUFFER = 10 };

int main(int argc, char **argv)
{
	int size = klogctl(SIZE_BUFFER, NULL, 0), n, action = READ_ALL, option;
	char *buf = malloc(size > 0 ? size : 1);

	util_start(argv);
	while ((option = getopt(argc, argv, "cC")) != -1) {
		if (option == '?')
			usage();
		action = option == 'c' ? READ_CLEAR : CLEAR;
	}
	n = buf ? klogctl(action, buf, size) : -1;
	if (n < 0)
		die("kernel log");
	if (action != CLEAR)
		fwrite(buf, 1, n, stdout);
	return 0;
}
