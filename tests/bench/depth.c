/* In a folder n folders deep. */
#include "growth.h"
#include <sys/stat.h>

#define NAME	"d"

static char path[2 * 1000 + 2];

static int ask_path(unsigned i)
{
	static char where[PAGE];

	(void)i;
	return getcwd(where, PAGE) ? 0 : -1;
}

static int stat_path(unsigned i)
{
	struct stat st;

	(void)i;
	return stat(path, &st);
}

void depth(unsigned n, unsigned before)
{
	(void)before;
	for (unsigned i = 0; i < n; i++)
		strcat(path, "d/");
	chdir(ram_folder);
	for (unsigned i = 0; i < n; i++) {
		mkdir(NAME, 0755);
		if (chdir(NAME) < 0) {
			failed("all");
			return;
		}
	}
	measure("getcwd", OFTEN, ask_path);
	chdir(ram_folder);
	measure_each("stat, a part of the path", OFTEN, n, stat_path);
}
