/*
 * Removes files and whole trees, for mv and rm. Also holds what cp, mv and ln
 * share. Copying is in copy.c.
 */
#include <names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

/*
 * Returns 1 if the user wants to keep a file. By default asks only about a file
 * that is not writable, and only on a terminal.
 */
static int refused(const char *question, const char *path,
		   const struct stat *st, int flags)
{
	if (flags & REMOVE_ASK)
		return !ask(question, path);
	return !(flags & REMOVE_FORCE) && !S_ISLNK(st->st_mode) && isatty(0) &&
	       access(path, W_OK) < 0 && !ask("remove protected", path);
}

/* Removes what is in a directory. A file that the user keeps is no failure. */
static int empty_directory(const char *path, int flags)
{
	char **names = sorted_names(path);
	int failed = names ? 0 : -1;

	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		failed |= remove_tree(full, flags);
		free(full);
	}
	free_names(names);
	return failed;
}

int remove_tree(const char *path, int flags)
{
	struct stat st;
	int is_folder, failed = lstat(path, &st);

	is_folder = failed == 0 && S_ISDIR(st.st_mode);
	if (failed == 0 && !is_folder && refused("remove", path, &st, flags))
		return 0;
	if (is_folder && flags & REMOVE_RECURSIVE) {
		if (refused("go into", path, &st, flags))
			return 0;
		if (empty_directory(path, flags) < 0)
			return -1;
	}
	if (is_folder && flags & REMOVE_ASK && !ask("remove directory", path))
		return 0;
	if (failed < 0 || (is_folder ? rmdir(path) : unlink(path)) < 0) {
		warn(path);
		return -1;
	}
	if (flags & REMOVE_VERBOSE)
		printf("removed %s'%s'\n", is_folder ? "directory " : "", path);
	return 0;
}

void each_target(char **files, int count,
		 void (*fn)(const char *from, const char *to))
{
	const char *target = count ? files[count - 1] : NULL;
	int into;

	if (count < 2)
		usage();
	into = is_directory(target);
	if (!into && count > 2) {
		complain(target, "not a directory");
		return;
	}
	for (int i = 0; i < count - 1; i++) {
		char *name = last_part(files[i]),
		     *inside = into ? join_path(target, name) : NULL;

		fn(files[i], inside ? inside : target);
		free(inside);
		free(name);
	}
}
