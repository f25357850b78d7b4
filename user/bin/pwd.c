/*
 * pwd [-LP]
 * Prints the current directory. It prints the name in PWD if that is right.
 * With -P the name has no symbolic links.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

/* Returns PWD if it is a path to here without . and .. in it. */
static const char *logical(void)
{
	const char *s = getenv("PWD");
	struct stat a, b;

	if (!s || *s != '/' || stat(s, &a) < 0 || stat(".", &b) < 0 ||
	    a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return NULL;
	for (const char *p = s; (p = strstr(p, "/.")); p += 2)
		if (!p[2] || p[2] == '/' ||
		    (p[2] == '.' && (!p[3] || p[3] == '/')))
			return NULL;
	return s;
}

int main(int argc, char **argv)
{
	static char path[4096];
	int option, physical = 0;
	const char *s;

	util_start(argv);
	while ((option = getopt(argc, argv, "LP")) != -1) {
		if (option == '?')
			usage();
		physical = option == 'P';
	}
	s = physical ? NULL : logical();
	if (!s && !(s = getcwd(path, sizeof(path))))
		die(".");
	puts(s);
	return 0;
}
