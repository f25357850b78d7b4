/*
 * mv [-finv] file... target
 * Moves or renames files; copies them across file systems.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

/* what to do with an existing target: f, i or n, or 0 */
static int manner, verbose;

/*
 * Returns 1 if an existing target is kept. By default asks about one that is
 * not writable, on a terminal.
 */
static int refused(const char *to)
{
	struct stat st;

	if (manner == 'f' || lstat(to, &st) < 0)
		return 0;
	if (manner)
		return manner == 'n' || !ask("overwrite", to);
	return !S_ISLNK(st.st_mode) && isatty(0) && access(to, W_OK) < 0 &&
	       !ask("overwrite protected", to);
}

/*
 * Returns 1 if both are the same file. If it has two names, one of them goes.
 */
static int is_same(const char *from, const char *to)
{
	struct stat a, b;

	if (lstat(from, &a) < 0 || lstat(to, &b) < 0 || a.st_dev != b.st_dev ||
	    a.st_ino != b.st_ino || S_ISDIR(a.st_mode))
		return 0;
	if (a.st_nlink == 1 || strcmp(from, to) == 0)
		complain(to, "is the same file");
	else if (unlink(from) < 0)
		warn(from);
	return 1;
}

/* Removes an existing target. Returns -1 with errno if it must stay. */
static int clear_way(const char *from, const char *to)
{
	struct stat a, b;

	if (lstat(from, &a) < 0 || lstat(to, &b) < 0)
		return 0;
	if (S_ISDIR(b.st_mode))
		return rmdir(to);
	if (S_ISDIR(a.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	return unlink(to);
}

/* Moves to another file system. */
static void move_far(const char *from, const char *to)
{
	if (clear_way(from, to) < 0)
		warn(to);
	else if (copy_tree(from, to,
			   COPY_RECURSIVE | COPY_PRESERVE | COPY_LINKS) < 0 ||
		 remove_tree(from, REMOVE_RECURSIVE | REMOVE_FORCE) < 0)
		exit_status = 1;
}

static void move(const char *from, const char *to)
{
	if (refused(to) || is_same(from, to))
		return;
	if (rename(from, to) < 0) {
		if (errno != EXDEV) {
			warn(from);
			return;
		}
		move_far(from, to);
	}
	if (verbose && !exit_status)
		printf("renamed '%s' -> '%s'\n", from, to);
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "finv")) != -1) {
		if (option == '?')
			usage();
		if (option == 'v')
			verbose = 1;
		else
			manner = option;
	}
	each_target(argv + optind, argc - optind, move);
	return exit_status;
}
