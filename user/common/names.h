/* The names of a directory (user/common/names.c). */
#ifndef NAMES_H
#define NAMES_H
/* without . and .., ended by NULL; NULL after an error message */
char **sorted_names(const char *path);
void free_names(char **names);
/*
 * The directories on the way down, for walks that follow symbolic links. A
 * directory that occurs in it once more is a loop.
 */
struct level {
	const struct level *above;
	unsigned long dev, ino;
};
struct stat;
struct level next_level(const struct level *above, const struct stat *st);
int is_loop(const struct level *above, const struct stat *st);
#endif
