/*
 * ln [-LPfns] target... name | ln [-LPfns] target
 * Makes links.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

static int symbolic, force, no_follow, link_flags;

static int try(const char *target, const char *name)
{
	return symbolic ? symlink(target, name)
			: syscall(__NR_linkat, AT_FDCWD, target, AT_FDCWD, name,
				  link_flags);
}

/*
 * Replaces the old name by a link in one step: if the link fails, the old name
 * is still there.
 */
static void replace(const char *target, const char *name)
{
	char *temporary = malloc(strlen(name) + 16);
	struct stat a, b;

	if (!temporary)
		die(name);
	sprintf(temporary, "%s.ln%d", name, getpid());
	if (stat(target, &a) == 0 && lstat(name, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino &&
	    (b.st_nlink == 1 || strcmp(target, name) == 0)) {
		complain(name, "is the same file");
	} else if (try(target, temporary) < 0 || rename(temporary, name) < 0) {
		warn(name);
		unlink(temporary);
	} else {
		unlink(temporary); /* both names were the same file */
	}
	free(temporary);
}

static void make_link(const char *target, const char *name)
{
	if (try(target, name) == 0)
		return;
	if (force && errno == EEXIST)
		replace(target, name);
	else
		warn(name);
}

/*
 * Returns 1 if -n makes the last argument the new name: it is a symbolic link.
 */
static int names_link(const char *name)
{
	struct stat st;

	return no_follow && lstat(name, &st) == 0 && S_ISLNK(st.st_mode);
}

int main(int argc, char **argv)
{
	int option, count;

	util_start(argv);
	while ((option = getopt(argc, argv, "LPfns")) != -1) {
		symbolic |= option == 's';
		force |= option == 'f';
		no_follow |= option == 'n';
		if (option == 'L' || option == 'P')
			link_flags = option == 'L' ? AT_SYMLINK_FOLLOW : 0;
		if (option == '?')
			usage();
	}
	count = argc - optind;
	if (count == 1)
		make_link(argv[optind], last_part(argv[optind]));
	else if (count == 2 && names_link(argv[optind + 1]))
		make_link(argv[optind], argv[optind + 1]);
	else
		each_target(argv + optind, count, make_link);
	return exit_status;
}
