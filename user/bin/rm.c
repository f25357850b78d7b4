/*
 * rm [-Rdfirv] file...
 * Removes files and trees.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

static int flags, folders;

static void set_option(int option)
{
	switch (option) {
	case 'r': case 'R': flags |= REMOVE_RECURSIVE; break;
	case 'f': flags = (flags & ~REMOVE_ASK) | REMOVE_FORCE; break;
	case 'i': flags = (flags & ~REMOVE_FORCE) | REMOVE_ASK; break;
	case 'v': flags |= REMOVE_VERBOSE; break;
	case 'd': folders = 1; break;
	default: usage();
	}
}

/*
 * Returns 1 if a path must not be removed: it ends in . or .., also with
 * slashes behind, or is the root.
 */
static int is_protected(const char *path)
{
	char *name = last_part(path);
	int result = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		     strcmp(name, "/") == 0;

	free(name);
	return result;
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "Rdfirv")) != -1)
		set_option(option);
	if (optind == argc && !(flags & REMOVE_FORCE))
		usage();
	for (; optind < argc; optind++) {
		struct stat st;

		if (lstat(argv[optind], &st) < 0) {
			if (!(flags & REMOVE_FORCE) ||
			    (errno != ENOENT && errno != ENOTDIR))
				warn(argv[optind]);
		} else if (is_protected(argv[optind])) {
			complain(argv[optind], "refusing to remove it");
		} else if (S_ISDIR(st.st_mode) && !(flags & REMOVE_RECURSIVE) &&
			   !folders) {
			complain(argv[optind], "is a directory");
		} else {
			remove_tree(argv[optind], flags);
		}
	}
	return exit_status;
}
