/* The names in a directory (user/lib/names.c). */
#ifndef NAMES_H
#define NAMES_H
char **sorted_names(const char *path);	/* without . and .., ended by NULL; NULL: it was said why */
void free_names(char **names);
#endif
