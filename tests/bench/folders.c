/* Directories with n files, on tmpfs and on Minix. */
#include "growth.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <abi/dirent.h>

static unsigned count;

static const char *name(const char *kind, unsigned i)
{
	static char text[2][32];
	static int which;

	which = !which;
	sprintf(text[which], "%s%u", kind, i);
	return text[which];
}

static int create(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);

	return fd < 0 ? -1 : close(fd);
}

static int create_new(unsigned i)
{
	return create(name("new", i));
}

static int stat_one(unsigned i)
{
	struct stat st;

	return stat(name("f", chosen(i, count)), &st);
}

/* Looks for a name that is not there. */
static int miss(unsigned i)
{
	struct stat st;

	return stat(name("no", i), &st) < 0 ? 0 : -1;
}

static int rename_over(unsigned i)
{
	return rename(name("new", i), name("f", chosen(i, count)));
}

static int link_one(unsigned i)
{
	return link(name("f", chosen(i, count)), name("new", i));
}

static int unlink_new(unsigned i)
{
	return unlink(name("new", i));
}

/* Returns the number of entries that one pass over the directory finds. */
static unsigned read_all(void)
{
	static char buffer[PAGE];
	int fd = open(".", O_RDONLY), got;
	unsigned entries = 0;

	while ((got = syscall(__NR_getdents64, fd, buffer, PAGE)) > 0) {
		for (int at = 0; at < got; entries++)
			at += ((struct linux_dirent64 *)(buffer + at))
				->d_reclen;
	}
	close(fd);
	return entries;
}

static int read_entries(unsigned i)
{
	(void)i;
	return read_all() < count ? -1 : 0;
}

static int sync_nothing(unsigned i)
{
	(void)i;
	sync();
	return 0;
}

/* Makes the files that are not there yet, and enters the directory. */
static int fill(const char *folder, unsigned before)
{
	if (chdir(folder) < 0 || (before == 0 && mkdir("files", 0755) < 0) ||
	    chdir("files") < 0)
		return -1;
	for (unsigned i = before; i < count; i++) {
		if (create(name("f", i)) < 0)
			return -1;
	}
	return 0;
}

static void folder(const char *path, unsigned n, unsigned before)
{
	count = n;
	if (fill(path, before) < 0) {
		failed("all");
		return;
	}
	measure("create", OFTEN, create_new);
	measure("rename over another", some_of(n), rename_over);
	for (unsigned i = some_of(n) + 1; i <= OFTEN; i++)
		unlink_new(i);
	measure("stat", some_of(n), stat_one);
	measure("stat again", some_of(n), stat_one);
	measure("stat of a missing name", OFTEN, miss);
	measure("stat of it again", OFTEN, miss);
	measure("link", some_of(n), link_one);
	measure("unlink", some_of(n), unlink_new);
	measure_each("readdir, an entry", 3, n, read_entries);
	measure("sync, nothing is dirty", 3, sync_nothing);
}

void folder_ram(unsigned n, unsigned before)
{
	folder(ram_folder, n, before);
}

void folder_disk(unsigned n, unsigned before)
{
	start_idler();
	folder(disk_folder, n, before);
}
