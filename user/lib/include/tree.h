/* user/lib/tree.c. Failures are said; -1 tells that there was one. */
#ifndef TREE_H
#define TREE_H
int copy_tree(const char *from, const char *to, int recursive, int preserve);
int remove_tree(const char *path, int interactive);
#endif
