/* Beside n MB of a file in the page cache, on tmpfs and on Minix. */
#include "growth.h"
#include <fcntl.h>
#include <sys/mman.h>

#define MB	(1 << 20)
#define CHUNK	(64 * 1024)

static int fd;
static unsigned bytes;
static volatile char *mapped;
static char buffer[CHUNK];

/* Returns the start of some page, a different one for each i. */
static unsigned place(unsigned i)
{
	return i * 2654435761u % (bytes / PAGE) * PAGE;
}

static int read_16(unsigned i)
{
	return pread(fd, buffer, 16, place(i) + 100);
}

static int write_16(unsigned i)
{
	return pwrite(fd, buffer, 16, place(i) + 100);
}

/* Touches a part of the file of which no page was touched. */
static int touch_mapped(unsigned i)
{
	return mapped[chosen(i, bytes / CHUNK) * CHUNK];
}

static int drop_byte(unsigned i)
{
	return ftruncate(fd, bytes - 1 - i);
}

static int write_and_fsync(unsigned i)
{
	return write_16(i) < 0 ? -1 : fsync(fd);
}

static int sync_nothing(unsigned i)
{
	(void)i;
	sync();
	return 0;
}

static int fill(const char *folder, unsigned megabytes)
{
	if (chdir(folder) < 0)
		return -1;
	fd = open("cached", O_CREAT | O_RDWR, 0644);
	unlink("cached");
	if (fd < 0 || ftruncate(fd, megabytes * MB) < 0)
		return -1;
	bytes = megabytes * MB;
	for (unsigned at = 0; at < bytes; at += CHUNK) {
		if (pwrite(fd, buffer, CHUNK, at) != CHUNK)
			return -1;
	}
	sync();
	return 0;
}

static void cached(const char *folder, unsigned n)
{
	if (fill(folder, n) < 0) {
		failed("all");
		return;
	}
	mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	measure("pread of 16 bytes", OFTEN, read_16);
	if (mapped != MAP_FAILED)
		measure("fault of a mapping", some_of(bytes / CHUNK),
			touch_mapped);
	munmap((void *)mapped, bytes);
	measure("pwrite of 16 bytes", OFTEN, write_16);
	fsync(fd);
	measure("write, fsync", 15, write_and_fsync);
	measure("sync, nothing is dirty", 3, sync_nothing);
	measure("ftruncate by a byte", 15, drop_byte);
}

void cached_ram(unsigned n, unsigned before)
{
	(void)before;
	cached(ram_folder, n);
}

void cached_disk(unsigned n, unsigned before)
{
	(void)before;
	start_idler();
	cached(disk_folder, n);
}
