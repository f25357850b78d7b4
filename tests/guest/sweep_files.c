/* The failure sweep (sweep.h) of files and names. */
#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "sweep.h"

static int file_fd;
static char directory[20];

/*
 * Returns a name in the directory under test, which is on the disk or on tmpfs.
 */

static const char *name(const char *last)
{
	static char paths[4][60];
	static int next;
	char *path = paths[next++ % 4];

	sprintf(path, "%s/%s", directory, last);
	return path;
}

static int create(void)
{
	return file_fd = open(name("new"), O_RDWR | O_CREAT | O_EXCL, 0644);
}

static void remove_new(void)
{
	close(file_fd);
	CHECK(unlink(name("new")) == 0);
}

/*
 * Writes much, perhaps less than asked. The file has what was reported, or
 * nothing on an error.
 */
static int write_much(void)
{
	struct stat st;
	int n;

	lseek(file_fd, 0, SEEK_SET);
	n = write(file_fd, buffer, LARGE);
	CHECK(fstat(file_fd, &st) == 0 && (int)st.st_size == (n < 0 ? 0 : n));
	return n;
}

static void empty_file(void)
{
	CHECK(ftruncate(file_fd, 0) == 0);
}

static void prepare_file(void)
{
	CHECK(create() >= 0 && unlink(name("new")) == 0);
}

static int make_directory(void)
{
	return mkdir(name("dir"), 0755);
}

static void remove_directory(void)
{
	CHECK(rmdir(name("dir")) == 0);
}

static int make_link(void)
{
	return symlink("a-target-of-some-length", name("link"));
}

static void remove_link(void)
{
	CHECK(unlink(name("link")) == 0);
}

static int hard_link(void)
{
	return link(name("old"), name("link"));
}

static void make_old(void)
{
	write_file(name("old"), "old", 3, 0644);
}

static int rename_old(void)
{
	return rename(name("old"), name("newer"));
}

static void rename_back(void)
{
	CHECK(rename(name("newer"), name("old")) == 0);
}

static int remove_old(void)
{
	return unlink(name("old"));
}

static int list(void)
{
	int fd = open(directory, O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = syscall(__NR_getdents, fd, buffer, sizeof(buffer));
	close(fd);
	return n;
}

static int read_old(void)
{
	int fd = open(name("old"), O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = read(fd, buffer, 10);
	close(fd);
	return n;
}

static int follow(void)
{
	struct stat st;

	return stat(name("way/old"), &st);
}

static void make_way(void)
{
	make_old();
	unlink(name("way"));
	CHECK(symlink(".", name("way")) == 0);
}

static int where_am_i(void)
{
	return syscall(__NR_getcwd, buffer, 1000);
}

static void go_there(void)
{
	CHECK(chdir(directory) == 0);
}

static const struct {
	struct subject subject;
	int at_least;
} file_subjects[] = {
	{ { .run = create, .undo = remove_new }, 2 },
	{ { .run = write_much, .prepare = prepare_file, .undo = empty_file },
	  25 },
	{ { .run = make_directory, .undo = remove_directory }, 2 },
	{ { .run = make_link, .undo = remove_link }, 2 },
	{ { .run = hard_link, .prepare = make_old, .undo = remove_link }, 1 },
	{ { .run = rename_old, .prepare = make_old, .undo = rename_back }, 1 },
	{ { .run = remove_old, .prepare = make_old, .undo = make_old }, 1 },
	{ { .run = list }, 1 },
	{ { .run = read_old, .prepare = make_old }, 1 },
	{ { .run = follow, .prepare = make_way }, 1 },
	{ { .run = where_am_i, .prepare = go_there }, 1 },
};

enum { SUBJECTS = sizeof(file_subjects) / sizeof(file_subjects[0]) };

static void sweep_files_in(const char *parent, int from, int end)
{
	sprintf(directory, "%s/sweep", parent);
	for (int i = from; i < end; i++) {
		CHECK(mkdir(directory, 0755) == 0);
		/*
		 * one name of each kind, so that the directory keeps its size
		 */
		make_way();
		CHECK(make_directory() == 0);
		remove_directory();
		CHECK(create() >= 0);
		remove_new();
		sweep(&file_subjects[i].subject, file_subjects[i].at_least);
		unlink(name("old"));
		unlink(name("way"));
		unlink(name("newer"));
		CHECK(rmdir(directory) == 0);
	}
}

static void sweep_disk_files(void)
{
	if (on_cowix())
		sweep_files_in("", 0, 2);
}

static void sweep_making_names(void)
{
	if (on_cowix())
		sweep_files_in("", 2, 5);
}

static void sweep_changing_names(void)
{
	if (on_cowix())
		sweep_files_in("", 5, 8);
}

static void sweep_finding_names(void)
{
	if (on_cowix())
		sweep_files_in("", 8, SUBJECTS);
}

static void sweep_memory_files(void)
{
	if (!on_cowix())
		return;
	CHECK(mount("none", "/mnt", "tmpfs", 0, NULL) == 0);
	sweep_files_in("/mnt", 0, SUBJECTS);
	CHECK(umount("/mnt") == 0);
}

TESTS({ "disk_files", "making and writing files on the root file system",
	sweep_disk_files },
      { "making_names", "making names there", sweep_making_names },
      { "changing_names", "changing and listing them", sweep_changing_names },
      { "finding_names", "following them", sweep_finding_names },
      { "memory_files", "the same on tmpfs", sweep_memory_files })
