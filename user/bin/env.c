/* env [-i] [name=value...] [command [arg...]] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	int i = 1;

	util_init(argv[0]);
	if (argc > 1 && strcmp(argv[1], "-i") == 0) {
		environ[0] = NULL;
		i++;
	}
	for (; i < argc && strchr(argv[i], '='); i++)
		putenv(argv[i]);
	if (i < argc) {
		execvp(argv[i], argv + i);
		warn(argv[i]);
		return errno == ENOENT ? 127 : 126;
	}
	for (char **e = environ; *e; e++)
		puts(*e);
	return 0;
}
