/*
 * What depends on the disk, each from cold caches: in thousands of the time
 * stamp counter's counts, which is time where an emulator counts no
 * instructions. tools/diskrace makes the files.
 */
#include "growth.h"
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PROGRAMS	20
#define FOLDERS		100
#define FILES		30		/* a folder */
#define BIG		"big"
#define MB		64
#define CHUNK		(64 * 1024)
#define PLACES		1000

static char buffer[CHUNK];

/* Empties the caches: the disk is taken out and put in again. */
static int remount(void)
{
	if (chdir("/") < 0 || umount(disk_folder) < 0)
		return -1;
	if (mount("/dev/hda", disk_folder, "minix", 0, NULL) < 0 &&
	    mount("/dev/sda", disk_folder, "minix", 0, NULL) < 0)
		return -1;
	return chdir(disk_folder);
}

static int run_program(unsigned i)
{
	char path[16], *args[] = { path, "-n", "0", NULL };
	pid_t pid = fork();
	int status;

	sprintf(path, "program%02u", i);
	if (pid == 0) {
		execve(path, args, environ);
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return status == 0 ? 0 : -1;
}

static int run_programs(void)
{
	for (unsigned i = 0; i < PROGRAMS; i++) {
		if (run_program(i) < 0)
			return -1;
	}
	return 0;
}

/* Calls do_it() for each file of the tree. */
static int for_files(int (*do_it)(const char *path))
{
	char path[32];

	for (unsigned i = 0; i < FOLDERS; i++) {
		for (unsigned j = 0; j < FILES; j++) {
			sprintf(path, "tree/%02u/%02u", i, j);
			if (do_it(path) < 0)
				return -1;
		}
	}
	return 0;
}

static int ask(const char *path)
{
	struct stat st;

	return stat(path, &st);
}

static int walk(void)
{
	return for_files(ask);
}

static int unlink_all(void)
{
	if (for_files(unlink) < 0)
		return -1;
	sync();
	return 0;
}

static int read_all(void)
{
	int fd = open(BIG, O_RDONLY), got;

	do {
		got = read(fd, buffer, CHUNK);
	} while (got > 0);
	close(fd);
	return got;
}

static unsigned place(unsigned i)
{
	return i * 2654435761u % (MB << 8) * PAGE;
}

static int read_places(void)
{
	int fd = open(BIG, O_RDONLY);

	for (unsigned i = 0; i < PLACES; i++) {
		if (pread(fd, buffer, PAGE, place(i)) != PAGE)
			return -1;
	}
	return close(fd);
}

/* Waits until a file is on the disk, and closes it. */
static int finish(int fd)
{
	return fsync(fd) < 0 ? -1 : close(fd);
}

static int write_places(void)
{
	int fd = open(BIG, O_WRONLY);

	for (unsigned i = 0; i < PLACES; i++) {
		if (pwrite(fd, buffer, PAGE, place(i)) != PAGE)
			return -1;
	}
	return finish(fd);
}

static int write_all(void)
{
	int fd = open("new", O_CREAT | O_WRONLY, 0644);

	for (unsigned i = 0; i < MB << 4; i++) {
		if (write(fd, buffer, CHUNK) != CHUNK)
			return -1;
	}
	return finish(fd);
}

static void timed(const char *row, int (*op)(void))
{
	u64 begin;

	if (remount() < 0) {
		failed("mount");
		return;
	}
	begin = now();
	if (op() < 0)
		failed(row);
	else
		report(row, (now() - begin) / 1000);
}

void disk(unsigned n, unsigned before)
{
	(void)n;
	(void)before;
	timed("run 20 programs", run_programs);
	timed("stat 3,000 files", walk);
	timed("read 64 MB", read_all);
	timed("read 4 KB at 1,000 places", read_places);
	timed("write 4 KB at 1,000 places, fsync", write_places);
	timed("write 64 MB, fsync", write_all);
	timed("unlink 3,000 files, sync", unlink_all);
}
