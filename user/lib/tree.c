/* Removing files and whole trees, for mv and rm; and what cp, mv and ln have in common. Copying is in copy.c. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

/* Call fn for the names in a directory, without . and .. */
static int each_entry(const char *path, int (*fn)(const char *path, const char *name, void *context), void *context)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	int failed = 0;

	if (!dir) {
		warn(path);
		return -1;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			failed |= fn(path, d->d_name, context);
	closedir(dir);
	return failed;
}

static int remove_entry(const char *path, const char *name, void *context)
{
	char *full = join_path(path, name);
	int failed = remove_tree(full, *(int *)context);

	free(full);
	return failed;
}

int remove_tree(const char *path, int interactive)
{
	struct stat st;

	if (lstat(path, &st) < 0 || (interactive && !ask("remove", path))) {
		if (!interactive)
			warn(path);
		return interactive ? 0 : -1;
	}
	if (S_ISDIR(st.st_mode) && each_entry(path, remove_entry, &interactive))
		return -1;
	if ((S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path)) == 0)
		return 0;
	warn(path);
	return -1;
}

void each_target(char **files, int count, const char *synopsis, int interactive, void (*fn)(const char *from, const char *to))
{
	const char *target = count ? files[count - 1] : NULL;
	int into;

	if (count < 2)
		usage(synopsis);
	into = is_directory(target);
	if (!into && count > 2) {
		complain(target, "not a directory");
		return;
	}
	for (int i = 0; i < count - 1; i++) {
		char *name = last_part(files[i]), *inside = into ? join_path(target, name) : NULL;
		const char *to = inside ? inside : target;

		if (!interactive || access(to, F_OK) < 0 || ask("overwrite", to))
			fn(files[i], to);
		free(inside);
		free(name);
	}
}
