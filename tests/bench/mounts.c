/* Beside n mounts of tmpfs. */
#include "growth.h"
#include <sys/mount.h>
#include <sys/stat.h>

static unsigned count;

static const char *place(unsigned i)
{
	static char text[16];

	sprintf(text, "mount%u", i);
	return text;
}

static int mount_one(unsigned i)
{
	return mount("none", place(i), "tmpfs", 0, NULL);
}

static int mount_more(unsigned i)
{
	return mount_one(count + i);
}

static int unmount_more(unsigned i)
{
	return umount(place(count + i));
}

static int stat_one(unsigned i)
{
	struct stat st;

	return stat(place(chosen(i, count)), &st);
}

static int stat_root(unsigned i)
{
	struct stat st;

	(void)i;
	return stat("/", &st);
}

void many_mounts(unsigned n, unsigned before)
{
	unsigned made = 0;

	(void)before;
	count = n;
	if (chdir(ram_folder) < 0)
		return;
	for (unsigned i = 0; i < n + OFTEN + 1; i++)
		mkdir(place(i), 0755);
	while (made < n && mount_one(made) == 0)
		made++;
	if (made < n) {
		failed("all");
	} else {
		measure("stat of one", OFTEN, stat_one);
		measure("stat of the root", OFTEN, stat_root);
		measure("mount", OFTEN, mount_more);
		measure("umount", OFTEN, unmount_more);
	}
	while (made > 0)
		umount(place(--made));
}
