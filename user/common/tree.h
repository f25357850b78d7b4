/*
 * Trees of files (user/common/copy.c and tree.c). Functions return -1 after an
 * error message.
 */
#ifndef TREE_H
#define TREE_H
enum {
	COPY_RECURSIVE = 1, COPY_PRESERVE = 2,
	/* copy the targets of symbolic links: of all, or only of arguments */
	COPY_FOLLOW = 4, COPY_FOLLOW_FIRST = 8,
	COPY_FORCE = 16,	/* remove a target that cannot be opened */
	/* ask before overwriting a target, or never overwrite */
	COPY_ASK = 32, COPY_KEEP = 64,
	COPY_VERBOSE = 128,
	COPY_LINKS = 256,	/* links between files stay links */
};
int copy_tree(const char *from, const char *to, int flags);
enum {
	REMOVE_RECURSIVE = 1,
	REMOVE_ASK = 2,
	REMOVE_FORCE = 4,
	REMOVE_VERBOSE = 8
};
int remove_tree(const char *path, int flags);
/*
 * Calls fn for each file but the last, for cp, mv and ln. The target is the
 * last argument or, if that is a directory, the file's name in it.
 */
void each_target(char **files, int count,
		 void (*fn)(const char *from, const char *to));
#endif
