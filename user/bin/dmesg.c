/* dmesg: the kernel's messages */
#include <stdio.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <util.h>

enum { READ_ALL = 3, SIZE_BUFFER = 10 };

int main(int argc, char **argv)
{
	int size = klogctl(SIZE_BUFFER, NULL, 0), n;
	char *buf = malloc(size > 0 ? size : 1);

	(void)argc;
	util_init(argv[0]);
	n = buf ? klogctl(READ_ALL, buf, size) : -1;
	if (n < 0)
		die("kernel log");
	fwrite(buf, 1, n, stdout);
	return 0;
}
