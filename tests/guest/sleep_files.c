/*
 * The sweep of planned sleeps (sleep.h) over names and files, on disk and on
 * tmpfs. a, b and e/f are files. d and e are directories. s is a link to a. The
 * rival's new names and data resemble the subject's.
 */
#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "sleep.h"

static const char *top;

static int fd_result(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

static int create(void)
{
	return fd_result(open("x", O_RDWR | O_CREAT | O_EXCL, 0644));
}

static int append(void)
{
	int fd = open("a", O_WRONLY | O_APPEND), n = -1, error;

	if (fd < 0)
		return -1;
	n = write(fd, "more", 4);
	error = errno;
	close(fd);
	errno = error;
	return n;
}

static int cut(void)
{
	return truncate("a", 1);
}

static int make_empty(void)
{
	return fd_result(open("s", O_WRONLY | O_TRUNC | O_CREAT, 0644));
}

static int read_a(void)
{
	char buf[20];
	int fd = open("a", O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, sizeof(buf));
	for (int i = 0; i < n; i++)
		CHECK(strchr("old amore", buf[i]));
	close(fd);
	return n;
}

static int unlink_a(void)
{
	return unlink("a");
}

static int link_a(void)
{
	return link("a", "x");
}

static int rename_over(void)
{
	return rename("a", "b");
}

static int rename_new(void)
{
	return rename("a", "x");
}

static int move_in(void)
{
	return rename("d", "e/g");
}

static int move_out(void)
{
	return rename("e/f", "x");
}

static int replace_directory(void)
{
	return rename("e", "d");
}

static int mkdir_x(void)
{
	return mkdir("x", 0755);
}

static int mkdir_below(void)
{
	return mkdir("d/y", 0755);
}

static int rmdir_d(void)
{
	return rmdir("d");
}

static int empty_e(void)
{
	return unlink("e/f");
}

static int make_link(void)
{
	return symlink("a", "x");
}

static int follow(void)
{
	struct stat st;

	return stat("s", &st);
}

/* Looks for a name that is not there, unless the rival makes it. */
static int find_x(void)
{
	struct stat st;

	return lstat("x", &st);
}

static int chmod_a(void)
{
	return chmod("a", 0600);
}

static int list(void)
{
	DIR *d = opendir(".");
	int n = 0;

	if (!d)
		return -1;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int enter(void)
{
	int here = open(".", O_RDONLY), error = chdir("d");
	char path[80];

	if (!error && !getcwd(path, sizeof(path)))
		error = -1;
	CHECK(error || strstr(path, "/d") || strstr(path, "/g"));
	CHECK(fchdir(here) == 0 && close(here) == 0);
	return error;
}

/* Removes a file and makes another, which may get its inode number. */
static int remove_and_make(void)
{
	if (unlink("a") < 0)
		return -1;
	return fd_result(open("x", O_RDWR | O_CREAT, 0640));
}

/* Makes a file and lets the kernel forget what it knows of it. */
static int create_and_drop(void)
{
	int error = create();

	mm_audit(NULL, AUDIT_DROP_CACHES);
	return error;
}

static const struct act name_acts[] = {
	{ .name = "create", .run = create },
	{ .name = "unlink", .run = unlink_a },
	{ .name = "link", .run = link_a },
	{ .name = "rename over", .run = rename_over },
	{ .name = "rename", .run = rename_new },
	{ .name = "mkdir", .run = mkdir_x },
	{ .name = "symlink", .run = make_link },
	{ .name = "follow", .run = follow },
	{ .name = "find", .run = find_x },
	{ .name = "list", .run = list },
};

static const struct act tree_acts[] = {
	{ .name = "move in", .run = move_in },
	{ .name = "move out", .run = move_out },
	{ .name = "replace", .run = replace_directory },
	{ .name = "mkdir below", .run = mkdir_below },
	{ .name = "rmdir", .run = rmdir_d },
	{ .name = "empty", .run = empty_e },
	{ .name = "enter", .run = enter },
};

static const struct act data_acts[] = {
	{ .name = "append", .run = append },
	{ .name = "cut", .run = cut },
	{ .name = "make empty", .run = make_empty },
	{ .name = "read", .run = read_a },
	{ .name = "unlink", .run = unlink_a },
	{ .name = "rename over", .run = rename_over },
	{ .name = "chmod", .run = chmod_a },
	{ .name = "follow", .run = follow },
	{ .name = "find", .run = find_x },
	{ .name = "reuse", .run = remove_and_make, .only_rival = 1 },
	{ .name = "create and drop", .run = create_and_drop, .only_rival = 1 },
};

static void make_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (int)strlen(text));
	CHECK(close(fd) == 0);
}

static void prepare_files(void)
{
	CHECK(chdir(top) == 0 && mkdir("t", 0755) == 0 && chdir("t") == 0);
	make_file("a", "old a");
	make_file("b", "old b");
	CHECK(symlink("a", "s") == 0);
	CHECK(mkdir("d", 0755) == 0 && mkdir("e", 0755) == 0);
	make_file("e/f", "old f");
}

/* Drops the caches, so that each name is looked up on the disk. */
static void prepare_cold(void)
{
	prepare_files();
	mm_audit(NULL, AUDIT_DROP_CACHES);
}

static void show_file(char *to, const char *name, const struct stat *st)
{
	char text[20] = "";
	int fd, n = 0;

	if (S_ISREG(st->st_mode)) {
		fd = open(name, O_RDONLY);
		CHECK(fd >= 0);
		n = read(fd, text, sizeof(text) - 1);
		CHECK(n == (int)st->st_size && close(fd) == 0);
	}
	sprintf(to + strlen(to), "%s %o %d \"%s\"; ", name, st->st_mode,
		st->st_nlink, text);
}

static int removing;

static void walk(char *to, const char *folder);

static void visit(char *to, const char *name)
{
	struct stat st;

	CHECK(lstat(name, &st) == 0);
	if (!removing)
		show_file(to, name, &st);
	if (S_ISDIR(st.st_mode))
		walk(to, name);
	if (removing)
		CHECK((S_ISDIR(st.st_mode) ? rmdir(name) : unlink(name)) == 0);
}

/* Lists names in alphabetical order, since directories have their own. */
static void walk(char *to, const char *folder)
{
	static const char names[] = "abdefgsxy";
	char path[40];

	for (int i = 0; names[i]; i++) {
		sprintf(path, "%s/%c", folder, names[i]);
		if (access(path, F_OK) == 0 || errno == ELOOP ||
		    readlink(path, (char[4]){ 0 }, 4) > 0)
			visit(to, path);
	}
}

static void describe_files(char *to)
{
	removing = 0;
	walk(to, ".");
}

static void remove_files(void)
{
	removing = 1;
	walk(NULL, ".");
	CHECK(chdir(top) == 0 && rmdir("t") == 0);
}

#define FILES .prepare = prepare_files, .judge = remove_files, \
	.describe = describe_files

/* An open file, whose position both share. */

static int shared_file;

static int read_on(void)
{
	char c;

	return read(shared_file, &c, 1) == 1 ? c : -1;
}

static int write_on(void)
{
	return write(shared_file, "XY", 2);
}

static int seek_on(void)
{
	return lseek(shared_file, 2, SEEK_CUR);
}

static const struct act position_acts[] = {
	{ .name = "read", .run = read_on },
	{ .name = "write", .run = write_on },
	{ .name = "seek", .run = seek_on },
};

static void open_shared(void)
{
	prepare_files();
	make_file("x", "0123456789");
	shared_file = open("x", O_RDWR);
	CHECK(shared_file >= 0);
}

static void describe_position(char *to)
{
	sprintf(to, "at %d; ", (int)lseek(shared_file, 0, SEEK_CUR));
	describe_files(to);
}

/* A file system without room for a link's text: symlink() leaves no name. */

static int make_anew(void)
{
	unlink("x");
	return create();
}

static const struct act full_acts[] = {
	{ .name = "symlink", .run = make_link },
	{ .name = "create", .run = create },
	{ .name = "anew", .run = make_anew },
	{ .name = "rename", .run = rename_new },
	{ .name = "follow", .run = follow },
	{ .name = "find", .run = find_x },
};

/* Fills the disk. describe_files() does not look at z. */
static void prepare_full(void)
{
	char page[PAGE] = "";
	int fd;

	prepare_files();
	fd = open("z", O_WRONLY | O_CREAT, 0644);
	while (write(fd, page, PAGE) > 0)
		;
	CHECK(errno == ENOSPC && close(fd) == 0);
}

static void remove_full(void)
{
	CHECK(unlink("z") == 0);
	remove_files();
}

/*
 * Works in a directory that another thread removes. A new one, which may take
 * its place in memory, has another d beside it.
 */

static int make_by_way(void)
{
	return fd_result(open("../d/y", O_WRONLY | O_CREAT | O_EXCL, 0644));
}

static int leave(void)
{
	if (chdir("../e") < 0 || rmdir("../d") < 0)
		return -1;
	return mkdir("g", 0755);
}

static const struct act way_acts[] = {
	{ .name = "make", .run = make_by_way },
	{ .name = "leave", .run = leave, .only_rival = 1 },
};

static void go_below(void)
{
	prepare_files();
	CHECK(mkdir("e/d", 0755) == 0 && chdir("d") == 0);
}

static void describe_above(char *to)
{
	CHECK(chdir(top) == 0 && chdir("t") == 0);
	describe_files(to);
}

static const struct scene scenes[] = {
	SCENE("names", name_acts, FILES),
	SCENE("trees", tree_acts, FILES),
	SCENE("data", data_acts, .prepare = prepare_cold,
	      .judge = remove_files, .describe = describe_files),
	SCENE("position", position_acts, .prepare = open_shared,
	      .judge = remove_files, .describe = describe_position),
	SCENE("way", way_acts, .prepare = go_below, .judge = remove_files,
	      .describe = describe_above, .threads = 1),
	SCENE("full", full_acts, .prepare = prepare_full, .judge = remove_full,
	      .describe = describe_files),
};

static void on_disk(const struct scene *s)
{
	top = "/tmp";
	sweep_scene(s);
}

static void in_memory(const struct scene *s)
{
	if (!on_cowix())
		return;
	top = "/mnt";
	CHECK(mount("none", "/mnt", "tmpfs", 0, "size=64k") == 0);
	sweep_scene(s);
	CHECK(chdir("/") == 0 && umount("/mnt") == 0);
}

static void names(void)
{
	on_disk(&scenes[0]);
}

static void trees(void)
{
	on_disk(&scenes[1]);
}

static void data(void)
{
	on_disk(&scenes[2]);
}

static void positions(void)
{
	on_disk(&scenes[3]);
}

static void ways(void)
{
	on_disk(&scenes[4]);
}

static void tmpfs_names(void)
{
	in_memory(&scenes[0]);
}

static void tmpfs_trees(void)
{
	in_memory(&scenes[1]);
}

static void tmpfs_data(void)
{
	in_memory(&scenes[2]);
}

static void full(void)
{
	in_memory(&scenes[5]);
}

TESTS({ "names", "making, moving and removing names", names },
      { "trees", "directories that move, come and go", trees },
      { "data", "a file is written, cut, read and removed", data },
      { "positions", "two who share an open file", positions },
      { "ways", "a thread leaves the directory of both", ways },
      { "tmpfs_names", "the first, on tmpfs", tmpfs_names },
      { "tmpfs_trees", "the second", tmpfs_trees },
      { "tmpfs_data", "the third", tmpfs_data },
      { "full", "links for which there is no room", full })
