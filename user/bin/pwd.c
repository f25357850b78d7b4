/* pwd */
#include <stdio.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	static char path[4096];

	(void)argc;
	util_init(argv[0]);
	if (!getcwd(path, sizeof(path)))
		die(".");
	puts(path);
	return 0;
}
