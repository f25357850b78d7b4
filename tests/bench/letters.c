/* Names of n letters, on tmpfs. */
#include "growth.h"
#include <fcntl.h>
#include <sys/stat.h>

static unsigned count;

/* Returns a name of the length, which ends with the number. */
static const char *name(unsigned i)
{
	static char text[256];

	memset(text, 'n', count);
	sprintf(text + count - 4, "%04u", i);
	return text;
}

static int create(unsigned i)
{
	int fd = open(name(i), O_CREAT | O_EXCL | O_WRONLY, 0644);

	return fd < 0 ? -1 : close(fd);
}

static int stat_one(unsigned i)
{
	struct stat st;

	return stat(name(i), &st);
}

static int miss(unsigned i)
{
	struct stat st;

	return stat(name(i + 1000), &st) < 0 ? 0 : -1;
}

void letters(unsigned n, unsigned before)
{
	char folder[20];

	(void)before;
	count = n;
	sprintf(folder, "letters%u", n);
	if (chdir(ram_folder) < 0 || mkdir(folder, 0755) < 0 ||
	    chdir(folder) < 0) {
		failed("all");
		return;
	}
	measure("create", OFTEN, create);
	measure("stat", OFTEN, stat_one);
	measure("stat of a missing name", OFTEN, miss);
}
