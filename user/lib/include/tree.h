/* user/lib/tree.c. Failures are said; -1 tells that there was one. */
#ifndef TREE_H
#define TREE_H
int copy_tree(const char *from, const char *to, int recursive, int preserve);
int remove_tree(const char *path, int interactive);
/* For cp, mv and ln: call fn for each file but the last, with its name in the last if that is a directory, else with the last itself. */
void each_target(char **files, int count, const char *synopsis, int interactive, void (*fn)(const char *from, const char *to));
#endif
