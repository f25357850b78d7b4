/*
 * Reads the names of a directory all at once. A walk over a tree then needs
 * only one descriptor, and may remove what it walks over.
 */
#include <dirent.h>
#include <errno.h>
#include <names.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <util.h>

/* Compares two names, for qsort(). */
static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds a copy of a name to a list that grows in powers of two. */
static char **add(char **names, size_t count, const char *name)
{
	if ((count & (count - 1)) == 0)
		names = realloc(names, (2 * count + 2) * sizeof(*names));
	if (!names || !(names[count] = strdup(name)))
		die(name);
	return names;
}

char **sorted_names(const char *path)
{
	DIR *dir = opendir(path);
	char **names = NULL;
	size_t count = 0;
	struct dirent *d;

	if (!dir) {
		warn(path);
		return NULL;
	}
	while (errno = 0, (d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0) {
			names = add(names, count, d->d_name);
			count++;
		}
	if (errno)
		warn(path);
	closedir(dir);
	names = names ? names : malloc(sizeof(*names));
	if (!names)
		die(path);
	names[count] = NULL;
	qsort(names, count, sizeof(*names), compare);
	return names;
}

void free_names(char **names)
{
	for (char **n = names; n && *n; n++)
		free(*n);
	free(names);
}

struct level next_level(const struct level *above, const struct stat *st)
{
	return (struct level){ above, st->st_dev, st->st_ino };
}

int is_loop(const struct level *above, const struct stat *st)
{
	while (above && (above->dev != st->st_dev || above->ino != st->st_ino))
		above = above->above;
	return above != NULL;
}
